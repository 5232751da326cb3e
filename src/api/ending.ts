/** Ends the requests of one bot: when the run is interrupted, or when the bot has failed. */
import { setMaxListeners } from 'node:events';
import { type ApiError, StoppedError } from '../model/errors.ts';
import type { Clock } from '../model/world.ts';

const LAST_ANSWERS = 3_000; // ms that requests in flight get after the bot has failed

export class Ending {
  /** Aborted when no request of the bot is sent any more. What waits to send one wakes then. */
  readonly signal: AbortSignal;
  readonly #clock: Clock;
  readonly #failed = new AbortController();
  readonly #allAnswered = new AbortController(); // only after the bot has failed
  readonly #cuts = new Set<() => void>(); // one for each request in flight
  #failure: ApiError | null = null;

  /** @param stop aborted when the run is interrupted; requests in flight are then cut by the sender. */
  constructor(stop: AbortSignal, clock: Clock) {
    this.#clock = clock;
    this.signal = AbortSignal.any([stop, this.#failed.signal]);
    setMaxListeners(0, this.signal); // each waiting request listens
  }

  /** Why the bot has failed; null if it has not. */
  get failure(): ApiError | null {
    return this.#failure;
  }

  /** Ends the bot. The first failure counts. */
  fail(error: ApiError): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#failed.abort();
    if (this.#cuts.size === 0) return;
    void this.#clock.sleep(LAST_ANSWERS, this.#allAnswered.signal).then(() => {
      for (const cut of this.#cuts) cut();
    });
  }

  /** Waits for the answer of a request in flight. @throws StoppedError if the answer takes too long after the end. */
  async outlast<T>(answer: Promise<T>): Promise<T> {
    let cut = () => {};
    const tooLate = new Promise<never>((_, reject) => {
      cut = () => reject(new StoppedError(true, this.#failure));
    });
    this.#cuts.add(cut);
    try {
      return await Promise.race([answer, tooLate]);
    } finally {
      this.#cuts.delete(cut);
      if (this.#failure && this.#cuts.size === 0) this.#allAnswered.abort();
    }
  }
}
