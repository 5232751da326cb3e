import type { Send } from '../api/http.ts';
import type { Report } from '../model/report.ts';
import type { Clock, Env, Progress } from '../model/world.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import type { Files } from './files.ts';

/** The world as commands see it. `cli.ts` makes the real one; tests and the simulation make theirs. */
export interface Context {
  readonly env: Env;
  readonly clock: Clock;
  /** 0 to 1, as Math.random. */
  readonly random: () => number;
  /** Aborted by Ctrl-C: nothing new is sent, what is in flight finishes. */
  readonly stop: AbortSignal;
  /** Whatever is added here appears in no output. */
  readonly secrets: Set<string>;
  readonly progress: Progress;
  readonly files: Files;
  openHttp(options: { timeout: number; sandboxPort?: number }): Promise<{ send: Send; abort(): void }>;
  startSandbox(stateFile: string | undefined): Promise<{ port: number; close(): Promise<void> }>;
  /** The numbers that libphonenumber doubts: by all it knows of them, or by their length alone. */
  doubtful(numbers: NumberSet, by: 'all' | 'length'): Promise<readonly Msisdn[]>;
  /** Shows a plan before it is applied. */
  present(report: Report): Promise<void>;
  /** Asks the person at the terminal; null where there is none. */
  readonly confirm: ((question: string) => Promise<boolean>) | null;
  /** Asks for a line of text, trimmed; it is null if the question was interrupted. Null itself where there is no terminal. */
  readonly ask: ((question: string) => Promise<string | null>) | null;
}
