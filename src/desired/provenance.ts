import type { Declaration, Entry, EntryReason } from '../model/declaration.ts';
import { written } from '../model/fault.ts';
import { type Msisdn, parseMsisdn } from '../numbers/msisdn.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import type { Declared } from './declare.ts';
import { type DeclaredNumbers, placedNumbers } from './entries.ts';
import { isInForce } from './expiry.ts';
import { columnOf } from './number-files/edit.ts';
import type { NumberFiles } from './number-files/read.ts';
import { isMapping, type Mapping, type Part } from './yaml/parts.ts';

/** A source of a bot's numbers: the bot itself, or a list that it uses. */
export interface NumberSource {
  readonly list: string | null; // null for the bot itself
  readonly from: Declared;
  readonly declared: DeclaredNumbers;
}

/** A declaration, with the column of a number file; null if the file is not CSV. */
interface Found extends Declaration {
  readonly column?: string | null;
}

/**
 * Finds every place in a source that declares one of the numbers, including expired entries. Walks the whole
 * source, as storing the places of a million numbers would take a gigabyte.
 */
export function* declarationsIn(source: NumberSource, numbers: NumberSet, files: NumberFiles): Generator<Found> {
  const { list, declared } = source;
  const { parsed, encrypted, file } = source.from;
  const part = partOf(source);
  const { owner } = part.settings; // only a list has an owner
  const common = { list, ...(typeof owner === 'string' && { listOwner: owner }), encrypted };
  for (const { number, keys, locate } of placedNumbers(part.numbers, parsed!)) {
    if (numbers.has(number)) yield { number, ...common, place: locate().place, entry: entryOf(keys) };
  }
  for (const name of declared.files) {
    for (const read of files({ from: file, ...name }).files) {
      const column = columnOf(read.name, name.column);
      for (const [n, number] of read.numbers.entries()) {
        if (numbers.has(number)) yield { number, ...common, place: read.placeOf(n), entry: {}, column };
      }
    }
  }
}

/** Finds the reasons of the entries in a source that declare one of the numbers. Number files have none. */
export function* reasonsIn(source: NumberSource, numbers: NumberSet): Generator<DatedReason> {
  const { parsed, encrypted } = source.from;
  for (const { number, keys } of placedNumbers(partOf(source).numbers, parsed!)) {
    const { reason, expires } = entryOf(keys);
    if (reason !== undefined && numbers.has(number)) yield { number, reason, encrypted, expires };
  }
}

/** Returns the list or the bot of a source. Only a parsed file has sources. */
function partOf({ list, from, declared }: NumberSource): Part {
  const { lists, bots } = from.parsed!.parts;
  return list === null ? bots.get(String(declared.path[1]))! : lists.get(list)!;
}

/** A reason, with the last day of its entry. */
export type DatedReason = EntryReason & { readonly expires: string | undefined };

/**
 * Maps each number to the first place in force, or else to the first place: then an entry has an impossible
 * date, which another error reports.
 */
export function placesOf(declarations: readonly Declaration[], today: string): ReadonlyMap<Msisdn, string> {
  const counts = ({ entry }: Declaration) => isInForce(entry.expires, today);
  const ordered = [...declarations.filter(counts), ...declarations.filter((each) => !counts(each))];
  return new Map(ordered.reverse().map(({ number, place }) => [number, written(place)]));
}

function entryOf({ waId, reason, owner, added, expires, labels, protected: kept }: Mapping): Entry {
  const text = (key: string, value: unknown) => (typeof value === 'string' ? { [key]: value } : {});
  const listed = typeof waId === 'string' ? parseMsisdn(waId) : null;
  return {
    ...(typeof listed === 'number' && { waId: listed }),
    ...text('reason', reason),
    ...text('owner', owner),
    ...text('added', added),
    ...text('expires', expires),
    ...(isMapping(labels) && { labels: labels as Record<string, string> }),
    ...(kept === true && { protected: true }),
  };
}

/** Formats the place that defines the list or the bot of a source. */
export function definedAt({ from, declared }: NumberSource): string {
  return written(from.parsed!.locate(declared.path, true).place);
}
