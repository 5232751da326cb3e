import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeFolder, reportOf, run, start, uk } from './harness.ts';

const MEXICAN = '525555500100';

/** A bot of each partner, and the name of its list in the sandbox. */
const BOTS = [
  ['360dialog', '', '360dialog/shop', []],
  ['gupshup', 'appId: shop, ', 'gupshup/shop', []],
  ['kapso', 'phoneNumberId: 1065, ', '1065', []],
  ['kapso', 'phoneNumberId: 1065, ', '1065', ['--write-answer', 'success']],
] as const;

async function startSandbox(cwd: string, provider: string, ...options: string[]): Promise<string> {
  const tokens = ['--bot', 'shop=any-token', '--bot', '1065=any-token'];
  const sandbox = start(['sandbox', '--provider', provider, '--port', '0', ...tokens, ...options], { cwd });
  onTestFinished(async () => {
    sandbox.kill('SIGTERM');
    expect((await sandbox.done).code).toBe(0);
  });
  const [, url] = await sandbox.said(/Listening on (\S+)\n/);
  return url!;
}

function write(cwd: string, provider: string, keys: string, numbers: readonly string[]): void {
  const list = numbers.map((number) => `"+${number}"`).join(', ');
  const bot = `{ ${keys}tokenEnv: SHOP_KEY, numbers: [${list}] }`;
  writeFileSync(
    join(cwd, 'blacklist.yaml'),
    `version: 1\ndefaults: { provider: ${provider} }\nbots:\n  shop: ${bot}\n`,
  );
}

describe.each(BOTS)('%s with %s', (provider, keys, list, options) => {
  test('is imported, applied, explained and watched like the Cloud API', async () => {
    const cwd = makeFolder();
    const url = await startSandbox(cwd, provider, '--contact', 'none', ...options);
    const tell = (...line: string[]) => run(['sandbox', ...line, '--port', new URL(url).port], { cwd });
    const ask = (...line: string[]) =>
      run([...line, '--base-url', url, '--format', 'json', '--numbers', 'full'], {
        cwd,
        env: { SHOP_KEY: 'any-token' },
      });

    expect(await tell('block', list, ...uk(3), MEXICAN)).toMatchObject({ code: 0 });
    write(cwd, provider, keys, []);
    expect(reportOf(await ask('import'))).toMatchObject({ outcome: 'written', bots: [{ imported: 4 }] });
    expect(reportOf(await ask('plan'))).toMatchObject({ outcome: 'in-sync', bots: [{ unchanged: 4 }] });

    // One number goes, one user wrote and can be blocked, and one has to write first.
    write(cwd, provider, keys, [...uk(2), MEXICAN, ...uk(2, 100)]);
    expect(await tell('message', list, ...uk(1, 100))).toMatchObject({ code: 0 });
    const applied = reportOf(await ask('apply', '--yes'));
    expect(applied).toMatchObject({ outcome: 'applied', bots: [{ results: { added: 1, removed: 1, pending: 1 } }] });
    expect(applied.summary.requests.write).toBe(2);

    const explained = reportOf(await ask('explain', `+${MEXICAN}`, '--live'));
    expect(JSON.stringify(explained)).toContain('+5215555500100');
    expect(reportOf(await ask('drift'))).toMatchObject({ outcome: 'in-sync' });
    expect(await tell('unblock', list, ...uk(1))).toMatchObject({ code: 0 });
    expect(await tell('block', list, ...uk(1, 200))).toMatchObject({ code: 0 });
    expect(await ask('drift')).toMatchObject({ code: 2 });
  });

  test('reports a wrong key once, and what to do', async () => {
    const cwd = makeFolder();
    const url = await startSandbox(cwd, provider, ...options);
    write(cwd, provider, keys, uk(1));
    const { code, output } = await run(['plan', '--base-url', url], { cwd, env: { SHOP_KEY: 'secret-key-0815' } });
    expect(code).toBe(1);
    expect(output).toContain('the token is wrong or has expired (401); create a new one');
    expect(output).not.toContain('0815');
  });
});

test('two bots of 360dialog with one key: exit 6 before a request is sent', async () => {
  const cwd = makeFolder();
  const bot = (id: string) => `  ${id}: { tokenEnv: ${id.toUpperCase()}_KEY, numbers: [] }\n`;
  writeFileSync(
    join(cwd, 'blacklist.yaml'),
    `version: 1\ndefaults: { provider: 360dialog }\nbots:\n${bot('a')}${bot('b')}`,
  );
  const env = { A_KEY: 'same-key-0815', B_KEY: 'same-key-0815' };
  const { code, stderr } = await run(['plan', '--base-url', 'http://127.0.0.1:1'], { cwd, env });
  expect(code).toBe(6);
  expect(stderr).toContain('the bots "a" and "b" of 360dialog have the same token (A_KEY and B_KEY)');
  expect(stderr).not.toContain('0815');
});
