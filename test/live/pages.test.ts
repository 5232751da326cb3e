import { describe, expect, test } from 'vitest';
import { type PageReader, readSnapshot } from '../../src/live/pages.ts';
import { ApiError } from '../../src/model/errors.ts';
import * as fc from '../fast-check.ts';
import { VirtualClock } from '../simulation/clock.ts';

const NUMBERS = Array.from({ length: 5000 }, (_, index) => 12_015_550_000 + index);

/** A server that answers in a random order. `page` returns the pages. */
function serve(page: (index: number) => readonly number[] | 'refused', shuffle: () => number = () => 0) {
  const asked: number[] = [];
  let inFlight = 0;
  const seen = { peak: 0 };
  const reader: PageReader = {
    kind: 'pages',
    pageSize: 100,
    async page(index) {
      asked.push(index);
      seen.peak = Math.max(seen.peak, ++inFlight);
      for (let turns = shuffle(); turns > 0; turns--) await null;
      inFlight--;
      return page(index);
    },
  };
  return { reader, asked, seen };
}

const pagesOf =
  (list: readonly number[], size = 100) =>
  (index: number) =>
    list.slice(index * size, (index + 1) * size);

describe('a steady list', () => {
  test.each([0, 1, 99, 100, 101, 199, 200, 201, 1999, 2000])(
    'of %i numbers is read with ⌈n/100⌉ + 1 requests if the hint is right',
    async (size) => {
      const { reader, asked } = serve(pagesOf(NUMBERS.slice(0, size)));
      const live = await readSnapshot(reader, { hint: size, concurrency: 8 });
      expect([...live.numbers]).toEqual(NUMBERS.slice(0, size));
      expect(asked).toEqual(Array.from({ length: Math.ceil(size / 100) + 1 }, (_, index) => index));
    },
  );

  test('is read completely for any size, hint, concurrency, page size and order of answers', async () => {
    const cases = fc.record({
      size: fc.nat(3000),
      hint: fc.oneof(fc.nat(4000), fc.constant(1_000_000)),
      concurrency: fc.integer({ min: 1, max: 16 }),
      pageSize: fc.constantFrom(7, 50, 100, 200),
      turns: fc.infiniteStream(fc.nat(30)),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ size, hint, concurrency, pageSize, turns }) => {
        const list = NUMBERS.slice(0, size);
        const { reader, asked, seen } = serve(pagesOf(list, pageSize), () => turns.next().value);
        const live = await readSnapshot(reader, { hint, concurrency });
        expect([...live.numbers]).toEqual(list);
        expect(asked.length).toBeLessThan(Math.ceil(size / pageSize) + 1 + concurrency);
        expect(new Set(asked).size).toBe(asked.length);
        expect(seen.peak).toBeLessThanOrEqual(concurrency);
      }),
    );
  });

  test('takes few requests if it is short and nothing was expected', async () => {
    const { reader, asked } = serve(pagesOf(NUMBERS.slice(0, 50)));
    await readSnapshot(reader, { hint: 0, concurrency: 8 });
    expect(asked).toEqual([0, 1]);
  });

  test('is read completely if a page in the middle is short', async () => {
    const pages = [NUMBERS.slice(0, 100), NUMBERS.slice(100, 130), NUMBERS.slice(200, 300)];
    const { reader } = serve((index) => pages[index] ?? []);
    expect((await readSnapshot(reader, { hint: 230, concurrency: 8 })).numbers.size).toBe(230);
  });
});

describe('a list whose every answer takes 20 ms', () => {
  test.each([
    ['of 50 numbers is read in one round with its empty page', 50, 50, 1],
    ['of 700 numbers is read in one round', 700, 700, 1],
    ['of 30,000 numbers is read in ⌈301 ÷ 8⌉ rounds', 30_000, 30_000, 38],
    ['of 100 numbers fewer than expected is read in as many rounds', 29_900, 30_000, 38],
    ['of 200 numbers more than expected is read in two more rounds', 30_200, 30_000, 40],
  ])('%s', async (_, size, hint, rounds) => {
    const clock = new VirtualClock();
    const list = Array.from({ length: size }, (_, index) => 12_015_550_000 + index);
    const page: PageReader['page'] = async (index) => {
      await clock.sleep(20);
      return pagesOf(list)(index);
    };
    const reading = readSnapshot({ kind: 'pages', pageSize: 100, page }, { hint, concurrency: 8 });
    const live = await clock.run(reading);
    expect(live.numbers.size).toBe(size);
    expect(clock.now()).toBe(rounds * 20);
  });
});

describe('a list that changes', () => {
  test('is read again if a number is on two pages', async () => {
    let requests = 0;
    const { reader, asked } = serve((index) => {
      const moved = requests++ < 2 ? [NUMBERS[4000]!, ...NUMBERS.slice(0, 150)] : NUMBERS.slice(0, 151);
      // During the first pass one number is inserted at the start: the last number of page 0 is on page 1 again.
      return index === 0 && requests === 1 ? NUMBERS.slice(0, 100) : pagesOf(moved)(index);
    });
    const live = await readSnapshot(reader, { hint: 150, concurrency: 1 });
    expect([...live.numbers]).toEqual(NUMBERS.slice(0, 151));
    expect(asked.filter((index) => index === 0)).toHaveLength(2);
  });

  test('is read again if numbers follow the end', async () => {
    let first = true;
    const { reader, asked } = serve((index) => {
      const hole = first && index === 1;
      if (hole) first = false;
      return hole ? [] : pagesOf(NUMBERS.slice(0, 250))(index);
    });
    expect((await readSnapshot(reader, { hint: 250, concurrency: 4 })).numbers.size).toBe(250);
    expect(asked.filter((index) => index === 0)).toHaveLength(2);
  });

  test('is read again if a page that was empty has numbers', async () => {
    const [A, B, C, D] = NUMBERS as [number, number, number, number];
    const reads = [
      [[A, B], [], [C]], // a hole
      [[A, B], [B], [C]], // no hole, but a number on two pages: the list is changing
      [[A, B], [D], [C]],
    ];
    const { reader, asked } = serve((index) => reads[asked.filter((page) => page === 0).length - 1]![index] ?? []);
    const live = await readSnapshot(reader, { hint: 300, concurrency: 8 });
    expect([...live.numbers]).toEqual([A, B, C, D]);
  });

  test('is an error if numbers follow an empty page in every read, as its end is unknown', async () => {
    const { reader } = serve((index) => (index === 2 ? [] : pagesOf(NUMBERS.slice(0, 600))(index)));
    await expect(readSnapshot(reader, { hint: 600, concurrency: 8 })).rejects.toMatchObject({
      reason: { kind: 'hole', reads: 4 },
    });
  });

  test('is an error if it changes in each of four reads', async () => {
    let requests = 0; // before each, a number is inserted at the start of the list
    const { reader, asked } = serve((index) => pagesOf(NUMBERS.slice(1000 - requests++, 1250))(index));
    await expect(readSnapshot(reader, { hint: 300, concurrency: 1 })).rejects.toMatchObject({
      reason: { kind: 'unsteady', reads: 4 },
    });
    expect(asked.filter((index) => index === 0)).toHaveLength(4);
  });

  test('is accepted with a warning if the server has a number twice', async () => {
    const list = [...NUMBERS.slice(0, 150), NUMBERS[0]!];
    const live = await readSnapshot(serve(pagesOf(list)).reader, { hint: 150, concurrency: 8 });
    expect(live.numbers.size).toBe(150);
    expect(live.warnings).toEqual([{ code: 'W-LIVE-REPEATS', count: 1, of: 'numbers' }]);
  });
});

describe('a list whose end is a refused page', () => {
  const refusing = (list: readonly number[]) => (index: number) => {
    const page = pagesOf(list)(index);
    return page.length > 0 ? page : 'refused';
  };

  test.each([
    ['a full page', 200, true],
    ['a short page', 199, false],
    ['no page', 0, false],
  ])('may go on after %s', async (_, size, mayGoOn) => {
    const { reader } = serve(refusing(NUMBERS.slice(0, size)));
    const live = await readSnapshot(reader, { hint: size, concurrency: 8 });
    expect(live).toMatchObject({ mayGoOn });
    expect(live.numbers.size).toBe(size);
  });

  test('does not go on if a page before it is empty', async () => {
    const page = (index: number) => (index === 2 ? [] : index > 2 ? 'refused' : pagesOf(NUMBERS)(index));
    const live = await readSnapshot(serve(page).reader, { hint: 900, concurrency: 8 });
    expect(live).toMatchObject({ mayGoOn: false });
  });
});

describe('a list without an end', () => {
  test('is an error within two passes if every page is the same', async () => {
    const { reader, asked } = serve(() => NUMBERS.slice(0, 100));
    await expect(readSnapshot(reader, { hint: 5000, concurrency: 8 })).rejects.toMatchObject({
      reason: { kind: 'page-repeats' },
    });
    expect(asked.length).toBeLessThanOrEqual(2 * (8 + 1));
  });

  test('is an error if every page is the same in another order', async () => {
    const { reader } = serve((index) =>
      NUMBERS.slice(0, 100).toSorted((a, b) => ((a * (index + 3)) % 101) - ((b * (index + 3)) % 101)),
    );
    await expect(readSnapshot(reader, { hint: 0, concurrency: 8 })).rejects.toMatchObject({
      reason: { kind: 'page-repeats' },
    });
  });

  test('is an error after 10,001 pages of new numbers', async () => {
    const { reader, asked } = serve((index) =>
      Array.from({ length: 100 }, (_, item) => 10_000_000_000 + index * 100 + item),
    );
    await expect(readSnapshot(reader, { hint: 10, concurrency: 8 })).rejects.toMatchObject({
      reason: { kind: 'endless', pages: 10_001 },
    });
    expect(asked).toHaveLength(10_001);
  });

  test('is an error after the numbers of 10,001 full pages, if pages are larger', async () => {
    const { reader, asked } = serve((index) =>
      Array.from({ length: 50_000 }, (_, item) => 10_000_000_000 + index * 50_000 + item),
    );
    await expect(readSnapshot(reader, { hint: 10, concurrency: 8 })).rejects.toMatchObject({
      reason: { kind: 'endless', entries: 1_000_100 },
    });
    expect(asked.length).toBeLessThan(21 + 8);
  });

  test('may have numbers on all allowed pages but the last', async () => {
    const { reader } = serve((index) => (index < 10_000 ? [10_000_000_000 + index] : []));
    const live = await readSnapshot({ ...reader, pageSize: 1 }, { hint: 0, concurrency: 8 });
    expect(live.numbers.size).toBe(10_000);
  });
});

test('a failed page fails the read, and no further page is requested', async () => {
  const { reader, asked } = serve((index) => {
    if (index === 3) throw new ApiError('page 3 is broken');
    return pagesOf(NUMBERS)(index);
  });
  await expect(readSnapshot(reader, { hint: 5000, concurrency: 4 })).rejects.toThrow('page 3 is broken');
  expect(Math.max(...asked)).toBeLessThanOrEqual(3 + 4);
});
