import { defineConfig } from 'vitest/config';

// The tests of the files that are mutated; the simulation and the stories would find the same, thousands of times slower.
export default defineConfig({
  test: {
    include: [
      'test/apply/batches.test.ts',
      'test/plan/{diff,policy,guard,fingerprint}.test.ts',
      'test/report/voice/*.test.ts',
    ],
    testTimeout: 60_000,
    env: { STRENGTH: 'full' },
  },
});
