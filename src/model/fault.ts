import type { WarningCode } from './warnings.ts';

/** Where something stands in a file; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Something wrong, or worth a warning, in what the user gave. */
export interface Fault {
  readonly message: string;
  /** Of a warning: stable, for `--error-on` and `--ignore`; see `warnings.ts`. */
  readonly code?: WarningCode;
  readonly place?: Place;
  /** The line of the file that the fault stands in, as it is written. */
  readonly source?: string;
  /** That line is of a file of numbers: what stands beside the number is for those alone who see numbers in full. */
  readonly row?: true;
}

/** A fault that stops nobody. */
export interface Warning extends Fault {
  readonly code: WarningCode;
}

/** The same warning, and which bot it is about. */
export function ofBot(id: string, warning: Warning): Warning {
  return { ...warning, message: `${id}: ${warning.message}` };
}

/** What was said twice, word for word, once. */
export function onceEach<T extends Fault>(faults: readonly T[]): readonly T[] {
  return [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];
}
