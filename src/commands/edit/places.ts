/** Finds where bots and lists declare numbers, and which of them use the same number files. */
import type { Declared } from '../../desired/declare.ts';
import type { Holder } from '../../desired/edit/entry.ts';
import type { DeclaredNumbers, NumberFileName } from '../../desired/entries.ts';
import { isInForce } from '../../desired/expiry.ts';
import { ignoredFilesIn } from '../../desired/gather.ts';
import { columnOf } from '../../desired/number-files/edit.ts';
import type { NumberFile } from '../../desired/number-files/number-file.ts';
import { declarationsIn, type NumberSource } from '../../desired/provenance.ts';
import type { Declaration } from '../../model/declaration.ts';
import { written } from '../../model/fault.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import { spelledAs, type UserOf, withPairs } from '../../numbers/same-user.ts';
import type { Desired } from '../../steps/read-desired.ts';

/** A declaration, and the bot or the list that contains it. */
export interface Placed extends Declaration {
  readonly holder: Holder;
  /** All that take the number from this file, if it is a number file. */
  readonly holders: readonly Holder[];
  /** All that read this file, if it is a number file. */
  readonly readers: readonly Reader[];
  readonly isInForce: boolean;
}

/** A number file, and the column of its numbers; null for a text file. */
export interface NumberColumn {
  readonly file: NumberFile;
  readonly column: string | null;
}

/** A bot, a list or an ignore rule that reads a number file. */
export interface Reader extends NumberColumn {
  /** `the bot "x"`. */
  readonly name: string;
  readonly holder: Holder | null; // null for an ignore rule
}

/** A source of numbers, and the bot or the list that it is. */
export interface HeldSource extends NumberSource {
  readonly holder: Holder;
}

export function sourcesIn({ declared }: Pick<Desired, 'declared'>): readonly HeldSource[] {
  return declared.flatMap((from) => [
    ...from.lists.map((list) => ({ list: list.name, from, declared: list, holder: holderOf('lists', list.name) })),
    ...from.bots.map((bot) => ({ list: null, from, declared: bot, holder: holderOf('bots', bot.id) })),
  ]);
}

const holderOf = (kind: Holder['kind'], name: string): Holder => ({ kind, name });

export const nameOf = ({ kind, name }: Holder) => `the ${kind === 'bots' ? 'bot' : 'list'} "${name}"`;

/** Finds every place that declares the users of numbers, for any bot. */
export function findEverywhere(numbers: readonly Msisdn[], desired: Desired, today: string) {
  return findIn(sourcesIn(desired), numbers, desired, today);
}

/** Finds where sources declare the users of numbers, each place once. Walks through each source once. */
export function findIn(
  sources: readonly HeldSource[],
  wanted: readonly Msisdn[],
  desired: Desired,
  today: string,
): (number: Msisdn) => readonly Placed[] {
  const all = new Map<string, Placed>();
  const found = new Map<Msisdn, Set<Placed>>(wanted.map((number) => [number, new Set()]));
  for (const { holder, ...source } of sources) {
    const askedBy = spelledAs(wanted, numbersOf(source, desired), userOfHolder(holder, desired));
    if (askedBy.size === 0) continue;
    for (const { column, ...each } of declarationsIn(source, NumberSet.of(askedBy.keys()), desired.numberFiles)) {
      const at = written(each.place);
      if (!all.has(at)) {
        const readers = readersOf(each.place.file, desired);
        const takers = readers.flatMap((reader) => (reader.column === column ? (reader.holder ?? []) : []));
        const holders = takers.length > 0 ? [...new Set(takers)] : [holder];
        all.set(at, { ...each, holder, holders, readers, isInForce: isInForce(each.entry.expires, today) });
      }
      for (const asked of askedBy.get(each.number)!) found.get(asked)!.add(all.get(at)!);
    }
  }
  return (number) => [...found.get(number)!];
}

/** Returns the number files of a source, each column once. */
export function numberFilesOf({ from, declared }: NumberSource, desired: Desired): readonly NumberColumn[] {
  return columnsIn(declared.files, from, desired);
}

function columnsIn(names: readonly NumberFileName[], { file: from }: Declared, { numberFiles }: Desired) {
  const all = names.flatMap((name) => {
    const { files } = numberFiles({ from, ...name });
    return files.map((file) => ({ file, column: columnOf(file.name, name.column) }));
  });
  return onceEachFile(all);
}

/** Removes repeats: one file read by two names or patterns. Another column is another value. */
const onceEachFile = <T extends NumberColumn>(all: readonly T[]): readonly T[] => [
  ...new Map(all.map((each) => [each.file, each])).values(),
];

const known = new WeakMap<Desired, ReadonlyMap<string, readonly Reader[]>>();

/** Returns all that read a number file, by any of its columns; nothing for a YAML file. */
export function readersOf(file: string, desired: Desired): readonly Reader[] {
  const found = known.get(desired) ?? findReaders(desired);
  known.set(desired, found);
  return found.get(file) ?? [];
}

function findReaders(desired: Desired): ReadonlyMap<string, readonly Reader[]> {
  const readers = new Map<string, Reader[]>();
  const add = (columns: readonly NumberColumn[], reader: Omit<Reader, keyof NumberColumn>) => {
    for (const column of columns) {
      const { name } = column.file;
      if (!readers.has(name)) readers.set(name, []);
      readers.get(name)!.push({ ...column, ...reader });
    }
  };
  for (const source of sourcesIn(desired)) {
    const { holder } = source;
    add(numberFilesOf(source, desired), { name: nameOf(holder), holder });
  }
  for (const from of desired.declared) {
    for (const name of ignoredFilesIn(from)) {
      const at = written(from.parsed!.locate(name.at).place);
      add(columnsIn([name], from, desired), { name: `the ignore rule at ${at}`, holder: null });
    }
  }
  return readers;
}

/** Returns each column of a number file that is read. An edit of a line changes all of them. */
export const columnsOf = (file: string, desired: Desired): readonly NumberColumn[] =>
  onceEachFile(readersOf(file, desired));

const joined = new WeakMap<DeclaredNumbers, NumberSet>();

/** Returns all numbers of a source, expired ones included. Joins them once, as there may be a million. */
function numbersOf(source: NumberSource, desired: Desired): NumberSet {
  const { declared } = source;
  const found = joined.get(declared);
  if (found) return found;
  const { numbers, expired } = declared.entries;
  const files = numberFilesOf(source, desired).map(({ file }) => file.set);
  const all = NumberSet.union([numbers, NumberSet.of(expired.keys()), ...files]);
  joined.set(declared, all);
  return all;
}

/** A list has no provider, so only declared pairs join its numbers. */
export function userOfHolder({ kind, name }: Holder, { bots, usersOf, pairs }: Desired): UserOf | undefined {
  const bot = kind === 'bots' ? bots.find(({ id }) => id === name) : undefined;
  return bot ? usersOf(bot.provider) : withPairs(undefined, pairs);
}

export function groupsOf<K, T>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
