/** Time as the program sees it. Tests and the simulation bring their own, on which hours pass in no time. */
export interface Clock {
  /** Milliseconds on a clock that never jumps. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** The day in UTC, as YYYY-MM-DD. */
  today(): string;
  /** Seconds since 1970, UTC, as other machines understand it. It may jump. */
  unix(): number;
}

/** The variables of the environment. */
export type Env = Readonly<Record<string, string | undefined>>;

/** What people see of a run that takes its time. */
export interface Progress {
  begin(activity: 'Reading' | 'Writing' | 'Waiting', total: number): void;
  advance(numbers: number): void;
  note(bot: string, text: string): void;
  end(): void;
}
