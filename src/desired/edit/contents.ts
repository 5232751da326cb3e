import { isDeepStrictEqual } from 'node:util';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { parseWritten } from '../../numbers/written.ts';
import { textOf } from '../entries.ts';
import type { SourceFile } from '../source/yaml-files.ts';
import { type ParsedFile, parseYaml } from '../yaml/parse.ts';
import type { Mapping, Part } from '../yaml/parts.ts';
import type { Holder } from './entry.ts';

/** An entry: its number, and its keys as text. */
export interface Listed {
  readonly number: Msisdn;
  readonly keys: Mapping;
}

/** Returns the entries that a bot or a list should have after an edit. */
export type Change = (entries: readonly Listed[], holder: Holder) => readonly Listed[];

/** Checks that a text declares the same as a file without faults, except for a change of its entries. */
export function changesOnly(file: SourceFile, text: string, change: Change): boolean {
  const before = parseYaml(file) as ParsedFile;
  const after = parseYaml({ ...file, text });
  if (!('parts' in after) || after.faults.length > 0) return false;
  const expected = contentsOf(before, change);
  return isDeepStrictEqual(
    expected,
    contentsOf(after, (entries) => entries),
  );
}

function contentsOf({ value, parts }: ParsedFile, change: Change): unknown {
  const { defaults: _, lists: _lists, bots: _bots, ...rest } = value as Record<string, unknown>;
  const partsOf = (kind: 'lists' | 'bots') =>
    Array.from(parts[kind].values(), (part) => [
      part.name,
      contentOf(part, change(entriesOf(part), { kind, name: part.name })),
    ]);
  return [rest, contentOf(parts.defaults, []), partsOf('lists'), partsOf('bots')];
}

function contentOf({ settings, files, lists, ignore }: Part, entries: readonly Listed[]): unknown {
  const items = [files, lists, ignore].map((list) =>
    list.items.map(({ text, keys, run }) => [text, keys, run?.numbers]),
  );
  return [settings, items, entries];
}

function entriesOf({ numbers }: Part): readonly Listed[] {
  return numbers.items.flatMap((item): Listed[] => {
    if (item.run) return Array.from(item.run.numbers, (number) => ({ number, keys: {} }));
    const { number: _, ...keys } = item.keys;
    return [{ number: parseWritten(textOf(item, 'number')!) as Msisdn, keys }];
  });
}
