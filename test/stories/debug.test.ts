/** A line for each request on stderr, for bug reports. */
import { expect, test } from 'vitest';
import { makeDesired, reportOf, run, startApi, uk } from './harness.ts';

async function planned(args: readonly string[], env: Record<string, string> = {}) {
  let left = 1;
  const fault = () => (left-- > 0 ? ({ status: 503, body: 'busy with +447700900001' } as const) : 'pass');
  const api = await startApi({ fault });
  api.sandbox.set('support', uk(3));
  const cwd = makeDesired({ support: uk(3) });
  return run(['plan', '--concurrency', '1', ...args], { cwd, env: { BLACKLISTCTL_BASE_URL: api.url, ...env } });
}

const linesOf = (stderr: string) => stderr.split('\n').filter((line) => line.startsWith('debug: '));

test.each<[string, string[], Record<string, string>]>([
  ['--debug', ['--debug'], {}],
  ['--debug --quiet, which hides progress', ['--debug', '--quiet'], {}],
  ['BLACKLISTCTL_DEBUG=1', [], { BLACKLISTCTL_DEBUG: '1' }],
  ['--debug with numbers in full', ['--debug', '--numbers', 'full'], {}],
])('%s prints a line for each request to stderr', async (_, args, env) => {
  const { code, stdout, stderr } = await planned([...args, '--format', 'json'], env);
  expect(code).toBe(0);
  expect(reportOf({ code, stdout, stderr, signal: null, output: '' }).outcome).toBe('in-sync');
  const path = 'path=/whatsapp/v1/support/provision/blacklist';
  const failed = 'the server is throttling or unavailable (503)';
  expect(linesOf(stderr).map((line) => line.replace(/ms=\d+/, 'ms=…'))).toEqual([
    `debug: bot=support method=GET ${path}?page=0 status=503 ms=… attempt=1 error="${failed}"`,
    `debug: bot=support method=GET ${path}?page=0 status=200 ms=… attempt=2 because="${failed}"`,
    `debug: bot=support method=GET ${path}?page=1 status=200 ms=… attempt=1`,
  ]);
  expect(linesOf(stderr).join()).not.toMatch(/\d{7}/);
});

test.each<[string, Record<string, string>]>([
  ['is not set', {}],
  ['is 0', { BLACKLISTCTL_DEBUG: '0' }],
  ['is empty, as an unset variable of a workflow is', { BLACKLISTCTL_DEBUG: '' }],
])('no line is printed if BLACKLISTCTL_DEBUG %s', async (_, env) => {
  expect(linesOf((await planned([], env)).stderr)).toEqual([]);
});
