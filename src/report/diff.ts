import { formatPatch } from 'diff';
import type { BotReport, Report } from '../model.ts';
import type { NumberSet } from '../number-set.ts';
import type { Voice } from './voice.ts';

/** A unified patch a bot, from the live list to the desired one, made of what the plan knows: nothing is compared again. */
export function* diff(report: Report, { voice }: { readonly voice: Voice }): Generator<string> {
  for (const bot of report.bots) {
    if (bot.add.size + bot.remove.size > 0) yield patch(bot, voice);
  }
}

/** The removed and added numbers in one ascending order, in one hunk without context. */
function patch(bot: BotReport, voice: Voice): string {
  const lines = [...signed('-', bot.remove), ...signed('+', bot.add)]
    .sort((a, b) => a.number - b.number)
    .map(({ sign, number }) => `${sign}${voice.number(number)}`);
  const hunk = { oldStart: 1, oldLines: bot.remove.size, newStart: 1, newLines: bot.add.size, lines };
  return formatPatch({
    oldFileName: `live/${bot.id}`,
    newFileName: `desired/${bot.id}`,
    oldHeader: undefined,
    newHeader: undefined,
    hunks: [hunk],
  });
}

function signed(sign: '-' | '+', numbers: NumberSet) {
  return Array.from(numbers, (number) => ({ sign, number }));
}
