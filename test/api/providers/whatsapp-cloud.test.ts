import { describe, expect, test } from 'vitest';
import { open } from '../../../src/api/connection.ts';
import { BEARER } from '../../../src/api/endpoints.ts';
import { Governor } from '../../../src/api/governor.ts';
import type { HttpRequest, HttpResponse } from '../../../src/api/http.ts';
import { whatsappCloud } from '../../../src/api/providers/meta.ts';
import { ApiError } from '../../../src/model/errors.ts';
import { VirtualClock } from '../../simulation/clock.ts';

const A = 447_700_900_001;
const B = 447_700_900_002;
const C = 447_700_900_003;

/** A server with this answer to the first request, and `then` to all others. No wait takes any time. */
function connect(status: number, body: unknown, usage: readonly string[] = [], then = body, retries = 0) {
  const clock = Object.assign(new VirtualClock(), { sleep: async () => {} });
  const { signal } = new AbortController();
  const governor = new Governor({ concurrency: 8, rate: 0, retries, clock, random: () => 0, stop: signal });
  const requests: HttpRequest[] = [];
  const { host, path } = whatsappCloud.locate({ phoneNumberId: '1065', apiVersion: 'v25.0' });
  const text = (said: unknown) => (typeof said === 'string' ? said : JSON.stringify(said));
  const send = async (request: HttpRequest): Promise<HttpResponse> => {
    const said = requests.push(request) === 1 ? body : then;
    return { status, body: text(said), headers: { retryAfter: null, location: null, date: null, usage } };
  };
  const line = open(
    { baseUrl: host + path, token: 'secret', tokenHeader: BEARER },
    governor,
    send,
    whatsappCloud.quotaUsed,
  );
  return { reader: whatsappCloud.reader(line, 'a', { failures: 0 }), writer: whatsappCloud.writer(line), requests };
}

async function errorOf(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => null,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

const failed = (input: string, code: number) => ({
  input,
  errors: [{ code, message: 'no', error_data: { details: 'why' } }],
});

describe('a request has the form that the vendor documents', () => {
  test.each([
    [null, 'limit=100'],
    ['c/2+=', 'limit=100&after=c%2F2%2B%3D'],
  ])('reads the list after the cursor %s', async (cursor, query) => {
    const { reader, requests } = connect(200, { data: [] });
    await reader.after(cursor, false);
    expect(requests).toEqual([
      {
        method: 'GET',
        url: `https://graph.facebook.com/v25.0/1065/block_users?${query}`,
        token: 'secret',
        tokenHeader: BEARER,
        mostBytes: 200 * 1024,
      },
    ]);
  });

  test('has room for a page of 100 users with the longest ids and cursors, and white space', () => {
    const id = 'US.'.padEnd(131, '1');
    const user = { messaging_product: 'whatsapp', wa_id: '9'.repeat(15), user_id: id, parent_user_id: id };
    const paging = { cursors: { after: 'x'.repeat(500), before: 'x'.repeat(500) }, next: 'x'.repeat(2000) };
    expect(JSON.stringify({ data: Array(100).fill(user), paging }, null, 4).length * 3).toBeLessThan(200 * 1024);
  });

  test('refuses a cursor that is too long for a URL', async () => {
    const page = (length: number) => ({ data: [], paging: { cursors: { after: 'x'.repeat(length) } } });
    expect(await connect(200, page(2048)).reader.after(null, false)).toMatchObject({ cursor: 'x'.repeat(2048) });
    expect((await errorOf(connect(200, page(2049)).reader.after(null, false))).message).toBe(
      'the cursor of the page is too long; check the proxy',
    );
  });

  test.each([
    ['add', 'POST'],
    ['remove', 'DELETE'],
  ] as const)('%s', async (direction, method) => {
    const done = [{ input: `+${A}`, wa_id: String(A) }];
    const { writer, requests } = connect(200, { block_users: { added_users: done, removed_users: done } });
    expect((await writer[direction]([A])).undone).toEqual([]);
    const body = `{"messaging_product":"whatsapp","block_users":[{"user":"+${A}"}]}`;
    expect(requests[0]).toMatchObject({ method, url: 'https://graph.facebook.com/v25.0/1065/block_users', body });
  });
});

describe('a page', () => {
  const flat = {
    data: [
      { messaging_product: 'whatsapp', wa_id: String(A), user_id: 'US.1' },
      { wa_id: `+${B}` },
      { messaging_product: 'whatsapp', user_id: 'US.2', parent_user_id: 'US.ENT.2' },
    ],
  };
  const nested = {
    data: [
      { block_users: [{ input: 'x', wa_id: String(A), user_id: 'US.1' }, { wa_id: B }] },
      { block_users: [] },
      { block_users: [{ wa_id: '', user_id: 'US.2' }] },
    ],
  };
  test.each([
    ['flat', flat],
    ['nested', nested],
  ])('%s', async (_, body) => {
    const { reader } = connect(200, { ...body, paging: { cursors: { after: 'x', before: 'y' } } });
    const ids = [
      [A, 'US.1'],
      [null, 'US.2'],
    ];
    expect(await reader.after(null, false)).toEqual({ numbers: [A, B], foreign: 1, ids, cursor: 'x', more: false });
  });

  test.each([
    ['a business-scoped id as wa_id', { wa_id: 'US.13491208655302741918' }, [[null, 'US.13491208655302741918']]],
    ['the same with a user_id', { wa_id: 'US.1', user_id: 'DE.a1B2' }, [[null, 'DE.a1B2']]],
    ['no wa_id, and an id that no report could contain as it is', { user_id: 'a\nb' }, null],
    ['no wa_id, and a user_id that is a number', { wa_id: null, user_id: 7 }, [[null, '7']]],
  ])('counts a user without a number: %s', async (_, entry, ids) => {
    const page = await connect(200, { data: [entry] }).reader.after(null, false);
    expect(page).toEqual({ numbers: [], foreign: 1, ...(ids && { ids }), cursor: null, more: false });
  });

  test('contains the listed number of a user and the other one', async () => {
    const group = [
      { input: `+${A}`, wa_id: String(B) },
      { input: `+${C}`, wa_id: String(C) },
      { input: 'x', wa_id: A },
    ];
    const { reader } = connect(200, { data: [{ block_users: group }] });
    expect(await reader.after(null, false)).toMatchObject({ numbers: [B, C, A], named: [[A, B]] });
  });

  test.each([
    ['no paging', undefined, null, false],
    ['an empty cursor', { cursors: { after: '' } }, null, false],
    ['a cursor and next', { cursors: { after: 'x' }, next: 'https://x.test/?after=y' }, 'x', true],
    ['only next', { next: 'https://x.test/?access_token=t&after=y' }, 'y', true],
    ['a next that is not a URL', { next: 'soon' }, null, true],
  ])('leads to the next page: %s', async (_, paging, cursor, more) => {
    expect(await connect(200, { data: [], paging }).reader.after(null, false)).toMatchObject({ cursor, more });
  });

  test.each([200, 400, 500])('reports a list that moved by its code under any status: %i', async (status) => {
    expect(await connect(status, { error: { code: 139102, message: 'changed' } }).reader.after('x', false)).toBe(
      'moved',
    );
  });

  test.each([
    ['an empty answer', '', 'the answer is empty'],
    ['HTML', '<html>', 'not JSON'],
    ['no list', {}, 'no "data" array'],
    ['an entry that is not an object', { data: [7] }, 'is not an object'],
    ['a number with a letter', { data: [{ wa_id: '44x' }] }, 'has the character'],
    ['an object for a number', { data: [{ wa_id: {}, user_id: 'US.1' }] }, 'is not text'],
    ['a text with a dot that is no id', { data: [{ wa_id: 'USA.1' }] }, 'has the character'],
    ['neither wa_id nor user_id', { data: [{ messaging_product: 'whatsapp' }] }, 'neither "wa_id" nor "user_id"'],
    ['empty ones of both', { data: [{ wa_id: '', user_id: '' }] }, 'neither "wa_id" nor "user_id"'],
    ['an object for a user_id', { data: [{ user_id: {} }] }, 'neither "wa_id" nor "user_id"'],
    ['a number as input alone', { data: [{ block_users: [{ input: `+${A}` }] }] }, 'neither "wa_id" nor "user_id"'],
    ['a group that is no list', { data: [{ block_users: null }] }, 'neither "wa_id" nor "user_id"'],
  ])('with %s is an error', async (_, body, message) => {
    expect((await errorOf(connect(200, body).reader.after(null, false))).message).toContain(message);
  });

  test('does not leak a token in the URL of the next page into an error', async () => {
    const next = 'https://graph.facebook.com/?access_token=EAAB-secret&after=x';
    const error = await errorOf(connect(200, { data: [7], paging: { next } }).reader.after(null, false));
    expect(error.detail).toContain('access_token=…');
    expect(error.detail).not.toContain('EAAB');
  });
});

describe('the ledger decides under any status', () => {
  test.each([200, 400, 500])('%i', async (status) => {
    const answer = {
      block_users: { added_users: [{ input: String(A) }], failed_users: [failed(`+${B}`, 131047)] },
      error: { code: 139100, message: 'some failed' },
    };
    expect((await connect(status, answer).writer.add([A, B, C])).undone).toEqual([
      { number: B, state: 'pending', reason: 'no: why (code 131047)' },
      { number: C, state: 'unknown', reason: 'the server did not report a result' },
    ]);
  });

  test.each([
    [131047, 'add', 'pending'],
    [131047, 'remove', 'rejected'],
    [139101, 'add', 'full'],
    [131021, 'add', 'rejected'],
    [139103, 'add', 'failed'],
    [130429, 'remove', 'failed'],
    [999999, 'add', 'rejected'],
  ] as const)('a user that failed with %i: %s is %s', async (code, direction, state) => {
    const answer = { block_users: { failed_users: [failed(`+${A}`, code)] } };
    expect((await connect(400, answer).writer[direction]([A])).undone).toMatchObject([{ number: A, state }]);
  });

  test('a user in the done and the failed list has failed', async () => {
    const answer = { block_users: { added_users: [{ input: `+${A}` }], failed_users: [failed(`+${A}`, 131021)] } };
    expect((await connect(200, answer).writer.add([A])).undone).toMatchObject([{ state: 'rejected' }]);
  });

  test('a user in another spelling than the sent one is not known to be done', async () => {
    const answer = { block_users: { added_users: [{ input: '+5215555500100', wa_id: '5215555500100' }] } };
    expect((await connect(200, answer).writer.add([525_555_500_100])).undone).toMatchObject([{ state: 'unknown' }]);
  });

  test('contains the name of each user, done or not', async () => {
    const answer = {
      block_users: {
        added_users: [{ input: `+${A}`, wa_id: '5215555500100' }],
        failed_users: [{ ...failed(`+${B}`, 131047), wa_id: String(B) }, failed(`+${C}`, 131047)],
      },
    };
    const { listed } = await connect(200, answer).writer.add([A, B, C]);
    expect([...listed]).toEqual([
      [A, new Set([5_215_555_500_100])],
      [B, new Set([B])],
    ]);
  });

  const names = (...ids: unknown[]) => ids.map((wa_id) => ({ input: `+${A}`, ...(wa_id !== null && { wa_id }) }));
  test.each([
    ['in two entries, the last without one', { added_users: names(String(B), null) }, [B]],
    ['in two entries', { added_users: names(String(A), String(B)) }, [A, B]],
    ['in two lists', { added_users: names(String(B)), removed_users: names(String(C)) }, [B, C]],
    ['in a failure that a success hides', { added_users: names(null), failed_users: names(String(B)) }, [B]],
    ['with a prefix', { added_users: names(`whatsapp:+${B}`) }, [B]],
    ['with a suffix', { failed_users: names(`${B}:12@s.whatsapp.net`) }, [B]],
    ['with separators', { added_users: names('tel:+44 (7700) 900-002') }, [B]],
    ['as a number', { added_users: names(B) }, [B]],
    ['too short or too long', { added_users: names('12', '1234567890123456', 'x') }, undefined],
  ])('contains each name of a user: %s', async (_, ledger, expected) => {
    const { listed } = await connect(200, { block_users: ledger }).writer.add([A]);
    expect([...listed].map(([, found]) => [...found])).toEqual(expected ? [expected] : []);
  });

  test('contains the names of the first and of the repeated write', async () => {
    const first = { failed_users: [{ ...failed(`+${A}`, 139103), wa_id: String(B) }] };
    const second = { block_users: { added_users: names(String(C)) } };
    const { listed } = await connect(200, { block_users: first }, [], second, 5).writer.add([A]);
    expect([...listed]).toEqual([[A, new Set([B, C])]]);
  });

  test.each(['added_users', 'removed_users'])('an unblock that is answered with %s is done', async (key) => {
    const answer = { block_users: { [key]: [{ input: `+${A}` }] } };
    expect((await connect(200, answer).writer.remove([A])).undone).toEqual([]);
  });

  test('a ledger without numbers does not hide an error', async () => {
    const error = await errorOf(connect(400, { block_users: {}, error: { code: 130429 } }).writer.add([A]));
    expect(error.message).toContain('throttling');
  });
});

describe('values that cannot be converted to text', () => {
  const noText = { toString: 1, valueOf: 1 };
  test.each([
    ['an input', { block_users: { added_users: [{ input: noText }] } }, [{ number: A, state: 'unknown' }]],
    ['a wa_id', { block_users: { added_users: [{ input: `+${A}`, wa_id: noText }] } }, []],
    [
      'a code of one number',
      { block_users: { failed_users: [{ input: `+${A}`, errors: [{ code: noText }] }] } },
      [{ number: A, state: 'rejected' }],
    ],
  ])('%s is ignored', async (_, body, undone) => {
    expect((await connect(200, body).writer.add([A])).undone).toMatchObject(undone);
  });

  test('a code of the whole answer leaves the decision to the status', async () => {
    const body = { error: { code: noText } };
    expect((await errorOf(connect(500, body).writer.add([A]))).message).toContain('failed (500)');
  });
});

describe('a number that failed and may still succeed', () => {
  const failing = { block_users: { added_users: [{ input: `+${A}` }], failed_users: [failed(`+${B}`, 139103)] } };
  const numbersOf = ({ body }: HttpRequest) => JSON.parse(body!).block_users.map(({ user }: { user: string }) => user);

  test('is sent again, alone', async () => {
    const { writer, requests } = connect(200, failing, [], { block_users: { added_users: [{ input: `+${B}` }] } }, 5);
    expect((await writer.add([A, B])).undone).toEqual([]);
    expect(requests.map(numbersOf)).toEqual([[`+${A}`, `+${B}`], [`+${B}`]]);
  });

  test('is unknown if the answer to its repeat was lost, and the others keep their own answers', async () => {
    const first = { block_users: { failed_users: [failed(`+${A}`, 131047), failed(`+${B}`, 139103)] } };
    const { writer } = connect(200, first, [], '<html>', 5);
    expect((await writer.add([A, B])).undone).toMatchObject([
      { number: A, state: 'pending' },
      { number: B, state: 'unknown' },
    ]);
  });

  test('has failed after three attempts', async () => {
    const { writer, requests } = connect(200, failing, [], failing, 5);
    expect((await writer.add([A, B])).undone).toMatchObject([{ number: B, state: 'failed' }]);
    expect(requests).toHaveLength(3);
  });

  test('is not repeated with --retries 0', async () => {
    const { writer, requests } = connect(200, failing);
    expect((await writer.add([A, B])).undone).toMatchObject([{ number: B, state: 'failed' }]);
    expect(requests).toHaveLength(1);
  });

  test('is repeated once after the code 131000, and stays failed', async () => {
    const body = { block_users: { failed_users: [failed(`+${A}`, 131000), failed(`+${B}`, 139103)] } };
    const { writer, requests } = connect(200, body, [], body, 5);
    expect((await writer.add([A, B])).undone).toMatchObject([
      { number: A, state: 'failed' },
      { number: B, state: 'failed' },
    ]);
    expect(requests.map(numbersOf)).toEqual([[`+${A}`, `+${B}`], [`+${A}`, `+${B}`], [`+${B}`]]);
  });

  test('stays failed if the server refuses the repeat', async () => {
    const { writer } = connect(200, failing, [], { error: { code: 190 } }, 5);
    expect((await writer.add([A, B])).undone).toMatchObject([{ number: B, state: 'failed' }]);
    const lost = connect(200, failing, [], '<html>', 5);
    expect((await lost.writer.add([A, B])).undone).toMatchObject([{ number: B, state: 'unknown' }]);
  });
});

describe('an answer without a ledger', () => {
  test('lets smaller batches find how many users have room in a full list', async () => {
    const error = await errorOf(connect(400, { error: { code: 139101, message: 'full' } }).writer.add([A, B]));
    expect(error).toMatchObject({ full: true, refused: false, detail: 'full (code 139101)' });
  });

  test('lets smaller batches find the user who has not written', async () => {
    const answer = { error: { code: 131047, message: 'write first' } };
    expect((await errorOf(connect(400, answer).writer.add([A, B]))).refused).toBe(true);
    expect((await connect(400, answer).writer.add([A])).undone).toMatchObject([{ number: A, state: 'pending' }]);
  });

  test('with status 200 leaves the numbers unknown', async () => {
    expect((await errorOf(connect(200, { success: true }).writer.add([A]))).ambiguous).toBe(true);
  });

  test.each([
    [400, 190, 'the token is wrong or has expired', { hopeless: true }],
    [403, 10, 'is not allowed to manage', { hopeless: true }],
    [403, 299, 'is not allowed to manage', { hopeless: true }],
    [400, 100, 'check phoneNumberId', { refused: true }],
    [400, 131021, 'refused', { refused: true }],
    [400, 4, 'throttling', { refused: false, hopeless: false }],
    [400, 80007, 'throttling', { refused: false, hopeless: false }],
    [429, 130429, 'throttling', { refused: false, hopeless: false }],
    [400, 139103, 'the server failed', { ambiguous: true }],
    [500, 139103, 'the server failed', { ambiguous: true }],
    [503, 77, 'unavailable', { ambiguous: true }],
    [401, 77, 'the token is wrong or has expired', { hopeless: true }],
  ])('%i with the code %i', async (status, code, message, facts) => {
    const error = await errorOf(connect(status, { error: { code, message: 'x', fbtrace_id: 'AbC' } }).writer.add([A]));
    expect(error).toMatchObject(facts);
    expect(error.message).toContain(message);
    expect(error.detail).toContain(`code ${code}; fbtrace_id AbC`);
  });

  test('waits until the quota is regained', async () => {
    const header = JSON.stringify({
      1065: [{ type: 'whatsapp', call_count: 100, estimated_time_to_regain_access: 19 }],
    });
    const error = await errorOf(connect(400, { error: { code: 80007 } }, [header]).writer.add([A]));
    expect(error.message).toContain('requires a wait of 1140 s');
  });
});

describe('the usage headers', () => {
  const used = (...usage: string[]) =>
    whatsappCloud.quotaUsed({
      status: 200,
      body: '',
      headers: { retryAfter: null, location: null, date: null, usage },
    });
  test.each([
    ['none', [], 0],
    ['of the app', ['{"call_count":28,"total_time":85,"total_cputime":25}'], 85],
    ['of the business', ['{"1":[{"type":"whatsapp","call_count":91,"total_time":2}]}', '{"call_count":3}'], 91],
    ['text that is not JSON', ['soon', '{"call_count":"many"}'], 0],
    ['minutes to wait, which are not a share', ['{"estimated_time_to_regain_access":99}'], 0],
  ])('%s', (_, usage, percent) => {
    expect(used(...usage)).toBe(percent);
  });
});
