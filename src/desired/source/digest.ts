/** Finds out which versions of a file may differ in what they declare about one user, without parsing them. */
import { createHash } from 'node:crypto';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { isEncrypted } from './decrypt.ts';

/**
 * Returns a text that is equal for two versions of a file only if they declare the same about the numbers. If it differs,
 * they may still declare the same.
 */
export type Digest = (name: string, bytes: Buffer) => string;

/** All spellings of a user's number end with the same digits. */
const LAST = 7;

/** @param numbers of one user, in any spelling. */
export function makeDigests(numbers: readonly Msisdn[]): { readonly ofYaml: Digest; readonly ofNumbers: Digest } {
  const endings = new Set(numbers.map((number) => String(number).slice(-LAST)));
  const mention = new RegExp(Array.from(endings, (digits) => [...digits].join('[-(). ]*')).join('|'));
  return {
    ofYaml(name, bytes) {
      // What an encrypted file declares is not known, so each version differs.
      return hash(isEncrypted(name, bytes) ? bytes : withoutOthers(bytes.toString(), mention));
    },
    ofNumbers(name, bytes) {
      if (isEncrypted(name, bytes)) return hash(bytes);
      const text = bytes.toString('latin1');
      if (!mention.test(text)) return '';
      const [head = '', ...lines] = text.split(/\r?\n/); // the first line of a table names its columns
      return hash([head, ...lines.filter((line) => mention.test(line))].join('\n'));
    },
  };
}

const hash = (content: string | Buffer) => createHash('sha256').update(content).digest('base64');

/** Matches a number alone, as an item of a list. */
const NUMBER_ITEM = /^ *- +["']?\+?\d[-\d(). ]+["']?\s*(?:#.*)?$/;

/** Matches a number in a list in brackets. A date is no number. */
const NUMBER = /["']?(?!\d{4}-\d\d-\d\d(?!\d))\+?\d[-\d(). ]{5,}\d["']?[ \t]*,?[ \t]*/g;

/** Removes the numbers and entries of other users from a YAML file, and lines that are then empty. */
function withoutOthers(text: string, mention: RegExp): string {
  const kept: string[] = [];
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; ) {
    const indent = /^( *)- /.exec(lines[at]!)?.[1]?.length;
    let end = at + 1;
    if (indent !== undefined) while (end < lines.length && isBelow(lines[end]!, indent)) end++;
    const part = lines.slice(at, end).join('\n');
    const isOther = !mention.test(part) && !part.includes('\\'); // an escape may hide a digit
    const isEntry = indent !== undefined && (NUMBER_ITEM.test(lines[at]!) || /\bnumber["']? *:/.test(part));
    if (!(isOther && isEntry)) kept.push(indent === undefined ? part.replace(NUMBER, keepOwn(mention)) : part);
    at = end;
  }
  return kept.filter((part) => part.trim() !== '').join('\n');
}

const keepOwn = (mention: RegExp) => (number: string) => (mention.test(number) ? number : '');

/** Checks if a line belongs to an item whose dash is in the column `indent`, counted from 0. */
function isBelow(line: string, indent: number): boolean {
  const own = line.search(/\S/);
  return own < 0 || own > indent;
}
