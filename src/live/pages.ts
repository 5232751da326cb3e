import { StageError } from '../model/errors.ts';
import type { Snapshot } from '../model/plan.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { type NumberSet, NumberSetBuilder } from '../numbers/number-set.ts';

/** Reads a list in pages with an index. The first empty or refused page is after the end. */
export interface PageReader {
  readonly kind: 'pages';
  /** The count of numbers in a full page. */
  readonly pageSize: number;
  /** `refused`: the API has no such page, or it did not take the request. */
  page(index: number): Promise<readonly Msisdn[] | 'refused'>;
}

export interface ReadOptions {
  /** The expected count of numbers in the list, such as that of the desired list. */
  readonly hint: number;
  /** The largest count of pages that are requested at the same time. */
  readonly concurrency: number;
  /** Called after each page with the count of numbers read so far. */
  readonly onPage?: (count: number) => void;
}

const MAX_PASSES = 4;
/**
 * The pages of a million numbers, 100 on each, and the empty page. A list may also have twice its expected
 * pages.
 */
const MAX_PAGES = 10_001;

/**
 * Reads one live list to its end, or throws: an incomplete read never becomes a snapshot. It reads
 * ⌈n/pageSize⌉ + 1 pages if the hint is right, and otherwise fewer than `concurrency` more.
 *
 * Pages contain no total and no cursor, and the list may change meanwhile. If a number is on two pages, or
 * numbers follow an empty page, the list is read again. If two passes in a row have the same pages, the list
 * contains that number twice.
 */
export async function readSnapshot(reader: PageReader, options: ReadOptions): Promise<Snapshot> {
  let previous: Pass | null = null;
  let hint = options.hint;
  for (let pass = 1; pass <= MAX_PASSES; pass++) {
    const now: Pass = await readOnce(reader, { ...options, hint });
    const { mayGoOn } = now;
    if (now.steady) return { numbers: now.numbers, foreign: 0, warnings: [], mayGoOn };
    if (now.looping && previous?.looping) throw new StageError({ kind: 'page-repeats' });
    // A hole is never accepted: more numbers may follow it than were read.
    if (previous && !now.looping && !now.hole && samePages(previous, now)) {
      const count = now.entries - now.numbers.size;
      const warnings = [{ code: 'W-LIVE-REPEATS', count, of: 'numbers' }] as const;
      return { numbers: now.numbers, foreign: 0, warnings, mayGoOn };
    }
    previous = now;
    hint = now.entries;
  }
  throw new StageError({ kind: previous?.hole ? 'hole' : 'unsteady', reads: MAX_PASSES });
}

interface Pass {
  readonly numbers: NumberSet;
  /** The count of entries read, repeats included. */
  readonly entries: number;
  /** No number was on two pages, and nothing followed the end. */
  readonly steady: boolean;
  /** Numbers followed an empty page. */
  readonly hole: boolean;
  /** Two pages were the same. */
  readonly looping: boolean;
  /** The contents of each page, by its index. */
  readonly keys: readonly string[];
  /** The end is a refused page after a full one. */
  readonly mayGoOn: boolean;
}

/** Reports whether two passes have equal pages. `b` has no hole, as `every` would skip it. */
function samePages(a: Pass, b: Pass): boolean {
  return a.keys.length === b.keys.length && b.keys.every((key, index) => key === a.keys[index]);
}

/**
 * Reads all pages once, in a window of at most `concurrency` requests, lowest page first. Up to the expected
 * end the whole window is used. After it, at most as many pages are requested ahead as have proved to exist
 * beyond it: a short list takes few requests, and a long one soon uses the whole window.
 */
async function readOnce(reader: PageReader, { hint, concurrency, onPage }: ReadOptions): Promise<Pass> {
  const expected = Math.ceil(hint / reader.pageSize) + 1;
  const limit = Math.max(MAX_PAGES, 2 * expected);
  const builder = new NumberSetBuilder();
  const keys: string[] = [];
  const owners = new Map<string, number>();
  const full = new Set<number>();
  const inFlight = new Map<number, Promise<void>>();
  let next = 0;
  let proven = 0; // pages 0 to proven - 1 have numbers
  let end = Number.POSITIVE_INFINITY;
  let refusedAt = -1;
  let repeatsWithinPages = 0;
  let looping = false;
  const failures: unknown[] = [];

  async function read(index: number): Promise<void> {
    try {
      const page = await reader.page(index);
      if (page !== 'refused' && page.length > 0) return accept(index, page);
      if (page === 'refused' && index < end) refusedAt = index;
      end = Math.min(end, index);
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
    if (page.length >= reader.pageSize) full.add(index);
    if (owners.has(key)) looping = true;
    owners.set(key, index);
    while (keys[proven] !== undefined) proven++;
    // A server may send larger pages than it documents, but not without end: all entries are in memory.
    const most = limit * reader.pageSize;
    if (builder.count > most) failures.push(new StageError({ kind: 'endless', entries: most }));
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
  // Not earlier: the last allowed page may be the empty one, and it may have been requested ahead.
  if (proven >= limit) throw new StageError({ kind: 'endless', pages: limit });
  const entries = builder.count;
  const numbers = builder.build();
  const acrossPages = entries - repeatsWithinPages - numbers.size;
  const hole = keys.length > end;
  const mayGoOn = refusedAt === end && full.has(end - 1);
  return { numbers, entries, hole, looping, keys, mayGoOn, steady: acrossPages === 0 && !hole && !looping };
}

/** Returns a key that is equal for the same numbers in any order, and the count of entries that repeat others. */
function inspect(page: readonly Msisdn[]): { key: string; repeats: number } {
  const sorted = Float64Array.from(page).sort();
  let repeats = 0;
  for (let at = 1; at < sorted.length; at++) if (sorted[at] === sorted[at - 1]) repeats++;
  // Bytes as text are exact, and six times as fast as formatted numbers.
  return { key: Buffer.from(sorted.buffer).toString('latin1'), repeats };
}
