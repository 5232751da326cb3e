/** The settings of a bot for a reviewer who may not read its file: counts, days and names, but no phone number. */
import type { Msisdn } from '../numbers/msisdn.ts';
import type { GuardLimits, Policy } from './bot.ts';

/** A setting with one value. */
export interface Setting<T> {
  readonly now: T;
  /** The value if no file sets it. */
  readonly default: T;
  /** The value in the earlier state, if it differs. */
  readonly before?: T;
}

/**
 * How many numbers, prefixes or pairs a setting covers, and how many were added and removed since the earlier
 * state.
 */
export interface Coverage {
  readonly now: number;
  readonly added: number;
  readonly removed: number;
}

/** The entries or rules that end within 7 days, as `validate --expiring 7d` counts them. */
export interface Ending {
  readonly now: number;
  /** The earliest last day, as YYYY-MM-DD; null if nothing ends soon. */
  readonly next: string | null;
  /** How many have another last day than in the earlier state, within 7 days or not. */
  readonly changed: number;
}

/** All counts of changes are 0 unless `change` is `changed`. */
export interface ReportedSettings {
  /** `new`: the earlier state does not have the bot. Null if no earlier state is known. */
  readonly change: 'new' | 'changed' | 'same' | null;
  /** The keys that lead to another live list, or to it by another API, than in the earlier state. */
  readonly place: readonly string[];
  /** `off`: the guard refuses only removals that empty this list. */
  readonly guard: Setting<GuardLimits> & { readonly off: boolean };
  readonly policy: Setting<Policy>;
  /** The name of the token's variable. A file must set it, so the default is the name in the provider's example. */
  readonly tokenEnv: Setting<string | null>;
  /** Numbers of the bot that no plan removes. */
  readonly protected: Coverage;
  readonly ignored: { readonly numbers: Coverage; readonly prefixes: Coverage; readonly ending: Ending };
  /** Pairs of numbers of one user, if the bot declares or ignores that user. */
  readonly pairs: Coverage;
  /** Numbers of the bot whose entries all have a last day. */
  readonly expiring: Ending;
}

/** The last days, as YYYY-MM-DD, of the entries and rules that are in force for a bot in one desired state. */
export interface Ends {
  /** The latest last day of each number whose entries all have one. */
  readonly numbers: ReadonlyMap<Msisdn, string>;
  /** The last day of each ignore rule, by the numbers or the prefix that it covers; null if it has none. */
  readonly rules: ReadonlyMap<string, string | null>;
}
