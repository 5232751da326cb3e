import type { apply } from '../../../src/commands/apply/apply.ts';
import type { drift } from '../../../src/commands/drift/drift.ts';
import type { plan } from '../../../src/commands/plan/plan.ts';
import type { ApiError } from '../../../src/model/errors.ts';

/** The program under test: the real one, or a mutant of it. */
export interface Client {
  readonly apply: typeof apply;
  readonly plan: typeof plan;
  readonly drift: typeof drift;
  /** Its own class: a bundled mutant knows no other. */
  readonly ApiError: typeof ApiError;
}

export const OPTIONS = { bots: [], concurrency: 8, parallel: 4, rate: 20, timeout: 30_000, retries: 10, yes: true };

export function promise(number: number, kept: boolean, broken: string): void {
  if (!kept) throw new Error(`promise ${number} is broken: ${broken}`);
}
