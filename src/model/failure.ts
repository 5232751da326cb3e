import type { Fault, Located } from './fault.ts';
import type { Warning } from './warnings.ts';

/** What a stage knows that could not go on, by the kind of failure; `report/words/faults.ts` words it. */
interface Facts {
  interrupted: object;
  'page-repeats': object;
  'cursor-repeats': object;
  /** The list moved each time that it was read. */
  unsteady: { reads: number };
  /** Numbers followed an empty page each time. */
  hole: { reads: number };
  endless: { pages: number };
  /** Not every add is known to be done, so no remove was sent. */
  'adds-open': object;
  full: object;
  'refused-requests': { count: number };
  'refused-batches': { count: number };
  /** A saved plan was changed, or made by someone without the tokens. */
  forged: { file: string };
  'other-place': { file: string; bot: string; planned: string; now: string };
  moved: { file: string; bots: readonly string[] };
}

export type FailureKind = keyof Facts;
export type FailureOf<Kind extends FailureKind> = { readonly kind: Kind } & Readonly<Facts[Kind]>;
export type StageFailure = { [Kind in FailureKind]: FailureOf<Kind> }[FailureKind];

/** What a report has to say of a run. */
export type Problem = Fault | Warning | (StageFailure & Partial<Located>);
