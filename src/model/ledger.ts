import type { Msisdn } from '../numbers/msisdn.ts';
import type { StageFailure } from './failure.ts';

export type Direction = 'add' | 'remove';

/** A number that a write did not add or remove, or may not have. */
export interface Unapplied {
  readonly number: Msisdn;
  /** `pending`: the user must write first. `full`: the list has no room. */
  readonly state: 'rejected' | 'pending' | 'failed' | 'unknown' | 'full';
  /** The server's own words (untrusted text). */
  readonly reason: string;
}

/** A number that the server refused. */
export interface Rejection extends Pick<Unapplied, 'reason'> {
  readonly number: Msisdn | string;
  readonly direction: Direction;
}

/** A removal that is not sent, because the number may be another number of a declared user. */
export interface Withheld {
  /** The removal, as the live list spells it. */
  readonly number: Msisdn | string;
  /** The declared number that may be the same user. */
  readonly declared: Msisdn | string;
  /**
   * answer: the API gave both numbers for one user. digits: the last seven digits are equal, and the API gave no other
   * number. spelling: both have the same international form. edit: the numbers differ by one edit, and the server
   * refused the declared one.
   */
  readonly because: 'answer' | 'digits' | 'spelling' | 'edit';
}

/** A declared number, and the other number under which the API knows its user. */
export interface ListedAs {
  readonly number: Msisdn | string;
  readonly waId: Msisdn | string;
}

/** A count of numbers for each direction. */
export type Split = Readonly<Record<Direction, number>>;

export const bothOf = ({ add, remove }: Split) => add + remove;

/** The result of every number in a bot's plan: counts, rejections and withheld removals add up to the plan. */
export interface Ledger {
  readonly applied: Split;
  /** Sent, and certainly not done. */
  readonly failed: Split;
  /** Sent, but without a clear answer: done or not. */
  readonly unknown: Split;
  /** Never sent. */
  readonly skipped: Split;
  /** Adds that are not possible before the user writes again. Not an error, and not retried in this run. */
  readonly pending: number;
  readonly rejected: readonly Rejection[];
  /** Not an error: the files must declare whether both numbers are one user. */
  readonly withheld: readonly Withheld[];
}

/** The counts of requests sent, retries included. In a plan, `write` is the count of writes that it needs. */
export interface Requests {
  readonly read: number;
  readonly write: number;
  /** How many of these requests repeated a failed one. */
  readonly retries: number;
}

/** The reason why a bot failed, in words if it comes from its API or an earlier report. */
export type Failure = (StageFailure | { readonly message: string }) & {
  /** The server's own words (untrusted text). */
  readonly detail?: string | undefined;
  /** Set for a full list: its count of entries, and whether removals were not sent. */
  readonly holds?: {
    readonly entries: number;
    readonly capacity: number;
    readonly removes: boolean;
    readonly waiting: boolean;
  };
  /** The bot whose list `import --from` could not read, and how many numbers its files declare. */
  readonly giver?: { readonly id: string; readonly numbers: number };
};
