import type { Bot } from '../model/bot.ts';
import type { Change, Difference } from '../model/plan.ts';
import { NumberSet } from '../numbers/number-set.ts';
import type { UserOf } from '../numbers/same-user.ts';
import { holdBack } from './hands-off.ts';
import { applyPolicy } from './policy.ts';

/** What makes the live list equal to the desired one: one merge over two sorted sets. */
export function diff(desired: NumberSet, live: NumberSet): Difference {
  const [want, have] = [desired.values, live.values];
  const add = new Float64Array(want.length);
  const remove = new Float64Array(have.length);
  const keep = new Float64Array(have.length);
  let [adds, removes, keeps, w, h] = [0, 0, 0, 0, 0];
  while (w < want.length || h < have.length) {
    // Past its end a list gives Infinity, so that the other one is taken to its own end.
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

/** What a bot asks of a live list: ignored and protected numbers are held back, then the difference, then the policy. */
export function changeOf(
  bot: Pick<Bot, 'policy' | 'numbers' | 'ignored' | 'protected'>,
  live: NumberSet,
  userOf: UserOf | undefined,
): Change {
  const retained = holdBack(bot, live, userOf);
  return applyPolicy(bot.policy, diff(retained.desired, live), retained);
}
