import type { Fault, Located } from '../model/fault.ts';
import type { Warning } from '../model/warnings.ts';
import { Invalid } from '../numbers/invalid.ts';
import { type Msisdn, parseMsisdn } from '../numbers/msisdn.ts';
import { NumberSet, NumberSetBuilder } from '../numbers/number-set.ts';
import { isInForce } from './expiry.ts';
import { isMapping, itemsOf, type Mapping } from './yaml/mapping.ts';
import type { ParsedFile } from './yaml/parse.ts';
import type { Part } from './yaml/parts.ts';
import type { Path } from './yaml/places.ts';

/** The numbers of one list of a file: those in force on a day, and those that were. */
export interface Entries {
  readonly numbers: NumberSet;
  /** Not in `numbers`: the last day on which each was blocked, as YYYY-MM-DD. */
  readonly expired: ReadonlyMap<Msisdn, string>;
  /** Those of `numbers` that no plan may remove. */
  readonly protected: NumberSet;
}

/** One file while it is read: its values, and what is found of them. */
export interface Collector {
  readonly parsed: ParsedFile;
  readonly today: string;
  readonly faults: Fault[];
  readonly warnings: Warning[];
}

/** Where a list or a bot has its numbers from. */
export interface DeclaredNumbers {
  readonly path: Path;
  /** Those written out. */
  readonly entries: Entries;
  /** By path, from the folder of the file that names them. */
  readonly files: readonly NumberFileName[];
  /** The names of the lists that a bot takes, and where each stands. */
  readonly lists: readonly { readonly at: Path; readonly name: string }[];
}

export interface NumberFileName {
  /** Where it stands. */
  readonly at: Path;
  /** A file, or a pattern. */
  readonly path: string;
  readonly column?: string;
}

export function readNumbers({ path, raw }: Part, collector: Collector): DeclaredNumbers {
  const at = (key: string, index: number) => [...path, key, index];
  return {
    path,
    entries: readEntries(itemsOf(raw.numbers), [...path, 'numbers'], collector),
    files: itemsOf(raw.files).flatMap((item, index) => readFileName(item, at('files', index), 'path')),
    lists: itemsOf(raw.lists).flatMap((name, index) => {
      return typeof name === 'string' ? { name, at: at('lists', index) } : [];
    }),
  };
}

/** @returns none for what is no name of a file: the schema has reported it. */
export function readFileName(item: unknown, path: Path, key: string): NumberFileName[] {
  const name = isMapping(item) ? item[key] : item;
  if (typeof name !== 'string' || name === '') return [];
  const column = isMapping(item) && typeof item.column === 'string' ? { column: item.column } : {};
  return [{ at: isMapping(item) ? [...path, key] : path, path: name, ...column }];
}

/** @param path that of the list, such as `bots`, `support-bot`, `numbers`. */
function readEntries(list: readonly unknown[], path: Path, collector: Collector): Entries {
  const { parsed, today, faults } = collector;
  const active = new NumberSetBuilder();
  const expired: [Msisdn, string][] = [];
  const guarded: Msisdn[] = [];
  const runs = parsed.runsIn(list);
  for (const [index, item] of list.entries()) {
    const run = runs?.get(index);
    if (run) {
      active.addAll(run.numbers);
      continue;
    }
    const entry = [...path, index];
    const expires = isMapping(item) ? readDays(item, entry, collector) : null;
    const text = textOf(item);
    if (text === null) continue; // the schema has said so
    const number = parseMsisdn(text);
    if (number instanceof Invalid) faults.push(parsed.fault(numberPath(item, entry), `the number ${number.why}`));
    else if (isInForce(expires, today)) {
      active.add(number);
      if (isMapping(item) && item.protected === true) guarded.push(number);
    } else expired.push([number, expires!]);
  }
  const numbers = active.build();
  const different =
    expired.length === 0 ? numbers.size : NumberSet.of([...numbers, ...expired.map(([number]) => number)]).size;
  if (active.count + expired.length > different) warnOfRepeats(list, path, collector);
  return { numbers, expired: lastDays(expired, numbers), protected: NumberSet.of(guarded) };
}

/** The last day counts, and none for a number that is in force elsewhere. */
export function lastDays(expired: readonly (readonly [Msisdn, string])[], numbers: NumberSet): Map<Msisdn, string> {
  const days = expired.filter(([number]) => !numbers.has(number)).sort(([, a], [, b]) => (a < b ? -1 : 1));
  return new Map(days);
}

/** @returns the last day on which the entry holds, or null. */
function readDays(item: Mapping, entry: Path, collector: Collector): string | null {
  const expires = readDay(item.expires, [...entry, 'expires'], collector);
  const added = readDay(item.added, [...entry, 'added'], collector);
  if (added !== null && expires !== null && added > expires) {
    collector.faults.push(
      collector.parsed.fault([...entry, 'added'], `"added" is after "expires", which is ${expires}`),
    );
  }
  return expires;
}

/** Repeats that are warned of one by one in each list; one warning more counts the others: a list may have been pasted twice. */
const SHOWN = 20;

/** Only where there are repeats is it worth to look for their places: to hold a million takes long. */
function warnOfRepeats(list: readonly unknown[], path: Path, { parsed, warnings }: Collector): void {
  const sorted = Float64Array.from(placedNumbers(list, path, parsed), ({ number }) => number).sort();
  const repeated = new Set(sorted.filter((number, index) => number === sorted[index - 1]));
  const first = new Map<Msisdn, number>();
  const name = String(path[1]);
  let count = 0;
  let next: Placed | null = null;
  for (const placed of placedNumbers(list, path, parsed)) {
    if (!repeated.has(placed.number)) continue;
    const line = first.get(placed.number);
    if (line === undefined) first.set(placed.number, placed.locate().place.line);
    else if (count++ < SHOWN) warnings.push({ code: 'W-DUPLICATE', ...placed.locate(), name, first: line });
    else next ??= placed;
  }
  if (next) warnings.push({ code: 'W-DUPLICATE', ...next.locate(), name, more: count - SHOWN });
}

/** A number that a list holds. */
export interface Placed {
  readonly number: Msisdn;
  /** What the list says of it; null for a number alone. */
  readonly item: Mapping | null;
  /** Where the list has it. */
  locate(): Located;
}

/** Every number of a list in its order. */
export function* placedNumbers(list: readonly unknown[], path: Path, parsed: ParsedFile): Generator<Placed> {
  const runs = parsed.runsIn(list);
  for (const [index, item] of list.entries()) {
    const run = runs?.get(index);
    for (const [n, number] of run?.numbers.entries() ?? []) {
      yield { number, item: null, locate: () => parsed.locateInRun(run!, n) };
    }
    const number = run ? null : parseMsisdn(textOf(item) ?? '');
    if (typeof number !== 'number') continue;
    const locate = () => parsed.locate(numberPath(item, [...path, index]));
    yield { number, item: isMapping(item) ? item : null, locate };
  }
}

/** The text of a number, in the short form or in the long one; null if there is none. */
export function textOf(item: unknown): string | null {
  const text = isMapping(item) ? item.number : item;
  return typeof text === 'string' ? text : null;
}

/** Where the number of an item stands, in the short form or in the long one. */
export function numberPath(item: unknown, entry: Path): Path {
  return isMapping(item) ? [...entry, 'number'] : entry;
}

/** A day as YYYY-MM-DD, which sorts as it reads; null for none, and for what is none. */
export function readDay(value: unknown, path: Path, { parsed, faults }: Collector): string | null {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return null; // the schema has said so
  const time = Date.parse(`${value}T00:00:00Z`);
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(value)) return value;
  faults.push(parsed.fault(path, `"${value}" is no day of the calendar`));
  return null;
}
