import type { BotPlan, Report } from '../model.ts';
import { makePlan } from '../plan.ts';
import type { ApiOptions, Context } from './context.ts';
import { readDesired } from './desired.ts';
import { holdAgainst, readEarlier } from './earlier.ts';
import { openForReading } from './fleet.ts';
import { planReport } from './plan.ts';
import { type Planning, planAll } from './planning.ts';

export interface DriftOptions extends ApiOptions {
  /** How long a difference must last to count, in milliseconds. */
  readonly settle: number;
  /** The report of an earlier run, to hold the differences against. */
  readonly since?: string | undefined;
}

/** Like plan, and confirms a difference by a second reading, so that a write on its way raises no alarm. */
export async function drift(paths: readonly string[], options: DriftOptions, context: Context): Promise<Report> {
  const desired = readDesired(paths, options, context);
  const { bots } = desired;
  // Read before anything is sent, and before this run's own report may replace it.
  const earlier = options.since === undefined ? null : readEarlier(options.since, bots, context);
  const fleet = await openForReading(bots, options, context);
  try {
    const first = await planAll(bots, fleet, options, context);
    const differing = new Map(
      first.plan.bots.filter((bot) => bot.add.size + bot.remove.size > 0).map((bot) => [bot.id, bot]),
    );
    const report = (planning: Planning) => {
      const now = planReport('drift', desired, planning, fleet, context);
      return earlier ? holdAgainst(earlier, planning, now) : now;
    };
    if (differing.size === 0 || context.stop.aborted) return report(first);
    context.progress.begin('Waiting', 0);
    await context.clock.sleep(options.settle, context.stop);
    context.progress.end();
    const again = bots.filter(({ id }) => differing.has(id));
    const second = await planAll(again, fleet, options, context);
    const confirmed = second.plan.bots.map((bot) => both(differing.get(bot.id)!, bot));
    const settled = first.plan.bots.filter(({ id }) => !differing.has(id));
    const planning: Planning = {
      plan: makePlan([...settled, ...confirmed], fleet.tokens),
      failures: new Map([...first.failures, ...second.failures]),
      warnings: [...new Set([...first.warnings, ...second.warnings])], // most show both times
    };
    return report(planning);
  } finally {
    await fleet.close();
  }
}

/** The part of a difference that was there both times. */
function both(first: BotPlan, second: BotPlan): BotPlan {
  return { ...second, add: first.add.and(second.add), remove: first.remove.and(second.remove) };
}
