import { defineConfig } from 'vitest/config';

// The tests of the files that are mutated; the simulation and the stories would find the same, thousands of times slower.
export default defineConfig({
  test: {
    include: [
      'test/apply/*.test.ts',
      'test/plan/*.test.ts',
      'test/steps/prepare.test.ts',
      'test/commands/apply/saved-plan.test.ts',
      'test/report/voice/*.test.ts',
      'test/report/json/*.test.ts',
    ],
    testTimeout: 60_000,
    env: { STRENGTH: 'full' },
  },
});
