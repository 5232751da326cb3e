import type { Since } from '../../model/compared.ts';
import type { Change } from '../../model/plan.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import { respell, type UserOf } from '../../numbers/same-user.ts';

export type Difference = Pick<Change, 'add' | 'remove'>;

export const NO_DIFFERENCE: Difference = { add: NumberSet.empty, remove: NumberSet.empty };

/**
 * Compares the differences of one bot with those of an earlier run. A user and a direction are one difference.
 *
 * | earlier | now         | is       |
 * | ------- | ----------- | -------- |
 * | no      | yes         | new      |
 * | yes     | yes         | still    |
 * | yes     | no          | resolved |
 * | yes     | unreadable  | unknown  |
 *
 * @param now null if the list could not be read.
 */
export function compare(past: Difference, now: Difference | null, userOf?: UserOf): Since {
  const none = NO_DIFFERENCE;
  if (now === null) return { new: none, still: none, resolved: none, unknown: past };
  const spelled = (side: keyof Difference) => respell(past[side], now[side], userOf);
  const earlier = { add: spelled('add'), remove: spelled('remove') };
  return { new: minus(now, earlier), still: and(now, earlier), resolved: minus(earlier, now), unknown: none };
}

function minus(a: Difference, b: Difference): Difference {
  return { add: a.add.minus(b.add), remove: a.remove.minus(b.remove) };
}

function and(a: Difference, b: Difference): Difference {
  return { add: a.add.and(b.add), remove: a.remove.and(b.remove) };
}
