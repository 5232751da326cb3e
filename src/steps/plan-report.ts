import { isInForce } from '../desired/expiry.ts';
import type { PlanReport } from '../model/report.ts';
import { causesOf, spelledAs } from '../plan/causes.ts';
import { reportBot, reportFailed, reportPlan } from './build-report.ts';
import type { Context } from './context.ts';
import type { Fleet, ReadClient } from './fleet.ts';
import type { Planning } from './plan-all.ts';
import type { Desired } from './read-desired.ts';

/** The report of a fresh plan. `verbose`: it contains where the added numbers are declared. */
export function planReport(
  command: string,
  { bots, before, declarations, ...desired }: Desired,
  { plan, failures, warnings }: Planning,
  { clients, sent, overrides }: Fleet<ReadClient>,
  verbose: boolean | undefined,
  { clock, stop }: Pick<Context, 'clock' | 'stop'>,
): PlanReport {
  const today = clock.today();
  const byId = new Map(bots.map((bot) => [bot.id, bot]));
  const read = plan.bots.map((bot) => {
    const spelled = spelledAs(byId.get(bot.id)!, bot, clients.get(bot.id)!.userOf);
    const earlier = before && (before.bots.get(bot.id) ?? null);
    const userOf = before?.usersOf(bot.provider);
    return reportBot(bot, {
      causes: causesOf(spelled, bot, earlier && spelledAs(earlier, bot, userOf), userOf),
      ...(verbose && {
        declarations: declarations(bot.id, bot.add).filter(({ entry }) => isInForce(entry.expires, today)),
      }),
    });
  });
  const reported = [...read, ...reportFailed(bots, failures, clients)];
  const rest = { interrupted: stop.aborted, overrides, warnings: [...desired.warnings, ...warnings] };
  return reportPlan(command, plan, reported, sent(), rest);
}
