/** Words the files that a run writes or shows, and makes patches of known changes. */
import { FILE_HEADERS_ONLY, formatPatch, type StructuredPatchHunk } from 'diff';
import type {
  EditedEntry,
  EditReport,
  FileReport,
  FormatReport,
  ImportedBot,
  ImportReport,
  Report,
} from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { count, joined, placeWords, plural, quote, sum } from './text.ts';

/** Lists the written files of reports without bots. */
export function writtenFiles(report: Report): readonly { readonly name: string; readonly words: string }[] {
  if (report.kind === 'init') return report.files.map(({ name }) => ({ name, words: 'written' }));
  if (report.kind === 'edit' && report.outcome === 'written') {
    return report.files.map(({ name }) => ({ name, words: 'edited' }));
  }
  if (report.kind !== 'format') return [];
  const written = report.files.filter(({ changed, hunks }) => changed && hunks.length === 0);
  return written.map(({ name }) => ({ name, words: 'formatted' }));
}

/** Lists the files whose changes are shown. */
export function shownFiles(report: Report): readonly FileReport[] {
  if (report.kind === 'edit') return report.state === 'answered' ? [] : report.files;
  return report.kind === 'format' ? report.files.filter(({ hunks }) => hunks.length > 0) : [];
}

/** The message about a file whose changes are shown but not written. */
export const UNFORMATTED = 'not formatted; run the same command without --check';

/** Lists the numbers of an edit that its patches do not show: the ones that stay, and before a question all of them. */
export function entryLines(report: Report, clean: Sanitizer): readonly string[] {
  if (report.kind !== 'edit') return [];
  return report.entries.flatMap(({ number, change, bot, list, place }) => {
    if (!place || (change !== 'unchanged' && report.state !== 'asking')) return [];
    const whose = list === null ? `the bot ${quote(bot ?? '', clean)}` : `the list ${quote(list, clean)}`;
    return [`${clean.number(number)}  declared by ${whose} at ${placeWords(place, clean)}`];
  });
}

const EDITS = [
  ['added', 'added', 'to add'],
  ['renewed', 'changed', 'to change'],
  ['removed', 'removed', 'to remove'],
  ['unchanged', 'already declared', 'already declared'],
] as const;

/** `Edited 1 file: 2 added, 1 already declared`. */
export function editSummary(report: EditReport): string {
  const { outcome, files } = report;
  const isOpen = outcome === 'changes';
  const counts = EDITS.map(([change, done, open]) => {
    const found = countEdits(report, change);
    return found > 0 && `${count(found)} ${isOpen ? open : done}`;
  });
  const head =
    files.length === 0 ? 'No file edited' : `${isOpen ? 'Would edit' : 'Edited'} ${plural(files.length, 'file')}`;
  return `${head}: ${joined(', ', counts)}`;
}

/** Counts numbers in places. One that several bots and lists take from a place of a number file counts once. */
export function countEdits({ entries }: EditReport, change: EditedEntry['change']): number {
  const found = entries.filter((entry) => entry.change === change);
  return new Set(found.map((entry) => (entry.place ? JSON.stringify([entry.number, entry.place]) : entry))).size;
}

/** Words that the files need no edit. The live list may differ from them. */
export function unchangedWords({ entries }: EditReport): string {
  return `Nothing to edit. To see whether apply has to send ${entries.length === 1 ? 'it' : 'them'}, run plan.`;
}

/** Words why an edit wrote nothing. */
export function unwrittenWords({ state }: EditReport): string {
  if (state === 'asking') return 'Nothing is written before you confirm.';
  return state === 'answered' ? 'Nothing was written.' : 'Nothing was written. Omit --dry-run to write the changes.';
}

export function importSummary({ bots }: ImportReport): string {
  const imported = sum(bots, (bot) => bot.imported);
  const unread = bots.filter(({ error }) => error).length;
  return `Imported: ${plural(imported, 'number')} from ${plural(bots.length - unread, 'bot')}${unreadWords(unread)}`;
}

/** `2 imported, 1 already declared, 1 waId added`. */
export function importWords({ imported, alreadyThere, waIds = 0 }: ImportedBot): string {
  const names = waIds > 0 && `${plural(waIds, 'waId')} added`;
  return joined(', ', [`${imported} imported`, `${alreadyThere} already declared`, names]);
}

export const unreadWords = (bots: number) => (bots > 0 ? `; ${plural(bots, 'bot')} could not be read` : '');

export function formatSummary({ outcome, files }: FormatReport): string {
  const changed = files.filter((file) => file.changed).length;
  const all = plural(files.length, 'file');
  if (changed === 0) return `Already formatted: ${all}`;
  const pruned = sum(files, (file) => file.pruned ?? 0);
  const entries = `${count(pruned)} expired ${pruned === 1 ? 'entry' : 'entries'}`;
  return outcome === 'changes'
    ? joined(', ', [`Not formatted: ${changed} of ${all}`, pruned > 0 && `${entries} to remove`])
    : joined(', ', [`Formatted: ${changed} of ${all} rewritten`, pruned > 0 && `${entries} removed`]);
}

/** Makes a patch from one name to another. Both names get the same header, if any. */
export function patch(oldFileName: string, newFileName: string, hunks: StructuredPatchHunk[], header?: string): string {
  const names = { oldFileName, newFileName, oldHeader: header, newHeader: header };
  return formatPatch({ ...names, hunks }, FILE_HEADERS_ONLY);
}

/** Makes the patch of a file. If numbers are masked, so is every digit of the patch. */
export function filePatch({ name, hunks }: FileReport, clean: Sanitizer): string {
  const shown = hunks.map((hunk) => ({ ...hunk, lines: hunk.lines.map((line) => patchLine(line, clean)) }));
  return patch(clean.file(name), clean.file(name), shown);
}

/** Cleans a line of a patch after its sign. */
export const patchLine = (line: string, clean: Sanitizer) => line.slice(0, 1) + clean.source(line.slice(1));

/** Returns the first line of a file that formatting changes, from 1. */
export function firstChange({ hunks: [hunk] }: FileReport): number {
  if (!hunk) return 1;
  const before = hunk.lines.findIndex((line) => !line.startsWith(' '));
  return hunk.oldStart + Math.max(0, before);
}
