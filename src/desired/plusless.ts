import type { Located } from '../model/fault.ts';
import { PluslessNumbers } from '../numbers/plusless.ts';
import { parseWritten } from '../numbers/written.ts';
import { pathOf, textOf } from './entries.ts';
import type { NumberFile } from './number-files/number-file.ts';
import type { Run } from './yaml/fold.ts';
import type { ParsedFile } from './yaml/parse.ts';
import type { Item, ItemList } from './yaml/parts.ts';

/** The numbers of one file that have no plus and may be national numbers. */
export interface Plusless {
  readonly numbers: PluslessNumbers;
  /** Returns the place of the n-th number of the file, from 0. */
  locate(n: number): Located;
}

export function pluslessIn({ plusless, placeOf }: NumberFile): Plusless {
  return { numbers: plusless, locate: (n) => ({ place: placeOf(n) }) };
}

/** Finds such numbers in a YAML file, including its ignore rules and WhatsApp IDs. */
export function pluslessOf(parsed: ParsedFile): Plusless {
  const lists = listsInOrder(parsed);
  const numbers = new PluslessNumbers();
  let n = 0;
  for (const item of lists.flatMap(({ items }) => items)) {
    if (item.run) addRun(numbers, item.run, n);
    else for (const [at, key] of keysOf(item).entries()) addText(numbers, textOf(item, key) ?? '', n + at);
    n += sizeOf(item);
  }
  return { numbers, locate: (at) => locateIn(parsed, lists, at) };
}

/** Counts the numbers of an item. A rule without a number also counts as one. */
const sizeOf = (item: Item) => item.run?.numbers.length ?? keysOf(item).length;

const keysOf = ({ keys }: Item) => (keys.waId === undefined ? JUST_NUMBER : WITH_ID);
const JUST_NUMBER = ['number'] as const;
const WITH_ID = ['number', 'waId'] as const;

function addRun(plusless: PluslessNumbers, { numbers, bare }: Run, first: number): void {
  for (let at = 0; bare && at < bare.length; at++) if (bare[at]) plusless.add(numbers[at]!, first + at);
}

function addText(plusless: PluslessNumbers, text: string, at: number): void {
  const number = text.startsWith('+') ? null : parseWritten(text);
  if (typeof number === 'number') plusless.addText(text, number, at);
}

/** Returns all lists that may contain numbers, in the order of the text. */
function listsInOrder(parsed: ParsedFile): readonly ItemList[] {
  const lists = parsed.parts.all.flatMap(({ numbers, ignore }) => [numbers, ignore]);
  const filled = lists.filter(({ items }) => items.length > 0);
  return filled
    .map((list) => ({ list, offset: parsed.offsetOf(list.path) }))
    .sort((a, b) => a.offset - b.offset)
    .map(({ list }) => list);
}

/** Walks through the items again, as storing the places of a million numbers would take long. */
function locateIn(parsed: ParsedFile, lists: readonly ItemList[], n: number): Located {
  let left = n;
  for (const { path, items } of lists) {
    for (const [index, item] of items.entries()) {
      const size = sizeOf(item);
      if (left >= size) left -= size;
      else if (item.run) return parsed.locateInRun(item.run, left);
      else return parsed.locate(pathOf(item, keysOf(item)[left]!, [...path, index]));
    }
  }
  throw new Error('the file has fewer numbers');
}
