import type { Msisdn } from '../numbers/msisdn.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import type { Bot, GuardLimits } from './bot.ts';
import type { Warning } from './warnings.ts';

/** The numbers under which an API lists a user, by another number of the same user. */
export type Names = ReadonlyMap<Msisdn, ReadonlySet<Msisdn>>;

/**
 * The ids of users, which an API keeps while the user keeps the number: two arrays of equal length, as objects for
 * 64,000 users would take several times the memory.
 */
export interface UserIds {
  readonly numbers: readonly Msisdn[];
  /** The id of the user of each number. */
  readonly ids: readonly string[];
}

/** The ids of the users of a list. */
export interface Users {
  /** The ids of users whom the list contains with their number. */
  readonly known: UserIds;
  /** The ids of users whom the list contains without a number: they have a username. */
  readonly hidden: ReadonlySet<string>;
}

/** The live list of one bot, read to its end. */
export interface Snapshot {
  readonly numbers: NumberSet;
  /** The count of entries without a phone number. They take room in the list, and are never removed. */
  readonly foreign: number;
  /** The live numbers of users for whom the list contains another number, by that number. Omitted if there are none. */
  readonly names?: Names;
  /** Omitted if the API gives no ids. */
  readonly users?: Users;
  readonly warnings: readonly Warning[];
  /**
   * Set if more numbers may follow: the API refused the page after a full one, perhaps for another reason than the end
   * of the list. Also set if the list lacks numbers that a change kept: another writer removed them, or it is cut short.
   */
  readonly mayGoOn?: boolean;
  /** Set if users without a number were not in the list of the plan: a missing number may be one of them. */
  readonly hidesMore?: boolean;
}

/** The counts of numbers that a plan does not change, by reason. */
export interface Counts {
  /** Live and desired. */
  readonly unchanged: number;
  /** Live and not desired; the policy allows no removal. */
  readonly surplus: number;
  /** Live, and covered by an ignore rule. */
  readonly ignored: number;
  /** Live and not desired; only protection keeps it. */
  readonly protected: number;
  /** Desired and not live; the policy allows no add. */
  readonly missing: number;
  /** Live and due for removal; `--adds-only` postpones it. Absent without that option. */
  readonly postponed?: number;
}

/** The counts of a bot without a plan. */
export const NO_COUNTS: Counts = { unchanged: 0, surplus: 0, ignored: 0, protected: 0, missing: 0 };

/** Returns how many live numbers stay in the list after the plan. */
export function keptOf({ missing, ...live }: Counts): number {
  return Object.values(live).reduce((sum, count) => sum + count, 0);
}

/** The difference between a desired and a live list. */
export interface Difference {
  readonly add: NumberSet;
  readonly remove: NumberSet;
  /** The numbers that are live and stay live. */
  readonly keep: NumberSet;
}

/** The change that makes a live list equal to the desired one, as far as the bot's policy allows. */
export interface Change extends Difference {
  /** Desired and not live; the policy allows no add. */
  readonly missing: NumberSet;
  /** The desired numbers of `keep`, as the live list spells them. */
  readonly unchanged: NumberSet;
  /** The numbers of `keep` that only protection keeps. */
  readonly protected: NumberSet;
  readonly counts: Counts;
}

/** The guard's decision about a change. */
export interface Verdict {
  /** emptied: no desired number would be left. share: too large a share removed. capacity: more added than fits. */
  readonly tripped: false | 'emptied' | 'share' | 'capacity';
  readonly removals: number;
  /** The count of live numbers, without ignored ones. */
  readonly live: number;
  /** The largest allowed count of removals: max(floor, percent of live). */
  readonly limit: number;
  readonly limits: GuardLimits;
  /** Set for `capacity`: the count of entries after the change, and the largest possible count. */
  readonly overflow?: { readonly end: number; readonly capacity: number };
  /** The current files refuse what is left of a saved plan. Absent if the verdict is older, or if no plan was saved. */
  readonly current?: true;
}

/** One bot's part of a plan. */
export interface BotPlan
  extends Pick<Bot, 'id' | 'provider' | 'settings' | 'tokenEnv' | 'policy'>,
    Pick<Change, 'add' | 'remove' | 'keep' | 'missing' | 'counts'> {
  readonly baseUrl: string;
  /** HMAC-SHA-256 in hex over the live numbers that the plan does not touch, keyed with the bot's token. */
  readonly untouched: string;
  readonly guard: Verdict;
}

/** The changes of all bots, sorted by bot id. */
export interface Plan {
  /** Made with `--adds-only`: it has no removal, and another fingerprint than a plan that may have removals. */
  readonly addsOnly?: true;
  /**
   * HMAC-SHA-256 in hex over bots, endpoints, adds and removes, keyed with the tokens in use. Null if it is guessable,
   * or if no list was read.
   */
  readonly fingerprint: string | null;
  readonly bots: readonly BotPlan[];
}
