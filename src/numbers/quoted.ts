import { SHORTEST } from './msisdn.ts';

/**
 * Quotes a text of a user's file in a message, which masked logs print, too. A text that may be a number in a spelling
 * that masking does not find is not quoted: the line of the file follows the message.
 */
export function quoted(text: string): string {
  const isFound = /^[\w.-]+$/.test(text) || /^\P{N}*\d+\P{N}*$/u.test(text);
  const numerals = text.match(/[\p{N}〇零一二三四五六七八九]/gu)?.length ?? 0;
  return isFound || numerals < SHORTEST ? `"${text}"` : '"…"';
}

/** Reports whether a name consists of the digits of a number, which dots, dashes and underscores may separate. */
export function isNumberName(name: string): boolean {
  const digits = name.replace(/[._-]/g, '');
  return /^\d{7,15}$/.test(digits);
}
