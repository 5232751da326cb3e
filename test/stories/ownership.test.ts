/** Which live numbers a run changes: ignore rules, protection and the policy remove-only. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { needs } from '../needs.ts';
import { type Api, makeFolder, reportOf, run, startApi, uk } from './harness.ts';

const [kept, added, taken, other] = uk(4) as [string, string, string, string];
const TEST_PHONE = '12025550123';

let api: Api;
let cwd: string;
const blacklistctl = (...args: string[]) => run(args, { cwd, env: { BLACKLISTCTL_BASE_URL: api.url } });
const live = (bot = 'support-bot') => [...api.sandbox.list(bot)].sort();
const write = (text: string) => writeFileSync(join(cwd, 'blacklist.yaml'), text);
const read = () => readFileSync(join(cwd, 'blacklist.yaml'), 'utf8');

/** A file with one bot, or more. */
const file = (bots: string, rest = '') =>
  `version: 1\ndefaults: { region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN${rest} }\nbots:\n${bots}`;
const bot = (numbers: readonly string[], rest = '', id = 'support-bot') =>
  `  ${id}: { numbers: [${numbers.map((number) => `"+${number}"`).join(', ')}]${rest} }\n`;

beforeEach(async () => {
  api = await startApi();
  cwd = makeFolder();
});

describe('ignore rules', () => {
  const rules = `, ignore: [ { prefix: "+1202", reason: Managed by another system }, "+${other}" ]`;

  test('keep a plan from adding or removing their numbers, which it counts', async () => {
    api.sandbox.set('support-bot', [kept, taken, other, TEST_PHONE]);
    write(file(bot([kept, added], rules)));
    const planned = await blacklistctl('plan');
    expect(planned.stdout).toContain('support-bot  1 to add, 1 to remove, 1 unchanged, 2 ignored numbers kept\n');
    expect((await blacklistctl('apply', '--yes')).code).toBe(0);
    expect(live()).toEqual([kept, added, other, TEST_PHONE].sort());
    const drift = await blacklistctl('drift', '--format', 'json');
    expect(drift.code).toBe(0);
    expect(reportOf(drift).bots[0]).toMatchObject({ unchanged: 2, ignored: 2, protected: 0, missing: 0 });
  });

  test('do not hide an emptied file', async () => {
    api.sandbox.set('support-bot', [kept, taken, other]);
    write(file(bot([], rules)));
    const { code, stdout } = await blacklistctl('apply', '--yes');
    expect(code).toBe(3);
    expect(stdout).toContain('refused: would remove all 2 numbers that are now on the list, except ignored ones\n');
    expect(api.writes()).toEqual([]);
  });

  test('are in force in a saved plan', async () => {
    api.sandbox.set('support-bot', [kept, taken, other]);
    write(file(bot([kept], rules)));
    expect((await blacklistctl('plan', '--out', 'my.plan')).code).toBe(0);
    const applied = await blacklistctl('apply', '--plan', 'my.plan', '--format', 'json');
    expect(reportOf(applied)).toMatchObject({ outcome: 'applied', bots: [{ ignored: 1, unchanged: 1 }] });
    expect(live()).toEqual([kept, other].sort());
  });

  test('that a change removes turn their numbers into removals of that change, not drift', async (context) => {
    needs('git', context);
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], { cwd });
    write(file(bot([kept], rules)));
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '--message=before');
    api.sandbox.set('support-bot', [kept, taken, TEST_PHONE]);
    write(file(bot([kept])));
    const { bots } = reportOf(await blacklistctl('plan', '--base', 'HEAD', '--format', 'json')) as unknown as {
      bots: { causes: { origin: string; numbers: string[] }[] }[];
    };
    expect(bots[0]!.causes.map(({ origin, numbers }) => [origin, ...numbers])).toEqual([
      ['drift', `+${taken}`],
      ['config', `+${TEST_PHONE}`],
    ]);
  });
});

describe('protection', () => {
  test('by one bot keeps the number on the list of another, with a warning', async () => {
    api.sandbox.set('support-bot', [kept, taken, other]);
    api.sandbox.set('sales', [other]);
    const entry = `  sales: { numbers: [ { number: "+${other}", protected: true } ] }\n`;
    write(file(bot([kept]) + entry));
    const { stdout, stderr } = await blacklistctl('apply', '--yes');
    expect(stdout).toContain('support-bot  0 added, 1 removed\n');
    expect(stderr).toContain(
      `warning: support-bot: 1 live number is not declared but stays, because it is protected (+${other}); to remove it, first remove "protected" from the entry [W-PROTECTED]\n`,
    );
    expect(live()).toEqual([kept, other].sort());
    expect((await blacklistctl('plan')).stdout).toContain('support-bot  in sync, 1 number, 1 protected number kept\n');
  });

  test('does not hide an emptied file, nor does a saved plan', async () => {
    api.sandbox.set('support-bot', [kept, taken, other]);
    api.sandbox.set('sales', [other]);
    const sales = `  sales: { numbers: [ { number: "+${other}", protected: true } ] }\n`;
    const refused = (when: string) =>
      `refused: would remove 2 of 3 numbers that ${when}, and keep only protected ones\n`;
    const now = refused('are now on the list');
    write(file(bot([]) + sales));
    expect(await blacklistctl('plan', '--out', 'my.plan')).toMatchObject({
      code: 3,
      stdout: expect.stringContaining(now),
    });
    const saved = refused('were on the list when the plan was made');
    for (const [words, ...how] of [
      [now, '--yes'],
      [saved, '--plan', 'my.plan'],
    ] as const)
      expect(await blacklistctl('apply', ...how)).toMatchObject({ code: 3, stdout: expect.stringContaining(words) });
    expect(api.writes()).toEqual([]);
    // A person must decide if this was intended.
    const { fingerprint } = reportOf(await blacklistctl('plan', '--format', 'json'));
    expect((await blacklistctl('apply', '--approve', fingerprint!)).code).toBe(0);
    expect(live()).toEqual([other]);
  });

  test('gives a warning for a saved plan, which --error-on can refuse', async () => {
    api.sandbox.set('support-bot', [kept, taken, other]);
    api.sandbox.set('sales', [other]);
    write(file(`${bot([kept])}  sales: { numbers: [ { number: "+${other}", protected: true } ] }\n`));
    await blacklistctl('plan', '--out', 'plan.json');
    const apply = ['apply', '--plan', 'plan.json'];
    expect((await blacklistctl(...apply, '--error-on', 'W-PROTECTED')).code).toBe(6);
    expect(live()).toEqual([kept, taken, other].sort());
    const { code, stderr } = await blacklistctl(...apply);
    expect(code).toBe(0);
    expect(stderr).toContain(
      `1 live number is not declared but stays, because it is protected (+${other}); to remove it, first remove "protected" from the entry [W-PROTECTED]\n`,
    );
    expect(live()).toEqual([kept, other].sort());
  });
});

describe('policy remove-only', () => {
  test('removes numbers that are not declared, adds none, and does not count missing ones as drift', async () => {
    api.sandbox.set('support-bot', [kept, taken]);
    write(file(bot([kept, added], ', policy: remove-only')));
    const { code, stdout } = await blacklistctl('plan');
    expect(code).toBe(0);
    expect(stdout).toContain(
      'support-bot  0 to add, 1 to remove, 1 unchanged, 1 missing number not added (policy remove-only)\n',
    );
    expect((await blacklistctl('apply', '--yes')).code).toBe(0);
    expect(live()).toEqual([kept]);
    expect((await blacklistctl('drift')).code).toBe(0);
    expect((await blacklistctl('plan', '--detailed-exitcode')).code).toBe(0);
  });

  test('refuses to empty a list', async () => {
    api.sandbox.set('support-bot', [kept, taken]);
    write(file(bot([added], ', policy: remove-only')));
    expect((await blacklistctl('apply', '--yes')).code).toBe(3);
    expect(live()).toEqual([kept, taken]);
  });
});

describe('import omits ignored numbers', () => {
  const rules = `, ignore: [ { prefix: "+1202" } ]`;

  test('of a bot of the file', async () => {
    api.sandbox.set('support-bot', [kept, TEST_PHONE]);
    write(file(bot([], rules)));
    const { code, stdout, stderr } = await blacklistctl('import');
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 imported, 0 already declared'),
    });
    expect(stderr).toContain(
      `warning: support-bot: 1 live number is ignored and not imported (+${TEST_PHONE}) [W-IGNORED-IMPORT]\n`,
    );
    expect(read()).toBe(file(bot([kept], rules)));
  });

  test('of a new bot, by the defaults of the file', async () => {
    api.sandbox.set('sales', [kept, TEST_PHONE, '12025550124']);
    write(file(bot([]), rules));
    const { code, stderr } = await blacklistctl('import', '--bot', 'sales');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining(`2 live numbers are ignored and not imported (+${TEST_PHONE}, +12025550124`),
    });
    expect(read()).toContain(`  sales:\n    numbers:\n      - "+${kept}"\n`);
    expect(read()).not.toContain('+12025550');
  });

  test('from another bot, if either of the two ignores them', async () => {
    api.sandbox.set('sales', [kept, other, TEST_PHONE]);
    const own = `, ignore: [ "+${other}" ]`;
    write(file(bot([], own) + bot([], rules, 'sales')));
    const { code } = await blacklistctl('import', '--bot', 'support-bot', '--from', 'sales');
    expect(code).toBe(0);
    expect(read()).toBe(file(bot([kept], own) + bot([], rules, 'sales')));
  });

  test('and reports what the next apply does with expired and missing numbers under policy remove-only', async () => {
    api.sandbox.set('support-bot', [kept, taken]);
    const expired = `{ number: "+${taken}", expires: 2001-01-01 }`;
    write(file(`  support-bot: { policy: remove-only, numbers: ["+${kept}", "+${added}", ${expired}] }\n`));
    const { stderr } = await blacklistctl('import');
    expect(stderr).toContain(`not imported again (+${taken}); the next apply removes it [W-EXPIRED-LIVE]\n`);
    expect(stderr).toContain(
      `1 declared number is not live (+${added}); the policy remove-only never adds it [W-NOT-LIVE]\n`,
    );
  });
});
