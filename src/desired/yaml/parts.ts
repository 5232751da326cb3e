import { isMapping, itemsOf, type Mapping } from './mapping.ts';
import type { Path } from './places.ts';

/** What of a file may hold numbers or rules: its defaults, a shared list or a bot. */
export interface Part {
  /** Of a list or a bot. */
  readonly name: string;
  readonly path: Path;
  readonly raw: Mapping;
}

/** The parts of a parsed file. What is no mapping is left out, or empty: the schema has reported it. */
export function partsOf(file: unknown) {
  const { defaults, lists, bots }: Mapping = isMapping(file) ? file : {};
  return {
    defaults: { name: '', path: ['defaults'], raw: isMapping(defaults) ? defaults : {} } satisfies Part,
    lists: namedIn(lists, 'lists'),
    bots: namedIn(bots, 'bots'),
  };
}

/** Own keys only: a bot may be named __proto__. */
function namedIn(all: unknown, key: string): readonly Part[] {
  const entries = Object.entries(isMapping(all) ? all : {});
  return entries.flatMap(([name, raw]) => (isMapping(raw) ? { name, path: [key, name], raw } : []));
}

/** The numbers or the rules of one part. */
export interface ItemList {
  readonly path: Path;
  readonly items: readonly unknown[];
}

/** The lists of a parsed file under some keys. */
export function itemListsOf(file: unknown, ...keys: readonly ('numbers' | 'ignore')[]): readonly ItemList[] {
  const { defaults, lists, bots } = partsOf(file);
  return [defaults, ...lists, ...bots].flatMap(({ path, raw }) => {
    return keys.map((key) => ({ path: [...path, key], items: itemsOf(raw[key]) }));
  });
}
