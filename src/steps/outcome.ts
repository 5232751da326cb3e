import { type AppliedBot, type ComparedBot, isRefused, postponedIn, sizeOf, waitingIn } from '../model/compared.ts';
import { bothOf } from '../model/ledger.ts';
import type { Comparison, Report } from '../model/report.ts';
import type { Warning } from '../model/warnings.ts';
import type { ApplyOptions, WarningRules } from './options.ts';

/** Returns the outcome of an apply: the most urgent one of its bots. Without the postponed removals, it is not whole. */
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
  const postponed = bots.some((bot) => postponedIn(bot) > 0);
  if (whole) return (pending && failOnPending) || postponed ? 'partial' : 'applied';
  return bots.some(({ results }) => bothOf(results.applied) > 0) ? 'partial' : 'failed';
}

/**
 * Reports whether a bot has drift. Every change is drift, except an add that may be pending: only an apply
 * can find out why it is missing.
 */
export function differs(
  bot: Pick<ComparedBot, 'add' | 'remove' | 'causes' | 'addNeedsContact'>,
  failOnPending = false,
): boolean {
  return sizeOf(bot) > (failOnPending ? 0 : waitingIn(bot));
}

/** Returns the outcome of drift. It is never `refused`, as drift applies nothing. */
export function driftOutcome(bots: readonly ComparedBot[], failOnPending: boolean | undefined): Comparison['outcome'] {
  if (bots.some(({ error }) => error)) return 'failed';
  return bots.some((bot) => differs(bot, failOnPending)) ? 'changes' : unchanged(bots);
}

/** Returns the outcome of a plan: the most urgent one of its bots. */
export function planOutcome(bots: readonly ComparedBot[]): Comparison['outcome'] {
  if (bots.some(isRefused)) return 'refused';
  if (bots.some(({ error }) => error)) return 'failed';
  return bots.some((bot) => sizeOf(bot) + postponedIn(bot) > 0) ? 'changes' : unchanged(bots);
}

/** Returns the outcome of a run without changes. A run that read no list is not in sync. */
function unchanged(bots: readonly ComparedBot[]): Comparison['outcome'] {
  return bots.length > 0 ? 'in-sync' : 'nothing-selected';
}

/**
 * Removes warnings that `--ignore` hides, and returns those of `--error-on` as errors. With an error the run
 * writes nothing.
 */
export function judge(warnings: readonly Warning[], { errorOn = [], ignore = [] }: WarningRules) {
  const kept = warnings.filter(({ code }) => !ignore.includes(code));
  const isError = ({ code }: Warning) => errorOn.includes(code);
  return { warnings: kept.filter((warning) => !isError(warning)), errors: kept.filter(isError) };
}

/** Judges a report's warnings. If one is an error, the outcome is `invalid`. */
export function judgeReport<Judgeable extends Report>(report: Judgeable, rules: WarningRules): Judgeable {
  const { warnings, errors } = judge(report.warnings, rules);
  if (errors.length === 0) return { ...report, warnings };
  return { ...report, outcome: 'invalid', warnings, errors: [...report.errors, ...errors] };
}
