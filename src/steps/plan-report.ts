import { isInForce } from '../desired/expiry.ts';
import { defaultsOf } from '../desired/schema/settings.ts';
import type { Bot } from '../model/bot.ts';
import type { PlanReport } from '../model/report.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import { withNames } from '../numbers/same-user.ts';
import { causesOf, spelledAs } from '../plan/causes.ts';
import { type Asked, settingsOf } from '../plan/settings.ts';
import { reportBot, reportFailed, reportPlan } from './build-report.ts';
import type { Context } from './context.ts';
import type { Fleet, ReadClient } from './fleet.ts';
import type { Planning } from './plan-all.ts';
import type { Desired } from './read-desired.ts';
import { declaredAs } from './users.ts';

/** Makes the report of a fresh plan. `verbose`: with the declarations of the numbers to add. */
export function planReport(
  command: string,
  { bots, before, declarations, ...desired }: Desired,
  { plan, failures, warnings }: Planning,
  { clients, sent, overrides }: Fleet<ReadClient>,
  verbose: boolean | undefined,
  { clock, stop }: Pick<Context, 'clock' | 'stop'>,
): PlanReport {
  const today = clock.today();
  const inForce = (id: string, numbers: NumberSet) =>
    declarations(id, numbers).filter(({ entry }) => isInForce(entry.expires, today));
  const byId = new Map(bots.map((bot) => [bot.id, bot]));
  const read = plan.bots.map((bot) => {
    const { userOf: now } = clients.get(bot.id)!;
    const spelled = spelledAs(byId.get(bot.id)!, bot, now);
    const earlier = before && (before.bots.get(bot.id) ?? null);
    const then = before?.usersOf(bot.provider);
    return reportBot(bot, {
      causes: causesOf(spelled, bot, earlier && spelledAs(earlier, bot, then), then),
      ...(verbose && {
        declarations: declaredAs(bot.add, inForce(bot.id, withNames(bot.add, now)), now),
      }),
    });
  });
  const reported = [...read, ...reportFailed(bots, failures, clients)].map((bot) => {
    const now = askedOf(byId.get(bot.id)!, desired);
    const then = before?.bots.get(bot.id);
    const earlier = before && (then ? askedOf(then, before) : null);
    const live = bot.guard?.live ?? 0;
    return { ...bot, settings: settingsOf(now, defaultsOf(now.bot.provider), live, today, earlier) };
  });
  const left = before?.left.map(({ id, numbers }) => ({ id, count: numbers.size }));
  const rest = { interrupted: stop.aborted, overrides, warnings: [...desired.warnings, ...warnings] };
  return reportPlan(command, plan, reported, sent(), { ...rest, ...(left && { leftBots: left }) });
}

function askedOf(bot: Bot, { ends, pairs, usersOf }: Pick<Desired, 'ends' | 'pairs' | 'usersOf'>): Asked {
  return { bot, ends: ends(bot.id), pairs, userOf: usersOf(bot.provider) };
}
