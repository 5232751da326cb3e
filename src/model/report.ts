/** The nouns of a run's end: what it found and did, as reporters get it. */
import type { Msisdn } from '../numbers/msisdn.ts';
import type { Explained, ReportedDeclaration } from './answer.ts';
import type { Policy } from './bot.ts';
import type { Fault, Warning } from './fault.ts';
import type { Direction, Failure, Ledger, Requests } from './ledger.ts';
import type { Counts, Verdict } from './plan.ts';

export function sizeOf({ add, remove }: Pick<BotReport, 'add' | 'remove'>): number {
  return add.size + remove.size;
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
  readonly counts: Counts;
  /** An add may have to wait for its user's next message. */
  readonly addNeedsContact: boolean;
  /** How many of `add` can be blocked now, and how many wait for a message, where it was told who wrote lately. */
  readonly contact?: { readonly now: number; readonly waiting: number };
  readonly guard: Verdict | null;
  readonly error: Failure | null;
  readonly results: Ledger;
  /** Applied numbers that the live list does not show yet; null where nobody looked. */
  readonly notVisible: number | null;
  /** Null where there is no earlier report to hold the differences against. */
  readonly since: Since | null;
  /** The numbers in force, where they are what was asked for. */
  readonly numbers?: NumberList;
  /** By which ways the numbers come that are added or listed, where every detail is asked for. */
  readonly declarations?: readonly ReportedDeclaration[];
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

/** Where a run looked for its bots, which is not where their settings say that they live. */
export interface BaseUrlOverride {
  /** Scheme, host and port. */
  readonly origin: string;
  /** What said so; null where nobody knows any more. */
  readonly by: '--sandbox' | '--base-url' | 'BLACKLISTCTL_BASE_URL' | null;
}

/** What a run found and did: all that a reporter needs. */
export interface Report {
  readonly command: string;
  /** Tells a report of what would be done from one of what was done. */
  readonly stage: 'desired' | 'plan' | 'result';
  readonly fingerprint: string | null;
  readonly outcome: Outcome;
  readonly interrupted: boolean;
  /** Of a plan that is shown as it is applied, with nobody left to ask. */
  readonly applying?: true;
  readonly bots: readonly BotReport[];
  /** Of a run that did not go to the bots' own API; of each such run, where reports are joined. */
  readonly overrides?: readonly BaseUrlOverride[];
  /** Of a run that writes files of desired state, or would. */
  readonly files?: readonly FileReport[];
  /** Of a run that was asked about a number. */
  readonly explained?: Explained;
  readonly requests: Requests;
  readonly warnings: readonly Warning[];
  readonly errors: readonly Fault[];
  /** Lines to type next, each a shell command with its reason behind `#`. */
  readonly next?: readonly string[];
}
