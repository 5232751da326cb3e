import type { Bot, Ignored } from '../model/bot.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { NumberSet, NumberSetBuilder } from '../numbers/number-set.ts';
import { respell, type UserOf } from '../numbers/same-user.ts';

/** What a live list has to hold of a bot's own numbers, and of those that stay whoever wants them or not. */
export interface Retained {
  /** What to hold the live list against: the bot's numbers, and all that stays. */
  readonly desired: NumberSet;
  /** Live, and left alone by an ignore rule. */
  readonly ignored: NumberSet;
  /** Live, not desired by this bot, and kept only because it is protected. */
  readonly protected: NumberSet;
}

/**
 * Ignore means: copied into the desired numbers before they are compared, and never filtered out of a change afterwards.
 * So whatever is made of the difference, a guard, a plan or a report, knows of no exception.
 *
 * | desired | ignored | protected | live | desired then    |
 * | ------- | ------- | --------- | ---- | --------------- |
 * | yes     | no      |           |      | yes             |
 * |         | yes     |           | no   | no              |
 * |         | yes     |           | yes  | yes (ignored)   |
 * | no      | no      | yes       | no   | no              |
 * | no      | no      | yes       | yes  | yes (protected) |
 *
 * Desired and ignored at once is a fault of the files, but another spelling of a number gets past that check: then ignore
 * wins, as it touches nothing.
 */
export function holdBack(
  bot: Pick<Bot, 'numbers' | 'ignored' | 'protected'>,
  live: NumberSet,
  userOf: UserOf | undefined,
): Retained {
  const wanted = respell(bot.numbers, live, userOf);
  const numbers = wanted.minus(ignoredAmong(wanted, bot.ignored, userOf));
  const ignored = ignoredAmong(live, bot.ignored, userOf);
  const others = respell(bot.protected, live, userOf).and(live).minus(numbers).minus(ignored);
  return { desired: numbers.or(ignored).or(others), ignored, protected: others };
}

/** Those of the numbers that an ignore rule names, in either spelling of their user. */
export function ignoredAmong(numbers: NumberSet, ignored: Ignored, userOf: UserOf | undefined): NumberSet {
  const named = respell(ignored.numbers, numbers, userOf).and(numbers);
  if (ignored.prefixes.length === 0) return named;
  const users = userOf ? NumberSet.of(numbers.values.map(userOf)) : numbers;
  const found = new NumberSetBuilder();
  for (const prefix of ignored.prefixes) {
    found.addAll(users.startingWith(prefix).values);
    for (const [first, last] of usersBehind(prefix, userOf)) found.addAll(users.between(first, last).values);
  }
  return named.or(respell(found.build(), numbers, userOf));
}

/**
 * The users who have another spelling that begins with a prefix, as the first and the last. One spelling has a digit more
 * than the other, always in the same place, so that numbers in a row are users in a row.
 */
function usersBehind(prefix: string, userOf: UserOf | undefined): (readonly [first: Msisdn, last: Msisdn])[] {
  if (!userOf) return [];
  const lengths = Array.from({ length: 16 - prefix.length }, (_, more) => prefix.length + more);
  return lengths.flatMap((length) => {
    const first = Number(prefix.padEnd(length, '0'));
    const last = Number(prefix.padEnd(length, '9'));
    return userOf(first) === first ? [] : [[userOf(first), userOf(last)] as const];
  });
}
