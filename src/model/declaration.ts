import type { Msisdn } from '../numbers/msisdn.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import type { Place } from './fault.ts';

/** The facts that an entry has besides its number. */
export interface Entry {
  /** The number under which WhatsApp lists the user. In an earlier report it may be masked. */
  readonly waId?: Msisdn | string;
  readonly reason?: string;
  readonly owner?: string;
  /** Days as YYYY-MM-DD. `expires` is the last day on which the entry is in force. */
  readonly added?: string;
  readonly expires?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly protected?: boolean;
}

/** Where a number is declared for a bot. A number may have several. */
export interface Declaration {
  readonly number: Msisdn;
  /** The list that contains it; null if the bot itself does. */
  readonly list: string | null;
  readonly listOwner?: string;
  readonly place: Place;
  readonly entry: Entry;
  /** The file is encrypted, so its texts are shown only if numbers are unmasked. */
  readonly encrypted: boolean;
}

/** The reason of an entry. */
export interface EntryReason {
  readonly number: Msisdn;
  readonly reason: string;
  /** The file is encrypted: the reason is shown only if numbers are unmasked. */
  readonly encrypted: boolean;
}

/** A rule by which a bot ignores numbers. */
export interface IgnoreRule {
  readonly place: Place;
  /** Empty if it has a prefix. */
  readonly numbers: NumberSet;
  /** The first digits, without the plus. */
  readonly prefix?: string;
  readonly reason?: string;
  /** The last day on which it is in force, as YYYY-MM-DD. */
  readonly until?: string;
  /** The rule has expired: `until` is before today. */
  readonly past: boolean;
  readonly encrypted: boolean;
}
