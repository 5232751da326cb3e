import { ApiError } from '../model/errors.ts';
import type { Clock } from '../model/world.ts';

const LIMIT = 10_000; // ms from the first attempt
const LIMIT_HERE = 2_000; // the same on this machine, where only a server that is just starting is worth a wait

/** Whether a host was ever reached in this run. All bots of the host share it, so that each need not wait again. */
export class Reach {
  readonly #clock: Clock;
  readonly #most: number;
  #start: number | undefined;
  #reached = false;
  #gone: ApiError | null = null;

  /** @param local the host is this machine. */
  constructor(clock: Clock, local = false) {
    this.#clock = clock;
    this.#most = local ? LIMIT_HERE : LIMIT;
  }

  /** Why no bot of the host sends more requests; null while they may. */
  get gone(): ApiError | null {
    return this.#gone;
  }

  /** Limits a wait to the time that the host has left to be reached. */
  limit(ms: number): number {
    return this.#reached || this.#start === undefined ? ms : Math.min(ms, Math.max(0, this.#left()));
  }

  /** Marks the start of an attempt. */
  begin(): void {
    this.#start ??= this.#clock.now();
  }

  /** Marks the end of an attempt. `error`: why it failed, if it did. */
  end(error?: ApiError): void {
    if (!error?.unconnected) this.#reached = true;
    else if (!this.#reached && this.#left() <= 0) {
      const message = `not reached within ${this.#most / 1000} s: ${error.message}`;
      this.#gone ??= new ApiError(message, { hopeless: true, unconnected: true, cause: error });
    }
  }

  #left(): number {
    return this.#start! + this.#most - this.#clock.now();
  }
}

/** The failures of a bot's requests since the last answer, and how long requests have failed. */
export class Streak {
  readonly #clock: Clock;
  #failures = 0;
  #isOpen = false;
  #start = 0; // of the first failure, or the last answer; later by each time in which no request waited
  #waiting = 0; // requests
  #idleSince = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The failures in a row. */
  get failures(): number {
    return this.#failures;
  }

  /**
   * Milliseconds in which requests failed and none was answered. A request's wait for its repeat counts. Time in which
   * the bot had no request does not, as a request could have been answered then.
   */
  get lasted(): number {
    return this.#clock.now() - this.#start;
  }

  /** Marks that the bot has one more request. */
  begin(): void {
    if (this.#waiting++ === 0) this.#start += this.#clock.now() - this.#idleSince;
  }

  /** Marks that a request was answered, or has failed for good. */
  end(): void {
    if (--this.#waiting === 0) this.#idleSince = this.#clock.now();
  }

  /** Adds a failure of an attempt that started at this time. */
  failed(startedAt: number): void {
    this.#goOn(startedAt);
    this.#failures++;
  }

  /** Ends the row. Its time goes on if the answer was no progress for an attempt that started at `stuckSince`. */
  answered(stuckSince?: number): void {
    this.#failures = 0;
    if (stuckSince === undefined) {
      this.#isOpen = false;
      this.#start = this.#clock.now();
    } else {
      this.#goOn(stuckSince);
    }
  }

  #goOn(startedAt: number): void {
    if (!this.#isOpen) this.#start = Math.max(startedAt, this.#start);
    this.#isOpen = true;
  }
}
