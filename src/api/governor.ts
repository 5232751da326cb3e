/**
 * Decides when a request may go out and whether a failed one goes out again. One governor a bot.
 *
 * - In flight: additive increase, multiplicative decrease on p-limit's live setter, never above `concurrency`.
 * - Rate: at most `rate` starts in any window of one second, and fewer when a vendor's quota is nearly used.
 * - Retries: exponential backoff with full jitter, `Retry-After`, and a budget that a storm of failures uses up.
 * - Poison or outage: a failure counts against its request if another request succeeded meanwhile, or if nothing else
 *   failed meanwhile. If others fail too and none succeeds, the API is out, not the request. Before the first success
 *   every failure counts: nothing tells an outage from a wrong address then.
 * - Outage: everything waits but one probe at a time. After `retries` failed probes in a row the bot has failed.
 */

import pLimit from 'p-limit';
import { ApiError, StoppedError } from '../model/errors.ts';
import type { Clock } from '../model/world.ts';

export interface GovernorOptions {
  /** Requests in flight at most. */
  readonly concurrency: number;
  /** Requests started a second at most; 0 is unlimited. */
  readonly rate: number;
  /** How often one request is repeated, and how many probes of an outage may fail in a row. */
  readonly retries: number;
  readonly clock: Clock;
  /** 0 to 1, as Math.random. */
  readonly random: () => number;
  /** Once aborted, nothing new is sent; what is in flight finishes. */
  readonly stop: AbortSignal;
  /** Called once in a row of failures, when it has lasted for a while and goes on. */
  readonly onSilence?: (last: ApiError) => void;
}

const BASE_DELAY = { transient: 250, protocol: 250, throttle: 1000 } as const;
const MAX_DELAY = 20_000;
const MAX_RETRY_AFTER = 120_000;
const WINDOW = 1050; // a little over a second, as clocks differ
const OUTAGE_AFTER = 5; // failures in a row
const PROBE_DELAY = 1000;
const MAX_PROBE_DELAY = 30_000;
const SILENCE = 5_000; // ms of failures alone, after which people want to know
const NO_PROGRESS_LIMIT = 15 * 60_000;
const QUOTA_LIMIT = 80; // percent, from which on every request waits
const QUOTA_GAP = 500; // ms between starts, more for every percent above it
const BUDGET = 500;
const COST = { transient: 14, protocol: 14, throttle: 5 } as const;

const NOT_NOW = Symbol('not now');

export class Governor {
  readonly #options: GovernorOptions;
  readonly #inFlight: ReturnType<typeof pLimit>;
  readonly #starts: Float64Array;
  #nextStart = 0;
  #limit: number;
  #cuts = 0;
  #lastCut = Number.NEGATIVE_INFINITY;
  #budget = BUDGET;
  #successes = 0;
  #failures = 0;
  #failedInRow = 0;
  #lastProgress: number;
  #silentSince = 0; // when the first of the failures in a row was sent; infinite once it was told
  #pausedUntil = 0;
  #gap = 0;
  #lastStart = Number.NEGATIVE_INFINITY;
  #outage: { failedProbes: number } | null = null;
  /** Resolves when the probe on its way has come back. */
  #probe: Promise<void> | null = null;
  #dead: ApiError | null = null;

  constructor(options: GovernorOptions) {
    this.#options = options;
    this.#limit = options.concurrency;
    this.#inFlight = pLimit(options.concurrency);
    this.#starts = new Float64Array(options.rate).fill(Number.NEGATIVE_INFINITY);
    this.#lastProgress = options.clock.now();
  }

  /**
   * Runs one request, again and again while that makes sense.
   *
   * @param attempt sends the request once and rejects with an ApiError if it failed.
   * @throws ApiError when it failed for good; StoppedError when it was not sent (again) because the run was
   *   interrupted or the bot has failed.
   */
  async run<T>(attempt: () => Promise<T>): Promise<T> {
    const { retries, random, clock, stop } = this.#options;
    // An answer that makes no sense seldom gets better.
    const protocolRetries = Math.min(retries, Math.max(2, retries >> 1));
    let tries = 0;
    let counted = 0;
    let nonsense = 0;
    let spent = 0;
    let ambiguous = false;
    let mark = { successes: this.#successes, failures: this.#failures };
    for (;;) {
      if (this.#outage && this.#probe) await this.#probe; // another request finds out whether the API is back
      try {
        const result = await this.#inFlight(() => this.#admit(attempt, ambiguous));
        if (result === NOT_NOW) continue;
        this.#budget = Math.min(BUDGET, this.#budget + Math.max(spent, 1));
        return result.value;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        tries++;
        ambiguous ||= error.ambiguous;
        const { retry } = error;
        if (this.#dead || retry === 'no') throw finalError(this.#dead ?? error, tries, ambiguous);
        const othersSucceeded = this.#successes > mark.successes;
        const othersFailed = this.#failures - mark.failures > 1;
        if (othersSucceeded || !othersFailed || this.#successes === 0) counted++;
        if (retry === 'protocol') nonsense++;
        mark = { successes: this.#successes, failures: this.#failures };
        if (counted > retries || nonsense > protocolRetries) throw finalError(error, tries, ambiguous);
        spent += COST[retry];
        await clock.sleep(random() * Math.min(MAX_DELAY, BASE_DELAY[retry] * 2 ** (tries - 1)), stop);
      }
    }
  }

  /** The vendor says how much of its quota is used, in percent: near its end, requests start apart. */
  heedQuota(percent: number): void {
    this.#gap = percent < QUOTA_LIMIT ? 0 : (Math.min(percent, 100) - QUOTA_LIMIT + 1) * QUOTA_GAP;
  }

  /** Holds a place in flight: waits for its turn, then sends. NOT_NOW gives the place back while another one probes. */
  async #admit<T>(attempt: () => Promise<T>, ambiguous: boolean): Promise<{ value: T } | typeof NOT_NOW> {
    if (this.#outage && this.#probe) return NOT_NOW;
    if (!this.#outage) return this.#send(attempt, ambiguous, false);
    let probed = () => {};
    this.#probe = new Promise((resolve) => {
      probed = resolve;
    });
    try {
      const delay = Math.min(MAX_PROBE_DELAY, PROBE_DELAY * 2 ** this.#outage.failedProbes);
      await this.#options.clock.sleep((0.5 + this.#options.random() / 2) * delay, this.#options.stop);
      return await this.#send(attempt, ambiguous, true);
    } finally {
      this.#probe = null;
      probed();
    }
  }

  async #send<T>(attempt: () => Promise<T>, ambiguous: boolean, probe: boolean): Promise<{ value: T }> {
    const { clock, stop } = this.#options;
    await this.#pace();
    if (stop.aborted || this.#dead) throw new StoppedError(ambiguous);
    const startedAt = clock.now();
    try {
      const value = await attempt();
      this.#answered();
      return { value };
    } catch (error) {
      if (error instanceof ApiError) this.#failed(error, startedAt, probe);
      throw error;
    }
  }

  /** Waits out the pause that the server asked for, then for a free start within the rate. */
  async #pace(): Promise<void> {
    const { clock, stop, rate } = this.#options;
    const pause = this.#pausedUntil - clock.now();
    if (pause > 0 && !this.#dead) await clock.sleep(pause, stop);
    if (this.#dead || stop.aborted) return;
    let at = Math.max(clock.now(), this.#lastStart + this.#gap);
    if (rate > 0) {
      // The start before `rate` starts must be a whole window ago: no window ever holds more than `rate`.
      const slot = this.#nextStart++ % rate;
      at = Math.max(at, this.#starts[slot]! + WINDOW);
      this.#starts[slot] = at;
    }
    this.#lastStart = at;
    if (at > clock.now()) await clock.sleep(at - clock.now(), stop);
  }

  /** The server is alive: it did what was asked, or refused it for a reason. */
  #answered(): void {
    this.#successes++;
    this.#failedInRow = 0;
    this.#lastProgress = this.#options.clock.now();
    if (this.#outage) {
      this.#outage = null;
      this.#limit = 1;
    } else if (this.#limit < this.#options.concurrency) {
      this.#limit += this.#cuts === 0 ? 1 : 1 / this.#limit;
    }
    this.#inFlight.concurrency = Math.floor(this.#limit);
  }

  #failed(error: ApiError, startedAt: number, probe: boolean): void {
    if (error.hopeless) this.#dead ??= error;
    if (error.retry === 'no') {
      this.#answered();
      return;
    }
    this.#failures++;
    this.#failedInRow++;
    this.#budget -= COST[error.retry];
    this.#heedRetryAfter(error);
    const now = this.#options.clock.now();
    if (startedAt > this.#lastCut) {
      this.#lastCut = now;
      this.#cuts++;
      this.#limit = Math.max(1, this.#limit / 2);
      this.#inFlight.concurrency = Math.floor(this.#limit);
    }
    if (probe && this.#outage) this.#outage.failedProbes++;
    else if (!this.#outage && (this.#failedInRow >= OUTAGE_AFTER || this.#budget <= 0)) {
      this.#outage = { failedProbes: 0 };
      this.#budget = BUDGET;
    }
    if (this.#outage && this.#outage.failedProbes > this.#options.retries) this.#giveUp(error, 'the API is out');
    else if (now - this.#lastProgress > NO_PROGRESS_LIMIT) this.#giveUp(error, 'no request succeeded for 15 minutes');
    this.#tellSilence(error, startedAt, now);
  }

  #tellSilence(error: ApiError, startedAt: number, now: number): void {
    if (this.#failedInRow === 1) this.#silentSince = startedAt;
    if (this.#dead || this.#options.stop.aborted || error.retry === 'protocol') return; // seldom asked for again
    if (now - this.#silentSince < SILENCE) return;
    this.#silentSince = Number.POSITIVE_INFINITY;
    this.#options.onSilence?.(error);
  }

  #heedRetryAfter(error: ApiError): void {
    const { clock, random } = this.#options;
    if (error.retryAfter === undefined) return;
    if (error.retryAfter > MAX_RETRY_AFTER) {
      this.#giveUp(error, `the server asks to wait ${Math.round(error.retryAfter / 1000)} s, which is too long`);
    }
    const until = clock.now() + error.retryAfter * (1 + 0.1 * random());
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
  }

  #giveUp(error: ApiError, why: string): void {
    this.#dead ??= new ApiError(`${why}: ${error.message}`, {
      hopeless: true,
      ambiguous: error.ambiguous,
      detail: error.detail,
      cause: error,
    });
  }
}

/** The error of a request that failed for good: how often it was tried, and whether any try may have taken effect. */
function finalError(error: ApiError, tries: number, ambiguous: boolean): ApiError {
  const message = tries > 1 ? `${error.message} (tried ${tries} times)` : error.message;
  const { refused, hopeless, detail } = error;
  return new ApiError(message, { ambiguous, refused, hopeless, detail, cause: error });
}
