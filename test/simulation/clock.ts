import type { Clock } from '../../src/model/world.ts';

/** A virtual clock: it jumps to the next event when nothing else can happen before it, so that hours take no time. */
export class VirtualClock implements Clock {
  #now = 0;
  /**
   * In descending order of time, so that the next event is the last. Of two at the same time, the older one
   * is later.
   */
  readonly #events: { at: number; fire: () => void }[] = [];

  now = (): number => this.#now;

  today = (): string => '2026-06-15';

  unix = (): number => 1_781_481_600 + this.#now / 1000; // the seconds of that day

  sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const at = this.#now + Math.max(0, ms);
      const place = this.#events.findIndex((event) => event.at <= at);
      const fire = () => {
        signal?.removeEventListener('abort', fire);
        resolve();
      };
      this.#events.splice(place < 0 ? this.#events.length : place, 0, { at, fire });
      signal?.addEventListener('abort', fire);
    });

  /** Runs until the promise settles. If no events are left before that, there is a deadlock. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const mark = () => {
      settled = true;
    };
    promise.then(mark, mark);
    for (;;) {
      await new Promise(setImmediate); // runs all microtasks first
      if (settled) return promise;
      const next = this.#events.pop();
      if (!next) throw new Error(`deadlock at ${this.#now} ms: nothing is left to happen`);
      this.#now = next.at;
      next.fire();
    }
  }
}

/** Makes random numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
