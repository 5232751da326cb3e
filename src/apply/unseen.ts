import type { Direction, Failure, Unapplied } from '../model/ledger.ts';
import type { Snapshot } from '../model/plan.ts';
import { Invalid } from '../numbers/invalid.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import type { UserOf } from '../numbers/same-user.ts';

/** The results of numbers for which only the list shows what the server did. */
export interface Seen {
  readonly done: readonly Msisdn[];
  readonly undone: readonly Unapplied[];
  /** The numbers under which the list contains the user of each added number. */
  readonly listed: ReadonlyMap<Msisdn, ReadonlySet<Msisdn>>;
  /** Why the list could not be read; omitted if it was. */
  readonly unread?: Failure;
}

const INCOMPLETE = { state: 'unknown', reason: 'the list may be incomplete' } as const;
const HIDDEN = { state: 'unknown', reason: 'the list may contain the user without the number' } as const;

/**
 * Finds the results of numbers in a list that was read after their write. An added number is done if the list contains
 * its user, a removed one if the list does not contain the number, which is unknown if the user may be a new entry without
 * a number. All absent numbers are unknown if the list may be incomplete. Any other keeps the result in `unseen`, but a
 * pending add has no room if the list is full.
 *
 * @param capacity the largest possible count of entries in the list.
 * @param live the list, or why it could not be read: then all results are unknown.
 */
export function seeResults(
  live: Snapshot | Invalid<Failure>,
  direction: Direction,
  unseen: readonly Unapplied[],
  userOf: UserOf = (number) => number,
  capacity = Number.POSITIVE_INFINITY,
): Seen {
  if (live instanceof Invalid) {
    const unknown = { state: 'unknown', reason: 'the list could not be read' } as const;
    const undone = unseen.map((each) => ({ ...each, ...unknown }));
    return { done: [], undone, listed: new Map(), unread: live.why };
  }
  const namesOf = new Map<Msisdn, Set<Msisdn>>(unseen.map(({ number }) => [userOf(number), new Set()]));
  for (const name of live.numbers) namesOf.get(userOf(name))?.add(name);
  for (const [other, names] of live.names ?? []) for (const name of names) namesOf.get(userOf(other))?.add(name);
  const entries = live.numbers.size + live.foreign;
  const full = entries >= capacity && ({ state: 'full', reason: `the list has ${entries} entries` } as const);
  const listed = new Map<Msisdn, ReadonlySet<Msisdn>>();
  const done: Msisdn[] = [];
  const undone: Unapplied[] = [];
  for (const each of unseen) {
    const { number } = each;
    const names = namesOf.get(userOf(number))!;
    if (direction === 'add' && names.size > 0) listed.set(number, names);
    const isAbsent = direction === 'add' ? names.size === 0 : !live.numbers.has(number);
    if (isAbsent && live.mayGoOn) undone.push({ ...each, ...INCOMPLETE });
    else if (isAbsent && direction === 'remove' && live.hidesMore) undone.push({ ...each, ...HIDDEN });
    else if (isAbsent === (direction === 'remove')) done.push(number);
    else undone.push({ ...each, ...(each.state === 'pending' && full) });
  }
  return { done, undone, listed };
}
