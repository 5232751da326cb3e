import pLimit from 'p-limit';
import { readLive } from '../live/read.ts';
import type { Bot } from '../model/bot.ts';
import { ofBot, type Warning } from '../model/fault.ts';
import type { Failure } from '../model/ledger.ts';
import type { BotPlan, Plan, Snapshot } from '../model/plan.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import { planOne, suchAs } from '../plan/bot-plan.ts';
import { makePlan } from '../plan/fingerprint.ts';
import type { Context } from './context.ts';
import type { Fleet, ReadClient } from './fleet.ts';
import type { ApiOptions } from './options.ts';

/** A plan for the bots that could be read, and why the others could not. */
export interface Planning {
  readonly plan: Plan;
  readonly failures: ReadonlyMap<string, Failure>;
  readonly warnings: readonly Warning[];
}

/** Reads every bot side by side and plans each. One bot's failure stops no other. */
export async function planAll(
  bots: readonly Bot[],
  fleet: Fleet<ReadClient>,
  options: ApiOptions,
  context: Context,
): Promise<Planning> {
  const plans: BotPlan[] = [];
  const failures = new Map<string, Failure>();
  const warnings: Warning[] = [];
  context.progress.begin(
    'Reading',
    bots.reduce((sum, bot) => sum + bot.numbers.size, 0),
  );
  await eachBot(bots, options, async (bot) => {
    const line = fleet.clients.get(bot.id)!;
    const live = await readLive(bot.id, line, bot.numbers.size, options, context);
    if ('message' in live) {
      failures.set(bot.id, live);
      return;
    }
    const { plan, warnings: kept } = planOne(bot, line, live);
    warnings.push(...kept, ...(await oddities(bot.id, live, plan.add, context)));
    plans.push(plan);
  });
  context.progress.end();
  return { plan: makePlan(plans, fleet.tokens), failures, warnings };
}

/** What is to be said of a live list, and of what would be added to it. */
export async function oddities(id: string, live: Snapshot, add: NumberSet, context: Context): Promise<Warning[]> {
  return [...live.warnings, ...(await doubts(add, 'all', context))].map((warning) => ofBot(id, warning));
}

/** A warning if libphonenumber doubts numbers. */
export async function doubts(numbers: NumberSet, by: 'all' | 'length', context: Context): Promise<Warning[]> {
  const found = numbers.size > 0 ? await context.doubtful(numbers, by) : [];
  if (found.length === 0) return [];
  const verb = found.length === 1 ? 'number is' : 'numbers are';
  const what =
    by === 'all'
      ? 'not valid'
      : 'of a length that no number of their country has, or with a 0 too many behind the country code,';
  const message = `${found.length} ${verb} ${what} to libphonenumber, ${suchAs(found)}; the server may reject them`;
  return [{ code: by === 'all' ? 'W-INVALID-NUMBER' : 'W-IMPOSSIBLE-NUMBER', message }];
}

export async function eachBot<T>(
  items: readonly T[],
  { parallel }: ApiOptions,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const limit = pLimit(parallel);
  await Promise.all(items.map((item) => limit(() => work(item))));
}
