/** A report gives the reason of a failure that only a later request met. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HastyClock } from './clock.ts';
import { makeFolder, reportOf, run, uk, us } from './harness.ts';

type Answer = readonly [status: number, body: object];

/** Starts a server with these answers, until the end of the test. @returns its address. */
async function serve(answer: (method: string, body: string) => Answer): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const [status, json] = answer(request.method!, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function applyTo(url: string, provider: string, numbers: readonly string[]) {
  const cwd = makeFolder();
  const list = numbers.map((number) => `"+${number}"`).join(', ');
  const bot = `{ phoneNumberId: "1065", apiVersion: v25.0, tokenEnv: SHOP_KEY, numbers: [${list}] }`;
  writeFileSync(
    join(cwd, 'blacklist.yaml'),
    `version: 1\ndefaults: { provider: ${provider} }\nbots:\n  shop: ${bot}\n`,
  );
  const options = ['--yes', '--concurrency', '1', '--base-url', url, '--format', 'json'];
  const end = await run(['apply', ...options], { cwd, env: { SHOP_KEY: 'any-token-1' }, clock: new HastyClock() });
  return { code: end.code, bot: reportOf(end).bots[0]! };
}

test.each([
  ['and other numbers were not sent', 1500, 500],
  ['and all numbers were sent', 1000, 0],
])('apply reports a token that was revoked while one number was sent again, %s', async (_, size, skipped) => {
  let writes = 0;
  const url = await serve((method, body) => {
    if (method === 'GET') return [200, { data: [] }];
    if (++writes > 1) return [401, { error: { message: 'Session has expired', code: 190 } }];
    const users = (JSON.parse(body) as { block_users: { user: string }[] }).block_users.map(({ user }) => user);
    const added = users.slice(1).map((input) => ({ input, wa_id: input.slice(1) }));
    const failed = [{ input: users[0], errors: [{ code: 139103, message: 'internal' }] }];
    return [200, { block_users: { added_users: added, failed_users: failed } }];
  });
  const { code, bot } = await applyTo(url, 'whatsapp-cloud', us(size));
  expect(code).toBe(4);
  const expired = { message: expect.stringContaining('the token is wrong or has expired') };
  expect(bot).toMatchObject({
    error: expired,
    results: { applied: 999, failed: 1, skipped },
    unverified: expired,
  });
});

test('apply reports why it could not read a list that alone shows which numbers were added', async () => {
  let isWritten = false;
  const url = await serve((method) => {
    if (method !== 'GET') {
      isWritten = true;
      return [200, { success: true }];
    }
    return isWritten
      ? [403, { error: { message: 'Permission', code: 10 } }]
      : [200, { data: uk(3, 2).map((wa_id) => ({ wa_id })) }];
  });
  const { code, bot } = await applyTo(url, 'kapso', uk(3));
  expect(code).toBe(1);
  const refused = { message: expect.stringContaining('(code 10)') };
  expect(bot).toMatchObject({ error: refused, unverified: refused, results: { unknown: 2, skipped: 2 } });
});

test.each([
  ['is unknown if the list has a new user without a number', 3, [{ user_id: 'US.1' }], 1, { removed: 0, unknown: 1 }],
  ['is unknown if the id of that user has an odd form', 3, [{ user_id: 'US:1:2' }], 1, { removed: 0, unknown: 1 }],
  ['is unknown if the list lacks a number that was kept', 2, [], 1, { removed: 0, unknown: 1 }],
  ['is unknown if the list is cut short at its start', 0, [], 1, { removed: 0, unknown: 1 }],
  ['is done if it has all kept numbers, and no such user', 3, [], 0, { removed: 1, unknown: 0 }],
] as const)('a removal that only the list shows %s', async (_, kept, hidden, code, results) => {
  let isWritten = false;
  const url = await serve((method) => {
    if (method !== 'GET') {
      isWritten = true;
      return [200, { success: true }];
    }
    const shown = uk(isWritten ? kept : 4).map((wa_id) => ({ wa_id }));
    return [200, { data: isWritten ? [...shown, ...hidden] : shown }];
  });
  const end = await applyTo(url, 'kapso', uk(3));
  expect(end).toMatchObject({ code, bot: { results } });
});

test.each<[string, readonly string[], readonly string[], object | undefined, string]>([
  ['an add that fails', uk(2), [], { code: 131000, message: 'went wrong' }, 'went wrong (code 131000)'],
  ['a removal that fails', [], uk(2), { code: 139103, message: 'internal' }, 'internal (code 139103)'],
  ['an add that the answer omits', uk(2), [], undefined, 'the server did not report a result'],
])('apply reports the reason of %s although nothing else failed', async (_, declared, live, error, detail) => {
  const url = await serve((method, body) => {
    if (method === 'GET') return [200, { data: [...live, ...uk(1, 9)].map((wa_id) => ({ wa_id })) }];
    const users = (JSON.parse(body) as { block_users: { user: string }[] }).block_users.map(({ user }) => user);
    const done = users.filter((user) => user !== `+${uk(1)[0]}`).map((input) => ({ input }));
    const failed = error && done.length < users.length ? [{ input: `+${uk(1)[0]}`, errors: [error] }] : [];
    return [200, { block_users: { added_users: done, failed_users: failed } }];
  });
  const { code, bot } = await applyTo(url, 'whatsapp-cloud', [...declared, ...uk(1, 9)]);
  expect(code).toBe(4);
  expect(bot).toMatchObject({ error: { message: expect.stringMatching('^some changes failed or have'), detail } });
});

test.each([
  [139103, 'run again, because the removals that are left make room'],
  [131021, 'remove numbers from the files'],
])('apply says how a full list gets room if the removal failed with the code %i', async (failing, remedy) => {
  const url = await serve((method) => {
    if (method === 'GET') return [200, { data: [...uk(1), ...uk(1, 9)].map((wa_id) => ({ wa_id })) }];
    const [input, code] = method === 'POST' ? [uk(1, 5)[0], 139101] : [uk(1)[0], failing];
    return [200, { block_users: { failed_users: [{ input: `+${input}`, errors: [{ code, message: 'no' }] }] } }];
  });
  const { bot } = await applyTo(url, 'whatsapp-cloud', [...uk(1, 5), ...uk(1, 9)]);
  expect(bot.error!.message).toMatch(remedy);
});
