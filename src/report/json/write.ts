import type { ReportedDeclaration } from '../../model/answer.ts';
import { type ComparedBot, postponedIn, type Sides } from '../../model/compared.ts';
import type { Requests } from '../../model/ledger.ts';
import type { BaseUrlOverride, Comparison, ImportReport, ListReport, LiveReport, Report } from '../../model/report.ts';
import type { ReportedSettings } from '../../model/settings.ts';
import type { Sanitizer } from '../voice/index.ts';
import { long, pieces } from '../voice/json.ts';
import { countSince, mapParts, type WholeBot, wholeBots } from '../words/changes.ts';
import { refusedWords } from '../words/guard.ts';
import { isHidden } from '../words/provenance.ts';
import { totals } from '../words/summary.ts';
import { sum } from '../words/text.ts';
import { named, writeDeclaration, writeExplained, writeFailure, writeGuard, writeProblem } from './answer.ts';
import { writeEntries, writeFiles } from './files.ts';
import { writeLedger, writeListed, writeWithheld } from './ledger.ts';
import { writeMemory } from './memory.ts';
import { writeNumbers } from './numbers.ts';

/** Writes one JSON document (`schemas/report.schema.json`) with the fields of its command. */
export function* json(report: Report, { clean }: { readonly clean: Sanitizer }): Generator<string> {
  const { command, outcome, interrupted, warnings, errors } = report;
  yield* pieces({
    formatVersion: 1,
    command: clean.text(command),
    // Some contents set these two. They come first if set, and are omitted otherwise.
    stage: undefined,
    fingerprint: undefined,
    outcome,
    interrupted,
    run: report.run
      ? { ...report.run, version: clean.text(report.run.version), paths: report.run.paths.map(clean.file) }
      : undefined,
    ...contentsOf(report, clean),
    warnings: warnings.map((warning) => writeProblem(warning, clean)),
    errors: errors.map((error) => writeProblem(error, clean)),
  });
  yield '\n';
}

/** Writes the requests of a run that cannot write. */
const writeRequests = ({ read, retries }: Omit<Requests, 'write'>) => ({ read, retries });
const NOT_SENT = { read: 0, write: 0, retries: 0 };

/** The contents of the document of a command if the run ended before it read a list. */
const NOTHING = new Map<string, object>([
  ['validate', { bots: [] }],
  ['list', { bots: [] }],
  ['explain', { explained: null, summary: { requests: writeRequests(NOT_SENT) } }],
  ['fmt', { files: [] }],
  ['add', { files: [], entries: [] }],
  ['remove', { files: [], entries: [] }],
  ['init', { files: [], next: [] }],
  ['import', { files: [], bots: [], summary: { imported: 0, alreadyThere: 0, requests: writeRequests(NOT_SENT) } }],
]);

const NO_SUMMARY = { ...totals([]), requests: NOT_SENT, since: null };
const NOTHING_COMPARED = { stage: 'desired', fingerprint: null, bots: [], summary: NO_SUMMARY };

function contentsOf(report: Report, clean: Sanitizer): object {
  switch (report.kind) {
    case 'failure':
      return NOTHING.get(report.command) ?? NOTHING_COMPARED;
    case 'check':
      return { bots: report.bots.map((bot) => named(bot, clean)) };
    case 'list':
      return writeList(report, clean);
    case 'live':
      return writeLive(report, clean);
    case 'answer': {
      const summary = { requests: writeRequests(report.requests) };
      return { ...writeOverrides(report, clean), explained: writeExplained(report.explained, clean), summary };
    }
    case 'format':
      return { files: writeFiles(report, clean) };
    case 'edit':
      return { files: writeFiles(report, clean), entries: writeEntries(report, clean) };
    case 'init': {
      const files = report.files.map(({ name }) => ({ name: clean.file(name) }));
      return { files, next: report.next.map(clean.text) };
    }
    case 'import':
      return writeImport(report, clean);
    default:
      return writeComparison(report, clean);
  }
}

function writeList({ bots, past }: ListReport, clean: Sanitizer) {
  return {
    bots: bots.map(({ id, numbers, declarations }) => {
      return { id: clean.name(id), numbers: writeNumbers(numbers, clean), ways: writeWays(declarations, clean) };
    }),
    past: past && { ...past, commit: past.commit && clean.name(past.commit) },
  };
}

function writeLive(report: LiveReport, clean: Sanitizer) {
  const bots = report.bots.map(({ id, baseUrl, numbers, foreign, error }) => {
    const facts = { foreign, error: writeFailure(error, clean) };
    return { id: clean.name(id), baseUrl: clean.url(baseUrl), numbers: writeNumbers(numbers, clean), ...facts };
  });
  return { live: true, bots, ...writeOverrides(report, clean), summary: { requests: writeRequests(report.requests) } };
}

function writeImport(report: ImportReport, clean: Sanitizer) {
  const imported = sum(report.bots, (bot) => bot.imported);
  const alreadyThere = sum(report.bots, (bot) => bot.alreadyThere);
  const files = report.files.map(({ name, changed }) => ({ name: clean.file(name), changed }));
  const bots = report.bots.map(({ error, numbers, ...bot }) => {
    const facts = { error: writeFailure(error, clean), numbers: numbers && writeNumbers(numbers, clean) };
    return { ...named(bot, clean), ...facts };
  });
  const summary = { imported, alreadyThere, requests: writeRequests(report.requests) };
  return { files, bots, ...writeOverrides(report, clean), summary };
}

function writeComparison(report: Comparison, clean: Sanitizer) {
  const { kind, addsOnly, fingerprint, requests, saved } = report;
  const savedPlan = saved && { made: saved.made, ageSeconds: saved.age };
  const bots = wholeBots(report).map((bot) => writeBot(bot, report, clean));
  const since = kind === 'drift' ? countSince(report.bots) : null;
  const postponed = addsOnly && sum<ComparedBot>(report.bots, postponedIn);
  const summary = { ...totals(report.bots), postponed, requests, since };
  const { firstRun, unsettled } = kind === 'drift' ? report : {};
  return {
    stage: kind === 'result' ? 'result' : 'plan',
    addsOnly,
    fingerprint,
    bots,
    savedPlan,
    firstRun,
    unsettled,
    ...writeLeft(report, clean),
    ...writeOverrides(report, clean),
    summary,
  };
}

/** Omits the field if no earlier state of the files is known. */
const writeLeft = (report: Comparison, clean: Sanitizer) =>
  report.kind === 'plan' && report.leftBots ? { leftBots: report.leftBots.map((bot) => named(bot, clean)) } : {};

function writeBot(bot: WholeBot, report: Comparison, clean: Sanitizer) {
  const { policy, counts, addNeedsContact, contact, since, memory } = bot;
  const isCaused = bot.causes.some(({ origin, reason }) => origin !== null || reason !== null);
  const causes = isCaused ? bot.causes : []; // they repeat every number
  return {
    id: clean.name(bot.id),
    baseUrl: clean.url(bot.baseUrl),
    policy,
    ...writeSides(bot, clean),
    causes: causes.map((cause) => ({ ...cause, numbers: writeNumbers(cause.numbers, clean) })),
    ...counts,
    addNeedsContact,
    foreign: bot.foreign,
    contact,
    guard: { ...writeGuard(bot.guard, refusedWords(bot, report)), overriddenBy: bot.approvedBy },
    error: writeFailure(bot.error, clean),
    results: writeLedger(bot.results, clean),
    notVisible: bot.notVisible,
    unverified: writeFailure(bot.unverified, clean),
    settleSeconds: bot.settleSeconds,
    listedAs: bot.listedAs && writeListed(bot.listedAs, clean),
    since: since && mapParts((part) => writeSides(since[part], clean)),
    settings: bot.settings && writeSettings(bot.settings, clean),
    memory: memory && writeMemory(memory, clean),
    hidden: bot.hidden && writeNumbers(bot.hidden, clean),
    reasons: writeReasons(bot.reasons, clean),
    mayWithhold: bot.mayWithhold && writeWithheld(bot.mayWithhold, clean),
    ways: writeWays(bot.declarations, clean),
  };
}

/** Omits reasons of encrypted files if numbers are masked, and the field if no reason is left. */
function writeReasons(reasons: ComparedBot['reasons'], clean: Sanitizer) {
  const shown = reasons?.filter((each) => !isHidden(each, clean)) ?? [];
  if (shown.length === 0) return undefined;
  return long(clean.order(shown), ({ number, reason, encrypted }) => {
    return { number: clean.number(number), reason: clean.note(reason), encrypted };
  });
}

function writeSettings({ place, tokenEnv, ...rest }: ReportedSettings, clean: Sanitizer) {
  const names = Object.entries(tokenEnv).map(([time, name]) => [time, name && clean.text(name)]);
  return { ...rest, place: place.map(clean.text), tokenEnv: Object.fromEntries(names) };
}

/** Writes the base URLs that replaced those of the bots; no field if none did. */
function writeOverrides({ overrides }: { readonly overrides: readonly BaseUrlOverride[] }, clean: Sanitizer) {
  if (overrides.length === 0) return {};
  return { elsewhere: overrides.map(({ origin, by }) => ({ origin: clean.url(origin), by })) };
}

function writeSides({ add, remove }: Sides, clean: Sanitizer) {
  return { add: writeNumbers(add, clean), remove: writeNumbers(remove, clean) };
}

const writeWays = (declarations: readonly ReportedDeclaration[] | undefined, clean: Sanitizer) =>
  declarations && long(clean.order(declarations), (each) => writeDeclaration(each, clean));
