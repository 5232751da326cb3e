import type { FileReport, FormatReport, ImportReport, Report } from '../../model/report.ts';
import { plural, sum } from './text.ts';

/** The files that were written, and whose bots do not report it. */
export function writtenFiles(report: Report): readonly { readonly name: string; readonly words: string }[] {
  if (report.kind === 'init') return report.files.map(({ name }) => ({ name, words: 'written' }));
  if (report.kind !== 'format') return [];
  const written = report.files.filter(({ changed, hunks }) => changed && hunks.length === 0);
  return written.map(({ name }) => ({ name, words: 'formatted' }));
}

/** The files whose changes are shown, and not written. */
export function shownFiles(report: Report): readonly FileReport[] {
  return report.kind === 'format' ? report.files.filter(({ hunks }) => hunks.length > 0) : [];
}

export function importSummary({ bots }: ImportReport): string {
  const imported = sum(bots, (bot) => bot.imported);
  const unread = bots.filter(({ error }) => error).length;
  const rest = unread > 0 ? `; ${plural(unread, 'bot')} could not be read` : '';
  return `Imported: ${plural(imported, 'number')} of ${plural(bots.length - unread, 'bot')}${rest}`;
}

export function formatSummary({ outcome, files }: FormatReport): string {
  const changed = files.filter((file) => file.changed).length;
  const all = plural(files.length, 'file');
  if (changed === 0) return `Formatted: ${all}, nothing to change`;
  return outcome === 'changes' ? `Not formatted: ${changed} of ${all}` : `Formatted: ${changed} of ${all} rewritten`;
}
