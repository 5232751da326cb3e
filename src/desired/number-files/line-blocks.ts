/**
 * Splits text into blocks of whole lines, as bytes: a string for each of a million lines would take longer
 * than all other work.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { HIDDEN_END_BYTES, loneReturn, STRANGE_END, whyStrange } from '../source/line-ends.ts';
import { MERGE_LEFT, OUTER_MARKS } from '../source/merge-marks.ts';

/** The reason why reading stopped, in the line after the last block. */
export interface Broken {
  readonly message: string;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  readonly line: Buffer;
}

/** The longest line, in bytes without its end. Chunks must not be larger. */
const MAX_LINE = 1024 * 1024;

export const LF = 10;
export const CR = 13;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/**
 * Splits text into blocks that end in a line feed; a last line without one gets it. Blocks are UTF-8 without
 * zero bytes, with LF or CRLF line ends in every editor, and without conflict markers. A block is valid until
 * the next one.
 *
 * @param chunks each may be overwritten by the next one.
 * @returns the reason why reading stopped before the end of the file, or null. The blocks contain every line
 *   before that place.
 */
export function* blocksOf(chunks: Iterable<Buffer>): Generator<Buffer, Broken | null> {
  let rest: Buffer = Buffer.alloc(0);
  let isStart = true;
  for (const chunk of chunks) {
    const end = chunk.lastIndexOf(LF) + 1;
    if (end > 0) {
      const lines = rest.length > 0 ? Buffer.concat([rest, chunk.subarray(0, end)]) : chunk.subarray(0, end);
      const broken = yield* soundLines(isStart ? withoutMark(lines) : lines);
      if (broken) return broken;
      isStart = false;
      rest = Buffer.from(chunk.subarray(end));
    } else rest = Buffer.concat([rest, chunk]);
    if (rest.length > MAX_LINE) return tooLong(rest);
  }
  if (rest.length === 0) return null;
  return yield* soundLines(Buffer.concat([isStart ? withoutMark(rest) : rest, Buffer.of(LF)]));
}

function withoutMark(lines: Buffer): Buffer {
  const { length } = BYTE_ORDER_MARK;
  return lines.subarray(0, length).equals(BYTE_ORDER_MARK) ? lines.subarray(length) : lines;
}

function* soundLines(lines: Buffer): Generator<Buffer, Broken | null> {
  // Only the first line can be longer than a chunk.
  const first = lines.indexOf(LF);
  if (first > MAX_LINE) return tooLong(lines.subarray(0, first));
  if (isReadable(lines) && !lines.includes(0) && loneReturn(lines) < 0 && !hasMergeMark(lines)) {
    yield lines;
    return null;
  }
  for (let start = 0; ; ) {
    const end = lines.indexOf(LF, start) + 1;
    const broken = brokenLine(lines.subarray(start, end));
    if (broken) {
      if (start > 0) yield lines.subarray(0, start);
      return broken;
    }
    start = end;
  }
}

function brokenLine(line: Buffer): Broken | null {
  if (OUTER_MARKS.some((mark) => beginsWith(line, mark))) return { message: MERGE_LEFT, column: 1, line };
  if (!isUtf8(line)) {
    const column = line.toString().indexOf('\ufffd') + 1;
    return { message: 'this is not UTF-8 text; save the file as UTF-8, or export a workbook as CSV', column, line };
  }
  const zero = line.indexOf(0);
  if (zero >= 0) {
    const message = 'this is a zero byte, as in UTF-16 and binary files; save the file as UTF-8 text';
    return { message, column: columnAt(line, 0, zero), line };
  }
  const text = line.toString();
  const strange = text.search(STRANGE_END);
  return strange < 0 ? null : { message: whyStrange(text[strange]!), column: strange + 1, line };
}

/** Checks for UTF-8 without a hidden line end. Most files are ASCII, which is the fast path. */
function isReadable(lines: Buffer): boolean {
  return isAscii(lines) || (isUtf8(lines) && !HIDDEN_END_BYTES.some((end) => lines.includes(end)));
}

/** A search for the line feed as well would stop at every line. */
function hasMergeMark(lines: Buffer): boolean {
  return OUTER_MARKS.some((mark) => {
    let at = lines.indexOf(mark);
    while (at > 0 && lines[at - 1] !== LF) at = lines.indexOf(mark, at + 1);
    return at >= 0;
  });
}

function beginsWith(bytes: Buffer, start: string): boolean {
  return bytes.toString('latin1', 0, start.length) === start;
}

function tooLong(line: Buffer): Broken {
  return { message: 'the line is longer than 1 MiB; check that this is the right file', column: 1, line };
}

/** Returns the column, from 1 in UTF-16 units, of a byte in the line that starts at `start`. */
export function columnAt(bytes: Buffer, start: number, at: number): number {
  let column = 1;
  for (let index = start; index < at; index++) {
    const byte = bytes[index]!;
    if ((byte & 0xc0) !== 0x80) column += byte >= 0xf0 ? 2 : 1;
  }
  return column;
}

/** Returns the text of a line for a report, without its end and cut to `MAX_SOURCE`. */
export function sourceOf(line: Buffer): string {
  const end = line.indexOf(LF);
  const text = line.subarray(0, Math.min(MAX_SOURCE, end < 0 ? line.length : end)).toString();
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}

/** The bytes of a line that a fault keeps. A thousand faults with whole long lines would fill the memory. */
const MAX_SOURCE = 2000;
