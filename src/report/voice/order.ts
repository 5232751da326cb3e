import { randomInt } from 'node:crypto';

/** A list of which only a part may have to be in memory. */
export type Items<T> = {
  readonly length: number;
  readonly [index: number]: T;
  slice(from: number, to: number): ArrayLike<T>;
};

/** Differs from run to run, so that the order of numbers that look alike says nothing about them. */
const SEED = randomInt(2 ** 31) | 1;

/** Sorts items by a text that is shown of them. */
export function inOrder<T>(items: Items<T>, shown: (item: T) => string): readonly T[] {
  const all = Array.from(items, (item, at) => ({ item, key: shown(item), rank: Math.imul(at + 1, SEED) }));
  all.sort((a, b) => (a.key === b.key ? a.rank - b.rank : a.key < b.key ? -1 : 1));
  return all.map(({ item }) => item);
}
