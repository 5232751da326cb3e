/**
 * Runs one command line, from its arguments to its exit code. `main.ts` passes the real process; the stories pass
 * streams, signals and a clock of their own. No state outlives a run.
 */
import { InvalidError, systemError } from '../model/errors.ts';
import type { ByHand } from '../sandbox/by-hand.ts';
import type { Host, Run } from './invoke.ts';
import { probableTokens } from './output/secrets.ts';
import { makeProgram } from './program/index.ts';
import type { Invocation } from './program/options.ts';
import { parseArguments } from './program/parse.ts';
import type { SandboxOptions } from './program/sandbox.ts';
import { heedSignals } from './signals.ts';

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
  const run: Run = { ...host, ...heedSignals(host), secrets: new Set(probableTokens(host.env)), stdoutClosed: false };
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
      const { invoke } = await import('./program/commands.ts');
      exitCode = await invoke(invocation, run);
    },
    sandbox: async (options: SandboxOptions, change?: ByHand) => {
      const { printChange, serveSandbox } = await import('./program/commands.ts');
      if (!change) exitCode = await serveSandbox(options, run);
      else {
        const { changeByHand } = await import('../sandbox/by-hand.ts');
        exitCode = await printChange(await changeByHand(options.port, change), run);
      }
    },
    completion: async (shell: string) => {
      const { printScript } = await import('./completion/index.ts');
      printScript(shell, (text) => void stdout.write(text));
    },
  };
  const usage = { error: '', hint: '' }; // what commander prints about a wrong command line
  const program = makeProgram(env, handlers, {
    writeOut: (text) => void stdout.write(text),
    writeErr(text) {
      if (usage.error === '') stderr.write(text);
      else usage.hint += text;
    },
    getOutHelpWidth: () => stdout.columns ?? 80,
    getErrHelpWidth: () => stderr.columns ?? 80,
    outputError(text) {
      usage.error = text;
    },
  });
  if (argv[0] === 'complete' && argv[1] === '--') {
    const { complete } = await import('./completion/index.ts');
    await complete(program, argv.slice(2), clock.today());
    return 0;
  }
  try {
    await parseArguments(program, argv);
    return exitCode;
  } catch (error) {
    const { code = '', exitCode, message } = error as Error & { code?: string; exitCode?: number };
    const isUsage = code.startsWith('commander.');
    if (!isUsage && !(error instanceof InvalidError)) throw error;
    if (isUsage && exitCode === 0) return 0;
    const { reportUsage } = await import('./program/commands.ts');
    await reportUsage(message, isUsage ? usage : { error: `error: ${message}\n`, hint: '' }, run);
    return 6;
  }
}
