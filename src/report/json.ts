import type { BotReport, Fault, NumberList, Report } from '../model.ts';
import type { Voice } from './voice.ts';
import { guardReason } from './words.ts';

/** One JSON document (`schemas/report.schema.json`). Lists are written piece by piece. */
export function* json(report: Report, { voice }: { readonly voice: Voice }): Generator<string> {
  const { command, stage, fingerprint, outcome, interrupted, bots, requests } = report;
  const sum = (of: (bot: BotReport) => number) => bots.reduce((total, bot) => total + of(bot), 0);
  const summary = {
    add: sum((bot) => bot.add.size),
    remove: sum((bot) => bot.remove.size),
    unchanged: sum((bot) => bot.unchanged),
    requests,
  };
  yield `${JSON.stringify({ formatVersion: 1, command: voice.text(command), stage, fingerprint, outcome, interrupted }).slice(0, -1)},"bots":[`;
  for (const [index, bot] of bots.entries()) {
    // An address of digits and dots stays; the ID of a phone number is as long as one, and nobody can tell them apart.
    const baseUrl = bot.baseUrl.replace(/\d{7,}/g, (digits) => voice.text(digits));
    yield `${index > 0 ? ',' : ''}${JSON.stringify({ id: bot.id, baseUrl, policy: bot.policy }).slice(0, -1)},"add":[`;
    yield* numbers(bot.add, voice);
    yield '],"remove":[';
    yield* numbers(bot.remove, voice);
    yield `],${JSON.stringify(botFacts(bot, voice)).slice(1)}`;
  }
  const faults = (list: readonly Fault[]) =>
    list.map(({ message, place }) => ({
      message: voice.text(message),
      ...(place && { ...place, file: voice.text(place.file) }),
    }));
  const rest = { summary, warnings: faults(report.warnings), errors: faults(report.errors) };
  yield `],${JSON.stringify(rest).slice(1)}\n`;
}

function botFacts(bot: BotReport, voice: Voice) {
  const { unchanged, surplus, addNeedsContact, guard, error, results, notVisible } = bot;
  return {
    unchanged,
    surplus,
    addNeedsContact,
    guard: { tripped: Boolean(guard?.tripped), reason: guard && guardReason(guard), verdict: guard },
    error: error && { message: voice.text(error.message), detail: error.detail ? voice.text(error.detail) : null },
    results: {
      ...results,
      rejected: results.rejected.map(({ number, direction, reason }) => ({
        number: voice.number(number),
        direction,
        reason: voice.text(reason),
      })),
    },
    notVisible,
  };
}

function* numbers(list: NumberList, voice: Voice): Generator<string> {
  const size = 1000; // a piece stays small however long the list is
  for (let from = 0; from < list.size; from += size) {
    const part = Array.from(list.values.slice(from, from + size), (number) => `"${voice.number(number)}"`);
    yield (from > 0 ? ',' : '') + part.join(',');
  }
}
