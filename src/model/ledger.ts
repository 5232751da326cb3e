import type { Msisdn } from '../numbers/msisdn.ts';
import type { StageFailure } from './failure.ts';

export type Direction = 'add' | 'remove';

/** A number that a write did not bring to its goal. */
export interface Unapplied {
  readonly number: Msisdn;
  /** `pending` waits for its user's next message, `full` found no room in the list. */
  readonly state: 'rejected' | 'pending' | 'failed' | 'unknown' | 'full';
  /** The server's own words (untrusted text). */
  readonly reason: string;
}

/** A number that the server refused. */
export interface Rejection extends Pick<Unapplied, 'reason'> {
  readonly number: Msisdn | string;
  readonly direction: Direction;
}

/** A removal that is not sent, as the number may be a declared user under another name. */
export interface Withheld {
  /** The removal, as the live list spells it. */
  readonly number: Msisdn | string;
  /** The declared number that may be the same user. */
  readonly declared: Msisdn | string;
  /**
   * answer: the API gave both names. digits: the last seven digits are equal, and the API gave no name. spelling: both
   * are written the same in international form. edit: one edit turns one into the other, and the server refused the
   * declared one.
   */
  readonly because: 'answer' | 'digits' | 'spelling' | 'edit';
}

/** A count of numbers for each direction. */
export type Split = Readonly<Record<Direction, number>>;

export const bothOf = ({ add, remove }: Split) => add + remove;

/** Where every number of a bot's plan ended: the counts, the rejections and the withheld removals add up to the plan. */
export interface Ledger {
  readonly applied: Split;
  /** Sent and certainly not done. */
  readonly failed: Split;
  /** Sent, and the answer was lost: done or not. */
  readonly unknown: Split;
  /** Never sent. */
  readonly skipped: Split;
  /** Adds that are not possible before the user writes again; no error, and not tried again in the run. */
  readonly pending: number;
  readonly rejected: readonly Rejection[];
  /** No failure: the files have to say who the user is. */
  readonly withheld: readonly Withheld[];
}

/** Requests over the wire, retries included. In a plan, `write` is how many writes it needs. */
export interface Requests {
  readonly read: number;
  readonly write: number;
  /** How many of those sent were sent again, after a failure. */
  readonly retries: number;
}

/** Why a bot failed; in words if they come from its API or an earlier report. */
export type Failure = (StageFailure | { readonly message: string }) & {
  /** The server's own words (untrusted text). */
  readonly detail?: string | undefined;
  /** Of a full list: what it holds, and whether removes wait for the adds. */
  readonly holds?: { readonly entries: number; readonly capacity: number; readonly removes: boolean };
  /** The bot whose list was to be copied, and how many numbers its files have. */
  readonly giver?: { readonly id: string; readonly numbers: number };
};
