import { describe, expect, test } from 'vitest';
import { createApis } from '../../src/sandbox/apis.ts';
import { createDialog360, createGupshup, createKapso, type PartnerOptions } from '../../src/sandbox/partners.ts';

const [A, B] = ['447700900001', '447700900002'];

const PARTNERS = {
  '360dialog': {
    create: createDialog360,
    header: 'd360-api-key',
    list: 'GET /block_users',
    block: 'POST /block_users',
    unblock: 'DELETE /block_users',
  },
  gupshup: {
    create: createGupshup,
    header: 'apikey',
    list: 'GET /wa/app/app-1/user/blocklist',
    block: 'POST /wa/app/app-1/user/block',
    unblock: 'POST /wa/app/app-1/user/unblock',
  },
  kapso: {
    create: createKapso,
    header: 'x-api-key',
    list: 'GET /meta/whatsapp/v25.0/1065/block_users',
    block: 'POST /meta/whatsapp/v25.0/1065/block_users',
    unblock: 'DELETE /meta/whatsapp/v25.0/1065/block_users',
  },
} as const;
type Kind = keyof typeof PARTNERS;
const KINDS = Object.keys(PARTNERS) as Kind[];

function start(kind: Kind, options: PartnerOptions = {}) {
  let time = 0;
  const { create, header, ...lines } = PARTNERS[kind];
  const sandbox = create(options, () => time);
  const ask = (line: string, body?: object, headers: Record<string, string> = { [header]: 'key' }) => {
    const [method, path] = line.split(' ') as [string, string];
    const answer = sandbox.handle({ method, path, headers, ...(body && { body: JSON.stringify(body) }) });
    return { status: answer.status, body: JSON.parse(answer.body) };
  };
  const users = (...numbers: string[]) => ({
    messaging_product: 'whatsapp',
    block_users: numbers.map((number) => ({ user: `+${number}` })),
  });
  return {
    sandbox,
    ask,
    list: () => ask(lines.list),
    block: (...numbers: string[]) => ask(lines.block, users(...numbers)),
    unblock: (...numbers: string[]) => ask(lines.unblock, users(...numbers)),
    pass: (ms: number) => (time += ms),
  };
}

describe.each(KINDS)('%s', (kind) => {
  test('blocks, lists and unblocks users', () => {
    const { sandbox, list, block, unblock } = start(kind);
    expect(block(A, B)).toMatchObject({
      status: 200,
      body: { block_users: { added_users: [{ wa_id: A }, { wa_id: B }] } },
    });
    expect(JSON.stringify(list().body.data)).toContain(A);
    expect(unblock(A)).toMatchObject({ status: 200, body: { block_users: { removed_users: [{ wa_id: A }] } } });
    expect(sandbox.bots().map((name) => sandbox.list(name))).toEqual([[B]]);
  });

  test('has no other method than those of its requests, and they change nothing', () => {
    const { sandbox, ask, block } = start(kind);
    block(A);
    const body = { messaging_product: 'whatsapp', block_users: [{ user: `+${A}` }] };
    for (const method of ['PUT', 'PATCH', 'OPTIONS']) {
      expect(ask(`${method} ${PARTNERS[kind].unblock.split(' ')[1]}`, body).status).toBe(405);
    }
    expect(sandbox.bots().map((name) => sandbox.list(name))).toEqual([[A]]);
  });

  test('has an error of its own for a missing or wrong key', () => {
    const { ask, list } = start(kind, { bots: new Map([['other', 'another key']]) });
    const own = {
      '360dialog': { meta: { success: false } },
      gupshup: { status: 'error' },
      kapso: { error: expect.anything() },
    };
    expect(list()).toMatchObject({ status: 401, body: own[kind] });
    expect(ask(PARTNERS[kind].list, undefined, {})).toMatchObject({ status: 401, body: own[kind] });
  });

  test('throttles a list that gets more requests a second than it takes', () => {
    const { list, pass } = start(kind, { perSecond: 2 });
    const statuses = () => [list(), list(), list()].map(({ status }) => status);
    expect(statuses()).toEqual([200, 200, 400]);
    pass(1001);
    expect(statuses()).toEqual([200, 200, 400]);
  });

  test('answers a write in which some users failed with a ledger under 400', () => {
    const { block } = start(kind, { mixedStatus: 400, own: new Set([B]) });
    const failed = [{ input: `+${B}`, errors: [{ code: 131_021 }] }];
    expect(block(A, B)).toMatchObject({
      status: 400,
      body: { block_users: { failed_users: failed }, error: { code: 139_100 } },
    });
  });
});

test('360dialog names the list by the key, and its pages have the second shape', () => {
  const { sandbox, ask, block } = start('360dialog');
  block(A);
  ask(
    'POST /block_users',
    { messaging_product: 'whatsapp', block_users: [{ user: `+${B}` }] },
    { 'd360-api-key': 'two' },
  );
  const { data, paging } = ask('GET /block_users').body;
  expect(data).toMatchObject([{ block_users: [{ input: `+${A}`, wa_id: A, user_id: expect.any(String) }] }]);
  expect(paging.previous).toContain('/block_users?before=');
  expect(sandbox.bots()).toHaveLength(2);
  expect(sandbox.bots().join()).not.toMatch(/key|two/);
  const named = start('360dialog', { bots: new Map([['shop', 'key']]) });
  named.block(A);
  expect(named.sandbox.list('shop')).toEqual([A]);
});

test('360dialog blocks other paths, and may answer a wrong key with 404', () => {
  expect(start('360dialog').ask('GET /messages')).toMatchObject({ status: 403, body: { meta: { httpCode: 403 } } });
  const { status } = start('360dialog', { badKey: 404 }).ask('GET /block_users', undefined, {});
  expect(status).toBe(404);
});

test('gupshup lists at most 100 users a page, and only its own verbs', () => {
  const { ask, list } = start('gupshup');
  expect(list().body).toMatchObject({ status: 'success', data: [] });
  expect(ask(`${PARTNERS.gupshup.list}?limit=101`)).toMatchObject({ status: 400, body: { status: 'error' } });
  expect(ask('DELETE /wa/app/app-1/user/block').status).toBe(405);
  expect(ask('GET /wa/app/app-1/user').status).toBe(404);
});

test('gupshup may answer without plus and without errors of failed users', () => {
  const { block } = start('gupshup', { plainInputs: true, withoutErrors: true, own: new Set([B]) });
  expect(block(A, B).body.block_users).toEqual({
    added_users: [{ input: A, wa_id: A }],
    failed_users: [{ input: B, wa_id: B }],
  });
});

test('kapso takes a bearer token, and may answer a write with success alone', () => {
  const { sandbox, block, list } = start('kapso', { writeAnswer: 'success', own: new Set([B]) });
  expect(block(A, B)).toEqual({ status: 200, body: { success: true } });
  expect(sandbox.list('1065')).toEqual([A]);
  expect(list().body.data).toHaveLength(1);
  const request = { method: 'GET', path: PARTNERS.kapso.list.slice(4), authorization: 'Bearer key' };
  expect(sandbox.handle(request).status).toBe(200);
  expect(sandbox.handle({ ...request, path: '/v25.0/1065/block_users' }).status).toBe(404);
});

test('all APIs at one address have lists under names of their own, and kapso has those of Meta', () => {
  const all = createApis({
    bots: new Map([
      ['shop', 'key'],
      ['app-1', 'key'],
      ['1065', 'key'],
    ]),
  });
  for (const name of ['360dialog/shop', 'gupshup/app-1', 'whatsapp-cloud/1065', 'shop']) all.set(name, [A]);
  expect(all.bots()).toEqual(['shop', 'whatsapp-cloud/1065', '360dialog/shop', 'gupshup/app-1']);
  for (const kind of KINDS) {
    const { header, list } = PARTNERS[kind];
    const [method, path] = list.split(' ') as [string, string];
    expect(all.handle({ method, path, headers: { [header]: 'key' } }).body).toContain(A);
  }
  const cloud = { method: 'GET', path: '/v25.0/1065/block_users', authorization: 'Bearer key' };
  expect(all.handle(cloud).body).toContain(A);
  all.wrote('gupshup/app-1', [B]);
});

test.each(KINDS)('only %s answers if it is the only API', (kind) => {
  const one = createApis({ provider: kind });
  const statuses = KINDS.map((each) => {
    const { header, list } = PARTNERS[each];
    return one.handle({ method: 'GET', path: list.slice(4), headers: { [header]: 'key' } }).status;
  });
  expect(statuses.map((status) => status === 200)).toEqual(KINDS.map((each) => each === kind));
});
