import type { Bot } from '../model/bot.ts';
import type { BotPlan } from '../model/plan.ts';
import type { Cause } from '../model/report.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { NumberSet } from '../numbers/number-set.ts';
import { respell, type UserOf } from '../numbers/same-user.ts';
import { changeOf } from './diff.ts';
import { ignoredAmong } from './hands-off.ts';

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

/**
 * Why each number of one bot's plan changes. Removals come first, as they are what a reviewer must not miss.
 *
 * | desired now     | desired before | live | change | origin | reason     |
 * | --------------- | -------------- | ---- | ------ | ------ | ---------- |
 * | yes             | no             | no   | add    | config |            |
 * | yes             | yes            | no   | add    | drift  |            |
 * | no              | yes            | yes  | remove | config | removed    |
 * | no              | no             | yes  | remove | drift  | undeclared |
 * | expired         | yes            | yes  | remove | config | expired    |
 * | expired, or not | expired        | yes  | remove | drift  | expired    |
 *
 * Drift is what a plan of the earlier state would do as well: with its policy, its ignore rules and its protection. A bot that
 * was not declared had nothing due: then this change of the desired state makes it.
 *
 * Bots come in the spelling of the numbers of the plan, and with the ignored ones of these as numbers: see `spelledAs`.
 *
 * @param before the bot as it was desired at the earlier state, or null if it was not declared; undefined where no earlier
 *   state is known: then only an expired number has a cause that can be told.
 */
export function causesOf(bot: Bot, plan: Pick<BotPlan, 'add' | 'remove'>, before: Bot | null | undefined): Cause[] {
  const { add, remove } = plan;
  // Of the numbers that change, those to remove are live.
  const due = before ? changeOf(before, remove, undefined) : { add: NumberSet.empty, remove: NumberSet.empty };
  const removals = new Map<string, { cause: Omit<Cause, 'numbers'>; numbers: Msisdn[] }>();
  for (const number of remove) {
    const cause = removal(number);
    const key = `${cause.origin} ${cause.reason} ${cause.expires}`;
    const group = removals.get(key) ?? { cause, numbers: [] };
    removals.set(key, group);
    group.numbers.push(number);
  }

  function removal(number: Msisdn): Omit<Cause, 'numbers'> {
    const expires = bot.expired.get(number) ?? before?.expired.get(number) ?? null;
    const unexpired = before === undefined ? null : before?.numbers.has(number) ? 'removed' : 'undeclared';
    const origin = before === undefined ? null : due.remove.has(number) ? 'drift' : 'config';
    return { direction: 'remove', origin, reason: expires === null ? unexpired : 'expired', expires };
  }

  const added = (origin: Cause['origin'], numbers: NumberSet): Cause[] =>
    numbers.size > 0 ? [{ direction: 'add', origin, reason: null, expires: null, numbers }] : [];
  const adds =
    before === undefined
      ? added(null, add)
      : [...added('config', add.minus(due.add)), ...added('drift', add.and(due.add))];
  const removed = [...removals.values()].map(({ cause, numbers }) => ({ ...cause, numbers: NumberSet.of(numbers) }));
  return [...removed, ...adds];
}
