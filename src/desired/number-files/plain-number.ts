const PLUS = 43;
const ZERO = 48;

/**
 * Reads a number in E.164 digits from bytes, by the rule of `parseMsisdn`: an optional plus, 7 to 15 digits, the first one
 * not zero. Nearly all numbers are written so; the others become text and go through the one door.
 *
 * @param found gets the number.
 * @returns where the digits end, or -1 if this is not certainly a number.
 */
export function readPlainNumber(bytes: Buffer, from: number, found: { number: number }): number {
  const digits = bytes[from] === PLUS ? from + 1 : from;
  if (bytes[digits] === ZERO) return -1;
  let at = digits;
  let number = 0;
  for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[++at]! - ZERO) {
    number = number * 10 + digit;
    if (at - digits === 15) return -1;
  }
  if (at - digits < 7) return -1;
  found.number = number;
  return at;
}
