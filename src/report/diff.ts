import { type ComparedBot, type NumberList, postponedIn } from '../model/compared.ts';
import { isComparison, isListing, type ListedBot, type Report } from '../model/report.ts';
import { TONES, verdict } from './verdict/index.ts';
import type { Sanitizer } from './voice/index.ts';
import { answerText } from './words/answers.ts';
import { type Changes, changesOf } from './words/changes.ts';
import { failureWords } from './words/faults.ts';
import { entryLines, filePatch, patch, shownFiles } from './words/files.ts';
import { overrideNotes, resultLines, savedNotes } from './words/notes.ts';
import { reviewLines } from './words/settings.ts';
import { summary } from './words/summary.ts';
import { clip, joined, plural } from './words/text.ts';

/**
 * Writes a unified patch for each bot, from the live list to the desired one, and for each edited file. Comments with
 * settings and results precede the patches, as programs skip all lines before the first patch.
 */
export function* diff(report: Report, { clean }: { readonly clean: Sanitizer }): Generator<string> {
  const lines = [...reviewLines(report, clean), ...resultLines(report, clean)];
  for (const { id, words } of lines) yield comment(`${id}: ${words}`);
  if (report.kind === 'answer') yield* answerText(report.explained, clean);
  if (report.kind === 'live') for (const bot of report.bots) yield notRead({ ...bot, guard: null }, clean);
  if (isListing(report)) {
    const side = report.kind === 'live' ? 'live' : 'desired';
    for (const bot of report.bots) yield* wholeList(bot, side, clean);
  }
  yield* verdictLines(report, clean);
  if (isComparison(report) && report.kind !== 'result') for (const bot of report.bots) yield notRead(bot, clean);
  for (const bot of changesOf(report)) yield botPatch(bot, clean);
  for (const line of entryLines(report, clean)) yield comment(line);
  for (const file of shownFiles(report)) yield filePatch(file, clean);
}

/**
 * Comments with the outcome. Without them, an empty patch would mean that the lists are equal, the patch of a result that
 * all was applied, and the patch of a refused or stale plan that it can be applied.
 */
function* verdictLines(report: Report, clean: Sanitizer): Generator<string> {
  if (report.outcome === 'in-sync') return;
  const { tone, text } = verdict(report, clean);
  const isBad = isComparison(report) && TONES[tone].kind === 'bad';
  const waits = isComparison(report) && (report.bots as readonly ComparedBot[]).some((bot) => postponedIn(bot) > 0);
  const summed = (report.kind === 'result' || isBad || waits) && `${summary(report).replace(/\.$/, '')}.`;
  if (summed || report.outcome === 'nothing-selected') yield comment(joined(' ', [summed, text]));
  for (const note of [...savedNotes(report), ...overrideNotes(report, clean)]) yield comment(note);
}

const comment = (text: string) => `# ${text}\n`;

/** A line about a list that could not be read and has no patch. Programs skip lines before a patch. */
function notRead({ id, guard, error }: Pick<ComparedBot, 'id' | 'guard' | 'error'>, clean: Sanitizer): string {
  return guard || !error ? '' : `live/${clean.name(id)} could not be read: ${clip(failureWords(error, clean))}\n`;
}

/**
 * Lists removed and added numbers in ascending order, in one hunk without context. A report only counts the numbers
 * that stay, so neither the line of a change in the whole list nor its neighbors are known. The hunk counts lines of
 * the changes alone, which is exact if nothing stays. Otherwise the header counts the numbers that are not shown.
 */
function botPatch(bot: Changes, clean: Sanitizer): string {
  const lines = [...signed('-', bot.remove), ...signed('+', bot.add)]
    .sort((a, b) => (a.number < b.number ? -1 : 1)) // masked numbers are text, so their order is approximate
    .map(({ sign, number }) => `${sign}${clean.number(number)}`);
  const hunk = { oldStart: 1, oldLines: bot.remove.size, newStart: 1, newLines: bot.add.size, lines };
  const header = bot.stay > 0 ? `${plural(bot.stay, 'number')} not shown` : undefined;
  const id = clean.name(bot.id);
  const before = bot.kind === 'import' ? 'desired' : 'live'; // import changes the file, not the list
  return patch(`${before}/${id}`, `desired/${id}`, [hunk], header);
}

/** Writes a list as a new file, piece by piece, as it may be long. */
function* wholeList(
  { id, numbers: { size, values } }: ListedBot,
  side: 'live' | 'desired',
  clean: Sanitizer,
): Generator<string> {
  if (size === 0) return;
  yield `--- /dev/null\n+++ ${side}/${clean.name(id)}\n@@ -0,0 +1,${size} @@\n`;
  for (let at = 0; at < size; at++) yield `+${clean.number(values[at]!)}\n`;
}

const signed = (sign: '-' | '+', { values }: NumberList) => Array.from(values, (number) => ({ sign, number }));
