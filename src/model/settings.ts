/** The settings of a bot for a reviewer who cannot read its file: counts, days and names, and no phone number. */
import type { Msisdn } from '../numbers/msisdn.ts';
import type { GuardLimits, Policy } from './bot.ts';

/** A setting with one value. */
export interface Setting<T> {
  readonly now: T;
  /** The value if no file sets it. */
  readonly default: T;
  /** The value at the earlier state, if that was another one. */
  readonly before?: T;
}

/** How many numbers, prefixes or pairs a setting covers, and how many the earlier state did not cover, or covered as well. */
export interface Coverage {
  readonly now: number;
  readonly added: number;
  readonly removed: number;
}

/** What ends soon: within 7 days, as `validate --expiring 7d` counts them. */
export interface Ending {
  readonly now: number;
  /** The first such day, as YYYY-MM-DD; null if nothing ends soon. */
  readonly next: string | null;
  /** How many have another last day than at the earlier state, soon or not. */
  readonly changed: number;
}

/** All counts of changes are 0 unless `change` is `changed`. */
export interface ReportedSettings {
  /** Compared with the earlier state, which may not have the bot. Null if no earlier state is known. */
  readonly change: 'new' | 'changed' | 'same' | null;
  /** The keys that name another live list, or another way to it, than at the earlier state. */
  readonly place: readonly string[];
  /** `off`: with this list, the guard refuses removals only if they empty it. */
  readonly guard: Setting<GuardLimits> & { readonly off: boolean };
  readonly policy: Setting<Policy>;
  /** The name of the token's variable. A file must set it, so its default is the one of the provider's example. */
  readonly tokenEnv: Setting<string | null>;
  /** Numbers of the bot that no plan removes. */
  readonly protected: Coverage;
  readonly ignored: { readonly numbers: Coverage; readonly prefixes: Coverage; readonly ending: Ending };
  /** Pairs of numbers that the files declare as one user, of users whom the bot declares or ignores. */
  readonly pairs: Coverage;
  /** Numbers of the bot whose last entry ends. */
  readonly expiring: Ending;
}

/** The last days, as YYYY-MM-DD, of what is in force for a bot in one desired state. */
export interface Ends {
  /** By number, for those of which every entry has a last day: the latest. */
  readonly numbers: ReadonlyMap<Msisdn, string>;
  /** By what each ignore rule covers; null for a rule without a last day. */
  readonly rules: ReadonlyMap<string, string | null>;
}
