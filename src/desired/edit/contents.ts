import { isDeepStrictEqual } from 'node:util';
import type { Msisdn } from '../../numbers/msisdn.ts';
import type { NumberSet } from '../../numbers/number-set.ts';
import { parseWritten } from '../../numbers/written.ts';
import { textOf } from '../entries.ts';
import { checkSchema } from '../schema/check.ts';
import type { SourceFile } from '../source/yaml-files.ts';
import { type ParsedFile, parseYaml } from '../yaml/parse.ts';
import type { Mapping, Part } from '../yaml/parts.ts';
import type { Holder } from './entry.ts';

/** The entries of a bot or a list, in order. Arrays, as an object for each of a million would take seconds. */
export interface Entries {
  readonly numbers: Float64Array;
  /** The keys of each entry as text, by its position. A number alone has none. */
  readonly keys: ReadonlyMap<number, Mapping>;
}

/** Returns the entries that a bot or a list should have after an edit. */
export type Change = (entries: Entries, holder: Holder) => Entries;

/** Checks that a file declares the same as one without faults, except for a change of its entries. */
export function changesOnly(before: SourceFile, after: SourceFile, change: Change): boolean {
  const parsed = parseYaml(after);
  if (!('parts' in parsed) || parsed.faults.length > 0) return false;
  const old = parseYaml(before) as ParsedFile;
  // The check gives values their types, such as true for "true", in place. A file may have been checked before.
  for (const each of [old, parsed]) checkSchema(each);
  return isDeepStrictEqual(
    contentsOf(old, change),
    contentsOf(parsed, (entries) => entries),
  );
}

function contentsOf({ value, parts }: ParsedFile, change: Change): unknown {
  const { defaults: _, lists: _lists, bots: _bots, ...rest } = value as Record<string, unknown>;
  const partsOf = (kind: 'lists' | 'bots') =>
    Array.from(parts[kind].values(), (part) => [
      part.name,
      contentOf(part, change(entriesOf(part), { kind, name: part.name })),
    ]);
  return [rest, contentOf(parts.defaults, null), partsOf('lists'), partsOf('bots')];
}

function contentOf({ settings, files, lists, ignore }: Part, entries: Entries | null): unknown {
  const items = [files, lists, ignore].map((list) =>
    list.items.map(({ text, keys, run }) => [text, keys, run?.numbers]),
  );
  return [settings, items, entries];
}

/** Reads the entries of a bot or a list of a file without faults. */
export function entriesOf({ numbers: { items } }: Part): Entries {
  const numbers = new Float64Array(items.reduce((count, { run }) => count + (run?.numbers.length ?? 1), 0));
  const keys = new Map<number, Mapping>();
  let at = 0;
  for (const item of items) {
    if (item.run) {
      numbers.set(item.run.numbers, at);
      at += item.run.numbers.length;
      continue;
    }
    const { number: _, ...others } = item.keys;
    if (Object.keys(others).length > 0) keys.set(at, others);
    numbers[at++] = parseWritten(textOf(item, 'number')!) as Msisdn;
  }
  return { numbers, keys };
}

export function withoutNumbers({ numbers, keys }: Entries, gone: NumberSet): Entries {
  const kept = new Map<number, Mapping>();
  let count = 0;
  const left = numbers.filter((number, at) => {
    if (gone.has(number)) return false;
    const own = keys.get(at);
    if (own) kept.set(count, own);
    count++;
    return true;
  });
  return { numbers: left, keys: kept };
}

/** Adds entries with the same keys to the end. */
export function withNumbers({ numbers, keys }: Entries, fresh: readonly Msisdn[], own: Mapping): Entries {
  const all = new Float64Array(numbers.length + fresh.length);
  all.set(numbers);
  all.set(fresh, numbers.length);
  const more = Object.keys(own).length > 0 ? fresh.map((_, n) => [numbers.length + n, own] as const) : [];
  return { numbers: all, keys: new Map([...keys, ...more]) };
}
