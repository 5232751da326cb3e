/** The sandbox as a newcomer uses it: seeded, logged, and changed by hand. */
import { expect, onTestFinished, test } from 'vitest';
import { makeDesired, reportOf, run, start, TOKEN, uk } from './harness.ts';

async function startSandbox(cwd: string) {
  const sandbox = start(['sandbox', '--port', '0', '--seed', '--log'], { cwd });
  onTestFinished(async () => {
    sandbox.kill('SIGTERM');
    await sandbox.done;
  });
  const [, url, port] = await sandbox.said(/Listening on (http:\/\/127\.0\.0\.1:(\d+))\n/);
  return { sandbox, url: url!, port: port! };
}

test('a seeded list gives import, plan and drift something to show', async () => {
  const cwd = makeDesired({ support: [] });
  const { sandbox, url, port } = await startSandbox(cwd);
  const common = ['--base-url', url, '--format', 'json'];
  expect((await run(['import', '--base-url', url], { cwd })).code).toBe(0);
  expect(reportOf(await run(['plan', ...common], { cwd }))).toMatchObject({
    outcome: 'in-sync',
    summary: { unchanged: 5 },
  });

  const change = (...args: string[]) => run(['sandbox', ...args, '--port', port], { cwd });
  const number = `+${uk(1)[0]}`;
  expect(await change('block', 'support', number)).toMatchObject({
    code: 0,
    stdout: `+44••••••${number.slice(-4)} is now blocked on support\nnote: support is a new Sinch bot; for other bots, pass a phone number ID, gupshup/APP_ID or 360dialog/KEY\n`,
    stderr: '',
  });
  expect(await change('block', 'no bot', number)).toMatchObject({
    code: 6,
    stdout: '',
    stderr: expect.stringMatching(/^error: "no bot" is not a bot id; /),
  });
  // Without --port, the base URL of the environment selects the sandbox.
  const env = { BLACKLISTCTL_BASE_URL: url };
  expect((await run(['sandbox', 'unblock', 'support', '+12015550123'], { cwd, env })).code).toBe(0);
  const drifted = await run(['drift', '--settle', '0s', ...common], { cwd });
  expect(drifted.code).toBe(2);
  expect(reportOf(drifted).bots[0]).toMatchObject({ add: ['+12015550123'], remove: [number] });

  sandbox.kill('SIGTERM');
  const { stderr } = await sandbox.done;
  expect(stderr).toContain(`POST /sandbox/by-hand/block/support 200 added ${number}\n`);
  expect(stderr).toContain('GET /whatsapp/v1/support/provision/blacklist?page=0 200\n');
  expect(stderr).not.toContain(TOKEN);
  expect(stderr).toMatch(/\nStopping the sandbox: requests in flight are answered first\n$/);
});

test.each<[string, string[], number, RegExp]>([
  [
    'a port without a sandbox',
    ['block', 'support', '+12015550123', '--port', '1'],
    1,
    /^error: no sandbox answers on port 1; /,
  ],
  ['a missing number', ['block', 'support'], 6, /missing argument <numbers>/],
  ['an unknown verb', ['clear', 'support'], 6, /^error: /],
])('sandbox reports %s', async (_, args, code, words) => {
  const finished = await run(['sandbox', ...args]);
  expect(finished.code).toBe(code);
  expect(finished.stderr).toMatch(words);
});
