import { createHash } from 'node:crypto';
import type { Bot } from '../model/bot.ts';
import type { BotPlan, Change, Verdict } from '../model/plan.ts';
import type { Sample, Warning } from '../model/warnings.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import { bytesOf } from './fingerprint.ts';

export function planBot(bot: Bot, baseUrl: string, change: Change, guard: Verdict): BotPlan {
  const { id, provider, settings, tokenEnv, policy } = bot;
  const { add, remove, keep, missing, counts } = change;
  const untouched = digestOf(keep);
  return { id, provider, settings, baseUrl, tokenEnv, policy, add, remove, keep, missing, counts, untouched, guard };
}

const digestOf = (numbers: NumberSet) => createHash('sha256').update(bytesOf(numbers)).digest('hex');

/** Compares a saved plan with the live list. Changes that are done drop out; null if anything else moved. */
export function recheck(plan: BotPlan, live: NumberSet): BotPlan | null {
  if (digestOf(live.minus(plan.add).minus(plan.remove)) !== plan.untouched) return null;
  const add = plan.add.minus(live);
  const remove = plan.remove.and(live);
  const keep = live.minus(remove);
  // Changes that are done cannot be refused any more.
  const open = plan.guard.tripped === 'capacity' ? add : remove;
  const tripped = open.size > 0 && plan.guard.tripped;
  return { ...plan, add, remove, keep, guard: { ...plan.guard, tripped } };
}

/** A warning if only protection keeps numbers in a list. */
export function keptBy(bot: string, kept: Sample): Warning[] {
  return kept.count > 0 ? [{ code: 'W-PROTECTED', bot, ...kept }] : [];
}
