import type { Msisdn } from '../../numbers/msisdn.ts';
import type { NumberSet } from '../../numbers/number-set.ts';
import type { SourceFile } from '../source/yaml-files.ts';
import { type Block, readTokens } from '../yaml/cst.ts';
import { type ParsedFile, parseYaml } from '../yaml/parse.ts';
import { applyEdits, type Edit, lineEndAt, lineEndOf, pairIn, quotedNumber, scalar } from './text.ts';

/** Numbers to add to the list of a bot, or a new bot with its numbers. */
export interface Addition {
  readonly id: string;
  /** Only numbers that the list does not contain yet. */
  readonly numbers: NumberSet;
  /** The WhatsApp ID of some of the numbers, and of some that the list contains already, for their entries. */
  readonly names?: ReadonlyMap<Msisdn, Msisdn>;
  /** The settings of a new bot; unused for a known bot. */
  readonly settings: Readonly<Record<string, string>>;
}

/** A list or mapping in brackets. */
interface Flow {
  readonly open: number;
  close: number;
  end: number; // the end of its last content, including a comma
  last: 'nothing' | 'comma' | 'item';
  readonly block: Block | null; // the block around it; null also if it is within other brackets
  readonly column: number; // lines in it must be deeper than this
}

/**
 * Adds numbers to the lists of a file without faults, and new bots to its end. Changes no other byte, except
 * that content replaces an empty `[]` or `{}`. New lines are in the canonical form and in ascending order, but lists are
 * indented as the first list of the file.
 */
export function insertNumbers(file: SourceFile, additions: readonly Addition[]): string {
  const parsed = parseYaml(file) as ParsedFile;
  const { bots } = parsed.value as { readonly bots?: Readonly<Record<string, { readonly numbers?: unknown }>> };
  const has = (id: string) => bots !== undefined && Object.hasOwn(bots, id);
  const known = additions.filter(({ id, numbers }) => has(id) && numbers.size > 0);
  const fresh = additions.filter(({ id }) => !has(id));
  const write = makeWriter(parsed.folded.text, lineEndOf(file.text));
  for (const addition of known) {
    const { id } = addition;
    const items = itemsOf(addition, file.text);
    const itemLines = (column: number) => items.map((item) => `${blanks(column)}- ${item}`);
    if (bots![id]!.numbers) write(parsed.offsetOf(['bots', id, 'numbers']), itemLines, items);
    else {
      const lines = (column: number) => [`${blanks(column)}numbers:`, ...itemLines(column + write.listIndent)];
      write(parsed.offsetOf(['bots', id]), lines, [`"numbers": [${items.join(', ')}]`]);
    }
  }
  if (fresh.length > 0) {
    const botsLines = (column: number) => fresh.flatMap((bot) => botLines(bot, column, write.listIndent, file.text));
    const items = fresh.map((bot) => botInFlow(bot, file.text));
    if (bots) write(parsed.offsetOf(['bots']), botsLines, items);
    else {
      const lines = (column: number) => [`${blanks(column)}bots:`, ...botsLines(column + 2)];
      write(parsed.offsetOf([]), lines, [`"bots": { ${items.join(', ')} }`]);
    }
  }
  return applyEdits(file.text, write.edits, parsed.folded.toSource);
}

/**
 * How an empty list is filled. `block`: as a block list wherever one fits. `undoable`: so that removing the items again
 * restores every byte: as a block list only if it is exactly `[]` after one blank. `brackets`: within its brackets.
 */
type Fill = 'block' | 'undoable' | 'brackets';

/** @returns a function that adds to the list or mapping at an offset, with the edits so far and the file's indentation. */
export function makeWriter(text: string, end: string, fill: Fill = 'block') {
  const edits: Edit[] = []; // by offsets in the folded text
  const flows = new Map<number, Flow>();
  const open: Flow[] = [];
  const blocks = readTokens(text, ({ type, offset, source, block }) => {
    if (type === 'space' || type === 'newline' || type === 'comment') return;
    if (type === 'flow-seq-end' || type === 'flow-map-end') open.pop()!.close = offset;
    for (const flow of open) Object.assign(flow, { end: offset + source.length, last: 'item' });
    const inner = open.at(-1);
    if (inner && type === 'comma') inner.last = 'comma';
    if (type !== 'flow-seq-start' && type !== 'flow-map-start') return;
    const place = { block: inner ? null : block, column: block?.column ?? -1 };
    const flow: Flow = { open: offset, close: offset, end: offset + 1, last: 'nothing', ...place };
    flows.set(offset, flow);
    open.push(flow);
  });

  const [first] = [...blocks.values()].filter(({ isList, parent }) => isList && parent);
  const listIndent = first ? first.column - first.parent!.column : 2;

  /** Returns the end of a line, before its line end. */
  function lineEnd(offset: number): number {
    const at = text.indexOf('\n', offset);
    return at < 0 ? text.length : text[at - 1] === '\r' ? at - 1 : at;
  }
  const insert = (at: number, added: string) => edits.push({ from: at, to: at, text: added });
  /** Adds lines with the line end of the line above, as the file may have both. */
  function below(offset: number, lines: readonly string[]): void {
    const at = lineEnd(offset);
    insert(at, lines.map((line) => lineEndAt(text, at, end) + line).join(''));
  }

  function write(offset: number, lines: (column: number) => readonly string[], items: readonly string[]): void {
    const block = blocks.get(offset);
    const flow = flows.get(offset)!;
    if (block) below(block.end, lines(block.column));
    else if (flow.last === 'nothing') fillEmpty(flow, lines, items);
    else addToFlow(flow, items);
  }

  function fillEmpty(flow: Flow, lines: (column: number) => readonly string[], items: readonly string[]): void {
    const { open: start, close, block } = flow;
    const before = text.slice(text.lastIndexOf('\n', start) + 1, start).trimEnd();
    if (text.slice(start + 1, close).includes('\n')) {
      below(text.lastIndexOf('\n', close), [`${blanks(flow.column + 2)}${items.join(', ')}`]);
    } else if (block && before !== '' && lineEnd(start) > close && isReplaced(start, close)) {
      // The brackets follow their key on one line, so a block list replaces them.
      let from = start;
      while (text[from - 1] === ' ' || text[from - 1] === '\t') from--;
      edits.push({ from, to: close + 1, text: '' });
      below(close, lines(block.column + (text[start] === '[' ? listIndent : 2)));
    } else edits.push({ from: fill === 'block' ? start + 1 : close, to: close, text: items.join(', ') });
  }

  function isReplaced(start: number, close: number): boolean {
    if (fill !== 'undoable') return fill === 'block';
    return close === start + 1 && text[start - 1] === ' ' && !/\s/.test(text[start - 2]!);
  }

  /**
   * Adds items on lines of their own if the closing bracket has its own line. Keeps or omits the last comma
   * as before.
   */
  function addToFlow({ open: start, close, end: last, last: kind, column }: Flow, items: readonly string[]): void {
    const comma = kind === 'comma' ? ',' : '';
    if (!text.slice(last, close).includes('\n')) {
      return void insert(last, `${comma ? ' ' : ', '}${items.join(', ')}${comma}`);
    }
    const line = text.lastIndexOf('\n', last - 1) + 1;
    const indent = start >= line ? blanks(column + 2) : /^ */.exec(text.slice(line, last))![0];
    if (!comma) insert(last, ',');
    const lines = items.map((item, at) => `${indent}${item}${at < items.length - 1 ? ',' : comma}`);
    below(last, lines);
  }

  return Object.assign(write, { edits, listIndent });
}

function botLines(addition: Addition, column: number, listIndent: number, file: string): string[] {
  const { id, numbers, settings } = addition;
  const inner = blanks(column + 2);
  return [
    `${blanks(column)}${scalar(id)}:`,
    ...Object.entries(settings).map(([key, value]) => `${inner}${key}: ${scalar(value)}`),
    `${inner}numbers:${numbers.size > 0 ? '' : ' []'}`,
    ...itemsOf(addition, file).map((item) => `${inner}${blanks(listIndent)}- ${item}`),
  ];
}

/** Quotes all keys and values, as the file may be JSON. */
function botInFlow(addition: Addition, file: string): string {
  const { id, settings } = addition;
  const keys = Object.entries(settings).map(([key, value]) => `"${key}": "${value}", `);
  return `"${id}": { ${keys.join('')}"numbers": [${itemsOf(addition, file).join(', ')}] }`;
}

function itemsOf({ numbers, names }: Addition, file: string): string[] {
  return Array.from(numbers, (number) => {
    const waId = names?.get(number);
    return waId === undefined ? quotedNumber(number) : pairIn(file, quotedNumber(number), waId);
  });
}

export const blanks = (count: number): string => ' '.repeat(count);
