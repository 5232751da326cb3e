import { formatMsisdn, type Msisdn } from '../../numbers/msisdn.ts';
import { DEFAULT_COLUMN, type Header } from './csv-header.ts';
import type { NumberFile } from './number-file.ts';

/** The column of the numbers of a CSV file; null for a text file with one number on each line. */
export const columnOf = (name: string, column: string | undefined): string | null =>
  column ?? (/\.[ct]sv$/i.test(name) ? DEFAULT_COLUMN : null);

/**
 * Adds lines to the end of a number file. A reason follows its number as a comment; a CSV file has no place for it.
 *
 * @param header that of a CSV file; undefined for a text file.
 */
export function addLines(
  text: string,
  numbers: readonly Msisdn[],
  header: Header | undefined,
  reason: string | undefined,
): string {
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const comment = reason === undefined ? '' : ` # ${reason}`;
  let before = '';
  let after = comment;
  if (header) {
    const delimiter = String.fromCharCode(header.delimiter);
    before = delimiter.repeat(header.column);
    after = delimiter.repeat(header.columns - header.column - 1);
  }
  const lines = numbers.map((number) => `${before}${formatMsisdn(number)}${after}`);
  const isEnded = text === '' || text.endsWith('\n');
  return isEnded ? text + lines.map((line) => line + end).join('') : text + lines.map((line) => end + line).join('');
}

/** Returns a function from a line of a file to the first line of its row. */
export function rowsOf({ continued = [] }: Pick<NumberFile, 'continued'>): (line: number) => number {
  const starts = new Map<number, number>();
  for (const line of continued) starts.set(line, starts.get(line - 1) ?? line - 1);
  return (line) => starts.get(line) ?? line;
}

/** Removes lines, counted from 1, with all that they contain. */
export function removeLines(text: string, isGone: (line: number) => boolean): string {
  const lines = text.split('\n');
  const kept = lines.filter((_, at) => !isGone(at + 1));
  const isLastGone = isGone(lines.length); // a last line without a line end goes with the line end before it
  return isLastGone ? kept.join('\n').replace(/\r$/, '') : kept.join('\n');
}
