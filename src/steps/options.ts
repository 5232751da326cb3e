import type { WarningCode } from '../model/warnings.ts';

export interface ApplyOptions extends ApiOptions {
  /** Do not ask. */
  readonly yes: boolean;
  /** The fingerprint, or its first 8 characters or more, of the one plan that may be applied, whatever its size. */
  readonly approve?: string | undefined;
  /** A saved plan to apply instead of a fresh one. */
  readonly plan?: string | undefined;
  /** How old that plan may be, in milliseconds; by default a day. */
  readonly maxAge?: number | undefined;
  /** Wait until the lists show what was written, in milliseconds at most. */
  readonly wait?: number | undefined;
  /** A pending number is no success. */
  readonly failOnPending?: boolean | undefined;
}

/** What the commands that talk to the API share. */
export interface ApiOptions extends Selection, WarningRules {
  readonly baseUrl?: string | undefined;
  /** Requests in flight per bot. */
  readonly concurrency: number;
  /** Bots worked on at once. */
  readonly parallel: number;
  /** Requests a second per bot; 0 is unlimited. */
  readonly rate: number;
  /** One request, in milliseconds. */
  readonly timeout: number;
  readonly retries: number;
  /** Report where each added number is declared. */
  readonly verbose?: boolean | undefined;
  /** Run against a sandbox in this process; its state file, or '' for none. */
  readonly sandbox?: string | undefined;
}

/** What a run makes of warnings, by code. No code is in both lists. */
export interface WarningRules {
  readonly errorOn?: readonly WarningCode[] | undefined;
  readonly ignore?: readonly WarningCode[] | undefined;
}

export const DEFAULT_PATH = 'blacklist.yaml';

/** One of `count` parts of the bots, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Which bots of the desired state a run takes. */
export interface Selection {
  /** Only these ids; empty for all. */
  readonly bots: readonly string[];
  readonly shard?: Shard | undefined;
}
