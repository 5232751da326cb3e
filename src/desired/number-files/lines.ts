import { readPlainCodes } from '../../numbers/msisdn.ts';
import { CR, LF } from './line-blocks.ts';
import { type LineReader, NumberSheet, type ReadNumbers, readSheet } from './number-file.ts';

const TAB = 9;
const SPACE = 32;
const HASH = 35;
const PLUS = 43;

/** Reads text with one number on each line. Skips blank lines, and comments from a `#` on. */
export function readNumberLines(name: string, chunks: Iterable<Buffer>, secret = false): ReadNumbers {
  const sheet = new NumberSheet(name, secret);
  return readSheet(chunks, sheet, new NumberLines(sheet));
}

class NumberLines implements LineReader {
  lines = 0;
  readonly #sheet: NumberSheet;

  constructor(sheet: NumberSheet) {
    this.#sheet = sheet;
  }

  take(block: Buffer): boolean {
    const found = { number: 0 };
    for (let start = 0; start < block.length; ) {
      this.lines++;
      const digitsEnd = readPlainCodes(block, start, found);
      const end = block[digitsEnd] === CR ? digitsEnd + 1 : digitsEnd;
      if (block[end] === LF) {
        this.#sheet.add(found.number, block[start] === PLUS, this.lines, 1);
        start = end + 1;
      } else start = this.#readLine(block, start);
    }
    return true;
  }

  /** Reads a line with more than bare digits. @returns the start of the next line. */
  #readLine(block: Buffer, start: number): number {
    // Avoids indexOf, which would search the whole block for each line if no `#` follows.
    let end = start;
    while (block[end] !== LF && block[end] !== HASH) end++;
    const next = block.indexOf(LF, end) + 1;
    let from = start;
    while (from < end && isBlank(block[from]!)) from++;
    while (from < end && isBlank(block[end - 1]!)) end--;
    if (from < end) {
      const spot = { line: this.lines, column: from - start + 1, source: block.subarray(start, next) };
      this.#sheet.read(block.toString('utf8', from, end), spot);
    }
    return next;
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === CR;
}
