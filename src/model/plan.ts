import type { NumberSet } from '../numbers/number-set.ts';
import type { GuardLimits, Policy, Settings } from './bot.ts';
import type { Warning } from './fault.ts';

/** The live list of one bot, read to its end. */
export interface Snapshot {
  readonly numbers: NumberSet;
  /** Entries that are no phone numbers. They take room, and are never removed. */
  readonly foreign: number;
  /** Something odd in the list that the reader could live with, for people. */
  readonly warnings: readonly Warning[];
}

/** What would make one live list equal to the desired one. */
export interface Change {
  readonly add: NumberSet;
  readonly remove: NumberSet;
  /** The numbers that are live and stay live. */
  readonly keep: NumberSet;
  /** How many of `keep` are not desired, and stay only because the policy never removes. */
  readonly surplus: number;
  /** How many numbers are desired and not live, and stay out only because the policy never adds. */
  readonly missing: number;
}

/** The guard's opinion of a change. */
export interface Verdict {
  /** What was broken: nothing that the bot asks for would be left, too large a share removed, or more put in than fits. */
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
export interface BotPlan {
  readonly id: string;
  readonly provider: string;
  readonly settings: Settings;
  readonly baseUrl: string;
  readonly tokenEnv: string;
  readonly policy: Policy;
  readonly add: NumberSet;
  readonly remove: NumberSet;
  /** Live and desired. */
  readonly unchanged: number;
  /** Live and not desired, and left there by the policy. */
  readonly surplus: number;
  /** Live, and left alone by an ignore rule. */
  readonly ignored: number;
  /** Live and not desired, and kept only by protection. */
  readonly protected: number;
  /** Desired and not live, and left so by the policy. */
  readonly missing: number;
  /** SHA-256 in hex over the live numbers that the plan does not touch: tells whether the list moved since. */
  readonly untouched: string;
  readonly guard: Verdict;
}

/** What would be written to every bot, sorted by bot id. */
export interface Plan {
  /** HMAC-SHA-256 in hex over bots, endpoints, adds and removes, keyed with the tokens in use. */
  readonly fingerprint: string;
  readonly bots: readonly BotPlan[];
}
