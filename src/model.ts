/**
 * The nouns that the stages share. Stages import this file and never one another; the command layer joins them.
 *
 *   desired → (snapshot) → diff → guard → plan → apply → report
 */
import type { Msisdn } from './msisdn.ts';
import type { NumberSet } from './number-set.ts';

/** Where something stands in a file; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Something wrong, or worth a warning, in what the user gave. */
export interface Fault {
  readonly message: string;
  readonly place?: Place;
  /** The line of the file that the fault stands in, as it is written. */
  readonly source?: string;
}

export type Policy = 'sync' | 'add-only';

/** Removals above max(floor, percent of the live list) are refused. */
export interface GuardLimits {
  readonly percent: number;
  readonly floor: number;
}

/** What the desired state says of one bot. */
export interface Bot {
  readonly id: string;
  readonly region: string;
  /** The name of the environment variable that holds the token. */
  readonly tokenEnv: string;
  readonly policy: Policy;
  readonly guard: GuardLimits;
  readonly numbers: NumberSet;
  /** Declared and expired, and so not in `numbers`: the last day on which each was blocked, as YYYY-MM-DD. */
  readonly expired: ReadonlyMap<Msisdn, string>;
}

/** One bot's address and key. Made by the command layer from a bot, the environment and the options. */
export interface Endpoint {
  readonly baseUrl: string;
  readonly token: string;
}

/** The live list of one bot, read to its end. */
export interface Snapshot {
  readonly numbers: NumberSet;
  /** Something odd in the list that the reader could live with, for people. */
  readonly warnings: readonly string[];
}

/** What would make one live list equal to the desired one. */
export interface Change {
  readonly add: NumberSet;
  readonly remove: NumberSet;
  /** The numbers that are live and stay live. */
  readonly keep: NumberSet;
  /** How many of `keep` are not desired, and stay only because the policy never removes. */
  readonly surplus: number;
}

/** The guard's opinion of a change. */
export interface Verdict {
  /** What was broken: the list would be emptied, or too large a share of it removed. */
  readonly tripped: false | 'emptied' | 'share';
  readonly removals: number;
  readonly live: number;
  /** Removals allowed: max(floor, percent of live). */
  readonly limit: number;
  readonly limits: GuardLimits;
}

/** One bot's part of a plan. */
export interface BotPlan {
  readonly id: string;
  readonly region: string;
  readonly baseUrl: string;
  readonly tokenEnv: string;
  readonly policy: Policy;
  readonly add: NumberSet;
  readonly remove: NumberSet;
  /** Live and desired. */
  readonly unchanged: number;
  /** Live and not desired, and left there by the policy. */
  readonly surplus: number;
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

export type Direction = 'add' | 'remove';

/** A number that the server refused, and its words (untrusted text). */
export interface Rejection {
  readonly number: Msisdn | string;
  readonly direction: Direction;
  readonly reason: string;
}

/** Where every number of a bot's plan ended: the counts and the rejections add up to the plan. */
export interface Ledger {
  readonly applied: number;
  /** Sent, and certainly not done. */
  readonly failed: number;
  /** Sent, and the answer was lost: done or not. */
  readonly unknown: number;
  /** Never sent. */
  readonly skipped: number;
  readonly rejected: readonly Rejection[];
}

/** Requests over the wire, retries included. In a plan, `write` is how many writes it needs. */
export interface Requests {
  readonly read: number;
  readonly write: number;
  /** How many of those sent were sent again, after a failure. */
  readonly retries: number;
}

/** Why a bot failed: our words, and the server's (untrusted text). */
export interface Failure {
  readonly message: string;
  readonly detail?: string | undefined;
}

export type Outcome = 'in-sync' | 'changes' | 'applied' | 'partial' | 'failed' | 'refused' | 'stale' | 'invalid';

/** Numbers of a report: of this run, or as an earlier run's report wrote them, masked perhaps. */
export interface NumberList {
  readonly size: number;
  readonly values: Written & { slice(from: number, to: number): Written };
}

type Written = ArrayLike<Msisdn | string>;

/**
 * Changes of one bot that have the same cause. For people: nothing of it is written, signed or saved.
 */
export interface Cause {
  readonly direction: Direction;
  /** config: this change of the desired state makes it; drift: it was due before. Null where no earlier state is known. */
  readonly origin: 'config' | 'drift' | null;
  /** Why a number is removed; null for an add, and where that cannot be told. */
  readonly reason: 'removed' | 'expired' | 'undeclared' | null;
  /** The last day on which an expired number was blocked, as YYYY-MM-DD. */
  readonly expires: string | null;
  readonly numbers: NumberList;
}

/** Two sides of a difference. A number that changes sides is another difference. */
export interface Sides {
  readonly add: NumberList;
  readonly remove: NumberList;
}

/** The differences of a bot, held against an earlier run's. Each stands in one of the four. */
export interface Since {
  readonly new: Sides;
  readonly still: Sides;
  readonly resolved: Sides;
  /** Of the earlier run, while the bot cannot be read: nobody knows whether they are still there. */
  readonly unknown: Sides;
}

/** What became of one bot. */
export interface BotReport {
  readonly id: string;
  readonly baseUrl: string;
  readonly policy: Policy;
  readonly add: NumberList;
  readonly remove: NumberList;
  /** The numbers of `remove` and `add` by their cause, each in one of them; empty where nothing is known of causes. */
  readonly causes: readonly Cause[];
  readonly unchanged: number;
  readonly surplus: number;
  readonly guard: Verdict | null;
  readonly error: Failure | null;
  readonly results: Ledger;
  /** Applied numbers that the live list does not show yet; null where nobody looked. */
  readonly notVisible: number | null;
  /** Null where there is no earlier report to hold the differences against. */
  readonly since: Since | null;
}

/** A part of a unified diff; each line starts with a blank, `-`, `+` or `\\`. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly string[];
}

/** What became of a file of desired state, or what would. */
export interface FileReport {
  readonly name: string;
  readonly changed: boolean;
  /** What would change, where the file was only looked at. */
  readonly hunks: readonly Hunk[];
}

/** What a run found and did: all that a reporter needs. */
export interface Report {
  readonly command: string;
  /** Tells a report of what would be done from one of what was done. */
  readonly stage: 'desired' | 'plan' | 'result';
  readonly fingerprint: string | null;
  readonly outcome: Outcome;
  readonly interrupted: boolean;
  readonly bots: readonly BotReport[];
  /** Of a run that writes files of desired state, or would. */
  readonly files?: readonly FileReport[];
  readonly requests: Requests;
  readonly warnings: readonly Fault[];
  readonly errors: readonly Fault[];
  /** Lines to type next, each a shell command with its reason behind `#`. */
  readonly next?: readonly string[];
}
