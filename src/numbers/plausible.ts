import { isPossiblePhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { formatMsisdn, type Msisdn } from './msisdn.ts';
import { type NumberSet, positionOf } from './number-set.ts';

/**
 * The longest list that is checked in full, which takes 12 µs for each number. The check of a longer list
 * takes almost no time.
 */
const FULL_CHECKS = 10_000;

/** Finds numbers that libphonenumber considers invalid. The server may have other data, so callers only warn. */
export function invalidNumbers(numbers: NumberSet): Msisdn[] {
  if (numbers.size > FULL_CHECKS) return impossibleNumbers(numbers);
  return Array.from(numbers).filter((number) => {
    const parsed = parsePhoneNumberFromString(formatMsisdn(number), { extract: false });
    // libphonenumber drops a trunk zero, as in "+44 (0) 20 …"; for the server that is another number.
    return !parsed?.isValid() || parsed.number !== formatMsisdn(number);
  });
}

/**
 * Finds numbers whose length does not exist in their country, and numbers with a zero after the calling code
 * that is dialed only within the country. The first five digits decide both. Numbers that share them are
 * adjacent, so one look-up decides for all of these.
 */
export function impossibleNumbers({ sorted, others }: NumberSet): Msisdn[] {
  const found = IMPOSSIBLE.get(sorted) ?? impossibleIn(sorted);
  IMPOSSIBLE.set(sorted, found); // thousands of bots may use one list
  return others ? [...found, ...impossibleIn(others)].sort((a, b) => a - b) : found;
}

const IMPOSSIBLE = new WeakMap<Float64Array, Msisdn[]>();

function impossibleIn(sorted: Float64Array): Msisdn[] {
  const found: Msisdn[] = [];
  let scale = 100; // shortens a number to five digits; the shortest number has seven
  for (let at = 0; at < sorted.length; ) {
    const number = sorted[at]!;
    while (number >= scale * 100_000) scale *= 10;
    const end = positionOf(sorted, (Math.floor(number / scale) + 1) * scale, at); // of those with the same five digits
    for (const isFine = isPossible(number, scale); !isFine && at < end; at++) found.push(sorted[at]!);
    at = end;
  }
  return found;
}

function isPossible(number: Msisdn, scale: number): boolean {
  const head = Math.floor(number / scale) * scale; // the first five digits, and the length
  const known = POSSIBLE.get(head);
  if (known !== undefined) return known;
  const possible = isPossiblePhoneNumber(formatMsisdn(number)) && !hasTrunkZero(number);
  POSSIBLE.set(head, possible);
  return possible;
}

/** The verdicts by the first five digits and the length: thousands of lists share few of them. */
const POSSIBLE = new Map<number, boolean>();

/** Reports whether libphonenumber drops a zero of the number. It keeps the zero of Italian and some other numbers. */
export function hasTrunkZero(number: Msisdn): boolean {
  const written = formatMsisdn(number);
  const parsed = parsePhoneNumberFromString(written, { extract: false });
  return parsed !== undefined && parsed.number !== written && written.startsWith(`+${parsed.countryCallingCode}0`);
}

/**
 * Finds other numbers with the same international form as a declared number: a server may change +44 07700
 * 900123 to +44 7700 900123. Such numbers have the same last four digits, whatever a country adds or drops
 * before them.
 *
 * @returns the declared number, by the other number.
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
 * Finds the country of a number by its calling code, even if the number is not valid there.
 *
 * @returns both null if the calling code does not exist; `country` is an ISO code, null if no country has the code. Of
 *   countries that share a code, the right one if the number is valid, and otherwise the largest.
 */
export function countryOf(number: Msisdn): { readonly callingCode: number | null; readonly country: string | null } {
  const parsed = parsePhoneNumberFromString(formatMsisdn(number), { extract: false });
  if (!parsed) return { callingCode: null, country: null };
  const [main] = parsed.country ? [parsed.country] : parsed.getPossibleCountries();
  return { callingCode: Number(parsed.countryCallingCode), country: main ?? null };
}
