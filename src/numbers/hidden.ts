/** Decides which foreign text can contain a number. It looks for digits only, as a number has endless spellings. */
import { hidden, reverse } from './decode.ts';

/** Digits and other numerals of any script. */
const NUMERAL = /[\p{N}〇零一二三四五六七八九]/gu;

/** The digits that a text needs to contain a number. */
const SHORTEST = 7;
/** Decoded base64 and base32 contain some digits by chance, but no four in a row. */
const IN_A_ROW = /(?:\d[ ().+-]?){4}/;

/** Reports whether a text has any digit, or hides one in an encoding. */
export function hasDigits(text: string): boolean {
  return count(text) > 0 || hidesDigits(text);
}

/** Reports whether a text has enough digits for a number, apart from days such as 2026-12-31, or hides digits. */
export function mayHaveNumber(text: string): boolean {
  return count(text.replace(DAY, '')) >= SHORTEST || hidesDigits(text);
}

const DAY = /(?<![\p{N}-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![\p{N}-])/gu;

const count = (text: string) => text.match(NUMERAL)?.length ?? 0;

/** Reports whether a text hides digits in an encoding. */
export function hidesDigits(text: string): boolean {
  return [...hidden(text)].some((form) => IN_A_ROW.test(form)) || hidesInBase32(text);
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function hidesInBase32(text: string): boolean {
  const words = text.toUpperCase().match(/[A-Z2-7]{8,}/g) ?? [];
  return words.some((word) => [word, reverse(word)].some((each) => EIGHT.some((from) => reads(each.slice(from)))));
}

const EIGHT = [0, 1, 2, 3, 4, 5, 6, 7];

function reads(word: string): boolean {
  const bits = [...word].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const bytes = bits.match(/.{8}/g) ?? [];
  return IN_A_ROW.test(bytes.map((byte) => String.fromCharCode(Number.parseInt(byte, 2))).join(''));
}

/**
 * Reports whether a line has a key with at most one short value, and at most three digits, such as `version: 2` or
 * `sales2:`. Masking would hide what its error is about, and three digits identify no user.
 */
export function isShortSetting(line: string): boolean {
  return line.length <= 200 && SETTING.test(line) && count(line) <= 3 && !hidesDigits(line);
}

const SETTING = /^\s*["']?[A-Za-z_][\w.-]*["']?:(?:\s+\S+)?\s*$/;

const dots = (text: string) => '•'.repeat(text.length);

/** Replaces every numeral of a line by a dot, and every letter of a word that hides digits. */
export function dotNumerals(line: string): string {
  const shown = line.replace(/\S+/g, (word) => (hidesDigits(word) ? dots(word) : word));
  return (hidesDigits(shown) ? shown.replace(/\S/g, '•') : shown).replace(NUMERAL, dots);
}
