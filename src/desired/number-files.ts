import type { Fault } from '../model.ts';

/** A name of number files, as a file of desired state has it. */
export interface Wanted {
  readonly from: string;
  readonly path: string;
  readonly column?: string;
}

export interface NumberFile {
  readonly name: string;
  /** In their order, repeats included. */
  readonly numbers: Float64Array;
  /** Where the n-th number stands, from 0. */
  placeOf(n: number): { readonly line: number; readonly column: number };
}

export interface Found {
  readonly files: readonly NumberFile[];
  /** The rest of a sentence that starts with the name. */
  readonly fault?: string;
  /** Within the files. */
  readonly faults: readonly Fault[];
}

export type NumberFiles = (wanted: Wanted) => Found;
