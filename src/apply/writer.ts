import type { ApiError } from '../model/errors.ts';
import type { Unapplied } from '../model/ledger.ts';
import type { Msisdn } from '../numbers/msisdn.ts';

/** Writes batches of numbers to one bot's list. */
export interface Writer {
  readonly batchSize: number;
  add(numbers: readonly Msisdn[]): Promise<Answer>;
  remove(numbers: readonly Msisdn[]): Promise<Answer>;
}

/** The content of an answer to a write. */
export interface Answer {
  /** The numbers that are not done. All others are done, except those of `refused`. */
  readonly undone: readonly Unapplied[];
  /** The numbers of a repeat that the server refused as a whole, or for which the list has no room. Smaller ones may pass. */
  readonly refused?: { readonly numbers: readonly Msisdn[]; readonly error: ApiError };
  /**
   * Set if the server reported success, but no result for each number. These numbers are done only if the list shows it,
   * and otherwise have this result. Only for an API without a settle time.
   */
  readonly unseen?: readonly Unapplied[];
  /** The numbers under which the API lists a user, by the number that was sent, if the answer contains them. */
  readonly listed: ReadonlyMap<Msisdn, ReadonlySet<Msisdn>>;
  /** The answer to an earlier attempt was lost: that attempt may have done a number that this one did not. */
  readonly lost: boolean;
  /** Why numbers that failed were not sent once more, although they may still succeed. Omitted if there are none. */
  readonly failure?: ApiError | undefined;
}
