import type { Bot } from '../model/bot.ts';
import type { Change } from '../model/plan.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import type { UserOf } from '../numbers/same-user.ts';
import { diff } from './diff.ts';
import { holdBack } from './hands-off.ts';
import { applyPolicy } from './policy.ts';

/** What a bot asks of a live list: ignored and protected numbers are held back, then the difference, then the policy. */
export function changeOf(
  bot: Pick<Bot, 'policy' | 'numbers' | 'ignored' | 'protected'>,
  live: NumberSet,
  userOf: UserOf | undefined,
): Change {
  const retained = holdBack(bot, live, userOf);
  return applyPolicy(bot.policy, diff(retained.desired, live), retained);
}
