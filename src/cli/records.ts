import type { Report } from '../model/report.ts';
import { json } from '../report/json/write.ts';
import { metrics, type Times } from '../report/metrics.ts';
import { makeSanitizer } from '../report/voice/index.ts';
import type { Files } from '../steps/files.ts';

/** The files that a run writes for the next run and for other programs. */
export interface RecordOptions {
  /** The report as JSON, with numbers in full. */
  readonly report?: string | undefined;
  readonly metrics?: string | undefined;
}

/** @returns the report; a failed one if a record was not written: the next run would compare with an old one. */
export function writeRecords(
  report: Report,
  options: RecordOptions,
  times: Times,
  files: Files,
  secrets: ReadonlySet<string>,
): Report {
  let recorded = report;
  // A run that did not end knows less than the file of the run before.
  const ended = report.kind !== 'failure' && !report.interrupted;
  if (options.report !== undefined && ended) {
    const pieces = json(report, { clean: makeSanitizer({ masked: false, secrets }) });
    recorded = attempt(recorded, () => files.writePrivate(options.report!, pieces));
  }
  if (options.metrics !== undefined) {
    const path = options.metrics;
    const final = recorded; // has the error of a report that could not be written
    recorded = attempt(recorded, () => files.writePublic(path, [metrics(final, times, files.readIfThere(path) ?? '')]));
  }
  return recorded;
}

function attempt(report: Report, write: () => void): Report {
  try {
    write();
    return report;
  } catch (error) {
    const { message } = error as Error;
    return { ...report, outcome: 'failed', errors: [...report.errors, { message }] };
  }
}
