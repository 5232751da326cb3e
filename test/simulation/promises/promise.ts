import type { apply } from '../../../src/commands/apply/apply.ts';
import type { drift } from '../../../src/commands/drift/drift.ts';
import type { plan } from '../../../src/commands/plan/plan.ts';
import type { ApiError, InvalidError, StaleError } from '../../../src/model/errors.ts';

/** The program under test: the real one, or a mutant of it. */
export interface Client {
  readonly apply: typeof apply;
  readonly plan: typeof plan;
  readonly drift: typeof drift;
  /** Its own classes: a bundled mutant knows no others. */
  readonly ApiError: typeof ApiError;
  readonly InvalidError: typeof InvalidError;
  readonly StaleError: typeof StaleError;
}

export const OPTIONS = { bots: [], concurrency: 8, parallel: 4, rate: 20, timeout: 30_000, retries: 10, yes: true };

/**
 * Throws if a promise is broken. 1 to 13 are those of the project's contract. The simulation adds some:
 *
 * | number | promise                                                                                     |
 * | ------ | ------------------------------------------------------------------------------------------- |
 * | 14     | An ignored number is written in neither direction.                                          |
 * | 15     | A protected number is never removed.                                                        |
 * | 16     | Drift reports what both of its looks saw, and nothing else.                                 |
 * | 17     | A run ends within a second after its last answer.                                           |
 * | 18     | A warning says that another writer changed a list, if the list read after the writes shows it. |
 */
export function promise(number: number, kept: boolean, broken: string): void {
  if (!kept) throw new Error(`promise ${number} is broken: ${broken}`);
}
