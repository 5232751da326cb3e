import type { Fault, Place } from '../../model/fault.ts';
import type { Warning } from '../../model/warnings.ts';
import { Invalid } from '../../numbers/invalid.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { copyInto, type NumberSet, NumberSetBuilder } from '../../numbers/number-set.ts';
import { PluslessNumbers } from '../../numbers/plusless.ts';
import { parseWritten } from '../../numbers/written.ts';
import type { Header } from './csv-header.ts';
import { blocksOf, sourceOf } from './line-blocks.ts';

/** The numbers of a text file, one on each line, or of a column of a CSV file. */
export interface NumberFile {
  readonly name: string;
  /** In the order of the file, repeats included. */
  readonly numbers: Float64Array;
  readonly set: NumberSet;
  /** Only of a CSV file. */
  readonly header?: Header;
  /** The lines that continue the row of the line before, ascending. Absent if there are none. */
  readonly continued?: readonly number[];
  readonly quotedRows?: QuotedRows;
  readonly plusless: PluslessNumbers;
  /** Returns the place of the n-th number, from 0. */
  placeOf(n: number): Place;
}

/** Lines within quoted cells that look like rows. They are valid CSV, but most likely a quote is missing. */
export interface QuotedRows {
  readonly count: number;
  readonly line: number; // the first of the lines
  readonly opens: number; // the line on which the quote of that line opens
}

export interface ReadNumbers {
  readonly file: NumberFile;
  /** In the order of the file. The last fault may only count the others. */
  readonly faults: readonly Fault[];
}

/** A place in the file, with the bytes from the start of its line on. */
export interface Spot {
  readonly line: number;
  readonly column: number;
  readonly source: Buffer;
}

/** Reads the blocks of one file format; `line-blocks.ts` makes them. */
export interface LineReader {
  /** @returns false if it needs no further block. */
  take(block: Buffer): boolean;
  /** Called once after the last block, unless reading stopped early. */
  end?(): void;
  readonly lines: number; // the lines read so far
}

/**
 * The most faults that are reported for one file. A file with more is the wrong one, or its numbers are in
 * another column.
 */
const MAX_FAULTS = 100_000;

/** The most faults that keep their line: reports for people show fewer. */
const MAX_SOURCES = 1000;

/** Collects the numbers that a reader finds, their places, and the faults. */
export class NumberSheet {
  header: Header | null = null; // of a CSV file
  /** The lines that continue the row of the line before. No set, as it has at most 16 million items. */
  readonly continued: number[] = [];
  readonly #name: string;
  readonly #secret: boolean;
  #numbers = new Float64Array(1024);
  // Four bytes each, as an object for each place would take ten times as much.
  #lines = new Uint32Array(1024);
  #columns = new Uint32Array(1024);
  #count = 0;
  readonly #plusless = new PluslessNumbers();
  readonly #faults: Fault[] = [];
  #more = 0;
  #quotedRows: QuotedRows | null = null;

  /** @param secret true if the file was encrypted, so that none of its lines is shown. */
  constructor(name: string, secret: boolean) {
    this.#name = name;
    this.#secret = secret;
  }

  /** Adds a number that is written as digits only, with or without a plus. */
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

  /** Reads a number as people and spreadsheets write it. Any other text is a fault. */
  read(text: string, spot: Spot): void {
    const written = unwrapped(text);
    const number = parseWritten(written);
    if (number instanceof Invalid) {
      this.fault(`the number ${number.why}`, spot);
      return;
    }
    if (!written.startsWith('+')) this.#plusless.addText(written, number, this.#count);
    this.#append(number, spot.line, spot.column);
  }

  fault(message: string, { line, column, source }: Spot): void {
    if (this.#faults.length === MAX_FAULTS) {
      this.#more++;
      return;
    }
    const isShown = !this.#secret && this.#faults.length < MAX_SOURCES;
    const text = isShown ? sourceOf(source) : '';
    const place = { file: this.#name, line, column };
    const shown = isShown && column <= text.length + 1 && { source: text, row: true as const };
    this.#faults.push({ message, place, ...(this.#secret && { decrypted: true }), ...shown });
  }

  /** @param opens the line on which the quote opens. */
  quotedRow(line: number, opens: number): void {
    const { count, ...first } = this.#quotedRows ?? { count: 0, line, opens };
    this.#quotedRows = { count: count + 1, ...first };
  }

  done(): ReadNumbers {
    // Without a copy, as the unused ends of the arrays take no memory before they are written.
    const numbers = this.#numbers.subarray(0, this.#count);
    const lines = this.#lines.subarray(0, this.#count);
    const columns = this.#columns.subarray(0, this.#count);
    const builder = new NumberSetBuilder();
    builder.addAll(numbers);
    const file = this.#name;
    const placeOf = (n: number) => ({ file, line: lines[n]!, column: columns[n]! });
    const place = this.#faults.at(-1)?.place;
    const more = `${this.#more.toLocaleString('en-US')} more errors after line ${place?.line}; check that this is the right file`;
    const last = { message: more, place: place!, counts: this.#more };
    const faults = this.#more > 0 ? [...this.#faults, last] : this.#faults;
    const quoted = this.#quotedRows && { quotedRows: this.#quotedRows };
    const spans = this.continued.length > 0 && { continued: this.continued };
    const facts = {
      ...(this.header && { header: this.header }),
      ...spans,
      ...quoted,
      plusless: this.#plusless,
      placeOf,
    };
    return { file: { name: file, numbers, set: builder.build(), ...facts }, faults };
  }

  #grow(): void {
    const length = this.#count * 2;
    this.#numbers = copyInto(new Float64Array(length), this.#numbers);
    this.#lines = copyInto(new Uint32Array(length), this.#lines);
    this.#columns = copyInto(new Uint32Array(length), this.#columns);
  }
}

/**
 * Removes the marks with which exports keep spreadsheets from reading a number as an amount: `'+447700900123` and
 * `="+447700900123"`. No digit depends on them. Text of another form is returned unchanged.
 */
function unwrapped(text: string): string {
  return (
    /^(?:="([^"]*)"|['’`]([^'’`]*)['’`]?)$/
      .exec(text)
      ?.slice(1)
      .find((inner) => inner !== undefined)
      ?.trim() ?? text
  );
}

/** Passes the blocks of a file to a reader. If reading stops early, the unreadable line gets a fault. */
export function readSheet(chunks: Iterable<Buffer>, sheet: NumberSheet, reader: LineReader): ReadNumbers {
  const blocks = blocksOf(chunks);
  let next = blocks.next();
  while (!next.done && reader.take(next.value)) next = blocks.next();
  if (next.done && next.value) {
    const { message, column, line } = next.value;
    sheet.fault(message, { line: reader.lines + 1, column, source: line });
  } else {
    reader.end?.();
    blocks.return(null); // closes the file, which may have unread blocks
  }
  return sheet.done();
}

/** Makes the warnings about a file: one for all of its repeats, as an export may repeat every number. */
export function warningsOf(file: NumberFile): Warning[] {
  const at = (line: number) => ({ place: { file: file.name, line, column: 1 } });
  const warnings: Warning[] = file.numbers.length === 0 ? [{ code: 'W-EMPTY-FILE', ...at(1) }] : [];
  if (file.quotedRows) {
    const { count, line, opens } = file.quotedRows;
    warnings.push({ code: 'W-QUOTED-ROW', count, opens, ...at(line) });
  }
  const repeats = repeatsIn(file);
  if (!repeats) return warnings;
  const { count, again, before } = repeats;
  const first = file.placeOf(before).line;
  return [...warnings, { code: 'W-DUPLICATE', count, first, place: file.placeOf(again) }];
}

/** The numbers that a file contains more than once. */
interface Repeats {
  readonly count: number; // of different numbers
  readonly again: number; // the index of the first repeat, from 0
  readonly before: number; // the index of the number that it repeats
}

function repeatsIn({ numbers, set }: NumberFile): Repeats | null {
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
