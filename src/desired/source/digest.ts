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

/** Matches a number in a list in brackets. */
const NUMBER = /["']?\+?\d[-\d(). ]{5,}\d["']?[ \t]*,?[ \t]*/g;

/**
 * Removes the numbers and entries of other users from a YAML file, and lines that are then empty. A history can have
 * gigabytes of text, so the loop tests no line twice, and only the lines that it must.
 */
function withoutOthers(text: string, mention: RegExp): string {
  const kept: string[] = [];
  const lines = text.split('\n');
  const isMentioned = mention.test(text);
  const hasEscapes = text.includes('\\'); // an escape may hide a digit
  for (let at = 0; at < lines.length; ) {
    const line = lines[at]!;
    const indent = indentOf(line);
    const isItem = line.startsWith('- ', indent);
    let end = at + 1;
    while (isItem && end < lines.length && indentOf(lines[end]!) > indent) end++;
    const part = end === at + 1 ? line : lines.slice(at, end).join('\n');
    const isEntry = isItem && (NUMBER_ITEM.test(line) || NUMBER_KEY.test(part));
    const isOther = isEntry && !(isMentioned && mention.test(part)) && !(hasEscapes && part.includes('\\'));
    if (!isOther && part.trim() !== '') kept.push(isItem ? part : withoutBare(part, mention));
    at = end;
  }
  return kept.filter((part) => part.trim() !== '').join('\n');
}

/** Matches the number of an entry. */
const NUMBER_KEY = /\bnumber["']? *:/;

/**
 * Removes the numbers of other users from a line of a list in brackets, with a comment. Other lines stay: their digits may be
 * a day, or part of a reason.
 */
function withoutBare(line: string, mention: RegExp): string {
  const [open = ''] = /^[^"'#[]*:[ \t]*\[/.exec(line) ?? [];
  const [items = ''] = /^[-+\d(). \t,"'\r]*/.exec(line.slice(open.length)) ?? [];
  const after = line.slice(open.length + items.length);
  if (!/^(?:$|[\]#])/.test(after)) return line;
  return open + items.replace(NUMBER, keepOwn(mention)) + (after.startsWith('#') ? '' : after);
}

const keepOwn = (mention: RegExp) => (number: string) => (mention.test(number) ? number : '');

/** Counts the spaces before a line. An empty line belongs to the item above it, so it counts as indented. */
function indentOf(line: string): number {
  let indent = 0;
  while (line.charCodeAt(indent) === SPACE) indent++;
  return line.length === indent || line.charCodeAt(indent) === RETURN ? Number.POSITIVE_INFINITY : indent;
}

const SPACE = 32;
const RETURN = 13;
