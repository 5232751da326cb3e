/** Decides when a bot's next request may start: its rate, the vendor's quota, and pauses that the server asks for. */
import type { Clock } from '../model/world.ts';

const WINDOW = 1050; // a little over a second, since clocks differ
const QUOTA_LIMIT = 80; // percent; from here on, requests start apart
const QUOTA_GAP = 500; // ms between starts, and as much again for each percent above the limit

export class Pace {
  readonly #rate: number;
  readonly #clock: Clock;
  readonly #starts: Float64Array;
  #nextStart = 0;
  #lastStart = Number.NEGATIVE_INFINITY;
  #gap = 0;
  #pausedUntil = 0;

  /** @param rate requests a second at most; 0 is no limit. */
  constructor(rate: number, clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
    this.#starts = new Float64Array(rate).fill(Number.NEGATIVE_INFINITY);
  }

  /** Makes requests start apart if the vendor's quota, of which `percent` is used, is nearly used up. */
  heedQuota(percent: number): void {
    this.#gap = percent < QUOTA_LIMIT ? 0 : (Math.min(percent, 100) - QUOTA_LIMIT + 1) * QUOTA_GAP;
  }

  /** No request starts in the next `ms`. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + ms);
  }

  /** Waits for the end of the server's pause, then for a free start within the rate; no longer once `stop` is aborted. */
  async turn(stop: AbortSignal): Promise<void> {
    const clock = this.#clock;
    if (stop.aborted) return;
    const pause = this.#pausedUntil - clock.now();
    if (pause > 0) {
      await clock.sleep(pause, stop);
      return this.turn(stop); // meanwhile the server may have asked for a longer pause
    }
    let at = Math.max(clock.now(), this.#lastStart + this.#gap);
    if (this.#rate > 0) {
      // The start `rate` starts ago must be a whole window ago, so that no window has more than `rate`.
      const slot = this.#nextStart++ % this.#rate;
      at = Math.max(at, this.#starts[slot]! + WINDOW);
      this.#starts[slot] = at;
    }
    this.#lastStart = at;
    if (at > clock.now()) await clock.sleep(at - clock.now(), stop);
    if (this.#pausedUntil > clock.now()) await this.turn(stop);
  }
}
