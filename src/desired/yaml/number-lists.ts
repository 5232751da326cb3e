import type { Path } from './places.ts';

/** A list whose items may be numbers: as text, or as a mapping with a `number`. */
export interface ListOfNumbers {
  readonly path: Path;
  readonly items: readonly unknown[];
}

/**
 * Every list of numbers that a file may hold: of bots, of shared lists, and what is ignored.
 *
 * @param file as it was parsed; it may have faults.
 */
export function listsOfNumbers(file: unknown): readonly ListOfNumbers[] {
  const { defaults, bots, lists } = mapping(file);
  const found: ListOfNumbers[] = [];
  const look = (items: unknown, path: Path) => {
    if (Array.isArray(items)) found.push({ path, items });
  };
  look(mapping(defaults).ignore, ['defaults', 'ignore']);
  for (const [name, list] of Object.entries(mapping(lists))) look(mapping(list).numbers, ['lists', name, 'numbers']);
  for (const [id, bot] of Object.entries(mapping(bots))) {
    look(mapping(bot).numbers, ['bots', id, 'numbers']);
    look(mapping(bot).ignore, ['bots', id, 'ignore']);
  }
  return found;
}

/** Empty for what is none. */
function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
