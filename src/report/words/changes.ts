/** The bots of reports that formats treat alike. */
import type { Rejection } from '../../model/ledger.ts';
import { keptOf } from '../../model/plan.ts';
import {
  type AppliedBot,
  type ComparedBot,
  type Comparison,
  type DriftedBot,
  isComparison,
  type PlannedBot,
  type Report,
  type Sides,
  sizeOf,
  unsent,
} from '../../model/report.ts';
import { NumberSet } from '../../numbers/number-set.ts';

/** A bot of a plan, a drift or a result. What its kind of run does not do is empty. */
export type WholeBot = PlannedBot & DriftedBot & AppliedBot;

export function wholeBots(report: Comparison): readonly WholeBot[] {
  const skipped = report.kind === 'plan' && report.state === 'skipped';
  return report.bots.map((bot: ComparedBot) => {
    return { since: null, notVisible: null, results: unsent(skipped ? sizeOf(bot) : 0), ...bot };
  });
}

/** A bot with changes: of its live list, or of its files by an import. */
export interface Changes extends Sides, Pick<ComparedBot, 'id' | 'causes' | 'declarations'> {
  readonly rejected: readonly Rejection[];
  /** How many numbers stay, and are not known one by one. */
  readonly stay: number;
}

/** The bots that change, in the order of the report. */
export function changesOf(report: Report): readonly Changes[] {
  const none = { remove: NumberSet.empty, causes: [], rejected: [] };
  const all = isComparison(report)
    ? wholeBots(report).map((bot) => ({ ...bot, rejected: bot.results.rejected, stay: keptOf(bot.counts) }))
    : report.kind === 'import'
      ? report.bots.map(({ id, numbers, alreadyThere }) => ({
          id,
          add: numbers ?? none.remove,
          ...none,
          stay: alreadyThere,
        }))
      : [];
  return all.filter((bot) => sizeOf(bot) > 0);
}
