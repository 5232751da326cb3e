import type { Bot } from '../model/bot.ts';
import type { Declaration, Exemption } from '../model/declaration.ts';
import type { Fault, Warning } from '../model/fault.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { NumberSet } from '../numbers/number-set.ts';
import type { Declared } from './declare.ts';
import { isInForce } from './expiry.ts';
import { type Gathered, gatherBots, gatherLists, type List, readSets } from './gather.ts';
import { conflicts, exemptions } from './ignore.ts';
import type { NumberFiles } from './number-files/read.ts';
import { declarationsFrom, type NumberSource, placeOf, written } from './provenance.ts';
import { listOf } from './schema/settings.ts';

/** What Git says: the bots of all files as one desired state, sorted by id, or every fault of every file. */
export interface Desired {
  readonly bots: readonly Bot[];
  readonly faults: readonly Fault[];
  readonly warnings: readonly Warning[];
  /** Every way by which some of the numbers come to a bot, expired entries included. */
  declarations(id: string, numbers: NumberSet): readonly Declaration[];
  /** Every way that protects some of the numbers, for this bot or another. */
  protecting(numbers: NumberSet): readonly Declaration[];
  /** The ignore rules of a bot, those included that are past. */
  exemptions(id: string): readonly Exemption[];
}

/**
 * Puts the files together: each bot with the numbers of its lists and number files. Pure.
 *
 * @param today the day for which the files were declared.
 * @param complete whether these are all files: one that could not be read may have the lists that the others lack.
 */
export function resolve(files: readonly Declared[], numberFiles: NumberFiles, today: string, complete = true): Desired {
  let faults = files.flatMap((file) => file.faults);
  const warnings = files.flatMap((file) => file.warnings);
  const setOf = readSets(files, numberFiles, faults, warnings);
  const lists = gatherLists(files, setOf, faults);
  const absent: Fault[] = [];
  const bots = gatherBots(files, lists, setOf, faults, absent);
  if (complete && files.every(({ parsed }) => parsed)) faults = faults.concat(absent);
  checkOwners(bots, faults);

  const walk = (sources: readonly NumberSource[], numbers: NumberSet) =>
    sources.flatMap((source) => [...declarationsFrom(source, numbers, numberFiles)]);
  for (const gathered of bots.values()) {
    const placesInForce = (numbers: NumberSet) => {
      const holds = ({ entry }: Declaration) => isInForce(entry.expires, today);
      const ways = walk(gathered.sources, numbers);
      // The last one of each stays: the first that is in force. None is where the day is none, which is a fault of its own.
      const ordered = [...ways.filter(holds), ...ways.filter((way) => !holds(way))].reverse();
      return new Map(ordered.map(({ number, place }) => [number, written(place)]));
    };
    checkIgnored(gathered, placesInForce, faults);
  }
  warnOfUnused(lists, bots, warnings);

  const all = [...lists.values(), ...bots.values()];
  const kept = NumberSet.union(all.map(({ entries }) => entries.protected));
  const names = files.map(({ file }) => file);
  return {
    bots: [...bots.values()]
      .flatMap(({ bot }) => (bot ? { ...bot, protected: kept } : []))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    faults: inOrder(faults, names),
    warnings: inOrder(warnings, names),
    declarations: (id, numbers) => walk(bots.get(id)?.sources ?? [], numbers),
    protecting(numbers) {
      const own = [...bots.values()].map(({ sources }) => sources[0]);
      const all = walk([...[...lists.values()].map(({ source }) => source), ...own], numbers);
      return all.filter(({ entry }) => entry.protected && isInForce(entry.expires, today));
    },
    exemptions(id) {
      const { sources, rules, lapsed } = bots.get(id)!;
      return exemptions(sources[0].from, rules, lapsed);
    },
  };
}

/** Two bots with one list at the vendor would undo each other's changes, run after run. */
function checkOwners(bots: ReadonlyMap<string, Gathered>, faults: Fault[]): void {
  const owners = new Map<string, { readonly id: string; readonly own: NumberSource }>();
  for (const { bot, sources } of bots.values()) {
    const held = bot && listOf(bot);
    if (!held) continue;
    const [own] = sources;
    const owner = owners.get(held.list);
    if (owner) {
      const message = `"${held.key}" is that of the bot "${owner.id}" (${placeOf(owner.own)}), too; a list has one bot`;
      faults.push(own.from.parsed!.fault([...own.declared.path, held.key], message));
    } else owners.set(held.list, { id: bot.id, own });
  }
}

function checkIgnored(
  { bot, rules, sources: [own] }: Gathered,
  placesOf: (numbers: NumberSet) => ReadonlyMap<Msisdn, string>,
  faults: Fault[],
) {
  if (!bot) return;
  for (const { at, message } of conflicts(bot.id, rules, bot.numbers, placesOf)) {
    faults.push(own.from.parsed!.fault(at, message));
  }
}

function warnOfUnused(
  lists: ReadonlyMap<string, List>,
  bots: ReadonlyMap<string, Gathered>,
  warnings: Warning[],
): void {
  const used = new Set([...bots.values()].flatMap(({ sources }) => sources.map(({ list }) => list)));
  for (const [name, { source }] of lists) {
    const message = `no bot takes the list "${name}", so its numbers block nobody`;
    if (!used.has(name))
      warnings.push({ code: 'W-UNUSED-LIST', ...source.from.parsed!.fault(source.declared.path, message, true) });
  }
}

/** As a reader comes upon them, and each once: several places may name one number file, and so report what is in it. */
function inOrder<T extends Fault>(faults: readonly T[], files: readonly string[]): T[] {
  const once = new Map<string, T>();
  for (const fault of faults) {
    const { file, line, column } = fault.place!;
    once.set(JSON.stringify([file, line, column, fault.message]), fault);
  }
  const all = [...once.values()];
  // Number files come last, in the order in which they were read.
  const order = new Map([...new Set([...files, ...all.map(({ place }) => place!.file)])].map((file, at) => [file, at]));
  return all.sort(({ place: a }, { place: b }) => {
    return order.get(a!.file)! - order.get(b!.file)! || a!.line - b!.line || a!.column - b!.column;
  });
}
