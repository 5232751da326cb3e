import { isInForce } from '../desired/expiry.ts';
import { defaultsOf } from '../desired/schema/settings.ts';
import type { ReportedReason } from '../model/answer.ts';
import type { Bot } from '../model/bot.ts';
import type { BotPlan } from '../model/plan.ts';
import type { PlanReport } from '../model/report.ts';
import { NumberSet } from '../numbers/number-set.ts';
import { respell, withNames } from '../numbers/same-user.ts';
import { causesOf, spelledAs } from '../plan/causes.ts';
import { type Asked, settingsOf } from '../plan/settings.ts';
import { reportBot, reportFailed, reportPlan } from './build-report.ts';
import type { ReadClient } from './client.ts';
import type { Context } from './context.ts';
import type { Fleet } from './fleet.ts';
import type { Planning } from './plan-all.ts';
import type { Desired } from './read-desired.ts';
import { declaredAs } from './users.ts';

/** Makes the report of a fresh plan. `verbose`: with the declarations of the numbers to add. */
export function planReport(
  command: string,
  { bots, before, declarations, ...desired }: Desired,
  { plan, failures, warnings, facts }: Planning,
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
    const reasons = reasonsOf(
      bot,
      { ...desired, bot: byId.get(bot.id)! },
      before && earlier ? { ...before, bot: earlier } : undefined,
      today,
    );
    // Drift drops removals that only one of its two reads found.
    const { mayWithhold = [], ...ofList } = facts.get(bot.id)!;
    const withheld = mayWithhold.filter(({ number }) => bot.remove.has(Number(number)));
    return reportBot(bot, {
      causes: causesOf(spelled, bot, earlier && spelledAs(earlier, bot, then), then),
      ...(reasons.length > 0 && { reasons }),
      ...(withheld.length > 0 && { mayWithhold: withheld }),
      ...ofList,
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

/** A desired state, and the bot of the plan in it. */
type State = Pick<Desired, 'reasons' | 'usersOf'> & { readonly bot: Bot };

/**
 * Finds the reasons of the entries that declare the added numbers, and of the entries that declared the
 * removed numbers: expired entries, or else entries of the earlier state.
 *
 * @param before undefined if no earlier state is known, or if it does not have the bot.
 */
function reasonsOf(plan: BotPlan, now: State, before: State | undefined, today: string): ReportedReason[] {
  const { id, provider, add, remove } = plan;
  const ask = (
    { reasons, usersOf }: State,
    side: NumberSet,
    spelled: NumberSet,
    counts = (_: string | undefined) => true,
  ) => {
    const userOf = usersOf(provider);
    const shown = new Map(Array.from(side, (number) => [userOf?.(number) ?? number, number]));
    const found = new Map<string, ReportedReason>();
    for (const { number, reason, encrypted, expires } of side.size > 0 ? reasons(id, spelled) : []) {
      const changing = shown.get(userOf?.(number) ?? number);
      if (changing !== undefined && counts(expires))
        found.set(`${changing} ${reason}`, { number: changing, reason, encrypted });
    }
    return [...found.values()];
  };
  const past = ({ bot, usersOf }: State, others = NumberSet.empty) =>
    respell(remove, others.or(NumberSet.of(bot.expired.keys())), usersOf(provider));
  const added = ask(now, add, withNames(add, now.usersOf(provider)), (expires) => isInForce(expires, today));
  const expired = ask(now, remove, past(now));
  const known = new Set(expired.map(({ number }) => number));
  const removed = before ? ask(before, remove, past(before, before.bot.numbers)) : [];
  return [...added, ...expired, ...removed.filter(({ number }) => !known.has(number))];
}
