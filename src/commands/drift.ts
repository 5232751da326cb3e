import type { BotPlan, Report } from '../model.ts';
import { makePlan } from '../plan.ts';
import type { ApiOptions, Context } from './context.ts';
import { readDesired } from './desired.ts';
import { openForReading } from './fleet.ts';
import { planReport } from './plan.ts';
import { type Planning, planAll } from './planning.ts';

export interface DriftOptions extends ApiOptions {
  /** How long a difference must last to count, in milliseconds. */
  readonly settle: number;
}

/** Like plan, and confirms a difference by a second reading, so that a write on its way raises no alarm. */
export async function drift(paths: readonly string[], options: DriftOptions, context: Context): Promise<Report> {
  const desired = readDesired(paths, options, context);
  const { bots } = desired;
  const fleet = await openForReading(bots, options, context);
  try {
    const first = await planAll(bots, fleet, options, context);
    const differing = new Map(
      first.plan.bots.filter((bot) => bot.add.size + bot.remove.size > 0).map((bot) => [bot.id, bot]),
    );
    if (differing.size === 0 || context.stop.aborted) return planReport('drift', desired, first, fleet, context);
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
      warnings: [...first.warnings, ...second.warnings],
    };
    return planReport('drift', desired, planning, fleet, context);
  } finally {
    await fleet.close();
  }
}

/** The part of a difference that was there both times. */
function both(first: BotPlan, second: BotPlan): BotPlan {
  return { ...second, add: first.add.and(second.add), remove: first.remove.and(second.remove) };
}
