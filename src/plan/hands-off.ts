import type { Bot, Ignored } from '../model/bot.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { NumberSet, NumberSetBuilder } from '../numbers/number-set.ts';
import { oneOfEach, respell, type UserOf, withNames } from '../numbers/same-user.ts';

/** The numbers that a live list should hold, and those of them that only stay. */
export interface Retained {
  /** The bot's numbers, and all that stay. */
  readonly desired: NumberSet;
  /** Live, and covered by an ignore rule. */
  readonly ignored: NumberSet;
  /** Live, not desired by this bot, and protected. */
  readonly protected: NumberSet;
}

/**
 * Adds ignored and protected live numbers to the desired ones before the diff. No change needs a filter afterwards,
 * so the guard, the plan and the report need no exception.
 *
 * | desired | ignored | protected | live | desired then    |
 * | ------- | ------- | --------- | ---- | --------------- |
 * | yes     | no      |           |      | yes             |
 * |         | yes     |           | no   | no              |
 * |         | yes     |           | yes  | yes (ignored)   |
 * | no      | no      | yes       | no   | no              |
 * | no      | no      | yes       | yes  | yes (protected) |
 *
 * A number both desired and ignored is an error of the files, also by its waId. Another spelling passes that check:
 * then ignore wins, as it changes nothing.
 */
export function holdBack(
  bot: Pick<Bot, 'numbers' | 'ignored' | 'protected'>,
  live: NumberSet,
  userOf: UserOf | undefined,
): Retained {
  const wanted = respell(oneOfEach(bot.numbers, userOf), live, userOf);
  const numbers = wanted.minus(ignoredAmong(wanted, bot.ignored, userOf));
  const ignored = ignoredAmong(live, bot.ignored, userOf);
  const others = respell(bot.protected, live, userOf).and(live).minus(numbers).minus(ignored);
  return { desired: numbers.or(ignored).or(others), ignored, protected: others };
}

/** The numbers that an ignore rule covers, by any number of their user. */
export function ignoredAmong(numbers: NumberSet, ignored: Ignored, userOf: UserOf | undefined): NumberSet {
  const named = respell(ignored.numbers, numbers, userOf).and(numbers);
  if (ignored.prefixes.length === 0) return named;
  const { rule } = userOf?.declared ?? { rule: userOf }; // pairs have no prefixes
  const all = withNames(numbers, userOf);
  const users = rule ? NumberSet.of(all.values.map(rule)) : all;
  const found = new NumberSetBuilder();
  for (const prefix of ignored.prefixes) {
    found.addAll(users.startingWith(prefix).values);
    for (const [first, last] of usersBehind(prefix, rule)) found.addAll(users.between(first, last).values);
  }
  return named.or(respell(found.build(), numbers, userOf).and(numbers));
}

/**
 * The first and last users with another spelling that begins with a prefix. One spelling has one digit more, always
 * in the same place, so that consecutive numbers are consecutive users.
 */
function usersBehind(prefix: string, rule: UserOf | undefined): (readonly [first: Msisdn, last: Msisdn])[] {
  if (!rule) return [];
  const lengths = Array.from({ length: 16 - prefix.length }, (_, more) => prefix.length + more);
  return lengths.flatMap((length) => {
    const first = Number(prefix.padEnd(length, '0'));
    const last = Number(prefix.padEnd(length, '9'));
    return rule(first) === first ? [] : [[rule(first), rule(last)] as const];
  });
}
