import { formatMsisdn, parseMsisdn } from '../../numbers/msisdn.ts';
import { pathOf, textOf } from '../entries.ts';
import type { SourceFile } from '../source/yaml-files.ts';
import { type Block, readTokens, type Token } from '../yaml/cst.ts';
import { type ParsedFile, parseYaml } from '../yaml/parse.ts';
import type { Edit, NewLines } from './text.ts';

/**
 * Formats a file without faults, line by line. Edits the text, so that comments, blank lines and quotes stay
 * unchanged. Numbers become `"+447700900123"`, each block is indented by two, and blanks at the ends of lines
 * and of the file are removed. Comments and the inner lines of a block move with the block, so that they keep
 * their meaning.
 */
export function formatLines(file: SourceFile): NewLines {
  const parsed = parseYaml(file) as ParsedFile;
  const { text, runs } = parsed.folded;
  const { lines, edits } = readLines(text, numbersOf(parsed));
  const source = file.text.split('\n');
  const out: (string | null)[] = [];
  const runStarts = [...runs];
  for (const [at, line] of lines.entries()) {
    const [offset, run] = runStarts[0] ?? [];
    if (run && offset! < line.end) {
      runStarts.shift();
      const indent = ' '.repeat(indentOf(line));
      for (const _ of run.numbers) out.push(formatItem(indent, withoutReturn(source[out.length]!)));
    } else out.push(line.gone ? null : newLine(lines, at, edits, text));
  }
  for (let at = out.length - 1; out[at] === null || (out[at] === '' && !lines.at(at - out.length)?.inText); at--) {
    out[at] = null;
  }
  return out;
}

/** Formats a line of a run; `fold.ts` defines what it can contain. */
function formatItem(indent: string, line: string): string {
  // Fast path: usually all of a million lines are formatted already.
  if (line.startsWith(`${indent}- "+`) && !/[ \t]$/.test(line)) return line;
  const [, digits, rest] = /^ *- "?\+?(\d+)"?(.*)$/.exec(line)!;
  return `${indent}- "+${digits}"${withoutBlanks(rest!)}`;
}

/** Maps the offset of each number outside of runs, in the folded text, to its canonical form. */
function numbersOf(parsed: ParsedFile): ReadonlyMap<number, string> {
  const numbers = new Map<number, string>();
  for (const { path, items } of parsed.parts.all.flatMap((part) => [part.numbers, part.ignore])) {
    for (const [index, item] of items.entries()) {
      if (item.run) continue;
      const written = { number: textOf(item, 'number'), waId: item.keys.waId };
      for (const [key, text] of Object.entries(written)) {
        if (typeof text !== 'string') continue; // no waId, or a rule that ignores a prefix or the numbers of a file
        const offset = parsed.offsetOf(pathOf(item, key, [...path, index]));
        numbers.set(offset, `"${formatMsisdn(parseMsisdn(text) as number)}"`);
      }
    }
  }
  return numbers;
}

/** A line of the folded text. */
interface Line {
  readonly start: number;
  readonly end: number; // the start of the next line
  /**
   * The kind of its first token: an item of its block, other content of its block, or a comment. Null for
   * blanks.
   */
  kind: 'item' | 'rest' | 'comment' | null;
  block: Block | null; // the block at its start
  last: Block | null; // the block at its end
  inText: boolean; // starts within text over several lines
  open: boolean; // ends within such text, so blanks at its end may be part of it
  spaces: number; // in text: a blank line of at most this many spaces is an empty line of it
  gone: boolean; // was part of a number that now takes one line
  /** The next line of content. A comment belongs to it, or to the blocks that are open above the comment. */
  next: Line | null;
  above: Block | null;
}

function readLines(text: string, numbers: ReadonlyMap<number, string>): { lines: Line[]; edits: Edit[] } {
  const lines: Line[] = [];
  const edits: Edit[] = [];
  for (let start = 0; start <= text.length; start = lines.at(-1)!.end) {
    const end = text.indexOf('\n', start) + 1 || text.length + 1;
    const none = { kind: null, block: null, last: null, next: null, above: null };
    lines.push({ start, end, ...none, inText: false, open: false, spaces: 0, gone: false });
  }
  let at = 0;
  let indicator = 0; // the indentation in the header of a block scalar; 0 if its first line sets it
  let inNumber = false; // in a number as a block scalar: the number replaces its header, and its text is removed
  const before: Token[] = []; // the last two tokens
  readTokens(text, (token) => {
    const { type, offset, source, block, inFlow } = token;
    while (lines[at]!.end <= offset) at++;
    const line = lines[at]!;
    const isContent = type !== 'space' && type !== 'newline' && type !== 'comment';
    if (line.kind === null && !line.inText && (isContent || type === 'comment')) {
      const isItem = token.first || (type === 'map-value-ind' && !inFlow);
      line.kind = isContent ? (isItem ? 'item' : 'rest') : inFlow ? 'rest' : 'comment';
      line.block = block;
    } else if (isContent) {
      const space = spaceToNarrow(token, before);
      if (space) edits.push({ from: space.offset, to: offset, text: ' ' });
    }
    if (isContent) line.last = block;
    const number = numbers.get(offset);
    if (number !== undefined && (type.endsWith('scalar') || type === 'block-scalar-header')) {
      edits.push({ from: offset, to: offset + source.length, text: number });
      inNumber = type === 'block-scalar-header';
    }
    if (type === 'block-scalar-header') indicator = Number(/\d/.exec(source)?.[0] ?? 0);
    if (isContent && (source.includes('\n') || type === 'block-scalar')) {
      const gone = number !== undefined || inNumber;
      inNumber = false;
      const isBlock = type === 'block-scalar';
      const indent = indicator > 0 ? (block?.column ?? 0) + indicator : leadOf(source);
      const spaces = isBlock ? indent : Number.POSITIVE_INFINITY;
      const isOpen = (each: Line) => isBlock || endsEscaped(text.slice(each.start, each.end - 1));
      if (!isBlock) line.open = isOpen(line);
      for (let below = isBlock ? at : at + 1; below < lines.length; below++) {
        const inside = lines[below]!;
        if (inside.start >= offset + source.length) break;
        Object.assign(inside, { kind: 'rest', block, last: block, inText: true, spaces, gone });
        inside.open = isOpen(inside) && (isBlock || inside.end <= offset + source.length);
      }
    }
    before.unshift(token);
    before.length = Math.min(before.length, 2);
  });
  placeComments(lines);
  return { lines, edits: edits.reverse() };
}

/**
 * Finds spaces to replace with one: after a dash, or after a `?` or `:` before a block, whose column they
 * set.
 */
function spaceToNarrow({ first }: Token, [space, mark]: readonly Token[]): Token | null {
  if (space?.type !== 'space' || space.source === ' ') return null;
  const isMark = mark?.type === 'seq-item-ind' || (first && /^(map-value|explicit-key)-ind$/.test(mark?.type ?? ''));
  return isMark ? space : null;
}

function placeComments(lines: readonly Line[]): void {
  let above: Block | null = null;
  for (const line of lines) {
    line.above = above;
    if (line.last) above = line.last;
  }
  let next: Line | null = null;
  for (const line of lines.toReversed()) {
    line.next = next;
    if (line.kind === 'item' || line.kind === 'rest') next = line;
  }
}

const columnOf = ({ depth }: Block): number => depth * 2;

/** Returns the column that a line moves to. */
function indentOf(line: Line, lead = 0): number {
  if (line.kind === 'item') return columnOf(line.block!);
  if (line.kind === 'comment') return indentOfComment(line, lead);
  return Math.max(0, lead + (line.block ? columnOf(line.block) - line.block.column : 0));
}

/**
 * Keeps a comment in the column of its content: of the item below it, or else of one of the blocks around it.
 * A comment deeper than all of these keeps its distance to the innermost. It is never indented as deep as
 * multi-line text above it, as it would become part of that text.
 */
function indentOfComment({ next, above }: Line, lead: number): number {
  const below = next?.kind === 'item' ? next.block : null;
  if (below?.column === lead) return columnOf(below);
  const opens = below && (!above || below.depth > above.depth); // the item below is the first of its block
  if (opens && lead > (above?.column ?? 0) && lead < below.column) return columnOf(below);
  const around: Block[] = opens ? [below] : [];
  for (let block = above; block; block = block.parent) around.push(block);
  const beside = around.find(({ column }) => column <= lead);
  if (!beside) return 0;
  const deeper = lead - beside.column;
  // A comment between two blocks stays between them, as the parser uses its column before a value on its own line.
  return columnOf(beside) + (beside === around[0] ? deeper : Math.min(deeper, 1));
}

/** @param edits the remaining edits, the next one last. */
function newLine(lines: readonly Line[], at: number, edits: Edit[], text: string): string {
  const line = lines[at]!;
  let from = line.start;
  while (text[from] === ' ') from++;
  const lead = from - line.start;
  let body = '';
  let end = at; // the last line that joins this one: a number over several lines becomes one line
  for (let edit = edits.at(-1); edit && edit.from < lines[end]!.end; edit = edits.at(-1)) {
    edits.pop();
    body += text.slice(from, edit.from) + edit.text;
    from = edit.to;
    while (lines[end]!.end <= from) end++;
  }
  body = withoutReturn(body + text.slice(from, lines[end]!.end - 1));
  if (!lines[end]!.open) body = withoutBlanks(body);
  if (body === '' && (!line.inText || lead <= line.spaces)) return '';
  return ' '.repeat(indentOf(line, lead)) + body;
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);

/** Returns the least count of spaces before a line of a block scalar. Blank lines do not count. */
function leadOf(source: string): number {
  const leads = source.split('\n').map((line) => /^ *(?=[^ \r])/.exec(line)?.[0].length ?? Number.POSITIVE_INFINITY);
  const least = leads.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return Number.isFinite(least) ? least : 0;
}

/** Reports whether a backslash before the blanks at the end makes them a part of a text in double quotes. */
function endsEscaped(line: string): boolean {
  const text = withoutReturn(line);
  const rest = withoutBlanks(text);
  return rest.length < text.length && rest.endsWith('\\');
}

/**
 * Removes blanks at the end. A pattern would take quadratic time if the line has many blanks in the middle.
 */
function withoutBlanks(line: string): string {
  let end = line.length;
  while (line[end - 1] === ' ' || line[end - 1] === '\t') end--;
  return line.slice(0, end);
}
