/** Runs the command of a command line, and prints its report. It is loaded only then, as the help needs none of it. */
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import type { Warning } from '../model/warnings.ts';
import type { Outcome } from '../sandbox/by-hand.ts';
import { reportFailure } from '../steps/build-report.ts';
import { exitCode } from './exit-code.ts';
import { isOn, makeOutput, makeTrace, type OutputHost } from './output/index.ts';
import { makeProgress } from './output/progress.ts';
import { breakLines, write } from './output/streams.ts';
import type { Invocation } from './program/options.ts';
import type { SandboxOptions } from './program/sandbox.ts';
import { runToReport } from './run-to-report.ts';
import type { Interruption, Notices, SignalHost } from './signals.ts';
import { makeContext, type Surroundings, startSandbox } from './world.ts';

/** The process of a run. Paths are relative to its working directory. */
export interface Host
  extends Pick<Surroundings, 'stdin' | 'clock' | 'packageRoot'>,
    Pick<OutputHost, 'env' | 'stdout' | 'stderr'>,
    SignalHost {
  /** The arguments, without the paths of Node and of the program. */
  readonly argv: readonly string[];
}

/** A run of the program. */
export interface Run extends Host, Interruption, Pick<Surroundings, 'secrets'> {
  stdoutClosed: boolean;
}

/** Runs a command. @returns the exit code. */
export async function invoke(invocation: Invocation, run: Run): Promise<number> {
  const { env, stdin, stderr, clock, packageRoot, secrets, stop, onHttp, onWrite } = run;
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
  const surroundings = { env, stdin, clock, packageRoot, secrets, stop, progress, trace, onHttp, onWrite };
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

async function ask(question: string, { stdin, stderr, stop, interrupt, asking }: Run): Promise<string | null> {
  const terminal = createInterface({ input: stdin, output: stderr });
  try {
    terminal.once('SIGINT', interrupt);
    return (await asking(terminal.question(question, { signal: stop }))).trim();
  } catch {
    if (!stop.aborted) stderr.write('\n'); // the input ended on the line of the question
    return null;
  } finally {
    terminal.close();
  }
}

const OF_A_SANDBOX: Notices = {
  first: 'Stopping the sandbox: requests in flight are answered first',
  second: 'The sandbox still answers requests; press Ctrl-C again to end it at once',
};

/** Runs a sandbox until a signal. @returns the exit code. */
export async function serveSandbox(
  { state, log, bot, seed, mixedStatus, waId, pageSize, ...rest }: SandboxOptions,
  run: Run,
) {
  run.announce(OF_A_SANDBOX);
  const stopped = run.stop.aborted || once(run.stop, 'abort');
  const sandbox = await startSandbox({
    ...rest,
    cloud: { ...rest, pageSize, mixedStatus: mixedStatus === '400' ? 400 : 200, waIds: new Map(waId) },
    ...(seed && { seed }),
    ...(state !== undefined && { stateFile: state }),
    ...(log && { log: (line: string) => void run.stderr.write(`${line}\n`) }),
    ...(bot.length > 0 && { bots: new Map(bot) }),
  });
  const use = `In another terminal: export BLACKLISTCTL_BASE_URL=${sandbox.url}`;
  const tokens = bot.length > 0 ? '' : 'Any text without spaces is accepted as a token.\n';
  await write(run, run.stdout, `Listening on ${sandbox.url}\n${use}\n${tokens}`);
  await stopped;
  await sandbox.close();
  return 0;
}

/**
 * Prints the result of a change of a running sandbox. As in all output, numbers are full only on a terminal. In a line
 * about a number, the name of the list stays, as it may be a phone number ID.
 *
 * @returns the exit code.
 */
export async function printChange({ exitCode, lines }: Outcome, run: Run): Promise<number> {
  const ok = exitCode === 0;
  const { clean, cleanOnStderr } = makeOutput({ format: 'text', color: false }, run);
  const numberFirst = (line: string) => line.replace(/^\+?\d+/, (number) => clean.number(Number(number)));
  const shown = lines.map((line) => (ok ? numberFirst(line) : `error: ${cleanOnStderr.text(line)}`));
  await write(run, ok ? run.stdout : run.stderr, shown.map((line) => `${line}\n`).join(''));
  return exitCode;
}

/** Prints an error of the command line. `--format json` prints one document, whatever the exit code. */
export async function reportUsage(message: string, { error, hint }: Usage, run: Run): Promise<void> {
  const { argv, stderr } = run;
  const clean = cleanerOf(run);
  await write(run, stderr, breakLines(clean(error), stderr) + hint);
  const isJson = argv.some((arg, at) => arg === '--format=json' || (arg === '--format' && argv[at + 1] === 'json'));
  if (!isJson) return;
  const failure = { message: clean(message.replace(/^error: /, '')) };
  await makeOutput({ format: 'json', color: false }, run).report(reportFailure(argv[0] ?? '', 'invalid', [failure]));
}

/** An error of the command line as it is printed, and the hint after it. */
interface Usage {
  readonly error: string;
  readonly hint: string;
}

/** Cleans a message of commander, which quotes the command line: it may contain numbers or, by mistake, tokens. */
function cleanerOf(run: Run): (text: string) => string {
  const { cleanOnStderr: clean } = makeOutput({ format: 'text', color: false }, run);
  const broken = run.argv.flatMap((arg) => [arg, arg.slice(arg.indexOf('=') + 1)]).filter((arg) => arg.includes('\n'));
  return (text) => {
    const onLines = broken.reduce((shown, arg) => shown.replaceAll(arg, '…'), text);
    // A token is looked for first: what hides the value of an option could cut it in two.
    const lines = onLines.split('\n').map((line) => clean.text(line).replace(/(--[\w-]+)=[^']*/g, '$1=…'));
    return lines.join('\n');
  };
}
