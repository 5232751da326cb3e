/** Terminals, pipes, signals and disks: how the program speaks, and how it ends. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type Api,
  type ApiOptions,
  accounted,
  CLI,
  type Fault,
  FORMATS,
  makeDesired,
  makeFolder,
  makeGate,
  planFile,
  type ReportDocument,
  type Running,
  type RunOptions,
  reportOf,
  run,
  type Seen,
  start,
  startApi,
  TOKEN,
  uk,
  us,
} from './harness.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const COLOUR = /\u001b\[[\d;]*m/;
const PROGRAM = [process.execPath, CLI];

interface World {
  readonly api: Api;
  readonly cwd: string;
  readonly options: RunOptions;
}

async function makeWorld(
  live: readonly string[],
  desired: readonly string[],
  options: ApiOptions = {},
): Promise<World> {
  const api = await startApi(options);
  api.sandbox.set('support', live);
  const cwd = makeDesired({ support: desired });
  return { api, cwd, options: { cwd, env: { BLACKLISTCTL_BASE_URL: api.url } } };
}

const withEnv = ({ options }: World, env: Record<string, string>): RunOptions => ({
  ...options,
  env: { ...options.env, ...env },
});
// Without --norc bash takes a socket on its stdin for a login from afar.
const shell = (script: string): string[] => ['bash', '--norc', '-c', script, 'bash', ...PROGRAM];

describe.concurrent('colours', () => {
  test.each<[Record<string, string>, string[], boolean]>([
    [{}, [], false],
    [{ CI: 'true' }, [], false],
    [{ FORCE_COLOR: '1' }, [], true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, [], false],
    [{ FORCE_COLOR: '1', TERM: 'dumb' }, [], false],
    [{ FORCE_COLOR: '1' }, ['--no-color'], false],
    [{ FORCE_COLOR: '1' }, ['--format', 'json'], false],
    [{ FORCE_COLOR: '1' }, ['--format', 'diff'], false],
    [{ FORCE_COLOR: '0' }, [], false],
  ])('through a pipe, with %o and %o: %o', async (env, args, coloured) => {
    const world = await makeWorld(uk(2), uk(2, 1));
    const { stdout } = await run(['plan', ...args], withEnv(world, env));
    expect(COLOUR.test(stdout)).toBe(coloured);
  });

  test('of errors follow the same rules', async () => {
    const fail = (env: Record<string, string>) => run(['plan', 'missing.yaml'], { env });
    expect((await fail({ FORCE_COLOR: '1' })).stderr).toMatch(COLOUR);
    expect((await fail({ FORCE_COLOR: '1', NO_COLOR: '1' })).stderr).not.toMatch(COLOUR);
  });
});

// ── Masks ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What is left when the fingerprints, which may well hold seven digits in a row, are taken out. No number has 8 digits. */
function withoutFingerprints(output: string): string {
  return output.replace(/\b(?:[0-9a-f]{64}|[0-9a-f]{56}|[0-9a-f]{8})\b/g, '');
}

const SEVEN_DIGITS = /\p{Nd}{7}/u;

describe.concurrent('with CI set', () => {
  const numbers = uk(60).map((number) => `+${number}`);
  const echo = JSON.stringify({
    message: `Sorry, ${numbers[0]} and ${uk(1)[0]}`,
    details: { about: [uk(1, 1)[0], '+44 7700 900-002', '(+44) 7700900003'] },
    reason: `${uk(3).join()}${numbers.slice(0, 3).join('')} ٤٤٧٧٠٠٩٠٠١٢٣`,
  });
  const refused = JSON.stringify({ failed: [{ msisdn: numbers[4], rejectionReason: `no ${numbers[4]}` }] });

  /** Echoes numbers wherever an API can: to one bot's reads, to another's writes, in a 200 to a third. */
  function echoing({ bot, method, numbers: sent }: Seen): Fault {
    if (bot === 'unread') return { status: 403, body: echo };
    if (method === 'GET' || bot === 'support') return 'pass';
    if (bot === 'partly') return sent.includes(uk(1, 4)[0]!) ? { status: 200, body: refused } : 'pass';
    return { status: 400, body: echo };
  }

  async function makeEchoes() {
    const api = await startApi({ fault: echoing });
    const cwd = makeDesired({ support: uk(30), unread: uk(3), partly: uk(6), poisoned: uk(3), many: uk(60) });
    api.sandbox.set('many', uk(60, 55));
    // The same number twice is a warning with its line.
    const text = readFileSync(join(cwd, 'blacklist.yaml'), 'utf8');
    writeFileSync(
      join(cwd, 'blacklist.yaml'),
      text.replace('numbers:\n', `numbers:\n      - ${numbers[7]} # as below\n`),
    );
    return { api, cwd, env: { BLACKLISTCTL_BASE_URL: api.url, CI: 'true' } };
  }

  test.each(FORMATS)('no number is seen in the format %s, whatever is said and whoever says it', async (format) => {
    const { cwd, env } = await makeEchoes();
    const commands = [
      ['validate'],
      ['plan', '--out', 'plan.json'],
      ['drift', '--settle', '0'],
      ['show', 'plan.json'],
      ['apply', '--approve', 'abcdefabcdef'],
      ['apply', '--yes', '--retries', '0'],
      ['apply', '--plan', 'plan.json', '--retries', '0'],
    ];
    for (const command of commands) {
      const { output } = await run([...command, '--verbose', '--format', format], { cwd, env });
      expect({ command, output: withoutFingerprints(output) }).toEqual({
        command,
        output: expect.not.stringMatching(SEVEN_DIGITS),
      });
    }
    expect(planFile(join(cwd, 'plan.json')).bots.find(({ id }) => id === 'support')!.add).toEqual(numbers.slice(0, 30));
  });

  test('what is masked can still be told apart with a key', async () => {
    const { cwd, env } = await makeEchoes();
    const args = ['plan', '--bot', 'support', '--format', 'json'];
    const finished = await run(args, { cwd, env: { ...env, BLACKLISTCTL_MASK_KEY: 'a key' } });
    const { add } = reportOf(finished).bots[0]!;
    expect(add[0]).toMatch(/^\+44•{6}0000~[0-9a-f]{6}$/);
    expect(new Set(add).size).toBe(30);
    expect(withoutFingerprints(finished.output).replace(/~[0-9a-f]{6}/g, '')).not.toMatch(SEVEN_DIGITS);
  });

  test('--numbers decides, either way', async () => {
    const { cwd, env } = await makeEchoes();
    const plan = (args: string[], more = {}) =>
      run(['plan', '--bot', 'support', ...args], { cwd, env: { ...env, ...more } });
    expect((await plan(['--numbers', 'full'])).stdout).toContain(numbers[0]);
    expect((await plan([], { CI: '' })).stdout).toContain(numbers[0]);
    expect((await plan(['--numbers', 'masked'], { CI: '' })).stdout).not.toContain(numbers[0]);
  });

  const FAULTS = `version: 1
"447700900001": x
defaults: { tokenEnv: "447700900002", region: "447700900003" }
bots:
  support:
    "447700900004": x
    numbers:
      - "+447700900005x"
      - 04477009000006
      - "44770090000789012345"
      - "+44 7700 900 008 ٤٤٧٧٠٠٩"
      - { number: "+447700900009", expires: 4477009000, "447700900010": x }
      - { number: "+447700900011", expires: 2026-99-99 }
      - [447700900012]
  "447700900013 447700900014": { numbers: [] }
  other: { numbers: 447700900015 }
`;

  test.each([
    ['values', FAULTS],
    ['an unclosed quote', 'version: 1\nbots:\n  a:\n    numbers:\n      - "+447700900016\n      - "+447700900017"\n'],
    ['a tag', 'version: 1\nbots:\n  a:\n    numbers:\n      - !447700900018 "+447700900019"\n'],
    ['an anchor', 'version: 1\nbots:\n  a:\n    numbers: &447700900020\n      - *447700900020\n'],
    [
      'a key twice',
      'version: 1\nbots:\n  a:\n    numbers: []\n  "447700900021": {numbers: []}\n  "447700900021": {numbers: []}\n',
    ],
    ['a document', '+447700900022'],
  ])('faults of the file in %s show no number either', async (_, yaml) => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, 'blacklist.yaml'), yaml);
    for (const command of ['validate', 'plan']) {
      const finished = await run([command, '--format', 'json', '--base-url', 'http://127.0.0.1:1'], {
        cwd,
        env: { CI: '1' },
      });
      expect(finished.code).toBe(6);
      expect(reportOf(finished).errors.length).toBeGreaterThan(0);
      expect(finished.output).not.toMatch(SEVEN_DIGITS);
    }
  });

  test('nor does the name of a file', async () => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, `${uk(1)[0]}.yaml`), 'version: 2\n');
    const { output } = await run(['validate', '.', '--format', 'json'], { cwd, env: { CI: '1' } });
    expect(output).not.toMatch(SEVEN_DIGITS);
  });

  test.each(FORMATS.filter((format) => format !== 'diff'))(
    'the day of an export stays, so that a file can be found: %s',
    async (format) => {
      const cwd = makeFolder();
      writeFileSync(join(cwd, '20260131.yaml'), 'version: 2\nbots: {}\n');
      const { output } = await run(['validate', '20260131.yaml', '--format', format], { cwd, env: { CI: '1' } });
      expect(output).toContain(format === 'github' ? 'file=20260131.yaml,line=1,col=10' : '20260131.yaml:1:10');
    },
  );

  test.each([
    [['plan', '--rate', numbers[0]!]],
    [[numbers[0]!]],
    [['show', 'plan.json', numbers[0]!, '--block', numbers[0]!]],
    [['validate', `--block=${numbers[0]}`]],
  ])('nor does what is wrong with the command line: %o', async (args) => {
    const finished = await run([...args, '--format', 'json'], { env: { CI: '1' } });
    expect(finished.code).toBe(6);
    reportOf(finished);
    expect(finished.output).not.toMatch(SEVEN_DIGITS);
  });
});

describe.concurrent('words that would do something', () => {
  const EVIL = [
    '\u001b[2J\u001b]0;title\u0007\u001b]52;c;cm0gLXJm\u0007',
    '\u009b31m\r\b\u007f\u0000',
    '\u202egnirts\u2066\u200b\ufeff',
    'a\n::error title=x::y\n  ::add-mask::z\u2028##[group]w',
  ].join(' ');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const DOES_SOMETHING = /[\0-\t\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]|^\s*::|##\[/m;

  test.each(FORMATS)('are only words in the format %s, whoever says them', async (format) => {
    const { cwd, options } = await makeWorld([], uk(2), {
      fault: ({ method }) => (method === 'GET' ? 'pass' : { status: 400, body: JSON.stringify({ message: EVIL }) }),
    });
    const applied = await run(['apply', '--yes', '--verbose', '--format', format], options);
    expect(applied.code).toBe(1);
    writeFileSync(
      join(cwd, 'evil.yaml'),
      `version: 1\n${JSON.stringify(EVIL)}: x\nbots: { a: { numbers: [${JSON.stringify(EVIL)}] } }\n`,
    );
    const faulty = await run(['validate', 'evil.yaml', '--format', format], options);
    expect(faulty.code).toBe(6);
    for (const { stdout, stderr } of [applied, faulty]) {
      // The format github is made of commands: those are its own.
      if (format !== 'github') expect(stdout).not.toMatch(DOES_SOMETHING);
      expect(stderr).not.toMatch(DOES_SOMETHING);
    }
  });
});

// ── Pipes and disks ──────────────────────────────────────────────────────────────────────────────────────────────────

describe.concurrent('a reader that leaves', () => {
  test('as head does, ends a long report quietly, and not with 0', async () => {
    const { options } = await makeWorld([], us(20_000));
    const through = shell(`"$@" | head -1; exit "\${PIPESTATUS[0]}"`);
    const { code, stdout, stderr } = await run(['plan', '--verbose', '--quiet'], { ...options, through });
    expect({ code, stderr, lines: stdout.split('\n').length }).toEqual({ code: 1, stderr: '', lines: 2 });
  });

  test('not, and is slower than the report, is waited for without a word', async () => {
    const { options } = await makeWorld([], us(60_000));
    const through = shell(`"$@" | { head -c 1; wc -l; }; exit "\${PIPESTATUS[0]}"`);
    const { code, stdout, stderr } = await run(['plan', '--verbose', '--quiet'], { ...options, through });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(Number(stdout.slice(1))).toBeGreaterThan(1000); // how much head takes with its one byte is its own
  });

  test('before the first word does not stop the writes', async () => {
    const { api, options } = await makeWorld(uk(30), uk(40, 5));
    const running = start(['apply', '--yes', '--rate', '0'], options);
    running.child.stdout!.destroy();
    const { code } = await running.done;
    expect(code).toBe(1);
    expect(api.list('support')).toEqual(uk(40, 5).sort());
  });

  test('of stderr is not missed', async () => {
    const { api, options } = await makeWorld([], uk(40));
    const running = start(['apply', '--yes', '--rate', '0', '--format', 'json'], options);
    running.child.stderr!.destroy();
    const finished = await running.done;
    expect(finished.code).toBe(0);
    expect(reportOf(finished).outcome).toBe('applied');
    expect(api.list('support')).toHaveLength(40);
  });
});

const OLD = '{ "kind": "the old plan" }';

describe.runIf(process.platform === 'linux')('a full disk', () => {
  test('under the report is no success', async () => {
    const { api, options } = await makeWorld([], uk(40));
    const applied = await run(['apply', '--yes', '--format', 'json'], {
      ...options,
      through: shell('"$@" >/dev/full'),
    });
    expect(api.list('support')).toHaveLength(40);
    expect(applied.code).toBe(1);
  });

  test('under --out leaves the old plan and nothing else', async () => {
    const { cwd, options } = await makeWorld(uk(30), uk(300));
    writeFileSync(join(cwd, 'plan.json'), OLD);
    const through = shell('ulimit -f 1; exec "$@"'); // no file may grow beyond 1 KiB
    const planned = await run(['plan', '--out', 'plan.json', '--format', 'json'], { ...options, through });
    expect(planned.code).toBe(1);
    expect(reportOf(planned).errors[0]!.message).toBe('plan.json: cannot be written (EFBIG)');
    expect(readFileSync(join(cwd, 'plan.json'), 'utf8')).toBe(OLD);
    expect(readdirSync(cwd).sort()).toEqual(['blacklist.yaml', 'plan.json']);
  });

  test('that takes only a part of the last line of a plan leaves no half of it', async () => {
    const { cwd, options } = await makeWorld([], uk(1));
    const plan = (through: string[]) => run(['plan', '--out', 'plan.json'], { ...options, through });
    await plan(PROGRAM);
    const size = statSync(join(cwd, 'plan.json')).size;
    const limit = Math.ceil(size / 1024);
    // Each further number is 16 bytes: the file ends 1 to 16 bytes beyond the limit, and its last piece has 78.
    const more = Math.floor((limit * 1024 - size) / 16) + 1;
    writeFileSync(
      join(cwd, 'blacklist.yaml'),
      readFileSync(join(makeDesired({ support: uk(1 + more) }), 'blacklist.yaml')),
    );
    const { code } = await plan(shell(`ulimit -f ${limit}; exec "$@"`));
    expect({ code, plan: planFile(join(cwd, 'plan.json')).bots[0]!.add.length }).toEqual({ code: 1, plan: 1 });
  });

  test.each([
    ['a folder that does not exist', 'missing/plan.json', 'ENOENT'],
    ['a place where nobody may write', '/proc/plan.json', 'E'],
    ['a folder', 'folder', 'it is not a regular file'],
    ['a pipe', 'pipe', 'it is not a regular file'],
  ])('or %s: --out says so, and the exit is 1', async (_, out, code) => {
    const { api, cwd, options } = await makeWorld([], uk(3));
    mkdirSync(join(cwd, 'folder'));
    spawnSync('mkfifo', [join(cwd, 'pipe')]);
    const planned = await run(['plan', '--out', out, '--format', 'json'], options);
    expect(planned.code).toBe(1);
    const { outcome, errors } = reportOf(planned);
    expect({ outcome, said: errors[0]!.message }).toEqual({
      outcome: 'failed',
      said: expect.stringContaining(`${out}: cannot be written (${code}`),
    });
    expect(readdirSync(cwd).sort()).toEqual(['blacklist.yaml', 'folder', 'pipe']);
    expect(statSync(join(cwd, 'pipe')).isFIFO()).toBe(true);
    expect(api.writes()).toHaveLength(0);
  });
});

// ── A terminal ───────────────────────────────────────────────────────────────────────────────────────────────────────

const script = spawnSync('script', ['--version'], { encoding: 'utf8' });

describe.runIf(script.stdout?.includes('util-linux'))('on a terminal', () => {
  const QUESTION = /Only "yes" goes on: /;

  /** The program on a terminal of its own; `redirect` is put behind it. */
  function onTerminal(args: readonly string[], options: RunOptions, redirect = ''): Running {
    const words = [...PROGRAM, ...args].map((word) => `'${word}'`).join(' ');
    const env = { TERM: 'xterm', SHELL: '/bin/sh', ...options.env };
    return start([], { ...options, env, through: ['script', '-qefc', `${words} ${redirect}`, '/dev/null'] });
  }

  test('apply shows the plan, asks, and goes on with yes', async () => {
    const { api, options } = await makeWorld(uk(30), uk(30, 5));
    const running = onTerminal(['apply'], options);
    await running.said(QUESTION);
    expect(api.writes()).toHaveLength(0);
    running.type('yes\r');
    const { code, output } = await running.done;
    expect(code).toBe(0);
    expect(output).toMatch(/5 to add, 5 to remove[\s\S]*Add 5 numbers and remove 5 numbers\?[\s\S]*Done\./);
    expect(output).toMatch(COLOUR);
    expect(api.list('support')).toEqual(uk(30, 5));
  });

  test.each([
    ['no', 'no\r', 1],
    ['y', 'y\r', 1],
    ['Yes!', 'Yes!\r', 1],
    ['nothing', '\r', 1],
    ['the end of the input', '\u0004', 1],
    ['Ctrl-C', '\u0003', 130],
  ])('%s is no yes', async (_, keys, code) => {
    const { api, options } = await makeWorld(uk(30), uk(30, 5));
    const running = onTerminal(['apply'], options);
    await running.said(QUESTION);
    running.type(keys);
    expect((await running.done).code).toBe(code);
    expect(api.writes()).toHaveLength(0);
  });

  test('nothing is asked where nothing changes, or where the guard refuses', async () => {
    const same = await makeWorld(uk(30), uk(30));
    expect((await onTerminal(['apply'], same.options).done).code).toBe(0);
    const emptied = await makeWorld(uk(30), []);
    expect((await onTerminal(['apply'], emptied.options).done).code).toBe(3);
  });

  test('a document goes to its file alone: the plan and the question are seen', async () => {
    const { cwd, options } = await makeWorld(uk(30), uk(30, 5));
    const running = onTerminal(['apply', '--format', 'json'], options, '> report.json');
    await running.said(QUESTION);
    running.type('yes\r');
    const { code, output } = await running.done;
    expect(code).toBe(0);
    expect(output).toContain('5 to add, 5 to remove');
    const stdout = readFileSync(join(cwd, 'report.json'), 'utf8');
    expect(reportOf({ code, signal: null, stdout, stderr: '', output: '' }).outcome).toBe('applied');
  });

  test('NO_COLOR is heeded, and CI masks', async () => {
    const world = await makeWorld([], uk(3));
    const { output } = await onTerminal(['plan'], withEnv(world, { NO_COLOR: '1', CI: '1' })).done;
    expect(output).not.toMatch(COLOUR);
    expect(withoutFingerprints(output)).not.toMatch(SEVEN_DIGITS);
  });

  test('Ctrl-C while it writes lets what is in flight finish', async () => {
    const gate = makeGate();
    const { api, options } = await makeWorld([], uk(400), {
      fault: ({ method }) => (method === 'GET' ? 'pass' : gate.opened.then(() => 'pass' as const)),
    });
    const running = onTerminal(['apply', '--yes'], options);
    await api.arrival(() => api.writes().length === 8);
    running.type('\u0003');
    await running.said(/Interrupted: finishing what is in flight/);
    gate.open();
    const { code, output } = await running.done;
    expect(code).toBe(130);
    expect(output).toContain('160 of 400 applied, 240 skipped');
    expect(api.writes()).toHaveLength(8);
  });
});

// ── Signals ──────────────────────────────────────────────────────────────────────────────────────────────────────────

describe.concurrent('interrupted', () => {
  const LIVE = us(200);
  const DESIRED = us(600, 30); // 430 to add in 22 batches, 30 to remove in 2
  const apply = ['apply', '--yes', '--rate', '0', '--format', 'json'];

  function expectWhole({ bots }: ReportDocument): void {
    for (const bot of bots) expect(accounted(bot)).toBe(bot.add.length + bot.remove.length);
  }

  async function expectConverged({ api, options }: World): Promise<void> {
    expect((await run(apply, options)).code).toBe(0);
    expect(api.list('support')).toEqual(DESIRED.toSorted());
  }

  test.each(['SIGINT', 'SIGTERM'] as const)('by %s, sends nothing more, and the ledger adds up', async (signal) => {
    const gate = makeGate();
    const world = await makeWorld(LIVE, DESIRED, {
      fault: ({ method }) => (method === 'GET' ? 'pass' : gate.opened.then(() => 'pass' as const)),
    });
    const running = start(apply, world.options);
    await world.api.arrival(() => world.api.writes().length === 8);
    running.child.kill(signal);
    await running.said(/Interrupted: finishing what is in flight/);
    const before = world.api.seen.length;
    gate.open();
    const finished = await running.done;
    expect(finished.code).toBe(130);
    const report = reportOf(finished);
    expect(report).toMatchObject({ interrupted: true, outcome: 'partial' });
    expect(report.bots[0]!.results).toEqual({
      applied: 160,
      failed: 0,
      unknown: 0,
      skipped: 300,
      pending: 0,
      rejected: [],
    });
    expectWhole(report);
    expect(world.api.seen).toHaveLength(before);
    expect(world.api.list('support')).toHaveLength(200 + 160);
    await expectConverged(world);
  });

  test('while a lost answer waits to be asked for again: unknown, and it ends at once', async () => {
    let lost = true;
    const world = await makeWorld(LIVE, DESIRED, {
      fault: ({ method }) =>
        method === 'GET' || !lost ? 'pass' : { status: 503, headers: { 'retry-after': '100' }, done: true },
    });
    const running = start([...apply, '--concurrency', '1'], world.options);
    await world.api.arrival(({ method }) => method === 'POST');
    running.child.kill('SIGINT');
    const finished = await running.done;
    lost = false;
    expect(finished.code).toBe(130);
    expect(reportOf(finished).bots[0]!.results).toMatchObject({ applied: 0, unknown: 20, skipped: 440 });
    expect(world.api.writes()).toHaveLength(1);
    await expectConverged(world);
  });

  test.each([
    [apply],
    [[...apply, '--approve', 'deadbeef']],
    [['plan', '--out', 'plan.json', '--format', 'json']],
    [['drift', '--settle', '1h', '--format', 'json']],
  ])('while it reads: nothing is written, nothing is saved, %o', async (args) => {
    const gate = makeGate();
    const world = await makeWorld(LIVE, DESIRED, {
      fault: ({ page }) => (page === 1 ? gate.opened.then(() => 'pass' as const) : 'pass'),
    });
    const running = start(args, world.options);
    await world.api.arrival(({ page }) => page === 1);
    running.child.kill('SIGINT');
    await running.said(/Interrupted/);
    gate.open();
    const finished = await running.done;
    expect(finished.code).toBe(130);
    const report = reportOf(finished);
    expect(report.interrupted).toBe(true);
    expect(world.api.writes()).toHaveLength(0);
    expect(readdirSync(world.cwd)).toEqual(['blacklist.yaml']);
    if (args[0] === 'apply') expectWhole(report);
  });

  test('while drift waits for its second look', async () => {
    const { api, options } = await makeWorld(uk(5), uk(6));
    const running = start(['drift', '--settle', '1h', '--format', 'json'], options);
    await running.said(/Waiting 60 minutes before the second look/);
    const before = api.seen.length;
    running.child.kill('SIGINT');
    const finished = await running.done;
    expect(finished.code).toBe(130);
    reportOf(finished);
    expect(api.seen).toHaveLength(before);
  });

  test('while it waits for the list to show what was written', async () => {
    const { api, options } = await makeWorld([], uk(6), { propagation: 300_000, now: () => 0 });
    const running = start([...apply, '--wait', '1h'], options);
    await api.arrival(({ method }) => method === 'POST');
    await api.arrival(() => api.seen.at(-1)!.page === 1 && api.seen.length === 5); // both pages of the look after it
    running.child.kill('SIGINT');
    const finished = await running.done;
    expect(finished.code).toBe(130);
    expect(reportOf(finished).bots[0]!.results).toMatchObject({ applied: 6 });
  });

  test('twice, leaves at once', async () => {
    const world = await makeWorld(LIVE, DESIRED, { fault: ({ method }) => (method === 'GET' ? 'pass' : 'hang-after') });
    const running = start(apply, world.options);
    await world.api.arrival(() => world.api.writes().length === 8);
    running.child.kill('SIGINT');
    await running.said(/press Ctrl-C again/);
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.done;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain('Left at once');
  });

  test.each([1, 2, 9, 20, 23])('by SIGKILL at write %i, it is finished by the next run', async (at) => {
    let killed = false;
    const world: World = await makeWorld(LIVE, DESIRED, {
      fault: async () => {
        if (killed || world.api.writes().length < at) return 'pass';
        killed = true;
        running.child.kill('SIGKILL');
        await once(running.child, 'exit');
        return 'reset-after';
      },
    });
    const running = start(apply, world.options);
    expect((await running.done).signal).toBe('SIGKILL');
    world.api.forget();
    await expectConverged(world);
    const sent = world.api.writes().flatMap(({ numbers }) => numbers);
    expect(new Set(sent).size).toBe(sent.length);
  });
});

test('a token in the environment is all that it takes: none is ever in the arguments', async () => {
  const gate = makeGate();
  const { api, options } = await makeWorld([], uk(1), { fault: () => gate.opened.then(() => 'pass' as const) });
  const running = start(['plan'], options);
  await api.arrival(() => true);
  if (process.platform === 'linux') {
    expect(readFileSync(`/proc/${running.child.pid}/cmdline`, 'utf8')).not.toContain(TOKEN);
  }
  gate.open();
  expect((await running.done).code).toBe(0);
});
