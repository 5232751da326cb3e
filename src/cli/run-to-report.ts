import { refuseExposingSwitches } from '../api/node-switches.ts';
import { InvalidError, StaleError, systemError } from '../model/errors.ts';
import { byPlace, type Fault } from '../model/fault.ts';
import type { FailureReport, Report } from '../model/report.ts';
import { timeOf } from '../model/world.ts';
import { reportFailure } from '../steps/build-report.ts';
import type { Context } from '../steps/context.ts';
import type { Files } from '../steps/files.ts';
import { type RecordOptions, writeRecords } from './output/records.ts';
import { readMaskKey } from './output/secrets.ts';
import type { Invocation } from './program/options.ts';
import { VERSION } from './program/version.ts';

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/; // SHA-1 or SHA-256

/**
 * Runs a command and writes its output files. Turns every error into a report.
 *
 * @param commit the commit of the files, if it is known.
 */
export async function runToReport(
  { command, paths, options, run }: Invocation,
  context: Context,
  commit: string | undefined,
): Promise<Report> {
  const { clock, env, files, secrets } = context;
  const started = clock.now();
  const facts = {
    started: timeOf(clock.unix()),
    version: VERSION,
    commit: COMMIT.exec(commit ?? '')?.[0] ?? null,
    paths,
  };
  let report: Report;
  try {
    refuseExposingSwitches(context.env);
    readMaskKey(env, secrets);
    const errors = unwritable(options, files);
    report = errors.length > 0 ? reportFailure(command, 'failed', errors) : await run(context);
  } catch (error) {
    report = { ...reportError(command, error), interrupted: context.stop.aborted };
  }
  report = { ...report, errors: report.errors.toSorted(byPlace), warnings: report.warnings.toSorted(byPlace) };
  if (report.run === undefined) report = { ...report, run: facts };
  if (options.report === undefined && options.metrics === undefined) return report;
  const times = { finished: clock.unix(), duration: (clock.now() - started) / 1000 };
  return writeRecords(report, options, times, files, secrets);
}

/** Finds output files that cannot be written, before a list is read. */
function unwritable({ out, report, metrics }: RecordOptions, { checkWritable }: Files): readonly Fault[] {
  const wanted = { plan: out, report, metrics };
  return (['plan', 'report', 'metrics'] as const).flatMap((kind) => {
    const path = wanted[kind];
    if (path === undefined) return [];
    try {
      checkWritable(path, kind);
      return [];
    } catch (error) {
      return { message: (error as Error).message };
    }
  });
}

function reportError(command: string, error: unknown): FailureReport {
  if (error instanceof InvalidError) return reportFailure(command, 'invalid', error.faults);
  if (error instanceof StaleError) return reportFailure(command, 'stale', [error.reason]);
  const { code, message, path, stack } = error as NodeJS.ErrnoException;
  const why = systemError(error);
  if (why !== null) return reportFailure(command, 'failed', [{ message: path ? `${path}: ${why}` : why }]);
  const unexpected = `unexpected error, please report it as a bug of blacklistctl: ${stack ?? message}`;
  return reportFailure(command, 'failed', [{ message: code ? message : unexpected }]);
}
