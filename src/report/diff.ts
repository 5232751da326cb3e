import { keptOf } from '../model/plan.ts';
import { type BotReport, type NumberList, type Report, sizeOf } from '../model/report.ts';
import type { Sanitizer } from './voice/index.ts';
import { answerText } from './words/answers.ts';
import { shownFiles } from './words/files.ts';
import { filePatch, patch } from './words/patch.ts';
import { plural } from './words/text.ts';

/** A unified patch a bot, from the live list to the desired one, made of what the plan knows: nothing is compared again. */
export function* diff(report: Report, { voice: clean }: { readonly voice: Sanitizer }): Generator<string> {
  if (report.explained) yield* answerText(report.explained, clean);
  for (const bot of report.bots) {
    if (bot.numbers && bot.numbers.size > 0) yield* wholeList(bot, bot.numbers, clean);
    if (sizeOf(bot) > 0) yield botPatch(bot, clean);
  }
  for (const file of shownFiles(report)) yield filePatch(file, clean);
}

/**
 * The removed and added numbers in one ascending order, in one hunk without context.
 *
 * A report only counts the numbers that stay. It does not know on which line of the whole list a change is, nor
 * which changes are neighbors. The hunk therefore counts lines of the changes alone, which is exact if nothing
 * stays. If something does, the header says how much is not shown, and no line number is made up.
 */
function botPatch(bot: BotReport, clean: Sanitizer): string {
  const lines = [...signed('-', bot.remove), ...signed('+', bot.add)]
    .sort((a, b) => (a.number < b.number ? -1 : 1)) // masked ones are text, and keep about their order
    .map(({ sign, number }) => `${sign}${clean.number(number)}`);
  const hunk = { oldStart: 1, oldLines: bot.remove.size, newStart: 1, newLines: bot.add.size, lines };
  const stay = keptOf(bot.counts);
  const header = stay > 0 ? `${plural(stay, 'number')} not shown` : undefined;
  const id = clean.text(bot.id);
  return patch(`live/${id}`, `desired/${id}`, [hunk], header);
}

/** A list as a file that is new. Piece by piece, as it may be long. */
function* wholeList({ id }: BotReport, { size, values }: NumberList, clean: Sanitizer): Generator<string> {
  yield `--- /dev/null\n+++ desired/${clean.text(id)}\n@@ -0,0 +1,${size} @@\n`;
  for (let at = 0; at < size; at++) yield `+${clean.number(values[at]!)}\n`;
}

const signed = (sign: '-' | '+', { values }: NumberList) => Array.from(values, (number) => ({ sign, number }));
