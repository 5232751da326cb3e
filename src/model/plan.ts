import type { Msisdn } from '../numbers/msisdn.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import type { Bot, GuardLimits } from './bot.ts';
import type { Warning } from './warnings.ts';

/** The numbers under which an API lists a user, by another number of that user. */
export type Names = ReadonlyMap<Msisdn, ReadonlySet<Msisdn>>;

/** The live list of one bot, read to its end. */
export interface Snapshot {
  readonly numbers: NumberSet;
  /** Entries that are no phone numbers. They take room, and are never removed. */
  readonly foreign: number;
  /** Live numbers by another number under which the list names their user. Only if it names one. */
  readonly names?: Names;
  readonly warnings: readonly Warning[];
}

/** How many numbers a plan leaves as they are, by the reason. */
export interface Counts {
  /** Live and desired. */
  readonly unchanged: number;
  /** Live, not desired, and left there by the policy. */
  readonly surplus: number;
  /** Live, and left alone by an ignore rule. */
  readonly ignored: number;
  /** Live, not desired, and kept only by protection. */
  readonly protected: number;
  /** Desired, not live, and left so by the policy. */
  readonly missing: number;
}

/** The counts of a bot without a plan. */
export const NO_COUNTS: Counts = { unchanged: 0, surplus: 0, ignored: 0, protected: 0, missing: 0 };

/** How many live numbers a plan leaves in the list. */
export function keptOf({ missing, ...live }: Counts): number {
  return Object.values(live).reduce((sum, count) => sum + count, 0);
}

/** How a desired list and a live one differ. */
export interface Difference {
  readonly add: NumberSet;
  readonly remove: NumberSet;
  /** The numbers that are live and stay live. */
  readonly keep: NumberSet;
}

/** What makes one live list equal to the desired one, as far as the bot's policy allows. */
export interface Change extends Difference {
  /** Desired, not live, and left so by the policy. */
  readonly missing: NumberSet;
  /** Those of `keep` that are desired, as the live list spells them. */
  readonly unchanged: NumberSet;
  /** Those of `keep` that only protection keeps. */
  readonly protected: NumberSet;
  readonly counts: Counts;
}

/** The guard's opinion of a change. */
export interface Verdict {
  /** Nothing that the bot asks for would be left, too large a share removed, or more added than fits. */
  readonly tripped: false | 'emptied' | 'share' | 'capacity';
  readonly removals: number;
  /** Live numbers, without those that an ignore rule leaves alone. */
  readonly live: number;
  /** Removals allowed: max(floor, percent of live). */
  readonly limit: number;
  readonly limits: GuardLimits;
  /** Where the list would end above what it can hold. */
  readonly overflow?: { readonly end: number; readonly capacity: number };
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

/** What would be written to every bot, sorted by bot id. */
export interface Plan {
  /**
   * HMAC-SHA-256 in hex over bots, endpoints, adds and removes, keyed with the tokens in use. Null if it is guessable,
   * or if no list was read.
   */
  readonly fingerprint: string | null;
  readonly bots: readonly BotPlan[];
}
