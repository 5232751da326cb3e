import type { Fault, Place } from '../../model/fault.ts';
import { Invalid } from '../../numbers/invalid.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { copyInto, type NumberSet, NumberSetBuilder } from '../../numbers/number-set.ts';
import { PluslessNumbers } from '../../numbers/plusless.ts';
import { parseWritten } from '../../numbers/written.ts';
import { blocksOf, sourceOf } from './line-blocks.ts';

/** A file of numbers: text with one a line, or a column of a CSV file. */
export interface NumberFile {
  readonly name: string;
  /** In the order of the file, repeats included. */
  readonly numbers: Float64Array;
  readonly set: NumberSet;
  readonly quotedRows?: QuotedRows;
  readonly plusless: PluslessNumbers;
  /** Where the n-th number stands, from 0. */
  placeOf(n: number): Place;
}

/** Lines within the quotes of cells that look like rows. That is good CSV, and most likely a quote is missing somewhere. */
export interface QuotedRows {
  readonly count: number;
  /** The first of them, and the line in which its quote opens. */
  readonly line: number;
  readonly opens: number;
}

export interface ReadNumbers {
  readonly file: NumberFile;
  /** In the order of the file; the last one may stand for all that follow. */
  readonly faults: readonly Fault[];
}

/** A place in the file, and the bytes from the start of its line on. */
export interface Spot {
  readonly line: number;
  readonly column: number;
  readonly source: Buffer;
}

/** Takes the blocks of one form of file; see `line-blocks.ts`. */
export interface LineReader {
  /** @returns whether it wants another one. */
  take(block: Buffer): boolean;
  /** Called once after the last block, unless the file broke off. */
  end?(): void;
  readonly lines: number; // taken so far
}

/** Faults reported of one file. One with more is the wrong file, or has another column of numbers. */
const MAX_FAULTS = 1000;

/** Collects what a reader finds: the numbers with their places, and the faults. */
export class NumberSheet {
  readonly #name: string;
  readonly #secret: boolean;
  #numbers = new Float64Array(1024);
  // Four bytes each: an object a place would take ten times as much.
  #lines = new Uint32Array(1024);
  #columns = new Uint32Array(1024);
  #count = 0;
  readonly #plusless = new PluslessNumbers();
  readonly #faults: Fault[] = [];
  #more = 0;
  #quotedRows: QuotedRows | null = null;

  /** @param secret the file was encrypted: no line of it is shown. */
  constructor(name: string, secret: boolean) {
    this.#name = name;
    this.#secret = secret;
  }

  /** Adds a number that is written in digits alone, after a plus or not. */
  add(number: Msisdn, hasPlus: boolean, line: number, column: number): void {
    if (!hasPlus) this.#plusless.add(number, this.#count);
    this.#append(number, line, column);
  }

  #append(number: Msisdn, line: number, column: number): void {
    if (this.#count === this.#numbers.length) this.#grow();
    this.#numbers[this.#count] = number;
    this.#lines[this.#count] = line;
    this.#columns[this.#count++] = column;
  }

  /** Reads a number as people and spreadsheets write it. Anything else is a fault. */
  read(text: string, spot: Spot): void {
    const number = parseWritten(text);
    if (number instanceof Invalid) {
      this.fault(`the number ${number.why}`, spot);
      return;
    }
    if (!text.startsWith('+')) this.#plusless.addText(text, number, this.#count);
    this.#append(number, spot.line, spot.column);
  }

  fault(message: string, { line, column, source }: Spot): void {
    if (this.#faults.length === MAX_FAULTS) {
      this.#more++;
      return;
    }
    const text = this.#secret ? '' : sourceOf(source);
    const place = { file: this.#name, line, column };
    const shown = !this.#secret && column <= text.length + 1 && { source: text, row: true as const };
    this.#faults.push({ message, place, ...(this.#secret && { decrypted: true }), ...shown });
  }

  /** @param opens the line in which the quote opens. */
  quotedRow(line: number, opens: number): void {
    const { count, ...first } = this.#quotedRows ?? { count: 0, line, opens };
    this.#quotedRows = { count: count + 1, ...first };
  }

  done(): ReadNumbers {
    const numbers = this.#numbers.slice(0, this.#count);
    const lines = this.#lines.slice(0, this.#count);
    const columns = this.#columns.slice(0, this.#count);
    const builder = new NumberSetBuilder();
    builder.addAll(numbers);
    const file = this.#name;
    const placeOf = (n: number) => ({ file, line: lines[n]!, column: columns[n]! });
    const place = this.#faults.at(-1)?.place;
    const more = `and ${this.#more.toLocaleString('en-US')} more like these behind line ${place?.line}; is it the right file?`;
    const faults = this.#more > 0 ? [...this.#faults, { message: more, place: place! }] : this.#faults;
    const quoted = this.#quotedRows && { quotedRows: this.#quotedRows };
    const plusless = this.#plusless;
    return { file: { name: file, numbers, set: builder.build(), ...quoted, plusless, placeOf }, faults };
  }

  #grow(): void {
    const length = this.#count * 2;
    this.#numbers = copyInto(new Float64Array(length), this.#numbers);
    this.#lines = copyInto(new Uint32Array(length), this.#lines);
    this.#columns = copyInto(new Uint32Array(length), this.#columns);
  }
}

/** Feeds a reader with a file. If the file breaks off, the line that could not be read has the fault. */
export function readSheet(chunks: Iterable<Buffer>, sheet: NumberSheet, reader: LineReader): ReadNumbers {
  const blocks = blocksOf(chunks);
  let next = blocks.next();
  while (!next.done && reader.take(next.value)) next = blocks.next();
  if (next.done && next.value) {
    const { message, column, line } = next.value;
    sheet.fault(message, { line: reader.lines + 1, column, source: line });
  } else {
    reader.end?.();
    blocks.return(null); // the file is closed, although there may be more of it
  }
  return sheet.done();
}

/** Numbers that a file holds more than once. */
export interface Repeats {
  readonly count: number; // of different numbers
  /** The first one that comes again: which of the numbers it is, and which of them it repeats; both from 0. */
  readonly again: number;
  readonly before: number;
}

export function repeatsIn({ numbers, set }: NumberFile): Repeats | null {
  if (numbers.length === set.size) return null;
  const sorted = numbers.toSorted();
  const repeated = new Set<Msisdn>();
  for (let at = 1; at < sorted.length; at++) if (sorted[at] === sorted[at - 1]) repeated.add(sorted[at]!);
  const seen = new Map<Msisdn, number>();
  for (const [again, number] of numbers.entries()) {
    if (!repeated.has(number)) continue;
    const before = seen.get(number);
    if (before !== undefined) return { count: repeated.size, again, before };
    seen.set(number, again);
  }
  return null;
}
