import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isReport, makeFolder, reportOf, run, SEVEN_DIGITS, uk, withoutFingerprints } from './harness.ts';

const PHONE = '106540352242922';
const [one, two, never] = uk(3);
const plus = (...numbers: (string | undefined)[]) => numbers.map((number) => `+${number}`);

/** A bot of the Cloud API with three numbers, on a sandbox whose lists are a file. */
function makeWorld() {
  const cwd = makeFolder();
  const state = () => readFileSync(join(cwd, 'state.json'), 'utf8');
  const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);
  const files = { api: 'v25.0', phone: PHONE, numbers: [one, two, never] };
  /** Changes the numbers that the files declare. */
  function declare(some: Partial<typeof files>): void {
    const { api, phone, numbers } = Object.assign(files, some);
    const settings = `phoneNumberId: "${phone}", apiVersion: ${api}, tokenEnv: TOKEN`;
    const list = plus(...numbers).map((number) => JSON.stringify(number));
    write(
      'blacklist.yaml',
      `version: 1\nbots:\n  shop: { provider: whatsapp-cloud, ${settings}, numbers: [${list}] }\n`,
    );
  }
  declare({});
  return {
    cwd,
    declare,
    state,
    setState: (text: string) => write('state.json', text),
    /** Sets the live list. */
    block: (...numbers: (string | undefined)[]) =>
      write(
        'lists.json',
        JSON.stringify({ version: 1, bots: { [`whatsapp-cloud/${files.phone}`]: plus(...numbers) } }),
      ),
    drift(...args: string[]) {
      const records = ['--report', 'state.json', '--since', 'state.json', '--metrics', 'drift.prom'];
      return run(['drift', '--sandbox=lists.json', ...records, ...args], { cwd });
    },
    drifted: () =>
      Array.from(
        readFileSync(join(cwd, 'drift.prom'), 'utf8').matchAll(/_(drift|waiting)_numbers\{.*\} (\d+)/g),
        (found) => found.slice(1).join(' '),
      ),
  };
}

describe('a user who is unblocked by hand', () => {
  test('is drift in each report until they are blocked again, separate from users who have not written', async () => {
    const { cwd, block, drift, drifted, state } = makeWorld();
    block(one, two);
    const first = await drift();
    expect(first.code).toBe(0);
    expect(first.stdout).toContain('Not counted as drift: 1 declared number is not live');
    expect(statSync(join(cwd, 'state.json')).mode & 0o777).toBe(0o600);
    const userIds = plus(one, two).map((number) => ({ number, userId: expect.stringMatching(/^US\.\d+$/) }));
    expect(JSON.parse(state()).bots[0].memory).toEqual({ wasLive: plus(one, two), foreign: 0, userIds });

    block(one);
    const second = await drift();
    expect(second.code).toBe(2);
    expect(second.stdout).toContain(`  removed outside Git  +${two}  new\n`);
    expect(second.stdout).toContain(`  not live             +${never}\n`);
    expect(second.stdout).toContain(
      '  note: removed outside Git: an earlier report shows that the user was blocked; run apply to block the user again, or',
    );
    expect(second.stdout).toContain(
      'shop  1 removed outside Git, 1 not live, 1 unchanged\n  differences since the earlier report: 1 new, 1 still there\n',
    );
    expect(second.stdout).toContain('To keep a change, make it in the files. 1 declared number is not live');
    expect(drifted()).toEqual(['drift 1', 'drift 0', 'waiting 1']);

    const third = await drift('--format', 'json', '--numbers', 'full');
    expect(third.code).toBe(2);
    const report = reportOf(third);
    expect(report).toMatchObject({ outcome: 'changes', summary: { since: { new: 0, still: 2 } } });
    expect(report.bots[0]).toMatchObject({
      causes: [
        { direction: 'add', reason: 'unblocked', numbers: plus(two) },
        { direction: 'add', reason: null, numbers: plus(never) },
      ],
      memory: { wasLive: plus(one, two), foreign: 0, userIds },
    });
    expect(third.stdout).toBe(state()); // the same document, which --since accepts from both places

    block(one, two);
    const fourth = await drift();
    expect(fourth.code).toBe(0);
    expect(fourth.stdout).toContain(`  resolved  +${two}  before: declared, not live\n`);
  });

  test('is the same user if the files change the spelling', async () => {
    const { block, declare, drift } = makeWorld();
    declare({ numbers: ['525555500100'] });
    block('5215555500100');
    await drift();
    block();
    expect((await drift()).stdout).toContain('  removed outside Git  +525555500100  new\n');
    declare({ numbers: ['5215555500100'] });
    const { code, stdout } = await drift();
    expect(code).toBe(2);
    expect(stdout).toContain('  removed outside Git  +5215555500100\n');
    expect(stdout).toContain('differences since the earlier report: 1 still there');
  });

  test('is forgotten when the number leaves the files', async () => {
    const { block, declare, drift } = makeWorld();
    block(one, two);
    await drift();
    block(one);
    expect((await drift()).code).toBe(2);
    declare({ numbers: [one] });
    expect((await drift()).code).toBe(0);
    declare({ numbers: [one, two] });
    expect((await drift()).code).toBe(0);
  });

  test('is not known to a first run, and not from a report of an older version', async () => {
    const { block, drift, setState, state } = makeWorld();
    block(one);
    expect((await drift()).code).toBe(0);
    block(one, two);
    await drift();
    const { memory, ...bot } = JSON.parse(state()).bots[0];
    const older = { ...JSON.parse(state()), bots: [bot] };
    expect(isReport(older)).toBe(true);
    setState(JSON.stringify(older));
    block(one);
    expect((await drift()).code).toBe(0);
  });

  test('is not looked up in a masked report: exit 6, and the report is unchanged', async () => {
    const { block, drift, setState, state } = makeWorld();
    block(one, two, never);
    const { stdout } = await drift('--format', 'json', '--numbers', 'masked');
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'in-sync', bots: [{ memory: null }] });
    setState(stdout);
    const { code, stderr } = await drift();
    expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringContaining('has masked numbers') });
    expect(state()).toBe(stdout);
  });

  test.each(['text', 'json', 'markdown', 'github', 'html', 'diff', 'junit'])(
    'is masked in the format %s',
    async (format) => {
      const { block, drift } = makeWorld();
      block(one, two);
      await drift();
      block(one);
      const { stdout } = await drift('--format', format, '--numbers', 'masked', '--verbose');
      expect(withoutFingerprints(stdout).replace(/sha256-\S+|#[0-9a-f]{6}/g, '')).not.toMatch(SEVEN_DIGITS);
      if (format !== 'diff') expect(stdout).toContain(format === 'json' ? '"unblocked"' : 'removed outside Git');
    },
  );

  test('is known in another version of the API, and not on the list of another phone number', async () => {
    const { block, declare, drift } = makeWorld();
    block(one, two);
    await drift();
    block(one);
    declare({ api: 'v26.0' });
    expect((await drift()).code).toBe(2);
    declare({ phone: '106540352242923' });
    block();
    expect((await drift()).code).toBe(0);
  });

  test('is forgotten with a warning if a run omits the bot', async () => {
    const { block, cwd, drift } = makeWorld();
    block(one, two, never);
    expect((await drift()).code).toBe(0);
    writeFileSync(
      join(cwd, 'other.yaml'),
      'version: 1\nbots:\n  other: { region: eu1, tokenEnv: TOKEN, numbers: [] }\n',
    );
    const { stderr } = await drift('other.yaml');
    expect(stderr).toContain('contains differences or live numbers of shop, which this run does not read');
  });
});

test('a report of apply is refused by drift --since', async () => {
  const { block, drift, setState, state } = makeWorld();
  block(one);
  await drift();
  const { firstRun, unsettled, ...report } = JSON.parse(state());
  setState(JSON.stringify({ ...report, command: 'apply' }));
  const { code, stderr } = await drift();
  expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringContaining('is a report of apply, not of drift') });
});

describe('a change of the files between two reports', () => {
  test('makes a removal one that is not applied yet, if an earlier report shows the number as declared', async () => {
    const { block, declare, drift } = makeWorld();
    block(one, two, never);
    await drift();
    declare({ numbers: [one, never] });
    const left = await drift();
    expect(left.stdout).toContain(`  not applied yet: remove  +${two}  new, removed from the file\n`);
    expect(left.stdout).toContain('shop  1 not applied yet (1 to remove), 2 unchanged\n');
    const remedy = 'no apply has changed the lists yet. To change them, run plan, then apply.\n';
    expect(left.stdout).toContain(remedy);
    block(one, never, '447700900999');
    const added = await drift();
    expect(added.stdout).toContain('  added outside Git  +447700900999  new, not declared\n');
    expect(added.stdout).not.toContain(remedy);
  });

  test('makes an add one that is not applied yet, if an earlier report shows the number as undeclared', async () => {
    const { block, declare, drift } = makeWorld();
    declare({ numbers: [one] });
    block(one, two);
    await drift();
    declare({ numbers: [one, two] });
    block(one);
    expect((await drift()).stdout).toContain(`  not applied yet: add  +${two}  new, added to the file\n`);
  });
});
