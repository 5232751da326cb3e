import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../model/world.ts';

export const systemClock: Clock = {
  now: () => performance.now(),
  today: () => new Date().toISOString().slice(0, 10),
  unix: () => Date.now() / 1000,
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => {}), // rejects only if the signal aborts
};
