/** A saved plan or an approval is for exactly one plan. If the current plan differs, nothing is written. */
import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { HastyClock } from './clock.ts';
import {
  type Api,
  accounted,
  FORMATS,
  makeDesired,
  planFile,
  reportOf,
  run,
  startApi,
  TOKEN,
  uk,
  yamlOf,
} from './harness.ts';

const LIVE = uk(30);
const DESIRED = uk(30, 5); // 5 to add, 5 to remove
const ADD = uk(5, 30);
const REMOVE = uk(5);

let api: Api;
let cwd: string;

beforeEach(async () => {
  api = await startApi();
  api.sandbox.set('support', LIVE);
  cwd = makeDesired({ support: DESIRED });
});

const path = (name = 'plan.json') => join(cwd, name);
const plus = (numbers: readonly string[]) => numbers.map((number) => `+${number}`);
const sentBy = (method: string) => api.writes().flatMap((each) => (each.method === method ? each.numbers : []));
const blacklistctl = (args: readonly string[], env: Record<string, string> = {}) =>
  run([...args, '--rate', '0'], { cwd, env: { BLACKLISTCTL_BASE_URL: api.url, ...env } });

async function save(): Promise<string> {
  expect((await blacklistctl(['plan', '--out', 'plan.json'])).code).toBe(0);
  api.forget();
  return readFileSync(path(), 'utf8');
}

/** Changes the desired state to one that the guard refuses: it removes 28 of 30 numbers. */
function desireFew(): void {
  writeFileSync(
    path('blacklist.yaml'),
    readFileSync(path('blacklist.yaml'), 'utf8').replace(/(?<=numbers:\n)(.+\n){28}/, ''),
  );
}

describe('plan --out', () => {
  test('writes a file that fits the schema, for its owner only, and leaves no other file', async () => {
    await save();
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(planFile(path()).bots).toMatchObject([{ id: 'support', add: plus(ADD), remove: plus(REMOVE) }]);
    expect(readdirSync(cwd).sort()).toEqual(['blacklist.yaml', 'plan.json']);
    expect(readFileSync(path(), 'utf8')).not.toContain(TOKEN);
  });

  test('replaces an older file that all users can read, and its permissions', async () => {
    writeFileSync(path(), '{ "kind": "old" }');
    chmodSync(path(), 0o644);
    await save();
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    planFile(path());
  });

  test('follows a link', async () => {
    writeFileSync(path('real.json'), '{ "kind": "old" }');
    symlinkSync('real.json', path());
    await save();
    planFile(path('real.json'));
    expect(statSync(path('real.json')).mode & 0o777).toBe(0o600);
    expect(lstatSync(path()).isSymbolicLink()).toBe(true);
  });

  test('writes numbers in full although the output is masked', async () => {
    const { stdout } = await blacklistctl(['plan', '--out', 'plan.json'], { CI: 'true' });
    expect(stdout).not.toContain(ADD[0]);
    expect(planFile(path()).bots).toMatchObject([{ add: plus(ADD), remove: plus(REMOVE) }]);
  });
});

const SHOWN =
  'show reads no live list, so it does not know whether this plan was applied. To apply it, pass its file to apply --plan.';

describe('show', () => {
  test.each(FORMATS)('prints in the format %s the same as plan, without a request', async (format) => {
    const planned = await blacklistctl(['plan', '--out', 'plan.json', '--format', format]);
    api.forget();
    const shown = await run(['show', 'plan.json', '--format', format], { cwd });
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    if (format !== 'github') expect(shown.stdout).toContain(ADD[0]); // annotations only have counts
    // The plan file keeps the other base URL, but not the option or variable that set it.
    const forgotten = planned.stdout
      .replace(/This run uses (\S+) \(BLACKLISTCTL_BASE_URL\)/, 'This plan uses $1')
      .replace(/^To apply this plan: .*$/m, SHOWN)
      .replaceAll('  not declared\n', '\n');
    const { made } = planFile(path());
    const age = new RegExp(`Saved plan, made ${made}, \\d+ s ago, and verified with the tokens of its bots\\.`);
    if (format === 'text' || format === 'diff')
      expect(shown.stdout.replace(new RegExp(`(# )?${age.source}\n`), '')).toBe(forgotten);
    if (format !== 'json') expect(shown.stdout).toMatch(age);
    if (format === 'json') {
      const { command: _plan, summary: planSummary, warnings: _doubts, run: _run, ...plan } = reportOf(planned);
      const { command, summary, warnings, savedPlan, run: _show, ...show } = reportOf(shown);
      const elsewhere = [{ origin: api.url, by: null }];
      // A plan file contains no settings and no causes.
      const bots = plan.bots.map(({ settings, ...bot }) => ({ ...bot, causes: [] }));
      expect({ command, warnings, ...show }).toEqual({ command: 'show', warnings: [], ...plan, bots, elsewhere });
      expect(savedPlan).toEqual({ made, ageSeconds: expect.any(Number) });
      expect(summary).toEqual({ ...planSummary, requests: { read: 0, write: 2, retries: 0 } });
    }
    expect(api.seen).toHaveLength(0);
  });

  test('refuses a file that is neither a plan nor a report, and names the command for a plan among reports', async () => {
    const other = await run(['show', 'blacklist.yaml'], { cwd });
    const neither = 'is neither a saved plan nor a JSON report; pass a file of plan --out or of --report';
    expect(other).toMatchObject({ code: 6, stderr: `error: blacklist.yaml: ${neither}\n` });
    await save();
    const both = await run(['show', 'plan.json', 'plan.json'], { cwd });
    expect(both).toMatchObject({ code: 6, stderr: expect.stringContaining('run: blacklistctl show plan.json\n') });
  });

  test('warns if the tokens to verify the plan are missing, and refuses wrong tokens', async () => {
    await save();
    const without = await run(['show', 'plan.json'], { cwd, env: { SINCH_WHATSAPP_TOKEN: undefined } });
    expect(without).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('set them to verify the plan [W-NOT-VERIFIED]\n'),
    });
    const wrong = await run(['show', 'plan.json', '--format', 'json'], {
      cwd,
      env: { SINCH_WHATSAPP_TOKEN: 'wrong-token' },
    });
    expect(reportOf(wrong).outcome).toBe('stale');
    expect(wrong.code).toBe(5);
  });
});

describe('apply --plan', () => {
  test('makes live equal to desired, without a question', async () => {
    await save();
    const applied = await blacklistctl(['apply', '--plan', 'plan.json', '--format', 'json']);
    expect(applied.code).toBe(0);
    expect(reportOf(applied)).toMatchObject({ outcome: 'applied', summary: { requests: { write: 2 } } });
    expect(api.list('support')).toEqual([...DESIRED].sort());
  });

  test.each([
    ['are invalid', () => writeFileSync(path('blacklist.yaml'), 'nonsense'), 'blacklist.yaml'],
    ['are missing', () => rmSync(path('blacklist.yaml')), 'pass the same paths as to plan'],
    ['were passed to plan only', () => renameSync(path('blacklist.yaml'), path('lists.yaml')), 'pass the same paths'],
  ])('needs the files, and exits with 6 if they %s', async (_, change, message) => {
    await save();
    change();
    const applied = await blacklistctl(['apply', '--plan', 'plan.json']);
    expect(applied).toMatchObject({ code: 6, stderr: expect.stringContaining(message) });
    expect(api.seen).toHaveLength(0);
  });

  test('takes the same paths as to plan', async () => {
    renameSync(path('blacklist.yaml'), path('lists.yaml'));
    expect((await blacklistctl(['plan', '--out', 'plan.json', 'lists.yaml'])).code).toBe(0);
    expect((await blacklistctl(['apply', '--plan', 'plan.json', 'lists.yaml'])).code).toBe(0);
    expect(api.list('support')).toEqual([...DESIRED].sort());
  });

  test('never contradicts the files: a plan that is applied again after a later change is stale', async () => {
    await save();
    expect((await blacklistctl(['apply', '--plan', 'plan.json'])).code).toBe(0);
    const later = yamlOf({ support: [REMOVE[0]!, ...DESIRED] });
    writeFileSync(path('blacklist.yaml'), later);
    expect((await blacklistctl(['apply', '--yes'])).code).toBe(0);
    api.forget();
    const again = await blacklistctl(['apply', '--plan', 'plan.json', '--format', 'json']);
    expect(again.code).toBe(5);
    expect(reportOf(again).errors[0]!.message).toMatch(
      /^plan\.json: the files changed after the plan was made, .* so 1 change to the bot "support" is no longer needed\. Nothing was written/,
    );
    expect(api.writes()).toHaveLength(0);
    expect(api.list('support')).toContain(REMOVE[0]);
  });

  const strict = () => writeFileSync(path('blacklist.yaml'), yamlOf({ support: { numbers: DESIRED, guard: STRICT } }));
  const STRICT = '{ percent: 1, floor: 0 }';

  test('refuses a plan that the guard in the files refuses now, and says what to do', async () => {
    await save();
    strict();
    const { code, stdout } = await blacklistctl(['apply', '--plan', 'plan.json']);
    expect(code).toBe(3);
    expect(stdout).toContain(
      'would remove 5 of 30 numbers (16.7 %), more than the limit of 0 in the files now (the larger of 1 % of the live list and 0)',
    );
    expect(stdout).toMatch(
      /Refused by the guard in the files now: too many removals for support; nothing was written to it\. Check the desired state first\. If the removals are intended, approve exactly this plan with --approve [0-9a-f]{8}\./,
    );
    expect(api.writes()).toHaveLength(0);
  });

  test('applies a plan that the guard in the files refuses now if it is approved, and keeps a record', async () => {
    await save();
    strict();
    const { fingerprint } = planFile(path());
    const options = ['--plan', 'plan.json', '--approve', fingerprint!.slice(0, 8), '--format', 'json'];
    const applied = await blacklistctl(['apply', ...options]);
    expect(applied.code).toBe(0);
    const { guard } = reportOf(applied).bots[0]!;
    expect(guard).toMatchObject({ overriddenBy: fingerprint, verdict: { tripped: 'share', current: true } });
    expect(api.list('support')).toEqual([...DESIRED].sort());
  });

  test('withholds a removal that may be of a user whom the files declare now', async () => {
    const [gone] = REMOVE as [string];
    writeFileSync(path('blacklist.yaml'), yamlOf({ support: DESIRED }));
    await save();
    const spelled = `${gone.slice(0, 2)}0${gone.slice(2)}`; // the international form of +44 0… is +44…
    writeFileSync(path('blacklist.yaml'), yamlOf({ support: [...DESIRED, spelled] }));
    const applied = await blacklistctl(['apply', '--plan', 'plan.json', '--format', 'json']);
    expect(reportOf(applied).bots[0]!.results.withheldNumbers).toEqual([
      { number: `+${gone}`, declared: `+${spelled}`, because: 'spelling' },
    ]);
    expect(api.list('support')).toContain(gone);
  });

  test('does not report in sync if the plan is done and the files require more changes', async () => {
    await save();
    await blacklistctl(['apply', '--plan', 'plan.json']);
    writeFileSync(path('blacklist.yaml'), yamlOf({ support: [...DESIRED, '447700900777'] }));
    const { code, stdout } = await blacklistctl(['apply', '--plan', 'plan.json']);
    expect(code).toBe(0);
    expect(stdout).toContain(
      'Nothing to do: the saved plan has no changes to apply. The files require more changes: run plan.',
    );
    expect(stdout).not.toMatch(/in sync/i);
  });

  test('prints the age of the plan, and refuses one that is too old', async () => {
    await save();
    const clock = new HastyClock();
    const { made } = planFile(path());
    const apply = (...more: string[]) =>
      run(['apply', '--plan', 'plan.json', '--rate', '0', ...more], {
        cwd,
        clock: { ...clock, unix: () => Date.parse(made) / 1000 + 90_061 },
        env: { BLACKLISTCTL_BASE_URL: api.url },
      });
    expect(await apply()).toMatchObject({
      code: 5,
      stderr: `error: plan.json: the plan was made 25 h 1 min ago (${made}), and --max-age allows at most 24 h. Nothing was sent; run plan --out again.\n`,
    });
    expect(await apply('--max-age', '25h')).toMatchObject({ code: 5 });
    expect(api.seen).toHaveLength(0);
    const applied = await apply('--max-age', '26h');
    expect(applied.code).toBe(0);
    expect(applied.stdout).toContain(`to 5 minutes.\nSaved plan, made ${made}, 25 h 1 min ago.\n`);
  });

  test('reports the bots that the plan was made without, and does not count the other bots as all', async () => {
    const bots = { support: DESIRED, sales: { numbers: uk(2), tokenEnv: 'SALES_TOKEN' } };
    writeFileSync(path('blacklist.yaml'), yamlOf(bots));
    const strict = await startApi({
      bots: new Map([
        ['support', TOKEN],
        ['sales', 'the-right-token'],
      ]),
    });
    strict.sandbox.set('support', LIVE);
    const env = { BLACKLISTCTL_BASE_URL: strict.url, SALES_TOKEN: 'a-wrong-token' };
    expect((await blacklistctl(['plan', '--out', 'plan.json'], env)).code).toBe(1);
    const why = 'the plan was made without this bot: not authorized (401)';
    expect(planFile(path()).unread).toMatchObject([
      { id: 'sales', why: expect.stringMatching(/^not authorized \(401\)/) },
    ]);
    for (const format of FORMATS) {
      expect((await run(['show', 'plan.json', '--format', format], { cwd, env })).stdout).toContain('sales');
    }
    expect((await run(['show', 'plan.json'], { cwd, env })).stdout).toContain(
      `sales  could not be read\n  error: ${why}`,
    );
    const corrected = { ...env, SALES_TOKEN: 'the-right-token' };
    expect(await blacklistctl(['apply', '--plan', 'plan.json'], corrected)).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('or was made with other tokens. Nothing was sent; run plan --out again.'),
    });
    const applied = await blacklistctl(['apply', '--plan', 'plan.json', '--format', 'json'], env);
    expect(applied.code).toBe(4);
    expect(reportOf(applied)).toMatchObject({
      outcome: 'partial',
      bots: [
        { id: 'sales', error: { message: expect.stringContaining(why) } },
        { id: 'support', error: null },
      ],
    });
    expect(strict.list('support')).toEqual([...DESIRED].sort());
    const again = await blacklistctl(['apply', '--plan', 'plan.json'], env);
    expect(again).toMatchObject({ code: 1, stdout: expect.stringContaining(`error: ${why}`) });
  });

  test('omits changes that are done', async () => {
    await save();
    api.sandbox.set('support', [...LIVE.slice(2), ...ADD.slice(0, 3)]);
    const applied = await blacklistctl(['apply', '--plan', 'plan.json', '--format', 'json']);
    expect(applied.code).toBe(0);
    expect(sentBy('POST')).toEqual(ADD.slice(3));
    expect(sentBy('DELETE')).toEqual(REMOVE.slice(2));
    expect(api.list('support')).toEqual([...DESIRED].sort());
  });

  test('writes nothing if all changes are done', async () => {
    await save();
    api.sandbox.set('support', DESIRED);
    const applied = await blacklistctl(['apply', '--plan', 'plan.json', '--format', 'json']);
    expect(applied.code).toBe(0);
    expect(reportOf(applied).outcome).toBe('in-sync');
    expect(api.writes()).toHaveLength(0);
  });

  test.each([
    ['a number was added that the plan does not remove', [...LIVE, uk(1, 700)[0]!]],
    ['a number was removed that the plan keeps', LIVE.slice(0, -1)],
    ['the list was emptied', []],
  ])('is stale if %s', async (_, live) => {
    await save();
    api.sandbox.set('support', live);
    const applied = await blacklistctl(['apply', '--plan', 'plan.json', '--yes', '--format', 'json']);
    expect(applied.code).toBe(5);
    expect(reportOf(applied).outcome).toBe('stale');
    expect(api.writes()).toHaveLength(0);
  });

  test('is refused with one changed byte in any place', async () => {
    const text = await save();
    const number = text.indexOf(ADD[4]!) + 11;
    const every = Array.from({ length: 12 }, (_, index) => Math.floor((index * (text.length - 1)) / 11));
    for (const at of [number, ...every]) {
      const other = text[at] === '5' ? '6' : '5';
      writeFileSync(path(), text.slice(0, at) + other + text.slice(at + 1));
      const { code } = await blacklistctl(['apply', '--plan', 'plan.json', '--yes']);
      expect({ at, code }).toEqual({ at, code: at === number ? 5 : expect.toBeOneOf([5, 6]) });
    }
    expect(api.seen).toHaveLength(0);
  });

  test('is stale at another endpoint', async () => {
    await save();
    const other = await startApi();
    other.sandbox.set('support', LIVE);
    const applied = await blacklistctl(['apply', '--plan', 'plan.json', '--format', 'json', '--base-url', other.url]);
    expect(applied.code).toBe(5);
    expect(reportOf(applied).errors[0]!.message).toContain(other.url);
    expect([...api.seen, ...other.seen]).toHaveLength(0);
  });

  test('is stale with another token', async () => {
    await save();
    const applied = await blacklistctl(['apply', '--plan', 'plan.json'], { SINCH_WHATSAPP_TOKEN: 'another-token' });
    expect(applied.code).toBe(5);
    expect(api.seen).toHaveLength(0);
  });

  test.each<[string, (text: string) => string]>([
    ['cut in half', (text) => text.slice(0, text.length / 2)],
    ['cut at its last brace', (text) => text.slice(0, -2)],
    ['empty', () => ''],
    ['of another version', (text) => text.replace('"formatVersion": 1', '"formatVersion": 2')],
    ['of another kind', () => '{"formatVersion": 1, "kind": "grocery-list"}'],
    ['desired state', () => readFileSync(path('blacklist.yaml'), 'utf8')],
  ])('is invalid if the file is %s', async (_, change) => {
    writeFileSync(path(), change(await save()));
    const applied = await blacklistctl(['apply', '--plan', 'plan.json', '--format', 'json']);
    expect(applied.code).toBe(6);
    expect(reportOf(applied).outcome).toBe('invalid');
    expect(applied.stderr).toContain('plan.json');
    expect(api.seen).toHaveLength(0);
  });

  test.each([[['--bot', 'support']], [['--shard', '1/2']]])(
    'applies the whole plan only: %o is refused',
    async (extra) => {
      await save();
      expect((await blacklistctl(['apply', '--plan', 'plan.json', ...extra])).code).toBe(6);
      expect(api.seen).toHaveLength(0);
    },
  );
});

describe('apply --approve', () => {
  const fingerprint = async () => reportOf(await blacklistctl(['plan', '--format', 'json'])).fingerprint!;

  test.each([
    ['whole', (text: string) => text],
    ['its first 8 characters', (text: string) => text.slice(0, 8)],
    ['in capitals', (text: string) => text.toUpperCase()],
  ])('applies the plan with that fingerprint: %s', async (_, spell) => {
    const { code } = await blacklistctl(['apply', '--approve', spell(await fingerprint())]);
    expect(code).toBe(0);
    expect(api.list('support')).toEqual([...DESIRED].sort());
  });

  test('shows the fresh plan and writes nothing when another one was approved', async () => {
    const applied = await blacklistctl(['apply', '--yes', '--approve', '0123456789abcdef', '--format', 'json']);
    expect(applied.code).toBe(5);
    const { outcome, fingerprint: fresh, bots, errors } = reportOf(applied);
    expect(outcome).toBe('stale');
    expect(fresh).toMatch(/^[0-9a-f]{64}$/);
    expect(bots[0]).toMatchObject({ add: plus(ADD), remove: plus(REMOVE), guard: { tripped: false } });
    expect(errors[0]!.message).toBe(
      'this plan is not the approved one, so nothing was written. The fingerprint is wrong, the files or a live list changed after the review, or a run of the approved plan ended early.',
    );
    expect(api.writes()).toHaveLength(0);
  });

  test.each(FORMATS)('prints the current plan in the format %s, and why the guard refuses it', async (format) => {
    desireFew();
    for (const numbers of ['full', 'masked']) {
      const args = ['apply', '--approve', '0123456789abcdef', '--numbers', numbers, '--format', format];
      const { code, stdout, output } = await blacklistctl(args);
      expect(code).toBe(5);
      expect(output).toContain('The guard refuses this plan for support.');
      if (format === 'diff') continue;
      expect(stdout).toContain((await fingerprint()).slice(0, 8)); // masking does not hide its digits
      expect(stdout).toContain('30 of 30 numbers (100 ');
    }
    expect(api.writes()).toHaveLength(0);
  });

  test('exits with 0 if nothing is due, for any approval', async () => {
    const approved = await fingerprint();
    expect((await blacklistctl(['apply', '--approve', approved])).code).toBe(0);
    api.forget();
    for (const which of [approved, '0123456789abcdef']) {
      const again = await blacklistctl(['apply', '--approve', which]);
      expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('In sync: nothing to do.\n') });
    }
    expect(api.writes()).toHaveLength(0);
  });

  test('is stale after a run of the approved plan that ended early, as only a saved plan resumes by itself', async () => {
    const approved = await fingerprint();
    await save();
    api.sandbox.set('support', [...LIVE, ADD[0]!]); // one add was done
    const applied = await blacklistctl(['apply', '--approve', approved]);
    expect(applied).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('or a run of the approved plan ended early'),
    });
    expect((await blacklistctl(['apply', '--plan', 'plan.json', '--approve', approved])).code).toBe(0);
    expect(api.list('support')).toEqual([...DESIRED].sort());
  });

  test('reports the bots that could not be read, although the others are in sync', async () => {
    const bots = new Map([['support', TOKEN]]);
    const strict = await startApi({ bots });
    strict.sandbox.set('support', DESIRED);
    writeFileSync(path('blacklist.yaml'), yamlOf({ support: DESIRED, sales: uk(1) }));
    const env = { BLACKLISTCTL_BASE_URL: strict.url };
    const applied = await blacklistctl(['apply', '--approve', '0123456789abcdef'], env);
    expect(applied).toMatchObject({
      code: 5,
      stderr: expect.stringContaining(' The plan does not include sales, which could not be read.\n'),
    });
  });

  test('counts every number if nothing was written', async () => {
    const { bots, summary } = reportOf(
      await blacklistctl(['apply', '--yes', '--approve', '0123456789abcdef', '--format', 'json']),
    );
    expect({ accounted: accounted(bots[0]!), written: summary.requests.write }).toEqual({ accounted: 10, written: 0 });
  });

  test('is stale if the list has changed', async () => {
    const approved = await fingerprint();
    api.sandbox.set('support', LIVE.slice(1)); // one removal less
    expect((await blacklistctl(['apply', '--approve', approved])).code).toBe(5);
    expect(api.writes()).toHaveLength(0);
  });

  test.each([['0123456'], ['xyzxyzxy'], ['']])('takes 8 to 64 characters of a fingerprint, not %o', async (text) => {
    expect((await blacklistctl(['apply', '--yes', '--approve', text])).code).toBe(6);
    expect(api.seen).toHaveLength(0);
  });

  test('overrides the guard for exactly that plan', async () => {
    desireFew();
    const refused = await blacklistctl(['apply', '--yes', '--format', 'json']);
    expect(refused.code).toBe(3);
    const { outcome, bots, fingerprint: refusedPlan } = reportOf(refused);
    expect({ outcome, tripped: bots[0]!.guard.tripped, skipped: bots[0]!.results.skipped }).toEqual({
      outcome: 'refused',
      tripped: true,
      skipped: bots[0]!.add.length + bots[0]!.remove.length,
    });
    expect(api.writes()).toHaveLength(0);

    api.sandbox.set('support', [...LIVE, uk(1, 700)[0]!]);
    expect((await blacklistctl(['apply', '--yes', '--approve', refusedPlan!])).code).toBe(5);
    expect(api.writes()).toHaveLength(0);

    api.sandbox.set('support', LIVE);
    expect((await blacklistctl(['apply', '--approve', refusedPlan!])).code).toBe(0);
    expect(api.list('support')).toEqual(DESIRED.slice(-2));
  });

  test('overrides the guard for a saved plan as well', async () => {
    desireFew();
    expect((await blacklistctl(['plan', '--out', 'plan.json'])).code).toBe(3);
    const { fingerprint: saved } = planFile(path());
    const apply = (...more: string[]) => blacklistctl(['apply', '--yes', '--plan', 'plan.json', ...more]);
    expect((await apply()).code).toBe(3);
    expect((await apply('--approve', '0123456789abcdef')).code).toBe(5);
    expect(api.writes()).toHaveLength(0);
    expect((await apply('--approve', saved!)).code).toBe(0);
    expect(api.list('support')).toEqual(DESIRED.slice(-2));
  });

  test('is asked for with the counts of the time at which the saved plan was made', async () => {
    desireFew();
    await blacklistctl(['plan', '--out', 'plan.json']);
    api.sandbox.set('support', LIVE.slice(1)); // one removal of the plan is done
    const { code, stdout } = await blacklistctl(['apply', '--yes', '--plan', 'plan.json']);
    expect({ code, stdout }).toEqual({
      code: 3,
      stdout: expect.stringMatching(/refused: would remove 30 of 30 numbers .*, as counted when the plan was made\n/),
    });
  });

  test('is not needed if a saved plan is done, as the guard has nothing to refuse', async () => {
    desireFew();
    await blacklistctl(['plan', '--out', 'plan.json']);
    api.sandbox.set('support', DESIRED.slice(-2));
    expect((await blacklistctl(['apply', '--yes', '--plan', 'plan.json'])).code).toBe(0);
    expect(api.writes()).toHaveLength(0);
  });
});
