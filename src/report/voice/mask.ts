import { createHmac } from 'node:crypto';

/** `46732001122` → `+46•••••1122`: shows the first two digits and at most the last four, and hides at least four. */
export function mask(digits: string, key?: string): string {
  const tail = Math.min(4, digits.length - 6);
  const hidden = digits.slice(0, 2) + '•'.repeat(digits.length - 2 - tail) + digits.slice(digits.length - tail);
  const tag = key ? `~${createHmac('sha256', key).update(digits).digest('hex').slice(0, 6)}` : '';
  return `+${hidden}${tag}`;
}

const isDay = (digits: string) => /^\d{4}-\d\d-\d\d$/.test(digits);

/**
 * Also accepts a date such as 20260131, as exports are often named. Alone it cannot be a number: that would have six
 * digits in Egypt (+20) or seven in North America (+1), and neither country has numbers that short. After a plus or a
 * country code, as in 45_20260131, it may be the rest of a number.
 */
function isDayOfName(digits: string, before: string): boolean {
  if (isDay(digits)) return true;
  const restOfNumber = before.includes('+') || /(?:^|[^\p{L}\p{Nd}])\p{Nd}{1,3}[_/]$/u.test(before);
  return !restOfNumber && /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/.test(digits);
}

/** Characters that may separate the digits of a number: blanks, dashes and other marks, also invisible ones. */
const MARKS = '\\p{Z}\\p{Pd}\\p{Cf}\\p{Mn}\\t.()[\\]';
/** Matches a possible number as people write it: at least 7 digits. */
const numberWith = (marks: string) => new RegExp(`\\+?\\p{Nd}(?:[${marks}]*\\p{Nd}){6,}`, 'gu');

export const IN_A_NAME = { pattern: numberWith(MARKS), spares: isDayOfName }; // where folders end at a slash
export const ANYWHERE = { pattern: numberWith(`${MARKS}/\\\\_`), spares: isDay };

/** Masks every possible number. `spares` decides by its digits, and the text before them, whether one is a date. */
export function scrub(text: string, { pattern, spares }: typeof IN_A_NAME, key?: string): string {
  const plus = text.indexOf('+');
  return text.replace(pattern, (found, at: number) => {
    // The end of the text before it, and a plus before that: reading all of it for each number would take quadratic time.
    const before = (plus >= 0 && plus < at ? '+' : '') + text.slice(Math.max(0, at - 12), at);
    return spares(found, before) ? found : mask(found.replace(/\P{Nd}/gu, ''), key);
  });
}
