/**
 * An E.164 phone number as a JavaScript number: its digits, without the plus.
 *
 * 7 to 15 digits, the first one 1 to 9; 15 digits fit a double exactly. "MSISDN" is the vendor's name for this form.
 */
export type Msisdn = number;

const PLUS = 43;
const ZERO = 48;
const NINE = 57;

/**
 * Reads a phone number as people and servers write it: an optional `+`, then digits with spaces, `-`, `.`, `(` or `)`
 * between them. This is the one door for numbers: desired state, list files and what a server says all come through it.
 *
 * @returns the number, or what is wrong with the text as the rest of a sentence ("has 16 digits, …").
 */
export function parseMsisdn(text: string): Msisdn | string {
  let value = 0;
  let digits = 0;
  let separator = -1; // where a separator waits for its next digit
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) {
      if (digits === 0 && code === ZERO) return leadingZero(text);
      if (digits < 15) value = value * 10 + (code - ZERO);
      digits++;
      separator = -1;
    } else if (isSeparator(code) && digits > 0) {
      if (separator < 0) separator = at;
    } else if (code !== PLUS || at > 0) {
      return strangeCharacter(text, at);
    }
  }
  if (text === '') return 'is empty; a phone number such as "+447700900123" is expected';
  if (separator >= 0) return strangeCharacter(text, separator);
  if (digits < 7) return `has ${digits === 1 ? '1 digit' : `${digits} digits`}; an E.164 number has 7 to 15`;
  if (digits > 15) return `has ${digits} digits; an E.164 number has 7 to 15`;
  return value;
}

/** The number as it leaves the tool: `+` and digits. */
export function formatMsisdn(number: Msisdn): string {
  return `+${number}`;
}

function isSeparator(code: number): boolean {
  return code === 32 || code === 45 || code === 46 || code === 40 || code === 41; // space - . ( )
}

function leadingZero(text: string): string {
  return text.replace('+', '').startsWith('00')
    ? 'starts with the prefix 00; write + and the country code instead'
    : 'starts with 0; write it in international form, with + and the country code';
}

function strangeCharacter(text: string, at: number): string {
  const point = text.codePointAt(at)!;
  const name = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  const shown = point > 32 && point < 127 ? `"${String.fromCodePoint(point)}" (${name})` : name;
  const rule = 'only digits, and space - . ( ) between them, after an optional +';
  return `has the character ${shown} at position ${at + 1}; a number has ${rule}`;
}
