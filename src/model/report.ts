/** The nouns of a run's end: what it found and did, as reporters get it. */
import type { Explained, ReportedDeclaration } from './answer.ts';
import type { AppliedBot, DriftedBot, NumberList, PlannedBot } from './compared.ts';
import type { Problem } from './failure.ts';
import type { Failure, Requests } from './ledger.ts';
import type { Warning } from './warnings.ts';

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

/** A saved plan: the time when it was made, as 2026-06-15T12:00:00Z, and its age in seconds when the run began. */
export interface Saved {
  readonly made: string;
  readonly age: number;
  /** The files at hand ask for changes that the plan does not have. */
  readonly more?: true;
}

/** `nothing-selected`: no list was looked at, as `--shard` and `--bot` leave no bot of the files. */
interface Comparing extends OnlineRun<'in-sync' | 'nothing-selected' | 'changes' | 'applied' | 'partial' | 'refused'> {
  /** The consent was for this one plan: what is left of it takes a new plan and a new consent. */
  readonly once?: true;
  /** Null in joined reports, as each has its own, and in those of a sandbox without a key. */
  readonly fingerprint: string | null;
  readonly requests: Requests;
  /** If the run shows or applies a saved plan. */
  readonly saved?: Saved;
}

/** What would be written: plan, show, and an apply that has not written anything. */
export interface PlanReport extends Comparing {
  readonly kind: 'plan';
  /** `applying`: shown before it is applied without a question. `skipped`: apply ended without writing it. */
  readonly state: 'open' | 'applying' | 'skipped';
  readonly bots: readonly PlannedBot[];
  /** With --base: the bots that left the files since, and how many numbers each had. */
  readonly leftBots?: readonly CheckedBot[];
}

/** Where live and desired lists differ: drift. */
export interface DriftReport extends Comparing {
  readonly kind: 'drift';
  readonly bots: readonly DriftedBot[];
  /** The report of `--since` did not exist yet: every difference counts as new. */
  readonly firstRun?: true;
  /** With `--settle 0`: differences were found, and no time passed between the two reads that found them. */
  readonly unsettled?: true;
}

/** How a plan ended: apply. */
export type ResultReport = Comparing & { readonly kind: 'result'; readonly bots: readonly AppliedBot[] };

/** Live lists, compared with the desired ones. */
export type Comparison = PlanReport | DriftReport | ResultReport;

export const isComparison = (report: Report): report is Comparison => 'fingerprint' in report;

type FilesReport = FormatReport | InitReport | ImportReport;

/** The results of a run: all that a reporter needs. */
export type Report = FailureReport | CheckReport | ListReport | AnswerReport | FilesReport | Comparison;

export type Outcome = Report['outcome'];
