/** The nouns of a run's end: what it found and did, as reporters get it. */
import type { Msisdn } from '../numbers/msisdn.ts';
import type { Explained, ReportedDeclaration } from './answer.ts';
import type { Policy } from './bot.ts';
import type { Problem } from './failure.ts';
import type { Direction, Failure, Ledger, Requests } from './ledger.ts';
import type { Counts, Verdict } from './plan.ts';
import type { Warning } from './warnings.ts';

export function sizeOf({ add, remove }: Sides): number {
  return add.size + remove.size;
}

/** The ledger if nothing was sent. */
export function unsent(skipped: number): Ledger {
  return { applied: 0, failed: 0, unknown: 0, skipped, pending: 0, rejected: [] };
}

export function notWritten(bot: ComparedBot): AppliedBot {
  return { ...bot, results: unsent(sizeOf(bot)), notVisible: null };
}

/** Numbers of this run, or of an earlier run's report, in which they may be masked. */
export interface NumberList {
  readonly size: number;
  readonly values: Written & { slice(from: number, to: number): Written };
}

type Written = ArrayLike<Msisdn | string>;

/** Changes of one bot that have the same cause. For people: it is neither written, signed nor saved. */
export interface Cause {
  readonly direction: Direction;
  /** config: this change of the desired state makes it; drift: it was due before. Null if no earlier state is known. */
  readonly origin: 'config' | 'drift' | null;
  /** Why a number is removed; null for an add, or if unknown. */
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

/** The differences of a bot, compared with an earlier run's. Each is in one of the four. */
export interface Since {
  readonly new: Sides;
  readonly still: Sides;
  readonly resolved: Sides;
  /** Of the earlier run, if the bot cannot be read now. */
  readonly unknown: Sides;
}

/** `count`: how many numbers are in force. */
export type CheckedBot = { readonly id: string; readonly count: number };

export interface ListedBot {
  readonly id: string;
  /** Those in force. */
  readonly numbers: NumberList;
  /** With --verbose. */
  readonly declarations?: readonly ReportedDeclaration[];
}

export interface ImportedBot {
  readonly id: string;
  readonly imported: number;
  /** Live numbers that the files had before. */
  readonly alreadyThere: number;
  /** Why the list could not be read. */
  readonly error: Failure | null;
  /** With --verbose: the imported ones. */
  readonly numbers?: NumberList;
}

/** A bot whose live list was compared with the desired one. */
export interface ComparedBot extends Sides {
  readonly id: string;
  readonly baseUrl: string;
  readonly policy: Policy;
  /** The numbers of `remove` and `add`, each in one cause; empty if causes are unknown. */
  readonly causes: readonly Cause[];
  readonly counts: Counts;
  /** An add may have to wait for its user's next message. */
  readonly addNeedsContact: boolean;
  /** Null if the list could not be read. */
  readonly guard: Verdict | null;
  readonly error: Failure | null;
  /** Where the added numbers are declared, with --verbose. */
  readonly declarations?: readonly ReportedDeclaration[];
}

/** `contact`: how many of `add` can be blocked now, and how many wait for a message, with --contacts. */
export type PlannedBot = ComparedBot & { readonly contact?: { readonly now: number; readonly waiting: number } };

/** `since`: null without an earlier report to compare with. */
export type DriftedBot = ComparedBot & { readonly since: Since | null };

export interface AppliedBot extends ComparedBot {
  readonly results: Ledger;
  /** Applied numbers that the live list does not show yet; null if the list was not read again. */
  readonly notVisible: number | null;
}

/** A part of a unified diff. Each line starts with a blank, `-`, `+` or `\\`. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly string[];
}

/** A file that was changed, or would be. */
export interface FileReport {
  readonly name: string;
  readonly changed: boolean;
  /** With --check: what would change. */
  readonly hunks: readonly Hunk[];
}

/** Where a run looked for its bots, other than where their settings place them. */
export interface BaseUrlOverride {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Null if unknown, as for a saved plan. */
  readonly by: '--sandbox' | '--base-url' | 'BLACKLISTCTL_BASE_URL' | null;
}

/** A run of any kind can fail, or end in ways of its own. */
interface Run<Ends> {
  readonly command: string;
  readonly outcome: Ends | 'failed' | 'stale' | 'invalid';
  readonly interrupted: boolean;
  readonly warnings: readonly Warning[];
  readonly errors: readonly Problem[];
}

/** A run that can talk to the API. */
interface OnlineRun<Ends> extends Run<Ends> {
  readonly requests: Omit<Requests, 'write'>;
  /** Empty if it went to the bots' own API. Joined reports have those of all runs. */
  readonly overrides: readonly BaseUrlOverride[];
}

/** A run of any command that ended before it read any list. */
export type FailureReport = Run<never> & { readonly kind: 'failure' };

/** A check of files: validate. */
export type CheckReport = Run<'valid'> & { readonly kind: 'check'; readonly bots: readonly CheckedBot[] };

/** The numbers of bots: list. */
export type ListReport = Run<'listed'> & { readonly kind: 'list'; readonly bots: readonly ListedBot[] };

/** The facts about one number: explain. */
export type AnswerReport = OnlineRun<'answered'> & { readonly kind: 'answer'; readonly explained: Explained };

/** Files in their canonical form: fmt. */
export type FormatReport = Run<'formatted' | 'unchanged' | 'changes'> & {
  readonly kind: 'format';
  readonly files: readonly FileReport[];
};

/** The first files: init. */
export interface InitReport extends Run<'written'> {
  readonly kind: 'init';
  readonly files: readonly { readonly name: string }[];
  /** Shell commands to type next, each with its reason after `#`. */
  readonly next: readonly string[];
}

/** Live lists, written into a file: import. */
export interface ImportReport extends OnlineRun<'written' | 'unchanged'> {
  readonly kind: 'import';
  readonly files: readonly { readonly name: string; readonly changed: boolean }[];
  readonly bots: readonly ImportedBot[];
}

interface Comparing extends OnlineRun<'in-sync' | 'changes' | 'applied' | 'partial' | 'refused'> {
  /** The consent was for this one plan: what is left of it takes a new plan and a new consent. */
  readonly once?: true;
  /** Null in joined reports: each has its own. */
  readonly fingerprint: string | null;
  readonly requests: Requests;
}

/** What would be written: plan, show, and an apply that has not written anything. */
export interface PlanReport extends Comparing {
  readonly kind: 'plan';
  /** `applying`: shown before it is applied without a question. `skipped`: apply ended without writing it. */
  readonly state: 'open' | 'applying' | 'skipped';
  readonly bots: readonly PlannedBot[];
}

/** Where live and desired lists differ: drift. */
export type DriftReport = Comparing & { readonly kind: 'drift'; readonly bots: readonly DriftedBot[] };

/** How a plan ended: apply. */
export type ResultReport = Comparing & { readonly kind: 'result'; readonly bots: readonly AppliedBot[] };

/** Live lists, compared with the desired ones. */
export type Comparison = PlanReport | DriftReport | ResultReport;

export const isComparison = (report: Report): report is Comparison => 'fingerprint' in report;

type FilesReport = FormatReport | InitReport | ImportReport;

/** The results of a run: all that a reporter needs. */
export type Report = FailureReport | CheckReport | ListReport | AnswerReport | FilesReport | Comparison;

export type Outcome = Report['outcome'];
