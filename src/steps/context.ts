import type { Send } from '../api/http.ts';
import type { Report } from '../model/report.ts';
import type { Origin } from '../model/warnings.ts';
import type { Clock, Env, Progress } from '../model/world.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import type { Files } from './files.ts';

/** The world as commands see it. `cli/world.ts` makes the real one; tests and the simulation make theirs. */
export interface Context {
  readonly env: Env;
  readonly clock: Clock;
  /** 0 to 1, as Math.random. */
  readonly random: () => number;
  /** Aborted by Ctrl-C: nothing new is sent, what is in flight finishes. */
  readonly stop: AbortSignal;
  /** Texts that appear in no output. */
  readonly secrets: Set<string>;
  /** Gets the token of each bot, by its id, for a caller who signs what the run found. */
  readonly tokens?: Map<string, string>;
  readonly progress: Progress;
  readonly files: Files;
  openHttp(options: { timeout: number; sandboxPort?: number }): Promise<{ send: Send; abort(): void }>;
  /** `key` is the random one in the state file; null without that file. */
  startSandbox(stateFile: string | undefined): Promise<{ port: number; key: string | null; close(): Promise<void> }>;
  /** The numbers that libphonenumber doubts: by all its rules, or by length alone. */
  doubtful(numbers: NumberSet, by: 'all' | 'length'): Promise<readonly Msisdn[]>;
  /** The numbers that libphonenumber writes like a declared one in international form, with that one. */
  spelledAlike(declared: NumberSet, others: NumberSet): Promise<ReadonlyMap<Msisdn, Msisdn>>;
  /** The country that a number belongs to by its first digits. */
  countryOf(number: Msisdn): Promise<Origin>;
  /** Shows a plan before it is applied. */
  present(report: Report): Promise<void>;
  /** Asks the user; null without a terminal. */
  readonly confirm: ((question: string) => Promise<boolean>) | null;
  /** Asks for a line of text, trimmed; null if interrupted. Null itself without a terminal. */
  readonly ask: ((question: string) => Promise<string | null>) | null;
}
