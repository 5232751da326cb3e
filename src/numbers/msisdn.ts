import { A_NUMBER, DIGITS } from './examples.ts';
import { Invalid } from './invalid.ts';

/**
 * The digits of an E.164 phone number as a JavaScript number: 7 to 15 digits, the first 1 to 9. A double represents 15
 * digits exactly. "MSISDN" is the vendor's name for this form.
 */
export type Msisdn = number;

/** The number of digits in the shortest and in the longest number. */
export const SHORTEST = 7;
export const LONGEST = 15;

const PLUS = 43;
const ZERO = 48;
const NINE = 57;

/**
 * Reads a phone number: an optional `+`, then digits with spaces, `-`, `.`, `(` or `)` between them. Servers
 * and the files that this program writes may have this form. Text of the user must pass `parseWritten` as
 * well.
 */
export function parseMsisdn(text: string): Msisdn | Invalid {
  let value = 0;
  let digits = 0;
  let separator = -1; // position of a separator that no digit follows yet
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) {
      if (digits === 0 && code === ZERO) return leadingZero(text);
      if (digits < LONGEST) value = value * 10 + (code - ZERO);
      digits++;
      separator = -1;
    } else if (isSeparator(code) && digits > 0) {
      if (separator < 0) separator = at;
    } else if (code !== PLUS || at > 0) {
      return strangeCharacter(text, at);
    }
  }
  if (text === '') return new Invalid(`is empty; write ${A_NUMBER}`);
  if (separator >= 0) return strangeCharacter(text, separator);
  if (digits >= SHORTEST && digits <= LONGEST) return value;
  const count = digits === 1 ? '1 digit' : `${digits} digits`;
  return new Invalid(`has ${count}; an E.164 number has 7 to 15`);
}

/**
 * Reads a number without separators from a longer text. This is fast: nearly all numbers have this form, and
 * there may be a million. `parseMsisdn` reads the others.
 *
 * @param codes the text as bytes or UTF-16 units.
 * @param found receives the number.
 * @returns the position after the digits, or -1 if this may not be a number.
 */
export function readPlainCodes(codes: Uint8Array | Uint16Array, from: number, found: { number: Msisdn }): number {
  const start = codes[from] === PLUS ? from + 1 : from;
  let number = 0;
  let at = start;
  for (let code = codes[at]!; code >= ZERO && code <= NINE; code = codes[++at]!) number = number * 10 + (code - ZERO);
  found.number = number;
  return isNumber(codes[start]!, at - start) ? at : -1;
}

function isNumber(first: number, digits: number): boolean {
  return first !== ZERO && digits >= SHORTEST && digits <= LONGEST;
}

/** Returns the number as all output has it: `+` and digits. */
export function formatMsisdn(number: Msisdn): string {
  return `+${number}`;
}

function isSeparator(code: number): boolean {
  return code === 32 || code === 45 || code === 46 || code === 40 || code === 41; // space - . ( )
}

function leadingZero(text: string): Invalid {
  return new Invalid(
    text.replace('+', '').startsWith('00')
      ? 'starts with the prefix 00; write + and the country code instead'
      : 'starts with 0; write it in international form, with + and the country code',
  );
}

function strangeCharacter(text: string, at: number): Invalid {
  const point = text.codePointAt(at)!;
  const name = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  const shown = point > 32 && point < 127 ? `"${String.fromCodePoint(point)}" (${name})` : name;
  const rule = `${DIGITS}, with only spaces and - . ( ) between them`;
  return new Invalid(`has the character ${shown} at position ${at + 1}; write ${rule}`);
}
