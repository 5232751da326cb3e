import { isPossiblePhoneNumber } from 'libphonenumber-js/max';
import { expect, test } from 'vitest';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { countryOf, hasTrunkZero, impossibleNumbers, invalidNumbers } from '../../src/numbers/plausible.ts';
import { seededRandom } from '../simulation/clock.ts';

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
  const doubted = (number: number) => !isPossiblePhoneNumber(`+${number}`) || hasTrunkZero(number);
  expect(impossibleNumbers(set)).toEqual([...set].filter(doubted));
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
