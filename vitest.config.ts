import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000, // for slow machines; no test waits for time to pass
    maxWorkers: '100%', // the stories wait for programs that they start, and leave a core idle
  },
});
