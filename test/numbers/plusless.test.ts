import { isValidPhoneNumber } from 'libphonenumber-js/max';
import { describe, expect, test } from 'vitest';
import { PluslessNumbers } from '../../src/numbers/plusless.ts';
import * as fc from '../fast-check.ts';

function groupsOf(...texts: string[]) {
  const plusless = new PluslessNumbers();
  for (const [at, text] of texts.entries()) plusless.addText(text, Number(text.replace(/\D/g, '')), at);
  return plusless.groups();
}

describe('numbers without a plus', () => {
  test.each([
    ['digits of another length', ['447700900123', '2015550', '20155501234']],
    ['ten digits of no area code of North America', ['1015550123', '0015550123', '9115550123', '2115550123']],
    ['ten digits of no exchange of North America', ['2010550123', '2011550123', '4530123456']],
    ['none', []],
  ])('that are not national: %s', (_, texts) => {
    expect(groupsOf(...texts)).toEqual([]);
  });

  test('with separators are one group, with any digits', () => {
    expect(groupsOf('447700900123', '44 7700 900123', '201-555-0123')).toEqual([
      { area: null, count: 2, first: 1, number: 447_700_900_123 },
    ]);
  });

  test('with the form of North America are one group for each area code', () => {
    expect(groupsOf('6065550123', '2015550123', '2015550124', '9995550123')).toEqual([
      { area: 201, count: 2, first: 1, number: 2_015_550_123 },
      { area: 606, count: 1, first: 0, number: 6_065_550_123 },
      { area: 999, count: 1, first: 3, number: 9_995_550_123 },
    ]);
  });

  test('include every number that is valid in North America', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000_000_000, max: 9_999_999_999 }), (number) => {
        // An exchange begins with 2 to 9. libphonenumber does not check that for the Dominican Republic.
        const isValid = /^...[2-9]/.test(`${number}`) && isValidPhoneNumber(`+1${number}`);
        return !isValid || groupsOf(`${number}`).length === 1;
      }),
      { numRuns: 3000 },
    );
  });
});
