import { LineCounter } from 'yaml';
import type { Fault, Located } from '../../model/fault.ts';
import type { SourceFile } from '../source/yaml-files.ts';

/** The keys and indexes that lead from the root of a document to a value. */
export type Path = readonly (string | number)[];

export type FaultAt = (offset: number, message: string) => Fault;

/** Finds places in a file. Its lines are counted when the first place is needed, as a file without faults needs none. */
export class Places {
  readonly #file: SourceFile;
  #counted: LineCounter | undefined;

  constructor(file: SourceFile) {
    this.#file = file;
  }

  /** The starts of the lines: searching for line ends would take long in a line of a million numbers. */
  get #lines(): LineCounter {
    if (this.#counted) return this.#counted;
    this.#counted = new LineCounter();
    this.#counted.addNewLine(0);
    const { text } = this.#file;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) this.#counted.addNewLine(end + 1);
    return this.#counted;
  }

  locate(offset: number): Located {
    const { name, text, encrypted } = this.#file;
    const { line, col } = this.#lines.linePos(offset);
    const place = { file: name, line, column: col };
    if (encrypted) return { place, decrypted: true }; // without the line, as output ends up in logs
    const [start, next = text.length + 1] = this.#lines.lineStarts.slice(line - 1, line + 1);
    const end = text[next - 2] === '\r' ? next - 2 : next - 1;
    return { place, source: text.slice(start, end) };
  }

  /** Returns the place in the same column, some lines below. */
  locateBelow(offset: number, lines: number): Located {
    const { line, col } = this.#lines.linePos(offset);
    return this.locate(this.#lines.lineStarts[line - 1 + lines]! + col - 1);
  }
}
