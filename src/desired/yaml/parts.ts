import { isMapping, itemsOf, type Mapping } from './mapping.ts';
import type { Path } from './places.ts';

/** What of a file may hold numbers or rules: its defaults, a shared list or a bot. */
export interface Part {
  readonly kind: 'defaults' | 'lists' | 'bots';
  /** Of a list or a bot. */
  readonly name: string;
  readonly path: Path;
  readonly raw: Mapping;
}

/** The parts of a parsed file: defaults, lists, bots. What is no mapping is left out: the schema has said so. */
export function partsOf(file: unknown): readonly Part[] {
  const { defaults, lists, bots }: Mapping = isMapping(file) ? file : {};
  const all = [['defaults', '', defaults], ...namedIn('lists', lists), ...namedIn('bots', bots)] as const;
  return all.flatMap(([kind, name, raw]) => {
    return isMapping(raw) ? { kind, name, path: kind === 'defaults' ? [kind] : [kind, name], raw } : [];
  });
}

/** Own keys only: a bot may be named __proto__. */
function namedIn<Kind extends Part['kind']>(kind: Kind, all: unknown) {
  return Object.entries(isMapping(all) ? all : {}).map(([name, raw]) => [kind, name, raw] as const);
}

/** The numbers or the rules of one part. */
export interface ItemList {
  readonly path: Path;
  readonly items: readonly unknown[];
}

/** The lists of a parsed file under some keys. */
export function itemListsOf(file: unknown, ...keys: readonly ('numbers' | 'ignore')[]): readonly ItemList[] {
  return partsOf(file).flatMap(({ path, raw }) => {
    return keys.map((key) => ({ path: [...path, key], items: itemsOf(raw[key]) }));
  });
}
