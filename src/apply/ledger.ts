import {
  bothOf,
  type Direction,
  type Failure,
  type Ledger,
  type ListedAs,
  type Split,
  type Unapplied,
  type Withheld,
} from '../model/ledger.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { NumberSet } from '../numbers/number-set.ts';
import type { UserOf } from '../numbers/same-user.ts';

/** A number that was sent and is not known to be done. */
export type Unsettled = Unapplied & { readonly direction: Direction };

/** The result of writing one bot's change. Failures are data, and never thrown. */
export interface Applied {
  /** The numbers that the server accepted. */
  readonly done: { readonly [side in Direction]: NumberSet };
  /** The numbers that were not sent. */
  readonly skipped: Split;
  readonly unsettled: readonly Unsettled[];
  readonly withheld: readonly Withheld[];
  /** The numbers under which the API lists a user, by the number that was added. */
  readonly listed: ReadonlyMap<Msisdn, ReadonlySet<Msisdn>>;
  readonly failure: Failure | null;
  /** Why the list could not be read to find results that no answer contained; omitted if it was, or need not be. */
  readonly unread?: Failure | undefined;
}

/**
 * Settles a ledger by a later read of the list. A number whose change the list shows is applied, whatever the
 * answer was. The result of any other number stays unchanged.
 *
 * @param proof a list that cannot be older than the list of the plan; null if there is none.
 */
export function settle({ done, skipped, unsettled, withheld }: Applied, proof: NumberSet | null): Ledger {
  const isProved = ({ number, direction }: Unsettled) => proof !== null && proof.has(number) === (direction === 'add');
  const left = unsettled.filter((each) => !isProved(each));
  const proved = countSides(unsettled.filter(isProved));
  const leftIn = (...states: readonly Unsettled['state'][]) =>
    countSides(left.filter(({ state }) => states.includes(state)));
  return {
    applied: { add: done.add.size + proved.add, remove: done.remove.size + proved.remove },
    failed: leftIn('failed', 'full'),
    unknown: leftIn('unknown'),
    skipped,
    pending: bothOf(leftIn('pending')),
    rejected: left.flatMap(({ state, ...rejection }) => (state === 'rejected' ? [rejection] : [])),
    withheld,
  };
}

function countSides(numbers: readonly Unsettled[]): Split {
  const adds = numbers.filter(({ direction }) => direction === 'add').length;
  return { add: adds, remove: numbers.length - adds };
}

/** Returns the added numbers whose users the list contains under another number that the API returned for them. */
export function shownBy(live: NumberSet, { listed }: Applied): NumberSet {
  return NumberSet.of(
    Array.from(listed).flatMap(([number, names]) => (Array.from(names).some((name) => live.has(name)) ? [number] : [])),
  );
}

/** Returns the added numbers with the other numbers that the API returned for them, unless both are known as one user. */
export function otherNames({ listed }: Pick<Applied, 'listed'>, userOf: UserOf = (number) => number): ListedAs[] {
  return Array.from(listed).flatMap(([number, names]) => {
    const others = Array.from(names).filter((name) => userOf(name) !== userOf(number));
    return others.map((waId) => ({ number, waId }));
  });
}
