import type { Declaration, Entry } from '../model/declaration.ts';
import type { Place } from '../model/fault.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import type { Declared, DeclaredNumbers, NumberFileName } from './declare.ts';
import { placedNumbers } from './entries.ts';
import type { NumberFiles } from './number-files/read.ts';
import { isMapping, itemsOf, type Mapping } from './yaml/mapping.ts';
import type { Path } from './yaml/places.ts';

/** Numbers that come to a bot: its own, or those of a list. */
export interface NumberSource {
  /** Null for the bot's own. */
  readonly list: string | null;
  readonly from: Declared;
  readonly declared: DeclaredNumbers;
}

/**
 * Every place that declares one of the numbers along a source, entries that have expired included. Walks all of the source:
 * to hold the places of a million numbers in case that somebody asks would take a gigabyte.
 */
export function* declarationsFrom(
  { list, from, declared }: NumberSource,
  numbers: NumberSet,
  files: NumberFiles,
): Generator<Declaration> {
  const { parsed, encrypted } = from;
  if (!parsed) return;
  const way = { list, ...ownerOf(list, parsed.value, declared), encrypted };
  const path = [...declared.path, 'numbers'];
  for (const { number, item, fault } of placedNumbers(itemsOf(valueAt(parsed.value, path)), path, parsed)) {
    if (numbers.has(number)) yield { number, ...way, place: fault('').place!, entry: entryOf(item ?? {}) };
  }
  for (const name of declared.files) yield* declarationsInFiles(way, from, name, numbers, files);
}

type Along = Pick<Declaration, 'list' | 'listOwner' | 'encrypted'>;

function* declarationsInFiles(
  way: Along,
  { file }: Declared,
  { path, column }: NumberFileName,
  numbers: NumberSet,
  files: NumberFiles,
): Generator<Declaration> {
  for (const read of files({ from: file, path, ...(column !== undefined && { column }) }).files) {
    for (const [n, number] of read.numbers.entries()) {
      if (numbers.has(number)) yield { number, ...way, place: read.placeOf(n), entry: {} };
    }
  }
}

function ownerOf(list: string | null, value: unknown, { path }: DeclaredNumbers): Pick<Declaration, 'listOwner'> {
  const owner = list === null ? null : valueAt(value, [...path, 'owner']);
  return typeof owner === 'string' ? { listOwner: owner } : {};
}

/** What the schema lets an entry say. */
function entryOf({ reason, owner, added, expires, labels, protected: kept }: Mapping): Entry {
  const text = (key: string, value: unknown) => (typeof value === 'string' ? { [key]: value } : {});
  return {
    ...text('reason', reason),
    ...text('owner', owner),
    ...text('added', added),
    ...text('expires', expires),
    ...(isMapping(labels) && { labels: labels as Record<string, string> }),
    ...(kept === true && { protected: true }),
  };
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) at = isMapping(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  return at;
}

/** Where the list or the bot at the beginning of a source is defined, for people. */
export function placeOf({ from, declared }: NumberSource): string {
  return written(from.parsed!.fault(declared.path, '', true).place!);
}

export function written({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}
