import type { Bot } from '../model/bot.ts';
import { ofBot, type Warning } from '../model/fault.ts';
import type { Failure } from '../model/ledger.ts';
import type { BotPlan, Plan, Snapshot } from '../model/plan.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import { keptBy, planBot, suchAs } from '../plan/bot-plan.ts';
import { changeOf } from '../plan/diff.ts';
import { makePlan } from '../plan/fingerprint.ts';
import { guard } from '../plan/guard.ts';
import type { Context } from './context.ts';
import type { Fleet, ReadClient } from './fleet.ts';

/** A plan for the bots that could be read, and why the others could not. */
export interface Planning {
  readonly plan: Plan;
  readonly failures: ReadonlyMap<string, Failure>;
  readonly warnings: readonly Warning[];
}

/**
 * Reads and plans every bot, side by side. What a number goes through, in this order:
 *
 * 1. The live list is read to its end (`live/`), or the bot has failed.
 * 2. What the bot's files ask of that list: ignored and protected numbers are held back (`plan/hands-off`), the two lists
 *    are compared (`plan/diff`), and the policy takes out what it forbids (`plan/policy`).
 * 3. The guard says whether the change looks like an accident (`plan/guard`).
 * 4. All that is known of the bot becomes its part of the plan (`plan/bot-plan`).
 * 5. The plan of all bots gets its fingerprint (`plan/fingerprint`).
 */
export async function planAll(bots: readonly Bot[], fleet: Fleet<ReadClient>, doubtful: Doubtful): Promise<Planning> {
  const plans: BotPlan[] = [];
  const warnings: Warning[] = [];
  const hintOf = ({ numbers }: Bot) => numbers.size;
  const failures = await fleet.readEach(bots, hintOf, async (bot, live, { provider: { caps, userOf }, baseUrl }) => {
    const change = changeOf(bot, live.numbers, userOf);
    const verdict = guard(change, bot.guard, { ...caps, foreign: live.foreign });
    plans.push(planBot(bot, baseUrl, change, verdict));
    const kept = change.protected;
    warnings.push(...keptBy(bot.id, kept.size, `, ${suchAs(kept.values)}`));
    warnings.push(...(await oddities(bot.id, live, change.add, doubtful)));
  });
  return { plan: makePlan(plans, fleet.tokens), failures, warnings };
}

type Doubtful = Context['doubtful'];

/** What is to be said of a live list, and of what would be added to it. */
export async function oddities(id: string, live: Snapshot, add: NumberSet, doubtful: Doubtful): Promise<Warning[]> {
  return [...live.warnings, ...(await doubts(add, 'all', doubtful))].map((warning) => ofBot(id, warning));
}

/** A warning if libphonenumber doubts numbers. */
export async function doubts(numbers: NumberSet, by: 'all' | 'length', doubtful: Doubtful): Promise<Warning[]> {
  const found = numbers.size > 0 ? await doubtful(numbers, by) : [];
  if (found.length === 0) return [];
  const verb = found.length === 1 ? 'number is' : 'numbers are';
  const what =
    by === 'all'
      ? 'not valid'
      : 'of a length that no number of their country has, or with a 0 too many behind the country code,';
  const message = `${found.length} ${verb} ${what} to libphonenumber, ${suchAs(found)}; the server may reject them`;
  return [{ code: by === 'all' ? 'W-INVALID-NUMBER' : 'W-IMPOSSIBLE-NUMBER', message }];
}
