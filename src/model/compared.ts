/**
 * Defines bots whose live list was compared with the desired one: the differences, their causes and their
 * results.
 */
import type { Msisdn } from '../numbers/msisdn.ts';
import type { ReportedDeclaration, ReportedReason } from './answer.ts';
import type { Policy } from './bot.ts';
import type { Direction, Failure, Ledger, ListedAs, Split, Withheld } from './ledger.ts';
import type { Counts, UserIds, Verdict } from './plan.ts';
import type { ReportedSettings } from './settings.ts';

export function sizeOf({ add, remove }: Sides): number {
  return add.size + remove.size;
}

/** Reports whether the guard refuses a plan, so that nothing may be written to its bot. */
export function isRefused({ guard, approvedBy }: Pick<ComparedBot, 'guard' | 'approvedBy'>): boolean {
  return Boolean(guard?.tripped) && approvedBy === undefined;
}

/** Counts the adds that are drift although adds to this list may be pending: their users were unblocked. */
export function unblockedIn({ causes }: Pick<ComparedBot, 'causes'>): number {
  return causes.reduce((sum, { reason, numbers }) => sum + (reason === 'unblocked' ? numbers.size : 0), 0);
}

/** Counts the removals that no apply can make, as the list contains their users without the number. */
export function blockedIn({ causes }: Pick<ComparedBot, 'causes'>): number {
  return causes.reduce((sum, { reason, numbers }) => sum + (reason === 'blocked' ? numbers.size : 0), 0);
}

/** Counts the adds that may be pending, and so are no drift. */
export function waitingIn(bot: Pick<ComparedBot, 'add' | 'causes' | 'addNeedsContact'>): number {
  return bot.addNeedsContact ? bot.add.size - unblockedIn(bot) : 0;
}

/** Counts the removals that wait, because `--adds-only` sends none. */
export const postponedIn = ({ counts }: Pick<ComparedBot, 'counts'>): number => counts.postponed ?? 0;

const NONE: Split = { add: 0, remove: 0 };

/** Returns the ledger of a bot to which nothing was sent. */
export function unsent(skipped = NONE): Ledger {
  return { applied: NONE, failed: NONE, unknown: NONE, skipped, pending: 0, rejected: [], withheld: [] };
}

export function splitOf({ add, remove }: Sides): Split {
  return { add: add.size, remove: remove.size };
}

/**
 * Returns the result of a bot to which nothing was sent. Its ledger lists withheld removals, so `mayWithhold`
 * is omitted.
 */
export function notWritten({ mayWithhold, ...bot }: ComparedBot): AppliedBot {
  return { ...bot, results: unsent(splitOf(bot)), notVisible: null, unverified: null };
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
  /**
   * config: a change of the desired state since the earlier one is the cause. drift: the change was due
   * before. Null if no earlier state is known.
   */
  readonly origin: 'config' | 'drift' | null;
  /**
   * removed, added: the number was removed from or added to the files. expired: its last entry ended.
   * undeclared: the files do not declare it, and no earlier state that is known did. unblocked: an earlier
   * report shows its user blocked. blocked: the list contains its user without the number, so that no apply can
   * remove it. Null if unknown.
   */
  readonly reason: 'removed' | 'added' | 'expired' | 'undeclared' | 'unblocked' | 'blocked' | null;
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
  /** The differences in the earlier run, if the bot cannot be read now. */
  readonly unknown: Sides;
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
  /** The count of entries without a phone number; absent if there are none, or if the list was not read. */
  readonly foreign?: number;
  /** Null if the list could not be read. */
  readonly guard: Verdict | null;
  /** The fingerprint of the plan that was approved although the guard refuses this bot's part of it. */
  readonly approvedBy?: string;
  readonly error: Failure | null;
  /** Why files declare, or declared, the numbers of `add` and `remove`. A number may have several reasons, or none. */
  readonly reasons?: readonly ReportedReason[];
  /** Removals that apply may withhold, as far as that is known before it writes. */
  readonly mayWithhold?: readonly Withheld[];
  /** Where the added numbers are declared, with --verbose. */
  readonly declarations?: readonly ReportedDeclaration[];
  /** The settings in the files; omitted for a saved plan, which does not contain them. */
  readonly settings?: ReportedSettings;
}

/** `contact`, with --contacts: how many of `add` can be blocked now, and how many are pending. */
export type PlannedBot = ComparedBot & { readonly contact?: { readonly now: number; readonly waiting: number } };

/**
 * The facts about a list whose adds may be pending. The report keeps them for the --since of the next run.
 */
export interface Memory {
  /** Declared numbers that were live in this run or in an earlier one, as the files spell them. */
  readonly wasLive: NumberList;
  /** The count of entries without a phone number, without users whose id is known. */
  readonly foreign: number;
  /** The ids of users, by the numbers under which the list contains or contained them. */
  readonly userIds?: UserIds;
}

export type DriftedBot = ComparedBot & {
  /** Null without an earlier report to compare with. */
  readonly since: Since | null;
  /** Absent if no add of the list can be pending; null in a masked report. */
  readonly memory?: Memory | null;
  /** Declared numbers that are not visible: the list contains their users without a number. Absent if there are none. */
  readonly hidden?: NumberList;
};

export interface AppliedBot extends ComparedBot {
  readonly results: Ledger;
  /** Applied numbers that the live list does not show yet; null if the list was not read again. */
  readonly notVisible: number | null;
  /** Why the list could not be read after the writes; null if it was, or if there was no need. */
  readonly unverified: Failure | null;
  /** How long copies of the list may not show the writes yet; absent if they show at once, or if the run waited. */
  readonly settleSeconds?: number;
  /** The users whom the answers to adds show under a number that the files do not pair. Absent if there are none. */
  readonly listedAs?: readonly ListedAs[];
}
