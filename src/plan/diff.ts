import type { Bot } from '../model/bot.ts';
import type { Change, Difference } from '../model/plan.ts';
import { NumberSet } from '../numbers/number-set.ts';
import type { UserOf } from '../numbers/same-user.ts';
import { holdBack } from './hands-off.ts';
import { applyPolicy, postponeRemoves } from './policy.ts';

/** Computes the changes that make the live list equal to the desired one, by one merge over two sorted sets. */
export function diff(desired: NumberSet, live: NumberSet): Difference {
  const [want, have] = [desired.values, live.values];
  const add = new Float64Array(want.length);
  const remove = new Float64Array(have.length);
  const keep = new Float64Array(have.length);
  let [adds, removes, keeps, w, h] = [0, 0, 0, 0, 0];
  while (w < want.length || h < have.length) {
    // After the end of a list its value is Infinity, so that the rest of the other list follows.
    const wanted = w < want.length ? want[w]! : Number.POSITIVE_INFINITY;
    const held = h < have.length ? have[h]! : Number.POSITIVE_INFINITY;
    if (wanted < held) {
      add[adds++] = wanted;
      w++;
    } else if (wanted === held) {
      keep[keeps++] = held;
      w++;
      h++;
    } else {
      remove[removes++] = held;
      h++;
    }
  }
  return {
    add: NumberSet.fromSorted(add.slice(0, adds)),
    remove: NumberSet.fromSorted(remove.slice(0, removes)),
    keep: NumberSet.fromSorted(keep.slice(0, keeps)),
  };
}

/**
 * Computes the change that a bot requires of a live list: ignored and protected numbers stay, and the policy
 * limits the difference.
 *
 * @param addsOnly postpones the removals.
 */
export function changeOf(
  bot: Pick<Bot, 'policy' | 'numbers' | 'ignored' | 'protected'>,
  live: NumberSet,
  userOf: UserOf | undefined,
  addsOnly = false,
): Change {
  const retained = holdBack(bot, live, userOf);
  const change = applyPolicy(bot.policy, diff(retained.desired, live), retained);
  return addsOnly ? postponeRemoves(change) : change;
}
