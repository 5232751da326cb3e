/** Defines the answer about one number. */
import type { Msisdn } from '../numbers/msisdn.ts';
import type { Policy } from './bot.ts';
import type { Declaration, EntryReason, IgnoreRule } from './declaration.ts';
import type { Fault } from './fault.ts';
import type { Failure, Withheld } from './ledger.ts';
import type { Verdict } from './plan.ts';

/** A declaration in a report. The number may be masked in that of an earlier run. */
export type ReportedDeclaration = Omit<Declaration, 'number'> & { readonly number: Msisdn | string };

/** The reason of an entry in a report. The number may be masked in that of an earlier run. */
export type ReportedReason = Omit<EntryReason, 'number'> & { readonly number: Msisdn | string };

/** A rule that covers the number. */
export type ReportedRule = Omit<IgnoreRule, 'numbers'>;

/**
 * The effect of an apply on a number: it adds it, removes it, or changes nothing because of an ignore rule, a
 * protection or a policy. `nothing`: the number is both live and desired, or neither.
 */
export type Effect = 'add' | 'remove' | 'ignored' | 'protected' | 'add-only' | 'remove-only' | 'nothing';

export interface Explained {
  readonly number: Msisdn | string;
  readonly bots: readonly BotAnswer[];
  /** With --history. */
  readonly history?: History;
}

/** What the commits did with the number. */
export interface History {
  /** The bots that declare the number or once declared it, sorted by id. */
  readonly bots: readonly BotHistory[];
  /** The count of commits that were read. */
  readonly commits: number;
  /** The clone lacks the commits before the first one. */
  readonly isShallow: boolean;
  /** The ids of the bots whose declarations were edited after the last commit. */
  readonly uncommitted: readonly string[];
  /** The commits whose files cannot be read; null if there are none. */
  readonly unread: { readonly commits: number; readonly last: string; readonly why: Fault } | null;
}

export interface BotHistory {
  readonly id: string;
  /** Oldest first. */
  readonly events: readonly HistoryEvent[];
}

/** A change of the declarations that a bot has of the number, in any spelling of its user. */
export interface HistoryEvent {
  /** `expired`: the last day of all declarations had passed. */
  readonly kind: 'declared' | 'changed' | 'removed' | 'expired';
  /** The day of the commit in UTC, or the first day after the last one. As YYYY-MM-DD. */
  readonly day: string;
  /** Null for an expiry. */
  readonly commit: CommitFacts | null;
  /** The declarations after the event, or before it if it ended them. */
  readonly declarations: readonly ReportedDeclaration[];
}

export interface CommitFacts {
  /** 40 or 64 hex digits. */
  readonly id: string;
  readonly author: string;
  readonly subject: string;
  /** `#12`, `!34` or a URL; null if neither the commit nor its merge names a pull request. */
  readonly pull: string | null;
  /** The id of the merge that brought the commit; null without one. */
  readonly merge: string | null;
}

/** The declarations and the live entries that one bot has of a number, in any spelling of its user. */
export interface BotAnswer {
  readonly id: string;
  readonly policy: Policy;
  /** At least one of the declarations is in force. */
  readonly declared: boolean;
  /** Expired ones included. */
  readonly declarations: readonly ReportedDeclaration[];
  readonly rules: readonly ReportedRule[];
  /** Declarations that protect the number for other bots, or in lists that this bot does not use. */
  readonly protection: readonly ReportedDeclaration[];
  /** The effect of an apply if the number is live, and if it is not. */
  readonly ifLive: Effect;
  readonly ifNotLive: Effect;
  /** The spellings of the number in the live list; null if the list was not read. */
  readonly live: readonly (Msisdn | string)[] | null;
  /** The removals that apply may withhold, as the number may be the declared user or the removed one. */
  readonly mayWithhold?: readonly Withheld[];
  /** Why the guard refuses the plan of this bot; null if it does not. */
  readonly guard: Verdict | null;
  /** Why the list could not be read. */
  readonly error: Failure | null;
}
