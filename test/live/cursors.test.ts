import { describe, expect, test } from 'vitest';
import { type CursorPage, type CursorReader, readCursors } from '../../src/live/cursors.ts';
import * as fc from '../fast-check.ts';

const FIRST = 12_015_550_100;
const row = (count: number, from = 0) => Array.from({ length: count }, (_, index) => FIRST + from + index);
const page = (numbers: number[], cursor: string | null, more = false, foreign = 0): CursorPage => ({
  numbers,
  cursor,
  more,
  foreign,
});

/** A server with these pages, by the cursor that leads to each. `calls` has the requested cursors. */
function serve(pages: Record<string, CursorPage | 'moved'>) {
  const calls: (string | null)[] = [];
  const reader: CursorReader = {
    kind: 'cursors',
    async after(cursor) {
      calls.push(cursor);
      return pages[cursor ?? '']!;
    },
  };
  return { reader, calls };
}

describe('the end of a list', () => {
  test.each([
    ['no cursor at all', { '': page(row(2), null) }, 1],
    ['an empty list', { '': page([], null) }, 1],
    ['an empty page after the last cursor', { '': page(row(2), 'a'), a: page([], null) }, 2],
    ['an empty page that still has a cursor', { '': page(row(2), 'a'), a: page([], 'b') }, 2],
    ['a cursor that was used', { '': page(row(1), 'a'), a: page(row(1, 1), 'a') }, 2],
    ['no next on the last page', { '': page(row(1), 'a', true), a: page(row(1, 1), null) }, 2],
    ['a short page in the middle', { '': page(row(1), 'a', true), a: page(row(1, 1), 'b'), b: page([], null) }, 3],
    ['an empty page in the middle', { '': page([], 'a', true), a: page(row(2), null) }, 2],
  ] as const)('%s', async (_, pages, reads) => {
    const { reader, calls } = serve(pages as Record<string, CursorPage>);
    const { numbers, warnings } = await readCursors(reader, {});
    expect([...numbers]).toEqual(numbers.size === 0 ? [] : row(2));
    expect(warnings).toEqual([]);
    expect(calls).toHaveLength(reads);
  });
});

test('other numbers of listed users are collected from all pages', async () => {
  const [one, two, other] = [FIRST, FIRST + 1, FIRST + 50];
  const first: CursorPage = { ...page([one], 'a', true), named: [[other, one]] };
  const { reader } = serve({ '': first, a: { ...page([two], null), named: [[other, two]] } });
  expect((await readCursors(reader, {})).names).toEqual(new Map([[other, new Set([one, two])]]));
  expect(await readCursors(serve({ '': page([one], null) }).reader, {})).not.toHaveProperty('names');
});

test('entries without a number are counted, with a warning', async () => {
  const { reader } = serve({ '': page(row(1), 'a', true, 2), a: page([], null, false, 1) });
  const snapshot = await readCursors(reader, {});
  expect(snapshot).toMatchObject({
    foreign: 3,
    warnings: [{ code: 'W-LIVE-FOREIGN', count: 3 }],
  });
});

describe('a list that changes', () => {
  test('is read again from its start', async () => {
    let moves = 3;
    const reader: CursorReader = {
      kind: 'cursors',
      after: async (cursor) => (cursor === null ? page(row(1), 'a') : moves-- > 0 ? 'moved' : page([], null)),
    };
    expect([...(await readCursors(reader, {})).numbers]).toEqual(row(1));
  });

  test('is an error if it changes in each of four reads', async () => {
    const { reader, calls } = serve({ '': 'moved' });
    await expect(readCursors(reader, {})).rejects.toMatchObject({
      reason: { kind: 'unsteady', reads: 4 },
    });
    expect(calls).toHaveLength(4);
  });

  test('is read again if a number is on two pages, and accepted if that repeats', async () => {
    const { reader, calls } = serve({ '': page(row(2), 'a'), a: page(row(2, 1), null) });
    const { numbers, warnings } = await readCursors(reader, {});
    expect([...numbers]).toEqual(row(3));
    expect(warnings).toEqual([{ code: 'W-LIVE-REPEATS', count: 1, of: 'entries' }]);
    expect(calls).toHaveLength(4);
  });
});

describe('a list whose cursors repeat is an error', () => {
  test.each([
    ['the same page after every cursor', (n: number) => page(row(2), `c${n}`)],
    ['the same cursor with a next page', (n: number) => page(row(1, n), 'a', true)],
    ['a next page without a cursor', (n: number) => page(row(1, n), null, true)],
  ])('%s', async (_, answer) => {
    let reads = 0;
    const reader: CursorReader = { kind: 'cursors', after: async () => answer(reads++) };
    await expect(readCursors(reader, {})).rejects.toMatchObject({ reason: { kind: 'cursor-repeats' } });
    expect(reads).toBeLessThan(8);
  });

  test('large pages of new numbers without an end', async () => {
    let reads = 0;
    const reader: CursorReader = {
      kind: 'cursors',
      after: async () => page(row(50_000, reads * 50_000), `c${reads++}`),
    };
    await expect(readCursors(reader, {})).rejects.toMatchObject({ reason: { kind: 'endless', entries: 1_000_100 } });
    expect(reads).toBe(21);
  });

  test('new numbers without an end', async () => {
    let reads = 0;
    const reader: CursorReader = { kind: 'cursors', after: async () => page([FIRST + reads], `c${reads++}`) };
    await expect(readCursors(reader, {})).rejects.toMatchObject({ reason: { kind: 'endless', pages: 10_001 } });
  });
});

test('law: any list in pages of any sizes is read completely', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(5), { maxLength: 20 }), fc.boolean(), async (sizes, named) => {
      let from = 0;
      const pages = sizes.map((size) => {
        from += size;
        return row(size, from - size);
      });
      const reader: CursorReader = {
        kind: 'cursors',
        async after(cursor) {
          const at = Number(cursor ?? 0);
          const more = at + 1 < pages.length;
          // Without `next`, an empty page ends the list.
          return page(pages[at] ?? [], more ? String(at + 1) : null, named && more);
        },
      };
      const end = named ? pages.length : pages.findIndex((each) => each.length === 0);
      const wanted = (end < 0 ? pages : pages.slice(0, end)).flat();
      expect([...(await readCursors(reader, {})).numbers]).toEqual(wanted);
    }),
  );
});
