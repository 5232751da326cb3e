import { createHmac } from 'node:crypto';
import type { Bot, GuardLimits } from '../model/bot.ts';
import type { BotPlan, Change, Verdict } from '../model/plan.ts';
import type { Sample, Warning } from '../model/warnings.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import { respell, type UserOf } from '../numbers/same-user.ts';
import { bytesOf, keyOf, type Tokens } from './fingerprint.ts';
import { guard, type Room } from './guard.ts';

export function planBot(bot: Bot, baseUrl: string, change: Change, guard: Verdict, tokens: Tokens): BotPlan {
  const { id, provider, settings, tokenEnv, policy } = bot;
  const { add, remove, keep, missing, counts } = change;
  const untouched = digestOf(bot, keep, tokens);
  return { id, provider, settings, baseUrl, tokenEnv, policy, add, remove, keep, missing, counts, untouched, guard };
}

/** Computes a digest keyed with the bot's token: a plain hash of a short list could be found by trying all numbers. */
function digestOf(bot: Pick<Bot, 'id'>, numbers: NumberSet, tokens: Tokens): string {
  const hmac = createHmac('sha256', keyOf([bot], tokens)).update('untouched\n');
  return hmac.update(bytesOf(numbers)).digest('hex');
}

const untouchedBy = ({ add, remove }: BotPlan, live: NumberSet) => live.minus(add).minus(remove);

/**
 * Reports whether numbers that the plan does not change were added or removed since it was made, or since
 * `leftOf` returned it. It does not matter which changes of the plan are done.
 *
 * @param live in the spelling of the plan's adds.
 */
export function movedElsewhere(plan: BotPlan, live: NumberSet, tokens: Tokens): boolean {
  return digestOf(plan, untouchedBy(plan, live), tokens) !== plan.untouched;
}

/** Returns a saved plan without the changes that are done. `live` has the spelling of the plan's adds. */
export function leftOf(plan: BotPlan, live: NumberSet, tokens: Tokens): BotPlan {
  const [add, remove] = [plan.add.minus(live), plan.remove.and(live)];
  // The guard cannot refuse changes that are done.
  const open = plan.guard.tripped === 'capacity' ? add : remove;
  const tripped = open.size > 0 && plan.guard.tripped;
  const counts = { ...plan.counts, unchanged: plan.counts.unchanged + plan.add.size - add.size };
  const left = { ...plan, add, remove, keep: live.minus(remove), counts, guard: { ...plan.guard, tripped } };
  return { ...left, untouched: digestOf(plan, untouchedBy(left, live), tokens) };
}

/**
 * Guards the rest of a saved plan again, with the limits and declarations of the current files. The verdict of the
 * plan stays, unless the new one is stricter. If one of the two refuses the rest, it is refused.
 *
 * @param due the change that the current desired state requires of the same live list.
 */
export function guardAgain(left: BotPlan, due: Change, limits: GuardLimits, room: Room): BotPlan {
  const { add, remove, keep } = left;
  // The files may require removals that the plan does not contain. These numbers stay, but are not declared.
  const undeclared = due.remove.minus(remove).size;
  const counts = { ...due.counts, protected: due.counts.protected + undeclared };
  const verdict = guard({ add, remove, keep, counts }, limits, room);
  return strictness(verdict) > strictness(left.guard) ? { ...left, guard: { ...verdict, current: true } } : left;
}

/** An approval overrides a refusal of removals, but not one of adds without room. */
const strictness = ({ tripped }: Verdict) => (tripped === 'capacity' ? 2 : tripped ? 1 : 0);

/**
 * Counts the changes of a plan that the current desired state does not require. It may declare, ignore or
 * protect a number to remove, it may ignore or not declare a number to add, or its policy may differ.
 *
 * @param due the change that the current desired state requires of the same live list; see `changeOf`.
 */
export function countAgainst(
  { add, remove }: Pick<BotPlan, 'add' | 'remove'>,
  due: Pick<Change, 'add' | 'remove'>,
  userOf: UserOf | undefined,
): number {
  return add.minus(respell(due.add, add, userOf)).size + remove.minus(due.remove).size;
}

/** Returns a warning if only protection keeps numbers in a list. */
export function keptBy(bot: string, kept: Sample): Warning[] {
  return kept.count > 0 ? [{ code: 'W-PROTECTED', bot, ...kept }] : [];
}
