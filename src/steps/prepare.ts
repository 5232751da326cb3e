import { StaleError } from '../model/errors.ts';
import type { BotPlan, Plan } from '../model/plan.ts';
import type { PlanReport } from '../model/report.ts';
import type { Warning } from '../model/warnings.ts';
import { respell } from '../numbers/same-user.ts';
import { keptBy, recheck } from '../plan/bot-plan.ts';
import { keyOf } from '../plan/fingerprint.ts';
import { readPlanFile } from '../plan/saved-plan.ts';
import { reportBot, reportFailed, reportPlan } from './build-report.ts';
import type { Context } from './context.ts';
import { type Fleet, openForWriting, type WriteClient } from './fleet.ts';
import type { ApplyOptions } from './options.ts';
import { oddities, planAll } from './plan-all.ts';
import { planReport } from './plan-report.ts';
import { readCompared } from './read-desired.ts';

/** What is about to be written, and the clients that write it. */
export interface Prepared {
  readonly fleet: Fleet<WriteClient>;
  readonly bots: readonly BotPlan[];
  readonly report: PlanReport;
}

/** Plans from the files, as they and the live lists are now. */
export async function prepareFresh(paths: readonly string[], options: ApplyOptions, context: Context) {
  const desired = await readCompared(paths, options, context);
  const { bots } = desired;
  const fleet = await openForWriting(bots, options, context);
  return orClose(fleet, async (): Promise<Prepared> => {
    const planning = await planAll(bots, fleet, context.doubtful);
    const report = planReport('apply', desired, planning, fleet, options.verbose, context);
    return { fleet, bots: planning.plan.bots, report };
  });
}

/** Closes the fleet if the work on it fails. */
async function orClose<T>(fleet: Fleet<WriteClient>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await fleet.close();
    throw error;
  }
}

/** Compares a saved plan with the live lists. Changes that are done drop out; if anything else moved, it is stale. */
export async function prepareSaved(file: string, options: ApplyOptions, context: Context): Promise<Prepared> {
  const saved = readPlanFile(file, context.files.read(file));
  const fleet = await openForWriting(saved.plan.bots, options, context);
  return orClose(fleet, async () => {
    saved.verify(keyOf(saved.plan.bots, fleet.tokens));
    for (const { id, baseUrl } of saved.plan.bots) {
      const actual = fleet.clients.get(id)!.baseUrl;
      if (baseUrl === actual) continue;
      throw new StaleError({ kind: 'other-place', file, bot: id, planned: baseUrl, now: actual });
    }
    return recheckAll(file, saved.plan, fleet, context);
  });
}

async function recheckAll(file: string, plan: Plan, fleet: Fleet<WriteClient>, context: Context): Promise<Prepared> {
  const rest: BotPlan[] = [];
  const moved: string[] = [];
  const warnings: Warning[] = [];
  const hintOf = ({ guard, counts }: BotPlan) => guard.live + counts.ignored;
  const failures = await fleet.readEach(plan.bots, hintOf, async (bot, live, { provider }) => {
    const left = recheck(bot, respell(live.numbers, bot.add, provider.userOf));
    if (!left) return void moved.push(bot.id);
    rest.push(left);
    // The list is otherwise as it was, so the protected numbers are the same.
    warnings.push(...keptBy(bot.id, { count: left.counts.protected, numbers: [] }));
    warnings.push(...(await oddities(bot.id, live, left.add, context.doubtful)));
  });
  if (moved.length > 0) throw new StaleError({ kind: 'moved', file, bots: moved.sort() });
  const reported = [...rest.map((bot) => reportBot(bot)), ...reportFailed(plan.bots, failures, fleet.clients)];
  const facts = { interrupted: context.stop.aborted, overrides: fleet.overrides, warnings };
  return { fleet, bots: rest, report: reportPlan('apply', { ...plan, bots: rest }, reported, fleet.sent(), facts) };
}
