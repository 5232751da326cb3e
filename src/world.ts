/** The real world, as commands see it: files, network, time and chance. Tests and the simulation make their own. */
import { systemClock } from './clock.ts';
import type { Context } from './commands/context.ts';
import { emptyReport } from './commands/report.ts';
import { readFiles, readFilesAt } from './desired/files.ts';
import { InvalidError, StaleError } from './errors.ts';
import { readFile, writePrivate } from './files.ts';
import type { Outcome, Report } from './model.ts';

export const VERSION = process.env.BLACKLISTCTL_VERSION ?? '0.0.0';

/** What differs between a terminal and a workflow's runner. */
export interface Surroundings extends Pick<Context, 'env' | 'stop' | 'secrets' | 'progress' | 'present' | 'confirm'> {
  /** Given what ends all requests in flight at once. */
  onHttp(abort: () => void): void;
}

export function makeContext({ onHttp, ...surroundings }: Surroundings): Context {
  return {
    ...surroundings,
    clock: systemClock,
    random: Math.random,
    files: { readDesired: readFiles, readDesiredAt: readFilesAt, read: readFile, writePrivate },
    async openHttp(options) {
      const { openHttp } = await import('./http.ts');
      const http = openHttp({ ...options, version: VERSION });
      onHttp(http.abort);
      return http;
    },
    async doubtful(numbers, by) {
      const { impossibleNumbers, invalidNumbers } = await import('./numbering.ts');
      return by === 'all' ? invalidNumbers(numbers) : impossibleNumbers(numbers);
    },
    startSandbox: (stateFile) => startSandbox({ port: 0, ...(stateFile !== undefined && { stateFile }) }),
  };
}

export async function startSandbox(options: Parameters<typeof import('./sandbox/server.ts').startSandbox>[0]) {
  const server = await import('./sandbox/server.ts');
  try {
    return await server.startSandbox(options);
  } catch (error) {
    throw new InvalidError((error as Error).message); // a port that is taken, a state file that is damaged
  }
}

/** Runs a command. Whatever happens, it comes to a report. */
export async function runToReport(
  command: string,
  run: (context: Context) => Promise<Report>,
  context: Context,
): Promise<Report> {
  try {
    return await run(context);
  } catch (error) {
    return { ...reportError(command, error), interrupted: context.stop.aborted };
  }
}

function reportError(command: string, error: unknown): Report {
  const report = (outcome: Outcome, faults: Report['errors']) => emptyReport(command, outcome, faults);
  if (error instanceof InvalidError) return report('invalid', error.faults);
  if (error instanceof StaleError) return report('stale', [{ message: error.message }]);
  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (code) return report('failed', [{ message }]);
  return report('failed', [{ message: `unexpected error, which is a fault of blacklistctl: ${stack ?? message}` }]);
}
