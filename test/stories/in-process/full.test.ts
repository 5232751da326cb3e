import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { apply } from '../../../src/commands/apply/apply.ts';
import { plan } from '../../../src/commands/plan/plan.ts';
import type { AppliedBot } from '../../../src/model/compared.ts';
import { ApiError } from '../../../src/model/errors.ts';
import type { PartnerOptions } from '../../../src/sandbox/partners.ts';
import { GRAPH_APIS, type GraphApi } from '../../simulation/server/partners.ts';
import { CALM, PHONES, World } from '../../simulation/world.ts';

const OPTIONS = { bots: [], concurrency: 8, parallel: 4, rate: 20, timeout: 30_000, retries: 5, yes: true };
const row = (count: number, first: number) => Array.from({ length: count }, (_, index) => String(first + index * 1111));
const [LIVE, NEW] = [row(8, 447_700_900_100), row(5, 12_015_550_100)];

/** A list of an API, and functions that run commands on it. */
function start(api: GraphApi, numbers: readonly string[], cloud: PartnerOptions, policy = 'sync') {
  const world = new World({ ...CALM, api, cloud: { contact: 'all', ...cloud } }, ApiError);
  const place = GRAPH_APIS[api].place(PHONES['bot-a']!);
  const yaml = `version: 1
defaults: { provider: ${api}, tokenEnv: TOKEN }
bots: { bot-a: { ${place}, policy: ${policy}, numbers: [${numbers.join(', ')}] } }
`;
  world.set('bot-a', LIVE);
  let runs = 0;
  const play = (command: typeof apply | typeof plan, stopAt = 0) => {
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    const context = world.context(runs++, yaml, stop.signal, (count) => {
      if (count === stopAt) stop.abort();
      return 'go';
    });
    return world.clock.run(command([], OPTIONS, context));
  };
  const writes = () => world.sent.filter(({ method }) => method !== 'GET').map((each) => [each.method, each.numbers]);
  return { world, writes, apply: (stopAt?: number) => play(apply, stopAt), plan: () => play(plan) };
}

const EVERY = Object.keys(GRAPH_APIS) as GraphApi[];

describe.each(EVERY)('a full list of %s with replacements', (api) => {
  test.each(['each', 'whole'] as const)('converges in one run, if the answer is for %s', async (fullAnswer) => {
    const { world, writes, ...run } = start(api, [...LIVE.slice(4), ...NEW.slice(0, 3)], { capacity: 8, fullAnswer });
    expect(await run.apply()).toMatchObject({
      outcome: 'applied',
      bots: [{ error: null, results: { applied: { add: 3, remove: 4 }, failed: { add: 0, remove: 0 } } }],
    });
    const alone = NEW.slice(0, 3).map((number) => ['POST', [number]]);
    expect(writes()).toEqual([
      ['POST', NEW.slice(0, 3)],
      ...(fullAnswer === 'whole' ? alone : []),
      ['DELETE', LIVE.slice(0, 3)],
      ['POST', NEW.slice(0, 3)],
      ['DELETE', LIVE.slice(3, 4)],
    ]);
    expect((await run.plan()).outcome).toBe('in-sync');
    expect(world.list('bot-a').sort()).toEqual([...NEW.slice(0, 3), ...LIVE.slice(4)]);
  });

  test('and too few removals gets as many adds as fit, and the report says what to do', async () => {
    const { world, ...run } = start(api, [...LIVE.slice(2), ...NEW], { capacity: 8 });
    const { outcome, bots } = await run.apply();
    expect(outcome).toBe('partial');
    expect(bots[0]).toMatchObject({
      error: { kind: 'full', holds: { entries: 8, capacity: 64_000, removes: false } },
      results: { applied: { add: 2, remove: 2 }, failed: { add: 3 }, skipped: { add: 0, remove: 0 } },
    });
    expect(world.list('bot-a').filter((number) => LIVE.includes(number))).toEqual(LIVE.slice(2));
  });

  test.each(['add-only', 'remove-only'])('keeps to the policy %s', async (policy) => {
    const { writes, ...run } = start(api, [...LIVE.slice(2), ...NEW], { capacity: 8 }, policy);
    await run.apply();
    const [method, numbers] = policy === 'add-only' ? ['POST', NEW] : ['DELETE', LIVE.slice(0, 2)];
    expect(writes()).toEqual([[method, numbers]]);
  });

  test.each([3, 4, 5, 6])('converges in the next run after Ctrl-C at request %i', async (stopAt) => {
    const { world, ...run } = start(api, [...LIVE.slice(4), ...NEW.slice(0, 3)], { capacity: 8 });
    const { bots, interrupted } = await run.apply(stopAt);
    expect(interrupted).toBe(true);
    expect(LIVE.slice(4).every((number) => world.list('bot-a').includes(number))).toBe(true);
    const { applied, failed, unknown, skipped } = (bots[0] as AppliedBot).results;
    const sum = (side: 'add' | 'remove') =>
      [applied, failed, unknown, skipped].reduce((all, split) => all + split[side], 0);
    expect([sum('add'), sum('remove')]).toEqual([3, 4]);
    await run.apply();
    expect((await run.plan()).outcome).toBe('in-sync');
  });
});

test('a full list of kapso whose answers omit results converges in two runs, as its adds look pending', async () => {
  const cloud = { capacity: 8, writeAnswer: 'success' } as const;
  const run = start('kapso', [...LIVE.slice(4), ...NEW.slice(0, 3)], cloud);
  expect((await run.apply()).bots[0]).toMatchObject({ results: { applied: { add: 0, remove: 4 }, pending: 3 } });
  expect((await run.apply()).bots[0]).toMatchObject({ results: { applied: { add: 3, remove: 0 }, pending: 0 } });
  expect((await run.plan()).outcome).toBe('in-sync');
});
