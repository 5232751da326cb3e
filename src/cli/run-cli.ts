/**
 * Runs one command line, from its arguments to its exit code. `main.ts` passes the real process; the stories pass
 * streams, signals and a clock of their own. No state outlives a run.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { InvalidError, systemError } from '../model/errors.ts';
import type { Warning } from '../model/warnings.ts';
import { reporters } from '../report/index.ts';
import type { ByHand } from '../sandbox/by-hand.ts';
import { reportFailure } from '../steps/build-report.ts';
import { exitCode } from './exit-code.ts';
import { breakLines, isOn, makeOutput, makeTrace, type OutputHost, write } from './output.ts';
import type { Invocation } from './program/options.ts';
import type { SandboxOptions } from './program/sandbox.ts';
import { makeProgress } from './progress.ts';
import { runToReport } from './run-to-report.ts';
import { heedSignals, type Interruption, type Notices, type SignalHost } from './signals.ts';
import { makeContext, type Surroundings, startSandbox, VERSION } from './world.ts';

/** The process of a run. Paths are relative to its working directory. */
export interface Host
  extends Pick<Surroundings, 'stdin' | 'clock' | 'packageRoot'>,
    Pick<OutputHost, 'env' | 'stdout' | 'stderr'>,
    SignalHost {
  /** The arguments, without the paths of Node and of the program. */
  readonly argv: readonly string[];
}

interface Run extends Host, Interruption, Pick<Surroundings, 'secrets'> {
  stdoutClosed: boolean;
}

export async function runCli(host: Host): Promise<number> {
  const run = beginRun(host);
  try {
    return await runProgram(run);
  } finally {
    await run.finish();
  }
}

function beginRun(host: Host): Run {
  const { stdout, stderr } = host;
  const run: Run = { ...host, ...heedSignals(host), secrets: new Set(), stdoutClosed: false };
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Readers such as `head` close the pipe on purpose. A full disk is an error.
    if (!run.stdoutClosed && error.code !== 'EPIPE')
      stderr.write(`error: cannot write the report: ${systemError(error) ?? error.message}\n`);
    run.stdoutClosed = true;
  });
  stderr.on('error', () => {});
  return run;
}

async function runProgram(run: Run): Promise<number> {
  const { argv, env, stdout, stderr, clock } = run;
  let exitCode = 0;
  const handlers = {
    invoke: async (invocation: Invocation) => {
      exitCode = await invoke(invocation, run);
    },
    sandbox: async (options: SandboxOptions, change?: ByHand) => {
      exitCode = change ? await changeSandbox(options.port, change, run) : await serveSandbox(options, run);
    },
    completion: async (shell: string) => {
      const { printScript } = await import('./completion.ts');
      printScript(shell, (text) => void stdout.write(text));
    },
  };
  const { makeProgram } = await import('./program/index.ts');
  const { parseArguments } = await import('./program/parse.ts');
  const program = makeProgram(VERSION, Object.keys(reporters), env, handlers, {
    writeOut: (text) => void stdout.write(text),
    writeErr: (text) => void stderr.write(text),
    getOutHelpWidth: () => stdout.columns ?? 80,
    getErrHelpWidth: () => stderr.columns ?? 80,
    outputError: (text, write) => write(breakLines(cleanUsage(text, run), stderr)),
  });
  if (argv[0] === 'complete' && argv[1] === '--') {
    const { complete } = await import('./completion.ts');
    await complete(program, argv.slice(2), clock.today());
    return 0;
  }
  try {
    await parseArguments(program, argv);
    return exitCode;
  } catch (error) {
    const { code = '', exitCode, message: raw } = error as Error & { code?: string; exitCode?: number };
    const usage = code.startsWith('commander.');
    if (!usage && !(error instanceof InvalidError)) throw error;
    if (usage && exitCode === 0) return 0;
    const message = cleanUsage(raw.replace(/^error: /, ''), run);
    if (!usage) await write(run, stderr, breakLines(`error: ${message}\n`, stderr));
    // --format json prints one document, whatever the exit code. Commander has printed its message to stderr.
    const asked = argv.includes('--format=json') || argv[argv.indexOf('--format') + 1] === 'json';
    const output = makeOutput({ format: 'json', color: false }, run);
    if (asked) await output.report(reportFailure(argv[0] ?? '', 'invalid', [{ message }]));
    return 6;
  }
}

/** Cleans a message of commander, which quotes the command line: it may contain numbers or, by mistake, tokens. */
function cleanUsage(text: string, run: Run): string {
  const { cleanOnStderr: clean } = makeOutput({ format: 'text', color: false }, run);
  const broken = run.argv.flatMap((arg) => [arg, arg.slice(arg.indexOf('=') + 1)]).filter((arg) => arg.includes('\n'));
  const onLines = broken.reduce((shown, arg) => shown.replaceAll(arg, '…'), text);
  const lines = onLines.replace(/(--[\w-]+)=[^'\n]*/g, '$1=…').split('\n');
  return lines.map((line) => clean.text(line)).join('\n');
}

async function invoke(invocation: Invocation, run: Run): Promise<number> {
  const { env, stdin, stderr, clock, packageRoot, secrets, stop, onHttp } = run;
  const { format, quiet, debug } = invocation.options;
  const output = makeOutput(invocation.options, run);
  const interactive = Boolean(stdin.isTTY && stderr.isTTY);
  const progress = makeProgress({
    terminal: Boolean(stderr.isTTY),
    columns: stderr.columns || 80,
    clock,
    clean: output.cleanOnStderr,
    write: (text) => void (quiet || stderr.write(text)),
  });
  let presented = false;
  let shown: ReadonlySet<Warning> = new Set();
  const trace = debug || isOn(env.BLACKLISTCTL_DEBUG) ? makeTrace(run) : undefined;
  const surroundings = { env, stdin, clock, packageRoot, secrets, stop, progress, trace, onHttp };
  const context = makeContext({
    ...surroundings,
    // Formats other than text print one document on stdout, so the plan to confirm is printed on stderr.
    async present(report) {
      presented = true;
      if (format !== 'text' && !interactive) return;
      shown = new Set(report.warnings);
      await output.problems(report); // before the question
      await (format === 'text' ? output.report(report) : output.report(report, stderr, 'text'));
    },
    confirm: interactive ? async (question) => (await ask(question, run)) === 'yes' : null,
    ask: interactive ? (question) => ask(question, run) : null,
  });
  const report = await runToReport(invocation, context, env.GITHUB_SHA || env.CI_COMMIT_SHA);
  const warnings = report.warnings.filter((warning) => !shown.has(warning)); // writing may have added warnings
  await output.problems({ ...report, warnings });
  // A plan that was presented and then not applied is not printed twice.
  if (!(presented && report.kind === 'plan' && format === 'text')) await output.report(report);
  await output.maskNote();
  return exitCode(report, invocation) || (run.stdoutClosed ? 1 : 0);
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

const OF_A_SANDBOX: Notices = {
  first: 'Stopping the sandbox: requests in flight are answered first',
  second: 'The sandbox still answers requests; press Ctrl-C again to end it at once',
};

async function serveSandbox({ state, log, bot, seed, mixedStatus, waId, ...rest }: SandboxOptions, run: Run) {
  run.announce(OF_A_SANDBOX);
  const stopped = run.stop.aborted || once(run.stop, 'abort');
  const sandbox = await startSandbox({
    ...rest,
    cloud: { ...rest, mixedStatus: mixedStatus === '400' ? 400 : 200, waIds: new Map(waId) },
    ...(seed && { seed }),
    ...(state !== undefined && { stateFile: state }),
    ...(log && { log: (line: string) => void run.stderr.write(`${line}\n`) }),
    ...(bot.length > 0 && { bots: new Map(bot) }),
  });
  const use = `In another terminal: export BLACKLISTCTL_BASE_URL=${sandbox.url}`;
  const tokens = bot.length > 0 ? '' : 'Any text is accepted as a token.\n';
  await write(run, run.stdout, `Listening on ${sandbox.url}\n${use}\n${tokens}`);
  await stopped;
  await sandbox.close();
  return 0;
}

/** Makes one change in a sandbox that runs in another process. */
async function changeSandbox(port: number, change: ByHand, run: Run): Promise<number> {
  const { changeByHand } = await import('../sandbox/by-hand.ts');
  const { ok, lines } = await changeByHand(port, change);
  await write(run, ok ? run.stdout : run.stderr, lines.map((line) => (ok ? `${line}\n` : `error: ${line}\n`)).join(''));
  return ok ? 0 : 1;
}
