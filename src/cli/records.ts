import { onceEach } from '../model/fault.ts';
import type { Report } from '../model/report.ts';
import { json } from '../report/json/write.ts';
import { metrics, type Times } from '../report/metrics.ts';
import { makeSanitizer } from '../report/voice/index.ts';
import type { Files } from '../steps/files.ts';

/** The files that a run writes for the next run and for other programs. */
export interface RecordOptions {
  /** The saved plan. The command itself writes it. */
  readonly out?: string | undefined;
  /** The report as JSON, with numbers in full. */
  readonly report?: string | undefined;
  readonly metrics?: string | undefined;
}

/** @returns the report; a failed one if a record was not written, as its readers would find an old one. */
export function writeRecords(
  report: Report,
  options: RecordOptions,
  times: Times,
  files: Files,
  secrets: ReadonlySet<string>,
): Report {
  let recorded = report;
  const ended = report.kind !== 'failure' && !report.interrupted;
  // The next drift compares with this file, and one that did not end knows less than the one before.
  if (options.report !== undefined && (ended || report.command !== 'drift')) {
    const pieces = json(report, { clean: makeSanitizer({ masked: false, secrets }) });
    recorded = attempt(recorded, () => files.writePrivate(options.report!, pieces, 'report'));
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
    const errors = onceEach([...report.errors, { message }]); // that of the check before the run is the same
    // The exit codes of these say more.
    if (report.outcome === 'partial' || report.outcome === 'refused' || report.outcome === 'stale') {
      return { ...report, errors };
    }
    return { ...report, outcome: 'failed', errors };
  }
}
