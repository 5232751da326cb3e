import type { Bot, BotPlan } from '../../model/model.ts';
import type { Report } from '../../model/report.ts';
import type { NumberSet } from '../../numbers/number-set.ts';
import { respell, type UserOf } from '../../numbers/same-user.ts';
import { causesOf } from '../../plan/causes.ts';
import { keyOf } from '../../plan/fingerprint.ts';
import { ignoredAmong } from '../../plan/hands-off.ts';
import { writePlanFile } from '../../plan/saved-plan.ts';
import {
  planOutcome,
  reportBot,
  reportFailed,
  requestsSent,
  sortBots,
  writesNeeded,
} from '../../steps/build-report.ts';
import type { ApiOptions, Context } from '../../steps/context.ts';
import { type Fleet, openForReading, type ReadLine } from '../../steps/fleet.ts';
import { judgeReport } from '../../steps/judge.ts';
import { type Planning, planAll } from '../../steps/plan-all.ts';
import { compareWith, type Desired, isInForce, readDesired } from '../../steps/read-desired.ts';
import { readContacts, tellContacts } from './contacts.ts';

export interface PlanOptions extends ApiOptions {
  /** Where to save the plan. */
  readonly out?: string | undefined;
  /** A commit: changes that its desired state would make as well are labelled drift, and all others config. */
  readonly base?: string | undefined;
  /** Who wrote to bots in the last 24 hours, as `ID=FILE`: tells how many adds can be blocked now. */
  readonly contacts?: readonly string[] | undefined;
}

/** Reads every list and says what would change. Holds nothing that can write. */
export async function plan(paths: readonly string[], options: PlanOptions, context: Context): Promise<Report> {
  const now = await readDesired(paths, options, context);
  const desired = options.base === undefined ? now : await compareWith(options.base, now, paths, context);
  const { bots } = desired;
  const contacts = readContacts(options.contacts ?? [], desired, context);
  const fleet = await openForReading(bots, options, context);
  try {
    const planning = await planAll(bots, fleet, options, context);
    const made = planReport('plan', desired, planning, fleet, options, context);
    const report = judgeReport(tellContacts(contacts, planning, fleet, made), options);
    if (options.out !== undefined && !context.stop.aborted && report.outcome !== 'invalid') {
      const { plan } = planning;
      context.files.writePrivate(options.out, writePlanFile(plan, keyOf(plan.bots, fleet.tokens)));
    }
    return report;
  } finally {
    await fleet.close();
  }
}

/** A bot as it was desired, in the spelling of the numbers that change; of its ignore rules the numbers among these. */
export function spelledAs(bot: Bot, { add, remove }: Pick<BotPlan, 'add' | 'remove'>, userOf: UserOf | undefined): Bot {
  const changing = add.or(remove);
  const ignored = ignoredAmong(changing, bot.ignored, userOf);
  return {
    ...bot,
    ignored: { numbers: ignored, prefixes: [] },
    numbers: respell(bot.numbers, changing, userOf).minus(ignored),
    protected: respell(bot.protected, changing, userOf),
    expired: userOf ? expiredAmong(changing, bot, userOf) : bot.expired,
  };
}

function expiredAmong(numbers: NumberSet, { expired }: Bot, userOf: UserOf): Bot['expired'] {
  const days = new Map(Array.from(expired, ([number, day]) => [userOf(number), day]));
  const found = Array.from(numbers).flatMap((number) => {
    const day = days.get(userOf(number));
    return day === undefined ? [] : [[number, day] as const];
  });
  return new Map(found);
}

/** The report of a plan that was made just now. */
export function planReport(
  command: string,
  { bots, before, warnings: told, ways }: Desired,
  { plan, failures, warnings }: Planning,
  fleet: Fleet<ReadLine>,
  { verbose }: ApiOptions,
  context: Context,
): Report {
  const today = context.clock.today();
  const failed = bots.flatMap(({ id, policy }) => {
    const failure = failures.get(id);
    return failure ? reportFailed(id, fleet.lines.get(id)!, policy, failure) : [];
  });
  const byId = new Map(bots.map((bot) => [bot.id, bot]));
  const read = plan.bots.map((bot) => {
    const { userOf } = fleet.lines.get(bot.id)!.provider;
    const spelled = (desired: Bot) => spelledAs(desired, bot, userOf);
    const earlier = before && (before.get(bot.id) ?? null);
    return reportBot(bot, {
      causes: causesOf(spelled(byId.get(bot.id)!), bot, earlier && spelled(earlier)),
      ...(verbose && { ways: ways(bot.id, bot.add).filter((way) => isInForce(way, today)) }),
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
    elsewhere: fleet.elsewhere,
    requests: { ...requestsSent(fleet), write: writesNeeded(plan.bots) },
    warnings: [...told, ...warnings],
    errors: [],
  };
}
