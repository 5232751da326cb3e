import validate from '../../generated/validate-report.js';
import { InvalidError } from '../../model/errors.ts';
import type { Fault, Place, Warning } from '../../model/fault.ts';
import type { Requests } from '../../model/ledger.ts';
import type {
  BotReport,
  Cause,
  Explained,
  NumberList,
  Report,
  ReportedDeclaration,
  Sides,
  Since,
} from '../../model/report.ts';
import { parseMsisdn } from '../../numbers/msisdn.ts';

/** A JSON report of `schemas/report.schema.json`, as far as it is read here. */
interface RawReport extends Omit<Report, 'bots' | 'explained' | 'overrides' | 'requests' | 'warnings' | 'errors'> {
  readonly explained?: RawExplained;
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
  extends Omit<BotReport, 'add' | 'remove' | 'causes' | 'guard' | 'since' | 'numbers' | 'declarations' | Later>,
    RawSides {
  readonly causes: readonly (Omit<Cause, 'numbers'> & { readonly numbers: readonly string[] })[];
  readonly guard: { readonly verdict: BotReport['guard'] };
  readonly since: { readonly [Part in keyof Since]: RawSides } | null;
  readonly numbers?: readonly string[];
  readonly ways?: readonly ReportedDeclaration[];
}

interface RawExplained {
  readonly number: string;
  readonly bots: readonly RawAnswer[];
}

interface RawAnswer extends Omit<Explained['bots'][number], 'guard' | 'live' | 'declarations'> {
  readonly ways: readonly ReportedDeclaration[];
  readonly guard: RawBot['guard'];
  readonly live: readonly string[] | null;
}

/** Counts that a report of an earlier release does not have: it knew nothing to count. */
const LATER = { ignored: 0, protected: 0, missing: 0 };
type Later = keyof typeof LATER;

type RawFault = Fault & Partial<Place>;

/** The report that an earlier run wrote as JSON. Masked numbers stay the text that they are. */
export function parseReport(name: string, text: string): Report {
  const { command, stage, fingerprint, outcome, interrupted, ...raw } = checked(name, text);
  const facts = { command, stage, fingerprint, outcome, interrupted };
  const { requests } = raw.summary;
  return {
    ...facts,
    ...(raw.files && { files: raw.files }),
    ...(raw.elsewhere && { overrides: raw.elsewhere }),
    ...(raw.explained && { explained: readExplained(raw.explained) }),
    bots: raw.bots.map(readBot),
    requests,
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

function readExplained({ number, bots }: RawExplained): Explained {
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

function readDeclaration(way: ReportedDeclaration): ReportedDeclaration {
  return { ...way, number: readNumber(String(way.number)) };
}

function readBot({ causes, guard, results, since, numbers, ways, ...rest }: RawBot): BotReport {
  const rejected = results.rejected.map((each) => ({ ...each, number: readNumber(String(each.number)) }));
  return {
    ...LATER,
    ...rest,
    ...readSides(rest),
    causes: causes.map(({ numbers, ...cause }) => ({ ...cause, numbers: readList(numbers) })),
    guard: guard.verdict,
    results: { ...results, rejected },
    ...(numbers && { numbers: readList(numbers) }),
    ...(ways && { declarations: ways.map(readDeclaration) }),
    since: since && {
      new: readSides(since.new),
      still: readSides(since.still),
      resolved: readSides(since.resolved),
      unknown: readSides(since.unknown),
    },
  };
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

function readFault({ message, code, file, line, column }: RawFault): Fault {
  const said = { message, ...(code && { code }) };
  return file !== undefined && line !== undefined && column !== undefined
    ? { ...said, place: { file, line, column } }
    : said;
}
