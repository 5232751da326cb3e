import type { Bot } from '../model/bot.ts';
import type { Cause } from '../model/compared.ts';
import type { BotPlan } from '../model/plan.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { NumberSet } from '../numbers/number-set.ts';
import { respell, type UserOf } from '../numbers/same-user.ts';
import { changeOf } from './diff.ts';
import { ignoredAmong } from './hands-off.ts';

/**
 * Returns a bot in the spelling of the numbers that change. Ignore rules are replaced by the numbers that
 * they cover.
 */
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

/**
 * Finds why each number of one bot's plan changes. Drift precedes config, as no reviewer expects it. Removals
 * precede adds, as a reviewer must not miss them.
 *
 * | desired now     | desired before | live | change | origin | reason     |
 * | --------------- | -------------- | ---- | ------ | ------ | ---------- |
 * | yes             | no             | no   | add    | config | added      |
 * | yes             | yes            | no   | add    | drift  |            |
 * | no              | yes            | yes  | remove | config | removed    |
 * | no              | no             | yes  | remove | drift  | undeclared |
 * | expired         | yes            | yes  | remove | config | expired    |
 * | expired, or not | expired        | yes  | remove | drift  | expired    |
 * | yes             | unknown        | no   | add    |        |            |
 * | no              | unknown        | yes  | remove |        | undeclared |
 *
 * Drift is a change that a plan of the earlier state would also make, with the earlier policy, ignore rules
 * and protection. If the bot was not declared then, every change is config. Both bots have the spelling of
 * the plan: see `spelledAs`.
 *
 * @param before the bot in the earlier state; null if it was not declared, undefined if no earlier state is
 *   known.
 * @param userOf the function of the earlier state, which may have declared other pairs.
 */
export function causesOf(
  bot: Bot,
  plan: Pick<BotPlan, 'add' | 'remove'>,
  before: Bot | null | undefined,
  userOf: UserOf | undefined,
): Cause[] {
  const { add, remove } = plan;
  // Among the numbers that change, only the numbers to remove are live.
  const due = before ? changeOf(before, remove, userOf) : { add: NumberSet.empty, remove: NumberSet.empty };
  const removals = new Map<string, { cause: Omit<Cause, 'numbers'>; numbers: Msisdn[] }>();
  for (const number of remove) {
    const expires = bot.expired.get(number) ?? before?.expired.get(number) ?? null;
    const unexpired = before?.numbers.has(number) ? 'removed' : 'undeclared';
    const origin = before === undefined ? null : due.remove.has(number) ? 'drift' : 'config';
    const reason = expires === null ? unexpired : 'expired';
    const key = `${origin} ${reason} ${expires}`;
    const group = removals.get(key) ?? { cause: { direction: 'remove', origin, reason, expires }, numbers: [] };
    removals.set(key, group);
    group.numbers.push(number);
  }
  const added = (origin: Cause['origin'], reason: Cause['reason'], numbers: NumberSet): Cause[] =>
    numbers.size > 0 ? [{ direction: 'add', origin, reason, expires: null, numbers }] : [];
  const removed = [...removals.values()].map(({ cause, numbers }) => ({ ...cause, numbers: NumberSet.of(numbers) }));
  if (before === undefined) return [...removed, ...added(null, null, add)];
  const config = add.minus(due.add);
  const declared = before ? config.and(before.numbers) : NumberSet.empty; // only the policy held these back
  return [
    ...removed.filter(({ origin }) => origin === 'drift'),
    ...added('drift', null, add.and(due.add)),
    ...removed.filter(({ origin }) => origin === 'config'),
    ...added('config', 'added', config.minus(declared)),
    ...added('config', null, declared),
  ];
}
