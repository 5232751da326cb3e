import { InvalidError } from '../errors.ts';
import validate from '../generated/validate-report.js';
import type { BotReport, Fault, NumberList, Outcome, Place, Report, Requests } from '../model.ts';
import { parseMsisdn } from '../msisdn.ts';

/** The most urgent first. */
const URGENCY: readonly Outcome[] = [
  'invalid',
  'stale',
  'refused',
  'partial',
  'failed',
  'changes',
  'applied',
  'in-sync',
];

/** A JSON report of `schemas/report.schema.json`, as far as it is read here. */
interface RawReport extends Omit<Report, 'bots' | 'requests' | 'warnings' | 'errors'> {
  readonly bots: readonly RawBot[];
  readonly summary: { readonly requests: Requests };
  readonly warnings: readonly RawFault[];
  readonly errors: readonly RawFault[];
}

interface RawBot extends Omit<BotReport, 'add' | 'remove' | 'guard'> {
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly guard: { readonly verdict: BotReport['guard'] };
}

type RawFault = Fault & Partial<Place>;

/** Joins the JSON reports of a run that was cut into parts (`--shard`) into one. */
export function joinReports(files: readonly { readonly name: string; readonly content: unknown }[]): Report {
  const reports = files.map(({ name, content }) => ({ name, report: checked(name, content) }));
  const [first] = reports;
  const owners = new Map<string, string>();
  for (const { name, report } of reports) {
    if (report.command !== first!.report.command) {
      throw new InvalidError(
        `${name}: is a report of ${report.command}, and ${first!.name} one of ${first!.report.command}`,
      );
    }
    for (const { id } of report.bots) {
      const owner = owners.get(id);
      if (owner !== undefined) throw new InvalidError(`${name}: the bot "${id}" stands in ${owner}, too`);
      owners.set(id, name);
    }
  }
  const all = reports.map(({ report }) => report);
  const sum = (of: (requests: Requests) => number) =>
    all.reduce((total, { summary }) => total + of(summary.requests), 0);
  return {
    command: first!.report.command,
    stage: all.some(({ stage }) => stage === 'result')
      ? 'result'
      : all.some(({ stage }) => stage === 'plan')
        ? 'plan'
        : 'desired',
    fingerprint: all.length === 1 ? first!.report.fingerprint : null, // each part has its own
    outcome: joinOutcomes(all),
    interrupted: all.some(({ interrupted }) => interrupted),
    ...(all.some(({ files }) => files) && { files: all.flatMap(({ files }) => files ?? []) }),
    bots: all.flatMap(({ bots }) => bots.map(readBot)).sort((a, b) => (a.id < b.id ? -1 : 1)),
    requests: { read: sum(({ read }) => read), write: sum(({ write }) => write) },
    warnings: all.flatMap(({ warnings }) => warnings.map(readFault)),
    errors: all.flatMap(({ errors }) => errors.map(readFault)),
  };
}

function checked(name: string, content: unknown): RawReport {
  if (validate(content)) return content as RawReport;
  const [error] = validate.errors ?? [];
  const where = error?.instancePath || 'the document';
  throw new InvalidError(`${name}: is neither a plan file nor a report of --format json (${where} ${error?.message})`);
}

function joinOutcomes(reports: readonly RawReport[]): Outcome {
  const outcomes = new Set(reports.map(({ outcome }) => outcome));
  if (outcomes.has('failed') && outcomes.has('applied')) outcomes.add('partial');
  return URGENCY.find((outcome) => outcomes.has(outcome))!;
}

function readBot({ add, remove, guard, results, ...rest }: RawBot): BotReport {
  const rejected = results.rejected.map((each) => ({ ...each, number: readNumber(String(each.number)) }));
  return {
    ...rest,
    guard: guard.verdict,
    add: readList(add),
    remove: readList(remove),
    results: { ...results, rejected },
  };
}

function readList(texts: readonly string[]): NumberList {
  return { size: texts.length, values: texts.map(readNumber) };
}

/** A masked number stays the text that it is. */
function readNumber(text: string): number | string {
  const number = parseMsisdn(text);
  return typeof number === 'string' ? text : number;
}

function readFault({ message, file, line, column }: RawFault): Fault {
  return file !== undefined && line !== undefined && column !== undefined
    ? { message, place: { file, line, column } }
    : { message };
}
