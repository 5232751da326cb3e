import type { Explained, ReportedDeclaration, ReportedRule } from '../../model/answer.ts';
import type { Fault, Place } from '../../model/fault.ts';
import type { Rejection } from '../../model/ledger.ts';
import type { BotReport, FileReport, NumberList, Report, Sides } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { long, pieces } from '../voice/json.ts';
import { guardReason } from '../words/guard.ts';
import { isHidden, reportedEntry } from '../words/provenance.ts';
import { countSince, mapParts } from '../words/since.ts';
import { totals } from '../words/summary.ts';
import { address } from '../words/text.ts';

/** One JSON document (`schemas/report.schema.json`). */
export function* json(report: Report, { voice: clean }: { readonly voice: Sanitizer }): Generator<string> {
  const { stage, fingerprint, outcome, interrupted, bots, requests, overrides = [], explained } = report;
  const facts = { stage, fingerprint, outcome, interrupted };
  const places = overrides.map(({ origin, by }) => ({ origin: address(origin, clean), by }));
  yield* pieces({
    formatVersion: 1,
    command: clean.text(report.command),
    ...facts,
    bots: bots.map((bot) => writeBot(bot, clean)),
    elsewhere: places.length > 0 ? places : undefined,
    explained: explained && writeExplained(explained, clean),
    next: report.next?.map((line) => clean.text(line)),
    summary: { ...totals(bots), requests, since: countSince(bots) },
    warnings: report.warnings.map((warning) => writeFault(warning, clean)),
    errors: report.errors.map((error) => writeFault(error, clean)),
    files: report.files?.map((file) => writeFile(file, clean)),
  });
  yield '\n';
}

function writeBot(bot: BotReport, clean: Sanitizer) {
  const { policy, counts, addNeedsContact, contact, since } = bot;
  return {
    id: bot.id,
    baseUrl: address(bot.baseUrl, clean),
    policy,
    ...writeSides(bot, clean),
    causes: writeCauses(bot, clean),
    ...counts,
    addNeedsContact,
    contact,
    ...writeEnd(bot, clean),
    results: { ...bot.results, rejected: long(bot.results.rejected, (each) => writeRejection(each, clean)) },
    notVisible: bot.notVisible,
    since: since && mapParts((part) => writeSides(since[part], clean)),
    numbers: bot.numbers && writeNumbers(bot.numbers, clean),
    ways: bot.declarations && long(bot.declarations, (each) => writeDeclaration(each, clean)),
  };
}

const writeSides = ({ add, remove }: Sides, clean: Sanitizer) => ({
  add: writeNumbers(add, clean),
  remove: writeNumbers(remove, clean),
});

const writeNumbers = ({ values }: NumberList, clean: Sanitizer) => long(values, clean.number);

/** Empty if no cause is known: causes repeat every number. */
function writeCauses({ causes }: BotReport, clean: Sanitizer) {
  if (causes.every(({ origin, reason }) => origin === null && reason === null)) return [];
  return causes.map((cause) => ({ ...cause, numbers: writeNumbers(cause.numbers, clean) }));
}

/** Why the guard refuses a bot, and why its list could not be read or written. */
function writeEnd({ guard, error }: Pick<BotReport, 'guard' | 'error'>, clean: Sanitizer) {
  return {
    guard: { tripped: Boolean(guard?.tripped), reason: guard && guardReason(guard), verdict: guard },
    error: error && { message: clean.text(error.message), detail: error.detail ? clean.text(error.detail) : null },
  };
}

const writeRejection = ({ number, direction, reason }: Rejection, clean: Sanitizer) => ({
  number: clean.number(number),
  direction,
  reason: clean.text(reason),
});

const writeFault = ({ code, message, place }: Fault, clean: Sanitizer) => ({
  code,
  message: clean.text(message),
  ...(place && writePlace(place, clean)),
});

const writePlace = (place: Place, clean: Sanitizer) => ({ ...place, file: clean.file(place.file) });

function writeFile({ name, changed, hunks }: FileReport, clean: Sanitizer) {
  const clear = (line: string) => line.slice(0, 1) + clean.source(line.slice(1));
  return { name: clean.file(name), changed, hunks: hunks.map((hunk) => ({ ...hunk, lines: long(hunk.lines, clear) })) };
}

function writeExplained({ number, bots }: Explained, clean: Sanitizer) {
  return {
    number: clean.number(number),
    bots: bots.map(({ declarations, rules, protection, live, guard, error, ...facts }) => ({
      ...facts,
      ways: declarations.map((each) => writeDeclaration(each, clean)),
      rules: rules.map((rule) => writeRule(rule, clean)),
      protection: protection.map((each) => writeDeclaration(each, clean)),
      live: live?.map((each) => clean.number(each)) ?? null,
      ...writeEnd({ guard, error }, clean),
    })),
  };
}

function writeDeclaration(declaration: ReportedDeclaration, clean: Sanitizer) {
  const { number, list, listOwner, place, encrypted } = declaration;
  return {
    number: clean.number(number),
    list: list && clean.text(list),
    listOwner: listOwner === undefined || isHidden(declaration, clean) ? undefined : clean.text(listOwner),
    place: writePlace(place, clean),
    entry: reportedEntry(declaration, clean),
    encrypted,
  };
}

function writeRule(rule: ReportedRule, clean: Sanitizer) {
  const { place, prefix, reason, until, past, encrypted } = rule;
  return {
    place: writePlace(place, clean),
    prefix: prefix === undefined ? undefined : clean.text(`+${prefix}`),
    reason: reason === undefined || isHidden(rule, clean) ? undefined : clean.text(reason),
    until,
    past,
    encrypted,
  };
}
