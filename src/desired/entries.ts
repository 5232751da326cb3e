import type { Fault, Located } from '../model/fault.ts';
import type { Warning } from '../model/warnings.ts';
import { Invalid } from '../numbers/invalid.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { NumberSet, NumberSetBuilder } from '../numbers/number-set.ts';
import { parseWritten } from '../numbers/written.ts';
import { isInForce } from './expiry.ts';
import type { ParsedFile } from './yaml/parse.ts';
import type { Item, ItemList, Mapping, Part } from './yaml/parts.ts';
import type { Path } from './yaml/places.ts';

/** The numbers of one list of a file on one day: those in force, and those that have expired. */
export interface Entries {
  readonly numbers: NumberSet;
  /** The last day on which each number was blocked, as YYYY-MM-DD. None of them is in `numbers`. */
  readonly expired: ReadonlyMap<Msisdn, string>;
  /** The latest last day, as YYYY-MM-DD, of each of `numbers` whose entries all have one. */
  readonly ends: ReadonlyMap<Msisdn, string>;
  /** The numbers that no plan may remove, a subset of `numbers`. */
  readonly protected: NumberSet;
}

/** A file that is being read, with its faults and warnings so far. */
export interface Collector {
  readonly parsed: ParsedFile;
  readonly today: string;
  readonly faults: Fault[];
  readonly warnings: Warning[];
}

/** The numbers of a list or a bot, as its file declares them. */
export interface DeclaredNumbers {
  readonly path: Path;
  readonly entries: Entries;
  readonly pairs: readonly DeclaredPair[];
  readonly files: readonly NumberFileName[];
  /** The names of the lists that a bot uses. */
  readonly lists: readonly { readonly at: Path; readonly name: string }[];
}

/** Two numbers of one user, declared by one entry. */
export interface DeclaredPair {
  readonly number: Msisdn;
  readonly waId: Msisdn;
  /** The path of the waId. */
  readonly at: Path;
}

export interface NumberFileName {
  readonly at: Path;
  /** The path of a file or a pattern, relative to the folder of the YAML file. */
  readonly path: string;
  readonly column?: string;
}

export function readNumbers({ path, numbers, files, lists }: Part, collector: Collector): DeclaredNumbers {
  return {
    path,
    ...readEntries(numbers, collector),
    files: files.items.flatMap((item, index) => readFileName(item, 'path', [...files.path, index])),
    lists: lists.items.flatMap(({ text }, index) => (text === null ? [] : { name: text, at: [...lists.path, index] })),
  };
}

/** @returns an empty array if the item names no file; the schema check reports that. */
export function readFileName(item: Item, key: string, path: Path): NumberFileName[] {
  const name = textOf(item, key);
  if (!name) return [];
  const { column } = item.keys;
  return [{ at: pathOf(item, key, path), path: name, ...(typeof column === 'string' && { column }) }];
}

function readEntries(list: ItemList, collector: Collector): Pick<DeclaredNumbers, 'entries' | 'pairs'> {
  const { today } = collector;
  const lasting = new NumberSetBuilder();
  const ending: [Msisdn, string][] = [];
  const expired: [Msisdn, string][] = [];
  const guarded: Msisdn[] = [];
  const pairs: DeclaredPair[] = [];
  for (const [index, item] of list.items.entries()) {
    if (item.run) {
      lasting.addAll(item.run.numbers);
      continue;
    }
    const path = [...list.path, index];
    const expires = readDays(item, path, collector);
    const number = readNumber(item, 'number', path, collector);
    const waId = readNumber(item, 'waId', path, collector);
    if (number === null) continue;
    if (waId !== null) pairs.push({ number, waId, at: [...path, 'waId'] });
    if (isInForce(expires, today)) {
      if (expires === null) lasting.add(number);
      else ending.push([number, expires]);
      if (item.keys.protected === true) guarded.push(number);
    } else expired.push([number, expires!]);
  }
  const undated = lasting.build();
  const numbers = undated.or(numbersOf(ending));
  const different = numbers.or(numbersOf(expired)).size;
  if (lasting.count + ending.length + expired.length > different) warnOfRepeats(list, collector);
  const [ends, past] = [lastDays(ending, undated), lastDays(expired, numbers)];
  return { entries: { numbers, expired: past, ends, protected: NumberSet.of(guarded) }, pairs };
}

/**
 * @returns null if the item has no valid number. This function reports text that is no number, and the schema
 *   check any other value.
 */
function readNumber(item: Item, key: 'number' | 'waId', path: Path, { parsed, faults }: Collector): Msisdn | null {
  const text = key === 'number' ? textOf(item, key) : item.keys[key];
  if (typeof text !== 'string') return null;
  const number = parseWritten(text);
  if (!(number instanceof Invalid)) return number;
  faults.push(parsed.fault(pathOf(item, key, path), `the ${key} ${number.why}`));
  return null;
}

type Dated = readonly (readonly [number: Msisdn, last: string])[];

const numbersOf = (dated: Dated) => NumberSet.of(dated.map(([number]) => number));

/** Maps each number to its latest last day. Omits the numbers of `longer`, which are in force beyond it. */
export function lastDays(dated: Dated, longer: NumberSet): Map<Msisdn, string> {
  const days = dated.filter(([number]) => !longer.has(number)).sort(([, a], [, b]) => (a < b ? -1 : 1));
  return new Map(days);
}

/** Reads `expires` and `added`. @returns the last day on which the entry is in force, or null. */
function readDays(item: Item, path: Path, collector: Collector): string | null {
  const expires = readDay(item, 'expires', path, collector);
  const added = readDay(item, 'added', path, collector);
  if (added !== null && expires !== null && added > expires) {
    const message = `"added" is after "expires" (${expires}); correct one of the two`;
    collector.faults.push(collector.parsed.fault([...path, 'added'], message));
  }
  return expires;
}

/**
 * The most repeats of a list that get a warning each. One more warning counts the others: a list may be
 * pasted twice.
 */
const SHOWN = 20;

/**
 * Warns of repeats. Called only if there are any, as the search for their places is slow for a million
 * numbers.
 */
function warnOfRepeats(list: ItemList, { parsed, warnings }: Collector): void {
  const sorted = Float64Array.from(placedNumbers(list, parsed), ({ number }) => number).sort();
  const repeated = new Set(sorted.filter((number, index) => number === sorted[index - 1]));
  const first = new Map<Msisdn, number>();
  const name = String(list.path[1]);
  let count = 0;
  let next: Placed | null = null;
  for (const placed of placedNumbers(list, parsed)) {
    if (!repeated.has(placed.number)) continue;
    const line = first.get(placed.number);
    if (line === undefined) first.set(placed.number, placed.locate().place.line);
    else if (count++ < SHOWN) warnings.push({ code: 'W-DUPLICATE', ...placed.locate(), name, first: line });
    else next ??= placed;
  }
  if (next) warnings.push({ code: 'W-DUPLICATE', ...next.locate(), name, more: count - SHOWN });
}

/** A number of a list, with its place. */
export interface Placed {
  readonly number: Msisdn;
  /** The keys of its entry; empty for a number alone. */
  readonly keys: Mapping;
  locate(): Located;
}

/** Yields every number of a list in order. */
export function* placedNumbers({ path, items }: ItemList, parsed: ParsedFile): Generator<Placed> {
  for (const [index, item] of items.entries()) {
    const { run, keys } = item;
    for (const [n, number] of run?.numbers.entries() ?? []) {
      yield { number, keys, locate: () => parsed.locateInRun(run!, n) };
    }
    const number = run ? null : parseWritten(textOf(item, 'number') ?? '');
    if (typeof number !== 'number') continue;
    const locate = () => parsed.locate(pathOf(item, 'number', [...path, index]));
    yield { number, keys, locate };
  }
}

/**
 * Returns the text of an item, or the text under one of its keys: a number or the name of a file. Returns
 * null if it has neither.
 */
export function textOf({ text, keys }: Item, key: string): string | null {
  const written = text ?? keys[key];
  return typeof written === 'string' ? written : null;
}

/** Returns the path of the text that `textOf` returns. */
export function pathOf({ text }: Item, key: string, path: Path): Path {
  return text === null ? [...path, key] : path;
}

/** Reads a date as YYYY-MM-DD, which sorts as text. @returns null if the key is missing or is not a date. */
export function readDay({ keys }: Item, key: string, path: Path, { parsed, faults }: Collector): string | null {
  const value = keys[key];
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return null; // the schema check reports it
  const time = Date.parse(`${value}T00:00:00Z`);
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(value)) return value;
  faults.push(parsed.fault([...path, key], `"${value}" is not a calendar date; use a date that exists`));
  return null;
}
