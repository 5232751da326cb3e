import { type AppliedBot, type ComparedBot, isRefused, sizeOf, waitingIn } from '../model/compared.ts';
import { bothOf } from '../model/ledger.ts';
import type { Comparison } from '../model/report.ts';
import type { ApplyOptions } from './options.ts';

/** The outcome of an apply, the most urgent first. */
export function applyOutcome(
  bots: readonly AppliedBot[],
  { wait, failOnPending }: Pick<ApplyOptions, 'wait' | 'failOnPending'>,
): Comparison['outcome'] {
  if (bots.some(isRefused)) return 'refused';
  const whole = bots.every((bot) => {
    const { failed, unknown, skipped, rejected, withheld } = bot.results;
    const unseen = wait !== undefined && sizeOf(bot) > withheld.length && bot.notVisible !== 0;
    return !bot.error && bothOf(failed) + bothOf(unknown) + bothOf(skipped) + rejected.length === 0 && !unseen;
  });
  const pending = bots.some(({ results }) => results.pending > 0);
  if (whole) return pending && failOnPending ? 'partial' : 'applied';
  return bots.some(({ results }) => bothOf(results.applied) > 0) ? 'partial' : 'failed';
}

/**
 * Whether a bot has drift. Every change is drift, except an add that may wait for its user's message: only an attempt
 * shows why it is missing.
 */
export function differs(
  bot: Pick<ComparedBot, 'add' | 'remove' | 'causes' | 'addNeedsContact'>,
  failOnPending = false,
): boolean {
  return sizeOf(bot) > (failOnPending ? 0 : waitingIn(bot));
}

/** The outcome of a search for drift. The guard refuses none, as drift is not applied. */
export function driftOutcome(bots: readonly ComparedBot[], failOnPending: boolean | undefined): Comparison['outcome'] {
  if (bots.some(({ error }) => error)) return 'failed';
  return bots.some((bot) => differs(bot, failOnPending)) ? 'changes' : unchanged(bots);
}

/** The outcome of a plan, the most urgent first. */
export function planOutcome(bots: readonly ComparedBot[]): Comparison['outcome'] {
  if (bots.some(isRefused)) return 'refused';
  if (bots.some(({ error }) => error)) return 'failed';
  return bots.some((bot) => sizeOf(bot) > 0) ? 'changes' : unchanged(bots);
}

/** A run that read no list is not in sync. */
function unchanged(bots: readonly ComparedBot[]): Comparison['outcome'] {
  return bots.length > 0 ? 'in-sync' : 'nothing-selected';
}
