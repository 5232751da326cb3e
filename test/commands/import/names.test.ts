import { describe, expect, test } from 'vitest';
import { newPairs, placeNames } from '../../../src/commands/import/names.ts';
import type { Bot } from '../../../src/model/bot.ts';
import { NumberSet } from '../../../src/numbers/number-set.ts';
import { type Pair, whatsAppUserOf, withPairs } from '../../../src/numbers/same-user.ts';

const [A, B, C, D] = [447_700_900_001, 447_700_900_002, 447_700_900_003, 447_700_900_004];
const [SHORT, LONG] = [525_555_500_100, 5_215_555_500_100];

/** The live list has the second number of each pair, and these. */
function found(
  named: readonly Pair[],
  live: readonly number[] = [],
  declared: readonly Pair[] = [],
  ignored = NumberSet.empty,
) {
  const names = new Map<number, Set<number>>();
  for (const [number, waId] of named) names.set(number, (names.get(number) ?? new Set()).add(waId));
  const numbers = NumberSet.of([...named.map(([, waId]) => waId), ...live]);
  const bot = { ignored: { numbers: ignored, prefixes: [] } } as unknown as Bot;
  const userOf = withPairs(whatsAppUserOf, declared);
  return newPairs({ numbers, names }, { pairs: declared, all: new Map([['a', bot]]) }, userOf);
}

describe('newPairs', () => {
  test.each<[string, Parameters<typeof found>, Pair[]]>([
    ['finds a user who is listed under another number', [[[A, B]]], [[A, B]]],
    ['omits another spelling, which the rule knows', [[[SHORT, LONG]]], []],
    ['omits a pair that the files declare', [[[A, B]], [], [[A, B]]], []],
    ['omits a number whose declared waId is another one', [[[A, B]], [], [[A, C]]], []],
    ['omits a waId that the files declare for another number', [[[A, B]], [], [[C, B]]], []],
    [
      'omits a user with two listed numbers',
      [
        [
          [A, B],
          [A, C],
        ],
      ],
      [],
    ],
    [
      'omits a listed number of two users',
      [
        [
          [A, C],
          [B, C],
        ],
      ],
      [],
    ],
    ['omits a number that is listed itself', [[[A, B]], [A]], []],
    ['omits a number whose other spelling is listed', [[[SHORT, B]], [LONG]], []],
    ['omits an ignored number', [[[A, B]], [], [], NumberSet.of([A])], []],
    ['omits an ignored waId', [[[A, B]], [], [], NumberSet.of([B])], []],
    [
      'finds others besides',
      [
        [
          [A, B],
          [C, D],
        ],
        [],
        [],
        NumberSet.of([A]),
      ],
      [[C, D]],
    ],
  ])('%s', (_, given, pairs) => {
    expect(found(...given)).toEqual(pairs);
  });
});

describe('placeNames', () => {
  const PAIRS: Pair[] = [[SHORT, B]];
  const place = (numbers: number[], declared: number[], own: number[]) => {
    const sets = { declared: NumberSet.of(declared), own: NumberSet.of(own), userOf: whatsAppUserOf };
    const { numbers: added, names, toDeclared } = placeNames(NumberSet.of(numbers), PAIRS, sets);
    return { added: [...added], names: [...names], toDeclared };
  };

  test('writes a new entry with both numbers if the files declare neither', () => {
    expect(place([B, C], [], [])).toEqual({ added: [C, SHORT], names: [[SHORT, B]], toDeclared: 0 });
  });

  test('writes the waId into the entry of the file, as it is spelled there', () => {
    expect(place([C], [LONG], [LONG])).toEqual({ added: [C], names: [[LONG, B]], toDeclared: 1 });
  });

  test('writes a new entry for a number of a shared list or a number file', () => {
    expect(place([], [SHORT], [])).toEqual({ added: [SHORT], names: [[SHORT, B]], toDeclared: 1 });
  });

  test('writes nothing if the files declare the listed number only', () => {
    expect(place([], [B], [B])).toEqual({ added: [], names: [], toDeclared: 0 });
  });

  test('writes the waId if the files declare both numbers', () => {
    expect(place([], [B, SHORT], [B, SHORT])).toEqual({ added: [], names: [[SHORT, B]], toDeclared: 1 });
  });
});
