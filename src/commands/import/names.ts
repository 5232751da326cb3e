import type { Addition } from '../../desired/edit/insert.ts';
import type { Bot } from '../../model/bot.ts';
import type { Snapshot } from '../../model/plan.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import { type Pair, spellingsOf, type UserOf, whatsAppUserOf } from '../../numbers/same-user.ts';
import { ignoredAmong } from '../../plan/hands-off.ts';
import type { Target } from './target.ts';

/**
 * Finds the users for whom a list contains another number than the listed one, if neither a rule nor the files know both
 * as one user. Omits pairs that the files could not declare: those that contradict another one, or an ignore rule.
 *
 * @returns pairs of the other number and the listed one, each number in at most one pair.
 */
export function newPairs(
  { numbers, names = new Map() }: Pick<Snapshot, 'numbers' | 'names'>,
  { pairs, all }: Pick<Target, 'pairs' | 'all'>,
  userOf: UserOf | undefined,
): readonly Pair[] {
  const same = userOf ?? ((number: Msisdn) => number);
  const found = Array.from(names).flatMap(([number, listed]): Pair[] => {
    // A number that is listed itself is a user of its own.
    if (spellingsOf(number, numbers, userOf).size > 0) return [];
    return Array.from(listed).flatMap((waId): Pair[] => (numbers.has(waId) ? [[number, waId]] : []));
  });
  const users = countEach([...pairs, ...found].map(([number]) => whatsAppUserOf(number)));
  const ids = countEach([...pairs, ...found].map(([, waId]) => whatsAppUserOf(waId)));
  const isIgnored = (pair: Pair) =>
    Array.from(all.values()).some(({ ignored }) => ignoredAmong(NumberSet.of([...pair]), ignored, userOf).size > 0);
  return found.filter((pair) => {
    const [number, waId] = pair;
    const isOnly = users.get(whatsAppUserOf(number)) === 1 && ids.get(whatsAppUserOf(waId)) === 1;
    return isOnly && same(number) !== same(waId) && !isIgnored(pair);
  });
}

function countEach(numbers: readonly Msisdn[]): ReadonlyMap<Msisdn, number> {
  const counts = new Map<Msisdn, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return counts;
}

/**
 * Decides where the pairs of a list are written: into entries that the bot has in the file, or into new ones.
 *
 * | declared for the bot          | listed | entry                                |
 * | ----------------------------- | ------ | ------------------------------------ |
 * | nothing                       | B      | `{ number: A, waId: B }`             |
 * | A, in the file itself         | B      | the entry of A gets `waId: B`        |
 * | A, in a list or a number file | B      | `{ number: A, waId: B }`             |
 * | B                             | B      | unchanged                            |
 *
 * @param numbers the listed numbers to import.
 * @param declared the bot's declared numbers, and `own` those of its entries in the file itself.
 */
export function placeNames(
  numbers: NumberSet,
  pairs: readonly Pair[],
  { declared, own, userOf }: { declared: NumberSet; own: NumberSet; userOf: UserOf | undefined },
): Required<Pick<Addition, 'numbers' | 'names'>> & { readonly toDeclared: number } {
  const names = new Map<Msisdn, Msisdn>();
  const added: Msisdn[] = [];
  let toDeclared = 0;
  for (const [number, waId] of pairs) {
    const [written] = numbers.has(waId) ? [number] : spellingsOf(number, declared, userOf);
    if (written === undefined) continue; // the files declare the listed number
    names.set(written, waId);
    if (!own.has(written)) added.push(written);
    if (!numbers.has(waId)) toDeclared++;
  }
  const paired = NumberSet.of(pairs.map(([, waId]) => waId));
  return { numbers: numbers.minus(paired).or(NumberSet.of(added)), names, toDeclared };
}

/** Returns the numbers of a bot's entries in the file that import writes, expired ones included. */
export function ownNumbers({ declared }: Pick<Target, 'declared'>, { id }: Pick<Bot, 'id'>): NumberSet {
  const bot = declared.bots.find((each) => each.id === id);
  return bot ? bot.entries.numbers.or(NumberSet.of(bot.entries.expired.keys())) : NumberSet.empty;
}
