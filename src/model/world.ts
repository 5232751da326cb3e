/** The time for the program. Tests and the simulation have a virtual clock, on which hours pass at once. */
export interface Clock {
  /** Returns milliseconds of a monotonic clock. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Returns the day in UTC, as YYYY-MM-DD. */
  today(): string;
  /** Returns the system time in seconds since 1970, UTC. It may jump. */
  unix(): number;
}

/** The variables of the environment. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Shows the progress of a run. */
export interface Progress {
  begin(activity: 'Reading' | 'Writing' | 'Waiting', total: number): void;
  advance(numbers: number): void;
  note(bot: string, text: string): void;
  end(): void;
}
