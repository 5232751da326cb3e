import type { Bot } from '../model/bot.ts';
import { didYouMean } from '../model/did-you-mean.ts';
import type { Fault } from '../model/fault.ts';
import type { Warning } from '../model/warnings.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { NumberSet } from '../numbers/number-set.ts';
import type { Declared, DeclaredBot } from './declare.ts';
import { type DeclaredNumbers, type Entries, lastDays, type NumberFileName } from './entries.ts';
import { type DeclaredRule, ignoredBy } from './ignore.ts';
import { type NumberFile, repeatsIn } from './number-files/number-file.ts';
import type { NumberFiles, Wanted } from './number-files/read.ts';
import { definedAt, type NumberSource } from './provenance.ts';

export type SetOf = (name: NumberFileName) => NumberSet;

/** Joins the numbers of the files that each name or pattern matches. Appends their faults and warnings. */
export function readSets(
  files: readonly Declared[],
  numberFiles: NumberFiles,
  faults: Fault[],
  warnings: Warning[],
): SetOf {
  const sets = new Map<NumberFileName, NumberSet>();
  for (const from of files) {
    for (const name of new Set(namesIn(from))) {
      const { files: found, fault, faults: within } = numberFiles({ from: from.file, ...name });
      if (fault !== undefined) faults.push(from.parsed!.fault(name.at, `"${name.path}": ${fault}`));
      for (const each of within) faults.push(each);
      for (const file of found) warnOf(file, warnings);
      sets.set(name, NumberSet.union(found.map(({ set }) => set)));
    }
  }
  return (name) => sets.get(name)!;
}

/** Warns once for each file of all its repeats, as an export may repeat every number. */
function warnOf(file: NumberFile, warnings: Warning[]): void {
  if (file.numbers.length === 0) {
    const place = { file: file.name, line: 1, column: 1 };
    warnings.push({ code: 'W-EMPTY-FILE', place });
  }
  if (file.quotedRows) {
    const { count, line, opens } = file.quotedRows;
    warnings.push({ code: 'W-QUOTED-ROW', count, opens, place: { file: file.name, line, column: 1 } });
  }
  const repeats = repeatsIn(file);
  if (!repeats) return;
  const { count, again, before } = repeats;
  warnings.push({ code: 'W-DUPLICATE', count, first: file.placeOf(before).line, place: file.placeOf(again) });
}

/** Lists the paths and patterns of number files that the files declare. */
export function wantedBy(files: readonly Declared[]): readonly Wanted[] {
  return files.flatMap((from) => namesIn(from).map((name) => ({ from: from.file, ...name })));
}

function namesIn({ lists, bots, ignore }: Declared): NumberFileName[] {
  const own = [...lists, ...bots].flatMap(({ files }) => files);
  // Every bot repeats the rules of the defaults.
  const rules = new Set([ignore, ...bots.map((bot) => bot.ignore)].flat());
  return [...own, ...[...rules].flatMap(({ file, past }) => (file && !past ? file : []))];
}

function withFiles({ entries, files }: DeclaredNumbers, setOf: SetOf): Entries {
  const parts = [entries, ...files.map((name) => ({ ...NOTHING, numbers: setOf(name) }))];
  return { ...merge(parts), ends: endsOf(parts) };
}

const NOTHING: Entries = {
  numbers: NumberSet.empty,
  expired: new Map(),
  ends: new Map(),
  protected: NumberSet.empty,
};

/** Joins parts. A number that is in force in any of them is in force, and counts once. */
function merge(parts: readonly Entries[]): Omit<Entries, 'ends'> {
  const [first, ...others] = parts;
  if (first && others.length === 0) return first;
  const numbers = NumberSet.union(parts.map((part) => part.numbers));
  const kept = NumberSet.union(parts.map((part) => part.protected));
  const expired = parts.flatMap((part) => [...part.expired]);
  return { numbers, expired: lastDays(expired, numbers), protected: kept };
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
export function gatherLists(files: readonly Declared[], setOf: SetOf, faults: Fault[]): Map<string, List> {
  const lists = new Map<string, List>();
  for (const from of files) {
    for (const list of from.lists) {
      const source: NumberSource = { list: list.name, from, declared: list };
      const twin = lists.get(list.name);
      if (twin) faults.push(redefined(`the list "${list.name}"`, source, twin.source));
      else lists.set(list.name, { source, entries: withFiles(list, setOf) });
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
  /** The numbers of the bot itself, then those of its lists. */
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
  setOf: SetOf,
  faults: Fault[],
  absent: Fault[],
): Map<string, Gathered> {
  const bots = new Map<string, Gathered>();
  for (const from of files) {
    for (const declared of from.bots) {
      const own: NumberSource = { list: null, from, declared };
      const taken = takeLists(declared, from, lists, absent);
      const twin = bots.get(declared.id);
      if (twin) {
        faults.push(redefined(`the bot "${declared.id}"`, own, twin.sources[0]));
        continue;
      }
      const rules = declared.ignore.map((rule) => {
        return rule.file && !rule.past ? { ...rule, numbers: setOf(rule.file) } : rule;
      });
      const parts = [withFiles(declared, setOf), ...taken.map((list) => list.entries)];
      const all = merge(parts);
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
          ignored: ignoredBy(rules),
          protected: NumberSet.empty,
        },
      });
    }
  }
  return bots;
}

/** The most lists that a message lists by name. */
const MAX_NAMED = 20;

function takeLists({ lists: names }: DeclaredBot, from: Declared, lists: ReadonlyMap<string, List>, absent: Fault[]) {
  return names.flatMap(({ name, at }): List[] => {
    const list = lists.get(name);
    if (list) return [list];
    const known = [...lists.keys()].sort();
    const more = known.length > MAX_NAMED ? ` and ${known.length - MAX_NAMED} more` : '';
    const only = known.length === 0 ? '' : `, only ${known.slice(0, MAX_NAMED).join(', ')}${more}`;
    const guess = didYouMean(name, lists.keys());
    // The error is usual if a user passes one file of several, to import into it.
    const also = 'If another file defines it, pass that file too.';
    const message = `these files define no list "${name}"${only}${guess ? `; ${guess}` : '. '}${also}`;
    absent.push(from.parsed!.fault(at, message));
    return [];
  });
}
