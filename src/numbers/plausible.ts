import { isPossiblePhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { formatMsisdn, type Msisdn } from './msisdn.ts';
import type { NumberSet } from './number-set.ts';

/** A full check costs 12 µs a number: of a longer list only the lengths are checked, which costs next to nothing. */
const FULL_CHECKS = 10_000;

/** Finds numbers that libphonenumber calls invalid. Its data changes and is not the server's: only warn of them. */
export function invalidNumbers(numbers: NumberSet): Msisdn[] {
  if (numbers.size > FULL_CHECKS) return impossibleNumbers(numbers);
  return Array.from(numbers).filter((number) => {
    const parsed = parsePhoneNumberFromString(formatMsisdn(number), { extract: false });
    // It forgives a trunk zero, as in "+44 (0) 20 …": the server does not, for which that is another number.
    return !parsed?.isValid() || parsed.number !== formatMsisdn(number);
  });
}

/**
 * Finds numbers of a length that their country does not have, or with a zero after the calling code that is dialled
 * only within the country. The first five digits show both. Numbers that share them are side by side: one look-up each.
 */
export function impossibleNumbers(numbers: NumberSet): Msisdn[] {
  const found: Msisdn[] = [];
  let scale = 100; // cuts a number to five digits; the shortest has seven
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
  const written = formatMsisdn(number);
  const parsed = parsePhoneNumberFromString(written, { extract: false });
  return parsed !== undefined && parsed.number !== written && written.startsWith(`+${parsed.countryCallingCode}0`);
}

/**
 * Finds the numbers that are written like a declared one in international form: a server may turn +44 07700 900123 into
 * +44 7700 900123. The last four digits of such numbers are equal, whatever a country adds or leaves out before them.
 *
 * @returns the declared number, by the other one.
 */
export function spelledAlike(declared: NumberSet, others: NumberSet): Map<Msisdn, Msisdn> {
  const written = (number: Msisdn) => parsePhoneNumberFromString(formatMsisdn(number), { extract: false })?.number;
  const tailsOf = (numbers: NumberSet) => new Set(numbers.values.map((number) => number % 10_000));
  const [asked, given] = [tailsOf(declared), tailsOf(others)];
  const forms = new Map<string, Msisdn>();
  for (const number of declared) {
    const form = given.has(number % 10_000) && written(number);
    if (form) forms.set(form, number);
  }
  const found = new Map<Msisdn, Msisdn>();
  for (const number of others) {
    const like = asked.has(number % 10_000) && forms.get(written(number) ?? '');
    if (like) found.set(number, like);
  }
  return found;
}

/**
 * Finds the country of a number by its calling code, whether the number is valid there or not.
 *
 * @returns both null if the calling code does not exist; `country` is an ISO code, null if the code is of no country. The
 *   countries that share a code are told apart only if the number is valid, and otherwise it is the largest of them.
 */
export function countryOf(number: Msisdn): { readonly callingCode: number | null; readonly country: string | null } {
  const parsed = parsePhoneNumberFromString(formatMsisdn(number), { extract: false });
  if (!parsed) return { callingCode: null, country: null };
  const [main] = parsed.country ? [parsed.country] : parsed.getPossibleCountries();
  return { callingCode: Number(parsed.countryCallingCode), country: main ?? null };
}
