import type { Msisdn } from '../numbers/msisdn.ts';
import type { NumberSet } from '../numbers/number-set.ts';

export type Policy = 'sync' | 'add-only' | 'remove-only';

/** Numbers that no plan of a bot adds or removes. */
export interface Ignored {
  readonly numbers: NumberSet;
  /** The first digits of numbers, without the plus. */
  readonly prefixes: readonly string[];
}

/** Removals above max(floor, percent of the live list) are refused. */
export interface GuardLimits {
  readonly percent: number;
  readonly floor: number;
}

/** What a provider needs to find a bot's list, by key: for example a region. */
export type Settings = Readonly<Record<string, string>>;

/** One bot of the desired state. */
export interface Bot {
  readonly id: string;
  /** The kind of API that holds its list. */
  readonly provider: string;
  readonly settings: Settings;
  /** The name of the environment variable that holds the token. */
  readonly tokenEnv: string;
  readonly policy: Policy;
  readonly guard: GuardLimits;
  readonly numbers: NumberSet;
  /** Declared and expired, so not in `numbers`: the last day on which each was blocked, as YYYY-MM-DD. */
  readonly expired: ReadonlyMap<Msisdn, string>;
  /** Left alone, live or not; none of them is in `numbers`. */
  readonly ignored: Ignored;
  /** Declared as protected somewhere in the desired state, for this bot or another: no plan removes them. */
  readonly protected: NumberSet;
}

/** What a kind of API can do. Stages know a provider by these facts, and not by name. */
export interface Caps {
  /** Numbers in one write at most. */
  readonly batchSize: number;
  /** How long a write may take to show in the list, in milliseconds. */
  readonly settleTime: number;
  /** Entries that a list can hold; Infinity if unknown. */
  readonly capacity: number;
  /** A write is answered number by number, so that nothing has to be looked up afterwards. */
  readonly perNumber: boolean;
  /** Only a user who wrote recently can be blocked: an add may have to wait, and a wrong removal may be final. */
  readonly addNeedsContact: boolean;
  /** A user may be listed under another number than the one that was written. */
  readonly mayRename: boolean;
}

/** Where one bot's API is, and the token for it. */
export interface Endpoint {
  readonly baseUrl: string;
  readonly token: string;
}
