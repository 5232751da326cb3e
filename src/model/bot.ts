import type { Msisdn } from '../numbers/msisdn.ts';
import type { NumberSet } from '../numbers/number-set.ts';

export type Policy = 'sync' | 'add-only' | 'remove-only';

/** Numbers that no plan of a bot adds or removes. */
export interface Ignored {
  readonly numbers: NumberSet;
  /** The first digits of numbers, without the plus. */
  readonly prefixes: readonly string[];
}

/** The guard refuses more removals than max(floor, percent of the live list). */
export interface GuardLimits {
  readonly percent: number;
  readonly floor: number;
}

/** The settings with which a provider finds a bot's list, by key, such as a region. */
export type Settings = Readonly<Record<string, string>>;

/** One bot of the desired state. */
export interface Bot {
  readonly id: string;
  /** The kind of the API that has its list. */
  readonly provider: string;
  readonly settings: Settings;
  /** The name of the environment variable with the token. */
  readonly tokenEnv: string;
  readonly policy: Policy;
  readonly guard: GuardLimits;
  readonly numbers: NumberSet;
  /**
   * Declared and expired numbers, which are not in `numbers`: the last day on which each was in force, as
   * YYYY-MM-DD.
   */
  readonly expired: ReadonlyMap<Msisdn, string>;
  /** Ignored numbers, live or not. None of them is in `numbers`. */
  readonly ignored: Ignored;
  /** Numbers declared as protected for any bot of the desired state. No plan removes them. */
  readonly protected: NumberSet;
}

/** The capabilities of a kind of API. Stages use these facts, and never the name of a provider. */
export interface Caps {
  /** The largest count of numbers in one write. */
  readonly batchSize: number;
  /** The longest time after which a write shows in the list, in milliseconds. */
  readonly settleTime: number;
  /** The largest count of entries in a list; Infinity if unknown. */
  readonly capacity: number;
  /** The answer to a write has a result for each number, so that the list need not be read again. */
  readonly perNumber: boolean;
  /** Only a user who wrote recently can be blocked: an add may be pending, and a wrong removal may be final. */
  readonly addNeedsContact: boolean;
  /** A user may be listed under another number than the one that was written. */
  readonly mayRename: boolean;
}

/** The header with the token: its name in lower case, and the text before the token. */
export interface TokenHeader {
  readonly name: string;
  readonly prefix: string;
}

/** The option or variable that replaces the base URL of every bot. */
export type BaseUrlSource = '--base-url' | 'BLACKLISTCTL_BASE_URL';

/** The address of one bot's API, and its token. */
export interface Endpoint {
  readonly baseUrl: string;
  /** What replaces the vendor's host; undefined if nothing does. */
  readonly setBy?: BaseUrlSource | undefined;
  readonly token: string;
  readonly tokenHeader: TokenHeader;
}
