import { defineConfig } from 'vitest/config';
import all, { ALONE } from './vitest.config.ts';

// The tests of single rooms, without a browser. Those about files and processes expect POSIX.
const ROOMS = ['api', 'apply', 'live', 'model', 'numbers', 'plan', 'report', 'sandbox', 'steps'];
const POSIX = ['cli', 'commands', 'desired'];
const rooms = process.platform === 'win32' ? ROOMS : [...ROOMS, ...POSIX];
const BROWSER = 'test/report/html/index.test.ts';

export default defineConfig({
  test: {
    ...all.test,
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: rooms.map((room) => `test/${room}/**/*.test.ts`),
          exclude: [...ALONE, BROWSER],
          isolate: false,
          setupFiles: ['test/setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ALONE.filter((path) => rooms.some((room) => path.startsWith(`test/${room}/`))),
        },
      },
    ],
  },
});
