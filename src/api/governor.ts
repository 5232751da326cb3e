/**
 * Decides when a bot's requests are sent, and whether a failed request is repeated. Each bot has its own governor.
 *
 * - In flight: additive increase, multiplicative decrease on p-limit's live setter, never above `concurrency`.
 * - Rate: `pace.ts` decides when the next request may start.
 * - Retries: exponential backoff with full jitter, `Retry-After`, and a budget that many failures use up.
 * - Outage: all requests wait except one probe at a time. If more than `retries` of them fail in a row, so has the bot.
 * - Nothing there: `reach.ts` decides when a host that was never reached has failed.
 * - No progress: a bot whose requests have only failed for 15 minutes has failed. `reach.ts` measures that time.
 * - End: `ending.ts` ends every wait when the bot has failed or the run is interrupted.
 */

import pLimit from 'p-limit';
import { ApiError, StoppedError } from '../model/errors.ts';
import type { Clock } from '../model/world.ts';
import { Ending, finalError } from './ending.ts';
import { Pace } from './pace.ts';
import { Reach, Streak } from './reach.ts';

export interface GovernorOptions {
  /** The largest number of requests in flight. */
  readonly concurrency: number;
  /** The largest number of requests that start in a second. 0 is no limit. */
  readonly rate: number;
  /** The largest number of repeats of one request. During an outage, more failed probes in a row end the bot. */
  readonly retries: number;
  readonly clock: Clock;
  /** Returns a number from 0 to 1, as Math.random does. */
  readonly random: () => number;
  /** When aborted, no request starts. Requests in flight go on until their sender is aborted. */
  readonly stop: AbortSignal;
  /** Shared with the other bots of the host; by default the host has only this bot. */
  readonly reach?: Reach;
  /** Called when all requests have failed for five seconds, once until a request succeeds. */
  readonly onSilence?: (last: ApiError) => void;
}

const BASE_DELAY = { transient: 250, protocol: 250, throttle: 1000 } as const;
const MAX_DELAY = 20_000;
const MAX_RETRY_AFTER = 120_000;
const OUTAGE_AFTER = 5; // failures in a row
const PROBE_DELAY = 1000;
const MAX_PROBE_DELAY = 30_000;
const SILENCE = 5_000; // ms with only failures, after which the user is informed
const NO_PROGRESS_LIMIT = 15 * 60_000;
const BUDGET = 500;
const COST = { transient: 14, protocol: 14, throttle: 5 } as const;

const LOST = 'the host can no longer be reached';
const NOT_NOW = Symbol('not now');

export class Governor {
  readonly #options: GovernorOptions;
  readonly #inFlight: ReturnType<typeof pLimit>;
  readonly #pace: Pace;
  readonly #reach: Reach;
  readonly #ending: Ending;
  readonly #streak: Streak;
  #limit: number;
  #lastCut = Number.NEGATIVE_INFINITY;
  #budget = BUDGET;
  #successes = 0;
  #failures = 0;
  #reportedSilence = false;
  #outage: { failedProbes: number } | null = null;
  #probe: Promise<void> | null = null; // resolves when the probe in flight has ended

  constructor(options: GovernorOptions) {
    this.#options = options;
    this.#limit = options.concurrency;
    this.#inFlight = pLimit(options.concurrency);
    this.#pace = new Pace(options.rate, options.clock);
    this.#reach = options.reach ?? new Reach(options.clock);
    this.#ending = new Ending(options.stop, options.clock);
    this.#streak = new Streak(options.clock);
  }

  /** Aborted when no more requests are sent: the bot has failed, or the run was interrupted. */
  get over(): AbortSignal {
    return this.#ending.signal;
  }

  /**
   * Runs one request, and repeats it while it may still succeed.
   *
   * @param attempt sends the request once, and rejects with an ApiError if it failed.
   * @throws ApiError if the request failed for good. StoppedError if it was not sent, repeated or waited for, because
   *   the run was interrupted or the bot has failed.
   */
  async run<T>(attempt: () => Promise<T>): Promise<T> {
    this.#streak.begin();
    try {
      return await this.#repeat(attempt);
    } finally {
      this.#streak.end();
    }
  }

  async #repeat<T>(attempt: () => Promise<T>): Promise<T> {
    const { retries, random, clock } = this.#options;
    // A repeat seldom gets a better answer than a malformed one.
    const protocolRetries = Math.min(retries, Math.max(2, retries >> 1));
    let tries = 0;
    let counted = 0;
    let nonsense = 0;
    let spent = 0;
    let ambiguous = false;
    let mark = { successes: this.#successes, failures: this.#failures };
    for (;;) {
      if (this.#outage && this.#probe) await this.#probe;
      try {
        const result = await this.#inFlight(() => this.#admit(attempt, ambiguous));
        if (result === NOT_NOW) continue;
        this.#budget = Math.min(BUDGET, this.#budget + Math.max(spent, 1));
        return result;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        tries++;
        ambiguous ||= error.ambiguous;
        const { retry } = error;
        const { failure } = this.#ending;
        if (failure || retry === 'no') throw finalError(failure ?? error, tries, ambiguous);
        // If other requests fail too and none succeeds, the API is unavailable, so the failure does not count against this
        // one. Before the first success every failure counts, as an outage then looks like a wrong address.
        const othersSucceeded = this.#successes > mark.successes;
        const othersFailed = this.#failures - mark.failures > 1;
        if (othersSucceeded || !othersFailed || this.#successes === 0) counted++;
        if (retry === 'protocol') nonsense++;
        mark = { successes: this.#successes, failures: this.#failures };
        if (counted > retries || nonsense > protocolRetries) throw finalError(error, tries, ambiguous);
        spent += COST[retry];
        const delay = random() * Math.min(MAX_DELAY, BASE_DELAY[retry] * 2 ** (tries - 1));
        await clock.sleep(this.#reach.limit(delay), this.over);
      }
    }
  }

  /** Slows requests down if the vendor's quota, of which `percent` is used, is nearly used up. */
  heedQuota(percent: number): void {
    this.#pace.heedQuota(percent);
  }

  /**
   * Sends a request that has a place in flight. Returns NOT_NOW, which frees the place, while another request
   * probes.
   */
  async #admit<T>(attempt: () => Promise<T>, ambiguous: boolean): Promise<T | typeof NOT_NOW> {
    if (!this.#outage) return this.#send(attempt, ambiguous, false);
    if (this.#probe) return NOT_NOW;
    let probed = () => {};
    this.#probe = new Promise((resolve) => {
      probed = resolve;
    });
    try {
      const delay = Math.min(MAX_PROBE_DELAY, PROBE_DELAY * 2 ** this.#outage.failedProbes);
      await this.#options.clock.sleep(this.#reach.limit((0.5 + this.#options.random() / 2) * delay), this.over);
      return await this.#send(attempt, ambiguous, true);
    } finally {
      this.#probe = null;
      probed();
    }
  }

  async #send<T>(attempt: () => Promise<T>, ambiguous: boolean, probe: boolean): Promise<T> {
    await this.#pace.turn(this.#ending);
    if (this.#reach.gone) this.#ending.fail(this.#reach.gone);
    if (this.#ending.isOver) throw new StoppedError(ambiguous, this.#ending.failure);
    const startedAt = this.#options.clock.now();
    this.#reach.begin();
    try {
      const result = await this.#ending.outlast(attempt());
      this.#reach.end();
      this.#answered();
      return result;
    } catch (error) {
      if (error instanceof ApiError) this.#failed(error, startedAt, probe);
      throw error;
    }
  }

  /** Records that the server did the request, refused it, or answered an attempt of `stuckSince` without progress. */
  #answered(stuckSince?: number): void {
    this.#successes++;
    this.#streak.answered(stuckSince);
    this.#reportedSilence &&= stuckSince !== undefined;
    if (this.#outage) {
      this.#outage = null;
      this.#limit = 1;
    } else if (this.#limit < this.#options.concurrency) {
      this.#limit += 1 / this.#limit;
    }
    this.#inFlight.concurrency = Math.floor(this.#limit);
  }

  #failed(error: ApiError, startedAt: number, probe: boolean): void {
    this.#reach.end(error);
    if (error.hopeless) this.#ending.fail(error);
    if (error.retry === 'no' || error.partial) this.#answered(error.stuck ? startedAt : undefined);
    if (error.retry === 'no') return;
    if (!error.partial) {
      this.#failures++;
      this.#streak.failed(startedAt);
    }
    this.#budget -= COST[error.retry];
    this.#heedRetryAfter(error);
    const now = this.#options.clock.now();
    if (startedAt > this.#lastCut) {
      this.#lastCut = now;
      this.#limit = Math.max(1, this.#limit / 2);
      this.#inFlight.concurrency = Math.floor(this.#limit);
    }
    if (probe && this.#outage) this.#outage.failedProbes++;
    else if (!this.#outage && (this.#streak.failures >= OUTAGE_AFTER || this.#budget <= 0)) {
      this.#outage = { failedProbes: 0 };
      this.#budget = BUDGET;
    }
    if (this.#reach.gone) this.#ending.fail(this.#reach.gone);
    else if (this.#outage && this.#outage.failedProbes > this.#options.retries)
      this.#giveUp(error, error.unconnected ? LOST : 'the API is unavailable');
    else if (this.#streak.lasted > NO_PROGRESS_LIMIT) this.#giveUp(error, 'no request succeeded for 15 minutes');
    this.#reportSilence(error);
  }

  #reportSilence(error: ApiError): void {
    if (this.#ending.isOver || error.retry === 'protocol') return; // repeated only a few times
    if (this.#streak.lasted < SILENCE || this.#reportedSilence) return;
    this.#reportedSilence = true;
    this.#options.onSilence?.(error);
  }

  #heedRetryAfter(error: ApiError): void {
    if (error.retryAfter === undefined) return;
    if (error.retryAfter > MAX_RETRY_AFTER) {
      const seconds = Math.round(error.retryAfter / 1000);
      this.#giveUp(
        error,
        `the server requires a wait of ${seconds} s, and a run waits at most ${MAX_RETRY_AFTER / 1000} s`,
      );
    }
    this.#pace.pause(error.retryAfter * (1 + 0.1 * this.#options.random()));
  }

  #giveUp(error: ApiError, why: string): void {
    const { ambiguous, detail } = error;
    this.#ending.fail(new ApiError(`${why}: ${error.message}`, { hopeless: true, ambiguous, detail, cause: error }));
  }
}
