/**
 * Runs fast-check with the strength of this run. `SEED=n` replays a law, with the STRENGTH at which it
 * failed.
 */
import { join, relative } from 'node:path';
import { assert as check, defaultReportMessage, type Parameters, type RunDetails } from 'fast-check';
import { expect } from 'vitest';
import { runsOf } from './strength.ts';

// Only assert is replaced.
export * from 'fast-check';

const { SEED, STRENGTH } = process.env;
const root = join(import.meta.dirname, '..');

/** `numRuns` is for full strength. Examples always run. */
export const assert = ((property: never, { numRuns = 100, examples = [], ...parameters }: Parameters<unknown> = {}) =>
  check(property, {
    ...parameters,
    examples,
    numRuns: Math.max(runsOf(numRuns), examples.length),
    ...(SEED !== undefined && { seed: Number(SEED) }),
    reporter: (details: RunDetails<unknown>) => {
      if (!details.failed) return;
      const { currentTestName = '', testPath = '' } = expect.getState();
      const given = `SEED=${details.seed}${STRENGTH ? ` STRENGTH=${STRENGTH}` : ''}`;
      const replay = `${given} npx vitest run ${relative(root, testPath)} -t '${currentTestName}'`;
      throw new Error(`${defaultReportMessage(details)}\n\nreplay it with: ${replay}`, {
        cause: details.errorInstance,
      });
    },
  })) as typeof check;
