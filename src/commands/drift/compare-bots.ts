import type { Bot } from '../../model/bot.ts';
import type { Cause, ComparedBot, DriftedBot } from '../../model/compared.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import { respell, type UserOf } from '../../numbers/same-user.ts';
import type { ReadClient } from '../../steps/fleet.ts';
import type { Planning } from '../../steps/plan-all.ts';
import { type Earlier, NO_PAST } from './earlier.ts';
import { type Remembered, recall } from './memory.ts';
import { compare, type Difference } from './since.ts';

/**
 * Adds to each bot the comparison with the earlier report: which differences are new, and the causes that the
 * earlier report shows.
 */
export function compareBots(
  compared: readonly ComparedBot[],
  earlier: Earlier | null,
  desired: readonly Bot[],
  { plan, seen }: Planning,
  clients: ReadonlyMap<string, Pick<ReadClient, 'provider' | 'userOf' | 'baseUrl'>>,
): readonly DriftedBot[] {
  const bots = new Map(desired.map((bot) => [bot.id, bot]));
  const plans = new Map(plan.bots.map((bot) => [bot.id, bot]));
  return compared.map((bot) => {
    const { id, causes } = bot;
    const { provider, userOf, baseUrl } = clients.get(id)!;
    const { caps } = provider;
    const past = earlier?.past.get(id) ?? NO_PAST;
    const now = plans.get(id) ?? null;
    const since = earlier && compare(past.difference, now, userOf);
    const { memory: known, difference } = isSameList(past.baseUrl, baseUrl) ? past : NO_PAST;
    const moved = now && movedSince(now, difference, known, userOf);
    if (!caps.addNeedsContact) return { ...bot, since, causes: moved ? explain(causes, moved) : causes };
    const look = now && { ...seen.get(id)!, add: now.add };
    const { unblocked, memory } = recall(bots.get(id)!, { ...known, add: difference.add }, look, userOf);
    return { ...bot, since, memory, causes: moved ? explain(causes, { ...moved, unblocked }) : causes };
  });
}

/** Compares base URLs. Another version of the API has the same lists; another phone number has another list. */
function isSameList(then: string, now: string): boolean {
  const listAt = (url: string) => url.replace(/\/v\d+(\.\d+)*(?=\/|$)/, '');
  return then === '' || listAt(then) === listAt(now);
}

/**
 * Finds the differences that changes of the files caused since the earlier report, as far as that report
 * shows which numbers were declared.
 *
 * | earlier report                   | now               | is      |
 * | -------------------------------- | ----------------- | ------- |
 * | declared: to add, or in `memory` | live, undeclared  | removed |
 * | undeclared: to remove            | declared, missing | added   |
 */
function movedSince(now: Difference, then: Difference, { wasLive }: Remembered, userOf: UserOf | undefined) {
  const removed = respell(then.add.or(wasLive), now.remove, userOf).and(now.remove);
  return { removed, added: respell(then.remove, now.add, userOf).and(now.add), unblocked: NumberSet.empty };
}

/** Sets the causes that the earlier report shows. All other numbers keep the causes that the plan found. */
function explain(causes: readonly Cause[], known: ReturnType<typeof movedSince>): readonly Cause[] {
  return causes.flatMap((cause) => {
    if (cause.reason === 'expired') return cause;
    const reasons = cause.direction === 'remove' ? (['removed'] as const) : (['added', 'unblocked'] as const);
    const all = NumberSet.of(Array.from(cause.numbers.values, Number));
    const parts = reasons.map((reason) => ({ ...cause, reason, numbers: known[reason].and(all) }));
    const rest = { ...cause, numbers: all.minus(NumberSet.union(parts.map(({ numbers }) => numbers))) };
    return [...parts, rest].filter(({ numbers }) => numbers.size > 0);
  });
}
