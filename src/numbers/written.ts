/** Reads phone numbers as people write them, and refuses what spreadsheets and data frames make of numbers. */
import { Invalid } from './invalid.ts';
import { LONGEST, type Msisdn, parseMsisdn, SHORTEST } from './msisdn.ts';

/**
 * Reads a number of the user: an optional `+`, then 7 to 15 digits, the first of them 1 to 9, with space, `-`, `(`, `)`
 * and, after a plus, `.` between them. `docs/lists.md` has a table of examples. A server's answers are read by
 * `parseMsisdn` alone: a rule for people must not break a list.
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
 * Begins like a date, has a dot, a dash after ten digits or a 0 after its first digits. No other text of the
 * characters of a number is a lookalike, and there may be a million of them.
 */
const SUSPECT = /^\d{1,4}[- ]\d{1,2}[- ]\d|\.|^(?=.{10,}-)\D*(?:\d\D*){9}\d.*-|^\+?\d{1,3}[- ()]+0/;

/** In UTF-16 units. No pattern below is tried on a line of a megabyte. */
const MAX_LENGTH = 80;
const TOO_LONG = `has more separators than digits; a number has at most ${MAX_LENGTH} characters`;

/** The first one that is found gives the reason. */
type Mistake = readonly [isFound: (text: string) => boolean, why: string];

const like =
  (...patterns: readonly RegExp[]) =>
  (text: string) =>
    patterns.some((pattern) => pattern.test(text));

const AGAIN = 'format the column as text and export it again';
const DATE = 'looks like a date, which spreadsheets make of some numbers; format the column as text and enter it again';

/** With characters that no number has. */
const STRANGERS: readonly Mistake[] = [
  [
    like(/^[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+$/),
    `is in the short form of spreadsheets, as 4.67E+10, and its last digits may be lost; ${AGAIN}`,
  ],
  [isSeveral, 'has another number after it; write each on its own'],
  [like(/^\+?\d{1,3}(?:[,'’\u00a0\u202f\u2009]\d{3}){2,}(?:[.,]\d+)?$/), `has separators of thousands; ${AGAIN}`],
  [like(/%/), `has a percent sign; ${AGAIN}`],
  [like(/\p{Sc}/u), `has a currency sign; ${AGAIN}`],
  [like(/^['’`]\+?\d/), 'begins with an apostrophe, which marks text in spreadsheets; remove it'],
  [like(/^=/), 'is a formula of a spreadsheet; export its value as text'],
  [like(/^#(?:[A-Z/0]{2,}[!?]?|#+)$/), `is an error of a spreadsheet, such as #N/A; ${AGAIN}`],
  [like(/^(?:nan|nat|none|null|n\/?a|-?inf)$/i), 'is an empty cell; remove it, or fill it in'],
  [like(/^[-−] ?\d/), 'has a minus sign; write + and the country code instead'],
  [like(/^\d{1,2}[-./ ]{1,2}\p{L}{3,}[-./, ]{1,2}\d{2,4}$/u, /^\p{L}{3,}\.? \d{1,2},? \d{4}$/u), DATE],
];

/** They may have the characters of a number alone; then `SUSPECT` fits them. */
const LOOKALIKES: readonly Mistake[] = [
  [
    like(/^\+?\d+[.,]0+$/, /^\d+[.,]\d\d?$/),
    'has decimals, as spreadsheets and data frames write numbers; write + and the digits alone',
  ],
  [isDate, DATE],
  [isRange, 'looks like a range; write each number of it on its own'],
  [like(/^\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?$/), `has separators of thousands; ${AGAIN}`],
  [like(/^\d[^+.]*\./), 'has a dot and no plus; write + and the country code, or remove the dots'],
  [
    (text) => hasZero(text) && keepsZero(text) && /^[-. ]*\( *0 *\)/.test(afterCode(text)),
    'has (0) after the country code; remove it, or write the 0 without parentheses if it is dialled from abroad, too',
  ],
  [
    (text) => hasZero(text) && !keepsZero(text) && /^[-. ()]+0/.test(afterCode(text)),
    'has a 0 after the country code that is dialled only within the country; remove it',
  ],
];

/** `+447700900123 / +447700900124`. */
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

/** `31.12.2026`, `12/31/26`, `2026-12-31T00:00:00Z`, `+31.12.2026`. */
function isDate(text: string): boolean {
  // A plus is put before every cell of a column by scripts. `+31 12 2026` may be a number all the same.
  const date = text.replace(/^\+(?=\d+\.)/, '');
  return /^\d{1,4}[-./ ]\d{1,2}[-./ ]\d/.test(date) && DATES.some((pattern) => pattern.test(date));
}

/** `+447700900100-199`, `+44-7700-900100-199`, `447700900100..199`, `+447700900100 – 199`. */
function isRange(text: string): boolean {
  if (/\.\.|[…‥]/.test(text)) return true;
  // A dash also groups digits, as in +49 30 12345-67. Only the last one can make a range: it follows a whole number.
  const [, start = '', end = ''] = /^(\+?[-–—~\d ().]*\d)[-–—~ ]*[-–—~] *([\d ().]*)$/.exec(text) ?? [];
  const [from, to] = [start, end].map((part) => part.replace(/\D/g, '')) as [string, string];
  if (from.length >= SHORTEST && to.length >= SHORTEST) return from.length + to.length > LONGEST;
  // Between dashes +62 8123-4567-8901 is a number: its last groups are alike. No country's numbers have 15 digits.
  const [, group = ''] = /[-–—~]([^-–—~]*)$/.exec(start) ?? [];
  const isGroup = group !== '' && group.replace(/\D/g, '').length <= to.length;
  const isLong = from.length >= 10 && from.length + to.length >= (isGroup ? LONGEST : LONGEST - 1);
  const isWhole = /^\+?\d{10,}$/.test(start) || /^1[2-9]\d\d[2-9]\d{6}$/.test(from) || NORTH_AMERICAN.test(start);
  return to !== '' && to.length <= 4 && (isWhole || isLong) && to > from.slice(-to.length);
}

/** Ten digits in groups of 3, 3 and 4. By the digits alone `380-67-123-45` of Ukraine would be one, too. */
const NORTH_AMERICAN = /^\(?[2-9]\d\d[-–—~ )]*[2-9]\d\d[-–—~ ]*\d{4}$/;

/** The calling code, which has one digit in the zones 1 and 7, two if it is one of these, and otherwise three. */
const CODE = /^\+?([17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(.*)$/s;

/** A 0 after separators after the first digits, which may be the calling code. */
const hasZero = like(/^\+?\d{1,3}[-. ()]+0/);

const afterCode = (text: string) => CODE.exec(text)?.[2] ?? '';

/** The calling codes of numbers that may begin with a 0 abroad, too: it is no trunk prefix there, or not always. */
export const KEPT_ZERO: ReadonlySet<string> = new Set(
  '39 47 225 226 227 229 241 242 247 250 267 268 378 501 676 679 687 853 881 888 992'.split(' '),
);

const keepsZero = (text: string) => KEPT_ZERO.has(CODE.exec(text)?.[1] ?? '');
