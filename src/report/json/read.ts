import validate from '../../generated/validate-report.js';
import type { Explained, ReportedDeclaration } from '../../model/answer.ts';
import { InvalidError } from '../../model/errors.ts';
import type { Fault, Place, Warning } from '../../model/fault.ts';
import type { Requests } from '../../model/ledger.ts';
import { type Counts, NO_COUNTS } from '../../model/plan.ts';
import type { BotReport, Cause, NumberList, Report, Sides, Since } from '../../model/report.ts';
import { parseMsisdn } from '../../numbers/msisdn.ts';
import { mapParts } from '../words/since.ts';

/** A JSON report of `schemas/report.schema.json`, as far as it is read here. */
interface RawReport extends Omit<Report, 'bots' | 'explained' | 'overrides' | 'requests' | 'warnings' | 'errors'> {
  readonly explained?: { readonly number: string; readonly bots: readonly RawAnswer[] };
  readonly elsewhere?: Report['overrides'];
  readonly bots: readonly RawBot[];
  readonly summary: { readonly requests: Requests };
  readonly warnings: readonly (RawFault & Warning)[];
  readonly errors: readonly RawFault[];
}

interface RawSides {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

interface RawBot
  extends Omit<BotReport, 'add' | 'remove' | 'causes' | 'counts' | 'guard' | 'since' | 'numbers' | 'declarations'>,
    RawSides,
    Counts {
  readonly causes: readonly (Omit<Cause, 'numbers'> & { readonly numbers: readonly string[] })[];
  readonly guard: { readonly verdict: BotReport['guard'] };
  readonly since: { readonly [Part in keyof Since]: RawSides } | null;
  readonly numbers?: readonly string[];
  readonly ways?: readonly ReportedDeclaration[];
}

interface RawAnswer extends Omit<Explained['bots'][number], 'guard' | 'live' | 'declarations'> {
  readonly ways: readonly ReportedDeclaration[];
  readonly guard: RawBot['guard'];
  readonly live: readonly string[] | null;
}

type RawFault = Fault & Partial<Place>;

/** The report that an earlier run wrote as JSON. Masked numbers stay the text that they are. */
export function parseReport(name: string, text: string): Report {
  const { command, stage, fingerprint, outcome, interrupted, ...raw } = checked(name, text);
  const facts = { command, stage, fingerprint, outcome, interrupted };
  return {
    ...facts,
    ...(raw.files && { files: raw.files }),
    ...(raw.elsewhere && { overrides: raw.elsewhere }),
    ...(raw.explained && { explained: readExplained(raw.explained) }),
    bots: raw.bots.map(readBot),
    requests: raw.summary.requests,
    warnings: raw.warnings.map((warning) => ({ ...readFault(warning), code: warning.code })),
    errors: raw.errors.map(readFault),
  };
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

function readBot(bot: RawBot): BotReport {
  const { id, baseUrl, policy, addNeedsContact, contact, error, results, notVisible, numbers, ways, since } = bot;
  const rejected = results.rejected.map((each) => ({ ...each, number: readNumber(String(each.number)) }));
  return {
    ...{ id, baseUrl, policy, addNeedsContact, error, notVisible },
    ...readSides(bot),
    ...(contact && { contact }),
    causes: bot.causes.map(({ numbers, ...cause }) => ({ ...cause, numbers: readList(numbers) })),
    counts: readCounts(bot),
    guard: bot.guard.verdict,
    results: { ...results, rejected },
    ...(numbers && { numbers: readList(numbers) }),
    ...(ways && { declarations: ways.map(readDeclaration) }),
    since: since && mapParts((part) => readSides(since[part])),
  };
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
  return typeof number === 'string' ? text : number;
}

function readFault({ message, code, file, line, column }: RawFault): Fault {
  const place = file !== undefined && line !== undefined && column !== undefined && { place: { file, line, column } };
  return { message, ...(code && { code }), ...place };
}
