import type { Msisdn } from '../numbers/msisdn.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import type { Place } from './fault.ts';

/** What the desired state says of a number besides the number. */
export interface Entry {
  readonly reason?: string;
  readonly owner?: string;
  /** Days, as YYYY-MM-DD: `expires` is the last one on which the number is blocked. */
  readonly added?: string;
  readonly expires?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly protected?: boolean;
}

/** One of the ways by which a number comes to a bot. */
export interface Declaration {
  readonly number: Msisdn;
  /** The list that it comes by; null where the bot says it itself. */
  readonly list: string | null;
  /** Who looks after that list. */
  readonly listOwner?: string;
  /** Where the number stands. */
  readonly place: Place;
  readonly entry: Entry;
  /** The file that says so is encrypted: its texts are for those alone who see numbers in full. */
  readonly encrypted: boolean;
}

/** A rule by which a bot leaves numbers alone. */
export interface IgnoreRule {
  readonly place: Place;
  /** The numbers that it names; none if it has a prefix. */
  readonly numbers: NumberSet;
  /** The first digits, without the plus. */
  readonly prefix?: string;
  readonly reason?: string;
  /** The last day on which it holds, as YYYY-MM-DD. */
  readonly until?: string;
  /** That day is past. */
  readonly past: boolean;
  /** As that of a declaration. */
  readonly encrypted: boolean;
}
