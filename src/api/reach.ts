import { ApiError } from '../model/errors.ts';
import type { Clock } from '../model/world.ts';

const LIMIT = 10_000; // ms from the first attempt

/** Whether a host was ever reached in this run. All bots of the host share it, so that each need not wait again. */
export class Reach {
  readonly #clock: Clock;
  #start: number | undefined;
  #reached = false;
  #gone: ApiError | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
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
      const message = `not reached within ${LIMIT / 1000} s: ${error.message}`;
      this.#gone ??= new ApiError(message, { hopeless: true, unconnected: true, cause: error });
    }
  }

  #left(): number {
    return this.#start! + LIMIT - this.#clock.now();
  }
}
