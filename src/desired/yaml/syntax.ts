import { type Document, isMap, isScalar, isSeq, type YAMLError } from 'yaml';
import type { Fault } from '../../model/fault.ts';
import { mayHaveNumber } from '../../numbers/hidden.ts';
import { MERGE_LEFT, MERGE_MARK } from '../source/merge-marks.ts';
import type { FaultAt } from './places.ts';
import { TOO_DEEP } from './values.ts';

/**
 * Words the errors of the parser for users: the first of each line, as the parser does not recover within a
 * line, and all whose code is in `AT_ONE_PLACE`.
 */
export function syntaxFaults(documents: readonly Document[], text: string, faultAt: FaultAt): Fault[] {
  const errors = documents.flatMap((doc) => [...doc.errors, ...doc.warnings]);
  if (errors.length === 0) return [];
  const mark = text.search(MERGE_MARK);
  if (mark >= 0) return [faultAt(mark, MERGE_LEFT)];
  // The parser does not recover from these, so its other errors are misleading.
  const roots = errors.filter((error) => ROOTS.has(error.code) || isUnclosed(error));
  const starts = startsOfScalars(documents);
  const faults = new Map<string, Fault>();
  for (const error of roots.length > 0 ? roots : errors) {
    // For a missing quote, the parser reports the end of the text, but users need its start.
    const offset = (isUnclosed(error) ? starts.get(error.pos[0]) : undefined) ?? error.pos[0];
    const fault = faultAt(offset, inOurWords(error));
    const where = AT_ONE_PLACE.has(error.code) ? `at ${offset}` : `line ${fault.place!.line}`;
    if (!faults.has(where)) faults.set(where, fault);
  }
  return [...faults.values()];
}

const ROOTS: ReadonlySet<string> = new Set(['BAD_DIRECTIVE', 'TAB_AS_INDENT']);

/** The errors within or before a text, after which the parser continues normally. */
const AT_ONE_PLACE: ReadonlySet<string> = new Set(['BAD_DQ_ESCAPE', 'BAD_SCALAR_START', 'TAG_RESOLVE_FAILED']);

function isUnclosed({ code, message }: YAMLError): boolean {
  return code === 'MISSING_CHAR' && message.startsWith('Missing closing');
}

const NO_KEY = 'a key needs a colon and a space after it, as in "policy: sync"; check the indentation too';
const ALIGN =
  'this line is not aligned with the lines above it; start the keys of a mapping, or the dashes of a list, in one column, and write a space after each dash';
const OPEN = 'an earlier bracket is not closed, or its content is not indented enough; close it, or indent the content';
const TWO_KEYS =
  'this line has a second key, or the next line is indented too far; put text that contains ": " in quotes';
const ENDED =
  'the value before this has ended; write the next key or item on its own line, indented like the others, or put text that contains quotes in quotes of the other kind';

/** The words for an error, by its code and a pattern of its message. */
const WORDS: Readonly<Record<string, readonly (readonly [message: RegExp, words: string])[]>> = {
  BAD_DIRECTIVE: [
    [
      /^Unknown/,
      'a line that begins with % is a directive, which is not supported; put the text in quotes, or remove it',
    ],
  ],
  BAD_INDENT: [
    [/^Flow/, OPEN],
    [/same column/, ALIGN],
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    [/^Nested mappings/, TWO_KEYS],
    [/./, 'a list cannot start here; indent it like the other items, or remove the value before it, such as []'],
  ],
  BLOCK_IN_FLOW: [[/./, 'brackets cannot contain an indented list or mapping; put text that contains ": " in quotes']],
  MISSING_CHAR: [
    [/^Flow/, OPEN],
    [/^Missing closing/, 'the quote that opens here is never closed; add the closing quote'],
    [/^Implicit map keys/, NO_KEY],
    [/^Sequence item without -/, ALIGN],
    [/^Missing ,/, 'a comma is missing here; add it'],
    [/^Comments/, 'a comment needs a space before its #'],
  ],
  MULTILINE_IMPLICIT_KEY: [[/./, NO_KEY]],
  RESOURCE_EXHAUSTION: [[/./, TOO_DEEP]],
  TAB_AS_INDENT: [[/./, 'this line is indented with a tab; use spaces']],
  UNEXPECTED_TOKEN: [
    [
      /on same line with key$/,
      'a list cannot start on the line of its key; start it on the next line, or write it in brackets',
    ],
    [/^Block scalar header/, 'text that begins with > or | is a block in YAML, so put it in quotes'],
    [/^Unexpected .*(?:at node end| token$|in YAML stream)/, ENDED],
  ],
};

function inOurWords({ code, message }: YAMLError): string {
  if (code === 'TAG_RESOLVE_FAILED') {
    const tag = message.replace(/^(?:Unresolved|Could not resolve) tag: /, '').replace('tag:yaml.org,2002:', '!!');
    return `${mayHaveNumber(tag) ? 'this tag' : `the tag ${tag}`} is not supported; remove it`;
  }
  if (code === 'BAD_SCALAR_START') return `text cannot begin with ${message.at(-1)}; put it in quotes`;
  return WORDS[code]?.find(([pattern]) => pattern.test(message))?.[1] ?? withoutNumber(message);
}

/** The parser quotes the file. A text that may be a number is in the line that follows the message, which masks it. */
const withoutNumber = (message: string) => (mayHaveNumber(message) ? 'this is not valid YAML' : message);

/** Maps the end of each scalar to its start. Not recursive, as the tree may be too deep for the stack. */
function startsOfScalars(documents: readonly Document[]): Map<number, number> {
  const starts = new Map<number, number>();
  const left: unknown[] = documents.map(({ contents }) => contents);
  while (left.length > 0) {
    const node = left.pop();
    if (isScalar(node) && node.range) starts.set(node.range[1], node.range[0]);
    else if (isSeq(node)) for (const item of node.items) left.push(item);
    else if (isMap(node)) for (const { key, value } of node.items) left.push(key, value);
  }
  return starts;
}
