import type { Explained } from '../../model/answer.ts';
import { notWritten } from '../../model/compared.ts';
import { InvalidError } from '../../model/errors.ts';
import { onceEach } from '../../model/fault.ts';
import type { Requests } from '../../model/ledger.ts';
import {
  isComparison,
  isListing,
  type Outcome,
  type PlanReport,
  type Report,
  type RunFacts,
} from '../../model/report.ts';
import { sum } from '../words/text.ts';

/** All outcomes, the most urgent first. */
const URGENCY: readonly Outcome[] = [
  ...(['invalid', 'stale', 'refused', 'partial', 'failed', 'changes', 'applied', 'formatted', 'written'] as const),
  ...(['in-sync', 'unchanged', 'valid', 'listed', 'answered', 'nothing-selected'] as const),
];

type Part = { readonly name: string; readonly report: Report };

/** Joins the reports of a run that was split into parts (`--shard`) into one. */
export function joinReports(parts: readonly Part[]): Report {
  checkParts(parts);
  const all = parts.map(({ report }) => report);
  const shown = withoutFirstRuns(alike(all));
  const [first = all[0]!] = shown;
  const joined = {
    ...first,
    ...joinLists(first, shown),
    ...joinLeft(shown),
    ...('explained' in first && { explained: joinAnswers(parts) }),
    ...(isComparison(first) && parts.length > 1 && { fingerprint: null, saved: undefined }), // each part has its own
    ...(shown.some((part) => isComparison(part) && part.addsOnly) && { addsOnly: true }),
    ...(shown.some((part) => part.kind === 'drift' && part.unsettled) && { unsettled: true }),
    ...('requests' in first && joinOnline(shown)),
    outcome: joinOutcomes(all),
    run: joinRuns(all),
    interrupted: all.some(({ interrupted }) => interrupted),
    // Every part reads all files, and a bot is in one part.
    warnings: onceEach(all.flatMap(({ warnings }) => warnings)),
    errors: onceEach(all.flatMap(({ errors }) => errors)),
  };
  return joined as Report; // the parts are of one command, and have its fields and outcomes
}

/** The kinds of reports without bots. No run of their commands has parts. */
const WHOLE: readonly Report['kind'][] = ['edit', 'format', 'init'];

/** @throws InvalidError if the parts are of several commands or days, or if two of them have the same bot. */
function checkParts(parts: readonly Part[]): void {
  const first = parts[0]!;
  const whole = parts.find(({ report }) => parts.length > 1 && WHOLE.includes(report.kind));
  if (whole) {
    throw new InvalidError(`${whole.name}: is a report of ${nameOf(whole.report)}, which has no shards; pass it alone`);
  }
  const what = nameOf(first.report);
  const owners = new Map<string, string>();
  for (const { name, report } of parts) {
    const other = nameOf(report);
    const isUnlike = isListing(report) && isListing(first.report); // a run of list that failed fits to both
    if (other !== what && (isUnlike || report.command !== first.report.command)) {
      throw new InvalidError(
        `${name}: is a report of ${other}, and ${first.name} is one of ${what}; join reports of one command`,
      );
    }
    for (const { id } of 'bots' in report ? report.bots : []) {
      const owner = owners.get(id);
      if (owner !== undefined)
        throw new InvalidError(`${name}: the bot "${id}" is also in ${owner}; pass each part of the run once`);
      owners.set(id, name);
    }
  }
  const lists = parts.flatMap(({ name, report }) => (report.kind === 'list' ? [{ name, past: report.past }] : []));
  const other = lists.find(({ past }) => JSON.stringify(past) !== JSON.stringify(lists[0]!.past));
  if (other) {
    throw new InvalidError(
      `${other.name}: is a list of other files or of another day than ${lists[0]!.name}; join reports of one run`,
    );
  }
}

const nameOf = ({ kind, command }: Report) => (kind === 'live' ? `${command} --live` : command);

/**
 * Returns the parts with contents, all of one kind: if one part wrote, the parts that did not write count as
 * results, too.
 */
function alike(all: readonly Report[]): readonly Report[] {
  const shown = all.filter(({ kind }) => kind !== 'failure');
  if (!shown.some(({ kind }) => kind === 'result')) return shown;
  return shown.map((part) => {
    if (part.kind !== 'plan') return part;
    const { state, ...rest } = part;
    return { ...rest, kind: 'result', bots: part.bots.map(notWritten) };
  });
}

/**
 * If only some drifts compared with an earlier report, removes the comparison of the others: it would count all their
 * differences as new.
 */
function withoutFirstRuns(all: readonly Report[]): readonly Report[] {
  const isFirstRun = (part: Report) => part.kind === 'drift' && part.firstRun;
  if (!all.some(isFirstRun) || all.every(isFirstRun)) return all;
  return all.map((part) => {
    if (part.kind !== 'drift' || !part.firstRun) return part;
    const { firstRun, bots, ...rest } = part;
    return { ...rest, bots: bots.map((bot) => ({ ...bot, since: null })) };
  });
}

/** Returns null if a part does not name its run, or if versions or commits differ. The earliest start counts. */
function joinRuns(all: readonly Report[]): RunFacts | null {
  const runs = all.flatMap(({ run }) => run ?? []).sort((a, b) => (a.started < b.started ? -1 : 1));
  const [first] = runs;
  const isOne = runs.every(({ version, commit }) => version === first!.version && commit === first!.commit);
  if (!first || runs.length < all.length || !isOne) return null;
  return { ...first, paths: [...new Set(runs.flatMap(({ paths }) => paths))] };
}

type Lists = Readonly<Record<'bots' | 'files', readonly unknown[]>>;

function joinLists(first: Report, all: readonly Report[]): Partial<Lists> {
  const joined = (['bots', 'files'] as const)
    .filter((field) => field in first)
    .map((field) => [field, all.flatMap((report) => (report as unknown as Lists)[field])]);
  const { bots, ...others } = Object.fromEntries(joined) as Lists & { bots?: readonly { readonly id: string }[] };
  return { ...others, ...(bots && { bots: [...bots].sort((a, b) => (a.id < b.id ? -1 : 1)) }) };
}

/**
 * Joins the bots that were removed from the files, without bots that the files of another part declare: these
 * only moved.
 */
function joinLeft(all: readonly Report[]): Pick<PlanReport, 'leftBots'> {
  const plans = all.filter((report) => report.kind === 'plan');
  if (!plans.some(({ leftBots }) => leftBots)) return {};
  const declared = new Set(plans.flatMap(({ bots }) => bots.map(({ id }) => id)));
  const left = plans.flatMap(({ leftBots = [] }) => leftBots).filter(({ id }) => !declared.has(id));
  return { leftBots: [...new Map(left.map((bot) => [bot.id, bot])).values()].sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

function joinOnline(all: readonly Report[]) {
  const online = all.flatMap((report) => ('requests' in report ? report : []));
  const sent = (kind: keyof Requests) => sum(online, ({ requests }) => ({ write: 0, ...requests })[kind]);
  const overrides = online.flatMap((report) => report.overrides);
  return {
    requests: { read: sent('read'), write: sent('write'), retries: sent('retries') },
    overrides: [...new Map(overrides.map((override) => [`${override.origin} ${override.by}`, override])).values()],
  };
}

/** Joins the answers of all parts, which must be about the same number. */
function joinAnswers(parts: readonly Part[]): Explained {
  const answers = parts.flatMap(({ name, report }) => ('explained' in report ? [{ name, ...report.explained }] : []));
  const { name, number } = answers[0]!;
  const other = answers.find((answer) => answer.number !== number);
  if (other)
    throw new InvalidError(`${other.name}: is about another number than ${name}; join answers about one number`);
  // Each part reads the same commits, for its own bots.
  const histories = answers.flatMap(({ history }) => history ?? []);
  const history = { ...histories[0]!, bots: histories.flatMap(({ bots }) => bots) };
  return { number, bots: answers.flatMap(({ bots }) => bots), ...(histories.length > 0 && { history }) };
}

function joinOutcomes(reports: readonly Report[]): Outcome {
  const outcomes = new Set(reports.map(({ outcome }) => outcome));
  if (outcomes.has('failed') && outcomes.has('applied')) outcomes.add('partial');
  return URGENCY.find((outcome) => outcomes.has(outcome))!;
}
