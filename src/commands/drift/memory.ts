import type { Bot } from '../../model/bot.ts';
import type { Memory } from '../../model/compared.ts';
import type { Snapshot, UserIds, Users } from '../../model/plan.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import { oneOfEach, respell, type UserOf, withNames } from '../../numbers/same-user.ts';
import { ignoredAmong } from '../../plan/hands-off.ts';
import type { Difference } from './since.ts';

/** The facts of an earlier report about the users of one list. */
export interface Remembered extends Memory {
  readonly wasLive: NumberSet;
  readonly userIds: UserIds;
}

const NO_IDS: UserIds = { numbers: [], ids: [] };

export const NOTHING_REMEMBERED: Remembered = { wasLive: NumberSet.empty, foreign: 0, userIds: NO_IDS };

/** A live list, and the earlier facts about its users. */
export interface Seen {
  /** The numbers of the list, `notVisible` included. */
  readonly live: NumberSet;
  /** The count of entries without a phone number, whose users no earlier report knows. */
  readonly foreign: number;
  /** The numbers of users whom the list contains without a number, as an earlier report knows them by their id. */
  readonly notVisible: NumberSet;
  readonly userIds: UserIds;
}

/**
 * Adds the numbers of users who are still blocked, but whose number the list no longer contains: they have a username
 * now. Then the comparison needs no exception for them.
 *
 * | number in the list | id in the list | the number is        |
 * | ------------------ | -------------- | -------------------- |
 * | yes                |                | live                 |
 * | no                 | yes            | live, not visible    |
 * | no                 | no             | not live             |
 *
 * @param known the ids of an earlier report.
 */
export function reveal(known: UserIds, list: Snapshot): Seen {
  const hidden: Users['hidden'] = list.users?.hidden ?? new Set();
  const notVisible = NumberSet.of(known.numbers.filter((_, at) => hidden.has(known.ids[at]!))).minus(list.numbers);
  const userIds = list.users?.known ?? NO_IDS;
  const foreign = Math.max(0, list.foreign - notVisible.size);
  return { live: list.numbers.or(notVisible), foreign, notVisible, userIds };
}

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
 * Not all lists and reports have ids. If the list has gained at least as many entries without a number as users without
 * a known id are newly missing, all of these users may still be blocked: they count as waiting, and are not remembered.
 *
 * Users are remembered by all numbers that the files declare of them: the next files may have the other one alone. Their
 * ids are remembered until they are neither declared nor blocked.
 *
 * @param now null if the list could not be read.
 */
export function recall(
  bot: Pick<Bot, 'numbers' | 'ignored'>,
  earlier: Remembered & Adds,
  now: (Seen & Adds) | null,
  userOf: UserOf | undefined,
): { readonly unblocked: NumberSet; readonly notVisible: NumberSet; readonly memory: Remembered } {
  const numbers = oneOfEach(bot.numbers, userOf);
  const declared = numbers.minus(ignoredAmong(numbers, bot.ignored, userOf));
  const asDeclared = (numbers: NumberSet) => respell(numbers, declared, userOf).and(declared);
  const known = asDeclared(earlier.wasLive);
  if (now === null) {
    const { foreign, userIds } = earlier;
    const memory = { wasLive: withNames(known, userOf), foreign, userIds };
    return { unblocked: NumberSet.empty, notVisible: NumberSet.empty, memory };
  }
  const live = asDeclared(now.live);
  const missing = known.minus(live);
  const withId = NumberSet.of(earlier.userIds.numbers);
  const fresh = missing.minus(asDeclared(earlier.add)).minus(asDeclared(withId));
  const doubtful = fresh.size <= now.foreign - earlier.foreign ? fresh : NumberSet.empty;
  const unblocked = missing.minus(doubtful).and(now.add); // a policy that never adds keeps them out of the plan
  const wasLive = withNames(known.minus(doubtful).or(live), userOf);
  const kept = now.notVisible.or(respell(wasLive, withId, userOf).and(withId));
  const userIds = join(now.userIds, earlier.userIds, kept);
  return { unblocked, notVisible: asDeclared(now.notVisible), memory: { wasLive, foreign: now.foreign, userIds } };
}

/** Joins the ids of a list with those of `kept` in an earlier report. A number or an id of the list is not in the report's. */
function join(list: UserIds, report: UserIds, kept: NumberSet): UserIds {
  const listed = new Map(list.numbers.map((number, at) => [number, list.ids[at]!]));
  const ids = new Set(list.ids);
  const isLeft = (number: Msisdn, id: string) => kept.has(number) && !listed.has(number) && !ids.has(id);
  const left = report.numbers.flatMap((number, at) => (isLeft(number, report.ids[at]!) ? [at] : []));
  for (const at of left) listed.set(report.numbers[at]!, report.ids[at]!);
  const all = NumberSet.of(listed.keys());
  return { numbers: [...all], ids: Array.from(all, (number) => listed.get(number)!) };
}

/** Joins two reads of one list: a number is missing, or an entry has no number, only if both reads show it. */
export function agreed(first: Seen, second: Seen): Seen {
  const visible = first.live.minus(first.notVisible).or(second.live.minus(second.notVisible));
  return {
    live: first.live.or(second.live),
    foreign: Math.min(first.foreign, second.foreign),
    notVisible: first.notVisible.or(second.notVisible).minus(visible),
    userIds: {
      numbers: [...first.userIds.numbers, ...second.userIds.numbers],
      ids: [...first.userIds.ids, ...second.userIds.ids],
    },
  };
}
