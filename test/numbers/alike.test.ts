import { describe, expect, test } from 'vitest';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { spelledAlike } from '../../src/numbers/plausible.ts';

const alike = (declared: readonly number[], others: readonly number[]) => [
  ...spelledAlike(NumberSet.of(declared), NumberSet.of(others)),
];

describe('spelledAlike finds a number', () => {
  test.each([
    ['with a trunk zero', 4_407_700_900_123, 447_700_900_123],
    ['with a trunk zero before a short number of Germany', 490_301_234, 49_301_234],
    ['with a trunk zero before a short number of Austria', 43_015_805, 4_315_805],
    ['with the prefix of San Marino', 378_886_377, 3_780_549_886_377],
  ])('%s', (_, declared, other) => {
    expect(alike([declared], [other])).toEqual([[other, declared]]);
  });

  test('when other declared numbers end with the same digits', () => {
    const declared = [4_407_700_900_123, 5_511_990_900_123, 12_020_900_123];
    expect(alike(declared, [447_700_900_123])).toEqual([[447_700_900_123, 4_407_700_900_123]]);
  });
});

test('spelledAlike finds no number that shares only the last digits', () => {
  expect(alike([447_700_900_123], [46_700_900_123, 447_700_900_124])).toEqual([]);
});
