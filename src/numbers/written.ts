/** Reads phone numbers as people write them, and refuses numbers that spreadsheets and data frames have changed. */
import { Invalid } from './invalid.ts';
import { LONGEST, type Msisdn, parseMsisdn, SHORTEST } from './msisdn.ts';

/**
 * Reads a number that the user wrote: an optional `+`, then 7 to 15 digits, the first 1 to 9, with space, `-`, `(`, `)`
 * and, after a plus, `.` between them. `docs/lists.md` has a table of examples. Answers of a server are read only by
 * `parseMsisdn`, as a rule for people must not make a live list unreadable.
 */
export function parseWritten(text: string): Msisdn | Invalid {
  const number = parseMsisdn(text);
  if (/^\+?\d*$/.test(text)) return number;
  const isNumber = typeof number === 'number';
  if (text.length > MAX_LENGTH) return isNumber ? new Invalid(TOO_LONG) : number;
  if (isNumber && !SUSPECT.test(text)) return number;
  const mistakes = isNumber ? LOOKALIKES : [...STRANGERS, ...LOOKALIKES];
  const mistake = mistakes.find(([isFound]) => isFound(text));
  return mistake ? new Invalid(mistake[1]) : number;
}

/**
 * Matches text that begins like a date, or has a dot, a dash after ten digits, or a 0 after its first digits.
 * Other text with only the characters of a number needs no slow check, and there may be a million of them.
 */
const SUSPECT = /^\d{1,4}[- ]\d{1,2}[- ]\d|\.|^(?=.{10,}-)\D*(?:\d\D*){9}\d.*-|^\+?\d{1,3}[- ()]+0/;

/** In UTF-16 units. The patterns below would take too long for a line of a megabyte. */
const MAX_LENGTH = 80;
const TOO_LONG = `has more separators than digits; a number has at most ${MAX_LENGTH} characters`;

/** A test and its reason. The first test that succeeds gives the reason. */
type Mistake = readonly [isFound: (text: string) => boolean, why: string];

const like =
  (...patterns: readonly RegExp[]) =>
  (text: string) =>
    patterns.some((pattern) => pattern.test(text));

const AGAIN = 'format the column as text and export it again';
const ENTER = 'format the column as text and enter the number again';
const DATE = `looks like a date, which spreadsheets make from some numbers; ${ENTER}`;

/** Mistakes with characters that no number has. */
const STRANGERS: readonly Mistake[] = [
  [
    like(/^[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+$/),
    `is in scientific notation, such as 4.67E+10, and its last digits may be lost; ${ENTER}`,
  ],
  [isSeveral, 'has another number after it; write each number separately'],
  [like(/^\+?\d{1,3}(?:[,'’\u00a0\u202f\u2009]\d{3}){2,}(?:[.,]\d+)?$/), `has thousands separators; ${AGAIN}`],
  [like(/%/), `has a percent sign; ${AGAIN}`],
  [like(/\p{Sc}/u), `has a currency sign; ${AGAIN}`],
  [like(/^['’`]\+?\d/), 'begins with an apostrophe, which marks text in spreadsheets; remove it'],
  [like(/^=/), 'is a formula of a spreadsheet; export its value as text'],
  [like(/^#(?:[A-Z/0]{2,}[!?]?|#+)$/), `is an error of a spreadsheet, such as #N/A; ${AGAIN}`],
  [like(/^(?:nan|nat|none|null|n\/?a|-?inf)$/i), 'is an empty value; write a phone number, or remove it'],
  [like(/^[-−] ?\d/), 'has a minus sign; write + and the country code instead'],
  [like(/^\d{1,2}[-./ ]{1,2}\p{L}{3,}[-./, ]{1,2}\d{2,4}$/u, /^\p{L}{3,}\.? \d{1,2},? \d{4}$/u), DATE],
];

/** Mistakes that may have only the characters of a number. `SUSPECT` must match all of these. */
const LOOKALIKES: readonly Mistake[] = [
  [
    like(/^\+?\d+[.,]0+$/, /^\d+[.,]\d\d?$/),
    'has decimals, as spreadsheets and data frames write numbers; remove them, or export the column as text',
  ],
  [isDate, DATE],
  [isRange, 'looks like a range; write each number separately'],
  [like(/^\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?$/), `has thousands separators; ${AGAIN}`],
  [like(/^\d[^+.]*\./), 'has a dot and no plus; write + and the country code, or remove the dots'],
  [
    (text) => hasZero(text) && keepsZero(text) && /^[-. ]*\( *0 *\)/.test(afterCode(text)),
    'has (0) after the country code; remove it, or write 0 without parentheses if it is also dialed from abroad',
  ],
  [
    (text) => hasZero(text) && !keepsZero(text) && /^[-. ()]+0/.test(afterCode(text)),
    'has a 0 after the country code that is dialed only within the country; remove it',
  ],
];

/** Matches `+447700900123 / +447700900124`. */
function isSeveral(text: string): boolean {
  const areNumbers = (parts: readonly string[]) =>
    parts.length > 1 && parts.every((part) => typeof parseMsisdn(part) === 'number');
  const parts = text.split(/ *(?:[\n\t,;/|&]|[-–—~](?= *\+)|\b(?:and|or|to)\b|(?=\+)) */).filter(Boolean);
  const isLong = text.replace(/\D/g, '').length > LONGEST;
  return areNumbers(parts) || (isLong && areNumbers(text.split(' ').filter(Boolean)));
}

const DAY = '(?:0?[1-9]|[12]\\d|3[01])';
const MONTH = '(?:0?[1-9]|1[0-2])';
const YEAR = '(?:19|20)\\d\\d';
const DATES = [
  [DAY, MONTH, `(?:${YEAR}|\\d\\d)`],
  [MONTH, DAY, `(?:${YEAR}|\\d\\d)`],
  [YEAR, MONTH, DAY],
].map(([a, b, c]) => new RegExp(`^${a}([-./ ])${b}\\1${c}(?:[T ,]+\\d{1,2}[:.]\\d\\d.*)?$`));

/** Matches `31.12.2026`, `12/31/26`, `2026-12-31T00:00:00Z`, `+31.12.2026`. */
function isDate(text: string): boolean {
  // Scripts may put a plus before every cell of a column. `+31 12 2026` may still be a number.
  const date = text.replace(/^\+(?=\d+\.)/, '');
  return /^\d{1,4}[-./ ]\d{1,2}[-./ ]\d/.test(date) && DATES.some((pattern) => pattern.test(date));
}

/** Matches `+447700900100-199`, `+44-7700-900100-199`, `447700900100..199`, `+447700900100 – 199`. */
function isRange(text: string): boolean {
  if (/\.\.|[…‥]/.test(text)) return true;
  // A dash also groups digits, as in +49 30 12345-67. Only the last dash can make a range: it follows a whole number.
  const [, start = '', end = ''] = /^(\+?[-–—~\d ().]*\d)[-–—~ ]*[-–—~] *([\d ().]*)$/.exec(text) ?? [];
  const [from, to] = [start, end].map((part) => part.replace(/\D/g, '')) as [string, string];
  if (from.length >= SHORTEST && to.length >= SHORTEST) return from.length + to.length > LONGEST;
  // +62 8123-4567-8901 is a number, as its last groups have the same length. No country has numbers of 15 digits.
  const [, group = ''] = /[-–—~]([^-–—~]*)$/.exec(start) ?? [];
  const isGroup = group !== '' && group.replace(/\D/g, '').length <= to.length;
  const isLong = from.length >= 10 && from.length + to.length >= (isGroup ? LONGEST : LONGEST - 1);
  const isWhole = /^\+?\d{10,}$/.test(start) || /^1[2-9]\d\d[2-9]\d{6}$/.test(from) || NORTH_AMERICAN.test(start);
  return to !== '' && to.length <= 4 && (isWhole || isLong) && to > from.slice(-to.length);
}

/** Ten digits in groups of 3, 3 and 4. Without the groups, `380-67-123-45` of Ukraine would also match. */
const NORTH_AMERICAN = /^\(?[2-9]\d\d[-–—~ )]*[2-9]\d\d[-–—~ ]*\d{4}$/;

/** Matches the calling code: one digit in the zones 1 and 7, two digits if listed below, otherwise three. */
const CODE = /^\+?([17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(.*)$/s;

/** Matches a 0 after separators after the first digits, which may be the calling code. */
const hasZero = like(/^\+?\d{1,3}[-. ()]+0/);

const afterCode = (text: string) => CODE.exec(text)?.[2] ?? '';

/** The calling codes after which a 0 may also be dialed from abroad: it is not, or not always, a trunk prefix. */
export const KEPT_ZERO: ReadonlySet<string> = new Set(
  '39 47 225 226 227 229 241 242 247 250 267 268 378 501 676 679 687 853 881 888 992'.split(' '),
);

const keepsZero = (text: string) => KEPT_ZERO.has(CODE.exec(text)?.[1] ?? '');
