import type { FileReport, Report } from '../../model/report.ts';
import { plural, sum } from './text.ts';

/** A report of a run that writes files of desired state, or would. */
export type FilesReport = Report & { readonly files: readonly FileReport[] };

export function isOfFiles(report: Report): report is FilesReport {
  return report.files !== undefined;
}

/** What became of a file; null if it is as it was, if its changes are shown, or if its bots report it. */
export function fileWords({ command }: Report, { changed, hunks }: FileReport): string | null {
  const words: Readonly<Record<string, string>> = { fmt: 'formatted', init: 'written' };
  return changed && hunks.length === 0 ? (words[command] ?? null) : null;
}

export function writtenFiles(report: Report): readonly { readonly name: string; readonly words: string }[] {
  return (report.files ?? []).flatMap((file) => {
    const words = fileWords(report, file);
    return words ? [{ name: file.name, words }] : [];
  });
}

/** The files whose changes are shown, and not written. */
export const shownFiles = ({ files = [] }: Report) => files.filter(({ hunks }) => hunks.length > 0);

export function filesSummary({ command, outcome, bots, files }: FilesReport): string {
  if (command === 'import') {
    const imported = sum(bots, ({ results }) => results.applied);
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
