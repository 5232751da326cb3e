import { onceEach } from '../../model/fault.ts';
import type { Outcome, Report } from '../../model/report.ts';
import { json } from '../../report/json/write.ts';
import { metrics, type Times } from '../../report/metrics.ts';
import { makeSanitizer } from '../../report/voice/index.ts';
import type { Files } from '../../steps/files.ts';

/** The output files that a user asked for. */
export interface RecordOptions {
  /** The saved plan, which the command itself writes. */
  readonly out?: string | undefined;
  /** The report as JSON, with numbers in full. */
  readonly report?: string | undefined;
  readonly metrics?: string | undefined;
}

/** The outcomes whose exit codes say more than "failed". */
const SPECIFIC: readonly Outcome[] = ['partial', 'refused', 'stale', 'invalid'];

/** Writes the records. Returns the report, as failed if a record was not written: readers would use an old one. */
export function writeRecords(
  report: Report,
  options: RecordOptions,
  times: Times,
  files: Files,
  secrets: ReadonlySet<string>,
): Report {
  let recorded = report;
  const ended = report.kind !== 'failure' && !report.interrupted;
  // The next drift compares with this file, so an unfinished run must not replace the report of a finished one.
  if (options.report !== undefined && (ended || report.command !== 'drift')) {
    const pieces = json(report, { clean: makeSanitizer({ masked: false, secrets }) });
    recorded = attempt(recorded, () => files.writePrivate(options.report!, pieces, 'report'));
  }
  if (options.metrics !== undefined) {
    const path = options.metrics;
    const final = recorded; // includes the error of an unwritten report
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
    const errors = onceEach([...report.errors, { message }]); // the check before the run may have found the same error
    return SPECIFIC.includes(report.outcome) ? { ...report, errors } : { ...report, outcome: 'failed', errors };
  }
}
