import { setMaxListeners } from 'node:events';
import { expect, test } from 'vitest';
import { fmt } from '../../../src/commands/fmt.ts';
import { plan } from '../../../src/commands/plan/plan.ts';
import { ApiError } from '../../../src/model/errors.ts';
import type { Context } from '../../../src/steps/context.ts';
import { loadDesired } from '../../desired/load.ts';
import { bots, numbers, pick, writeMessy } from '../../desired/messy.ts';
import * as fc from '../../fast-check.ts';
import { CALM, World } from '../../simulation/world.ts';

const OPTIONS = { bots: [], concurrency: 8, parallel: 4, rate: 20, timeout: 30_000, retries: 5 };

/** A file, the live lists of its bots, and functions that run commands on them. */
function start(yaml: string, live: readonly (readonly [string, readonly number[]])[]) {
  const world = new World(CALM, ApiError);
  for (const [id, list] of live) world.set(id, list.map(String));
  let text = yaml;
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  function context(): Context {
    const { files, ...rest } = world.context(0, text, signal, () => 'go');
    const writeDesired = (_: string, written: string) => {
      text = written;
    };
    return { ...rest, env: { T: 'canary-token' }, files: { ...files, writeDesired } };
  }
  return {
    fmt: (pruneExpired: boolean) => fmt([], { check: false, pruneExpired }, context()),
    plan: () => world.clock.run(plan([], OPTIONS, context())),
  };
}

const story = fc
  .tuple(bots, fc.array(numbers, { minLength: 5, maxLength: 5 }), pick)
  .map(([list, lists, choice]) => ({
    text: writeMessy(list, choice),
    live: list.map(
      ({ id, numbers: wanted }, at) => [id, [...wanted.filter(() => choice(2) === 0), ...lists[at]!]] as const,
    ),
  }))
  .filter(({ text }) => {
    const { bots, faults } = loadDesired([{ name: 'f', text }], '2026-06-15');
    return bots.length > 0 && faults.length === 0;
  });

test('the plan is the same before and after fmt, and after expired entries were removed', async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ text, live }) => {
      const run = start(text, live);
      const { warnings: _, ...before } = await run.plan(); // these contain lines and columns, which change
      await run.fmt(false);
      expect(await run.plan()).toMatchObject(before);
      const pruned = await run.fmt(true);
      expect(pruned).toMatchObject({ files: [{}] });
      const { fingerprint, outcome, bots: planned } = await run.plan();
      expect({ fingerprint, outcome }).toEqual({ fingerprint: before.fingerprint, outcome: before.outcome });
      const sides = (all: typeof planned) => all.map(({ id, add, remove }) => ({ id, add, remove }));
      expect(sides(planned)).toEqual(sides(before.bots));
    }),
    { numRuns: 100 },
  );
});
