import type { Run } from './fold.ts';
import type { Path } from './places.ts';

export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An item of a list, such as `- "+447700900123"` or `- number: "+447700900123"`. */
export interface Item {
  readonly text: string | null; // null unless the item is text
  readonly keys: Mapping; // the keys of a mapping; none for text
  /** The run of numbers that the text replaces; see `fold.ts`. */
  readonly run: Run | undefined;
}

export interface ItemList {
  readonly path: Path;
  readonly items: readonly Item[];
}

/** A part of a file with numbers or rules: its defaults, a shared list or a bot. */
export interface Part {
  readonly name: string; // of the list or the bot; empty for the defaults
  readonly path: Path;
  readonly numbers: ItemList;
  readonly files: ItemList;
  readonly lists: ItemList;
  readonly ignore: ItemList;
  readonly settings: Mapping; // its other keys
}

export interface Parts {
  readonly defaults: Part;
  readonly lists: ReadonlyMap<string, Part>;
  readonly bots: ReadonlyMap<string, Part>;
  readonly all: readonly Part[];
}

type Runs = ReadonlyMap<unknown, ReadonlyMap<number, Run>>;

/** Splits a file into its parts. A value of the wrong type counts as empty; the schema check reports it. */
export function partsOf(file: unknown, runs: Runs): Parts {
  const { defaults: raw, ...others } = mappingOf(file);
  const named = (key: 'lists' | 'bots') => {
    const entries = Object.entries(mappingOf(others[key])).filter(([, value]) => isMapping(value));
    return new Map(entries.map(([name, value]) => [name, readPart(name, [key, name], value as Mapping, runs)]));
  };
  const [defaults, lists, bots] = [readPart('', ['defaults'], mappingOf(raw), runs), named('lists'), named('bots')];
  return { defaults, lists, bots, all: [defaults, ...lists.values(), ...bots.values()] };
}

function readPart(name: string, path: Path, raw: Mapping, runs: Runs): Part {
  const { numbers, files, lists, ignore, ...settings } = raw;
  const list = (key: string, value: unknown): ItemList => {
    const items = Array.isArray(value) ? value.map((item, index) => readItem(item, runs.get(value)?.get(index))) : [];
    return { path: [...path, key], items };
  };
  const own = { numbers: list('numbers', numbers), files: list('files', files), lists: list('lists', lists) };
  return { name, path, ...own, ignore: list('ignore', ignore), settings };
}

function readItem(item: unknown, run: Run | undefined): Item {
  return typeof item === 'string' ? { text: item, keys: NOTHING, run } : { text: null, keys: mappingOf(item), run };
}

const NOTHING: Mapping = {};

function mappingOf(value: unknown): Mapping {
  return isMapping(value) ? value : NOTHING;
}
