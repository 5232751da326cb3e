/** Finds the errors and warnings that only several bots, lists or files together show. */

import type { Declaration } from '../model/declaration.ts';
import { type Fault, type Place, written } from '../model/fault.ts';
import type { Warning } from '../model/warnings.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import { isNumberName } from '../numbers/quoted.ts';
import { type Pair, whatsAppUserOf, withPairs } from '../numbers/same-user.ts';
import type { Declared } from './declare.ts';
import type { Gathered, List } from './gather.ts';
import { conflicts } from './ignore.ts';
import { definedAt, type NumberSource, placesOf } from './provenance.ts';
import { listOf } from './schema/settings.ts';

type Bots = ReadonlyMap<string, Gathered>;

/** Refuses two bots with the same live list: each run would undo the changes of the other bot. */
export function checkOwners(bots: Bots, faults: Fault[]): void {
  const owners = new Map<string, { readonly id: string; readonly own: NumberSource }>();
  for (const { bot, sources } of bots.values()) {
    const held = bot && listOf(bot);
    if (!held) continue;
    const [own] = sources;
    const owner = owners.get(held.list);
    if (owner) {
      const bots = `the bots "${owner.id}" (${definedAt(owner.own)}) and "${bot.id}"`;
      const message = `${bots} have the same "${held.key}", so both would use the same live list; correct one of the two`;
      faults.push(own.from.parsed!.fault([...own.declared.path, held.key], message));
    } else owners.set(held.list, { id: bot.id, own });
  }
}

/** Refuses users whom a bot both declares and ignores, as either could be the mistake. */
export function checkIgnored(
  bots: Bots,
  declarations: (sources: readonly NumberSource[], numbers: NumberSet) => readonly Declaration[],
  today: string,
  pairs: readonly Pair[],
  faults: Fault[],
): void {
  const userOf = withPairs(undefined, pairs);
  for (const { bot, rules, sources } of bots.values()) {
    if (!bot || rules.length === 0) continue;
    const places = (numbers: NumberSet) => placesOf(declarations(sources, numbers), today);
    for (const { at, number, message } of conflicts(bot, rules, places, userOf)) {
      faults.push({ number, ...sources[0].from.parsed!.fault(at, message) });
    }
  }
}

/**
 * Refuses a user with two waIds, and a waId of two users. Otherwise different people would count as one user,
 * and one of them would never be blocked.
 */
export function checkPairs(files: readonly Declared[], faults: Fault[]): void {
  const users: Seen = new Map();
  const owners: Seen = new Map();
  for (const { pair, user, listed, parsed } of pairsOf(files)) {
    const { number, waId, at } = pair;
    const locate = () => parsed.locate(at).place;
    const other = (seen: Seen, key: Msisdn, value: Msisdn): Place | null => {
      const first = seen.get(key);
      if (!first) seen.set(key, { value, locate });
      return first && first.value !== value ? first.locate() : null;
    };
    const twice = other(users, user, listed);
    if (twice) {
      const message = `has a different waId at ${written(twice)}; correct one of the two`;
      faults.push({ number, ...parsed.fault(at, message) });
    }
    const taken = user === listed ? null : other(owners, listed, user);
    if (taken) {
      const message = `is also the waId of another number, at ${written(taken)}; correct one of the two`;
      faults.push({ number: waId, ...parsed.fault(at, message) });
    }
  }
}

/** Maps each user or waId, by its number, to its first declaration. */
type Seen = Map<Msisdn, { readonly value: Msisdn; locate(): Place }>;

function* pairsOf(files: readonly Declared[]) {
  for (const { parsed, lists, bots } of files) {
    for (const pair of [...lists, ...bots].flatMap(({ pairs }) => pairs)) {
      yield { pair, user: whatsAppUserOf(pair.number), listed: whatsAppUserOf(pair.waId), parsed: parsed! };
    }
  }
}

/** Warns of bots and lists whose name may be a number: names are never masked. */
export function warnOfNumberNames(files: readonly Declared[], warnings: Warning[]): void {
  for (const { parsed, lists, bots } of files) {
    const all = [
      ...lists.map(({ name, path }) => ({ what: 'list', name, path }) as const),
      ...bots.map(({ id: name, path }) => ({ what: 'bot', name, path }) as const),
    ];
    for (const { what, name, path } of all.filter((each) => isNumberName(each.name))) {
      warnings.push({ code: 'W-NUMBER-NAME', what, name, ...parsed!.locate(path, true) });
    }
  }
}

export function warnOfUnused(lists: ReadonlyMap<string, List>, bots: Bots, warnings: Warning[]): void {
  const used = new Set([...bots.values()].flatMap(({ sources }) => sources.map(({ list }) => list)));
  for (const [name, { source }] of lists) {
    if (used.has(name)) continue;
    const where = source.from.parsed!.locate(source.declared.path, true);
    warnings.push({ code: 'W-UNUSED-LIST', ...where, list: name });
  }
}

/**
 * Warns of each waId that another entry declares as its number, if both are in force. The two entries count
 * as one user. If they are two people, one of them may never be blocked.
 *
 * @param inForce the numbers of all lists and bots that have not expired.
 */
export function warnOfSameUser(files: readonly Declared[], inForce: NumberSet, warnings: Warning[]): void {
  for (const file of files) {
    const found = [...pairsOf([file])].filter(({ pair: { number, waId }, user, listed }) => {
      return user !== listed && inForce.has(number) && (inForce.has(waId) || inForce.has(listed));
    });
    const [first] = found;
    if (first) warnings.push({ code: 'W-SAME-USER', count: found.length, ...first.parsed.locate(first.pair.at) });
  }
}
