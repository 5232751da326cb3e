import { StageError } from '../model/errors.ts';
import type { Snapshot } from '../model/plan.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { type NumberSet, NumberSetBuilder } from '../numbers/number-set.ts';

/** What this stage needs of a provider: pages by their index. An empty page is past the end. */
export interface PageReader {
  readonly kind: 'pages';
  /** Numbers in a full page. */
  readonly pageSize: number;
  page(index: number): Promise<readonly Msisdn[]>;
}

export interface ReadOptions {
  /** How long the list is expected to be; the desired list's length is a good guess. */
  readonly hint: number;
  /** Pages asked for at the same time, at most. */
  readonly concurrency: number;
  /** Called after each page with the numbers read so far. */
  readonly onPage?: (count: number) => void;
}

const MAX_PASSES = 4;
/** A million numbers in pages of a hundred, and the empty one. A list twice as long as expected is read as well. */
const MAX_PAGES = 10_001;

/**
 * Reads one live list to its end, or throws: an incomplete read never becomes a snapshot.
 *
 * Pages have no total and no cursor, and the list may move while it is read. A number that shows on two pages, or
 * numbers behind the end, tell that it moved: it is read again. If two passes in a row saw the very same pages, the
 * list does hold that number twice, and the reading is accepted.
 *
 * Reads: ⌈n/pageSize⌉ + 1 where the hint is right, and fewer than `concurrency` more otherwise.
 */
export async function readSnapshot(reader: PageReader, options: ReadOptions): Promise<Snapshot> {
  let previous: Pass | null = null;
  let hint = options.hint;
  for (let pass = 1; pass <= MAX_PASSES; pass++) {
    const now: Pass = await readOnce(reader, { ...options, hint });
    if (now.steady) return { numbers: now.numbers, foreign: 0, warnings: [] };
    if (now.looping && previous?.looping) {
      throw new StageError({ kind: 'page-repeats' });
    }
    // A hole that stays is no list either: what stands behind it may be more than what was read.
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
  /** No number stood on two pages and nothing behind the end. */
  readonly steady: boolean;
  /** Numbers stood behind an empty page. */
  readonly hole: boolean;
  /** Two pages were the same. */
  readonly looping: boolean;
  /** What each page held, by its index. */
  readonly keys: readonly string[];
}

function samePages(a: Pass, b: Pass): boolean {
  return a.keys.length === b.keys.length && a.keys.every((key, index) => key === b.keys[index]);
}

/**
 * One pass: an ordered window over the pages, lowest first. Up to the page where the hint expects the end, all of the
 * window is used; beyond it no more pages are asked for than are proven to exist already, so that a short list costs
 * few requests and a long one is soon read at full width.
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
  let failed: { error: unknown } | null = null;

  async function read(index: number): Promise<void> {
    try {
      const page = await reader.page(index);
      if (page.length === 0) end = Math.min(end, index);
      else accept(index, page);
    } catch (error) {
      failed ??= { error };
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
    while (inFlight.size < concurrency && next < Math.min(end, allowed, limit) && !looping && !failed) {
      inFlight.set(next, read(next));
      next++;
    }
    if (inFlight.size === 0) break;
    await Promise.race(inFlight.values());
  }
  // Only now: the end may be the last page of all, and pages behind it would have been asked for ahead.
  if (proven >= limit) failed ??= { error: new StageError({ kind: 'endless', pages: limit }) };
  // Assigned in the functions above, which the compiler does not follow.
  const failure = failed as { error: unknown } | null;
  if (failure) throw failure.error;
  const entries = builder.count;
  const numbers = builder.build();
  const acrossPages = entries - repeatsWithinPages - numbers.size;
  const hole = keys.length > end;
  return { numbers, entries, hole, looping, keys, steady: acrossPages === 0 && !hole && !looping };
}

/** What a page holds, the same for the same numbers in whatever order; and how many of its entries stand in it twice. */
function inspect(page: readonly Msisdn[]): { key: string; repeats: number } {
  const sorted = Float64Array.from(page).sort();
  let repeats = 0;
  for (let at = 1; at < sorted.length; at++) if (sorted[at] === sorted[at - 1]) repeats++;
  // The bytes as text: exact, and six times as fast as to write the numbers out.
  return { key: Buffer.from(sorted.buffer).toString('latin1'), repeats };
}
