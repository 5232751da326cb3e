import type { Bot } from '../model/bot.ts';
import type { Declaration, IgnoreRule } from '../model/declaration.ts';
import { type Fault, type Located, onceEach } from '../model/fault.ts';
import type { Ends } from '../model/settings.ts';
import type { Warning } from '../model/warnings.ts';
import { NumberSet } from '../numbers/number-set.ts';
import type { Pair } from '../numbers/same-user.ts';
import { checkIgnored, checkOwners, checkPairs, warnOfNumberNames, warnOfSameUser, warnOfUnused } from './checks.ts';
import type { Declared } from './declare.ts';
import type { DeclaredPair } from './entries.ts';
import { isInForce } from './expiry.ts';
import { endsOf, gatherBots, gatherLists, readSets, wantedBy } from './gather.ts';
import { placedRules, rulesInForce } from './ignore.ts';
import type { NumberFiles } from './number-files/read.ts';
import { type Plusless, pluslessIn } from './plusless.ts';
import { type DatedReason, declarationsIn, type NumberSource, reasonsIn } from './provenance.ts';

/** The desired state of all files: the bots, sorted by id, with every fault and warning of every file. */
export interface Desired {
  readonly bots: readonly Bot[];
  /** Pairs of numbers that an entry of any bot or list declares as one user, including expired entries. */
  readonly pairs: readonly Pair[];
  readonly faults: readonly Fault[];
  readonly warnings: readonly Warning[];
  /** The numbers without a plus in each YAML and number file. libphonenumber decides which get a warning. */
  readonly plusless: readonly Plusless[];
  /** Lists every place that declares some of a bot's numbers, including expired entries. */
  declarations(id: string, numbers: NumberSet): readonly Declaration[];
  /** Lists the reasons for which entries declare some of a bot's numbers, including expired entries. */
  reasons(id: string, numbers: NumberSet): readonly DatedReason[];
  /** Lists every place that protects some of the numbers, for any bot. */
  protecting(numbers: NumberSet): readonly Declaration[];
  /** Lists the ignore rules of a bot, including expired ones. */
  ignoreRules(id: string): readonly IgnoreRule[];
  /** Returns the last days of the numbers and rules that are in force for a bot. */
  ends(id: string): Ends;
}

/**
 * Joins the files. Reads nothing else. A number that one file protects is protected for every bot.
 *
 * @param today the day for which the files were declared.
 * @param complete false if a file could not be read. That file may define missing lists, so these are then
 *   not reported.
 */
export function resolve(files: readonly Declared[], numberFiles: NumberFiles, today: string, complete = true): Desired {
  const faults = files.flatMap((file) => file.faults);
  const warnings = files.flatMap((file) => file.warnings);
  const isWhole = complete && files.every(({ parsed }) => parsed);
  const sets = readSets(files, numberFiles, faults, warnings);
  const lists = gatherLists(files, sets, faults);
  const absent: Fault[] = [];
  const bots = gatherBots(files, lists, sets, faults, absent);
  if (isWhole) for (const fault of absent) faults.push(fault);

  const declarations = (sources: readonly NumberSource[], numbers: NumberSet) =>
    sources.flatMap((source) => [...declarationsIn(source, numbers, numberFiles)]);
  checkOwners(bots, faults);
  const pairs = files.flatMap(({ lists, bots }) => [...lists, ...bots].flatMap(({ pairs }) => pairs.map(pairOf)));
  checkIgnored(bots, declarations, today, pairs, faults);
  checkPairs(files, faults);
  warnOfNumberNames(files, warnings);
  warnOfUnused(lists, bots, warnings);

  const gathered = [...bots.values()];
  const all = [...lists.values(), ...gathered];
  const kept = NumberSet.union(all.map(({ entries }) => entries.protected));
  if (pairs.length > 0) {
    const parts = new Set([
      ...[...lists.values()].map(({ entries }) => entries),
      ...gathered.flatMap((bot) => bot.parts),
    ]);
    warnOfSameUser(files, NumberSet.union(Array.from(parts, ({ numbers }) => numbers)), warnings);
  }
  const names = files.map(({ file }) => file);
  const results = new Set(wantedBy(files).map(numberFiles));
  const read = new Set([...results].flatMap((result) => result.files));
  return {
    bots: gathered
      .flatMap(({ bot }) => (bot ? { ...bot, protected: kept } : []))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    pairs,
    faults: inOrder(faults, names),
    warnings: inOrder(warnings, names),
    plusless: [...files.flatMap(({ plusless }) => plusless ?? []), ...[...read].map(pluslessIn)],
    declarations: (id, numbers) => declarations(bots.get(id)?.sources ?? [], numbers),
    reasons: (id, numbers) => (bots.get(id)?.sources ?? []).flatMap((source) => [...reasonsIn(source, numbers)]),
    protecting(numbers) {
      const some = numbers.and(kept);
      if (some.size === 0) return []; // without a walk through all entries
      const own = gathered.map(({ sources }) => sources[0]);
      const found = declarations([...[...lists.values()].map(({ source }) => source), ...own], some);
      return found.filter(({ entry }) => entry.protected && isInForce(entry.expires, today));
    },
    ignoreRules(id) {
      const { sources, rules } = bots.get(id)!;
      return placedRules(sources[0].from, rules);
    },
    ends(id) {
      const { parts, rules } = bots.get(id)!;
      return { numbers: endsOf(parts), rules: rulesInForce(rules) };
    },
  };
}

const pairOf = ({ number, waId }: DeclaredPair): Pair => [number, waId];

/**
 * Sorts faults by file and place, and removes repeats: a number file that is named twice has each of its
 * faults twice.
 */
function inOrder<T extends Partial<Located>>(faults: readonly T[], files: readonly string[]): T[] {
  const all = onceEach(faults);
  // Number files come last, in the order in which they were read.
  const order = new Map([...new Set([...files, ...all.map(({ place }) => place!.file)])].map((file, at) => [file, at]));
  return all.toSorted(({ place: a }, { place: b }) => {
    return order.get(a!.file)! - order.get(b!.file)! || a!.line - b!.line || a!.column - b!.column;
  });
}
