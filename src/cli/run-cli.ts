/**
 * Runs one command line, from its arguments to its exit code. `main.ts` hands in the real process; the stories hand in
 * streams, signals and a clock of their own. No state outlives a run.
 */
import { once, setMaxListeners } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { InvalidError } from '../model/errors.ts';
import { reporters } from '../report/index.ts';
import { redact } from '../report/voice/redact.ts';
import { reportFailure } from '../steps/build-report.ts';
import { makeOutput, type Output, write } from './output.ts';
import type { Invocation } from './program/options.ts';
import type { SandboxOptions } from './program/sandbox.ts';
import { makeProgress } from './progress.ts';
import { runToReport } from './run.ts';
import { makeContext, type Surroundings, startSandbox, VERSION } from './world.ts';

/** What a run needs of its process. Paths are relative to the working directory of that process. */
export interface Host extends Pick<Surroundings, 'env' | 'stdin' | 'clock' | 'packageRoot'> {
  /** Without the names of Node and of the program. */
  readonly argv: readonly string[];
  readonly stdout: Output;
  readonly stderr: Output;
  readonly signals: { on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown };
  /** Ends the process at once, whatever is in flight. */
  exit(code: number): void;
}

interface Run extends Host {
  readonly secrets: Set<string>;
  readonly stop: AbortSignal;
  stdoutClosed: boolean;
  abortHttp(): void;
  interrupt(): void;
}

const GRACE = 10_000; // ms that requests in flight get after Ctrl-C

export async function runCli(host: Host): Promise<number> {
  const over = new AbortController();
  try {
    return await runProgram(beginRun(host, over.signal));
  } finally {
    over.abort();
  }
}

function beginRun(host: Host, over: AbortSignal): Run {
  const { stdout, stderr, signals, clock } = host;
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // every request that waits listens to it
  const run: Run = {
    ...host,
    secrets: new Set(),
    stop: stop.signal,
    stdoutClosed: false,
    abortHttp() {},
    interrupt() {
      if (stop.signal.aborted) {
        stderr.write('Left at once: what was in flight may or may not have been done. Run again to go on.\n');
        return host.exit(130);
      }
      stop.abort();
      void clock.sleep(GRACE, over).then(() => run.abortHttp());
      stderr.write('\nInterrupted: finishing what is in flight; press Ctrl-C again to leave at once.\n');
    },
  };
  stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    // A reader that leaves, as head does, is no news; a full disk is.
    if (!run.stdoutClosed && code !== 'EPIPE') stderr.write(`error: the report could not be written (${code})\n`);
    run.stdoutClosed = true;
  });
  stderr.on('error', () => {});
  for (const signal of ['SIGINT', 'SIGTERM'] as const) signals.on(signal, run.interrupt);
  return run;
}

async function runProgram(run: Run): Promise<number> {
  const { argv, env, stdout, stderr, clock } = run;
  let exitCode = 0;
  const handlers = {
    invoke: async (invocation: Invocation) => {
      exitCode = await invoke(invocation, run);
    },
    sandbox: (options: SandboxOptions) => serveSandbox(options, run),
    completion: async (shell: string) => {
      const { printScript } = await import('./completion.ts');
      printScript(shell, (text) => void stdout.write(text));
    },
  };
  const { makeProgram } = await import('./program/index.ts');
  const { settleOptionalValues } = await import('./program/arguments.ts');
  const clean = (text: string) => cleanUsage(text, run);
  const program = makeProgram(VERSION, Object.keys(reporters), env, handlers, {
    writeOut: (text) => void stdout.write(text),
    writeErr: (text) => void stderr.write(text),
    getOutHelpWidth: () => stdout.columns ?? 80,
    getErrHelpWidth: () => stderr.columns ?? 80,
    outputError: (text, write) => write(clean(text)),
  });
  if (argv[0] === 'complete' && argv[1] === '--') {
    const { complete } = await import('./completion.ts');
    await complete(program, argv.slice(2), clock.today());
    return 0;
  }
  try {
    await program.parseAsync(settleOptionalValues(argv), { from: 'user' });
    return exitCode;
  } catch (error) {
    const { code = '', exitCode, message: said } = error as Error & { code?: string; exitCode?: number };
    const usage = code.startsWith('commander.');
    if (!usage && !(error instanceof InvalidError)) throw error;
    if (usage && exitCode === 0) return 0;
    const message = clean(said.replace(/^error: /, ''));
    if (!usage) await write(run, stderr, `error: ${message}\n`);
    // --format json prints its document on every exit; commander has printed its own message to stderr.
    const asked = argv.includes('--format=json') || argv[argv.indexOf('--format') + 1] === 'json';
    const output = makeOutput({ format: 'json', color: false }, run);
    if (asked) await output.report(reportFailure(argv[0] ?? '', 'invalid', [{ message }]));
    return 6;
  }
}

/** What commander says quotes the command line, in which a number or, by mistake, a token may stand. */
function cleanUsage(text: string, run: Run): string {
  const { clean } = makeOutput({ format: 'text', color: false }, run);
  const lines = text.replace(/(--[\w-]+)=[^'\n]*/g, '$1=…').split('\n');
  return lines.map((line) => clean.text(line)).join('\n');
}

async function invoke(invocation: Invocation, run: Run): Promise<number> {
  const { env, stdin, stderr, clock, packageRoot, secrets, stop } = run;
  const output = makeOutput(invocation.output, run);
  const interactive = Boolean(stdin.isTTY && stderr.isTTY);
  const progress = makeProgress({
    terminal: Boolean(stderr.isTTY),
    columns: stderr.columns || 80,
    clock,
    write: (text) => void (output.quiet || stderr.write(redact(text, secrets))),
  });
  let presented = false;
  let told = false;
  const surroundings = { env, stdin, clock, packageRoot, secrets, stop, progress };
  const context = makeContext({
    ...surroundings,
    onHttp(abort) {
      run.abortHttp = abort;
    },
    // A format for machines is one document: the plan that a person is asked about goes to the terminal instead.
    async present(report) {
      presented = true;
      if (output.format !== 'text' && !interactive) return;
      told = true;
      await output.problems(report); // before anybody is asked
      if (output.format === 'text') await output.report(report);
      else await output.report(report, stderr, 'text');
    },
    confirm: interactive ? async (question) => (await ask(question, run)) === 'yes' : null,
    ask: interactive ? (question) => ask(question, run) : null,
  });
  const report = await runToReport(invocation, context);
  await output.problems(told ? { ...report, warnings: [] } : report);
  // A plan that was shown and then not applied is not shown again.
  if (!(presented && report.kind === 'plan' && output.format === 'text')) await output.report(report);
  return invocation.exitCode(report) || (run.stdoutClosed ? 1 : 0);
}

async function ask(question: string, { stdin, stderr, stop, interrupt }: Run): Promise<string | null> {
  const terminal = createInterface({ input: stdin, output: stderr });
  try {
    terminal.once('SIGINT', interrupt);
    return (await terminal.question(question, { signal: stop })).trim();
  } catch {
    return null; // the question was interrupted, or its input ended
  } finally {
    terminal.close();
  }
}

async function serveSandbox(options: SandboxOptions, run: Run): Promise<void> {
  const stopped = once(run.stop, 'abort');
  const { port, state, bot, listWithoutPlus, pastEnd, propagation, provider } = options;
  const { contact, mixedStatus, listShape, capacity, usage } = options;
  const sandbox = await startSandbox({
    port,
    pastEnd,
    propagation,
    cloud: {
      contact,
      listShape,
      capacity,
      mixedStatus: mixedStatus === '400' ? 400 : 200,
      ...(usage !== undefined && { usage }),
    },
    ...(provider && { provider }),
    ...(listWithoutPlus && { listWithoutPlus }),
    ...(state !== undefined && { stateFile: state }),
    ...(bot.length > 0 && { bots: new Map(bot) }),
  });
  const text = `Listening on ${sandbox.url}\nUse it with: blacklistctl plan --base-url ${sandbox.url}\n`;
  await write(run, run.stdout, text);
  await stopped;
  await sandbox.close();
}
