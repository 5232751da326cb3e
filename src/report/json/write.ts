import type { Fault } from '../../model/fault.ts';
import type {
  BotReport,
  Explained,
  FileReport,
  NumberList,
  Report,
  ReportedDeclaration,
  ReportedRule,
  Sides,
} from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { guardReason } from '../words/guard.ts';
import { isHidden, tellEntry } from '../words/provenance.ts';
import { countSince, PARTS } from '../words/since.ts';
import { address } from '../words/text.ts';

/** One JSON document (`schemas/report.schema.json`). Lists are written piece by piece. */
export function* json(report: Report, { voice }: { readonly voice: Sanitizer }): Generator<string> {
  const { command, stage, fingerprint, outcome, interrupted, bots, requests } = report;
  const sum = (of: (bot: BotReport) => number) => bots.reduce((total, bot) => total + of(bot), 0);
  const summary = {
    add: sum((bot) => bot.add.size),
    remove: sum((bot) => bot.remove.size),
    unchanged: sum((bot) => bot.unchanged),
    requests,
    since: countSince(bots),
  };
  yield `${JSON.stringify({ formatVersion: 1, command: voice.text(command), stage, fingerprint, outcome, interrupted }).slice(0, -1)},"bots":[`;
  for (const [index, bot] of bots.entries()) {
    const baseUrl = address(bot.baseUrl, voice);
    yield `${index > 0 ? ',' : ''}${JSON.stringify({ id: bot.id, baseUrl, policy: bot.policy }).slice(0, -1)},`;
    yield* sides(bot, voice);
    yield ',"causes":[';
    yield* causes(bot, voice);
    yield `],${JSON.stringify(botFacts(bot, voice)).slice(1, -1)},"since":`;
    yield* since(bot, voice);
    if (bot.numbers) {
      yield ',"numbers":[';
      yield* numbers(bot.numbers, voice);
      yield ']';
    }
    if (bot.declarations) {
      yield ',"ways":[';
      for (const [at, way] of bot.declarations.entries())
        yield (at > 0 ? ',' : '') + JSON.stringify(tellWay(way, voice));
      yield ']';
    }
    yield '}';
  }
  const faults = (list: readonly Fault[]) =>
    list.map(({ code, message, place }) => ({
      ...(code && { code }),
      message: voice.text(message),
      ...(place && { ...place, file: voice.file(place.file) }),
    }));
  const { overrides = [] } = report;
  const rest = {
    ...(overrides.length > 0 && {
      elsewhere: overrides.map(({ origin, by }) => ({ origin: address(origin, voice), by })),
    }),
    ...(report.explained && { explained: tellExplained(report.explained, voice) }),
    ...(report.next && { next: report.next.map((line) => voice.text(line)) }),
    summary,
    warnings: faults(report.warnings),
    errors: faults(report.errors),
  };
  yield `],${JSON.stringify(rest).slice(1, -1)}`;
  if (report.files) yield* files(report.files, voice);
  yield '}\n';
}

function* files(list: readonly FileReport[], voice: Sanitizer): Generator<string> {
  yield ',"files":[';
  for (const [index, { name, changed, hunks }] of list.entries()) {
    const facts = JSON.stringify({ name: voice.file(name), changed }).slice(0, -1);
    yield `${index > 0 ? ',' : ''}${facts},"hunks":[`;
    for (const [at, { lines, ...place }] of hunks.entries()) {
      yield `${at > 0 ? ',' : ''}${JSON.stringify(place).slice(0, -1)},"lines":[`;
      for (const [n, line] of lines.entries()) {
        yield `${n > 0 ? ',' : ''}${JSON.stringify(line.slice(0, 1) + voice.source(line.slice(1)))}`;
      }
      yield ']}';
    }
    yield ']}';
  }
  yield ']';
}

function tellWay(way: ReportedDeclaration, voice: Sanitizer) {
  const { number, list, listOwner, place, encrypted } = way;
  return {
    number: voice.number(number),
    list: list && voice.text(list),
    ...(listOwner !== undefined && !isHidden(way, voice) && { listOwner: voice.text(listOwner) }),
    ...tellPlace(place, voice),
    entry: tellEntry(way, voice),
    encrypted,
  };
}

function tellRule(rule: ReportedRule, voice: Sanitizer) {
  const { place, prefix, reason, until, past, encrypted } = rule;
  return {
    ...tellPlace(place, voice),
    ...(prefix !== undefined && { prefix: voice.text(`+${prefix}`) }),
    ...(reason !== undefined && !isHidden(rule, voice) && { reason: voice.text(reason) }),
    ...(until !== undefined && { until }),
    past,
    encrypted,
  };
}

const tellPlace = (place: ReportedDeclaration['place'], voice: Sanitizer) => ({
  place: { ...place, file: voice.file(place.file) },
});

function tellExplained({ number, bots }: Explained, voice: Sanitizer) {
  return {
    number: voice.number(number),
    bots: bots.map(({ declarations, rules, protection, live, guard, error, ...facts }) => ({
      ...facts,
      ways: declarations.map((way) => tellWay(way, voice)),
      rules: rules.map((rule) => tellRule(rule, voice)),
      protection: protection.map((way) => tellWay(way, voice)),
      live: live?.map((each) => voice.number(each)) ?? null,
      guard: tellGuard(guard),
      error: tellFailure(error, voice),
    })),
  };
}

const tellGuard = (guard: BotReport['guard']) => ({
  tripped: Boolean(guard?.tripped),
  reason: guard && guardReason(guard),
  verdict: guard,
});

const tellFailure = (error: BotReport['error'], voice: Sanitizer) =>
  error && { message: voice.text(error.message), detail: error.detail ? voice.text(error.detail) : null };

function botFacts(bot: BotReport, voice: Sanitizer) {
  const { unchanged, surplus, ignored, missing, addNeedsContact, contact, guard, error, results, notVisible } = bot;
  return {
    unchanged,
    surplus,
    ignored,
    protected: bot.protected,
    missing,
    addNeedsContact,
    ...(contact && { contact }),
    guard: tellGuard(guard),
    error: tellFailure(error, voice),
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

/** Only where there is something to say: they hold every number once more. */
function* causes({ causes: all }: BotReport, voice: Sanitizer): Generator<string> {
  if (all.every(({ origin, reason }) => origin === null && reason === null)) return;
  for (const [index, { numbers: list, ...cause }] of all.entries()) {
    yield `${index > 0 ? ',' : ''}${JSON.stringify(cause).slice(0, -1)},"numbers":[`;
    yield* numbers(list, voice);
    yield ']}';
  }
}

function* since({ since }: BotReport, voice: Sanitizer): Generator<string> {
  if (since === null) return yield 'null';
  for (const [index, part] of PARTS.entries()) {
    yield `${index > 0 ? ',' : '{'}"${part}":{`;
    yield* sides(since[part], voice);
    yield '}';
  }
  yield '}';
}

function* sides({ add, remove }: Sides, voice: Sanitizer): Generator<string> {
  yield '"add":[';
  yield* numbers(add, voice);
  yield '],"remove":[';
  yield* numbers(remove, voice);
  yield ']';
}

function* numbers(list: NumberList, voice: Sanitizer): Generator<string> {
  const size = 1000; // a piece stays small however long the list is
  for (let from = 0; from < list.size; from += size) {
    const part = Array.from(list.values.slice(from, from + size), (number) => `"${voice.number(number)}"`);
    yield (from > 0 ? ',' : '') + part.join(',');
  }
}
