import { StageError } from '../model/errors.ts';
import type { Names, Snapshot, Users } from '../model/plan.ts';
import type { Warning } from '../model/warnings.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { type NumberSet, NumberSetBuilder } from '../numbers/number-set.ts';
import type { ReadOptions } from './pages.ts';

/** Reads a list in pages that contain a cursor to the next page. */
export interface CursorReader {
  readonly kind: 'cursors';
  /**
   * Reads the page after a cursor, or the first page for null.
   *
   * @param large the pages of this read may be larger than the API documents.
   * @returns `moved` if the server reports a changed list, or refuses the cursor of a large page.
   */
  after(cursor: string | null, large: boolean): Promise<CursorPage | 'moved'>;
}

export interface CursorPage {
  readonly numbers: readonly Msisdn[];
  /** The count of entries without a phone number. */
  readonly foreign: number;
  /** The ids of the users of the page, each with the number of its entry; null if that has none. */
  readonly ids?: readonly (readonly [number: Msisdn | null, id: string])[];
  /** The entries that contain another number of their user besides the listed one. */
  readonly named?: readonly (readonly [other: Msisdn, listed: Msisdn])[];
  /** The cursor to the next page; null if the page has none. */
  readonly cursor: string | null;
  /** The server reports that another page follows. If false, another page may still follow. */
  readonly more: boolean;
}

const MAX_PASSES = 4;
const MAX_PAGES = 10_001;
/** The entries of so many pages of 100. All of them are in memory. */
const MAX_ENTRIES = MAX_PAGES * 100;

/**
 * Reads one live list to its end by its cursors, or throws: an incomplete read never becomes a snapshot.
 *
 * A short or empty page is not the end if the server reports that more follow. Otherwise the end is a page
 * without a cursor, with a used cursor, or without entries. The list is read again if it changed, or if a
 * number or a page appears twice. Two matching reads in a row are accepted, unless a page appears twice.
 * Every second read has small pages, in case that large ones were the cause.
 */
export async function readCursors(reader: CursorReader, { onPage }: Pick<ReadOptions, 'onPage'>): Promise<Snapshot> {
  let previous: Pass | null = null;
  for (let pass = 1; pass <= MAX_PASSES; pass++) {
    const now = await readOnce(reader, pass % 2 === 1, onPage);
    if (now && !now.looping && (now.repeats === 0 || (previous && same(previous, now)))) return snapshotOf(now);
    if (now?.looping && previous?.looping) throw new StageError({ kind: 'cursor-repeats' });
    previous = now;
  }
  throw new StageError({ kind: 'unsteady', reads: MAX_PASSES });
}

interface Pass {
  readonly numbers: NumberSet;
  readonly foreign: number;
  readonly names: Names;
  readonly users: Users;
  /** The count of entries that repeat others. */
  readonly repeats: number;
  /** A page appeared twice, or the server reports more pages after a used cursor. */
  readonly looping: boolean;
}

/** Reads all pages once. @returns null if the server reports that the list changed. */
async function readOnce(reader: CursorReader, large: boolean, onPage: ReadOptions['onPage']): Promise<Pass | null> {
  const builder = new NumberSetBuilder();
  const used = new Set<string>();
  const pages = new Set<string>();
  const names = new Map<Msisdn, Set<Msisdn>>();
  const users = { known: { numbers: [] as Msisdn[], ids: [] as string[] }, hidden: new Set<string>() };
  let foreign = 0;
  let cursor: string | null = null;
  for (let read = 0; read < MAX_PAGES; read++) {
    const page: CursorPage | 'moved' = await reader.after(cursor, large);
    if (page === 'moved') return null;
    for (const number of page.numbers) builder.add(number);
    for (const [other, listed] of page.named ?? []) names.set(other, (names.get(other) ?? new Set()).add(listed));
    for (const [number, id] of page.ids ?? []) {
      if (number === null) users.hidden.add(id);
      else {
        users.known.numbers.push(number);
        users.known.ids.push(id);
      }
    }
    foreign += page.foreign;
    if (builder.count + foreign > MAX_ENTRIES) throw new StageError({ kind: 'endless', entries: MAX_ENTRIES });
    onPage?.(builder.count);
    const key = page.numbers.join(' ');
    const again = key !== '' && pages.has(key);
    pages.add(key);
    const leadsOn = page.cursor !== null && !used.has(page.cursor);
    const empty = page.numbers.length + page.foreign === 0;
    if (again || !leadsOn || (empty && !page.more)) {
      const entries = builder.count;
      const numbers = builder.build();
      const repeats = entries - numbers.size;
      return { numbers, foreign, names, users, repeats, looping: again || (page.more && !leadsOn) };
    }
    cursor = page.cursor!;
    used.add(cursor);
  }
  throw new StageError({ kind: 'endless', pages: MAX_PAGES });
}

function same(a: Pass, b: Pass): boolean {
  return a.repeats === b.repeats && a.numbers.size === b.numbers.size && a.numbers.minus(b.numbers).size === 0;
}

function snapshotOf({ numbers, foreign, names, users, repeats }: Pass): Snapshot {
  const warnings: Warning[] = [];
  if (foreign > 0) warnings.push({ code: 'W-LIVE-FOREIGN', count: foreign });
  if (repeats > 0) warnings.push({ code: 'W-LIVE-REPEATS', count: repeats, of: 'entries' });
  const hasIds = users.hidden.size + users.known.ids.length > 0;
  return { numbers, foreign, ...(names.size > 0 && { names }), ...(hasIds && { users }), warnings };
}
