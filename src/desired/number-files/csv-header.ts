import { didYouMean } from '../../model/did-you-mean.ts';
import { Invalid } from '../../numbers/invalid.ts';
import { parseMsisdn } from '../../numbers/msisdn.ts';

/** The layout of a CSV file, by its first line. */
export interface Header {
  readonly delimiter: number; // the byte between two cells
  /** Which column holds the numbers, from 0, and how many there are. */
  readonly column: number;
  readonly columns: number;
}

/** The column of numbers, unless the YAML file names another. */
export const DEFAULT_COLUMN = 'number';

/** If several fit alike, the first is taken: it is the least likely in a name. */
const DELIMITERS = ['\t', ';', ','];

export const UNCLOSED = 'a quote that opens in this line is never closed';

/**
 * @param text the first lines of the file, without the last line end.
 * @returns what is wrong is `UNCLOSED` if a quote is open: the next line belongs to the header, too.
 */
export function readHeader(text: string, wanted: string): Header | Invalid {
  const [best] = DELIMITERS.map((delimiter) => ({ delimiter, ...splitCells(text, delimiter) })).sort(
    (a, b) => Number(b.names.includes(wanted)) - Number(a.names.includes(wanted)) || b.names.length - a.names.length,
  );
  const { delimiter, names, isOpen } = best!;
  if (isOpen) return new Invalid(UNCLOSED);
  const column = names.indexOf(wanted);
  if (column >= 0) {
    const isDouble = names.lastIndexOf(wanted) !== column;
    if (isDouble) return new Invalid(`two columns are called "${wanted}"; rename one of them`);
    return { delimiter: delimiter.charCodeAt(0), column, columns: names.length };
  }
  if (names.some((name) => typeof parseMsisdn(name) === 'number')) {
    const first = `put a line such as "${wanted}" above it`;
    return new Invalid(`the first line must name the columns, and it holds a number; ${first}`);
  }
  // No names are listed: in a file without a header they are people. A slip of the wanted name is no person.
  const instead = `${didYouMean(wanted, names)}say "column:" where the file is named`;
  return new Invalid(`there is no column "${wanted}" in this line; ${instead}`);
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
