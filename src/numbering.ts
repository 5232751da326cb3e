import { isPossiblePhoneNumber, isValidPhoneNumber } from 'libphonenumber-js/max';
import { formatMsisdn, type Msisdn } from './msisdn.ts';
import type { NumberSet } from './number-set.ts';

/** A full check costs 12 µs a number: of a longer list only the lengths are checked, which costs next to nothing. */
const FULL_CHECKS = 10_000;

/**
 * The numbers that libphonenumber takes for no valid phone number. Its data moves, and the server has its own: an opinion,
 * good for a warning and never for more.
 */
export function doubtful(numbers: NumberSet): Msisdn[] {
  if (numbers.size <= FULL_CHECKS) {
    return Array.from(numbers).filter((number) => !isValidPhoneNumber(formatMsisdn(number)));
  }
  const known = new Map<string, boolean>();
  return Array.from(numbers).filter((number) => !hasPossibleLength(number, known));
}

/** Whether a length is possible is told by the calling code and a trunk prefix: by the first five digits. */
function hasPossibleLength(number: Msisdn, known: Map<string, boolean>): boolean {
  const digits = String(number);
  const key = `${digits.slice(0, 5)} ${digits.length}`;
  let possible = known.get(key);
  if (possible === undefined) {
    possible = isPossiblePhoneNumber(formatMsisdn(number));
    known.set(key, possible);
  }
  return possible;
}
