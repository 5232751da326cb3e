import type { AppliedBot } from '../../../src/model/compared.ts';
import type { Shown, Wishes } from '../script/wishes.ts';
import { withoutTrunkZero } from '../server/lists.ts';
import type { Sent } from '../server/wire.ts';
import type { World } from '../world.ts';
import {
  type Attempt,
  type Attempts,
  attemptsIn,
  isDone,
  isLost,
  isPending,
  isRefused,
  isWithoutRoom,
  nameIn,
  removesOf,
  turnsIn,
} from './attempts.ts';
import { promise } from './promise.ts';

/** Checks the requests that remove numbers of one bot, for any result of the run. */
export function checkRemovals(mine: readonly Sent[], wishes: Wishes, world: World): void {
  const declared = declaredAs(wishes, world);
  const removes = (number: string) => wishes.removes(number);
  for (const [turn, { from, method, writes }] of turnsIn(mine).entries()) {
    const before = mine.slice(0, from);
    const adds = attemptsIn(before, 'POST', removes);
    const removed = writes.flatMap(({ numbers }) => numbers);
    if (method === 'POST') {
      const wrong = turn > 0 ? removed.find((number) => !hasNoRoom(adds.get(number))) : undefined;
      promise(4, wrong === undefined, `${wrong} is added after a remove, but had room or was not sent before`);
      continue;
    }
    const isOpen = (own: readonly Attempt[]) => !isDone(own) && !isPending(own) && !isRefused(own);
    const open = [...adds.values()].filter((own) => isOpen(own) && !isWithoutRoom(own)).length;
    promise(4, open === 0, `removes are sent although ${open} adds are not done`);
    checkExchange(adds, attemptsIn(mine.slice(0, mine.indexOf(writes.at(-1)!) + 1), 'DELETE', removes));
    const refused = [...adds].filter(([, own]) => isRefused(own)).map(([number]) => number);
    const stopped = refused.length === adds.size && refused.length > 2 * BATCH;
    promise(4, world.schedule.cloud !== null || !stopped, 'removes are sent although adding was stopped');
    const byUser = new Map(Array.from(adds, ([number, own]) => [wishes.user(number), own]));
    const unnamed = [...adds].filter(([, own]) => isUnnamed(own, world) && !isDone(own));
    const byEnd = new Map(unnamed.map(([number]) => [endOf(number), number]));
    for (const number of removed) {
      const same = (declared.get(number) ?? []).find((one) => isKnown(one, number, byUser.get(one) ?? [], world));
      promise(10, same === undefined, `a DELETE of ${number}, which is the declared ${same}`);
      const typo = refused.find((one) => isOneEdit(one, number));
      promise(4, typo === undefined, `a DELETE of ${number}, and ${typo}, one edit away, was refused`);
      const perhaps = byEnd.get(endOf(number));
      promise(10, perhaps === undefined, `a DELETE of ${number}, which may be ${perhaps}`);
    }
  }
}

const hasNoRoom = (own: readonly Attempt[] | undefined) => own !== undefined && isWithoutRoom(own);

/** While an add has no room, no more removes than adds without room may have made some. */
function checkExchange(adds: Attempts, removes: Attempts): void {
  const all = [...adds.values()];
  if (!all.some(isWithoutRoom)) return;
  const full = all.filter((own) => own.some(({ end }) => end === 'full')).length;
  const made = [...removes.values()].filter((own) => isDone(own) || isLost(own)).length;
  promise(4, made <= full, `${made} removes make room for ${full} adds`);
}

/**
 * Checks that removes make room for adds, and that these adds are sent again, if nothing else keeps them from it.
 *
 * @param before the true list, if no other writer changed it. A list that was too long may stay too long.
 */
export function checkRoom(bot: AppliedBot, mine: readonly Sent[], before: Shown | undefined, world: World): void {
  const adds = attemptsIn(mine, 'POST', removesOf(bot));
  const removes = attemptsIn(mine, 'DELETE', removesOf(bot));
  const own = [...adds.values()];
  const full = own.filter(isWithoutRoom);
  const isOpen = (each: readonly Attempt[]) => !isDone(each) && !isRefused(each) && (!isPending(each) || isLost(each));
  const others = own.some((each) => isOpen(each) && !isWithoutRoom(each));
  const isLostOne = [...removes.values()].some((each) => !isDone(each) && !isRefused(each));
  const isCut = bot.error !== null && !('kind' in bot.error && bot.error.kind === 'full');
  if (full.length === 0 || others || isLostOne || isCut || adds.size < bot.add.size) return;
  const due = bot.remove.size - bot.results.withheld.length;
  promise(4, due === 0 || removes.size > 0, `${full.length} adds have no room, but none of ${due} removes makes some`);
  const made = [...removes.values()].some(isDone);
  const stale = full.filter((each) => each.length === 1).length;
  promise(4, !made || stale < full.length, `removes made room, but none of ${full.length} adds is sent again`);
  const { capacity = Number.POSITIVE_INFINITY, strangers = 0 } = world.schedule.cloud!;
  if (!before || before.numbers.length + before.foreign > capacity) return;
  const room = capacity - strangers - world.list(bot.id).length;
  promise(1, room <= 0, `${full.length} adds have no room, but ${room} more fit`);
  const left = due - removes.size;
  promise(1, left <= 0, `${full.length} adds have no room, but ${left} removes are left`);
}

/** The batch size of the first provider. */
const BATCH = 20;

/** Returns the declared numbers of users who are listed under another number, by that number. */
function declaredAs(wishes: Wishes, world: World): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  if (world.schedule.others.size === 0 && !world.schedule.parses) return found;
  for (const number of wishes.wanted) {
    const name = world.sandbox.nameOf(number);
    if (wishes.user(name) !== number) found.set(name, [...(found.get(name) ?? []), number]);
  }
  return found;
}

/** Reports whether the client can know, from an answer or a rule, that a declared and a listed number are one user. */
function isKnown(number: string, name: string, own: readonly Attempt[], { schedule }: World): boolean {
  return schedule.cloud ? nameIn(own) === name : withoutTrunkZero(number) === withoutTrunkZero(name);
}

/**
 * Reports whether the user may be listed under another number that no answer contains, so that the last
 * digits decide.
 */
function isUnnamed(own: readonly Attempt[], { schedule }: World): boolean {
  return schedule.cloud !== null && nameIn(own) === undefined;
}

const endOf = (number: string) => number.slice(-7);

/** Reports whether the numbers differ by one digit more, less or changed, or by two swapped neighbors. */
export function isOneEdit(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  let at = 0;
  while (at < short.length && long[at] === short[at]) at++;
  if (long.length > short.length) return long.slice(at + 1) === short.slice(at);
  const swapped = long[at] === short[at + 1] && long[at + 1] === short[at];
  return long.slice(at + 1) === short.slice(at + 1) || (swapped && long.slice(at + 2) === short.slice(at + 2));
}

/** Checks the removals of a bot against its report. */
export function checkWithheld(bot: AppliedBot, mine: readonly Sent[], interrupted: boolean, world: World): void {
  const adds = attemptsIn(mine, 'POST', removesOf(bot));
  const removes = attemptsIn(mine, 'DELETE', removesOf(bot));
  const planned = Array.from(bot.remove.values, String);
  const withheld = new Map(bot.results.withheld.map((each) => [String(each.number), String(each.declared)]));
  promise(8, withheld.size === bot.results.withheld.length, 'a number is withheld twice');
  for (const [number, declared] of withheld) {
    promise(8, planned.includes(number), `${number} is withheld, but is not a removal`);
    promise(8, !removes.has(number), `${number} is withheld, but was sent`);
    promise(10, isReason(declared, number, adds.get(declared) ?? [], world), `${number} is withheld for ${declared}`);
  }
  const allSent = Array.from(bot.add.values, String).every((number) => adds.has(number));
  promise(4, allSent || removes.size === 0, 'removes are sent although adds were never sent');
  if (interrupted || adds.size === 0 || !allSent) return;
  const own = [...adds.values()];
  const settled = own.every((each) => isDone(each) || isRefused(each) || (isPending(each) && !isLost(each)));
  const refused = own.filter(isRefused).length;
  const due = planned.length - withheld.size;
  const wait = settled && refused <= 2 * BATCH && due > 0 && removes.size === 0;
  promise(4, !wait, `${due} removes wait, but no add is open`);
}

/** Reports whether a declared number is a reason to withhold the removal of a listed one. */
function isReason(declared: string, number: string, own: readonly Attempt[], world: World): boolean {
  if (isKnown(declared, number, own, world)) return true;
  if (own.length > 0 && isRefused(own) && isOneEdit(declared, number)) return true;
  return isUnnamed(own, world) && endOf(declared) === endOf(number);
}
