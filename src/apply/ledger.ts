import type { Direction, Failure, Ledger, Unapplied } from '../model/ledger.ts';
import type { NumberSet } from '../numbers/number-set.ts';

/** A number that was sent and is not known to be done. */
export type Unsettled = Unapplied & { readonly direction: Direction };

/** The result of writing one bot's change. Failures are data: nothing is thrown. */
export interface Applied {
  readonly applied: number;
  readonly skipped: number;
  readonly unsettled: readonly Unsettled[];
  readonly failure: Failure | null;
}

/**
 * Settles a ledger by a later read of the list: a number whose goal is reached is applied, whatever the answer was. The
 * list may lag, so a goal that does not show proves nothing.
 */
export function settle({ applied, skipped, unsettled }: Applied, live: NumberSet | null): Ledger {
  const left = unsettled.filter(({ number, direction }) => live === null || live.has(number) !== (direction === 'add'));
  const count = (state: Unsettled['state']) => left.filter((each) => each.state === state).length;
  return {
    applied: applied + unsettled.length - left.length,
    failed: count('failed') + count('full'),
    unknown: count('unknown'),
    skipped,
    pending: count('pending'),
    rejected: left.flatMap(({ state, ...rejection }) => (state === 'rejected' ? [rejection] : [])),
    withheld: [],
  };
}
