import type { ComparedBot, NumberList } from '../model/compared.ts';
import { isComparison, isListing, type ListedBot, type Report } from '../model/report.ts';
import type { Sanitizer } from './voice/index.ts';
import { answerText } from './words/answers.ts';
import { type Changes, changesOf } from './words/changes.ts';
import { failureWords } from './words/faults.ts';
import { filePatch, patch, shownFiles } from './words/files.ts';
import { resultLines } from './words/notes.ts';
import { reviewLines } from './words/settings.ts';
import { summary } from './words/summary.ts';
import { clip, joined, plural } from './words/text.ts';
import { verdict } from './words/verdict.ts';

/**
 * A unified patch a bot, from the live list to the desired one, made of the plan. Comments with settings and results
 * precede the patches, as programs skip all lines before the first patch.
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
  // An empty patch would mean that the lists are equal, and the patch of a result that all was applied.
  if (report.kind === 'result' || report.outcome === 'nothing-selected') {
    const summed = report.kind === 'result' && summary(report);
    yield comment(joined(' ', [summed, verdict(report, clean).text]));
  }
  if (isComparison(report) && report.kind !== 'result') for (const bot of report.bots) yield notRead(bot, clean);
  for (const bot of changesOf(report)) yield botPatch(bot, clean);
  for (const file of shownFiles(report)) yield filePatch(file, clean);
}

const comment = (text: string) => `# ${text}\n`;

/** A line about a list that could not be read and has no patch. Programs skip lines before a patch. */
function notRead({ id, guard, error }: Pick<ComparedBot, 'id' | 'guard' | 'error'>, clean: Sanitizer): string {
  return guard || !error ? '' : `live/${clean.text(id)} could not be read: ${clip(failureWords(error, clean))}\n`;
}

/**
 * Lists removed and added numbers in ascending order, in one hunk without context. A report only counts the numbers
 * that stay, so neither the line of a change in the whole list nor its neighbors are known. The hunk counts lines of
 * the changes alone, which is exact if nothing stays. Otherwise the header counts the numbers that are not shown.
 */
function botPatch(bot: Changes, clean: Sanitizer): string {
  const lines = [...signed('-', bot.remove), ...signed('+', bot.add)]
    .sort((a, b) => (a.number < b.number ? -1 : 1)) // masked ones are text, and keep about their order
    .map(({ sign, number }) => `${sign}${clean.number(number)}`);
  const hunk = { oldStart: 1, oldLines: bot.remove.size, newStart: 1, newLines: bot.add.size, lines };
  const header = bot.stay > 0 ? `${plural(bot.stay, 'number')} not shown` : undefined;
  const id = clean.text(bot.id);
  return patch(`live/${id}`, `desired/${id}`, [hunk], header);
}

/** A list as a file that is new. Piece by piece, as it may be long. */
function* wholeList(
  { id, numbers: { size, values } }: ListedBot,
  side: 'live' | 'desired',
  clean: Sanitizer,
): Generator<string> {
  if (size === 0) return;
  yield `--- /dev/null\n+++ ${side}/${clean.text(id)}\n@@ -0,0 +1,${size} @@\n`;
  for (let at = 0; at < size; at++) yield `+${clean.number(values[at]!)}\n`;
}

const signed = (sign: '-' | '+', { values }: NumberList) => Array.from(values, (number) => ({ sign, number }));
