import { createHmac } from 'node:crypto';
import type { Span } from './tokens.ts';

/** Makes the tags of masked numbers. The salt differs between pull requests, so that tags do not track a number. */
export interface Tagging {
  /** BLACKLISTCTL_MASK_KEY. */
  readonly key: string;
  readonly salt: string;
}

/** The digits of a number that stay hidden at least, after its country code: 100,000 numbers look alike. */
const HIDDEN = 5;

/**
 * `46732001122` → `+46•••••1122`: shows the first two digits and at most the last four, fewer of a short number.
 * A country code of three digits has fewer numbers, so its third digit is not counted as hidden.
 */
export function mask(digits: string, tagging?: Tagging): string {
  const code = THREE_DIGITS.test(digits) ? 3 : 2;
  const tail = Math.max(0, Math.min(4, digits.length - code - HIDDEN));
  const hidden = digits.slice(0, 2) + '•'.repeat(digits.length - 2 - tail) + digits.slice(digits.length - tail);
  return `+${hidden}${tagging ? tagOf(digits, tagging) : ''}`;
}

/** Matches numbers whose country code has three digits. Source: ITU-T E.164, list of assigned country codes. */
const THREE_DIGITS = /^(?!1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

function tagOf(digits: string, { key, salt }: Tagging): string {
  return `~${createHmac('sha256', key).update(`${salt}\n${digits}`).digest('hex').slice(0, 6)}`;
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

/** `spares` decides by the digits of a possible number, and the text before them, whether it is a date. */
export interface Pattern {
  readonly pattern: RegExp;
  spares(digits: string, before: string): boolean;
}

/** Characters that may separate the digits of a number: blanks, dashes and other marks, also invisible ones. */
const MARKS = "\\p{Z}\\p{Pd}\\p{Cf}\\p{Mn}\\p{Cc}.()[\\]\u2212·•．（）'’";
/** Matches a possible number as people write it: at least 7 digits. */
const numberWith = (marks: string) => new RegExp(`\\+?\\p{Nd}(?:[${marks}]*\\p{Nd}){6,}`, 'gu');

export const IN_A_NAME: Pattern = { pattern: numberWith(MARKS), spares: isDayOfName }; // where folders end at a slash
export const IN_A_HOST: Pattern = { pattern: /\d{7,}/g, spares: () => false }; // an IP address is no number
export const ANYWHERE: Pattern = { pattern: numberWith(`${MARKS}/\\\\_`), spares: isDay };

/** Finds every possible number, except for dates. */
export function numberSpans(text: string, { pattern, spares }: Pattern): readonly Span[] {
  const plus = text.indexOf('+');
  return Array.from(text.matchAll(pattern), ({ 0: number, index }) => [index, index + number.length] as const).filter(
    ([from, to]) => {
      // The end of the text before it, and a plus before that: reading all of it for each number would take quadratic time.
      const before = (plus >= 0 && plus < from ? '+' : '') + text.slice(Math.max(0, from - 12), from);
      return !spares(text.slice(from, to), before);
    },
  );
}

export const digitsOf = (text: string) => text.replace(/\P{Nd}/gu, '');
