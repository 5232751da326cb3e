import type { Bot } from '../model/bot.ts';
import { didYouMean, listNames } from '../model/did-you-mean.ts';
import type { Fault } from '../model/fault.ts';
import type { Warning } from '../model/warnings.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { NumberSet } from '../numbers/number-set.ts';
import { quotedName } from '../numbers/quoted.ts';
import type { Declared, DeclaredBot } from './declare.ts';
import { type Entries, lastDays, type NumberFileName } from './entries.ts';
import { type DeclaredRule, ruleReader } from './ignore.ts';
import { type NumberFile, warningsOf } from './number-files/number-file.ts';
import type { NumberFiles, ReadResult, Wanted } from './number-files/read.ts';
import { definedAt, type NumberSource } from './provenance.ts';
import type { Path } from './yaml/places.ts';

/** The numbers of files and lists. Thousands of bots may use the same long ones, so they are shared, not copied. */
export interface Sets {
  /** Returns the numbers of the files that a name or pattern matches. */
  of(name: NumberFileName): Entries;
  /** Joins parts. Returns the same value for the same parts. */
  join(parts: readonly Entries[]): Entries;
}

/** Reads the files that each name or pattern matches. Appends their faults and warnings. */
export function readSets(
  files: readonly Declared[],
  numberFiles: NumberFiles,
  faults: Fault[],
  warnings: Warning[],
): Sets {
  const known = new Map<NumberFileName, Entries>();
  const read = new Map<ReadResult, Entries>();
  const warned = new Set<NumberFile>();
  for (const from of files) {
    for (const name of new Set(namesIn(from))) {
      const result = numberFiles({ from: from.file, ...name });
      const { files: found, fault, faults: within } = result;
      if (fault !== undefined) faults.push(from.parsed!.fault(name.at, `${quotedName(name.path)}: ${fault}`));
      if (!read.has(result)) {
        for (const each of within) faults.push(each);
        const fresh = found.filter((file) => !warned.has(file));
        // One by one, as a call takes fewer arguments than there can be warnings.
        for (const warning of fresh.flatMap((file) => warningsOf(file))) warnings.push(warning);
        for (const file of fresh) warned.add(file);
        read.set(result, { ...NOTHING, numbers: NumberSet.union(found.map(({ set }) => set)) });
      }
      known.set(name, read.get(result)!);
    }
  }
  return { of: (name) => known.get(name)!, join: makeJoin() };
}

/** Lists the paths and patterns of number files that the files declare. */
export function wantedBy(files: readonly Declared[]): readonly Wanted[] {
  return files.flatMap((from) => namesIn(from).map((name) => ({ from: from.file, ...name })));
}

function namesIn(from: Declared): NumberFileName[] {
  return [...[...from.lists, ...from.bots].flatMap(({ files }) => files), ...ignoredFilesIn(from)];
}

/** Lists the number files of the ignore rules in force. */
export function ignoredFilesIn({ bots, ignore }: Declared): NumberFileName[] {
  // Every bot repeats the rules of the defaults.
  const rules = new Set([...new Set([ignore, ...bots.map((bot) => bot.ignore)])].flat());
  return [...rules].flatMap(({ file, past }) => (file && !past ? file : []));
}

const NOTHING: Entries = {
  numbers: NumberSet.empty,
  expired: new Map(),
  ends: new Map(),
  protected: NumberSet.empty,
};

function makeJoin(): Sets['join'] {
  const ids = new Map<Entries, number>();
  const known = new Map<string, Entries>();
  const idOf = (part: Entries) => ids.get(part) ?? ids.set(part, ids.size).get(part)!;
  return (parts) => {
    const [only = NOTHING, ...others] = parts;
    if (others.length === 0) return only;
    const key = parts.map(idOf).join(' ');
    if (!known.has(key)) known.set(key, { ...merge(parts), ends: endsOf(parts) });
    return known.get(key)!;
  };
}

/**
 * Joins parts. A number that is in force in any of them is in force, and counts once. The result shares the longest
 * set if the others are short.
 */
function merge(parts: readonly Entries[]): Omit<Entries, 'ends'> {
  const numbers = unite(parts.map((part) => part.numbers));
  return { numbers, expired: expiredIn(parts, numbers), protected: unite(parts.map((part) => part.protected)) };
}

function unite(sets: readonly NumberSet[]): NumberSet {
  const [longest = NumberSet.empty, ...others] = sets.toSorted((a, b) => b.size - a.size);
  return longest.extend(NumberSet.union(others));
}

function expiredIn(parts: readonly Entries[], numbers: NumberSet): Entries['expired'] {
  const [only, ...others] = parts.filter(({ expired }) => expired.size > 0);
  if (!only) return NOTHING.expired;
  // Bots that use the same long list share its map, unless another part declares some of its numbers too.
  if (others.length === 0 && !parts.some((part) => part !== only && hasAny(part.numbers, only.expired)))
    return only.expired;
  const expired = parts.flatMap((part) => [...part.expired]);
  return lastDays(expired, numbers);
}

/**
 * Maps each number to its latest last day in any part. Omits numbers that a part declares without a last day.
 */
export function endsOf(parts: readonly Entries[]): Entries['ends'] {
  const [only, ...others] = parts.filter(({ ends }) => ends.size > 0);
  if (!only) return NOTHING.ends;
  const latest = new Map<Msisdn, string>();
  // Bots that use the same long list share its map, unless another part declares some of its numbers too.
  if (others.length === 0 && !parts.some((part) => part !== only && hasAny(part.numbers, only.ends))) return only.ends;
  const lasts = (number: Msisdn) => parts.some(({ numbers, ends }) => numbers.has(number) && !ends.has(number));
  for (const { ends } of [only, ...others]) {
    for (const [number, day] of ends) {
      if (day > (latest.get(number) ?? '') && !lasts(number)) latest.set(number, day);
    }
  }
  return latest;
}

function hasAny(numbers: NumberSet, ends: Entries['ends']): boolean {
  if (numbers.size < ends.size) return numbers.values.some((number) => ends.has(number));
  for (const number of ends.keys()) if (numbers.has(number)) return true;
  return false;
}

export interface List {
  readonly source: NumberSource;
  readonly entries: Entries;
}

/** Collects the lists of all files, by name. */
export function gatherLists(files: readonly Declared[], sets: Sets, faults: Fault[]): Map<string, List> {
  const lists = new Map<string, List>();
  for (const from of files) {
    for (const list of from.lists) {
      const source: NumberSource = { list: list.name, from, declared: list };
      const twin = lists.get(list.name);
      if (twin) faults.push(redefined(`the list "${list.name}"`, source, twin.source));
      else lists.set(list.name, { source, entries: sets.join([list.entries, ...list.files.map(sets.of)]) });
    }
  }
  return lists;
}

function redefined(what: string, { from, declared }: NumberSource, first: NumberSource): Fault {
  return from.parsed!.fault(
    declared.path,
    `${what} is already defined at ${definedAt(first)}; rename or remove one of the two`,
    true,
  );
}

export interface Gathered {
  /** The bot itself, then its lists. */
  readonly sources: readonly [NumberSource, ...NumberSource[]];
  readonly entries: Entries; // of the bot itself
  /** The numbers of the bot itself, then those of its files and lists, which other bots may share. */
  readonly parts: readonly Entries[];
  readonly rules: readonly DeclaredRule[];
  /** Null if the file breaks the schema. Its id is kept, so that the same run finds a second definition. */
  readonly bot: Bot | null;
}

/**
 * Collects the bots of all files, by id, each with all of its numbers. `protected` is empty until all bots
 * are known.
 *
 * @param absent receives a fault for each name of a list that no file defines.
 */
export function gatherBots(
  files: readonly Declared[],
  lists: ReadonlyMap<string, List>,
  sets: Sets,
  faults: Fault[],
  absent: Fault[],
): Map<string, Gathered> {
  const bots = new Map<string, Gathered>();
  const reportAbsent = makeReport(lists, absent);
  const rulesOf = ruleReader((name) => sets.of(name).numbers);
  for (const from of files) {
    for (const declared of from.bots) {
      const own: NumberSource = { list: null, from, declared };
      const taken = takeLists(declared, from, lists, reportAbsent);
      const twin = bots.get(declared.id);
      if (twin) {
        faults.push(redefined(`the bot "${declared.id}"`, own, twin.sources[0]));
        continue;
      }
      const shared = sets.join([...declared.files.map(sets.of), ...taken.map(({ entries }) => entries)]);
      const parts = [declared.entries, shared];
      const all = merge(parts);
      const { rules, ignored } = rulesOf(declared.ignore);
      bots.set(declared.id, {
        sources: [own, ...taken.map(({ source }) => source)],
        entries: declared.entries,
        parts,
        rules,
        bot: declared.settings && {
          id: declared.id,
          ...declared.settings,
          numbers: all.numbers,
          expired: all.expired,
          ignored,
          protected: NumberSet.empty,
        },
      });
    }
  }
  return bots;
}

function takeLists(
  { lists: names }: DeclaredBot,
  from: Declared,
  lists: ReadonlyMap<string, List>,
  reportAbsent: ReturnType<typeof makeReport>,
): List[] {
  return names.flatMap(({ name, at }): List[] => {
    const list = lists.get(name);
    if (!list) reportAbsent(from, at, name);
    return list ? [list] : [];
  });
}

/** The most unknown names for which a similar name is searched: each search takes time for all lists. */
const MAX_GUESSES = 100;

/** Makes a function that reports a name of a list that no file defines. */
function makeReport(lists: ReadonlyMap<string, List>, absent: Fault[]) {
  const known = [...lists.keys()].filter((name) => quotedName(name).includes(name)).sort();
  const only = known.length === 0 ? '' : `, only ${listNames(known)}`;
  // The error is usual if a user passes one file of several, to import into it.
  const also = 'If another file defines it, pass that file too.';
  return (from: Declared, at: Path, name: string): void => {
    const guess = absent.length < MAX_GUESSES ? didYouMean(name, known) : '';
    const message = `these files define no list ${quotedName(name)}${only}${guess ? `; ${guess}` : '. '}${also}`;
    absent.push(from.parsed!.fault(at, message));
  };
}
