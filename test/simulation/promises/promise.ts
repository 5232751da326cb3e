import type { apply } from '../../../src/commands/apply/apply.ts';
import type { drift } from '../../../src/commands/drift/drift.ts';
import type { plan } from '../../../src/commands/plan/plan.ts';
import type { ApiError, InvalidError, StaleError } from '../../../src/model/errors.ts';

/** The program under test: the real one, or a mutant of it. */
export interface Client {
  readonly apply: typeof apply;
  readonly plan: typeof plan;
  readonly drift: typeof drift;
  /** The classes of the program under test: a bundled mutant has its own. */
  readonly ApiError: typeof ApiError;
  readonly InvalidError: typeof InvalidError;
  readonly StaleError: typeof StaleError;
}

export const OPTIONS = { bots: [], concurrency: 8, parallel: 4, rate: 20, timeout: 30_000, retries: 10, yes: true };

/**
 * Throws if a promise is broken. Promises 1 to 13 are in the project's contract. The simulation adds some:
 *
 * | number | promise                                                                                     |
 * | ------ | ------------------------------------------------------------------------------------------- |
 * | 14     | An ignored number is never added or removed.                                                |
 * | 15     | A protected number is never removed.                                                        |
 * | 16     | Drift reports exactly the differences that both of its reads show.                          |
 * | 17     | A run ends within a second after its last answer.                                           |
 * | 18     | A warning reports another writer if the list that was read after the writes shows one.      |
 * | 19     | With --since, a number that is not visible is no drift, until its user is unblocked.        |
 * | 20     | With --adds-only nothing is removed, and a list with removals that wait is not in sync.     |
 */
export function promise(number: number, kept: boolean, broken: string): void {
  if (!kept) throw new Error(`promise ${number} is broken: ${broken}`);
}
