import type { Policy } from '../model/bot.ts';
import type { Change } from '../model/plan.ts';
import { NumberSet } from '../numbers/number-set.ts';

/**
 * What makes the live list equal to the desired one: one merge over two sorted sets.
 *
 * | desired | live | sync   | add-only       | remove-only        |
 * | ------- | ---- | ------ | -------------- | ------------------ |
 * | yes     | no   | add    | add            | left out (missing) |
 * | yes     | yes  | keep   | keep           | keep               |
 * | no      | yes  | remove | keep (surplus) | remove             |
 */
export function diff(desired: NumberSet, live: NumberSet, policy: Policy): Change {
  const want = desired.values;
  const have = live.values;
  const add = new Float64Array(want.length);
  const remove = new Float64Array(have.length);
  const keep = new Float64Array(have.length);
  let adds = 0;
  let removes = 0;
  let keeps = 0;
  let surplus = 0;
  let missing = 0;
  let w = 0;
  let h = 0;
  while (w < want.length || h < have.length) {
    // Past its end a list gives Infinity, so that the other one is taken to its own end.
    const wanted = w < want.length ? want[w]! : Number.POSITIVE_INFINITY;
    const held = h < have.length ? have[h]! : Number.POSITIVE_INFINITY;
    if (wanted < held) {
      if (policy === 'remove-only') missing++;
      else add[adds++] = wanted;
      w++;
    } else if (wanted === held) {
      keep[keeps++] = held;
      w++;
      h++;
    } else {
      if (policy === 'add-only') {
        keep[keeps++] = held;
        surplus++;
      } else remove[removes++] = held;
      h++;
    }
  }
  return {
    add: NumberSet.fromSorted(add.slice(0, adds)),
    remove: NumberSet.fromSorted(remove.slice(0, removes)),
    keep: NumberSet.fromSorted(keep.slice(0, keeps)),
    surplus,
    missing,
  };
}
