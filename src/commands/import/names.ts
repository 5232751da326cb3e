import type { Addition } from '../../desired/edit/insert.ts';
import type { Bot } from '../../model/bot.ts';
import type { Snapshot } from '../../model/plan.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import { type Pair, type UserOf, whatsAppUserOf } from '../../numbers/same-user.ts';
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
  { pairs, all: bots }: Pick<Target, 'pairs' | 'all'>,
  userOf: UserOf | undefined,
): readonly Pair[] {
  const same = userOf ?? ((number: Msisdn) => number);
  const users = new Set(Array.from(names.size > 0 ? numbers : [], same));
  const found = Array.from(names).flatMap(([number, listed]): Pair[] => {
    // The rule or the files know both numbers, or the number is listed itself and is a user of its own.
    if (users.has(same(number))) return [];
    return Array.from(listed).flatMap((waId): Pair[] => (numbers.has(waId) ? [[number, waId]] : []));
  });
  const owners = countEach([...pairs, ...found].map(([number]) => whatsAppUserOf(number)));
  const ids = countEach([...pairs, ...found].map(([, waId]) => whatsAppUserOf(waId)));
  const all = NumberSet.of(found.flat());
  const ignored = NumberSet.union(Array.from(bots.values(), (bot) => ignoredAmong(all, bot.ignored, userOf)));
  return found.filter(([number, waId]) => {
    const isOnly = owners.get(whatsAppUserOf(number)) === 1 && ids.get(whatsAppUserOf(waId)) === 1;
    return isOnly && !ignored.has(number) && !ignored.has(waId);
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
  const same = userOf ?? ((number: Msisdn) => number);
  const spelled = new Map(Array.from(pairs.length > 0 ? declared : [], (number) => [same(number), number]));
  for (const [number, waId] of pairs) {
    const written = numbers.has(waId) ? number : spelled.get(same(number));
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
