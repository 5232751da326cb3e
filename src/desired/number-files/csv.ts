import { Invalid } from '../../numbers/invalid.ts';
import { parseMsisdn, readPlainCodes } from '../../numbers/msisdn.ts';
import { quotedName } from '../../numbers/quoted.ts';
import { DEFAULT_COLUMN, declaredDelimiter, type Header, readHeader, UNCLOSED } from './csv-header.ts';
import { CR, columnAt, LF } from './line-blocks.ts';
import { type LineReader, NumberSheet, type ReadNumbers, readSheet, type Spot } from './number-file.ts';

const TAB = 9;
const SPACE = 32;
const QUOTE = 34;
const PLUS = 43;

/** The longest header, in lines and bytes. Each further line means reading all of its lines again. */
const MAX_HEADING = 100;
const MAX_HEADING_BYTES = 64 * 1024;

/** Reads one column of a CSV file by RFC 4180. The header shows which character delimits cells. */
export function readNumberColumn(
  name: string,
  chunks: Iterable<Buffer>,
  column = DEFAULT_COLUMN,
  secret = false,
): ReadNumbers {
  const sheet = new NumberSheet(name, secret);
  return readSheet(chunks, sheet, new NumberColumn(sheet, column));
}

class NumberColumn implements LineReader {
  lines = 0;
  readonly #sheet: NumberSheet;
  readonly #wanted: string; // the name of the column
  readonly #heading: Buffer[] = []; // the lines of the header so far
  #declared: string | null = null; // the delimiter that a line above the header declares
  #header: Header | null | undefined; // undefined until it is complete, null if it is invalid
  #cell = 0; // the index of the cell in its row
  #open: Spot | null = null; // the opening quote of a cell that continues on the next line
  readonly #found = { number: 0 }; // reused for every line

  constructor(sheet: NumberSheet, wanted: string) {
    this.#sheet = sheet;
    this.#wanted = wanted;
  }

  take(block: Buffer): boolean {
    for (let start = 0; start < block.length && this.#header !== null; ) {
      this.lines++;
      start = this.#header ? this.#readLine(block, start, this.#header) : this.#readHeaderLine(block, start);
    }
    return this.#header !== null; // rows cannot be read without a header
  }

  end(): void {
    if (this.#open) this.#sheet.fault('the quote that opens here is never closed; add the closing quote', this.#open);
    if (this.#header !== undefined) return;
    if (this.#heading.length > 0) return void this.#refuseHeader(UNCLOSED);
    this.lines = 0;
    this.#refuseHeader(`the file is empty; add a header such as ${quotedName(this.#wanted)}`);
  }

  #readHeaderLine(block: Buffer, start: number): number {
    const next = block.indexOf(LF, start) + 1;
    if (this.#heading.length === 0 && this.#isAboveHeader(block.toString('utf8', start, next - 1))) return next;
    this.#heading.push(Buffer.from(block.subarray(start, next)));
    const rows = Buffer.concat(this.#heading);
    const header = readHeader(rows.toString().replace(/\r?\n$/, ''), this.#wanted, this.#declared);
    const isLast = this.#heading.length === MAX_HEADING || rows.length > MAX_HEADING_BYTES;
    if (!(header instanceof Invalid)) this.#header = this.#sheet.header = header;
    else if (isLast || header.why !== UNCLOSED) this.#refuseHeader(header.why);
    return next;
  }

  /** Checks for a line of nothing but delimiters, and for one that declares the delimiter. */
  #isAboveHeader(line: string): boolean {
    const text = line.trimEnd();
    const declared = declaredDelimiter(text);
    if (declared !== null) this.#declared = declared;
    return declared !== null || /^(?:[ \t,;]|"")*$/.test(text);
  }

  #refuseHeader(message: string): void {
    this.#header = null;
    const line = this.lines - Math.max(0, this.#heading.length - 1);
    this.#sheet.fault(message, { line: Math.max(1, line), column: 1, source: Buffer.concat(this.#heading) });
  }

  /** Reads a line, which is a row or a part of one. @returns the start of the next line. */
  #readLine(block: Buffer, start: number, header: Header): number {
    const { delimiter, column, columns } = header;
    let at = start;
    if (this.#open) this.#sheet.continued.push(this.lines);
    else {
      this.#cell = 0;
      if (isBlankRow(block, start, delimiter)) return block.indexOf(LF, start) + 1;
    }
    for (; ; at++) {
      if (this.#cell === columns && !this.#open) this.#faultAt(tooMany(columns), block, start, at);
      if (this.#open || block[at] === QUOTE) at = this.#readQuoted(block, start, at, header);
      else if (this.#cell === column) at = this.#readNumber(block, start, at, delimiter);
      else while (block[at] !== delimiter && block[at] !== LF) at++;
      if (block[at] === LF) break;
      this.#cell++;
    }
    if (this.#cell < column && !this.#open) {
      this.#faultAt(
        `the row ends before the column ${quotedName(this.#wanted)}; add the missing cells`,
        block,
        start,
        start,
      );
    }
    return at + 1;
  }

  /** @returns the end of the cell: a delimiter or the end of the line. */
  #readNumber(block: Buffer, start: number, from: number, delimiter: number): number {
    let at = readPlainCodes(block, from, this.#found);
    if (at > 0 && (block[at] === delimiter || isLineEnd(block, at))) {
      this.#sheet.add(this.#found.number, block[from] === PLUS, this.lines, columnAt(block, start, from));
      return block[at] === CR ? at + 1 : at;
    }
    at = from;
    while (block[at] !== delimiter && block[at] !== LF) at++;
    this.#readText(block, start, from, block[at - 1] === CR && at > from ? at - 1 : at);
    return at;
  }

  /** Reads a number as text, trimmed. */
  #readText(block: Buffer, start: number, from: number, end: number): void {
    const text = block.toString('utf8', from, end).replaceAll('""', '"');
    let blanks = 0;
    let until = text.length; // a pattern would take quadratic time if the text has many blanks in the middle
    while (blanks < end && isBlank(text[blanks])) blanks++;
    while (until > blanks && isBlank(text[until - 1])) until--;
    const column = columnAt(block, start, from) + blanks;
    this.#sheet.read(text.slice(blanks, until), { line: this.lines, column, source: block.subarray(start) });
  }

  /** Reads a cell in quotes, or its part on this line. @returns as `#readNumber`. */
  #readQuoted(block: Buffer, start: number, from: number, header: Header): number {
    const { delimiter, column } = header;
    const goesOn = this.#open !== null;
    const text = goesOn ? from : from + 1;
    let at = text;
    while (block[at] !== LF) {
      if (block[at] === QUOTE) {
        if (block[at + 1] !== QUOTE) break;
        at++;
      }
      at++;
    }
    const breaks = block[at] === LF;
    if (breaks && !goesOn) {
      this.#open = this.#spot(block, start, from);
      if (this.#cell === column)
        this.#sheet.fault('the number contains a line break; write it on one line', this.#open);
    }
    // The line of the opening quote may contain the number of a swallowed row. A break in a number is already a fault.
    const place = goesOn ? column : column - this.#cell;
    if (this.#open && this.#cell !== column && hasNumberAt(place, block.toString('utf8', text, at), delimiter)) {
      this.#sheet.quotedRow(this.lines, this.#open.line);
    }
    if (breaks) return at;
    this.#open = null;
    if (this.#cell === column && !goesOn) {
      if (readPlainCodes(block, text, this.#found) === at) {
        this.#sheet.add(this.#found.number, block[text] === PLUS, this.lines, columnAt(block, start, text));
      } else this.#readText(block, start, text, at);
    }
    const end = at + 1;
    if (block[end] === delimiter || block[end] === LF) return end;
    if (isLineEnd(block, end)) return end + 1;
    this.#faultAt('text follows the closing quote; write each quote within a cell as two quotes', block, start, end);
    this.#cell = Number.POSITIVE_INFINITY; // skips the rest of the line
    return block.indexOf(LF, end);
  }

  #faultAt(message: string, block: Buffer, start: number, at: number): void {
    this.#sheet.fault(message, this.#spot(block, start, at));
  }

  #spot(block: Buffer, start: number, at: number): Spot {
    // Copies the line, as its block is overwritten before an unclosed quote is reported.
    const source = Buffer.from(block.subarray(start, block.indexOf(LF, start) + 1));
    return { line: this.lines, column: columnAt(block, start, at), source };
  }
}

function tooMany(columns: number): string {
  return `the row has more cells than the header, which has ${columns}; put quotes around each cell that contains a comma or another delimiter`;
}

/**
 * Checks if a line within quotes could be a row, or the rest of one: its cell at the index `place` is a
 * number.
 */
function hasNumberAt(place: number, line: string, delimiter: number): boolean {
  const cell = line.split(String.fromCharCode(delimiter))[place];
  return cell !== undefined && typeof parseMsisdn(cell.trim()) === 'number';
}

/** Checks for a row of nothing but delimiters, as spreadsheets append: each cell is empty, blank or `""`. */
function isBlankRow(block: Buffer, start: number, delimiter: number): boolean {
  for (let at = start; ; at++) {
    if (block[at] === QUOTE && block[at + 1] === QUOTE) at += 2;
    else while (block[at] === SPACE || (block[at] === TAB && delimiter !== TAB)) at++;
    if (block[at] !== delimiter) return isLineEnd(block, at);
  }
}

function isLineEnd(block: Buffer, at: number): boolean {
  return block[at] === LF || (block[at] === CR && block[at + 1] === LF);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}
