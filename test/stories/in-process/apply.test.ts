import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { apply } from '../../../src/commands/apply/apply.ts';
import { plan } from '../../../src/commands/plan/plan.ts';
import { ApiError, StaleError } from '../../../src/model/errors.ts';
import type { Context } from '../../../src/steps/context.ts';
import { CALM, type Schedule, World } from '../../simulation/world.ts';

const OPTIONS = { bots: [], concurrency: 8, parallel: 4, rate: 0, timeout: 30_000, retries: 5, yes: true };
const YAML = 'version: 1\ndefaults: { region: eu1, tokenEnv: TOKEN }\nbots: { bot-a: { numbers: ["+12015550100"] } }\n';

/** A server, a context for a run on it, and the calls of that run. */
function setUp(yaml = YAML, schedule: Partial<Schedule> = {}) {
  const world = new World({ ...CALM, ...schedule }, ApiError);
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const files = new Map<string, string>();
  const inner = world.context(0, yaml, signal, () => 'go');
  const context: Context = {
    ...inner,
    files: {
      ...inner.files,
      read: (name) => files.get(name)!,
      writePrivate: (name, pieces) => void files.set(name, [...pieces].join('')),
    },
  };
  return {
    world,
    files,
    plan: (out?: string) => world.clock.run(plan([], { ...OPTIONS, out }, context)),
    apply: (options: { approve?: string; plan?: string; wait?: number }) =>
      world.clock.run(apply([], { ...OPTIONS, ...options }, context)),
    writes: () => world.sent.filter(({ method }) => method !== 'GET'),
  };
}

describe('--approve', () => {
  test('of another plan writes nothing, although no guard refuses it and --yes is given', async () => {
    const { apply, writes, world } = setUp();
    expect(await apply({ approve: '0123456789abcdef' })).toMatchObject({ outcome: 'stale', state: 'skipped' });
    expect(writes()).toEqual([]);
    expect(world.list('bot-a')).toEqual([]);
  });

  test('of a plan that has changed since writes nothing', async () => {
    const { apply, plan, writes, world } = setUp();
    const { fingerprint } = await plan();
    world.set('bot-a', ['12015550199']);
    expect(await apply({ approve: fingerprint! })).toMatchObject({ outcome: 'stale' });
    expect(writes()).toEqual([]);
  });

  test('of this plan applies it', async () => {
    const { apply, plan, world } = setUp();
    const { fingerprint } = await plan();
    expect(await apply({ approve: fingerprint!.slice(0, 8) })).toMatchObject({ outcome: 'applied' });
    expect(world.list('bot-a')).toEqual(['12015550100']);
  });
});

describe('a saved plan', () => {
  test.each([
    ['whose numbers were changed', (text: string) => text.replace('+12015550100', '+12015550101')],
    ['whose MAC was changed', (text: string) => text.replace(/(?<="mac": ")./, (digit) => (digit === '0' ? '1' : '0'))],
  ])('is refused before its bots are read if it is %s', async (_, change) => {
    const { apply, plan, files, world } = setUp();
    await plan('plan.json');
    const before = world.sent.length;
    files.set('plan.json', change(files.get('plan.json')!));
    await expect(apply({ plan: 'plan.json' })).rejects.toThrow(StaleError);
    expect(world.sent).toHaveLength(before);
  });
});

test('apply with --wait ends as partial if the list cannot be read after the writes', async () => {
  const { apply, world } = setUp(YAML, { blind: true });
  expect(await apply({ wait: 60_000 })).toMatchObject({ outcome: 'partial', bots: [{ notVisible: null }] });
  expect(world.list('bot-a')).toEqual(['12015550100']);
});

describe('a bot that fails', () => {
  const two = YAML.replace('bots: {', 'bots: { bot-b: { numbers: ["+12015550100"] },');
  const broken = { bot: 'bot-b', status: 401 };

  test('does not stop the others, and the run ends as partial', async () => {
    const { apply, world } = setUp(two, { broken });
    expect(await apply({})).toMatchObject({ outcome: 'partial' });
    expect(world.list('bot-a')).toEqual(['12015550100']);
  });

  test('makes the run fail although the others are in sync', async () => {
    const { apply, world } = setUp(two, { broken });
    world.set('bot-a', ['12015550100']);
    expect(await apply({})).toMatchObject({ outcome: 'failed' });
  });
});
