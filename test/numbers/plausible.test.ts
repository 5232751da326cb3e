import { isPossiblePhoneNumber } from 'libphonenumber-js/max';
import { expect, test } from 'vitest';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { countryOf, hasTrunkZero, impossibleNumbers, invalidNumbers } from '../../src/numbers/plausible.ts';
import * as fc from '../fast-check.ts';
import { seededRandom } from '../simulation/clock.ts';

const isDoubted = (number: number) => !isPossiblePhoneNumber(`+${number}`) || hasTrunkZero(number);

test.each([
  ['a number of the vendor', 46_732_001_122, false],
  ['a number for fiction in the USA', 14_155_550_100, false],
  ['a number for fiction in Britain, which has no user', 447_700_900_000, true],
  ['a trunk prefix in the middle', 4_407_700_900_123, true],
  ['a trunk zero before a number that is valid without it', 4_402_071_838_750, true],
  ['an Italian number, which keeps its zero abroad', 390_612_345_678, false],
  ['a calling code that does not exist', 99_912_345_678, true],
  ['a number too short for its country', 1_201_555_010, true],
])('invalidNumbers checks %s', (_, number, doubted) => {
  expect(invalidNumbers(NumberSet.of([number]))).toEqual(doubted ? [number] : []);
});

test('impossibleNumbers gives each number of a long list the same result as alone', () => {
  const random = seededRandom(7);
  const numbers = Array.from({ length: 12_000 }, () =>
    Math.floor(10 ** (6 + Math.floor(random() * 9)) * (1 + 9 * random())),
  );
  const set = NumberSet.of(numbers);
  expect(impossibleNumbers(set)).toEqual([...set].filter(isDoubted));
});

test('impossibleNumbers finds the same in a list as in each of its numbers alone', () => {
  // With these digits, a length may exist for some numbers only: countries share a code, or a prefix may be dropped.
  const heads = [
    '447624',
    '44762',
    '441624',
    '4474576',
    '44',
    '1310',
    '1',
    '61',
    '618',
    '5998',
    '290',
    '54911',
    '5411',
  ];
  const mixed = fc
    .tuple(fc.constantFrom(...heads), fc.constantFrom(7, 11, 12, 14), fc.nat(1e9))
    .map(([head, length, rest]) => Number(head.padEnd(length, String(rest))));
  const other = fc.integer({ min: 1_000_000, max: 999_999_999_999_999 });
  const list = fc.array(fc.oneof({ weight: 5, arbitrary: mixed }, other), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(list, (numbers) => {
      const set = NumberSet.of(numbers);
      const alone = [...set].filter((number) => impossibleNumbers(NumberSet.of([number])).length > 0);
      expect(impossibleNumbers(set)).toEqual(alone);
      expect(alone).toEqual([...set].filter(isDoubted));
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['alone', [447_624_870], [447_624_870]],
  ['after a number of Britain with the same first five digits', [447_620_266, 447_624_870], [447_624_870]],
  ['before such a number', [447_624_870, 447_628_310], [447_624_870]],
])('impossibleNumbers finds a number of the Isle of Man that is too short, %s', (_, numbers, doubted) => {
  expect(impossibleNumbers(NumberSet.of(numbers))).toEqual(doubted);
});

test.each([
  ['Britain', 4_402_071_838_750, true],
  ['Germany', 490_301_234_567, true],
  ['France', 330_612_345_678, true],
  ['Italy, which is not a trunk zero', 390_612_345_678, false],
  ['Ivory Coast, which is not a trunk zero', 2_250_701_020_304, false],
  ['a number without a zero', 442_071_838_750, false],
])('hasTrunkZero checks a zero after the code of %s', (_, number, found) => {
  expect(hasTrunkZero(number)).toBe(found);
  expect(impossibleNumbers(NumberSet.of([number]))).toEqual(found ? [number] : []);
});

test.each([
  ['Egypt that is not valid there', 2_015_550_123, 20, 'EG'],
  ['Malaysia', 6_065_550_123, 60, 'MY'],
  ['the USA', 12_015_550_123, 1, 'US'],
  ['Canada, which shares a code', 14_165_550_123, 1, 'CA'],
  ['Britain, as the largest with its code', 447_700_900_123, 44, 'GB'],
  ['no country', 80_012_345_678, 800, null],
  ['a calling code that does not exist', 2_105_550_123, null, null],
])('countryOf finds the country of a number of %s', (_, number, callingCode, country) => {
  expect(countryOf(number)).toEqual({ callingCode, country });
});
