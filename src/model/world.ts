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

const DAY = 24 * 3_600_000; // milliseconds

/** Adds days to a day. Both are YYYY-MM-DD. */
export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
}

/** Counts the days from one day to a later one. Both are YYYY-MM-DD. */
export function daysFrom(day: string, later: string): number {
  return (Date.parse(later) - Date.parse(day)) / DAY;
}

/** The variables of the environment. */
export type Env = Readonly<Record<string, string | undefined>>;

/** One attempt to send a request, for --debug. Its texts may contain numbers and tokens. */
export interface Attempt {
  /** The id of the bot. */
  readonly bot: string;
  readonly method: string;
  readonly url: string;
  /** Null if no complete answer arrived. */
  readonly status: number | null;
  /** Milliseconds from its start to its answer or failure. */
  readonly duration: number;
  /** How often the request has been sent, this time included. */
  readonly attempt: number;
  /** Why the attempt before failed, for which this one repeats it; null for the first. */
  readonly because: string | null;
  /** Why this attempt failed; null if it did not. */
  readonly error: string | null;
  /** The id by which the vendor's support finds the request; null if the answer has none. */
  readonly requestId: string | null;
}

/** Takes each attempt when it ends. */
export type Trace = (attempt: Attempt) => void;

/** Shows the progress of a run. */
export interface Progress {
  /** @param total the expected count of numbers. */
  begin(activity: 'Reading' | 'Writing', total: number): void;
  /** Notes a wait before the lists are read again. */
  wait(ms: number): void;
  advance(numbers: number): void;
  note(bot: string, text: string): void;
  end(): void;
}
