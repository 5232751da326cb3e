/**
 * The nouns that the stages share. Stages import this file and never one another; the command layer joins them.
 *
 *   desired → (snapshot) → diff → guard → plan → apply → report
 */

import type { Msisdn } from '../numbers/msisdn.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import type { WarningCode } from './warnings.ts';

/** Where something stands in a file; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Something wrong, or worth a warning, in what the user gave. */
export interface Fault {
  readonly message: string;
  /** Of a warning: stable, for `--error-on` and `--ignore`; see `warnings.ts`. */
  readonly code?: WarningCode;
  readonly place?: Place;
  /** The line of the file that the fault stands in, as it is written. */
  readonly source?: string;
  /** That line is of a file of numbers: what stands beside the number is for those alone who see numbers in full. */
  readonly row?: true;
}

/** A fault that stops nobody. */
export interface Warning extends Fault {
  readonly code: WarningCode;
}

/** What the desired state says of a number besides the number. */
export interface Entry {
  readonly reason?: string;
  readonly owner?: string;
  /** Days, as YYYY-MM-DD: `expires` is the last one on which the number is blocked. */
  readonly added?: string;
  readonly expires?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly protected?: boolean;
}

/** One of the ways by which a number comes to a bot. */
export interface Way {
  readonly number: Msisdn;
  /** The list that it comes by; null where the bot says it itself. */
  readonly list: string | null;
  /** Who looks after that list. */
  readonly listOwner?: string;
  /** Where the number stands. */
  readonly place: Place;
  readonly entry: Entry;
  /** The file that says so is encrypted: its texts are for those alone who see numbers in full. */
  readonly encrypted: boolean;
}

/** A rule by which a bot leaves numbers alone. */
export interface Exemption {
  readonly place: Place;
  /** The numbers that it names; none where it has a prefix. */
  readonly numbers: NumberSet;
  /** The first digits, without the plus. */
  readonly prefix?: string;
  readonly reason?: string;
  /** The last day on which it holds, as YYYY-MM-DD. */
  readonly until?: string;
  /** That day is past. */
  readonly past: boolean;
  /** As that of a way. */
  readonly encrypted: boolean;
}

export type Policy = 'sync' | 'add-only' | 'remove-only';

/** Live numbers of one bot that are left alone in both directions. */
export interface Ignored {
  readonly numbers: NumberSet;
  /** The first digits of numbers, without the plus. */
  readonly prefixes: readonly string[];
}

/** Removals above max(floor, percent of the live list) are refused. */
export interface GuardLimits {
  readonly percent: number;
  readonly floor: number;
}

/** What a provider needs to find a bot's list, by key: a region, say. */
export type Settings = Readonly<Record<string, string>>;

/** What the desired state says of one bot. */
export interface Bot {
  readonly id: string;
  /** The kind of API that holds its list. */
  readonly provider: string;
  readonly settings: Settings;
  /** The name of the environment variable that holds the token. */
  readonly tokenEnv: string;
  readonly policy: Policy;
  readonly guard: GuardLimits;
  readonly numbers: NumberSet;
  /** Declared and expired, and so not in `numbers`: the last day on which each was blocked, as YYYY-MM-DD. */
  readonly expired: ReadonlyMap<Msisdn, string>;
  /** Left alone, live or not; none of them is in `numbers`. */
  readonly ignored: Ignored;
  /** Declared as protected somewhere in the desired state, for this bot or another: no plan removes them. */
  readonly protected: NumberSet;
}

/** What a kind of API can do and takes. The stages know no provider by name, but by these facts. */
export interface Caps {
  /** Numbers in one write at most. */
  readonly batchSize: number;
  /** How long a write may take to show in the list, in milliseconds. */
  readonly settleTime: number;
  /** Entries that a list can hold; Infinity where nobody says. */
  readonly capacity: number;
  /** A write is answered number by number, so that nothing has to be looked up afterwards. */
  readonly perNumber: boolean;
  /**
   * Only a user who wrote recently can be blocked. So an add may have to wait for a message, which only trying tells, and
   * a wrong removal may be impossible to undo.
   */
  readonly addNeedsContact: boolean;
}

/** One bot's address and key. Made by the command layer from a bot, the environment and the options. */
export interface Endpoint {
  readonly baseUrl: string;
  readonly token: string;
}

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

export type Direction = 'add' | 'remove';

/**
 * A number that a write did not bring to its goal, and the server's words (untrusted text). `pending` waits for its user's
 * next message, `full` found no room in the list.
 */
export interface Undone {
  readonly number: Msisdn;
  readonly state: 'rejected' | 'pending' | 'failed' | 'unknown' | 'full';
  readonly reason: string;
}

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
  /** Not possible before the user writes again; no error, and not tried again in the run. */
  readonly pending: number;
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
