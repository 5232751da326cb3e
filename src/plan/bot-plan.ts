import { createHash } from 'node:crypto';
import type { Bot } from '../model/bot.ts';
import { ofBot, type Warning } from '../model/fault.ts';
import type { BotPlan, Change, Verdict } from '../model/plan.ts';
import { formatMsisdn, type Msisdn } from '../numbers/msisdn.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import { bytesOf } from './fingerprint.ts';

/** Puts together what is known of one bot. */
export function planBot(bot: Bot, baseUrl: string, change: Change, guard: Verdict): BotPlan {
  const { id, provider, settings, tokenEnv, policy } = bot;
  const { add, remove, counts } = change;
  const untouched = digestOf(change.keep);
  return { id, provider, settings, baseUrl, tokenEnv, policy, add, remove, counts, untouched, guard };
}

const digestOf = (numbers: NumberSet) => createHash('sha256').update(bytesOf(numbers)).digest('hex');

/**
 * Holds a saved plan against the live list: what is done already drops out of it, and null if anything else moved.
 */
export function recheck(plan: BotPlan, live: NumberSet): BotPlan | null {
  const untouched = live.minus(plan.add).minus(plan.remove);
  if (digestOf(untouched) !== plan.untouched) return null;
  const add = plan.add.minus(live);
  const remove = plan.remove.and(live);
  // What is done already cannot be refused any more.
  const open = plan.guard.tripped === 'capacity' ? add : remove;
  const tripped = open.size > 0 && plan.guard.tripped;
  return { ...plan, add, remove, guard: { ...plan.guard, tripped } };
}

/**
 * A warning if protection keeps numbers on a list whose own bot does not want them.
 *
 * @param examples some of them, where they are known: a saved plan has only their count.
 */
export function keptBy(id: string, count: number, examples = ''): Warning[] {
  if (count === 0) return [];
  const [are, stay] = count === 1 ? ['number is', 'stays because it is'] : ['numbers are', 'stay because they are'];
  const message = `${count} ${are} live and not desired, and ${stay} protected${examples}`;
  return [ofBot(id, { code: 'W-PROTECTED', message })];
}

export const suchAs = (numbers: readonly Msisdn[] | Float64Array) =>
  `such as ${Array.from(numbers.slice(0, 3), formatMsisdn).join(', ')}`;
