import type { Caps } from '../model/bot.ts';
import type { Withheld } from '../model/ledger.ts';
import type { BotPlan, Names } from '../model/plan.ts';
import { LONGEST, type Msisdn, SHORTEST } from '../numbers/msisdn.ts';
import { NumberSet } from '../numbers/number-set.ts';
import type { UserOf } from '../numbers/same-user.ts';
import type { Applied } from './ledger.ts';

/** The facts that show whether two numbers are one user. */
export interface Users {
  readonly userOf: UserOf | undefined;
  readonly mayRename: Caps['mayRename'];
  /** Declared numbers by the removal that has the same international form. */
  readonly alike: ReadonlyMap<Msisdn, Msisdn>;
  /** The other numbers of users in the live list; undefined if the list contains none. */
  readonly names: Names | undefined;
}

/**
 * Finds the removals that may be a declared user under another number. Such a removal would unblock the user,
 * and some APIs cannot block a user again before they write.
 *
 * | declared, not live  | result of the add              | to remove       | why withheld |
 * | ------------------- | ------------------------------ | --------------- | ------------ |
 * | +52 55 5550 0100    | listed as +521 55 5550 0100    | +521 5555500100 | answer       |
 * | +44 07700 900123    | accepted                       | +447700900123   | spelling     |
 * | +44 7700 900123     | listed with +44 7700 900999    | +447700900999   | answer       |
 * | +44 7700 900123     | refused for good               | +447700900132   | edit         |
 * | +54 11 5550 0100    | pending, no other number given | +5491155500100  | digits       |
 *
 * @param adds the results of the adds, which were sent before.
 */
export function withhold(plan: Writable, adds: Pick<Applied, 'unsettled' | 'listed'>, users: Users): Held[] {
  const { add, keep, remove, missing } = plan;
  const { userOf = (number) => number, mayRename, alike, names = new Map() } = users;
  const { unsettled, listed } = adds;
  const found = new Map<Msisdn, Held>();
  const hold = (because: Withheld['because'], pairs: Iterable<readonly [removal: Msisdn, declared: Msisdn]>) => {
    for (const [number, declared] of pairs) {
      if (!found.has(number)) found.set(number, { number, declared, because });
    }
  };
  hold('answer', sameUser(remove, [...listed], userOf));
  if (names.size > 0) {
    const wanted = new Map(Array.from(NumberSet.union([keep, missing, add]), (number) => [userOf(number), number]));
    const ofDeclared = Array.from(names).flatMap(([other, live]) => {
      const number = wanted.get(userOf(other));
      return number === undefined ? [] : [[number, live] as const];
    });
    hold('answer', sameUser(remove, ofDeclared, userOf));
  }
  hold(
    'spelling',
    Array.from(alike).filter(([, declared]) => !listed.has(declared)),
  );
  for (const { number, state } of unsettled) {
    if (state === 'rejected') hold('edit', editsOf(number, remove));
  }
  // The API may know a user by another number and did not return it, so only the last digits can be compared.
  const unnamed = NumberSet.of([...add, ...missing].filter((number) => !listed.has(number)));
  if (mayRename) hold('digits', lookalikes(unnamed, remove));
  return [...found.values()];
}

type Held = Withheld & { readonly number: Msisdn };

export type Writable = Pick<BotPlan, 'add' | 'remove' | 'keep' | 'missing'>;

type NamedUser = readonly [declared: Msisdn, names: ReadonlySet<Msisdn>];

/** Finds removals of a user whom the API returned for a declared number. */
function sameUser(remove: NumberSet, listed: readonly NamedUser[], userOf: UserOf): [Msisdn, Msisdn][] {
  if (listed.length === 0) return [];
  const declared = new Map(
    listed.flatMap(([number, names]) => Array.from(names, (name) => [userOf(name), number] as const)),
  );
  return Array.from(remove).flatMap((number): [Msisdn, Msisdn][] => {
    const added = declared.get(userOf(number));
    return added === undefined ? [] : [[number, added]];
  });
}

/** Finds removals with the same last seven digits as a declared number. @returns each with one such number. */
export function lookalikes(declared: NumberSet, remove: NumberSet): [removal: Msisdn, declared: Msisdn][] {
  const tails = NumberSet.of(remove.values.map(tailOf));
  const some = new Map(
    Array.from(
      declared.values.filter((number) => tails.has(tailOf(number))),
      byTail,
    ),
  );
  return Array.from(some.size === 0 ? [] : remove).flatMap((number): [Msisdn, Msisdn][] => {
    const other = some.get(tailOf(number));
    return other === undefined ? [] : [[number, other]];
  });
}

const tailOf = (number: Msisdn) => number % 1e7;
const byTail = (number: Msisdn) => [tailOf(number), number] as const;

/** Finds removals that differ from the number by one edit: a digit more, less or changed, or two neighbors swapped. */
function editsOf(number: Msisdn, remove: NumberSet): [Msisdn, Msisdn][] {
  const text = String(number);
  const slips = new Set<string>();
  for (let at = 0; at <= text.length; at++) {
    const [head, tail] = [text.slice(0, at), text.slice(at)];
    slips.add(head + tail.slice(1));
    if (tail.length > 1) slips.add(head + tail[1] + tail[0] + tail.slice(2));
    for (let digit = 0; digit <= 9; digit++) slips.add(head + digit + tail).add(head + digit + tail.slice(1));
  }
  return Array.from(slips).flatMap((slip): [Msisdn, Msisdn][] => {
    const isNumber = slip.length >= SHORTEST && slip.length <= LONGEST && slip[0] !== '0';
    return isNumber && remove.has(Number(slip)) ? [[Number(slip), number]] : [];
  });
}
