/** The first hour of a new user: from nothing to a file with the live numbers, and a first change. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needs } from '../needs.ts';
import { makeFolder, reportOf, run, startApi, uk } from './harness.ts';

needs('git');

test('init and import make an empty plan; a number that is added later is config, and a removed one drift', async () => {
  const api = await startApi();
  for (const bot of ['support-bot', '1e3']) api.sandbox.set(bot, uk(130).reverse());
  const cwd = makeFolder();
  const env = { BLACKLISTCTL_BASE_URL: api.url };
  const blacklistctl = (...args: string[]) => run(args, { cwd, env });
  const bots = ['--bot', 'support-bot', '--bot', '1e3'];

  const init = ['init', ...bots, '--region', 'eu1', '--token-env', 'SINCH_WHATSAPP_TOKEN', '--workflows', 'github'];
  expect((await blacklistctl(...init)).code).toBe(0);
  expect((await blacklistctl('validate')).code).toBe(0);
  // Before the import, the guard refuses to empty the lists.
  expect((await blacklistctl('apply', '--yes')).code).toBe(3);
  expect((await blacklistctl('import', ...bots)).code).toBe(0);
  const planned = await blacklistctl('plan', '--detailed-exitcode', '--format', 'json');
  expect(planned.code).toBe(0);
  expect(reportOf(planned).outcome).toBe('in-sync');
  expect((await blacklistctl('fmt', '--check')).code).toBe(0);
  expect(api.writes()).toEqual([]);

  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], { cwd });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message=live numbers');
  appendFileSync(join(cwd, 'blacklist.yaml'), '      - 44 7700 900999\n');
  api.sandbox.set('support-bot', uk(129)); // a number is unblocked by hand
  expect((await blacklistctl('fmt')).code).toBe(0);
  expect(readFileSync(join(cwd, 'blacklist.yaml'), 'utf8')).toMatch(/ {6}- "\+447700900999"\n$/);
  const { stdout } = await blacklistctl('plan', '--base', 'HEAD');
  expect(stdout).toContain('  add     +447700900129  drift: also declared in the base commit\n');
  expect(stdout).toContain('  add     +447700900999  added to the file\n');
  expect((await blacklistctl('apply', '--yes')).code).toBe(0);
  expect((await blacklistctl('plan', '--detailed-exitcode')).code).toBe(0);
});
