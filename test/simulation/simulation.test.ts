import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apply } from '../../src/commands/apply/apply.ts';
import { drift } from '../../src/commands/drift/drift.ts';
import { plan } from '../../src/commands/plan/plan.ts';
import { ApiError } from '../../src/model/errors.ts';
import { playSchedule } from './story.ts';

const SCHEDULES = Number(process.env.SCHEDULES ?? 2000);
const SEED = process.env.SEED;

const CLIENT = { apply, plan, drift, ApiError };

/** The promises of the README, over random schedules of faults. `SEED=n npx vitest run test/simulation` replays one. */
test('every promise holds on every schedule', { timeout: 0 }, async () => {
  if (SEED !== undefined) {
    await playSchedule(Number(SEED), CLIENT);
    return;
  }
  let requests = 0;
  const property = fc.asyncProperty(fc.nat(), async (seed) => {
    try {
      requests += (await playSchedule(seed, CLIENT)).requests;
    } catch (error) {
      throw new Error(`${(error as Error).message}\nreplay it with: SEED=${seed} npx vitest run test/simulation`, {
        cause: error,
      });
    }
  });
  await fc.assert(property, { numRuns: SCHEDULES, endOnFailure: true });
  console.log(`${SCHEDULES} schedules, ${requests} requests`);
  expect(requests).toBeGreaterThan(SCHEDULES);
});
