import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type Reporter, type TestSpecification } from 'vitest/node';
import { TIMES } from './test/strength.ts';

/** Files that mock modules or set flags of V8: another file in their process would see it. */
export const ALONE = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `test/${name.replaceAll('\\', '/')}`) // as globs, on Windows as well
  .filter((path) => /\bvi\.(m|doM)ock\(|setFlagsFromString/.test(readFileSync(path, 'utf8')));

/** Counts the tests that were skipped, by what they need (test/needs.ts). */
const skips: Reporter = {
  onTestRunEnd(modules) {
    const notes = modules
      .flatMap((module) => [...module.children.allTests('skipped')])
      .flatMap((test) => (test.result() as { note?: string }).note ?? []);
    for (const note of new Set(notes)) console.log(`${notes.filter((each) => each === note).length} skipped: ${note}`);
  },
};

/** Files that take long and begin first: a core would be idle beside the last one. */
const LONG = /(simulation\/simulation|action\/(story|built)|stories\/main-job|report\/html\/index)\.test\.ts$/;

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);

export default defineConfig({
  test: {
    testTimeout: 60_000 * Math.max(1, TIMES), // for slow machines; no test waits for time to pass
    maxWorkers: '100%',
    reporters: ['default', skips],
    sequence: { sequencer: LongFirst },
    projects: [
      // Loading the program for each file took more time than most of their tests.
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: ALONE,
          isolate: false,
          setupFiles: ['test/setup.ts'],
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE } },
    ],
  },
});
