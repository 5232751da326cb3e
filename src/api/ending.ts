/** Ends a bot's requests: all when the run is interrupted or the bot has failed, or one with its last error. */
import { setMaxListeners } from 'node:events';
import { ApiError, StoppedError } from '../model/errors.ts';
import type { Clock } from '../model/world.ts';

const LAST_ANSWERS = 3_000; // ms for requests in flight to finish after the bot has failed

export class Ending {
  readonly #stop: AbortSignal;
  readonly #clock: Clock;
  readonly #failed = new AbortController();
  readonly #allAnswered = new AbortController(); // only after the bot has failed
  readonly #cuts = new Set<() => void>(); // one for each request in flight
  #signal: AbortSignal | null = null;
  #failure: ApiError | null = null;

  /** @param stop aborted when the run is interrupted; the sender then cuts requests in flight. */
  constructor(stop: AbortSignal, clock: Clock) {
    this.#stop = stop;
    this.#clock = clock;
  }

  /** No more requests of the bot are sent. */
  get isOver(): boolean {
    return this.#stop.aborted || this.#failure !== null;
  }

  /**
   * Aborted when no more requests of the bot are sent, with the failure of the bot as the reason. It wakes requests that
   * wait to be sent.
   */
  get signal(): AbortSignal {
    if (this.#signal) return this.#signal;
    // Only when it is needed: most bots of a plan never wait, and each signal takes memory.
    this.#signal = AbortSignal.any([this.#stop, this.#failed.signal]);
    setMaxListeners(0, this.#signal); // each waiting request adds a listener
    return this.#signal;
  }

  /** Why the bot has failed; null if it has not. */
  get failure(): ApiError | null {
    return this.#failure;
  }

  /** Marks the bot as failed. Later failures are ignored. */
  fail(error: ApiError): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#failed.abort(error);
    if (this.#cuts.size === 0) return;
    void this.#clock.sleep(LAST_ANSWERS, this.#allAnswered.signal).then(() => {
      for (const cut of this.#cuts) cut();
    });
  }

  /**
   * Waits for the answer of a request in flight.
   *
   * @throws StoppedError if it comes too late after the bot has failed.
   */
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

/** Adds to the last error of a request how often it was tried, and whether any attempt may have taken effect. */
export function finalError(error: ApiError, tries: number, ambiguous: boolean): ApiError {
  const [what, ...remedy] = error.message.split('; ');
  const message = tries > 1 ? [`${what} (tried ${tries} times)`, ...remedy].join('; ') : error.message;
  const { refused, full, tooLarge, hopeless, detail } = error;
  return new ApiError(message, { ambiguous, refused, full, tooLarge, hopeless, detail, cause: error });
}
