import { type AppliedBot, type ComparedBot, isRefused, sizeOf, waitingIn } from '../model/compared.ts';
import { bothOf } from '../model/ledger.ts';
import type { Comparison } from '../model/report.ts';
import type { ApplyOptions } from './options.ts';

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

/** All changes are drift, except adds that may wait for their user's message: only trying shows why they are missing. */
export function differs(
  bot: Pick<ComparedBot, 'add' | 'remove' | 'causes' | 'addNeedsContact'>,
  failOnPending = false,
): boolean {
  return sizeOf(bot) > (failOnPending ? 0 : waitingIn(bot));
}

/** No guard refuses a drift, as it is not applied. */
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

/** Nothing that was not looked at is in sync. */
function unchanged(bots: readonly ComparedBot[]): Comparison['outcome'] {
  return bots.length > 0 ? 'in-sync' : 'nothing-selected';
}
