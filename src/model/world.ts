/**
 * Measures time for the program. Tests and the simulation use a virtual clock, on which hours pass at once.
 */
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

/** Formats a time of `unix` as 2026-06-15T12:00:00Z. */
export const timeOf = (unix: number) => `${new Date(unix * 1000).toISOString().slice(0, 19)}Z`;

/** The variables of the environment. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Shows the progress of a run. */
export interface Progress {
  begin(activity: 'Reading' | 'Writing' | 'Waiting', total: number): void;
  advance(numbers: number): void;
  note(bot: string, text: string): void;
  end(): void;
}
