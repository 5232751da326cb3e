import type { WarningCode } from '../model/warnings.ts';

export interface ApplyOptions extends PlanningOptions {
  /** Applies without a question. */
  readonly yes: boolean;
  /** The fingerprint of the plan that may be applied, or at least its first 8 characters. Overrides the guard. */
  readonly approve?: string | undefined;
  /** A file with a saved plan, to apply instead of a fresh one. */
  readonly plan?: string | undefined;
  /** The maximum age of the saved plan, in milliseconds; by default a day. */
  readonly maxAge?: number | undefined;
  /** How long to wait until the lists show the writes, in milliseconds. */
  readonly wait?: number | undefined;
  /** A pending number makes the outcome `partial`. */
  readonly failOnPending?: boolean | undefined;
}

/** The options of commands that make a plan to apply. */
export interface PlanningOptions extends ApiOptions {
  /** Postpones all removals. */
  readonly addsOnly?: boolean | undefined;
}

/** The options of commands that use the API. */
export interface ApiOptions extends Selection, WarningRules {
  readonly baseUrl?: string | undefined;
  /** The most requests in flight for each bot. */
  readonly concurrency: number;
  /** The most bots to work on at once. */
  readonly parallel: number;
  /** Requests a second for each bot; 0 is unlimited. */
  readonly rate: number;
  /** The time of one request, in milliseconds. */
  readonly timeout: number;
  readonly retries: number;
  /** Reports where each added or listed number is declared. */
  readonly verbose?: boolean | undefined;
  /** The state file of a sandbox in this process, '' for a sandbox without one; undefined for the real API. */
  readonly sandbox?: string | undefined;
}

/** The options about bots that `init` and `import` create. */
export interface NewBotOptions {
  readonly bots: readonly string[];
  readonly provider?: string | undefined;
  /** The values of each key, `tokenEnv` included: one for all bots, or one for each. */
  readonly settings: Readonly<Record<string, readonly string[]>>;
}

/** Returns the option for a key of files: `--phone-number-id` for `phoneNumberId`. */
export const flagOf = (key: string): string => `--${wordsOf(key).join('-')}`;

/** Returns what an option for a key takes: `id` for `phoneNumberId`. */
export const valueNameOf = (key: string): string => (key === 'tokenEnv' ? 'name' : wordsOf(key).at(-1)!);

const wordsOf = (key: string) => key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).split(' ');

/** A branch or a tag could move to another commit, which would receive the tokens. */
export const ACTION_FORM = 'an action as OWNER/REPO@COMMIT, with the 40 hex digits of a commit, in lower case';
export const isAction = (text: string): boolean => /^[A-Za-z\d][A-Za-z\d-]*\/[\w.-]+@[\da-f]{40}$/.test(text);

/** The codes of warnings that are errors or are hidden. No code is in both lists. */
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

/** The bots of the desired state that a run selects. */
export interface Selection {
  /** Only these ids; empty for all. */
  readonly bots: readonly string[];
  readonly shard?: Shard | undefined;
}
