import type { Since } from '../../model/report.ts';
import { NumberSet } from '../../numbers/number-set.ts';

/** What would make a live list equal to the desired one, as far as it is compared here. */
export interface Difference {
  readonly add: NumberSet;
  readonly remove: NumberSet;
}

export const NO_DIFFERENCE: Difference = { add: NumberSet.empty, remove: NumberSet.empty };

/**
 * Holds the differences of one bot against those of an earlier run. A number and its direction are one difference.
 *
 * | earlier | now         | is       |
 * | ------- | ----------- | -------- |
 * | no      | yes         | new      |
 * | yes     | yes         | still    |
 * | yes     | no          | resolved |
 * | yes     | nobody knows | unknown |
 *
 * @param now null where the bot could not be read.
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
