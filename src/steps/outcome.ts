import { type AppliedBot, type ComparedBot, type Comparison, sizeOf } from '../model/report.ts';
import type { ApplyOptions } from './options.ts';

export const overflows = ({ guard }: ComparedBot) => guard?.tripped === 'capacity';

export function applyOutcome(
  bots: readonly AppliedBot[],
  approved: boolean,
  { wait, failOnPending }: Pick<ApplyOptions, 'wait' | 'failOnPending'>,
): Comparison['outcome'] {
  if (bots.some((bot) => (approved ? overflows(bot) : bot.guard?.tripped))) return 'refused';
  const whole = bots.every((bot) => {
    const { failed, unknown, skipped, rejected } = bot.results;
    const unseen = wait !== undefined && sizeOf(bot) > 0 && bot.notVisible !== 0;
    return !bot.error && failed + unknown + skipped + rejected.length === 0 && !unseen;
  });
  const pending = bots.some(({ results }) => results.pending > 0);
  if (whole) return pending && failOnPending ? 'partial' : 'applied';
  return bots.some(({ results }) => results.applied > 0) ? 'partial' : 'failed';
}

/** A removal is drift. An add that may wait for its user's message is not: only trying shows why it is missing. */
export function differs(
  { add, remove, addNeedsContact }: Pick<ComparedBot, 'add' | 'remove' | 'addNeedsContact'>,
  failOnPending = false,
): boolean {
  return remove.size > 0 || (add.size > 0 && (!addNeedsContact || failOnPending));
}

/** No guard refuses a drift, as it is not applied. */
export function driftOutcome(bots: readonly ComparedBot[], failOnPending: boolean | undefined): Comparison['outcome'] {
  if (bots.some(({ error }) => error)) return 'failed';
  return bots.some((bot) => differs(bot, failOnPending)) ? 'changes' : unchanged(bots);
}

/** The outcome of a plan, the most urgent first. */
export function planOutcome(bots: readonly ComparedBot[]): Comparison['outcome'] {
  if (bots.some(({ guard }) => guard?.tripped)) return 'refused';
  if (bots.some(({ error }) => error)) return 'failed';
  return bots.some((bot) => sizeOf(bot) > 0) ? 'changes' : unchanged(bots);
}

/** Nothing that was not looked at is in sync. */
function unchanged(bots: readonly ComparedBot[]): Comparison['outcome'] {
  return bots.length > 0 ? 'in-sync' : 'nothing-selected';
}
