import type { Explained, ReportedDeclaration, ReportedRule } from '../../model/answer.ts';
import type { Problem } from '../../model/failure.ts';
import type { Place } from '../../model/fault.ts';
import type { Failure, Rejection, Requests } from '../../model/ledger.ts';
import {
  type BaseUrlOverride,
  type ComparedBot,
  type FailureReport,
  type FileReport,
  isComparison,
  type NumberList,
  type Report,
  type Sides,
} from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { long, pieces } from '../voice/json.ts';
import { type WholeBot, wholeBots } from '../words/changes.ts';
import { failureWords, worded } from '../words/faults.ts';
import { guardReason } from '../words/guard.ts';
import { isHidden, reportedEntry } from '../words/provenance.ts';
import { countSince, mapParts } from '../words/since.ts';
import { totals } from '../words/summary.ts';
import { address, sum } from '../words/text.ts';

/** One JSON document (`schemas/report.schema.json`), which has the fields of its command. */
export function* json(report: Report, { clean }: { readonly clean: Sanitizer }): Generator<string> {
  const { command, outcome, interrupted, warnings, errors } = report;
  yield* pieces({
    formatVersion: 1,
    command: clean.text(command),
    ...headOf(report),
    outcome,
    interrupted,
    ...(report.kind === 'failure' ? (NOTHING.get(command) ?? NOTHING_COMPARED) : contentsOf(report, clean)),
    warnings: warnings.map((warning) => writeProblem(warning, clean)),
    errors: errors.map((error) => writeProblem(error, clean)),
  });
  yield '\n';
}

const NOT_SENT = { read: 0, write: 0, retries: 0 };

/** What the document of a command contains if the run ended before anything was looked at. */
const NOTHING: ReadonlyMap<string, object> = new Map(
  Object.entries({
    validate: { bots: [] },
    list: { bots: [] },
    explain: { explained: null, summary: { requests: writeRequests(NOT_SENT) } },
    fmt: { files: [] },
    init: { files: [], next: [] },
    import: { files: [], bots: [], summary: { imported: 0, alreadyThere: 0, requests: writeRequests(NOT_SENT) } },
  }),
);

const NOTHING_COMPARED = { bots: [], summary: { ...totals([]), requests: NOT_SENT, since: null } };

function headOf(report: Report) {
  if (report.kind === 'failure') return NOTHING.has(report.command) ? {} : { stage: 'desired', fingerprint: null };
  if (!isComparison(report)) return {};
  return { stage: report.kind === 'result' ? 'result' : 'plan', fingerprint: report.fingerprint };
}

function contentsOf(report: Exclude<Report, FailureReport>, clean: Sanitizer): object {
  switch (report.kind) {
    case 'check':
      return { bots: report.bots };
    case 'list':
      return {
        bots: report.bots.map(({ id, numbers, declarations }) => {
          return { id, numbers: writeNumbers(numbers, clean), ways: writeWays(declarations, clean) };
        }),
      };
    case 'answer': {
      const { explained, requests } = report;
      const summary = { requests: writeRequests(requests) };
      return { ...writeOverrides(report, clean), explained: writeExplained(explained, clean), summary };
    }
    case 'format':
      return { files: report.files.map((file) => writeFile(file, clean)) };
    case 'init':
      return {
        files: report.files.map(({ name }) => ({ name: clean.file(name) })),
        next: report.next.map((line) => clean.text(line)),
      };
    case 'import': {
      const [imported, alreadyThere] = [
        sum(report.bots, (bot) => bot.imported),
        sum(report.bots, (bot) => bot.alreadyThere),
      ];
      return {
        files: report.files.map(({ name, changed }) => ({ name: clean.file(name), changed })),
        bots: report.bots.map(({ error, numbers, ...bot }) => {
          return { ...bot, error: writeFailure(error, clean), numbers: numbers && writeNumbers(numbers, clean) };
        }),
        ...writeOverrides(report, clean),
        summary: { imported, alreadyThere, requests: writeRequests(report.requests) },
      };
    }
    case 'plan':
    case 'drift':
    case 'result': {
      const since = report.kind === 'drift' ? countSince(report.bots) : null;
      return {
        bots: wholeBots(report).map((bot) => writeBot(bot, clean)),
        ...writeOverrides(report, clean),
        summary: { ...totals(report.bots), requests: report.requests, since },
      };
    }
  }
}

function writeBot(bot: WholeBot, clean: Sanitizer) {
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
    ways: writeWays(bot.declarations, clean),
  };
}

/** Where the run went instead of to the bots' own API; no field if it did not. */
function writeOverrides({ overrides }: { readonly overrides: readonly BaseUrlOverride[] }, clean: Sanitizer) {
  if (overrides.length === 0) return {};
  return { elsewhere: overrides.map(({ origin, by }) => ({ origin: address(origin, clean), by })) };
}

/** Of a run that cannot write. */
function writeRequests({ read, retries }: Omit<Requests, 'write'>) {
  return { read, retries };
}

const writeSides = ({ add, remove }: Sides, clean: Sanitizer) => ({
  add: writeNumbers(add, clean),
  remove: writeNumbers(remove, clean),
});

const writeWays = (declarations: readonly ReportedDeclaration[] | undefined, clean: Sanitizer) =>
  declarations && long(declarations, (each) => writeDeclaration(each, clean));

const writeNumbers = ({ values }: NumberList, clean: Sanitizer) => long(values, clean.number);

/** Empty if no cause is known: causes repeat every number. */
function writeCauses({ causes }: ComparedBot, clean: Sanitizer) {
  if (causes.every(({ origin, reason }) => origin === null && reason === null)) return [];
  return causes.map((cause) => ({ ...cause, numbers: writeNumbers(cause.numbers, clean) }));
}

/** Why the guard refuses a bot, and why its list could not be read or written. */
function writeEnd({ guard, error }: Pick<ComparedBot, 'guard' | 'error'>, clean: Sanitizer) {
  return {
    guard: { tripped: Boolean(guard?.tripped), reason: guard && guardReason(guard), verdict: guard },
    error: writeFailure(error, clean),
  };
}

const writeFailure = (error: Failure | null, clean: Sanitizer) =>
  error && { message: failureWords(error, clean), detail: error.detail ? clean.text(error.detail) : null };

const writeRejection = ({ number, direction, reason }: Rejection, clean: Sanitizer) => ({
  number: clean.number(number),
  direction,
  reason: clean.text(reason),
});

function writeProblem(problem: Problem, clean: Sanitizer) {
  const { code, message, place } = worded(problem, clean);
  return { code, message, ...(place && writePlace(place, clean)) };
}

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
