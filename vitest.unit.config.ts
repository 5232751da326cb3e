import { defineConfig } from 'vitest/config';
import all, { ALONE } from './vitest.config.ts';

// The tests of single rooms. CI runs them on macOS and Windows, and all others on Linux only: they start shells,
// browsers, linters and the built program (action, examples, repository, stories), or compute the same on each system
// (simulation, scale, docs, words, architecture).
/** Start no program, and use only what Windows has. */
export const ROOMS = ['api', 'apply', 'live', 'model', 'numbers', 'plan', 'report', 'sandbox', 'steps'];
/** Start git and sh, and make symbolic links, pipes and permissions, which Windows lacks or grants only to administrators. */
const POSIX = ['cli', 'commands', 'desired'];
const rooms = process.platform === 'win32' ? ROOMS : [...ROOMS, ...POSIX];
/** Needs Chromium. */
export const BROWSER = 'test/report/html/index.test.ts';

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
