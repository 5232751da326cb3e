import { describe, expect, test } from 'vitest';
import { createApis } from '../../src/sandbox/apis.ts';
import { waId } from '../../src/sandbox/cloud-users.ts';
import { type CloudOptions, createCloudSandbox } from '../../src/sandbox/whatsapp-cloud.ts';

const PATH = '/v25.0/1065/block_users';
const HOUR = 3_600_000;
const [A, B] = ['447700900001', '447700900002'];

function start(options: CloudOptions = {}) {
  let time = 0;
  const sandbox = createCloudSandbox(options, () => time);
  const ask = (method: string, path = PATH, body?: object) => {
    const answer = sandbox.handle({
      method,
      path,
      authorization: 'Bearer t',
      ...(body && { body: JSON.stringify(body) }),
    });
    return { ...answer, body: JSON.parse(answer.body) };
  };
  const write = (method: 'POST' | 'DELETE', ...numbers: string[]) =>
    ask(method, PATH, {
      messaging_product: 'whatsapp',
      block_users: numbers.map((number) => ({ user: `+${number}` })),
    });
  return { sandbox, ask, write, pass: (ms: number) => (time += ms) };
}

const failedCodes = (body: { block_users: { failed_users: { errors: { code: number }[] }[] } }) =>
  body.block_users.failed_users.map(({ errors }) => errors[0]!.code);

describe('writes', () => {
  test('are answered for each user, with the input as it was sent', () => {
    const { write, sandbox } = start();
    expect(write('POST', A, '525555500100').body.block_users).toEqual({
      added_users: [
        { input: `+${A}`, wa_id: A },
        { input: '+525555500100', wa_id: '5215555500100' },
      ],
    });
    expect(write('DELETE', A).body.block_users).toEqual({ removed_users: [{ input: `+${A}`, wa_id: A }] });
    expect(sandbox.list('1065')).toEqual(['5215555500100']);
  });

  test.each([200, 400] as const)('have status %i if some users failed', (mixedStatus) => {
    const { write } = start({ mixedStatus, own: new Set([B]) });
    const { status, body } = write('POST', A, B);
    expect(status).toBe(mixedStatus);
    expect(body).toMatchObject({ error: { code: 139100 }, block_users: { added_users: [{ wa_id: A }] } });
    expect(failedCodes(body)).toEqual([131021]);
  });

  test('block only users who wrote in the last 24 hours, and unblock any user', () => {
    const { write, sandbox, pass } = start({ contact: 'none' });
    expect(failedCodes(write('POST', A).body)).toEqual([131047]);
    sandbox.wrote('1065', [A]);
    pass(24 * HOUR - 1);
    expect(write('POST', A).status).toBe(200);
    expect(write('DELETE', A).status).toBe(200);
    pass(1);
    expect(failedCodes(write('POST', A).body)).toEqual([131047]);
  });

  test('fail for users who do not fit into the list', () => {
    const { write } = start({ capacity: 2, strangers: 1 });
    expect(failedCodes(write('POST', A, B).body)).toEqual([139101]);
  });

  test('fail as a whole, without a change, if the list answers so', () => {
    const { write, sandbox } = start({ capacity: 1, fullAnswer: 'whole' });
    expect(write('POST', A, B)).toMatchObject({ status: 400, body: { error: { code: 139101 } } });
    expect(sandbox.list('1065')).toEqual([]);
    expect(write('POST', A).status).toBe(200);
  });

  test('are refused with more than 1,000 users, with none, and without a product', () => {
    const { write, ask } = start();
    expect(write('POST', ...Array.from({ length: 1001 }, () => A)).body.error.code).toBe(100);
    expect(write('POST').body.error.code).toBe(100);
    expect(ask('POST', PATH, { block_users: [{ user: A }] }).body.error.message).toContain('messaging_product');
  });
});

const BSUID = /^US\.\d{20}$/;

describe('the list', () => {
  test('has a cursor on each page with users, and an empty page at the end, if flat', () => {
    const { ask, sandbox } = start({ strangers: 1 });
    sandbox.set('1065', [A, B]);
    const first = ask('GET', `${PATH}?limit=2`).body;
    expect(first.data).toEqual([
      { messaging_product: 'whatsapp', wa_id: A, user_id: expect.stringMatching(BSUID) },
      { messaging_product: 'whatsapp', wa_id: B, user_id: expect.stringMatching(BSUID) },
    ]);
    const second = ask('GET', `${PATH}?limit=2&after=${first.paging.cursors.after}`).body;
    expect(second.data).toEqual([{ messaging_product: 'whatsapp', user_id: expect.stringMatching(BSUID) }]);
    expect(new Set([...first.data, ...second.data].map(({ user_id: id }) => id)).size).toBe(3);
    const end = ask('GET', `${PATH}?limit=2&after=${second.paging.cursors.after}`).body;
    expect(end).toEqual({ data: [], paging: {} });
  });

  test.each([
    ['cut', 200, 2],
    ['refuse', 400, 100],
    ['fail', 500, 1],
  ] as const)('answers a request for a larger page: %s', (largePage, status, result) => {
    const { ask, sandbox } = start({ pageSize: 2, largePage });
    sandbox.set('1065', [A, B, '447700900003']);
    expect(ask('GET', `${PATH}?limit=100`)).toMatchObject({ status: 200, body: { data: [{}, {}] } });
    const large = ask('GET', `${PATH}?limit=101`);
    expect(large.status).toBe(status);
    expect(large.body.error?.code ?? large.body.data.length).toBe(result);
  });

  test.each(['flat', 'nested'] as const)(
    'has a user with a username by the same id, without the number: %s',
    (listShape) => {
      const { ask, sandbox, write } = start({ listShape });
      const entries = () =>
        ask('GET', PATH).body.data.flatMap((item: { block_users?: object[] }) => item.block_users ?? [item]);
      sandbox.set('1065', [A, B]);
      const ids = entries().map(({ user_id: id }: { user_id: string }) => id);
      sandbox.tookUsername('1065', [`+${A}`]);
      expect(entries()).toMatchObject([{ user_id: ids[0] }, { wa_id: B, user_id: ids[1] }]);
      expect(entries()[0]).not.toHaveProperty('wa_id');
      expect(write('DELETE', A).body.block_users.removed_users).toMatchObject([{ wa_id: A }]);
      expect(entries()).toMatchObject([{ user_id: ids[1] }]);
      expect(write('POST', A).body.block_users.added_users).toMatchObject([{ wa_id: A }]);
      expect(entries()[1]).not.toHaveProperty('wa_id');
    },
  );

  test('has the URL of the next page if there is one, if nested', () => {
    const { ask, sandbox } = start({ listShape: 'nested' });
    sandbox.set('1065', [A, B]);
    const first = ask('GET', `${PATH}?limit=1`).body;
    expect(first).toMatchObject({
      data: [{ block_users: [{ input: `+${A}`, wa_id: A }] }],
      paging: { next: expect.any(String) },
    });
    const last = ask('GET', `${PATH}?limit=1&after=${first.paging.cursors.after}`).body;
    expect(last.paging.next).toBeUndefined();
  });

  test('refuses the cursor of an older version, and accepts it if nothing has changed', () => {
    const { ask, sandbox, write } = start();
    sandbox.set('1065', [A, B]);
    const { after } = ask('GET', `${PATH}?limit=1`).body.paging.cursors;
    write('POST', A); // is listed already
    expect(ask('GET', `${PATH}?limit=1&after=${after}`).status).toBe(200);
    write('DELETE', A);
    expect(ask('GET', `${PATH}?limit=1&after=${after}`).body.error.code).toBe(139102);
  });

  test('has usage headers', () => {
    const { ask } = start({ usage: 85 });
    expect(JSON.parse(ask('GET').headers!['x-app-usage']!)).toMatchObject({ call_count: 85 });
  });
});

describe('a user with another WhatsApp ID than by rule', () => {
  const [number, id] = ['525555500100', '447700900999'];
  const waIds = new Map([[number, id]]);

  test.each([number, '5215555500100', id])('can write, be blocked and be unblocked as %s', (name) => {
    const { write, sandbox } = start({ waIds, contact: 'none' });
    sandbox.wrote('1065', [name]);
    expect(write('POST', number).body.block_users).toEqual({ added_users: [{ input: `+${number}`, wa_id: id }] });
    expect(sandbox.list('1065')).toEqual([id]);
    write('DELETE', name);
    expect(sandbox.list('1065')).toEqual([]);
  });

  test('is listed with the written number in nested pages, also after other changes', () => {
    const { write, ask, sandbox } = start({ waIds, listShape: 'nested' });
    write('POST', number);
    sandbox.set('1065', [...sandbox.list('1065'), A]);
    expect(ask('GET').body.data[0].block_users).toEqual([
      { input: `+${number}`, wa_id: id, user_id: expect.any(String) },
      { input: `+${A}`, wa_id: A, user_id: expect.any(String) },
    ]);
  });
});

describe('a refused request', () => {
  test.each([
    ['another path', 'GET', '/v25.0/1065/messages', 'Bearer t', 404],
    ['a path without a version', 'GET', '/1065/block_users', 'Bearer t', 404],
    ['no token', 'GET', PATH, '', 401],
    ['the wrong token', 'GET', PATH, 'Bearer x', 401],
    ['a method that no list has', 'PATCH', PATH, 'Bearer t', 405],
  ])('%s', (_, method, path, authorization, status) => {
    const sandbox = createCloudSandbox({ bots: new Map([['1065', 't']]) });
    expect(sandbox.handle({ method, path, authorization }).status).toBe(status);
  });
});

test.each([
  ['525555500100', '5215555500100'],
  ['541155550100', '5491155550100'],
  ['5531955550100', '553155550100'],
  ['551155550100', '5511955550100'],
  ['+447700900001', '447700900001'],
])('%s is listed as %s', (number, listed) => {
  expect(waId(number)).toBe(listed);
  expect(waId(listed)).toBe(listed);
});

test('all APIs at one address keep separate lists, under the names of the state file', () => {
  const all = createApis();
  all.set('whatsapp-cloud/1065', [A]);
  all.set('1065', [B]);
  expect(all.bots()).toEqual(['1065', 'whatsapp-cloud/1065']);
  expect(all.list('whatsapp-cloud/1065')).toEqual([A]);
  const ask = (path: string) => all.handle({ method: 'GET', path, authorization: 'Bearer t' }).body;
  expect(ask('/whatsapp/v1/1065/provision/blacklist')).toContain(B);
  expect(ask(PATH)).toContain(A);
  const one = createApis({ provider: 'whatsapp-cloud' });
  expect(
    one.handle({ method: 'GET', path: '/whatsapp/v1/1/provision/blacklist', authorization: 'Bearer t' }).status,
  ).toBe(404);
});
