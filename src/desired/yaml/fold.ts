/**
 * Removes long runs of plain list items from a file before YAML is parsed, as the parser takes 12 µs and a
 * kilobyte for each. The parsed rest must show that each run is part of a list.
 *
 *     numbers:                       numbers:
 *       - "+447700900001" # spam       - "+447700900001" # spam     ← replaces lines 1 to n - 1
 *       - "+447700900002"        →
 *       …                              - "+447700900999"            ← the last line stays, as the next may continue it
 *       - "+447700900999"
 *
 * A line belongs to a run only if it is certainly one whole item: blanks, `- `, a number in E.164 digits,
 * plain or in double quotes, and at most an ASCII comment. All lines of a run have the same indentation, so
 * if the first is an item of a block list, all are.
 */
import { readPlainCodes } from '../../numbers/msisdn.ts';
import { copyInto } from '../../numbers/number-set.ts';
import { asciiOf, type SourceFile } from '../source/yaml-files.ts';

/** The numbers of the removed lines. */
export interface Run {
  /**
   * The offset of the first number in the source. The others are in the same column of the lines below it.
   */
  readonly source: number;
  /** In order, including the first one. */
  readonly numbers: Float64Array;
  /** A 1 for each number without a plus; null if all have one. */
  readonly bare: Uint8Array | null;
}

export interface Folded {
  readonly text: string;
  /** The runs by their offset in the folded text. */
  readonly runs: ReadonlyMap<number, Run>;
  /** Maps an offset in the folded text to the source. */
  toSource(offset: number): number;
}

/** The shortest run: removing fewer lines saves nothing. */
const MIN_LINES = 4;

const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const PLUS = 43;
const DASH = 45;

/** A text as numbers, which are faster to read: its bytes if it is ASCII, or its UTF-16 units. */
export interface Codes {
  readonly codes: Uint8Array | Uint16Array;
  text(from: number, to: number): string;
}

export function codesOf(file: SourceFile): Codes {
  const bytes = asciiOf(file);
  if (bytes) return { codes: bytes, text: (from, to) => bytes.toString('latin1', from, to) };
  const { text } = file;
  const { buffer, byteOffset } = Buffer.from(text, 'utf16le');
  return { codes: new Uint16Array(buffer, byteOffset, text.length), text: (from, to) => text.slice(from, to) };
}

export function unfolded({ codes, text }: Codes): Folded {
  return { text: text(0, codes.length), runs: new Map(), toSource: (offset) => offset };
}

/** @param kept runs that are not removed, by their offset in the source. */
export function fold(source: Codes, kept: ReadonlySet<number> = new Set()): Folded {
  const { codes } = source;
  const pieces: string[] = [];
  const runs = new Map<number, Run>();
  const starts: number[] = []; // the start of each piece in the folded text
  const sources: number[] = []; // and in the source
  let folded = 0; // the length of the folded text so far
  let taken = 0; // the source before this offset is in the pieces or removed
  const line = { number: 0, indent: 0, bare: 0 };
  let numbers = new Float64Array(1024);
  let bare = new Uint8Array(1024);

  function keep(end: number): void {
    starts.push(folded);
    sources.push(taken);
    pieces.push(source.text(taken, end));
    folded += end - taken;
    taken = end;
  }

  for (let at = 0; at < codes.length; ) {
    const first = at;
    let last = at;
    let count = 0;
    let bareCount = 0;
    let indent = -1;
    let place = 0;
    let secondLine = 0;
    for (;;) {
      const end = readItem(codes, at, line);
      if (end < 0 || (indent >= 0 && line.indent !== indent)) break;
      if (indent < 0) {
        indent = line.indent;
        place = first + indent + 2;
      }
      if (count === 1) secondLine = at;
      if (count === numbers.length) {
        numbers = copyInto(new Float64Array(count * 2), numbers);
        bare = copyInto(new Uint8Array(count * 2), bare);
      }
      bare[count] = line.bare;
      bareCount += line.bare;
      numbers[count++] = line.number;
      last = at;
      at = end;
    }
    if (count >= MIN_LINES && !kept.has(place)) {
      const offset = folded + (place - taken);
      const isBare = bareCount > 0 ? bare.slice(0, count - 1) : null;
      runs.set(offset, { source: place, numbers: numbers.slice(0, count - 1), bare: isBare });
      keep(secondLine);
      taken = last;
    } else if (count === 0) {
      const end = codes.indexOf(LF, at);
      at = end < 0 ? codes.length : end + 1;
    }
  }
  keep(codes.length);
  return { text: pieces.join(''), runs, toSource };

  function toSource(offset: number): number {
    const piece = lastUpTo(offset, starts.length, (at) => starts[at]!);
    return sources[piece]! + offset - starts[piece]!;
  }
}

/** Finds the last item of an ordered list that starts at an offset or before it. The first one must. */
export function lastUpTo<T extends number | string>(offset: T, count: number, startOf: (at: number) => T): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (startOf(middle) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Reads one line as an item.
 *
 * @returns the start of the next line, or -1 if this is not certainly one item.
 */
function readItem(codes: Codes['codes'], from: number, line: { number: number; indent: number; bare: number }): number {
  let at = from;
  while (codes[at] === SPACE) at++;
  line.indent = at - from;
  if (codes[at] !== DASH || codes[at + 1] !== SPACE) return -1;
  at += 2;
  const quoted = codes[at] === QUOTE;
  if (quoted) at++;
  line.bare = codes[at] === PLUS ? 0 : 1;
  at = readPlainCodes(codes, at, line);
  if (at < 0) return -1;
  if (quoted && codes[at++] !== QUOTE) return -1;
  const gap = at;
  while (codes[at] === SPACE) at++;
  if (codes[at] === HASH && at > gap) {
    at++;
    for (let code = codes[at]!; code >= 32 && code < 127; ) code = codes[++at]!;
  }
  if (codes[at] === CR) at++;
  return codes[at] === LF ? at + 1 : -1; // the parser reads a last line without a line end
}
