import type { Bot } from '../../model/bot.ts';
import type { Memory } from '../../model/compared.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import { oneOfEach, respell, type UserOf, withNames } from '../../numbers/same-user.ts';
import { ignoredAmong } from '../../plan/hands-off.ts';
import type { Seen } from '../../steps/plan-all.ts';
import type { Difference } from './since.ts';

/** The facts of an earlier report about the users of one list. */
export interface Remembered extends Memory {
  readonly wasLive: NumberSet;
}

export const NOTHING_REMEMBERED: Remembered = { wasLive: NumberSet.empty, foreign: 0 };

type Adds = Pick<Difference, 'add'>;

/**
 * Finds the declared users who were blocked in an earlier report and are not blocked now. A missing number alone proves
 * nothing, as its user may never have written.
 *
 * | declared | was live | live now   | number is | remembered |
 * | -------- | -------- | ---------- | --------- | ---------- |
 * | yes      | no       | no         | waiting   | no         |
 * | yes      | yes      | no         | unblocked | yes        |
 * | yes      |          | yes        |           | yes        |
 * | yes      | yes      | unreadable |           | yes        |
 * | no       |          |            |           | no         |
 *
 * A blocked user with a username can become an entry without a number. If the list has gained at least as many of these
 * as users are newly missing, all of them may still be blocked: they count as waiting, and are not remembered.
 *
 * Users are remembered by all numbers that the files declare of them: the next files may have the other one alone.
 *
 * @param now null if the list could not be read.
 */
export function recall(
  bot: Pick<Bot, 'numbers' | 'ignored'>,
  earlier: Remembered & Adds,
  now: (Seen & Adds) | null,
  userOf: UserOf | undefined,
): { readonly unblocked: NumberSet; readonly memory: Remembered } {
  const numbers = oneOfEach(bot.numbers, userOf);
  const declared = numbers.minus(ignoredAmong(numbers, bot.ignored, userOf));
  const asDeclared = (numbers: NumberSet) => respell(numbers, declared, userOf).and(declared);
  const known = asDeclared(earlier.wasLive);
  const remember = (users: NumberSet, foreign: number) => ({ wasLive: withNames(users, userOf), foreign });
  if (now === null) return { unblocked: NumberSet.empty, memory: remember(known, earlier.foreign) };
  const live = asDeclared(now.live);
  const missing = known.minus(live);
  const fresh = missing.minus(asDeclared(earlier.add));
  const hidden = fresh.size <= now.foreign - earlier.foreign ? fresh : NumberSet.empty;
  const unblocked = missing.minus(hidden).and(now.add); // a policy that never adds keeps them out of the plan
  return { unblocked, memory: remember(known.minus(hidden).or(live), now.foreign) };
}

/** Joins two reads of one list: a number is missing, or an entry has no number, only if both reads show it. */
export function agreed(first: Seen, second: Seen): Seen {
  return { live: first.live.or(second.live), foreign: Math.min(first.foreign, second.foreign) };
}
