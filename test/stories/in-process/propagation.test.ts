import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { apply } from '../../../src/commands/apply/apply.ts';
import { drift } from '../../../src/commands/drift/drift.ts';
import { plan } from '../../../src/commands/plan/plan.ts';
import { ApiError } from '../../../src/model/errors.ts';
import type { Context } from '../../../src/steps/context.ts';
import type { Schedule } from '../../simulation/server/schedule.ts';
import { CALM, World } from '../../simulation/world.ts';

const YAML =
  'version: 1\ndefaults: { region: eu1, tokenEnv: TOKEN }\nbots: { bot-a: { numbers: ["+12015550100", "+12015550101"] } }\n';
const OPTIONS = { bots: [], concurrency: 8, parallel: 4, rate: 20, timeout: 30_000, retries: 5, yes: true };
/** A server with lists that lag, and with outages as its only faults. */
function lagging(propagation: number, outages: Schedule['outages'] = []) {
  const world = new World({ ...CALM, propagation, outages }, ApiError);
  world.sandbox.set('bot-a', ['12015550101', '12015550199']);
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const context = world.context(0, YAML, signal, () => 'go');
  const writes = () => world.sent.filter(({ method }) => method !== 'GET').length;
  return { world, context, writes };
}

describe('apply on a server whose lists lag by 200 s', () => {
  test('reports how many changes do not show yet, and ends as applied', async () => {
    const { world, context, writes } = lagging(200_000);
    const report = await world.clock.run(apply([], OPTIONS, context));
    expect(report).toMatchObject({
      outcome: 'applied',
      bots: [{ notVisible: 2, results: { applied: { add: 1, remove: 1 } } }],
    });
    expect(writes()).toBe(2);
  });

  test('waits with --wait until the changes show, and writes nothing again', async () => {
    const { world, context, writes } = lagging(200_000);
    const report = await world.clock.run(apply([], { ...OPTIONS, wait: 300_000 }, context));
    expect(report).toMatchObject({ outcome: 'applied', bots: [{ notVisible: 0 }] });
    expect(world.clock.now()).toBeGreaterThan(200_000);
    expect(world.clock.now()).toBeLessThan(240_000);
    expect(writes()).toBe(2);
  });

  test('ends as partial if --wait is too short', async () => {
    const { world, context, writes } = lagging(200_000);
    const report = await world.clock.run(apply([], { ...OPTIONS, wait: 60_000 }, context));
    expect(report).toMatchObject({
      outcome: 'partial',
      bots: [{ notVisible: 2, results: { applied: { add: 1, remove: 1 } } }],
    });
    expect(world.clock.now()).toBeLessThan(70_000);
    expect(writes()).toBe(2);
  });
});

describe('drift', () => {
  test('does not report changes that an earlier apply made and that do not show yet', async () => {
    const { world, context } = lagging(200_000);
    await world.clock.run(apply([], OPTIONS, context));
    const report = await world.clock.run(drift([], { ...OPTIONS, settle: 300_000 }, context));
    expect(report.outcome).toBe('in-sync');
  });

  test('reports a lasting difference with its direction', async () => {
    const { world, context, writes } = lagging(0);
    const report = await world.clock.run(drift([], { ...OPTIONS, settle: 300_000 }, context));
    expect(report.outcome).toBe('changes');
    expect(Array.from(report.bots[0]!.add.values)).toEqual([12_015_550_100]);
    expect(Array.from(report.bots[0]!.remove.values)).toEqual([12_015_550_199]);
    expect(world.clock.now()).toBeGreaterThan(300_000);
    expect(writes()).toBe(0);
  });

  test('reports only differences that last until the second read', async () => {
    const { world, context } = lagging(0);
    void world.clock
      .sleep(100_000)
      .then(() => world.sandbox.set('bot-a', ['12015550100', '12015550101', '12015550199']));
    const report = await world.clock.run(drift([], { ...OPTIONS, settle: 300_000 }, context));
    expect(report.bots[0]).toMatchObject({ counts: { unchanged: 2 } });
    expect(report.bots[0]!.add.size).toBe(0);
    expect(report.bots[0]!.remove.size).toBe(1);
  });

  test('retries the second read, however long it waited before', async () => {
    const { world, context } = lagging(0, [[1_200_000, 1_200_400]]);
    const report = await world.clock.run(drift([], { ...OPTIONS, settle: 1_200_000 }, context));
    expect(report).toMatchObject({ outcome: 'changes', bots: [{ error: null }] });
    expect(world.sent.map(({ status }) => status)).toContain(503);
  });

  test('reports differences even if the guard would refuse to fix them', async () => {
    const { world, context } = lagging(0);
    world.sandbox.set(
      'bot-a',
      Array.from({ length: 90 }, (_, index) => String(12_025_550_100 + index)),
    );
    const report = await world.clock.run(drift([], { ...OPTIONS, settle: 0 }, context));
    expect(report.outcome).toBe('changes');
  });
});

describe('an API that does not answer', () => {
  test('is reported once while requests are retried, and again when the bot fails', async () => {
    const { world, context } = lagging(0);
    const notes: string[] = [];
    const note = (bot: string, text: string) => notes.push(`${Math.floor(world.clock.now() / 10_000)} ${bot}: ${text}`);
    const out = new ApiError('the connection to 127.0.0.1:1 failed (ECONNREFUSED)', { retry: 'transient' });
    const dead: Context = {
      ...context,
      progress: { ...context.progress, note },
      openHttp: async () => ({ abort() {}, send: () => Promise.reject(out) }),
    };
    const report = await world.clock.run(drift([], { ...OPTIONS, retries: 20 }, dead));
    expect(report.outcome).toBe('failed');
    expect(notes).toEqual([
      '0 bot-a: the connection to 127.0.0.1:1 failed (ECONNREFUSED); retrying',
      expect.stringMatching(/^[1-9]\d* bot-a: could not be read$/),
    ]);
  });
});

describe('a saved plan', () => {
  test('has the age of its first request, not of its last', async () => {
    const { world, context } = lagging(0, [[0, 10_000]]);
    const began = world.clock.unix();
    await world.clock.run(plan([], { ...OPTIONS, out: 'plan.json' }, context));
    expect(world.clock.now()).toBeGreaterThan(10_000);
    expect(Date.parse(JSON.parse(world.planFile).made) / 1000).toBe(Math.floor(began));
  });
});
