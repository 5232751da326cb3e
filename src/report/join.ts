import { InvalidError } from '../model/errors.ts';
import { onceEach } from '../model/fault.ts';
import type { Requests } from '../model/ledger.ts';
import type { Outcome, Report } from '../model/report.ts';
import { sum } from './words/text.ts';

/** The most urgent first. */
const URGENCY = ['invalid', 'stale', 'refused', 'partial', 'failed', 'changes', 'applied', 'in-sync'] as const;

/** The last first. */
const STAGES = ['result', 'plan', 'desired'] as const;

/** Joins the reports of a run that was cut into parts (`--shard`) into one. */
export function joinReports(files: readonly { readonly name: string; readonly report: Report }[]): Report {
  const first = files[0]!;
  const { command } = first.report;
  const owners = new Map<string, string>();
  for (const { name, report } of files) {
    if (report.command !== command) {
      throw new InvalidError(`${name}: is a report of ${report.command}, and ${first.name} one of ${command}`);
    }
    for (const { id } of report.bots) {
      const owner = owners.get(id);
      if (owner !== undefined) throw new InvalidError(`${name}: the bot "${id}" stands in ${owner}, too`);
      owners.set(id, name);
    }
  }
  const all = files.map(({ report }) => report);
  const sent = (kind: keyof Requests) => sum(all, ({ requests }) => requests[kind]);
  return {
    command,
    stage: STAGES.find((stage) => all.some((report) => report.stage === stage))!,
    fingerprint: all.length === 1 ? first.report.fingerprint : null, // each part has its own
    outcome: joinOutcomes(all),
    interrupted: all.some(({ interrupted }) => interrupted),
    ...(all.some(({ files }) => files) && { files: all.flatMap(({ files }) => files ?? []) }),
    ...joinAnswers(files),
    overrides: distinctOverrides(all),
    bots: all.flatMap(({ bots }) => bots).sort((a, b) => (a.id < b.id ? -1 : 1)),
    requests: { read: sent('read'), write: sent('write'), retries: sent('retries') },
    // Every part reads all files, and what is said of a bot names it.
    warnings: onceEach(all.flatMap(({ warnings }) => warnings)),
    errors: onceEach(all.flatMap(({ errors }) => errors)),
  };
}

/** The answers of all parts, which must be about the same number. */
function joinAnswers(files: readonly { readonly name: string; readonly report: Report }[]): Pick<Report, 'explained'> {
  const answers = files.flatMap(({ name, report: { explained } }) => (explained ? [{ name, ...explained }] : []));
  const [first] = answers;
  if (!first) return {};
  const other = answers.find(({ number }) => number !== first.number);
  if (other) throw new InvalidError(`${other.name}: is about another number than ${first.name}`);
  return { explained: { number: first.number, bots: answers.flatMap(({ bots }) => bots) } };
}

function distinctOverrides(reports: readonly Report[]): NonNullable<Report['overrides']> {
  const all = reports.flatMap(({ overrides = [] }) => overrides);
  return [...new Map(all.map((override) => [`${override.origin} ${override.by}`, override])).values()];
}

function joinOutcomes(reports: readonly Report[]): Outcome {
  const outcomes = new Set(reports.map(({ outcome }) => outcome));
  if (outcomes.has('failed') && outcomes.has('applied')) outcomes.add('partial');
  return URGENCY.find((outcome) => outcomes.has(outcome))!;
}
