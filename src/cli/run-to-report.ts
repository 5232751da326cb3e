import { InvalidError, StaleError } from '../model/errors.ts';
import type { FailureReport, Report } from '../model/report.ts';
import { reportFailure } from '../steps/build-report.ts';
import type { Context } from '../steps/context.ts';
import type { Invocation } from './program/options.ts';
import { writeRecords } from './records.ts';

/** Runs a command, and writes the records that its options ask for. Every error becomes a report. */
export async function runToReport({ command, options, run }: Invocation, context: Context): Promise<Report> {
  const { clock, files, secrets } = context;
  const started = clock.now();
  let report: Report;
  try {
    if (options.report !== undefined) files.checkPrivate(options.report, 'report');
    report = await run(context);
  } catch (error) {
    report = { ...reportError(command, error), interrupted: context.stop.aborted };
  }
  if (options.report === undefined && options.metrics === undefined) return report;
  const times = { finished: clock.unix(), duration: (clock.now() - started) / 1000 };
  return writeRecords(report, options, times, files, secrets);
}

function reportError(command: string, error: unknown): FailureReport {
  if (error instanceof InvalidError) return reportFailure(command, 'invalid', error.faults);
  if (error instanceof StaleError) return reportFailure(command, 'stale', [error.reason]);
  const { code, message, stack } = error as NodeJS.ErrnoException;
  const unexpected = `unexpected error, which is a fault of blacklistctl: ${stack ?? message}`;
  return reportFailure(command, 'failed', [{ message: code ? message : unexpected }]);
}
