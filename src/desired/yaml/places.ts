import { LineCounter } from 'yaml';
import type { Fault } from '../../model/fault.ts';
import type { SourceFile } from '../source/yaml-files.ts';

/** A key or an index for each step from the root of a document. */
export type Path = readonly (string | number)[];

export type FaultAt = (offset: number, message: string) => Fault;

/** The lines of a file, for look-ups: searching for line ends would take long in a line of a million numbers. */
export class Places {
  readonly #file: SourceFile;
  readonly #lines = new LineCounter();

  constructor(file: SourceFile) {
    this.#file = file;
    this.#lines.addNewLine(0);
    const { text } = file;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) this.#lines.addNewLine(end + 1);
  }

  fault(offset: number, message: string): Fault {
    const { name, text, encrypted } = this.#file;
    const { line, col } = this.#lines.linePos(offset);
    const place = { file: name, line, column: col };
    // The place is one in the text that nobody sees, and output ends in logs.
    if (encrypted) return { message: `${message} (decrypted)`, place };
    const [start, next = text.length + 1] = this.#lines.lineStarts.slice(line - 1, line + 1);
    const end = text[next - 2] === '\r' ? next - 2 : next - 1;
    return { message, place, source: text.slice(start, end) };
  }

  /** A fault in the same column, so many lines below. */
  faultBelow(offset: number, lines: number, message: string): Fault {
    const { line, col } = this.#lines.linePos(offset);
    return this.fault(this.#lines.lineStarts[line - 1 + lines]! + col - 1, message);
  }
}
