import { describe, expect, test } from 'vitest';
import { whatsappCloud } from '../../src/api/providers/meta.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import {
  oneOfEach,
  type Pair,
  respell,
  spellingsOf,
  type UserOf,
  withNames,
  withPairs,
} from '../../src/numbers/same-user.ts';
import { diff } from '../../src/plan/diff.ts';
import * as fc from '../fast-check.ts';

const { userOf, otherSpelling } = whatsappCloud;

describe('numbers of one user', () => {
  test.each([
    ['Mexico', 525_555_500_100, 5_215_555_500_100],
    ['Argentina', 541_155_550_100, 5_491_155_550_100],
    ['Brazil, a mobile with and without the ninth digit', 551_155_550_100, 5_511_955_550_100],
    ['Brazil, an old mobile that starts with 9', 551_195_550_100, 5_511_995_550_100],
  ])('%s', (_, short, long) => {
    expect(userOf(short)).toBe(userOf(long));
    expect([otherSpelling(short), otherSpelling(long)]).toEqual([long, short]);
    for (const [desired, live] of [
      [short, long],
      [long, short],
    ] as const) {
      const held = NumberSet.of([live]);
      const change = diff(respell(NumberSet.of([desired]), held, userOf), held);
      expect({ ...change, keep: [...change.keep] }).toMatchObject({
        add: { size: 0 },
        remove: { size: 0 },
        keep: [live],
      });
    }
  });

  test.each([
    ['another subscriber in Mexico', 525_555_500_100, 5_215_555_500_101],
    ['a 13-digit number elsewhere', 5_211_111_111_111, 211_111_111_111],
    ['Brazil, another area', 551_155_550_100, 5_512_955_550_100],
    ['Brazil, no ninth digit but an eighth more', 551_155_550_100, 5_511_855_550_100],
    ['the United States', 15_215_550_100, 1_521_555_010],
  ])('not: %s', (_, one, other) => {
    expect(userOf(one)).not.toBe(userOf(other));
    expect(otherSpelling(one)).not.toBe(other);
  });
});

test('law: a rule that names the numbers with several spellings gives the same result as one that does not', () => {
  const local = fc.integer({ min: 0, max: 30 });
  const starts = ['5', '51', '52', '521', '529', '53', '54', '549', '55', '5511', '55119', '56', '1', '447', '5119'];
  const number = fc
    .tuple(fc.constantFrom(...starts), fc.integer({ min: 11, max: 13 }), local)
    .map(([start, length, rest]) => Number(start + String(rest).padStart(length - start.length, '9')));
  const numbers = fc.array(number, { maxLength: 40 }).map((list) => NumberSet.of(list));
  const pairs = fc.array(fc.tuple(number, number), { maxLength: 4 });
  const slow: UserOf = (one) => userOf(one);
  fc.assert(
    fc.property(numbers, numbers, pairs, (some, known, declared) => {
      const [fast, plain] = [withPairs(userOf, declared)!, withPairs(slow, declared)!];
      expect([...respell(some, known, fast)]).toEqual([...respell(some, known, plain)]);
      expect([...withNames(some, fast)]).toEqual([...withNames(some, plain)]);
      expect(oneOfEach(some, fast).size).toBe(oneOfEach(some, plain).size);
    }),
  );
});

test('law: all live spellings of a desired user stay, and no live user is added', () => {
  const local = fc.integer({ min: 5_555_500_100, max: 5_555_500_110 });
  const number = fc
    .tuple(local, fc.constantFrom('52', '521', '54', '549', '55', '1'))
    .map(([rest, code]) => Number(code + rest));
  const numbers = fc.array(number).map((list) => NumberSet.of(list));
  fc.assert(
    fc.property(numbers, numbers, (desired, live) => {
      const { add, remove } = diff(respell(desired, live, userOf), live);
      const users = (of: NumberSet) => new Set(Array.from(of, userOf));
      for (const gone of remove) expect(users(desired).has(userOf(gone))).toBe(false);
      for (const one of add) expect(users(live).has(userOf(one))).toBe(false);
      for (const one of add) expect(desired.has(one)).toBe(true);
      for (const one of remove) expect(live.has(one)).toBe(true);
    }),
  );
});

test('numbers stay the same without a rule', () => {
  const numbers = NumberSet.of([525_555_500_100]);
  expect(respell(numbers, NumberSet.of([5_215_555_500_100]), undefined)).toBe(numbers);
});

describe('declared pairs', () => {
  const [A, B, C, D] = [447_700_900_001, 447_700_900_002, 447_700_900_003, 447_700_900_004];
  const MEXICO = 525_555_500_100;
  const MEXICO_MOBILE = 5_215_555_500_100;

  const cases: [string, UserOf | undefined, Pair[], users: number[][]][] = [
    ['a pair is one user', undefined, [[A, B]], [[A, B], [C]]],
    [
      'a chain is one user',
      undefined,
      [
        [A, B],
        [C, B],
        [D, C],
      ],
      [[A, B, C, D]],
    ],
    [
      'a pair that is declared twice',
      undefined,
      [
        [A, B],
        [A, B],
      ],
      [[A, B], [C]],
    ],
    [
      'a pair, written both ways',
      undefined,
      [
        [A, B],
        [B, A],
      ],
      [[A, B], [C]],
    ],
    ['a waId that is the number', undefined, [[A, A]], [[A], [B]]],
    ['without a rule two spellings are two users', undefined, [[MEXICO, A]], [[MEXICO, A], [MEXICO_MOBILE]]],
    ['the rule holds for both numbers', userOf, [[MEXICO_MOBILE, A]], [[MEXICO, MEXICO_MOBILE, A], [B]]],
    [
      'the rule joins two pairs',
      userOf,
      [
        [MEXICO_MOBILE, A],
        [B, MEXICO],
      ],
      [[MEXICO, A, B, MEXICO_MOBILE], [C]],
    ],
    ['the rule joins them already', userOf, [[MEXICO, MEXICO_MOBILE]], [[MEXICO, MEXICO_MOBILE], [A]]],
  ];
  test.each(cases)('%s', (_, rule, pairs, users) => {
    const of = withPairs(rule, pairs) ?? ((number) => number);
    const all = NumberSet.of(users.flat());
    for (const user of users)
      for (const one of user) expect([...spellingsOf(one, all, of)]).toEqual([...NumberSet.of(user)]);
  });

  test('do not change the rule if there are none', () => {
    expect(withPairs(undefined, [[A, A]])).toBeUndefined();
    expect(withPairs(userOf, [])).toBe(userOf);
  });

  test('law: with the rule they make an equivalence that joins no other numbers', () => {
    const number = fc.constantFrom(A, B, C, D, MEXICO, MEXICO_MOBILE, 541_155_550_100, 5_491_155_550_100);
    const pairs = fc.array(fc.tuple(number, number), { maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(undefined, userOf), pairs, fc.array(number), (rule, pairs, numbers) => {
        const of = withPairs(rule, pairs) ?? ((one: number) => one);
        for (const one of numbers) {
          const same = new Set([one]);
          for (let size = 0; size < same.size; ) {
            size = same.size;
            for (const pair of pairs) if (pair.some((each) => same.has(each))) for (const each of pair) same.add(each);
            for (const other of numbers)
              if (rule && [...same].some((each) => rule(each) === rule(other))) same.add(other);
            for (const [a, b] of pairs)
              for (const each of [a, b]) if (rule && [...same].some((has) => rule(has) === rule(each))) same.add(each);
          }
          for (const other of numbers) expect(of(one) === of(other)).toBe(same.has(other));
          expect(of(of(one))).toBe(of(one));
        }
      }),
    );
  });

  test('make one user of a chain of 50,000 pairs', () => {
    const pairs = Array.from({ length: 50_000 }, (_, n): Pair => [A + n, A + n + 1]);
    const of = withPairs(undefined, pairs.reverse())!;
    const all = NumberSet.of(pairs.flat());
    expect(of(A + 50_000)).toBe(of(A));
    expect(respell(all, all, of).size).toBe(50_001);
  });
});
