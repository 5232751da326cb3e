import type { FileReport, Report } from '../../model/report.ts';
import { plural } from './text.ts';

/** A report of a run that writes files of desired state, or would. */
type FilesReport = Report & { readonly files: readonly FileReport[] };

export function isOfFiles(report: Report): report is FilesReport {
  return report.files !== undefined;
}

/** What became of a file; null where it is as it was, or where its changes are shown, or its bots tell of it. */
export function fileWords({ command }: Report, { changed, hunks }: FileReport): string | null {
  const words: Readonly<Record<string, string>> = { fmt: 'formatted', init: 'written' };
  return changed && hunks.length === 0 ? (words[command] ?? null) : null;
}

export function filesSummary({ command, outcome, bots, files }: FilesReport): string {
  if (command === 'import') {
    const imported = bots.reduce((sum, { results }) => sum + results.applied, 0);
    const unread = bots.filter(({ error }) => error).length;
    const rest = unread > 0 ? `; ${plural(unread, 'bot')} could not be read` : '';
    return `Imported: ${plural(imported, 'number')} of ${plural(bots.length - unread, 'bot')}${rest}`;
  }
  if (command === 'init') return `Written: ${plural(files.length, 'file')}`;
  const changed = files.filter((file) => file.changed).length;
  const all = plural(files.length, 'file');
  if (changed === 0) return `Formatted: ${all}, nothing to change`;
  return outcome === 'changes' ? `Not formatted: ${changed} of ${all}` : `Formatted: ${changed} of ${all} rewritten`;
}

/** What such a run means, and what to do. */
export function filesVerdict({ command, outcome, interrupted }: FilesReport): string {
  if (interrupted) return command === 'import' ? 'Interrupted: nothing was written; run again.' : 'Interrupted.';
  if (outcome === 'changes') return 'Nothing was written; the same command without --check writes it.';
  if (outcome === 'failed') return 'For the bots that could not be read the file stays as it was; run again.';
  return outcome === 'applied' ? 'Done.' : 'Nothing to do.';
}
