import type { Change } from '../../model/plan.ts';
import type { Since } from '../../model/report.ts';
import { NumberSet } from '../../numbers/number-set.ts';

export type Difference = Pick<Change, 'add' | 'remove'>;

export const NO_DIFFERENCE: Difference = { add: NumberSet.empty, remove: NumberSet.empty };

/**
 * Compares the differences of one bot with those of an earlier run. A number and its direction are one difference.
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
export function compare(earlier: Difference, now: Difference | null): Since {
  const none = NO_DIFFERENCE;
  if (now === null) return { new: none, still: none, resolved: none, unknown: earlier };
  return { new: minus(now, earlier), still: and(now, earlier), resolved: minus(earlier, now), unknown: none };
}

function minus(a: Difference, b: Difference): Difference {
  return { add: a.add.minus(b.add), remove: a.remove.minus(b.remove) };
}

function and(a: Difference, b: Difference): Difference {
  return { add: a.add.and(b.add), remove: a.remove.and(b.remove) };
}
