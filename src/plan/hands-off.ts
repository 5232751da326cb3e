import type { Bot, Ignored } from '../model/bot.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { NumberSet, NumberSetBuilder } from '../numbers/number-set.ts';
import { oneOfEach, respell, type UserOf, withNames } from '../numbers/same-user.ts';

/** The numbers that a live list should contain, and the reason for those that this bot does not declare. */
export interface Retained {
  /** The bot's numbers, and the ignored and protected numbers. */
  readonly desired: NumberSet;
  /** Live, and covered by an ignore rule. */
  readonly ignored: NumberSet;
  /** Live, not desired by this bot, and protected. */
  readonly protected: NumberSet;
}

/**
 * Adds ignored and protected live numbers to the desired list before the diff. Then no later stage needs an
 * exception for them: not the guard, the plan or the report.
 *
 * | desired | ignored | protected | live | desired then    |
 * | ------- | ------- | --------- | ---- | --------------- |
 * | yes     | no      |           |      | yes             |
 * |         | yes     |           | no   | no              |
 * |         | yes     |           | yes  | yes (ignored)   |
 * | no      | no      | yes       | no   | no              |
 * | no      | no      | yes       | yes  | yes (protected) |
 *
 * A number that is both desired and ignored is an error in the files, also by its waId. The check for that
 * error does not find other spellings; such a number is ignored.
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

/** Returns the numbers that an ignore rule covers, by any number of their user. */
export function ignoredAmong(numbers: NumberSet, ignored: Ignored, userOf: UserOf | undefined): NumberSet {
  const named = respell(ignored.numbers, numbers, userOf).and(numbers);
  if (ignored.prefixes.length === 0) return named;
  const { rule } = userOf?.declared ?? { rule: userOf }; // prefixes extend to spellings of the rule, not to pairs
  const all = withNames(numbers, userOf);
  const users = rule ? NumberSet.of(all.values.map(rule)) : all;
  const found = new NumberSetBuilder();
  for (const prefix of ignored.prefixes) {
    found.addAll(users.startingWith(prefix).values);
    for (const [first, last] of usersWithPrefix(prefix, rule)) found.addAll(users.between(first, last).values);
  }
  return named.or(respell(found.build(), numbers, userOf).and(numbers));
}

/**
 * Returns ranges of users, first and last, with another spelling that begins with the prefix. That spelling
 * has one more digit, always at the same position, so that consecutive numbers are consecutive users.
 */
function usersWithPrefix(prefix: string, rule: UserOf | undefined): (readonly [first: Msisdn, last: Msisdn])[] {
  if (!rule) return [];
  const lengths = Array.from({ length: 16 - prefix.length }, (_, more) => prefix.length + more);
  return lengths.flatMap((length) => {
    const first = Number(prefix.padEnd(length, '0'));
    const last = Number(prefix.padEnd(length, '9'));
    return rule(first) === first ? [] : [[rule(first), rule(last)] as const];
  });
}
