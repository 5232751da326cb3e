import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeFolder, reportOf, run, start, startApi, uk } from './harness.ts';

const PHONE = '106540352242922';

/** Starts the sandbox as users do, until the end of the test. @returns its address. */
async function startSandbox(cwd: string, ...options: string[]): Promise<string> {
  const sandbox = start(['sandbox', '--provider', 'whatsapp-cloud', '--port', '0', ...options], { cwd });
  onTestFinished(async () => {
    sandbox.kill('SIGTERM');
    expect((await sandbox.done).code).toBe(0);
  });
  const [, url] = await sandbox.said(/Listening on (\S+)\n/);
  return url!;
}

function write(...numbers: string[]): string {
  const cwd = makeFolder();
  const list = numbers.map((number) => `"+${number}"`).join(', ');
  const bot = `{ phoneNumberId: ${PHONE}, tokenEnv: SINCH_WHATSAPP_TOKEN, numbers: [${list}] }`;
  writeFileSync(
    join(cwd, 'blacklist.yaml'),
    `version: 1\ndefaults: { provider: whatsapp-cloud }\nbots:\n  shop: ${bot}\n`,
  );
  return cwd;
}

test.each([
  ['flat', '200'],
  ['nested', '400'],
])('users are blocked after they write: %s pages, mixed results under %s', async (shape, status) => {
  const cwd = write(...uk(150));
  const url = await startSandbox(cwd, '--contact', 'none', '--list-shape', shape, '--mixed-status', status);
  const letWrite = (numbers: readonly string[]) =>
    run(['sandbox', 'message', PHONE, ...numbers, '--port', new URL(url).port], { cwd });
  const common = ['--base-url', url, '--format', 'json', '--numbers', 'masked'];

  expect((await letWrite(uk(100))).code).toBe(0);
  writeFileSync(join(cwd, 'wrote.txt'), uk(100).join('\n'));
  const planned = await run(['plan', '--contacts', 'shop=wrote.txt', '--base-url', url], { cwd });
  expect(planned.stdout).toContain(
    "100 of the numbers to add can be blocked now; 50 wait for their users' next message",
  );
  const first = await run(['apply', '--yes', ...common], { cwd });
  expect(first.code).toBe(0);
  expect(reportOf(first)).toMatchObject({ outcome: 'applied', bots: [{ results: { applied: 100, pending: 50 } }] });
  expect(first.output).not.toMatch(/\d{7}(?![0-9a-f]*")/);

  const drifted = await run(['drift', ...common], { cwd });
  expect({ code: drifted.code, outcome: reportOf(drifted).outcome }).toEqual({ code: 0, outcome: 'in-sync' });
  expect((await run(['apply', '--yes', '--fail-on-pending', ...common], { cwd })).code).toBe(4);

  expect((await letWrite(uk(50, 100))).code).toBe(0);
  const last = await run(['apply', '--yes', '--fail-on-pending', ...common], { cwd });
  expect({ code: last.code, results: reportOf(last).bots[0]!.results }).toMatchObject({
    code: 0,
    results: { applied: 50, pending: 0 },
  });
  expect((await run(['plan', '--detailed-exitcode', ...common], { cwd })).code).toBe(0);
});

test.each([
  ['a missing file', 'shop=none.txt', '--contacts shop=none.txt: there is no such file'],
  [
    'a bot that no file defines',
    'shop-2=wrote.txt',
    'the files do not declare this bot; did you mean "shop"? The files declare: shop',
  ],
])('--contacts with %s is refused with exit code 6', async (_, contacts, message) => {
  const { code, stderr } = await run(['plan', '--contacts', contacts], { cwd: write('447700900123') });
  expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringContaining(message) });
});

test('--contacts for a bot that can block any user is refused with exit code 6', async () => {
  const cwd = makeFolder();
  const bot = '{ region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN, numbers: [] }';
  writeFileSync(join(cwd, 'blacklist.yaml'), `version: 1\nbots: { shop: ${bot} }\n`);
  const { code, stderr } = await run(['plan', '--contacts', 'shop=wrote.txt'], { cwd });
  expect({ code, stderr }).toEqual({
    code: 6,
    stderr: expect.stringContaining('this bot can also block users who did not write'),
  });
});

test('a saved plan is applied if the files have new spellings of its users', async () => {
  const cwd = write('525555500100', ...uk(2));
  const url = await startSandbox(cwd);
  const api = ['--base-url', url];
  expect((await run(['plan', '--out', 'plan.json', ...api], { cwd })).code).toBe(0);
  const file = join(cwd, 'blacklist.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('525555500100', '5215555500100'));
  const applied = await run(['apply', '--plan', 'plan.json', ...api], { cwd });
  expect(applied).toMatchObject({ code: 0, stdout: expect.stringContaining('3 added, 0 removed') });
});

test('a saved plan is done if only the listed spellings changed, and is stale at another base URL', async () => {
  const cwd = write('525555500100', '541155550100', ...uk(2));
  const url = await startSandbox(cwd);
  const api = ['--base-url', url];
  expect((await run(['plan', '--out', 'plan.json', ...api], { cwd })).code).toBe(0);
  expect((await run(['apply', '--plan', 'plan.json', ...api], { cwd })).code).toBe(0);
  const again = await run(['apply', '--plan', 'plan.json', ...api], { cwd });
  expect(again.code).toBe(0);
  expect(again.stdout).toMatch(/nothing to apply, \d+ unchanged/);
  expect((await run(['apply', '--plan', 'plan.json', '--base-url', `${url}/elsewhere`], { cwd })).code).toBe(5);
});

test('a removal is withheld if the list contains it next to a declared number', async () => {
  const [declared, listed] = ['447700900123', '447700900999'];
  const live = [...uk(3).map((number) => [number, number]), [declared, listed]];
  const entries = live.map(([input, wa_id]) => ({ input: `+${input}`, wa_id }));
  const api = await startApi({
    fault: () => ({ status: 200, body: JSON.stringify({ data: [{ block_users: entries }] }) }),
  });
  const cwd = write(declared, ...uk(3));
  const file = join(cwd, 'blacklist.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('{ phone', '{ policy: remove-only, phone'));
  expect((await run(['plan', '--out', 'plan.json', '--base-url', api.url], { cwd })).code).toBe(0);
  for (const how of [['--yes'], ['--plan', 'plan.json']]) {
    const applied = await run(['apply', ...how, '--base-url', api.url, '--format', 'json'], { cwd });
    expect(reportOf(applied).bots[0]!.results.withheldNumbers).toEqual([
      { number: `+${listed}`, declared: `+${declared}`, because: 'answer' },
    ]);
  }
  expect(api.writes()).toEqual([]);
});
