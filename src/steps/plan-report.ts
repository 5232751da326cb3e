import { isInForce } from '../desired/expiry.ts';
import type { Bot } from '../model/bot.ts';
import type { Report } from '../model/report.ts';
import { causesOf, spelledAs } from '../plan/causes.ts';
import { reportBot, reportFailed, sortBots, writesNeeded } from './build-report.ts';
import type { Context } from './context.ts';
import type { Fleet, ReadClient } from './fleet.ts';
import type { ApiOptions } from './options.ts';
import { planOutcome } from './outcome.ts';
import type { Planning } from './plan-all.ts';
import type { Desired } from './read-desired.ts';

/** The report of a plan that was made just now. */
export function planReport(
  command: string,
  { bots, before, warnings: told, declarations }: Desired,
  { plan, failures, warnings }: Planning,
  fleet: Fleet<ReadClient>,
  { verbose }: ApiOptions,
  context: Context,
): Report {
  const today = context.clock.today();
  const failed = bots.flatMap(({ id, policy }) => {
    const failure = failures.get(id);
    return failure ? reportFailed(id, fleet.clients.get(id)!, policy, failure) : [];
  });
  const byId = new Map(bots.map((bot) => [bot.id, bot]));
  const read = plan.bots.map((bot) => {
    const { userOf } = fleet.clients.get(bot.id)!.provider;
    const spelled = (desired: Bot) => spelledAs(desired, bot, userOf);
    const earlier = before && (before.get(bot.id) ?? null);
    return reportBot(bot, {
      causes: causesOf(spelled(byId.get(bot.id)!), bot, earlier && spelled(earlier)),
      ...(verbose && {
        declarations: declarations(bot.id, bot.add).filter(({ entry }) => isInForce(entry.expires, today)),
      }),
    });
  });
  const all = sortBots([...read, ...failed]);
  return {
    command,
    stage: 'plan',
    fingerprint: plan.fingerprint,
    outcome: planOutcome(all),
    interrupted: context.stop.aborted,
    bots: all,
    overrides: fleet.overrides,
    requests: { ...fleet.sent(), write: writesNeeded(plan.bots) },
    warnings: [...told, ...warnings],
    errors: [],
  };
}
