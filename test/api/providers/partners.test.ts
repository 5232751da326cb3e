import { describe, expect, test } from 'vitest';
import { open } from '../../../src/api/connection.ts';
import { BEARER, resolveEndpoints } from '../../../src/api/endpoints.ts';
import { Governor } from '../../../src/api/governor.ts';
import type { HttpRequest, HttpResponse } from '../../../src/api/http.ts';
import { providerOf } from '../../../src/api/providers/index.ts';
import { ApiError } from '../../../src/model/errors.ts';
import { VirtualClock } from '../../simulation/clock.ts';

const NO_FILES = { readToken: () => '' };

const A = 447_700_900_001;
const B = 447_700_900_002;
const C = 447_700_900_003;

const SETTINGS = { phoneNumberId: '1065', apiVersion: 'v25.0', appId: 'my-app' };

/** The facts of the vendors' documentation. */
const APIS = [
  {
    kind: 'whatsapp-cloud',
    tokenHeader: BEARER,
    list: 'GET https://graph.facebook.com/v25.0/1065/block_users?limit=100',
    block: 'POST https://graph.facebook.com/v25.0/1065/block_users',
    unblock: 'DELETE https://graph.facebook.com/v25.0/1065/block_users',
  },
  {
    kind: '360dialog',
    tokenHeader: { name: 'd360-api-key', prefix: '' },
    list: 'GET https://waba-v2.360dialog.io/block_users?limit=100',
    block: 'POST https://waba-v2.360dialog.io/block_users',
    unblock: 'DELETE https://waba-v2.360dialog.io/block_users',
  },
  {
    kind: 'gupshup',
    tokenHeader: { name: 'apikey', prefix: '' },
    list: 'GET https://api.gupshup.io/wa/app/my-app/user/blocklist?limit=100',
    block: 'POST https://api.gupshup.io/wa/app/my-app/user/block',
    unblock: 'POST https://api.gupshup.io/wa/app/my-app/user/unblock',
  },
  {
    kind: 'kapso',
    tokenHeader: { name: 'x-api-key', prefix: '' },
    list: 'GET https://api.kapso.ai/meta/whatsapp/v25.0/1065/block_users?limit=100',
    block: 'POST https://api.kapso.ai/meta/whatsapp/v25.0/1065/block_users',
    unblock: 'DELETE https://api.kapso.ai/meta/whatsapp/v25.0/1065/block_users',
  },
] as const;
type Kind = (typeof APIS)[number]['kind'];
const KINDS = APIS.map(({ kind }) => kind);

/** A server that gives this answer to every request, with `retryAfter` seconds. */
function connect(kind: Kind, status: number, body: unknown, retryAfter: string | null = null) {
  const provider = providerOf(kind);
  const { signal } = new AbortController();
  const clock = new VirtualClock();
  const governor = new Governor({ concurrency: 8, rate: 0, retries: 0, clock, random: () => 0, stop: signal });
  const requests: HttpRequest[] = [];
  const send = async (request: HttpRequest): Promise<HttpResponse> => {
    requests.push(request);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return { status, body: text, headers: { retryAfter, location: null, date: null } };
  };
  const bot = { id: 'a', provider: kind, settings: SETTINGS, tokenEnv: 'KEY' };
  const endpoint = resolveEndpoints([bot], {}, { env: { KEY: 'secret-key' }, files: NO_FILES, secrets: new Set() }).get(
    'a',
  )!;
  const line = open(endpoint, governor, send);
  const reader = provider.reader(line, 'a', { failures: 0 });
  if (reader.kind !== 'cursors') throw new Error('these lists have cursors');
  return { reader, writer: provider.writer(line, 'a'), requests };
}

async function errorOf(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => null,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

const done = (...numbers: number[]) => numbers.map((number) => ({ input: `+${number}`, wa_id: String(number) }));
const sentTo = ({ method, url }: HttpRequest) => `${method} ${url}`;

describe.each(APIS)('$kind', ({ kind, tokenHeader, list, block, unblock }) => {
  test('gets the list, with the token in its header', async () => {
    const { reader, requests } = connect(kind, 200, { data: [] });
    await reader.after(null, false);
    await reader.after('a+b', false);
    expect(requests.map(sentTo)).toEqual([list, `${list}&after=a%2Bb`]);
    expect(requests[0]).toMatchObject({ token: 'secret-key', tokenHeader });
  });

  test('blocks and unblocks up to 1,000 users a request, with their plus', async () => {
    const { writer, requests } = connect(kind, 200, { block_users: { added_users: done(A) } });
    expect(writer.batchSize).toBe(1000);
    await writer.add([A]);
    await writer.remove([A]);
    expect(requests.map(sentTo)).toEqual([block, unblock]);
    const body = `{"messaging_product":"whatsapp","block_users":[{"user":"+${A}"}]}`;
    expect(requests.map((each) => each.body)).toEqual([body, body]);
  });

  test.each([
    ['flat', { status: 'success', data: [{ wa_id: String(A) }, { user_id: 'US.1' }] }],
    [
      'nested',
      { data: [{ block_users: [{ input: `+${A}`, wa_id: String(A) }] }, { block_users: [{ user_id: 'US.1' }] }] },
    ],
  ])('reads a %s page', async (_, page) => {
    const { reader } = connect(kind, 200, { ...page, paging: { cursors: { after: 'x' }, next: 'https://x.test/' } });
    expect(await reader.after(null, false)).toMatchObject({
      numbers: [A],
      foreign: 1,
      ids: [[null, 'US.1']],
      more: true,
    });
  });

  test.each([
    [200, `+${A}`],
    [200, String(A)],
    [400, `+${A}`],
    [400, String(A)],
  ])('reads the ledger of a %i whose inputs are like %s', async (status, input) => {
    const errors = [{ code: 131_047, message: 'no' }];
    const failed = [{ input: `+${B}`, errors }, { input: String(C) }];
    const body = { block_users: { added_users: [{ input }], failed_users: failed }, error: { code: 139_100 } };
    expect((await connect(kind, status, body).writer.add([A, B, C])).undone).toEqual([
      { number: B, state: 'pending', reason: 'no (code 131047)' },
      { number: C, state: 'rejected', reason: 'no reason given' },
    ]);
  });

  test('takes the error of the whole answer for a user without one', async () => {
    const body = { block_users: { failed_users: [{ input: `+${A}` }] }, error: { code: 131_047, message: 'later' } };
    expect((await connect(kind, 400, body).writer.add([A])).undone).toMatchObject([{ state: 'pending' }]);
  });

  test.each([
    [400, 130_429, 'throttling', { refused: false, hopeless: false }],
    [500, 139_103, 'the server failed', { ambiguous: true }],
    [401, 190, 'the token is wrong or has expired (code 190)', { hopeless: true }],
  ])('reads the error of a %i with the code %i', async (status, code, message, facts) => {
    const error = await errorOf(connect(kind, status, { error: { code, message: 'x' } }).writer.add([A]));
    expect(error).toMatchObject(facts);
    expect(error.message).toContain(message);
  });

  test('may have done a write whose answer is not from the API', async () => {
    expect((await errorOf(connect(kind, 200, '<html>').writer.add([A]))).ambiguous).toBe(true);
    expect((await errorOf(connect(kind, 502, '<html>').writer.add([A]))).ambiguous).toBe(true);
  });

  test('names its own settings when it refuses a request', async () => {
    const place = {
      'whatsapp-cloud': 'phoneNumberId',
      kapso: 'phoneNumberId',
      gupshup: 'appId',
      '360dialog': 'tokenEnv',
    };
    const error = await errorOf(connect(kind, 400, { error: { code: 100 } }).writer.add([A]));
    expect(error.message).toContain(`check ${place[kind]}`);
    const forbidden = await errorOf(connect(kind, 403, { error: { code: 10 } }).writer.add([A]));
    expect(forbidden.message).toContain(`check its permissions and ${place[kind]}`);
  });
});

const meta = (httpCode: number, developerMessage: string) => ({ meta: { success: false, httpCode, developerMessage } });
const LIMIT = 'You have exceeded the endpoint rate limit, slow down';

test.each<[Kind, number, unknown, string, object]>([
  ['360dialog', 400, meta(400, LIMIT), 'the server is throttling', { refused: false, hopeless: false }],
  ['360dialog', 400, meta(400, 'no such parameter'), 'check tokenEnv', { refused: true }],
  ['360dialog', 401, meta(401, 'Invalid api key'), 'the token is wrong or has expired (401)', { hopeless: true }],
  ['360dialog', 404, meta(404, 'Invalid api key'), 'the token is wrong or has expired (404)', { hopeless: true }],
  ['360dialog', 200, meta(401, 'Invalid api key'), 'the token is wrong or has expired (401)', { hopeless: true }],
  ['360dialog', 403, meta(403, 'Path blocked'), 'the vendor does not allow this request', { hopeless: true }],
  ['360dialog', 502, meta(502, 'API not available'), 'the server failed (502)', { ambiguous: true }],
  ['360dialog', 404, '<html>', 'the server answered 404', { hopeless: true }],
  ['gupshup', 401, { message: 'Authentication Failed', status: 'error' }, 'has expired (401)', { hopeless: true }],
  ['gupshup', 404, { message: 'App not found', status: 'error' }, 'check appId', { hopeless: true }],
  ['gupshup', 400, { message: 'Invalid body', status: 'error' }, 'check appId', { refused: true }],
  ['gupshup', 429, { message: 'Too Many Requests', status: 'error' }, 'throttling', { hopeless: false }],
  ['gupshup', 200, { message: 'What', status: 'error' }, 'does not contain the results', { ambiguous: true }],
  ['kapso', 401, { error: 'Invalid API key' }, 'the token is wrong or has expired (401)', { hopeless: true }],
  ['kapso', 429, { error: 'Rate limit exceeded' }, 'throttling', { hopeless: false }],
  ['kapso', 404, { message: 'Phone number not found' }, 'check phoneNumberId', { hopeless: true }],
  ['kapso', 200, { success: false, message: 'What' }, 'does not contain the results', { ambiguous: true }],
])('%s: an answer %i with its own error %j', async (kind, status, body, message, facts) => {
  const error = await errorOf(connect(kind, status, body).writer.add([A, B]));
  expect(error).toMatchObject(facts);
  expect(error.message).toContain(message);
  expect((await errorOf(connect(kind, status, body).reader.after(null, false))).detail).toBeTruthy();
});

test('a throttle that is a 400 has the wait that the vendor asks for', async () => {
  const error = await errorOf(connect('360dialog', 400, meta(400, LIMIT), '121').reader.after(null, false));
  expect(error.message).toContain('requires a wait of 121 s');
});

describe('a write that is answered with success alone', () => {
  test.each(['add', 'remove'] as const)('%s: kapso leaves the result to the list', async (direction) => {
    const { undone, unseen } = await connect('kapso', 200, { success: true }).writer[direction]([A, B]);
    expect(undone).toEqual([]);
    const state = direction === 'add' ? 'pending' : 'failed';
    expect(unseen).toMatchObject([A, B].map((number) => ({ number, state })));
  });

  test.each(KINDS.filter((kind) => kind !== 'kapso'))('%s does not document it', async (kind) => {
    const error = await errorOf(connect(kind, 200, { success: true }).writer.add([A]));
    expect(error).toMatchObject({ ambiguous: true });
  });

  test('has its results if it contains them as well', async () => {
    const body = { success: true, block_users: { added_users: done(A) } };
    expect(await connect('kapso', 200, body).writer.add([A])).toMatchObject({ undone: [] });
    expect(await connect('kapso', 200, body).writer.add([A])).not.toHaveProperty('unseen');
  });
});

describe('two bots of 360dialog', () => {
  const bot = (id: string, tokenEnv: string) => ({ id, provider: '360dialog', settings: {}, tokenEnv });
  const resolve = (env: Record<string, string>, sandbox?: string, ...bots: ReturnType<typeof bot>[]) =>
    resolveEndpoints(bots, { sandbox }, { env, files: NO_FILES, secrets: new Set() });
  const two = [bot('a', 'ONE'), bot('b', 'TWO')];

  test('cannot have the same token', () => {
    expect(() => resolve({ ONE: 'same-token', TWO: 'same-token' }, undefined, ...two)).toThrow(
      'the bots "a" and "b" of 360dialog have the same token (ONE and TWO), so they have the same list; give each its own token',
    );
    expect(() => resolve({ ONE: 'same-token' }, '', bot('a', 'ONE'), bot('b', 'ONE'))).toThrow('the same token (ONE)');
    expect(() => resolve({}, '', bot('a', 'ONE'), bot('b', 'ONE'))).toThrow('the same token (ONE)');
  });

  test('have lists of their own with other tokens, or without any in a sandbox', () => {
    const tokens = (env: Record<string, string>, sandbox?: string) =>
      Array.from(resolve(env, sandbox, ...two).values(), ({ token }) => token);
    expect(tokens({ ONE: 'this-token', TWO: 'that-token' })).toEqual(['this-token', 'that-token']);
    expect(new Set(tokens({}, '')).size).toBe(2);
  });
});
