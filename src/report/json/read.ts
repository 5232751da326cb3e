import validate from '../../generated/validate-report.js';
import type { BotAnswer, Explained, ReportedDeclaration } from '../../model/answer.ts';
import { InvalidError } from '../../model/errors.ts';
import type { Fault, Place } from '../../model/fault.ts';
import type { Requests } from '../../model/ledger.ts';
import { type Counts, NO_COUNTS } from '../../model/plan.ts';
import type {
  AppliedBot,
  BaseUrlOverride,
  Cause,
  CheckedBot,
  ComparedBot,
  DriftedBot,
  FileReport,
  ImportedBot,
  ListedBot,
  NumberList,
  Outcome,
  PlannedBot,
  Report,
  Sides,
  Since,
} from '../../model/report.ts';
import type { WarningCode, WordedWarning } from '../../model/warnings.ts';
import { parseMsisdn } from '../../numbers/msisdn.ts';
import { mapParts } from '../words/since.ts';

/** A JSON report of `schemas/report.schema.json`, as far as it is read here. Each command has some of the fields. */
interface RawReport {
  readonly command: string;
  readonly stage: 'desired' | 'plan' | 'result';
  readonly fingerprint: string | null;
  readonly outcome: Outcome;
  readonly interrupted: boolean;
  readonly bots: readonly RawBot[];
  readonly files: readonly FileReport[];
  readonly next: readonly string[];
  readonly explained: { readonly number: string; readonly bots: readonly RawAnswer[] } | null;
  readonly elsewhere?: readonly BaseUrlOverride[];
  readonly summary?: { readonly requests: Requests };
  readonly warnings: readonly (RawFault & WordedWarning)[];
  readonly errors: readonly RawFault[];
}

interface RawSides {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** A bot of any command. */
interface RawBot
  extends Omit<CheckedBot & ImportedBot & PlannedBot & AppliedBot, keyof Sides | Counted | 'numbers'>,
    RawSides,
    Counts {
  readonly causes: readonly (Omit<Cause, 'numbers'> & { readonly numbers: readonly string[] })[];
  readonly guard: { readonly verdict: ComparedBot['guard'] };
  readonly since: { readonly [Part in keyof Since]: RawSides } | null;
  readonly numbers?: readonly string[];
  readonly ways?: readonly ReportedDeclaration[];
}

type Counted = 'causes' | 'counts' | 'guard' | 'declarations';

interface RawAnswer extends Omit<BotAnswer, 'guard' | 'live' | 'declarations'> {
  readonly ways: readonly ReportedDeclaration[];
  readonly guard: RawBot['guard'];
  readonly live: readonly string[] | null;
}

type RawFault = Fault & Partial<Place> & { readonly code?: WarningCode };

/** The report that an earlier run wrote as JSON. Masked numbers stay the text that they are. */
export function parseReport(name: string, text: string): Report {
  const raw = checked(name, text);
  const { command, outcome, interrupted } = raw;
  const warnings = raw.warnings.map((warning) => ({ ...readFault(warning), code: warning.code }));
  const report = { command, outcome, interrupted, ...contentsOf(raw), warnings, errors: raw.errors.map(readFault) };
  return report as Report; // the schema knows the outcomes of each command
}

function contentsOf(raw: RawReport) {
  const {
    command,
    outcome,
    stage,
    fingerprint,
    bots = [],
    files = [],
    next,
    explained,
    elsewhere: overrides = [],
  } = raw;
  // A run that ended early has nothing to show. So has a check of no bots, which is no failure.
  const empty = stage === undefined ? bots.length + files.length === 0 && !explained : stage === 'desired';
  if (empty && ['failed', 'stale', 'invalid'].includes(outcome)) return { kind: 'failure' };
  const online = { requests: raw.summary?.requests, overrides };
  switch (command) {
    case 'validate':
      return { kind: 'check', bots };
    case 'list':
      return { kind: 'list', bots: bots.map(readListed) };
    case 'explain':
      return { kind: 'answer', explained: readExplained(explained!), ...online };
    case 'fmt':
      return { kind: 'format', files };
    case 'init':
      return { kind: 'init', files, next };
    case 'import':
      return { kind: 'import', files, bots: bots.map(readImported), ...online };
  }
  if (stage === 'result') return { kind: 'result', fingerprint, ...online, bots: bots.map(readApplied) };
  if (command === 'drift') return { kind: 'drift', fingerprint, ...online, bots: bots.map(readDrifted) };
  const state = command === 'apply' ? 'skipped' : 'open';
  return { kind: 'plan', fingerprint, ...online, state, bots: bots.map(readPlanned) };
}

function checked(name: string, text: string): RawReport {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new InvalidError(`${name}: is no whole JSON document`);
  }
  if (validate(content)) return content as RawReport;
  const [error] = validate.errors ?? [];
  const where = error?.instancePath || 'the document';
  throw new InvalidError(`${name}: is no report of --format json (${where} ${error?.message})`);
}

function readExplained({ number, bots }: NonNullable<RawReport['explained']>): Explained {
  const answers = bots.map(({ ways, ...bot }) => ({
    ...bot,
    declarations: ways.map(readDeclaration),
    rules: bot.rules.map(({ prefix, ...rule }) => ({ ...rule, ...(prefix && { prefix: prefix.replace('+', '') }) })),
    protection: bot.protection.map(readDeclaration),
    live: bot.live?.map(readNumber) ?? null,
    guard: bot.guard.verdict,
  }));
  return { number: readNumber(number), bots: answers };
}

function readDeclaration(declaration: ReportedDeclaration): ReportedDeclaration {
  return { ...declaration, number: readNumber(String(declaration.number)) };
}

function readListed({ id, numbers, ways }: RawBot): ListedBot {
  return { id, numbers: readList(numbers!), ...(ways && { declarations: ways.map(readDeclaration) }) };
}

function readImported({ id, imported, alreadyThere, error, numbers }: RawBot): ImportedBot {
  return { id, imported, alreadyThere, error, ...(numbers && { numbers: readList(numbers) }) };
}

function readBot(bot: RawBot): ComparedBot {
  const { id, baseUrl, policy, addNeedsContact, error, ways } = bot;
  return {
    ...{ id, baseUrl, policy, addNeedsContact, error },
    ...readSides(bot),
    causes: bot.causes.map(({ numbers, ...cause }) => ({ ...cause, numbers: readList(numbers) })),
    counts: readCounts(bot),
    guard: bot.guard.verdict,
    ...(ways && { declarations: ways.map(readDeclaration) }),
  };
}

const readPlanned = (bot: RawBot): PlannedBot => ({ ...readBot(bot), ...(bot.contact && { contact: bot.contact }) });

function readDrifted(bot: RawBot): DriftedBot {
  const { since } = bot;
  return { ...readBot(bot), since: since && mapParts((part) => readSides(since[part])) };
}

function readApplied(bot: RawBot): AppliedBot {
  const { results, notVisible } = bot;
  const rejected = results.rejected.map((each) => ({ ...each, number: readNumber(String(each.number)) }));
  return { ...readBot(bot), results: { ...results, rejected }, notVisible };
}

function readCounts(bot: Counts): Counts {
  const keys = Object.keys(NO_COUNTS) as (keyof Counts)[];
  return Object.fromEntries(keys.map((key) => [key, bot[key]])) as unknown as Counts;
}

function readSides({ add, remove }: RawSides): Sides {
  return { add: readList(add), remove: readList(remove) };
}

function readList(texts: readonly string[]): NumberList {
  return { size: texts.length, values: texts.map(readNumber) };
}

/** A masked number stays the text that it is. */
function readNumber(text: string): number | string {
  const number = parseMsisdn(text);
  return typeof number === 'number' ? number : text;
}

function readFault({ message, code, file, line, column }: RawFault): Fault | WordedWarning {
  const place = file !== undefined && line !== undefined && column !== undefined && { place: { file, line, column } };
  return { message, ...(code && { code }), ...place };
}
