import { isPossiblePhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { formatMsisdn, type Msisdn } from './msisdn.ts';
import type { NumberSet } from './number-set.ts';

/** A full check costs 12 µs a number: of a longer list only the lengths are checked, which costs next to nothing. */
const FULL_CHECKS = 10_000;

/**
 * The numbers that libphonenumber takes for no valid phone number. Its data moves, and the server has its own: an opinion,
 * good for a warning and never for more.
 */
export function invalidNumbers(numbers: NumberSet): Msisdn[] {
  if (numbers.size > FULL_CHECKS) return impossibleNumbers(numbers);
  return Array.from(numbers).filter((number) => {
    const parsed = parsePhoneNumberFromString(formatMsisdn(number), { extract: false });
    // It forgives a trunk zero, as in "+44 (0) 20 …": the server does not, for which that is another number.
    return !parsed?.isValid() || parsed.number !== formatMsisdn(number);
  });
}

/**
 * The numbers whose length no number of their country has, or that have the zero behind their calling code which is dialled
 * within the country alone. That is told by the calling code and a trunk prefix, so by the
 * first five digits: they are looked up once, as numbers that share them stand side by side.
 */
export function impossibleNumbers(numbers: NumberSet): Msisdn[] {
  const found: Msisdn[] = [];
  let scale = 100; // what cuts a number to five digits; the shortest has seven
  let last = -1;
  let possible = true;
  for (const number of numbers.values) {
    while (number >= scale * 100_000) {
      scale *= 10;
      last = -1;
    }
    const beginning = Math.floor(number / scale);
    if (beginning !== last) possible = isPossiblePhoneNumber(formatMsisdn(number)) && !hasTrunkZero(number);
    last = beginning;
    if (!possible) found.push(number);
  }
  return found;
}

/** A zero that libphonenumber leaves out. Italian numbers, and others, begin with one abroad, too: there it stays. */
export function hasTrunkZero(number: Msisdn): boolean {
  const parsed = parsePhoneNumberFromString(formatMsisdn(number), { extract: false });
  return (
    parsed !== undefined &&
    String(number).startsWith(`${parsed.countryCallingCode}0`) &&
    parsed.number !== formatMsisdn(number)
  );
}
