import { isDeepStrictEqual } from 'node:util';
import type { Bot, GuardLimits } from '../model/bot.ts';
import type { Coverage, Ending, Ends, ReportedSettings, Setting } from '../model/settings.ts';
import { dayAfter } from '../model/world.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import { type Pair, type UserOf, withNames } from '../numbers/same-user.ts';

/** A bot of one desired state, with the facts that its settings depend on. */
export interface Asked {
  readonly bot: Bot;
  readonly ends: Ends;
  /** The pairs of all bots and lists. */
  readonly pairs: readonly Pair[];
  /** The function of the bot's provider, with these pairs. */
  readonly userOf: UserOf | undefined;
}

type Defaults = { readonly [Key in 'guard' | 'policy' | 'tokenEnv']: ReportedSettings[Key]['default'] };

const SOON = 7; // days, as in `validate --expiring 7d`

/**
 * Collects the settings of one bot, and their changes since an earlier desired state.
 *
 * @param live the count of numbers in the live list, without ignored ones; 0 if it could not be read.
 * @param today as YYYY-MM-DD in UTC. In both states, "soon" is counted from this day.
 * @param before the bot in the earlier state, or null if it was not declared; undefined if no earlier state is known.
 */
export function settingsOf(
  now: Asked,
  defaults: Defaults,
  live: number,
  today: string,
  before: Asked | null | undefined,
): ReportedSettings {
  const { bot } = now;
  const was = before?.bot;
  const { numbers, prefixes } = bot.ignored;
  const isDeclared = (number: number) => bot.numbers.has(number);
  const soon = dayAfter(today, SOON);
  const facts = {
    place: was ? movedBy(bot, was) : [],
    guard: {
      ...setting(bot.guard, defaults.guard, was?.guard),
      off: isOff(bot.guard, defaults.guard, Math.max(live, bot.numbers.size)),
    },
    policy: setting(bot.policy, defaults.policy, was?.policy),
    tokenEnv: setting<string | null>(bot.tokenEnv, defaults.tokenEnv, was?.tokenEnv),
    protected: numbersCovered(protectedOf(bot), was && protectedOf(was)),
    ignored: {
      numbers: numbersCovered(numbers, was?.ignored.numbers),
      prefixes: textsCovered(prefixes, was?.ignored.prefixes),
      ending: ending(now.ends.rules, before?.ends.rules, () => false, soon),
    },
    pairs: textsCovered(pairsOf(now), before ? pairsOf(before) : undefined),
    expiring: ending(now.ends.numbers, before?.ends.numbers, isDeclared, soon),
  };
  return { change: changeOf(before, facts), ...facts };
}

function changeOf(before: Asked | null | undefined, facts: Omit<ReportedSettings, 'change'>) {
  if (before === undefined) return null;
  if (before === null) return 'new';
  const { place, guard, policy, tokenEnv, ignored, pairs, expiring } = facts;
  const covered = [facts.protected, ignored.numbers, ignored.prefixes, pairs];
  const changed =
    place.length > 0 ||
    [guard, policy, tokenEnv].some((each) => each.before !== undefined) ||
    covered.some(({ added, removed }) => added + removed > 0) ||
    ignored.ending.changed + expiring.changed > 0;
  return changed ? 'changed' : 'same';
}

/**
 * Returns the keys with another value. If the provider changed, returns only that, as providers have
 * different keys.
 */
function movedBy(bot: Bot, was: Bot): readonly string[] {
  if (bot.provider !== was.provider) return ['provider'];
  return Object.keys(bot.settings).filter((key) => bot.settings[key] !== was.settings[key]);
}

function setting<T>(now: T, initial: T, before: T | undefined): Setting<T> {
  const isOther = before !== undefined && !isDeepStrictEqual(before, now);
  return { now, default: initial, ...(isOther && { before }) };
}

/**
 * Reports whether limits looser than the default refuse only removals that empty the list. The guard always refuses
 * these, so the last number of the list does not count.
 *
 * | percent, floor | default | list | off |
 * | -------------- | ------- | ---- | --- |
 * | 100, 10        | 25, 10  | any  | yes |
 * | 25, 99         | 25, 10  | 100  | yes |
 * | 25, 98         | 25, 10  | 100  | no  |
 * | 99, 10         | 25, 10  | 100  | yes |
 * | 25, 10         | 25, 10  | 11   | no  |
 */
function isOff({ percent, floor }: GuardLimits, initial: GuardLimits, size: number): boolean {
  const byPercent = percent > initial.percent && (size * percent) / 100 >= size - 1;
  return byPercent || (floor > initial.floor && floor >= size - 1);
}

/** Returns the bot's own protected numbers. Protection by another bot shows only if it keeps a live number. */
const protectedOf = (bot: Bot) => bot.numbers.and(bot.protected);

function numbersCovered(now: NumberSet, before = now): Coverage {
  const gone = (from: NumberSet, to: NumberSet) => (from === to ? 0 : from.minus(to).size);
  return { now: now.size, added: gone(now, before), removed: gone(before, now) };
}

/** Returns the pairs that concern the bot: they can cancel an add, withhold a removal, or extend an ignore rule. */
function pairsOf({ bot, pairs, userOf }: Asked): readonly string[] {
  const all = userOf?.declared?.all;
  if (!all) return [];
  const { numbers, prefixes } = bot.ignored;
  const names = withNames(bot.numbers.or(numbers), userOf);
  const concerned = [all.and(names), ...prefixes.map((prefix) => all.startingWith(prefix))];
  const byNumber = BY_NUMBER.get(pairs) ?? pairsByNumber(pairs);
  BY_NUMBER.set(pairs, byNumber);
  return [...new Set(concerned.flatMap((some) => Array.from(some).flatMap((number) => byNumber.get(number)!)))];
}

/** The pairs of each number. All bots of a desired state have the same pairs. */
const BY_NUMBER = new WeakMap<readonly Pair[], ReadonlyMap<Msisdn, readonly string[]>>();

function pairsByNumber(pairs: readonly Pair[]): ReadonlyMap<Msisdn, readonly string[]> {
  const found = new Map<Msisdn, string[]>();
  for (const pair of pairs) {
    if (pair[0] === pair[1]) continue;
    const text = pair.join(' ');
    for (const number of pair) {
      const others = found.get(number);
      if (others) others.push(text);
      else found.set(number, [text]);
    }
  }
  return found;
}

function textsCovered(now: readonly string[], before = now): Coverage {
  const [own, earlier] = [new Set(now), new Set(before)];
  const added = now.filter((text) => !earlier.has(text)).length;
  return { now: now.length, added, removed: before.filter((text) => !own.has(text)).length };
}

/** Counts last days. @param stays whether an item is in force without a last day; it may have had one before. */
function ending<Key>(
  now: ReadonlyMap<Key, string | null>,
  before: ReadonlyMap<Key, string | null> | undefined,
  stays: (key: Key) => boolean,
  soon: string,
): Ending {
  let [count, changed, next]: [number, number, string | null] = [0, 0, null];
  for (const [key, day] of now) {
    if (before && (before.get(key) ?? null) !== day) changed++;
    if (day === null || day > soon) continue;
    count++;
    if (next === null || day < next) next = day;
  }
  for (const key of before?.keys() ?? []) if (!now.has(key) && stays(key)) changed++;
  return { now: count, next, changed };
}
