import type { Policy } from '../model/bot.ts';
import type { Change, Difference } from '../model/plan.ts';
import { NumberSet } from '../numbers/number-set.ts';
import type { Retained } from './hands-off.ts';

/** The directions that a policy allows. No other code compares policies. */
export const POLICIES: Readonly<Record<Policy, { readonly adds: boolean; readonly removes: boolean }>> = {
  sync: { adds: true, removes: true },
  'add-only': { adds: true, removes: false },
  'remove-only': { adds: false, removes: true },
};

/** Postpones the removals of a change: their numbers stay in the list, and are counted. */
export function postponeRemoves(change: Change): Change {
  const { remove, keep, counts } = change;
  return { ...change, remove: NumberSet.empty, keep: keep.or(remove), counts: { ...counts, postponed: remove.size } };
}

/**
 * Removes the changes that a policy forbids from a difference, and counts them.
 *
 * | desired | live | sync   | add-only       | remove-only        |
 * | ------- | ---- | ------ | -------------- | ------------------ |
 * | yes     | no   | add    | add            | omit (missing)     |
 * | yes     | yes  | keep   | keep           | keep               |
 * | no      | yes  | remove | keep (surplus) | remove             |
 *
 * With a policy that never removes, protected numbers count as surplus: they stay without protection, too.
 */
export function applyPolicy(policy: Policy, { add, remove, keep }: Difference, retained: Retained): Change {
  const { adds, removes } = POLICIES[policy];
  const { ignored, protected: kept } = retained;
  const unchanged = keep.minus(ignored).minus(kept);
  return {
    add: adds ? add : NumberSet.empty,
    remove: removes ? remove : NumberSet.empty,
    keep: removes ? keep : keep.or(remove),
    missing: adds ? NumberSet.empty : add,
    unchanged,
    protected: removes ? kept : NumberSet.empty,
    counts: {
      unchanged: unchanged.size,
      surplus: removes ? 0 : remove.size + kept.size,
      ignored: ignored.size,
      protected: removes ? kept.size : 0,
      missing: adds ? 0 : add.size,
    },
  };
}
