import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { apply } from '../../src/commands/apply/apply.ts';
import { drift } from '../../src/commands/drift/drift.ts';
import { plan } from '../../src/commands/plan/plan.ts';
import { ApiError, InvalidError, StaleError } from '../../src/model/errors.ts';
import { runsOf } from '../strength.ts';
import { playSchedule } from './story.ts';

const SCHEDULES = runsOf(2000);
const first = Number(process.env.SEED ?? randomInt(2 ** 31));
const client = { apply, plan, drift, ApiError, InvalidError, StaleError };

/** Checks the promises of the contract on random schedules. `SEED=n npx vitest run test/simulation` starts with schedule n. */
test('every promise holds on every schedule', { timeout: 0 }, async () => {
  let requests = 0;
  for (let seed = first; seed < first + SCHEDULES; seed++) {
    try {
      requests += (await playSchedule(seed, client)).sent.length;
    } catch (error) {
      throw new Error(`${(error as Error).message}\nreplay it with: SEED=${seed} npx vitest run test/simulation`, {
        cause: error,
      });
    }
  }
  console.log(`schedules ${first} to ${first + SCHEDULES - 1}: ${requests} requests`);
  expect(requests).toBeGreaterThan(SCHEDULES);
});

test('a seed always gives the same events', { timeout: 0 }, async () => {
  for (let seed = first; seed < first + 5; seed++) {
    const [once, again] = [await playSchedule(seed, client), await playSchedule(seed, client)];
    expect(JSON.stringify([again.ends, again.sent]), `SEED=${seed}`).toBe(JSON.stringify([once.ends, once.sent]));
  }
});
