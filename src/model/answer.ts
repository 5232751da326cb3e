/** The nouns of an answer about one number. */
import type { Msisdn } from '../numbers/msisdn.ts';
import type { Policy } from './bot.ts';
import type { Declaration, IgnoreRule } from './declaration.ts';
import type { Failure } from './ledger.ts';
import type { Verdict } from './plan.ts';

/** A way as a report tells it: in an earlier run's its number may be masked. */
export interface ReportedDeclaration extends Omit<Declaration, 'number'> {
  readonly number: Msisdn | string;
}

/**
 * What an apply does about a number: it adds it, removes it, or leaves it although something is to be said of that: an ignore
 * rule, a protection or a policy. `nothing` is a number that is live and desired, or neither.
 */
export type Effect = 'add' | 'remove' | 'ignored' | 'protected' | 'add-only' | 'remove-only' | 'nothing';

/** All that is to be said of one number. */
export interface Explained {
  readonly number: Msisdn | string;
  readonly bots: readonly BotAnswer[];
}

/** What one bot has to do with a number, in any spelling of its user. */
export interface BotAnswer {
  readonly id: string;
  readonly policy: Policy;
  /** A way of it is in force. */
  readonly declared: boolean;
  /** Those that have expired as well. */
  readonly declarations: readonly ReportedDeclaration[];
  readonly rules: readonly ReportedRule[];
  /** Ways of other bots, or of lists that this one does not take, that protect the number. */
  readonly protection: readonly ReportedDeclaration[];
  /** What an apply does if the number is live, and if it is not. */
  readonly ifLive: Effect;
  readonly ifNotLive: Effect;
  /** As which numbers the live list holds it; null where the list was not read. */
  readonly live: readonly (Msisdn | string)[] | null;
  /** Why the guard refuses the plan of this bot; null if it does not. */
  readonly guard: Verdict | null;
  /** Why the list could not be read. */
  readonly error: Failure | null;
}

/** A rule that covers the number. */
export type ReportedRule = Omit<IgnoreRule, 'numbers'>;
