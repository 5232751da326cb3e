/**
 * Decides when a bot's next request may start, by its rate, the vendor's quota and the pauses that the server
 * requests.
 */
import type { Clock } from '../model/world.ts';
import type { Ending } from './ending.ts';

const WINDOW = 1050; // ms; a little over a second, as clocks differ
const QUOTA_LIMIT = 80; // percent; from this use on, there is a gap between the starts of requests
const QUOTA_GAP = 500; // ms between starts at the limit, and as much more for each percent above it

export class Pace {
  readonly #rate: number;
  readonly #clock: Clock;
  readonly #starts: Float64Array;
  #nextStart = 0;
  #lastStart = Number.NEGATIVE_INFINITY;
  #gap = 0;
  #pausedUntil = 0;

  /** @param rate the largest number of requests a second; 0 is no limit. */
  constructor(rate: number, clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
    this.#starts = new Float64Array(rate).fill(Number.NEGATIVE_INFINITY);
  }

  /** Sets a gap between the starts of requests if at least 80 percent of the vendor's quota is used. */
  heedQuota(percent: number): void {
    this.#gap = percent < QUOTA_LIMIT ? 0 : (Math.min(percent, 100) - QUOTA_LIMIT + 1) * QUOTA_GAP;
  }

  /** Lets no request start in the next `ms`. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + ms);
  }

  /** Waits until the server's pause ends and the rate allows a start. Returns at once when the bot's requests end. */
  async turn(ending: Pick<Ending, 'isOver' | 'signal'>): Promise<void> {
    const clock = this.#clock;
    if (ending.isOver) return;
    const pause = this.#pausedUntil - clock.now();
    if (pause > 0) {
      await clock.sleep(pause, ending.signal);
      return this.turn(ending); // the server may have requested a longer pause meanwhile
    }
    let at = Math.max(clock.now(), this.#lastStart + this.#gap);
    if (this.#rate > 0) {
      // No window may have more than `rate` starts: this start comes a window after the one `rate` starts before it.
      const slot = this.#nextStart++ % this.#rate;
      at = Math.max(at, this.#starts[slot]! + WINDOW);
      this.#starts[slot] = at;
    }
    this.#lastStart = at;
    if (at > clock.now()) await clock.sleep(at - clock.now(), ending.signal);
    if (this.#pausedUntil > clock.now()) await this.turn(ending);
  }
}
