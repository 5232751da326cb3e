import type { Msisdn } from '../numbers/msisdn.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import type { Place } from './fault.ts';

/** The facts beside a declared number. */
export interface Entry {
  /** The number under which WhatsApp lists the user. It may be masked in an earlier report. */
  readonly waId?: Msisdn | string;
  readonly reason?: string;
  readonly owner?: string;
  /** Days, as YYYY-MM-DD: `expires` is the last one on which the number is blocked. */
  readonly added?: string;
  readonly expires?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly protected?: boolean;
}

/** Where a number is declared for a bot. A number may have several. */
export interface Declaration {
  readonly number: Msisdn;
  /** The list that holds it; null if the bot itself does. */
  readonly list: string | null;
  readonly listOwner?: string;
  readonly place: Place;
  readonly entry: Entry;
  /** The file is encrypted: its texts are shown only if numbers are unmasked. */
  readonly encrypted: boolean;
}

/** Why a file declares a number. */
export interface EntryReason {
  readonly number: Msisdn;
  readonly reason: string;
  /** The file is encrypted: the reason is shown only if numbers are unmasked. */
  readonly encrypted: boolean;
}

/** A rule by which a bot leaves numbers alone. */
export interface IgnoreRule {
  readonly place: Place;
  /** Empty if it has a prefix. */
  readonly numbers: NumberSet;
  /** The first digits, without the plus. */
  readonly prefix?: string;
  readonly reason?: string;
  /** The last day on which it is in force, as YYYY-MM-DD. */
  readonly until?: string;
  /** `until` is past. */
  readonly past: boolean;
  readonly encrypted: boolean;
}
