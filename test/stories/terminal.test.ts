/** How the program ends, and its effects, with terminals, pipes, signals and full disks. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needs } from '../needs.ts';
import {
  type Api,
  type ApiOptions,
  accounted,
  COLOUR,
  makeDesired,
  makeFolder,
  makeGate,
  planFile,
  type ReportDocument,
  type RunOptions,
  reportOf,
  results,
  run,
  SEVEN_DIGITS,
  startApi,
  TOKEN,
  uk,
  us,
  withoutFingerprints,
} from './harness.ts';
import { CLI, PROGRAM, type RunningProcess, runProcess, startProcess } from './process.ts';

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
// Without --norc, bash treats a socket on its stdin as a remote login.
const shell = (script: string): string[] => ['bash', '--norc', '-c', script, 'bash', ...PROGRAM];

// ── Pipes and disks ──────────────────────────────────────────────────────────────────────────────────────────────────

describe.concurrent('a reader that closes the pipe', () => {
  test('ends a long report without an error message and with a non-zero exit code', async () => {
    const { options } = await makeWorld([], us(20_000));
    const through = shell(`"$@" | head -1; exit "\${PIPESTATUS[0]}"`);
    const { code, stdout, stderr } = await runProcess(['plan', '--verbose', '--quiet'], { ...options, through });
    expect({ code, stderr, lines: stdout.split('\n').length }).toEqual({ code: 1, stderr: '', lines: 2 });
  });

  test('after the end of the report does not stop the program from ending', async () => {
    const { options } = await makeWorld([], us(60_000));
    const through = shell(`"$@" | { head -c 1; wc -l; }; exit "\${PIPESTATUS[0]}"`);
    const { code, stdout, stderr } = await runProcess(['plan', '--verbose', '--quiet'], { ...options, through });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(Number(stdout.slice(1))).toBeGreaterThan(1000); // head reads more than the one byte that it prints
  });

  test('before any output does not stop the writes', async () => {
    const { api, options } = await makeWorld(uk(30), uk(40, 5));
    const running = startProcess(['apply', '--yes', '--rate', '0'], options);
    running.child.stdout!.destroy();
    const { code } = await running.done;
    expect(code).toBe(1);
    expect(api.list('support')).toEqual(uk(40, 5).sort());
  });

  test('or never reads does not stop the process from ending after two signals, and --report is written', async () => {
    const { cwd, options } = await makeWorld([], us(30_000));
    const running = startProcess(['plan', '--verbose', '--report', 'report.json'], options);
    running.child.stdout!.once('data', () => running.child.stdout!.pause());
    await running.said(/to add/);
    running.kill('SIGTERM');
    await running.said(/Interrupted/);
    running.kill('SIGTERM');
    const [code] = await once(running.child, 'exit');
    expect(code).toBe(130);
    const { bots } = JSON.parse(readFileSync(join(cwd, 'report.json'), 'utf8')) as ReportDocument;
    expect(bots[0]!.add).toHaveLength(30_000);
  });

  test('of stderr does not change the result', async () => {
    const { api, options } = await makeWorld([], uk(40));
    const running = startProcess(['apply', '--yes', '--rate', '0', '--format', 'json'], options);
    running.child.stderr!.destroy();
    const finished = await running.done;
    expect(finished.code).toBe(0);
    expect(reportOf(finished).outcome).toBe('applied');
    expect(api.list('support')).toHaveLength(40);
  });
});

const OLD = '{ "kind": "the old plan" }';

describe('a full disk', () => {
  needs('linux');

  test('for the report ends with exit 1', async () => {
    const { api, options } = await makeWorld([], uk(40));
    const applied = await runProcess(['apply', '--yes', '--format', 'json'], {
      ...options,
      through: shell('"$@" >/dev/full'),
    });
    expect(api.list('support')).toHaveLength(40);
    expect(applied.code).toBe(1);
  });

  test('for --out keeps the old plan and leaves no other file', async () => {
    const { cwd, options } = await makeWorld(uk(30), uk(300));
    writeFileSync(join(cwd, 'plan.json'), OLD);
    const through = shell('ulimit -f 1; exec "$@"'); // the largest file is 1 KiB
    const planned = await runProcess(['plan', '--out', 'plan.json', '--format', 'json'], { ...options, through });
    expect(planned.code).toBe(1);
    expect(reportOf(planned).errors[0]!.message).toBe(
      'plan.json: cannot write: larger than the file size limit of this user or disk',
    );
    expect(readFileSync(join(cwd, 'plan.json'), 'utf8')).toBe(OLD);
    expect(readdirSync(cwd).sort()).toEqual(['blacklist.yaml', 'plan.json']);
  });

  test('that takes only a part of a plan leaves no partial plan', async () => {
    const { cwd, options } = await makeWorld([], uk(1));
    const plan = (through: string[]) => runProcess(['plan', '--out', 'plan.json'], { ...options, through });
    await plan(PROGRAM);
    const size = statSync(join(cwd, 'plan.json')).size;
    const limit = Math.ceil(size / 1024);
    // Each further number adds 16 bytes: the file ends 1 to 16 bytes above the limit, and its last piece has
    // 78 bytes.
    const more = Math.floor((limit * 1024 - size) / 16) + 1;
    writeFileSync(
      join(cwd, 'blacklist.yaml'),
      readFileSync(join(makeDesired({ support: uk(1 + more) }), 'blacklist.yaml')),
    );
    const { code } = await plan(shell(`ulimit -f ${limit}; exec "$@"`));
    expect({ code, plan: planFile(join(cwd, 'plan.json')).bots[0]!.add.length }).toEqual({ code: 1, plan: 1 });
  });

  test.each([
    ['a folder that does not exist', 'missing/plan.json', 'the folder missing does not exist; create it first'],
    ['a folder that cannot be written', '/proc/plan.json', ''],
    ['a folder', 'folder', 'this is a folder, not a file'],
    ['a pipe', 'pipe', 'this is a pipe or a device, not a file'],
  ])('or %s for --out is exit 1, and no list is read', async (_, out, why) => {
    const { api, cwd, options } = await makeWorld([], uk(3));
    mkdirSync(join(cwd, 'folder'));
    spawnSync('mkfifo', [join(cwd, 'pipe')]);
    const planned = await run(['plan', '--out', out, '--format', 'json'], options);
    expect(planned.code).toBe(1);
    const { outcome, errors } = reportOf(planned);
    expect({ outcome, said: errors[0]!.message }).toEqual({
      outcome: 'failed',
      said: expect.stringContaining(`${out}: cannot write: ${why}`),
    });
    expect(readdirSync(cwd).sort()).toEqual(['blacklist.yaml', 'folder', 'pipe']);
    expect(statSync(join(cwd, 'pipe')).isFIFO()).toBe(true);
    expect(api.seen).toHaveLength(0);
  });
});

// ── A terminal ───────────────────────────────────────────────────────────────────────────────────────────────────────

describe('on a terminal', () => {
  needs('script of util-linux');

  const QUESTION = /Only "yes" is accepted: /;

  /** Starts the program on a terminal of its own; `redirect` follows its arguments. */
  function onTerminal(args: readonly string[], options: RunOptions, redirect = ''): RunningProcess {
    const words = [...PROGRAM, ...args].map((word) => `'${word}'`).join(' ');
    const env = { TERM: 'xterm', SHELL: '/bin/sh', ...options.env };
    return startProcess([], { ...options, env, through: ['script', '-qefc', `${words} ${redirect}`, '/dev/null'] });
  }

  test('apply shows the plan, asks, and continues after yes', async () => {
    const { api, options } = await makeWorld(uk(30), uk(30, 5));
    const running = onTerminal(['apply'], options);
    await running.said(QUESTION);
    expect(api.writes()).toHaveLength(0);
    running.type('yes\r');
    const { code, output } = await running.done;
    expect(code).toBe(0);
    expect(output).toMatch(
      /5 to add, 5 to remove[\s\S]*Add 5 numbers and remove 5 numbers in 1 bot\?[\s\S]*Apply complete: 5 added, 5 removed/,
    );
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
  ])('apply does not continue after %s', async (_, keys, code) => {
    const { api, options } = await makeWorld(uk(30), uk(30, 5));
    const running = onTerminal(['apply'], options);
    await running.said(QUESTION);
    running.type(keys);
    const finished = await running.done;
    expect(finished.code).toBe(code);
    expect(finished.output).not.toContain('open requests'); // none is open
    expect(finished.output).toContain('nothing was written');
    expect(api.writes()).toHaveLength(0);
  });

  test('apply asks nothing if nothing changes or the guard refuses', async () => {
    const same = await makeWorld(uk(30), uk(30));
    expect((await onTerminal(['apply'], same.options).done).code).toBe(0);
    const emptied = await makeWorld(uk(30), []);
    expect((await onTerminal(['apply'], emptied.options).done).code).toBe(3);
  });

  test('apply shows plan and question on the terminal if a document goes to a file', async () => {
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

  test('NO_COLOR removes colors, and CI masks numbers', async () => {
    const world = await makeWorld([], uk(3));
    const { output } = await onTerminal(['plan'], withEnv(world, { NO_COLOR: '1', CI: '1' })).done;
    expect(output).not.toMatch(COLOUR);
    expect(withoutFingerprints(output)).not.toMatch(SEVEN_DIGITS);
  });

  test('Ctrl-C during writes lets requests in flight finish', async () => {
    const gate = makeGate();
    const { api, options } = await makeWorld([], uk(400), {
      fault: ({ method }) => (method === 'GET' ? 'pass' : gate.opened.then(() => 'pass' as const)),
    });
    const running = onTerminal(['apply', '--yes'], options);
    await api.arrival(() => api.writes().length === 8);
    running.type('\u0003');
    await running.said(/Interrupted: stopping after the open requests/);
    gate.open();
    const { code, output } = await running.done;
    expect(code).toBe(130);
    expect(output).toContain('160 added, 0 removed, 240 adds not sent');
    expect(api.writes()).toHaveLength(8);
  });
});

// ── Signals ──────────────────────────────────────────────────────────────────────────────────────────────────────────

describe('interrupted', () => {
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
    const running = startProcess(apply, world.options);
    await world.api.arrival(() => world.api.writes().length === 8);
    running.kill(signal);
    await running.said(/Interrupted: stopping after the open requests/);
    const before = world.api.seen.length;
    gate.open();
    const finished = await running.done;
    expect(finished.code).toBe(130);
    const report = reportOf(finished);
    expect(report).toMatchObject({ interrupted: true, outcome: 'partial' });
    const sums = { applied: 160, added: 160, skipped: 300, skippedAdds: 270, skippedRemoves: 30 };
    expect(report.bots[0]!.results).toEqual(results(sums));
    expectWhole(report);
    expect(world.api.seen).toHaveLength(before);
    expect(world.api.list('support')).toHaveLength(200 + 160);
    await expectConverged(world);
  });

  test('while it waits to retry after a lost answer, reports unknown at once', async () => {
    let lost = true;
    const world = await makeWorld(LIVE, DESIRED, {
      fault: ({ method }) =>
        method === 'GET' || !lost ? 'pass' : { status: 503, headers: { 'retry-after': '100' }, done: true },
    });
    const running = startProcess([...apply, '--concurrency', '1'], world.options);
    await world.api.arrival(({ method }) => method === 'POST');
    running.kill('SIGINT');
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
  ])('while it reads, writes nothing and saves nothing: %o', async (args) => {
    const gate = makeGate();
    const world = await makeWorld(LIVE, DESIRED, {
      fault: ({ page }) => (page === 1 ? gate.opened.then(() => 'pass' as const) : 'pass'),
    });
    const running = startProcess(args, world.options);
    await world.api.arrival(({ page }) => page === 1);
    running.kill('SIGINT');
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

  test('while drift waits before its second read', async () => {
    const { api, options } = await makeWorld(uk(5), uk(6));
    const running = startProcess(['drift', '--settle', '1h', '--format', 'json'], options);
    await running.said(/Waiting 60 minutes before reading the lists again/);
    const before = api.seen.length;
    running.kill('SIGINT');
    const finished = await running.done;
    expect(finished.code).toBe(130);
    reportOf(finished);
    expect(api.seen).toHaveLength(before);
  });

  test('while apply waits for the list to show the writes, ends at once', async () => {
    const { api, options } = await makeWorld([], uk(6), { propagation: 300_000, now: () => 0 });
    const running = startProcess([...apply, '--wait', '1h'], options);
    await api.arrival(({ method }) => method === 'POST');
    // Both pages of the read after the writes.
    await api.arrival(() => api.seen.at(-1)!.page === 1 && api.seen.length === 5);
    running.kill('SIGINT');
    const finished = await running.done;
    expect(finished.code).toBe(130);
    expect(reportOf(finished).bots[0]!.results).toMatchObject({ applied: 6 });
  });

  test('twice, as by a GitHub runner, reports its results at once', async () => {
    const world = await makeWorld(LIVE, DESIRED, { fault: ({ method }) => (method === 'GET' ? 'pass' : 'hang-after') });
    const running = startProcess(apply, world.options);
    await world.api.arrival(() => world.api.writes().length === 8);
    running.kill('SIGINT');
    await running.said(/press Ctrl-C again/);
    running.kill('SIGTERM');
    const finished = await running.done;
    expect(finished.code).toBe(130);
    const report = reportOf(finished);
    expect(report).toMatchObject({
      interrupted: true,
      bots: [{ results: { applied: 0, unknown: 160, skipped: 300 } }],
    });
    expectWhole(report);
  });

  test.each([1, 2, 9, 20, 23])('by SIGKILL at write %i, is finished by the next run', async (at) => {
    let killed = false;
    const world: World = await makeWorld(LIVE, DESIRED, {
      fault: async () => {
        if (killed || world.api.writes().length < at) return 'pass';
        killed = true;
        running.kill('SIGKILL');
        await once(running.child, 'exit');
        return 'reset-after';
      },
    });
    const running = startProcess(apply, world.options);
    expect((await running.done).signal).toBe('SIGKILL');
    world.api.forget();
    await expectConverged(world);
    const sent = world.api.writes().flatMap(({ numbers }) => numbers);
    expect(new Set(sent).size).toBe(sent.length);
  });
});

describe('an upgrade that replaces the files of the program while it writes', () => {
  test.each([
    ['in text, and to a file', ['--report', 'report.json'], '399 added, 0 removed, 1 add rejected'],
    ['in HTML', ['--format', 'html'], '399 added, 0 removed, 1 add rejected'],
    ['when interrupted', ['--format', 'json'], '"interrupted":true'],
  ])('does not stop the report from being printed %s', async (name, args, ledger) => {
    const program = makeFolder();
    cpSync(dirname(CLI), join(program, 'dist'), { recursive: true });
    const { cwd, options } = await makeWorld([], uk(400), {
      rejected: new Set(uk(1)),
      fault: ({ method }) => {
        if (method === 'GET') return 'pass';
        rmSync(program, { recursive: true, force: true });
        if (name === 'when interrupted') running.kill('SIGTERM');
        return 'pass';
      },
    });
    const through = [process.execPath, join(program, 'dist', basename(CLI))];
    const running = startProcess(['apply', '--yes', '--rate', '0', ...args], { ...options, through, input: '' });
    const { code, stdout } = await running.done;
    expect(existsSync(program)).toBe(false);
    expect(code).toBe(name === 'when interrupted' ? 130 : 4);
    expect(stdout).toContain(ledger);
    if (args.includes('--report')) expect(readFileSync(join(cwd, 'report.json'), 'utf8')).toContain('"applied":399');
  });
});

test('a token is only in the environment and never in the arguments', async () => {
  const gate = makeGate();
  const { api, options } = await makeWorld([], uk(1), { fault: () => gate.opened.then(() => 'pass' as const) });
  const running = startProcess(['plan'], options);
  await api.arrival(() => true);
  if (process.platform === 'linux') {
    expect(readFileSync(`/proc/${running.child.pid}/cmdline`, 'utf8')).not.toContain(TOKEN);
  }
  gate.open();
  expect((await running.done).code).toBe(0);
});
