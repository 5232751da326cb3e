import { didYouMean } from '../../model/did-you-mean.ts';
import { parseMsisdn } from '../../numbers/msisdn.ts';

/** What the first line of a CSV file says of the others. */
export interface Header {
  /** The byte between two cells. */
  readonly delimiter: number;
  /** Which column holds the numbers, from 0, and how many there are. */
  readonly column: number;
  readonly columns: number;
}

/** The column of numbers, where nobody names another. */
export const DEFAULT_COLUMN = 'number';

/** Where several fit alike the first is taken: it is the least likely to stand in a name. */
const DELIMITERS = ['\t', ';', ','];

/**
 * @param text the first lines of the file, without the last line end.
 * @returns the header; what is wrong with it; or null if a quote is open and the next line belongs to it.
 */
export function readHeader(text: string, wanted: string): Header | string | null {
  const [best] = DELIMITERS.map((delimiter) => ({ delimiter, ...splitCells(text, delimiter) })).sort(
    (a, b) => Number(b.names.includes(wanted)) - Number(a.names.includes(wanted)) || b.names.length - a.names.length,
  );
  const { delimiter, names, isOpen } = best!;
  if (isOpen) return null;
  const column = names.indexOf(wanted);
  if (column >= 0) {
    if (names.lastIndexOf(wanted) !== column) return `two columns are called "${wanted}"; rename one of them`;
    return { delimiter: delimiter.charCodeAt(0), column, columns: names.length };
  }
  if (names.some((name) => typeof parseMsisdn(name) === 'number')) {
    return `the first line must name the columns, and it holds a number; put a line such as "${wanted}" above it`;
  }
  // Which ones there are, the line says that is shown with it: in a file without a header they are people. What differs from
  // the wanted name by a slip is no person.
  return `there is no column "${wanted}" in this line; ${didYouMean(wanted, names)}say "column:" where the file is named`;
}

/** The cells of one row, trimmed, by RFC 4180: a quote opens a cell only as its first character. */
function splitCells(text: string, delimiter: string): { names: string[]; isOpen: boolean } {
  const names: string[] = [];
  for (let at = 0; ; at++) {
    let name = '';
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[++at] === '"'; at++) {
        if (at >= text.length) return { names, isOpen: true };
        name += text[at];
      }
    }
    const end = text.indexOf(delimiter, at);
    name += text.slice(at, end < 0 ? undefined : end);
    names.push(name.trim());
    if (end < 0) return { names, isOpen: false };
    at = end;
  }
}
