import validate from '../../generated/validate-report.js';
import type { BotAnswer, Explained, History, HistoryEvent, ReportedDeclaration } from '../../model/answer.ts';
import type { Cause, Sides, Since } from '../../model/compared.ts';
import { InvalidError } from '../../model/errors.ts';
import type { Fault, Place } from '../../model/fault.ts';
import type { Requests, Withheld } from '../../model/ledger.ts';
import { type Counts, NO_COUNTS } from '../../model/plan.ts';
import type { BaseUrlOverride, CheckedBot, FileReport, ListReport, Report } from '../../model/report.ts';
import type { WarningCode, WordedWarning } from '../../model/warnings.ts';
import { mapParts, type WholeBot } from '../words/changes.ts';
import { shellWord } from '../words/text.ts';
import { type RawLedger, readLedger } from './ledger.ts';
import { type RawMemory, readMemory } from './memory.ts';
import { readList, readNumber } from './numbers.ts';

/** The fields of `schemas/report.schema.json` that are read. Each command has some of them. */
interface RawReport extends Pick<Report, 'command' | 'outcome' | 'interrupted' | 'run'> {
  /** Set by list --live. */
  readonly live?: true;
  readonly stage: 'desired' | 'plan' | 'result';
  readonly addsOnly?: true;
  readonly fingerprint: string | null;
  readonly bots: readonly RawBot[];
  readonly leftBots?: readonly CheckedBot[];
  readonly firstRun?: true;
  readonly unsettled?: true;
  readonly files: readonly FileReport[];
  readonly next: readonly string[];
  readonly entries?: readonly object[];
  readonly past?: NonNullable<ListReport['past']>;
  readonly explained: {
    readonly number: string;
    readonly bots: readonly RawAnswer[];
    readonly history?: RawHistory;
  } | null;
  readonly elsewhere?: readonly BaseUrlOverride[];
  readonly savedPlan?: { readonly made: string; readonly ageSeconds: number };
  readonly summary?: { readonly requests: Requests };
  readonly warnings: readonly (RawFault & WordedWarning)[];
  readonly errors: readonly RawFault[];
}

type RawSides = { readonly [Side in keyof Sides]: readonly string[] };

/** A bot of any command. */
interface RawBot extends Omit<WholeBot, keyof Sides | Replaced>, RawSides, Counts {
  readonly results: RawLedger;
  readonly causes: readonly (Omit<Cause, 'numbers'> & { readonly numbers: readonly string[] })[];
  readonly guard: { readonly verdict: WholeBot['guard']; readonly overriddenBy?: string };
  readonly since: { readonly [Part in keyof Since]: RawSides } | null;
  readonly memory?: RawMemory | null;
  readonly hidden?: readonly string[];
  readonly numbers?: readonly string[];
  readonly ways?: readonly ReportedDeclaration[];
}

type Replaced =
  | 'hidden'
  | 'causes'
  | 'counts'
  | 'guard'
  | 'approvedBy'
  | 'since'
  | 'memory'
  | 'declarations'
  | 'results';

interface RawAnswer extends Omit<BotAnswer, 'guard' | 'live' | 'declarations'> {
  readonly ways: readonly ReportedDeclaration[];
  readonly guard: RawBot['guard'];
  readonly live: readonly string[] | null;
}

interface RawHistory extends Pick<History, 'commits'> {
  readonly shallow: boolean;
  readonly uncommitted?: readonly string[];
  readonly unread: (Omit<NonNullable<History['unread']>, 'why'> & { readonly why: RawFault }) | null;
  readonly bots: readonly {
    readonly id: string;
    readonly events: readonly (Omit<HistoryEvent, 'declarations'> & Pick<RawAnswer, 'ways'>)[];
  }[];
}

type RawFault = Fault & Partial<Place> & { readonly code?: WarningCode };

/** Reads the report that an earlier run wrote as JSON. Masked numbers stay text. */
export function parseReport(name: string, text: string): Report {
  const raw = checked(name, text);
  const { command, outcome, interrupted, run = null } = raw;
  const warnings = raw.warnings.map((warning) => ({ ...readFault(warning), code: warning.code }));
  const report = {
    command,
    outcome,
    interrupted,
    run,
    ...contentsOf(raw),
    warnings,
    errors: raw.errors.map(readFault),
  };
  return report as Report; // the schema checks the outcomes of each command
}

function contentsOf(raw: RawReport) {
  const { command, outcome, stage, fingerprint, bots = [], leftBots, files = [], entries = [], explained } = raw;
  // A run that ended early has no contents. A check without bots has none either, but did not fail.
  const empty = stage === undefined ? bots.length + files.length === 0 && !explained : stage === 'desired';
  if (empty && ['failed', 'stale', 'invalid'].includes(outcome)) return { kind: 'failure' };
  const online = { requests: raw.summary?.requests, overrides: raw.elsewhere ?? [] };
  if (command === 'validate') return { kind: 'check', bots };
  if (command === 'list') {
    return raw.live
      ? { kind: 'live', bots: bots.map(readNumbers), ...online }
      : { kind: 'list', bots: bots.map(readNumbers), ...(raw.past && { past: raw.past }) };
  }
  if (command === 'explain') return { kind: 'answer', explained: readExplained(explained!), ...online };
  if (command === 'fmt') return { kind: 'format', files };
  if (command === 'add' || command === 'remove') return { kind: 'edit', files, entries };
  if (command === 'init') return { kind: 'init', files, next: raw.next };
  if (command === 'import') return { kind: 'import', files, bots: bots.map(readNumbers), ...online };
  const { made, ageSeconds } = raw.savedPlan ?? {};
  const saved = made !== undefined && { saved: { made, age: ageSeconds } };
  const { addsOnly } = raw;
  const comparison = { ...(addsOnly && { addsOnly }), fingerprint, ...online, ...saved, bots: bots.map(readCompared) };
  if (stage === 'result') return { kind: 'result', ...comparison };
  const { firstRun, unsettled } = raw;
  if (command === 'drift')
    return { kind: 'drift', ...comparison, ...(firstRun && { firstRun }), ...(unsettled && { unsettled }) };
  const planned = comparison.bots.map(({ results, ...bot }) => bot); // the state implies them
  const state = command === 'apply' ? 'skipped' : 'open';
  return { kind: 'plan', ...comparison, bots: planned, state, ...(leftBots && { leftBots }) };
}

function checked(name: string, text: string): RawReport {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new InvalidError(`${name}: is not a complete JSON document; create the report again`);
  }
  if (validate(content)) return content as RawReport;
  const [error] = validate.errors ?? [];
  const isPlan = (content as { kind?: unknown } | null)?.kind === 'blacklistctl-plan';
  if (isPlan)
    throw new InvalidError(
      `${name}: is a saved plan, not a report; to show it, run: blacklistctl show ${shellWord(name)}`,
    );
  const where = error?.instancePath || 'the document';
  throw new InvalidError(
    `${name}: is not a report of --report or --format json (${where} ${error?.message}); create it again`,
  );
}

function readExplained({ number, bots, history }: NonNullable<RawReport['explained']>): Explained {
  const answers = bots.map(({ ways, mayWithhold, ...bot }) => ({
    ...bot,
    declarations: ways.map(readDeclaration),
    rules: bot.rules.map(({ prefix, ...rule }) => ({ ...rule, ...(prefix && { prefix: prefix.replace('+', '') }) })),
    protection: bot.protection.map(readDeclaration),
    live: bot.live?.map(readNumber) ?? null,
    ...(mayWithhold && { mayWithhold: mayWithhold.map(readWithheld) }),
    guard: bot.guard.verdict,
  }));
  return { number: readNumber(number), bots: answers, ...(history && { history: readHistory(history) }) };
}

function readHistory({ bots, commits, shallow, uncommitted = [], unread }: RawHistory): History {
  const read = bots.map(({ id, events }) => ({
    id,
    events: events.map(({ ways, ...event }) => ({ ...event, declarations: ways.map(readDeclaration) })),
  }));
  return {
    bots: read,
    commits,
    isShallow: shallow,
    uncommitted,
    unread: unread && { ...unread, why: readFault(unread.why) },
  };
}

const readNumbered = <T extends { readonly number: number | string }>(each: T) => {
  return { ...each, number: readNumber(String(each.number)) };
};

const readWithheld = (each: Withheld): Withheld =>
  readNumbered({ ...each, declared: readNumber(String(each.declared)) });

function readDeclaration(way: ReportedDeclaration): ReportedDeclaration {
  const { waId } = way.entry;
  return readNumbered({
    ...way,
    entry: { ...way.entry, ...(waId !== undefined && { waId: readNumber(String(waId)) }) },
  });
}

/** A bot of list or import. */
const readNumbers = ({ numbers, ways, ...bot }: RawBot) => ({
  ...bot,
  ...(numbers && { numbers: readList(numbers) }),
  ...(ways && { declarations: ways.map(readDeclaration) }),
});

function readCompared({
  ways,
  causes,
  reasons,
  mayWithhold,
  guard,
  since,
  memory,
  hidden,
  results,
  listedAs,
  ...facts
}: RawBot): WholeBot {
  const { rejected, withheldNumbers = [] } = results;
  const numbers = { rejected: rejected.map(readNumbered), withheldNumbers: withheldNumbers.map(readWithheld) };
  const isCount = ([key]: readonly [string, unknown]) => Object.hasOwn(NO_COUNTS, key) || key === 'postponed';
  const counts = Object.fromEntries(Object.entries(facts).filter(isCount)) as unknown as Counts;
  const others = Object.fromEntries(Object.entries(facts).filter((fact) => !isCount(fact)));
  const bot = others as unknown as Omit<typeof facts, keyof Counts>;
  const sides = readSides(bot);
  return {
    ...bot,
    ...sides,
    causes: causes.map((cause) => ({ ...cause, numbers: readList(cause.numbers) })),
    counts,
    ...(reasons && { reasons: reasons.map(readNumbered) }),
    ...(mayWithhold && { mayWithhold: mayWithhold.map(readWithheld) }),
    guard: guard.verdict,
    ...(guard.overriddenBy !== undefined && { approvedBy: guard.overriddenBy }),
    results: readLedger({ ...results, ...numbers }, sides),
    since: since && mapParts((part) => readSides(since[part])),
    ...(memory !== undefined && { memory: memory && readMemory(memory) }),
    ...(hidden && { hidden: readList(hidden) }),
    ...(listedAs && {
      listedAs: listedAs.map((each) => readNumbered({ ...each, waId: readNumber(String(each.waId)) })),
    }),
    ...(ways && { declarations: ways.map(readDeclaration) }),
  };
}

const readSides = ({ add, remove }: RawSides): Sides => ({ add: readList(add), remove: readList(remove) });

function readFault({ message, detail, code, file, line, column }: RawFault): Fault | WordedWarning {
  const place = file !== undefined && line !== undefined && column !== undefined && { place: { file, line, column } };
  return { message, ...(detail && { detail }), ...(code && { code }), ...place };
}
