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
import { isHidden, reportedEntry } from '../words/provenance.ts';
import { countSince, PARTS } from '../words/since.ts';
import { address } from '../words/text.ts';

/** One JSON document (`schemas/report.schema.json`). Lists are written piece by piece. */
export function* json(report: Report, { voice: clean }: { readonly voice: Sanitizer }): Generator<string> {
  const { command, stage, fingerprint, outcome, interrupted, bots, requests } = report;
  const sum = (of: (bot: BotReport) => number) => bots.reduce((total, bot) => total + of(bot), 0);
  const summary = {
    add: sum((bot) => bot.add.size),
    remove: sum((bot) => bot.remove.size),
    unchanged: sum((bot) => bot.unchanged),
    requests,
    since: countSince(bots),
  };
  yield `${JSON.stringify({ formatVersion: 1, command: clean.text(command), stage, fingerprint, outcome, interrupted }).slice(0, -1)},"bots":[`;
  for (const [index, bot] of bots.entries()) {
    const baseUrl = address(bot.baseUrl, clean);
    yield `${index > 0 ? ',' : ''}${JSON.stringify({ id: bot.id, baseUrl, policy: bot.policy }).slice(0, -1)},`;
    yield* sides(bot, clean);
    yield ',"causes":[';
    yield* causes(bot, clean);
    yield `],${JSON.stringify(botFacts(bot, clean)).slice(1, -1)},"since":`;
    yield* since(bot, clean);
    if (bot.numbers) {
      yield ',"numbers":[';
      yield* numbers(bot.numbers, clean);
      yield ']';
    }
    if (bot.declarations) {
      yield ',"ways":[';
      for (const [at, declaration] of bot.declarations.entries())
        yield (at > 0 ? ',' : '') + JSON.stringify(writeDeclaration(declaration, clean));
      yield ']';
    }
    yield '}';
  }
  const faults = (list: readonly Fault[]) =>
    list.map(({ code, message, place }) => ({
      ...(code && { code }),
      message: clean.text(message),
      ...(place && { ...place, file: clean.file(place.file) }),
    }));
  const { overrides = [] } = report;
  const rest = {
    ...(overrides.length > 0 && {
      elsewhere: overrides.map(({ origin, by }) => ({ origin: address(origin, clean), by })),
    }),
    ...(report.explained && { explained: writeExplained(report.explained, clean) }),
    ...(report.next && { next: report.next.map((line) => clean.text(line)) }),
    summary,
    warnings: faults(report.warnings),
    errors: faults(report.errors),
  };
  yield `],${JSON.stringify(rest).slice(1, -1)}`;
  if (report.files) yield* files(report.files, clean);
  yield '}\n';
}

function* files(list: readonly FileReport[], clean: Sanitizer): Generator<string> {
  yield ',"files":[';
  for (const [index, { name, changed, hunks }] of list.entries()) {
    const facts = JSON.stringify({ name: clean.file(name), changed }).slice(0, -1);
    yield `${index > 0 ? ',' : ''}${facts},"hunks":[`;
    for (const [at, { lines, ...place }] of hunks.entries()) {
      yield `${at > 0 ? ',' : ''}${JSON.stringify(place).slice(0, -1)},"lines":[`;
      for (const [n, line] of lines.entries()) {
        yield `${n > 0 ? ',' : ''}${JSON.stringify(line.slice(0, 1) + clean.source(line.slice(1)))}`;
      }
      yield ']}';
    }
    yield ']}';
  }
  yield ']';
}

function writeDeclaration(declaration: ReportedDeclaration, clean: Sanitizer) {
  const { number, list, listOwner, place, encrypted } = declaration;
  return {
    number: clean.number(number),
    list: list && clean.text(list),
    ...(listOwner !== undefined && !isHidden(declaration, clean) && { listOwner: clean.text(listOwner) }),
    ...writePlace(place, clean),
    entry: reportedEntry(declaration, clean),
    encrypted,
  };
}

function writeRule(rule: ReportedRule, clean: Sanitizer) {
  const { place, prefix, reason, until, past, encrypted } = rule;
  return {
    ...writePlace(place, clean),
    ...(prefix !== undefined && { prefix: clean.text(`+${prefix}`) }),
    ...(reason !== undefined && !isHidden(rule, clean) && { reason: clean.text(reason) }),
    ...(until !== undefined && { until }),
    past,
    encrypted,
  };
}

const writePlace = (place: ReportedDeclaration['place'], clean: Sanitizer) => ({
  place: { ...place, file: clean.file(place.file) },
});

function writeExplained({ number, bots }: Explained, clean: Sanitizer) {
  return {
    number: clean.number(number),
    bots: bots.map(({ declarations, rules, protection, live, guard, error, ...facts }) => ({
      ...facts,
      ways: declarations.map((each) => writeDeclaration(each, clean)),
      rules: rules.map((rule) => writeRule(rule, clean)),
      protection: protection.map((each) => writeDeclaration(each, clean)),
      live: live?.map((each) => clean.number(each)) ?? null,
      guard: writeGuard(guard),
      error: writeFailure(error, clean),
    })),
  };
}

const writeGuard = (guard: BotReport['guard']) => ({
  tripped: Boolean(guard?.tripped),
  reason: guard && guardReason(guard),
  verdict: guard,
});

const writeFailure = (error: BotReport['error'], clean: Sanitizer) =>
  error && { message: clean.text(error.message), detail: error.detail ? clean.text(error.detail) : null };

function botFacts(bot: BotReport, clean: Sanitizer) {
  const { unchanged, surplus, ignored, missing, addNeedsContact, contact, guard, error, results, notVisible } = bot;
  return {
    unchanged,
    surplus,
    ignored,
    protected: bot.protected,
    missing,
    addNeedsContact,
    ...(contact && { contact }),
    guard: writeGuard(guard),
    error: writeFailure(error, clean),
    results: {
      ...results,
      rejected: results.rejected.map(({ number, direction, reason }) => ({
        number: clean.number(number),
        direction,
        reason: clean.text(reason),
      })),
    },
    notVisible,
  };
}

/** Empty if no cause is known: causes repeat every number. */
function* causes({ causes: all }: BotReport, clean: Sanitizer): Generator<string> {
  if (all.every(({ origin, reason }) => origin === null && reason === null)) return;
  for (const [index, { numbers: list, ...cause }] of all.entries()) {
    yield `${index > 0 ? ',' : ''}${JSON.stringify(cause).slice(0, -1)},"numbers":[`;
    yield* numbers(list, clean);
    yield ']}';
  }
}

function* since({ since }: BotReport, clean: Sanitizer): Generator<string> {
  if (since === null) return yield 'null';
  for (const [index, part] of PARTS.entries()) {
    yield `${index > 0 ? ',' : '{'}"${part}":{`;
    yield* sides(since[part], clean);
    yield '}';
  }
  yield '}';
}

function* sides({ add, remove }: Sides, clean: Sanitizer): Generator<string> {
  yield '"add":[';
  yield* numbers(add, clean);
  yield '],"remove":[';
  yield* numbers(remove, clean);
  yield ']';
}

function* numbers(list: NumberList, clean: Sanitizer): Generator<string> {
  const size = 1000; // a piece stays small however long the list is
  for (let from = 0; from < list.size; from += size) {
    const part = Array.from(list.values.slice(from, from + size), (number) => `"${clean.number(number)}"`);
    yield (from > 0 ? ',' : '') + part.join(',');
  }
}
