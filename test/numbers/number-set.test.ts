import { describe, expect, test } from 'vitest';
import { NumberSet, NumberSetBuilder } from '../../src/numbers/number-set.ts';
import * as fc from '../fast-check.ts';

// Few values, so that sets overlap, and some at the limits.
const number = fc.oneof(
  fc.integer({ min: 447700900000, max: 447700900099 }),
  fc.constantFrom(1_000_000, 9_999_999, 999_999_999_999_999),
);
const numbers = fc.array(number, { maxLength: 200 });
const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);

describe('a NumberSet equals a sorted JavaScript Set', () => {
  test('is made of any numbers', () => {
    fc.assert(
      fc.property(numbers, (list) => {
        const set = NumberSet.of(list);
        expect([...set]).toEqual(sorted(new Set(list)));
        expect(set.size).toBe(new Set(list).size);
        expect([...set.values]).toEqual([...set]);
      }),
    );
  });

  test('finds its numbers with has', () => {
    fc.assert(fc.property(numbers, number, (list, one) => NumberSet.of(list).has(one) === new Set(list).has(one)));
  });

  test('computes minus and and', () => {
    fc.assert(
      fc.property(numbers, numbers, (left, right) => {
        const [a, b] = [NumberSet.of(left), NumberSet.of(right)];
        expect([...a.minus(b)]).toEqual(sorted(new Set(left.filter((one) => !right.includes(one)))));
        expect([...a.and(b)]).toEqual(sorted(new Set(left.filter((one) => right.includes(one)))));
        expect([...a.minus(b), ...a.and(b)].length).toBe(a.size);
        expect([...a.and(b)]).toEqual([...b.and(a)]);
        expect([...a]).toEqual(sorted(new Set(left))); // the set did not change
      }),
    );
  });

  test('computes or, and the union of many sets', () => {
    fc.assert(
      fc.property(fc.array(numbers, { maxLength: 4 }), (lists) => {
        const sets = lists.map((list) => NumberSet.of(list));
        expect(NumberSet.union(sets)).toEqual(NumberSet.of(lists.flat()));
        const [a = NumberSet.empty, b = NumberSet.empty] = sets;
        expect(a.or(b)).toEqual(NumberSet.of([...a, ...b]));
        expect(sets).toEqual(lists.map((list) => NumberSet.of(list))); // no set changed
      }),
    );
  });

  test('equals the union after extend, whether it shares its array or not', () => {
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 1, maxLength: 4 }), number, ([first = [], ...more], probe) => {
        const long = Array.from({ length: 100 }, (_, at) => 447700900000 + at * 3);
        const extended = more.reduce((set, few) => set.extend(NumberSet.of(few)), NumberSet.of([...first, ...long]));
        const copied = NumberSet.of([...first, ...long, ...more.flat()]);
        expect([...extended]).toEqual([...copied]);
        expect([...extended.values]).toEqual([...copied]);
        expect(extended.size).toBe(copied.size);
        expect(extended.has(probe)).toBe(copied.has(probe));
        const other = NumberSet.of([probe, ...first]);
        expect([...extended.minus(other)]).toEqual([...copied.minus(other)]);
        expect([...other.minus(extended)]).toEqual([...other.minus(copied)]);
        expect([...extended.and(other)]).toEqual([...copied.and(other)]);
        expect([...extended.or(other)]).toEqual([...copied.or(other)]);
        const prefix = String(probe).slice(0, 11);
        expect([...extended.startingWith(prefix)]).toEqual([...copied.startingWith(prefix)]);
        expect([...extended.between(probe, probe + 50)]).toEqual([...copied.between(probe, probe + 50)]);
      }),
    );
  });

  test('shares the array of a long set that it extends', () => {
    const long = NumberSet.of(Array.from({ length: 1000 }, (_, at) => 447700900000 + at));
    const once = long.extend(NumberSet.of([12015550100]));
    const twice = once.extend(NumberSet.of([12015550101, 447700900000]));
    expect(once.sorted).toBe(long.sorted);
    expect(twice.sorted).toBe(long.sorted);
    expect(twice.size).toBe(1002);
    expect(long.extend(NumberSet.of([447700900000]))).toBe(long);
    expect(long.size).toBe(1000);
  });

  test('finds numbers with startingWith', () => {
    const any = fc.oneof(
      number,
      fc.integer({ min: 1_000_000, max: 20_000_000 }),
      fc.integer({ min: 10 ** 14, max: 2 * 10 ** 14 }),
    );
    const prefix = fc.tuple(any, fc.integer({ min: 1, max: 15 })).map(([one, length]) => String(one).slice(0, length));
    fc.assert(
      fc.property(fc.array(any), prefix, (list, start) => {
        const found = list.filter((one) => String(one).startsWith(start));
        expect(NumberSet.of(list).startingWith(start)).toEqual(NumberSet.of(found));
      }),
    );
  });

  test('finds numbers with between', () => {
    fc.assert(
      fc.property(numbers, number, number, (list, first, last) => {
        const within = sorted(new Set(list.filter((one) => one >= first && one <= last)));
        expect([...NumberSet.of(list).between(first, Math.max(first - 1, last))]).toEqual(within);
      }),
    );
  });

  test('does not depend on the order and the repeats of added numbers', () => {
    fc.assert(
      fc.property(
        numbers.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          expect(NumberSet.of([...shuffled, ...shuffled])).toEqual(NumberSet.of(list));
        },
      ),
    );
  });
});

test.each([0, 1, 63, 64, 65, 127, 128, 129, 10_000])('a builder takes %i numbers', (count) => {
  const builder = new NumberSetBuilder();
  for (let at = count; at > 0; at--) builder.add(447700900000 + at);
  expect(builder.count).toBe(count);
  const set = builder.build();
  expect(set.size).toBe(count);
  expect(set.has(447700900000 + count)).toBe(count > 0);
  expect(set.has(447700900000)).toBe(false);
  expect(set.values.buffer.byteLength).toBe(count * 8); // the larger buffer is released
});

test('a builder sorts a long list of any numbers', () => {
  // A long list is sorted by its digits: near numbers need one pass, and numbers of all lengths five.
  const ranges = fc.constantFrom(
    [7_000_000, 7_000_500],
    [46_700_000_000, 46_799_999_999],
    [1_000_000, 999_999_999_999_999],
  );
  fc.assert(
    fc.property(ranges, fc.integer(), fc.integer({ min: 9_990, max: 12_000 }), ([least, most], seed, count) => {
      let state = seed;
      const next = () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
        return (state >>> 0) / 2 ** 32;
      };
      const list = Array.from({ length: count }, () => least! + Math.floor(next() * (most! - least! + 1)));
      expect([...NumberSet.of(list)]).toEqual(sorted(new Set(list)));
    }),
    { numRuns: 30 },
  );
});

test('a builder counts repeats, and its set does not', () => {
  const builder = new NumberSetBuilder();
  for (const number of [46732002244, 46732001122, 46732002244]) builder.add(number);
  expect(builder.count).toBe(3);
  expect([...builder.build()]).toEqual([46732001122, 46732002244]);
});

test('the empty set has no numbers', () => {
  expect([...NumberSet.empty]).toEqual([]);
  expect(NumberSet.empty.has(46732001122)).toBe(false);
  expect(NumberSet.of([]).size).toBe(0);
  expect(NumberSet.empty.minus(NumberSet.of([46732001122])).size).toBe(0);
});
