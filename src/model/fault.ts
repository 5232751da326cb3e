import type { Msisdn } from '../numbers/msisdn.ts';

/** A place in a file. Line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Formats a place as `file:line:column`. */
export const written = ({ file, line, column }: Place) => `${file}:${line}:${column}`;

/** A place, and what may be shown of its line. */
export interface Located {
  readonly place: Place;
  /** The line of the file. */
  readonly source?: string;
  /**
   * The line comes from a number file. Its other columns may identify people, so it is shown only if numbers
   * are unmasked.
   */
  readonly row?: true;
  /** The place is in the decrypted text, which is never shown. */
  readonly decrypted?: true;
}

/** An error in the user's input, worded by the code that found it. */
export interface Fault extends Partial<Located> {
  readonly message: string;
  /** The number that the message is about and begins with: masking needs no pattern to find it. */
  readonly number?: Msisdn;
  /** The words of another program, which are foreign text: `sops: MAC mismatch`. They follow the message. */
  readonly detail?: string;
  /** The count of errors that this one stands for, if it only counts them. */
  readonly counts?: number;
}

/** Orders by file, line and column. Problems without a place come last, in the order in which they were found. */
export function byPlace({ place: a }: Partial<Located>, { place: b }: Partial<Located>): number {
  if (!a || !b) return Number(!a) - Number(!b);
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}

/** Removes repeats: items with equal content are returned once. */
export function onceEach<T extends object>(all: readonly T[]): readonly T[] {
  // A place has only one source, which may be a line with thousands of errors.
  const keyOf = (each: T) => JSON.stringify(each, (key, value) => (key === 'source' ? undefined : value));
  return [...new Map(all.map((each) => [keyOf(each), each])).values()];
}
