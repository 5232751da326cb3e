import { getCountries, getCountryCallingCode, Metadata, parsePhoneNumberFromString } from 'libphonenumber-js/max';
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
    const parsed = parse(number);
    // libphonenumber drops a trunk zero, as in "+44 (0) 20 …"; for the server that is another number.
    return !parsed?.isValid() || parsed.number !== formatMsisdn(number);
  });
}

/**
 * Finds numbers whose length does not exist in their country, and numbers with a zero after the calling code
 * that is dialed only within the country. The first five digits prove most lengths right. Numbers that share them are
 * adjacent, so one look-up decides for all of these. All other numbers are checked one by one.
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
    const first = Math.floor(number / scale) * scale;
    const end = positionOf(sorted, first + scale, at); // of those with the same five digits
    if (!areFine(first)) for (; at < end; at++) if (!isPossible(sorted[at]!)) found.push(sorted[at]!);
    at = end;
  }
  return found;
}

/**
 * Reports whether all numbers with the first five digits and the length of this one, the first of them, are possible: no
 * prefix is dropped, and the length exists in every country with the calling code.
 */
function areFine(first: Msisdn): boolean {
  const known = FINE.get(first);
  if (known !== undefined) return known;
  const parsed = parse(first);
  const isWhole = parsed?.number === formatMsisdn(first);
  const lengths = parsed && COMMON_LENGTHS.get(parsed.countryCallingCode);
  const fine = isWhole && isPossible(first, parsed) && (lengths?.includes(parsed.nationalNumber.length) ?? true);
  FINE.set(first, fine);
  return fine;
}

/** Thousands of lists share few first digits. */
const FINE = new Map<Msisdn, boolean>();

/**
 * The lengths that national numbers have in every country with a calling code. Nine digits after +44 exist in Britain, and
 * not on the Isle of Man; more than five digits show which of the two it is.
 */
const COMMON_LENGTHS = commonLengths();

function commonLengths(): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, readonly number[]>();
  for (const country of getCountries()) {
    const metadata = new Metadata();
    metadata.selectNumberingPlan(country);
    const code = getCountryCallingCode(country);
    const others = found.get(code);
    const lengths = metadata.numberingPlan!.possibleLengths();
    found.set(code, others ? lengths.filter((length) => others.includes(length)) : lengths);
  }
  return found;
}

const parse = (number: Msisdn) => parsePhoneNumberFromString(formatMsisdn(number), { extract: false });

function isPossible(number: Msisdn, parsed = parse(number)): boolean {
  return parsed?.isPossible() === true && !hasTrunkZero(number, parsed);
}

/** Reports whether libphonenumber drops a zero of the number. It keeps the zero of Italian and some other numbers. */
export function hasTrunkZero(number: Msisdn, parsed = parse(number)): boolean {
  const written = formatMsisdn(number);
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
  const written = (number: Msisdn) => parse(number)?.number;
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
  const parsed = parse(number);
  if (!parsed) return { callingCode: null, country: null };
  const [main] = parsed.country ? [parsed.country] : parsed.getPossibleCountries();
  return { callingCode: Number(parsed.countryCallingCode), country: main ?? null };
}
