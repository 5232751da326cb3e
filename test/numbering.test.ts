import { isPossiblePhoneNumber } from 'libphonenumber-js/max';
import { expect, test } from 'vitest';
import { NumberSet } from '../src/number-set.ts';
import { impossibleNumbers, invalidNumbers } from '../src/numbering.ts';
import { seededRandom } from './simulation/clock.ts';

test.each([
  ['a number of the vendor', 46_732_001_122, false],
  ['a number for fiction in the USA', 14_155_550_100, false],
  ['a number for fiction in Britain, which is given to nobody', 447_700_900_000, true],
  ['a trunk prefix in the middle', 4_407_700_900_123, true],
  ['a calling code that does not exist', 99_912_345_678, true],
  ['too short for its country', 1_201_555_010, true],
])('%s', (_, number, doubted) => {
  expect(invalidNumbers(NumberSet.of([number]))).toEqual(doubted ? [number] : []);
});

test('in a long list each number is judged as on its own, by its length', () => {
  const random = seededRandom(7);
  const numbers = Array.from({ length: 12_000 }, () =>
    Math.floor(10 ** (6 + Math.floor(random() * 9)) * (1 + 9 * random())),
  );
  const set = NumberSet.of(numbers);
  expect(impossibleNumbers(set)).toEqual([...set].filter((number) => !isPossiblePhoneNumber(`+${number}`)));
});
