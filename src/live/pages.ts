import { StageError } from '../model/errors.ts';
import type { Snapshot } from '../model/plan.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { type NumberSet, NumberSetBuilder } from '../numbers/number-set.ts';

/** A provider with pages by index. An empty page is past the end. */
export interface PageReader {
  readonly kind: 'pages';
  /** Numbers in a full page. */
  readonly pageSize: number;
  page(index: number): Promise<readonly Msisdn[]>;
}

export interface ReadOptions {
  /** The expected length of the list; that of the desired list is a good guess. */
  readonly hint: number;
  /** At most so many pages are requested at once. */
  readonly concurrency: number;
  /** Called after each page with the numbers read so far. */
  readonly onPage?: (count: number) => void;
}

const MAX_PASSES = 4;
/** A million numbers in pages of 100, and the empty one. A longer list is read up to twice its expected length. */
const MAX_PAGES = 10_001;

/**
 * Reads one live list to its end, or throws: an incomplete read never becomes a snapshot. Reads ⌈n/pageSize⌉ + 1 pages
 * if the hint is right, and fewer than `concurrency` more otherwise.
 *
 * Pages have no total and no cursor, and the list may move meanwhile. A number on two pages, or numbers after the end,
 * show that it moved: it is read again. If two passes in a row saw the same pages, the list holds that number twice.
 */
export async function readSnapshot(reader: PageReader, options: ReadOptions): Promise<Snapshot> {
  let previous: Pass | null = null;
  let hint = options.hint;
  for (let pass = 1; pass <= MAX_PASSES; pass++) {
    const now: Pass = await readOnce(reader, { ...options, hint });
    if (now.steady) return { numbers: now.numbers, foreign: 0, warnings: [] };
    if (now.looping && previous?.looping) throw new StageError({ kind: 'page-repeats' });
    // A hole is not accepted even if it stays: there may be more numbers after it than were read.
    if (previous && !now.looping && !now.hole && samePages(previous, now)) {
      const count = now.entries - now.numbers.size;
      return { numbers: now.numbers, foreign: 0, warnings: [{ code: 'W-LIVE-REPEATS', count, of: 'numbers' }] };
    }
    previous = now;
    hint = now.entries;
  }
  throw new StageError({ kind: previous?.hole ? 'hole' : 'unsteady', reads: MAX_PASSES });
}

interface Pass {
  readonly numbers: NumberSet;
  /** Entries read, repeats included. */
  readonly entries: number;
  /** No number was on two pages, and nothing followed the end. */
  readonly steady: boolean;
  /** Numbers followed an empty page. */
  readonly hole: boolean;
  /** Two pages were the same. */
  readonly looping: boolean;
  /** The contents of each page, by its index. */
  readonly keys: readonly string[];
}

/** Whether the pages of `b`, which has no hole, are those of `a`. `every` skips holes, so those of `a` must differ. */
function samePages(a: Pass, b: Pass): boolean {
  return a.keys.length === b.keys.length && b.keys.every((key, index) => key === a.keys[index]);
}

/**
 * One pass: an ordered window over the pages, lowest first. Up to the expected end it is used in full. After that, no
 * more pages are requested than are proven to exist: a short list costs few requests, a long one soon fills the window.
 */
async function readOnce(reader: PageReader, { hint, concurrency, onPage }: ReadOptions): Promise<Pass> {
  const expected = Math.ceil(hint / reader.pageSize) + 1;
  const limit = Math.max(MAX_PAGES, 2 * expected);
  const builder = new NumberSetBuilder();
  const keys: string[] = [];
  const owners = new Map<string, number>();
  const inFlight = new Map<number, Promise<void>>();
  let next = 0;
  let proven = 0; // pages 0 to proven - 1 are known to hold numbers
  let end = Number.POSITIVE_INFINITY;
  let repeatsWithinPages = 0;
  let looping = false;
  const failures: unknown[] = [];

  async function read(index: number): Promise<void> {
    try {
      const page = await reader.page(index);
      if (page.length === 0) end = Math.min(end, index);
      else accept(index, page);
    } catch (error) {
      failures.push(error);
    } finally {
      inFlight.delete(index);
    }
  }

  function accept(index: number, page: readonly Msisdn[]): void {
    for (const number of page) builder.add(number);
    const { key, repeats } = inspect(page);
    repeatsWithinPages += repeats;
    keys[index] = key;
    if (owners.has(key)) looping = true;
    owners.set(key, index);
    while (keys[proven] !== undefined) proven++;
    onPage?.(builder.count);
  }

  for (;;) {
    const allowed = Math.max(expected, proven + Math.max(1, proven + 1 - expected));
    const open = () => !looping && failures.length === 0 && next < Math.min(end, allowed, limit);
    for (; inFlight.size < concurrency && open(); next++) inFlight.set(next, read(next));
    if (inFlight.size === 0) break;
    await Promise.race(inFlight.values());
  }
  if (failures.length > 0) throw failures[0];
  // Only now: the end may be the last page of all, and pages after it would have been requested ahead.
  if (proven >= limit) throw new StageError({ kind: 'endless', pages: limit });
  const entries = builder.count;
  const numbers = builder.build();
  const acrossPages = entries - repeatsWithinPages - numbers.size;
  const hole = keys.length > end;
  return { numbers, entries, hole, looping, keys, steady: acrossPages === 0 && !hole && !looping };
}

/** A key that is equal for the same numbers in any order, and how many entries of the page repeat others. */
function inspect(page: readonly Msisdn[]): { key: string; repeats: number } {
  const sorted = Float64Array.from(page).sort();
  let repeats = 0;
  for (let at = 1; at < sorted.length; at++) if (sorted[at] === sorted[at - 1]) repeats++;
  // The bytes as text: exact, and six times as fast as formatting the numbers.
  return { key: Buffer.from(sorted.buffer).toString('latin1'), repeats };
}
