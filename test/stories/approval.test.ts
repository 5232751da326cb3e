import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ApiOptions, FORMATS, makeDesired, reportOf, run, startApi, uk, yamlOf } from './harness.ts';

/** A bot "a" with these numbers live and declared, and a function that runs the program on it. */
async function start(live: readonly string[], declared: readonly string[], options: ApiOptions = {}) {
  const api = await startApi(options);
  api.sandbox.set('a', live);
  const cwd = makeDesired({ a: declared });
  const env = { BLACKLISTCTL_BASE_URL: api.url };
  const blacklistctl = (...args: string[]) => run([...args, '--numbers', 'full'], { cwd, env });
  const declare = (numbers: readonly string[]) => writeFileSync(join(cwd, 'blacklist.yaml'), yamlOf({ a: numbers }));
  return { api, cwd, blacklistctl, declare };
}

/** Formats that print a verdict. */
const WORDED = FORMATS.filter((format) => format !== 'json' && format !== 'diff');
/** Removes the marks of the format, so that a sentence is the same in every format. */
const plainly = (output: string) => output.replaceAll(/<[^>]*>|`/g, '').replaceAll('%25', '%');
const SAVED = ['--out', 'plan.json'];

/** The arguments of the command that a plan prints. */
function printed(stdout: string): string[] {
  const [, words] = /^(?:To apply this plan|.*run): blacklistctl (.*)$/m.exec(stdout) ?? [];
  return Array.from(words!.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, plain]) => quoted ?? plain!);
}

describe('the command that plan prints', () => {
  test('applies the plan with the same paths and options', async () => {
    const { api, cwd, blacklistctl } = await start(uk(3), uk(2, 1));
    mkdirSync(join(cwd, 'my lists'));
    renameSync(join(cwd, 'blacklist.yaml'), join(cwd, 'my lists/a.yaml'));
    const place = ['--bot', 'a', '--shard', '1/1', '--ignore', 'W-DUPLICATE', 'my lists'];
    const planned = await blacklistctl('plan', ...place);
    const args = printed(planned.stdout);
    expect(args).toEqual(['apply', '--approve', expect.stringMatching(/^[0-9a-f]{8}$/), ...place]);
    expect(await blacklistctl(...args)).toMatchObject({ code: 0 });
    expect(api.list('a')).toEqual(uk(2, 1));
  });

  test('names a base URL that was passed as an option, and omits one from the environment', async () => {
    const { api, blacklistctl } = await start([], uk(1));
    expect(printed((await blacklistctl('plan')).stdout)).not.toContain('--base-url');
    const planned = await blacklistctl('plan', '--base-url', `${api.url}/`);
    expect(printed(planned.stdout)).toEqual(expect.arrayContaining(['--base-url', `${api.url}/`]));
  });

  test('applies the saved plan if there is one', async () => {
    const { blacklistctl } = await start([], uk(1));
    const args = printed((await blacklistctl('plan', ...SAVED)).stdout);
    expect(args).toEqual(['apply', '--plan', 'plan.json']);
    expect(await blacklistctl(...args)).toMatchObject({ code: 0 });
  });

  test.each([
    ['a fresh plan', []],
    ['a saved plan', SAVED],
  ])('lifts the guard if it refuses %s', async (_, options) => {
    const { api, blacklistctl } = await start(uk(12), uk(1));
    const planned = await blacklistctl('plan', ...options);
    expect(planned.code).toBe(3);
    expect(await blacklistctl(...printed(planned.stdout))).toMatchObject({ code: 0 });
    expect(api.list('a')).toEqual(uk(1));
  });

  test.each(WORDED)('is in %s', async (format) => {
    const { blacklistctl } = await start([], uk(1));
    const { stdout } = await blacklistctl('plan', '--format', format);
    expect(plainly(stdout)).toMatch(/To apply this plan: blacklistctl apply --approve [0-9a-f]{8}/);
  });

  test.each(['json', 'text'])('is omitted from %s if nothing is due', async (format) => {
    const { blacklistctl } = await start(uk(1), uk(1));
    expect((await blacklistctl('plan', '--format', format)).stdout).not.toContain('blacklistctl apply');
  });
});

describe('an approval that lifts the guard', () => {
  const AUDIT =
    /Guard overridden by --approve ([0-9a-f]{8}) for a, which would remove 11 of 12 numbers \(91.7 %\), more than the/;

  test.each(WORDED)('is an audit line in %s, before and after the writes', async (format) => {
    const { blacklistctl } = await start(uk(12), uk(1));
    const { fingerprint } = reportOf(await blacklistctl('plan', '--format', 'json'));
    const { stdout, code } = await blacklistctl('apply', '--approve', fingerprint!, '--format', format);
    expect(code).toBe(0);
    expect(AUDIT.exec(plainly(stdout))?.[1]).toBe(fingerprint!.slice(0, 8));
    if (format === 'text') expect(stdout.match(new RegExp(AUDIT, 'g'))).toHaveLength(2);
    expect(plainly(stdout)).not.toMatch(/could not be read|::error|CAUTION/);
  });

  test('is recorded in JSON, and read back by show', async () => {
    const { blacklistctl } = await start(uk(12), uk(1));
    const { fingerprint } = reportOf(await blacklistctl('plan', '--format', 'json'));
    const args = ['apply', '--approve', fingerprint!, '--format', 'json', '--report', 'report.json'];
    const { bots, outcome } = reportOf(await blacklistctl(...args));
    const guard = {
      tripped: true,
      reason: expect.stringContaining('would remove 11 of 12'),
      overriddenBy: fingerprint,
    };
    expect({ outcome, guard: bots[0]!.guard }).toMatchObject({ outcome: 'applied', guard });
    expect((await blacklistctl('show', 'report.json')).stdout).toMatch(AUDIT);
  });

  test('leaves no record if the guard refused nothing', async () => {
    const { blacklistctl } = await start([], uk(1));
    const { fingerprint } = reportOf(await blacklistctl('plan', '--format', 'json'));
    const { stdout } = await blacklistctl('apply', '--approve', fingerprint!, '--format', 'json');
    expect(stdout).not.toContain('overridden');
  });
});

describe('a stale approval', () => {
  test.each(WORDED)('reports in %s that the guard refuses the new plan, why, and what to do first', async (format) => {
    const { api, blacklistctl, declare } = await start(uk(12), uk(13));
    const { fingerprint } = reportOf(await blacklistctl('plan', '--format', 'json'));
    declare(uk(1));
    const { stdout, code } = await blacklistctl('apply', '--approve', fingerprint!, '--format', format);
    expect(code).toBe(5);
    expect(plainly(stdout)).toContain(
      'The guard refuses the plan that is shown: a would remove 11 of 12 numbers (91.7 %)',
    );
    expect(plainly(stdout)).toMatch(/Check the desired state first: --approve [0-9a-f]{8} would override the guard/);
    expect(plainly(stdout)).not.toMatch(/apply it with|Guard overridden/);
    expect(api.writes()).toEqual([]);
  });

  test.each(WORDED)('reports in %s that the guard does not refuse the new plan', async (format) => {
    const { blacklistctl } = await start([], uk(1));
    const { stdout, code } = await blacklistctl('apply', '--approve', 'deadbeef', '--format', format);
    expect(code).toBe(5);
    expect(plainly(stdout)).toMatch(
      /The guard does not refuse the plan that is shown\. If that plan is right, apply it with --approve/,
    );
  });

  test('is reported in JSON with the verdict of the guard and its reason', async () => {
    const { blacklistctl } = await start(uk(12), uk(1));
    const { outcome, bots, errors } = reportOf(
      await blacklistctl('apply', '--approve', 'deadbeef', '--format', 'json'),
    );
    expect({ outcome, tripped: bots[0]!.guard.tripped }).toEqual({ outcome: 'stale', tripped: true });
    expect(errors[0]!.message).toMatch(/not the approved one.*The guard refuses this plan for a/);
  });
});

describe('a plan for which no list could be read', () => {
  const down = () => start([], uk(1), { fault: () => 'reset' });
  const RETRIES = ['--retries', '0'];

  test.each(WORDED)('has no fingerprint, and %s reports that', async (format) => {
    const { blacklistctl } = await down();
    const { stdout, code } = await blacklistctl('plan', ...RETRIES, '--format', format);
    expect(code).toBe(1);
    expect(plainly(stdout)).toMatch(/No plan: 1 bot could not be read/);
    expect(plainly(stdout)).toContain('Failed: there is nothing to approve.');
    expect(plainly(stdout)).not.toMatch(/--approve|Plan [0-9a-f]{8}|Fingerprint/);
  });

  test('has the fingerprint null in JSON', async () => {
    const { blacklistctl } = await down();
    expect(reportOf(await blacklistctl('plan', ...RETRIES, '--format', 'json'))).toMatchObject({ fingerprint: null });
  });

  test('is not saved, but is printed', async () => {
    const { cwd, blacklistctl } = await down();
    const { stdout, stderr, code } = await blacklistctl('plan', ...RETRIES, ...SAVED);
    expect({ code, saved: existsSync(join(cwd, 'plan.json')) }).toEqual({ code: 1, saved: false });
    expect(stdout).toContain('No plan: 1 bot could not be read');
    expect(stderr).toContain('error: plan.json: not written, because no live list could be read');
  });

  test('cannot be approved', async () => {
    const { api, blacklistctl } = await down();
    const { stdout, code } = await blacklistctl('apply', '--approve', 'deadbeef', ...RETRIES);
    expect(code).toBe(1);
    expect(stdout).toContain(
      'Failed: there is nothing to approve. Nothing was written. Fix the reported errors, then run again.\n',
    );
    expect(api.writes()).toEqual([]);
  });
});

test('a plan that cannot be saved is still printed', async () => {
  const out = 'plans/plan.json';
  let folder = '';
  const vanish = () => {
    rmSync(folder, { recursive: true, force: true });
    return 'pass' as const;
  };
  const { cwd, blacklistctl } = await start([], uk(1), { fault: vanish });
  folder = join(cwd, 'plans');
  mkdirSync(folder);
  const { stdout, stderr, code } = await blacklistctl('plan', '--out', out);
  expect(code).toBe(1);
  expect(stdout).toMatch(/Plan [0-9a-f]{8}: 1 to add, 0 to remove/);
  expect(stdout).toContain('Failed: fix the reported errors.\n');
  expect(stderr).toContain(`error: ${out}: `);
  expect(readFileSync(join(cwd, 'blacklist.yaml'), 'utf8')).toContain(uk(1)[0]);
});

describe('after apply', () => {
  test('reports for a list that lags how long a plan may still show the changes', async () => {
    const { blacklistctl } = await start(uk(2, 5), uk(3, 4));
    const { stdout, stderr } = await blacklistctl('apply', '--yes');
    expect(stdout).toContain(
      'Apply complete: 1 added, 0 removed in 1 of 1 bot.\nA plan may still show these changes for up to 5 minutes.\n',
    );
    expect(stderr).toContain('a: 1 added, 0 removed\n');
  });

  test('does not report that with --wait', async () => {
    const { blacklistctl } = await start([], uk(1));
    expect((await blacklistctl('apply', '--yes', '--wait')).stdout).not.toContain('A plan may still show');
  });
});
