import { suggestAnd } from '../../model/did-you-mean.ts';
import { Invalid } from '../../numbers/invalid.ts';
import { parseMsisdn } from '../../numbers/msisdn.ts';
import { quotedName } from '../../numbers/quoted.ts';

/** The layout of a CSV file, from its first line. */
export interface Header {
  readonly delimiter: number; // the byte between two cells
  readonly column: number; // the column of numbers, from 0
  readonly columns: number; // the count of columns
}

/** The name of the column of numbers, unless the YAML file names another. */
export const DEFAULT_COLUMN = 'number';

/**
 * Ordered from the least to the most likely in a column name: of several that fit equally, the first wins.
 */
const DELIMITERS = ['\t', ';', ','];

export const UNCLOSED = 'a quote that opens on this line is never closed; add the closing quote';

/** Returns the delimiter of a line such as `sep=;`, which Excel reads and writes above the header; null for others. */
export const declaredDelimiter = (line: string) => /^"?sep=([^\w"+. -])"?[,;\t]*$/i.exec(line)?.[1] ?? null;

/**
 * @param text the first lines of the file, without the last line end.
 * @param declared the delimiter, if a line above the header declares it.
 * @returns an error, which is `UNCLOSED` if a quote is open and the next line belongs to the header too.
 */
export function readHeader(text: string, wanted: string, declared: string | null): Header | Invalid {
  const candidates = declared === null ? DELIMITERS : [declared];
  const cells = ({ names, isOpen }: { names: readonly string[]; isOpen: boolean }) => names.length + Number(isOpen);
  const [best] = candidates
    .map((delimiter) => ({ delimiter, ...splitCells(text, delimiter) }))
    .sort((a, b) => Number(b.names.includes(wanted)) - Number(a.names.includes(wanted)) || cells(b) - cells(a));
  const { delimiter, names, isOpen } = best!;
  if (isOpen) return new Invalid(UNCLOSED);
  const column = names.indexOf(wanted);
  if (column >= 0) {
    const isDouble = names.lastIndexOf(wanted) !== column;
    if (isDouble) return new Invalid(`two columns are called ${quotedName(wanted)}; rename one of them`);
    return { delimiter: delimiter.charCodeAt(0), column, columns: names.length };
  }
  if (names.some((name) => typeof parseMsisdn(name) === 'number')) {
    return new Invalid(
      `the first line must be a header but contains a number; add a line such as ${quotedName(wanted)} above it`,
    );
  }
  // Lists no names, as a file without a header has data of people in its first line. A typo of the wanted name is safe.
  const instead = suggestAnd('set "column:" next to the path of the file', wanted, names);
  return new Invalid(`the header has no column ${quotedName(wanted)}; ${instead}`);
}

/** Splits a row into trimmed cells by RFC 4180: a quote opens a cell only as its first character. */
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
