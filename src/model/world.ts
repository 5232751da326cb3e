/** Time as the program sees it. Tests and the simulation bring their own, on which hours pass in no time. */
export interface Clock {
  /** Milliseconds on a clock that never jumps. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** The day in UTC, as YYYY-MM-DD. */
  today(): string;
  /** Seconds since 1970, UTC: what other machines understand. It may jump. */
  unix(): number;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  today: () => new Date().toISOString().slice(0, 10),
  unix: () => Date.now() / 1000,
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done);
    }),
};
