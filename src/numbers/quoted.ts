import { hidesDigits, mayHaveNumber } from './hidden.ts';

/** Matches a text whose digits masking finds: they are all in one number. */
const FINDABLE = /^\P{N}*\d(?:[._-]*\d)*\P{N}*$/u;

/**
 * Quotes a text of a user's file in a message, which masked logs print, too. A text that may be a number in a spelling
 * that masking does not find is not quoted: the line of the file follows the message.
 */
export function quoted(text: string): string {
  return (FINDABLE.test(text) || !mayHaveNumber(text)) && !hidesDigits(text) ? `"${text}"` : '"…"';
}

/** Quotes the name of a list, a column or a file. Names keep their digits, unless they are encoded. */
export function quotedName(name: string): string {
  return /^[\w./ -]*$/.test(name) && !hidesDigits(name) ? `"${name}"` : quoted(name);
}

/** Reports whether a name consists of the digits of a number, which dots, dashes and underscores may separate. */
export function isNumberName(name: string): boolean {
  const digits = name.replace(/[._-]/g, '');
  return /^\d{7,15}$/.test(digits);
}
