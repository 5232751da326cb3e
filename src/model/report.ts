/** Defines the reports: the findings and results of a run, as data for reporters. */

import type { Msisdn } from '../numbers/msisdn.ts';
import type { Explained, ReportedDeclaration } from './answer.ts';
import type { BaseUrlSource } from './bot.ts';
import type { AppliedBot, DriftedBot, NumberList, PlannedBot } from './compared.ts';
import type { Problem } from './failure.ts';
import type { Place } from './fault.ts';
import type { Failure, Requests } from './ledger.ts';
import type { Warning } from './warnings.ts';

/** `count`: the count of numbers in force. */
export type CheckedBot = { readonly id: string; readonly count: number };

export interface ListedBot {
  readonly id: string;
  /** The numbers in force. */
  readonly numbers: NumberList;
  /** With --verbose. */
  readonly declarations?: readonly ReportedDeclaration[];
}

/** A list as its API has it. */
export interface LiveBot extends ListedBot {
  readonly baseUrl: string;
  /** The count of entries without a phone number. */
  readonly foreign: number;
  /** Why the list could not be read; its numbers are then empty. */
  readonly error: Failure | null;
}

export interface ImportedBot {
  readonly id: string;
  readonly imported: number;
  /** The count of live numbers that the files declared before. */
  readonly alreadyThere: number;
  /** The count of declared numbers whose entries got a waId. Absent if there are none. */
  readonly waIds?: number;
  /** Why the list could not be read. */
  readonly error: Failure | null;
  /** With --verbose: the imported numbers. */
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

/** A file that was changed or would be changed. */
export interface FileReport {
  readonly name: string;
  readonly changed: boolean;
  /** With --prune-expired: the count of entries that were or would be removed. Absent if there are none. */
  readonly pruned?: number;
  /** The changes; fmt shows them only with --check. */
  readonly hunks: readonly Hunk[];
}

/** A base URL that replaced the one of the bots' settings. */
export interface BaseUrlOverride {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Null if unknown, as for a saved plan. */
  readonly by: '--sandbox' | BaseUrlSource | null;
}

/** Where a report comes from. */
export interface RunFacts {
  /** When the run began, as 2026-06-15T12:00:00Z. */
  readonly started: string;
  readonly version: string;
  /** The commit that CI names, 40 or 64 hex digits; null outside CI. */
  readonly commit: string | null;
  /** The files and folders of the command line, or the default. */
  readonly paths: readonly string[];
}

/** The common part of all reports. `Ends` has the outcomes that are specific to a kind. */
interface Run<Ends> {
  readonly command: string;
  /** Omitted until the command ends; null if an earlier report does not contain it. */
  readonly run?: RunFacts | null;
  readonly outcome: Ends | 'failed' | 'stale' | 'invalid';
  readonly interrupted: boolean;
  readonly warnings: readonly Warning[];
  readonly errors: readonly Problem[];
}

/** A run that can talk to the API. */
interface OnlineRun<Ends> extends Run<Ends> {
  readonly requests: Omit<Requests, 'write'>;
  /** Empty if no base URL was replaced. Joined reports have those of all runs. */
  readonly overrides: readonly BaseUrlOverride[];
}

/** The report of a run that ended before it read any list. */
export type FailureReport = Run<never> & { readonly kind: 'failure' };

/** A check of files: validate. */
export type CheckReport = Run<'valid'> & { readonly kind: 'check'; readonly bots: readonly CheckedBot[] };

/** The numbers of bots: list. */
export type ListReport = Run<'listed'> & {
  readonly kind: 'list';
  readonly bots: readonly ListedBot[];
  /** With --at or --on: the commit of the files as the user named it, or null, and the day as YYYY-MM-DD. */
  readonly past?: { readonly commit: string | null; readonly day: string };
};

/** The live lists: list --live. */
export type LiveReport = OnlineRun<'listed'> & { readonly kind: 'live'; readonly bots: readonly LiveBot[] };

/** The facts about one number: explain. */
export type AnswerReport = OnlineRun<'answered'> & { readonly kind: 'answer'; readonly explained: Explained };

/** Files in their canonical form: fmt. */
export type FormatReport = Run<'formatted' | 'unchanged' | 'changes'> & {
  readonly kind: 'format';
  readonly files: readonly FileReport[];
};

/** What an edit did, or would do, about a number in one place. */
export interface EditedEntry {
  readonly number: Msisdn | string;
  readonly change: 'added' | 'renewed' | 'removed' | 'unchanged';
  /** The bot or the list that declares the number. */
  readonly bot: string | null;
  readonly list: string | null;
  /** Where the number was declared before the run; null if it was added. */
  readonly place: Place | null;
}

/** Edited files: add and remove. `changes`: nothing was written. */
export type EditReport = Run<'written' | 'unchanged' | 'changes'> & {
  readonly kind: 'edit';
  /** Files that were or would be edited, each with its changes. */
  readonly files: readonly FileReport[];
  readonly entries: readonly EditedEntry[];
  /** `asking`: shown before the question. `answered`: the changes were shown before the question. */
  readonly state?: 'asking' | 'answered';
};

/** New files: init. */
export interface InitReport extends Run<'written'> {
  readonly kind: 'init';
  readonly files: readonly { readonly name: string }[];
  /** The next shell commands, each with its reason after `#`. */
  readonly next: readonly string[];
}

/** Live lists that were written into a file: import. */
export interface ImportReport extends OnlineRun<'written' | 'unchanged'> {
  readonly kind: 'import';
  readonly files: readonly { readonly name: string; readonly changed: boolean }[];
  readonly bots: readonly ImportedBot[];
}

/** A saved plan: the time at which it was made, as 2026-06-15T12:00:00Z, and its age in seconds when the run began. */
interface Saved {
  readonly made: string;
  readonly age: number;
  /** The current files require changes that the plan does not contain. */
  readonly more?: true;
  /** `show` checked with the tokens that the plan was not changed. */
  readonly verified?: true;
}

/** `nothing-selected`: no list was read, as `--shard` and `--bot` select no bot of the files. */
interface Comparing extends OnlineRun<'in-sync' | 'nothing-selected' | 'changes' | 'applied' | 'partial' | 'refused'> {
  /** The approval covers this plan only: if changes are left, they need a new plan and a new approval. */
  readonly once?: true;
  /** With `--adds-only`: the plan has no removals, and `counts.postponed` of each bot counts those that wait. */
  readonly addsOnly?: true;
  /** Null if no list was read, in joined reports, as each part has its own, and for a sandbox without a key. */
  readonly fingerprint: string | null;
  readonly requests: Requests;
  /** Set if the run shows or applies a saved plan. */
  readonly saved?: Saved;
}

/** A plan that was not written: plan, show, and an apply that ended before it wrote. */
export interface PlanReport extends Comparing {
  readonly kind: 'plan';
  /** `applying`: shown before an apply that does not ask. `skipped`: apply ended without writing it. */
  readonly state: 'open' | 'applying' | 'skipped';
  readonly bots: readonly PlannedBot[];
  /** The command that applies this plan, as its arguments; absent if it should not be applied as it is. */
  readonly next?: readonly string[] | undefined;
  /** The file that this run saved the plan in. */
  readonly savedAs?: string;
  /**
   * With --base: the bots that were removed from the files after that commit, each with its count of numbers.
   */
  readonly leftBots?: readonly CheckedBot[];
}

/** The differences between live and desired lists: drift. */
export interface DriftReport extends Comparing {
  readonly kind: 'drift';
  readonly bots: readonly DriftedBot[];
  /** The report of `--since` did not exist yet: every difference counts as new. */
  readonly firstRun?: true;
  /** With `--settle 0`: differences were found, and no time passed between the two reads that found them. */
  readonly unsettled?: true;
}

/** The results of a plan: apply. */
export type ResultReport = Comparing & { readonly kind: 'result'; readonly bots: readonly AppliedBot[] };

/** A report that compares live lists with desired ones. */
export type Comparison = PlanReport | DriftReport | ResultReport;

export const isComparison = (report: Report): report is Comparison => 'fingerprint' in report;

export const isListing = (report: Report): report is ListReport | LiveReport =>
  report.kind === 'list' || report.kind === 'live';

type FilesReport = FormatReport | EditReport | InitReport | ImportReport;

/** The report of a run, with all facts that a reporter needs. */
export type Report = FailureReport | CheckReport | ListReport | LiveReport | AnswerReport | FilesReport | Comparison;

export type Outcome = Report['outcome'];
