import type { Bot } from '../../model/bot.ts';
import type { Cause, ComparedBot, DriftedBot } from '../../model/compared.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import { respell, type UserOf } from '../../numbers/same-user.ts';
import type { ReadClient } from '../../steps/client.ts';
import type { Planning } from '../../steps/plan-all.ts';
import { type Earlier, NO_PAST, type Past } from './earlier.ts';
import { type Remembered, recall, type Seen } from './memory.ts';
import { compare, type Difference } from './since.ts';

/** A plan, and the lists of the bots whose adds may be pending, by bot id. */
export interface Reading extends Planning {
  readonly seen: ReadonlyMap<string, Seen>;
}

/** Returns the findings of an earlier report about a bot's list. Its differences count for any list of the bot. */
export function pastOf(earlier: Earlier | null, id: string, baseUrl: string): Past {
  const past = earlier?.past.get(id) ?? NO_PAST;
  return isSameList(past.baseUrl, baseUrl) ? past : NO_PAST;
}

/**
 * Adds to each bot the comparison with the earlier report: which differences are new, and the causes that the
 * earlier report shows.
 */
export function compareBots(
  compared: readonly ComparedBot[],
  earlier: Earlier | null,
  desired: readonly Bot[],
  { plan, seen }: Reading,
  clients: ReadonlyMap<string, Pick<ReadClient, 'provider' | 'userOf' | 'baseUrl'>>,
): readonly DriftedBot[] {
  const bots = new Map(desired.map((bot) => [bot.id, bot]));
  const plans = new Map(plan.bots.map((bot) => [bot.id, bot]));
  return compared.map((bot) => {
    const { id, causes } = bot;
    const { provider, userOf, baseUrl } = clients.get(id)!;
    const { caps } = provider;
    const now = plans.get(id) ?? null;
    const since = earlier && compare((earlier.past.get(id) ?? NO_PAST).difference, now, userOf);
    const { memory: known, difference } = pastOf(earlier, id, baseUrl);
    const moved = now && movedSince(now, difference, known, userOf);
    if (!caps.addNeedsContact) return { ...bot, since, causes: moved ? explain(causes, moved) : causes };
    const look = now && { ...seen.get(id)!, add: now.add };
    const { unblocked, notVisible, memory } = recall(bots.get(id)!, { ...known, add: difference.add }, look, userOf);
    const blocked = look?.notVisible ?? NumberSet.empty;
    const mayWithhold = bot.mayWithhold?.filter(({ number }) => !blocked.has(Number(number)));
    return {
      ...bot,
      since,
      memory,
      causes: moved ? explain(causes, { ...moved, unblocked, blocked }) : causes,
      ...(mayWithhold && { mayWithhold }),
      ...(notVisible.size > 0 && { hidden: notVisible }),
    };
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
  const added = respell(then.remove, now.add, userOf).and(now.add);
  return { removed, added, unblocked: NumberSet.empty, blocked: NumberSet.empty };
}

/**
 * Sets the causes that the earlier report shows. All other numbers keep the causes that the plan found. A number that is
 * not visible has no other cause, as no apply can remove it.
 */
function explain(causes: readonly Cause[], known: ReturnType<typeof movedSince>): readonly Cause[] {
  return causes.flatMap((cause) => {
    const reasons =
      cause.direction === 'remove' ? (['blocked', 'removed'] as const) : (['added', 'unblocked'] as const);
    const of = cause.reason === 'expired' ? reasons.filter((reason) => reason === 'blocked') : reasons;
    let rest = NumberSet.of(Array.from(cause.numbers.values, Number));
    const parts = of.map((reason) => {
      const numbers = known[reason].and(rest);
      rest = rest.minus(numbers);
      return { ...cause, reason, ...(reason === 'blocked' && { expires: null }), numbers };
    });
    return [...parts, { ...cause, numbers: rest }].filter(({ numbers }) => numbers.size > 0);
  });
}
