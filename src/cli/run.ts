import { InvalidError, StaleError } from '../model/errors.ts';
import type { Outcome, Report } from '../model/report.ts';
import { emptyReport } from '../steps/build-report.ts';
import type { Context } from '../steps/context.ts';
import type { Invocation } from './program/options.ts';

/** Runs a command, and leaves the records that were asked for. Whatever happens, it comes to a report. */
export async function runToReport(
  { command, run, records }: Pick<Invocation, 'command' | 'run' | 'records'>,
  context: Context,
): Promise<Report> {
  const { clock } = context;
  const started = clock.now();
  let report: Report;
  try {
    report = await run(context);
  } catch (error) {
    report = { ...reportError(command, error), interrupted: context.stop.aborted };
  }
  if (!records) return report;
  const { writeRecords } = await import('./records.ts');
  const times = { finished: clock.unix(), duration: (clock.now() - started) / 1000 };
  return writeRecords(report, records, times, context.files, context.secrets);
}

function reportError(command: string, error: unknown): Report {
  const report = (outcome: Outcome, faults: Report['errors']) => emptyReport(command, outcome, faults);
  if (error instanceof InvalidError) return report('invalid', error.faults);
  if (error instanceof StaleError) return report('stale', [error.reason]);
  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (code) return report('failed', [{ message }]);
  return report('failed', [{ message: `unexpected error, which is a fault of blacklistctl: ${stack ?? message}` }]);
}
