import type { Send } from '../api/http.ts';
import type { Report } from '../model/report.ts';
import type { Origin } from '../model/warnings.ts';
import type { Clock, Env, Progress, Trace } from '../model/world.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import type { Files } from './files.ts';

/** The outside world of commands. `cli/world.ts` makes the real one; tests and the simulation make their own. */
export interface Context {
  readonly env: Env;
  /** The version of this program. */
  readonly version: string;
  readonly clock: Clock;
  /** Returns a number from 0 to 1, like Math.random. */
  readonly random: () => number;
  /** Aborted by Ctrl-C. After that, no new request is sent, and requests in flight have three seconds to finish. */
  readonly stop: AbortSignal;
  /** Texts that are redacted in all output. */
  readonly secrets: Set<string>;
  /** Receives the token of each bot, by its id, for a caller that signs the results. */
  readonly tokens?: Map<string, string>;
  readonly progress: Progress;
  /** Takes each request that was sent, with --debug. */
  readonly trace?: Trace | undefined;
  readonly files: Files;
  openHttp(options: { timeout: number; sandboxPort?: number }): Promise<{ send: Send; abort(): void }>;
  /** `key` is the random key of the state file; null without that file. */
  startSandbox(stateFile: string | undefined): Promise<{ port: number; key: string | null; close(): Promise<void> }>;
  /** Returns the numbers that libphonenumber doubts, by all its rules or by length alone. */
  doubtful(numbers: NumberSet, by: 'all' | 'length'): Promise<readonly Msisdn[]>;
  /** Maps other numbers to the declared number that libphonenumber writes the same in international form. */
  spelledAlike(declared: NumberSet, others: NumberSet): Promise<ReadonlyMap<Msisdn, Msisdn>>;
  /** Returns the country of a number by its first digits. */
  countryOf(number: Msisdn): Promise<Origin>;
  /** Shows a plan before it is applied. */
  present(report: Report): Promise<void>;
  /** Asks the user to confirm; null without a terminal. */
  readonly confirm: ((question: string) => Promise<boolean>) | null;
  /** Asks for a line of text, and returns it trimmed, or null if interrupted. Null without a terminal. */
  readonly ask: ((question: string) => Promise<string | null>) | null;
}
