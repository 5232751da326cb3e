import { type Document, isMap, isScalar, isSeq, type YAMLError } from 'yaml';
import type { Fault } from '../../model/fault.ts';
import { MERGE_LEFT, MERGE_MARK } from '../source/merge-marks.ts';
import type { FaultAt } from './places.ts';
import { TOO_DEEP } from './values.ts';

/**
 * Words the errors of the parser for users, one a line unless its code is in `AT_ONE_PLACE`: once the parser has lost
 * its way in a line, its further errors there are of no use.
 */
export function syntaxFaults(documents: readonly Document[], text: string, faultAt: FaultAt): Fault[] {
  const errors = documents.flatMap((doc) => [...doc.errors, ...doc.warnings]);
  if (errors.length === 0) return [];
  const mark = text.search(MERGE_MARK);
  if (mark >= 0) return [faultAt(mark, MERGE_LEFT)];
  // These two throw the parser off: its other errors are of no use.
  const roots = errors.filter((error) => error.code === 'TAB_AS_INDENT' || isUnclosed(error));
  const starts = startsOfScalars(documents);
  const faults = new Map<string, Fault>();
  for (const error of roots.length > 0 ? roots : errors) {
    // If a quote is missing, the parser reports the end of the text, and people look for its start.
    const offset = (isUnclosed(error) ? starts.get(error.pos[0]) : undefined) ?? error.pos[0];
    const fault = faultAt(offset, inOurWords(error));
    const where = AT_ONE_PLACE.has(error.code) ? `at ${offset}` : `line ${fault.place!.line}`;
    if (!faults.has(where)) faults.set(where, fault);
  }
  return [...faults.values()];
}

/** Faults within a text or before it, after which the parser reads on as ever. */
const AT_ONE_PLACE: ReadonlySet<string> = new Set(['BAD_DQ_ESCAPE', 'BAD_SCALAR_START', 'TAG_RESOLVE_FAILED']);

function isUnclosed({ code, message }: YAMLError): boolean {
  return code === 'MISSING_CHAR' && message.startsWith('Missing closing');
}

const NO_KEY = 'a key needs a colon and a blank behind it, as in "policy: sync"; is the indentation right, too?';
const ALIGN =
  'this does not line up with what is above it: keys that belong together begin in one column, and so do items of a list, each with a blank behind its dash';
const OPEN = 'a bracket that opens before this is not closed, or what stands in it is indented too little';
const TWO_KEYS =
  'a second key stands on this line, or the line below is indented too far; put a text that holds ": " in quotes';
const ENDED =
  'the value before this has ended: a further key or item needs a line of its own, indented like the others; a text with quotes in it needs quotes of the other kind';

/** Our words, by the code of an error and a pattern of its message. */
const WORDS: Readonly<Record<string, readonly (readonly [message: RegExp, words: string])[]>> = {
  BAD_INDENT: [
    [/^Flow/, OPEN],
    [/same column/, ALIGN],
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    [/^Nested mappings/, TWO_KEYS],
    [/./, 'a list cannot start here; is it indented like the other items, or is something before it, such as []?'],
  ],
  BLOCK_IN_FLOW: [
    [/./, 'a list or mapping by indentation cannot stand in brackets; put a text that holds ": " in quotes'],
  ],
  MISSING_CHAR: [
    [/^Flow/, OPEN],
    [/^Missing closing/, 'the quote that opens here is never closed'],
    [/^Implicit map keys/, NO_KEY],
    [/^Sequence item without -/, ALIGN],
    [/^Missing ,/, 'a comma is missing here'],
    [/^Comments/, 'a comment needs a blank before its #'],
  ],
  MULTILINE_IMPLICIT_KEY: [[/./, NO_KEY]],
  RESOURCE_EXHAUSTION: [[/./, TOO_DEEP]],
  TAB_AS_INDENT: [[/./, 'a tab indents this line; use spaces']],
  UNEXPECTED_TOKEN: [
    [/on same line with key$/, 'a list starts on the line below its key; or write it in brackets'],
    [/^Unexpected .*(?:at node end| token$|in YAML stream)/, ENDED],
  ],
};

function inOurWords({ code, message }: YAMLError): string {
  if (code === 'TAG_RESOLVE_FAILED') {
    const tag = message.replace(/^(?:Unresolved|Could not resolve) tag: /, '').replace('tag:yaml.org,2002:', '!!');
    return `the tag ${tag} has no meaning here; remove it`;
  }
  if (code === 'BAD_SCALAR_START') return `put a text that begins with ${message.at(-1)} in quotes`;
  return WORDS[code]?.find(([pattern]) => pattern.test(message))?.[1] ?? message;
}

/** Where each scalar starts, by where it ends. Not recursive: the tree may be too deep for the stack. */
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
