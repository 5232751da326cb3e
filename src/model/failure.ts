import type { Msisdn } from '../numbers/msisdn.ts';
import type { Fault, Located } from './fault.ts';
import type { Warning } from './warnings.ts';

/** The facts of each kind of failure of a stage; `report/words/faults.ts` words them. */
interface Facts {
  interrupted: object;
  'page-repeats': object;
  'cursor-repeats': object;
  /** The list changed during each read. */
  unsteady: { reads: number };
  /** Numbers followed an empty page in each read. */
  hole: { reads: number };
  /** The list has more pages, or more entries, than a list can have. */
  endless: { pages: number } | { entries: number };
  /** Some adds failed or have an unknown result, so removals were not sent. */
  'adds-open': object;
  /** Some changes failed or have an unknown result, and nothing else is the reason. */
  'changes-open': object;
  full: object;
  /** The answer to a removal contains another user, who must stay. */
  'other-removed': { number: Msisdn; stays: Msisdn };
  'refused-requests': { count: number };
  'refused-batches': { count: number };
  /** A saved plan does not include a bot; `why` is the reason from the run that made the plan. */
  unread: { why: string };
  /**
   * Another plan than this one was approved. `file` is the saved plan, `refused` the bots whose plan the
   * guard refuses, and `unread` the bots that the plan does not include.
   */
  'not-approved': { file: string | null; refused: readonly string[]; unread: readonly string[] };
  /** A saved plan has no bot, so that no token can verify it. */
  'no-bots': { file: string };
  /** The files do not declare bots of a saved plan. */
  undeclared: { file: string; bots: readonly string[] };
  /** The files give bots of a saved plan another provider or token variable. */
  redeclared: { file: string; bots: readonly string[] };
  /** A saved plan was changed, or made without the tokens. */
  forged: { file: string };
  /** A saved plan is older than `--max-age`. The age and the limit are in seconds. */
  'too-old': { file: string; made: string; age: number; limit: number };
  'other-place': { file: string; bot: string; planned: string; now: string };
  /** The files no longer require changes of a saved plan; `numbers` counts these changes. */
  outdated: { file: string; bots: readonly { readonly id: string; readonly numbers: number }[] };
  moved: { file: string; bots: readonly string[] };
}

export type FailureKind = keyof Facts;
export type FailureOf<Kind extends FailureKind> = { readonly kind: Kind } & Readonly<Facts[Kind]>;
export type StageFailure = { [Kind in FailureKind]: FailureOf<Kind> }[FailureKind];

/** An error or a warning of a run. */
export type Problem = Fault | Warning | (StageFailure & Partial<Located>);
