/**
 * The program on a terminal or in a pipe: arguments, streams, signals, exit code. Everything else gets what it needs as
 * arguments.
 */
import { setMaxListeners } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { InvalidError } from '../model/errors.ts';
import { reporters } from '../report/index.ts';
import { redact } from '../report/voice/redact.ts';
import { emptyReport } from '../steps/build-report.ts';
import { systemClock } from './clock.ts';
import { makeOutput, type Streams, write } from './output.ts';
import type { Invocation } from './program/options.ts';
import type { SandboxOptions } from './program/sandbox.ts';
import { makeProgress } from './progress.ts';
import { runToReport } from './run.ts';
import { makeContext, startSandbox, VERSION } from './world.ts';

const GRACE = 10_000; // ms that requests in flight get after Ctrl-C

const secrets = new Set<string>();
const stop = new AbortController();
setMaxListeners(0, stop.signal); // every request that waits listens to it
const speaker: Streams & { stdoutClosed: boolean } = {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  secrets,
  stdoutClosed: false,
};
let abortHttp = () => {};

async function invoke(invocation: Invocation): Promise<void> {
  const output = makeOutput(invocation.output, speaker);
  const interactive = Boolean(process.stdin.isTTY && process.stderr.isTTY);
  const progress = makeProgress({
    terminal: Boolean(process.stderr.isTTY),
    columns: process.stderr.columns || 80,
    clock: systemClock,
    write: (text) => void (output.quiet || process.stderr.write(redact(text, secrets))),
  });
  let presented = false;
  let told = false;
  const context = makeContext({
    env: process.env,
    stop: stop.signal,
    secrets,
    progress,
    onHttp: (abort) => {
      abortHttp = abort;
    },
    // A format for machines is one document: the plan that a person is asked about goes to the terminal instead.
    async present(report) {
      presented = true;
      if (output.format !== 'text' && !interactive) return;
      told = true;
      await output.problems(report); // before anybody is asked
      if (output.format === 'text') await output.report(report);
      else await output.report(report, process.stderr, 'text');
    },
    confirm: interactive ? confirm : null,
    ask: interactive ? ask : null,
  });
  const report = await runToReport(invocation, context);
  await output.problems(told ? { ...report, warnings: [] } : report);
  // A plan that was shown and then not applied is not shown again.
  if (!(presented && report.stage === 'plan' && output.format === 'text')) await output.report(report);
  process.exitCode = invocation.exitCode(report) || (speaker.stdoutClosed ? 1 : 0);
}

async function ask(question: string): Promise<string | null> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    return (await terminal.question(question, { signal: stop.signal })).trim();
  } catch {
    return null; // the question was interrupted, or its input ended
  } finally {
    terminal.close();
  }
}

async function confirm(question: string): Promise<boolean> {
  return (await ask(question)) === 'yes';
}

async function serveSandbox(options: SandboxOptions): Promise<void> {
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
  await write(
    speaker,
    process.stdout,
    `Listening on ${sandbox.url}\nUse it with: blacklistctl plan --base-url ${sandbox.url}\n`,
  );
  await new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  await sandbox.close();
}

async function completion(shell: string): Promise<void> {
  const { printScript } = await import('./completion.ts');
  printScript(shell, (text) => void process.stdout.write(text));
}

function interrupted(): void {
  if (stop.signal.aborted) {
    process.stderr.write('Left at once: what was in flight may or may not have been done. Run again to go on.\n');
    process.exit(130);
  }
  stop.abort();
  setTimeout(() => abortHttp(), GRACE).unref();
  process.stderr.write('\nInterrupted: finishing what is in flight; press Ctrl-C again to leave at once.\n');
}

async function main(): Promise<void> {
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    // A reader that leaves, as head does, is no news; a full disk is.
    if (!speaker.stdoutClosed && code !== 'EPIPE')
      process.stderr.write(`error: the report could not be written (${code})\n`);
    speaker.stdoutClosed = true;
  });
  process.stderr.on('error', () => {});
  process.on('SIGINT', interrupted);
  process.on('SIGTERM', interrupted);
  const args = process.argv.slice(2);
  const { makeProgram } = await import('./program/index.ts');
  const { settleOptionalValues } = await import('./program/arguments.ts');
  const handlers = { invoke, sandbox: serveSandbox, completion };
  const program = makeProgram(VERSION, Object.keys(reporters), process.env, handlers, saySafely);
  if (args[0] === 'complete' && args[1] === '--') {
    const { complete } = await import('./completion.ts');
    return complete(program, args.slice(2));
  }
  try {
    await program.parseAsync(settleOptionalValues(args), { from: 'user' });
  } catch (error) {
    const { code = '', exitCode, message: said } = error as Error & { code?: string; exitCode?: number };
    const usage = code.startsWith('commander.');
    if (!usage && !(error instanceof InvalidError)) throw error;
    process.exitCode = usage && exitCode === 0 ? 0 : 6;
    if (process.exitCode === 0) return;
    const message = saySafely(said.replace(/^error: /, ''));
    if (!usage) await write(speaker, process.stderr, `error: ${message}\n`);
    // Whoever asked for JSON gets it, whatever happens; commander has written its own words to stderr.
    const asked = args.includes('--format=json') || args[args.indexOf('--format') + 1] === 'json';
    const output = makeOutput({ format: 'json', color: false }, speaker);
    if (asked) await output.report(emptyReport(args[0] ?? '', 'invalid', [{ message }]));
  }
}

/** What commander says quotes the command line, in which a number or, by mistake, a token may stand. */
function saySafely(text: string): string {
  const { voice } = makeOutput({ format: 'text', color: false }, speaker);
  const lines = text.replace(/(--[\w-]+)=[^'\n]*/g, '$1=…').split('\n');
  return lines.map((line) => voice.text(line)).join('\n');
}

await main();
