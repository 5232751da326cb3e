/** Gives the bots of several kinds of reports one form. */

import type { AppliedBot, ComparedBot, DriftedBot, PlannedBot } from '../../model/compared.ts';
import { type Sides, type Since, sizeOf, splitOf, unsent } from '../../model/compared.ts';
import type { Rejection } from '../../model/ledger.ts';
import { keptOf } from '../../model/plan.ts';
import type { Comparison } from '../../model/report.ts';
import { isComparison, type Report } from '../../model/report.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import { driftCounts } from './causes.ts';
import { sum } from './text.ts';

/** A bot of a plan, a drift or a result. The facts of other kinds of runs are empty. */
export type WholeBot = PlannedBot & DriftedBot & AppliedBot;

export function wholeBots(report: Comparison): readonly WholeBot[] {
  const skipped = report.kind === 'plan' && report.state === 'skipped';
  return report.bots.map((bot: ComparedBot) => {
    return {
      since: null,
      notVisible: null,
      unverified: null,
      results: unsent(skipped ? splitOf(bot) : undefined),
      ...bot,
    };
  });
}

/** A bot with changes: of its live list, or of its files by an import. */
export interface Changes
  extends Sides,
    Pick<ComparedBot, 'id' | 'causes' | 'reasons' | 'mayWithhold' | 'declarations' | 'addNeedsContact'> {
  readonly kind: Report['kind'];
  readonly rejected: readonly Rejection[];
  /** The count of numbers that stay; a report does not list them. */
  readonly stay: number;
}

/** Returns the bots that change, in the order of the report. */
export const changesOf = (report: Report) => botsOf(report).filter((bot) => sizeOf(bot) > 0);

function botsOf(report: Report): readonly Changes[] {
  if (isComparison(report)) {
    const { kind } = report;
    return wholeBots(report).map((bot) => {
      return { ...bot, kind, rejected: bot.results.rejected, stay: keptOf(bot.counts) };
    });
  }
  if (report.kind !== 'import') return [];
  const { kind } = report;
  return report.bots.map(({ id, numbers: add = NumberSet.empty, alreadyThere: stay }) => {
    return { id, kind, add, remove: NumberSet.empty, causes: [], addNeedsContact: false, rejected: [], stay };
  });
}

export const mapParts = <T>(of: (part: keyof Since) => T): Readonly<Record<keyof Since, T>> => {
  return { new: of('new'), still: of('still'), resolved: of('resolved'), unknown: of('unknown') };
};

/** Counts the differences of these bots in each part; null if there was no earlier report. */
export function countSince(bots: readonly Pick<DriftedBot, 'since'>[]): Readonly<Record<keyof Since, number>> | null {
  const compared = bots.flatMap(({ since }) => since ?? []);
  if (compared.length === 0) return null;
  return mapParts((part) => sum(compared, (since) => sizeOf(since[part])));
}

export function sinceCounts(bots: readonly Pick<DriftedBot, 'since'>[]): [name: string, count: number][] {
  const counts = countSince(bots);
  if (!counts) return [];
  const { new: fresh, still, resolved, unknown } = counts;
  return Object.entries({ new: fresh, 'still there': still, resolved, 'not known': unknown });
}

/** `differences since the earlier report: 1 new, 2 still there`; null if nothing was compared, or differs. */
export function sinceWords(bots: readonly Pick<DriftedBot, 'since'>[]): string | null {
  const parts = sinceCounts(bots).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []));
  return parts.length > 0 ? `differences since the earlier report: ${parts.join(', ')}` : null;
}

/**
 * Returns the bots of a drift whose differences were compared with an earlier report. The first run of
 * `--since` has none, so no format shows its differences as new.
 */
export function sinceBots(report: Report): readonly DriftedBot[] {
  return report.kind === 'drift' && !report.firstRun ? report.bots : [];
}

/** Notes that a drift is not confirmed. */
export function driftNotes(report: Report): string[] {
  if (report.kind !== 'drift') return [];
  return [
    ...(report.unsettled ? [UNSETTLED] : []),
    ...(report.bots.some((bot) => isUntraced(bot, report.firstRun === true)) ? [UNTRACED] : []),
  ];
}

const UNSETTLED =
  'Not confirmed: with --settle 0, drift reads the lists again without a wait, so a difference may be a write that is not visible yet.';

/** Only a memory of the live numbers shows whether the files or the list moved. */
function isUntraced(bot: DriftedBot, isFirstRun: boolean): boolean {
  const { added, removed } = driftCounts([bot]);
  const traced = bot.causes.filter(({ reason }) => reason === 'unblocked');
  const open = added + removed - sum(traced, ({ numbers }) => numbers.size);
  return open > 0 && (isFirstRun || bot.since === null || !bot.memory);
}

const UNTRACED =
  'An edit of the files that is not applied yet can look like a change outside Git. To see which it is, run plan --base with the commit of the last apply.';
