import type { Clock } from '../../src/model/world.ts';

/** Turns of the event loop: more than a request and its answer take over a socket on this machine. */
const TURNS = 30;

/**
 * Runs with real time, but no sleep takes any: after some turns of the event loop the clock jumps to the end
 * of the sleep that ends first. Sleeps end in their order, and after the answers that would have arrived
 * before their end.
 */
export class HastyClock implements Clock {
  #ahead = 0; // of the real time, in ms
  readonly #sleeps = new Set<{ readonly at: number; end(): void }>();
  #isTicking = false;

  now = (): number => performance.now() + this.#ahead;

  unix = (): number => (Date.now() + this.#ahead) / 1000;

  today = (): string => new Date().toISOString().slice(0, 10);

  sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleep = { at: this.now() + ms, end: () => {} };
      sleep.end = () => {
        this.#sleeps.delete(sleep);
        signal?.removeEventListener('abort', sleep.end);
        resolve();
      };
      this.#sleeps.add(sleep);
      signal?.addEventListener('abort', sleep.end);
      if (!this.#isTicking) void this.#tick();
    });

  async #tick(): Promise<void> {
    this.#isTicking = true;
    while (this.#sleeps.size > 0) {
      for (let turn = 0; turn < TURNS; turn++) await new Promise(setImmediate);
      const [first] = [...this.#sleeps].sort((a, b) => a.at - b.at);
      if (!first) break;
      this.#ahead += Math.max(0, first.at - this.now());
      first.end();
    }
    this.#isTicking = false;
  }
}

/**
 * Runs with real time, and no sleep ends unless it is aborted. A test that passes on it did not wait for a
 * sleep.
 */
export class StillClock extends HastyClock {
  override sleep = (_: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) resolve();
      signal?.addEventListener('abort', () => resolve());
    });
}
