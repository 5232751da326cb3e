import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { apply } from '../../../src/commands/apply/apply.ts';
import { drift } from '../../../src/commands/drift/drift.ts';
import { ApiError } from '../../../src/model/errors.ts';
import type { Context } from '../../../src/steps/context.ts';
import { CALM, World } from '../../simulation/world.ts';

const YAML =
  'version: 1\ndefaults: { region: eu1, tokenEnv: TOKEN }\nbots: { bot-a: { numbers: ["+12015550100", "+12015550101"] } }\n';
const OPTIONS = { bots: [], concurrency: 8, parallel: 4, rate: 20, timeout: 30_000, retries: 5, yes: true };
/** A server without faults, whose lists lag. */
function lagging(propagation: number) {
  const world = new World({ ...CALM, propagation }, ApiError);
  world.sandbox.set('bot-a', ['12015550101', '12015550199']);
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const context = world.context(0, YAML, signal, () => 'go');
  const writes = () => world.sent.filter(({ method }) => method !== 'GET').length;
  return { world, context, writes };
}

describe('apply on a server whose lists lag by 200 s', () => {
  test('says how many numbers do not show yet, and is done', async () => {
    const { world, context, writes } = lagging(200_000);
    const report = await world.clock.run(apply([], OPTIONS, context));
    expect(report).toMatchObject({ outcome: 'applied', bots: [{ notVisible: 2, results: { applied: 2 } }] });
    expect(writes()).toBe(2);
  });

  test('with --wait is done when they show, and writes nothing again', async () => {
    const { world, context, writes } = lagging(200_000);
    const report = await world.clock.run(apply([], { ...OPTIONS, wait: 300_000 }, context));
    expect(report).toMatchObject({ outcome: 'applied', bots: [{ notVisible: 0 }] });
    expect(world.clock.now()).toBeGreaterThan(200_000);
    expect(world.clock.now()).toBeLessThan(240_000);
    expect(writes()).toBe(2);
  });

  test('with a --wait that is too short is done in part', async () => {
    const { world, context, writes } = lagging(200_000);
    const report = await world.clock.run(apply([], { ...OPTIONS, wait: 60_000 }, context));
    expect(report).toMatchObject({ outcome: 'partial', bots: [{ notVisible: 2, results: { applied: 2 } }] });
    expect(world.clock.now()).toBeLessThan(70_000);
    expect(writes()).toBe(2);
  });
});

describe('drift', () => {
  test('of numbers that are on their way raises no alarm', async () => {
    const { world, context } = lagging(200_000);
    await world.clock.run(apply([], OPTIONS, context));
    const report = await world.clock.run(drift([], { ...OPTIONS, settle: 300_000 }, context));
    expect(report.outcome).toBe('in-sync');
  });

  test('that lasts is reported with its direction', async () => {
    const { world, context, writes } = lagging(0);
    const report = await world.clock.run(drift([], { ...OPTIONS, settle: 300_000 }, context));
    expect(report.outcome).toBe('changes');
    expect(Array.from(report.bots[0]!.add.values)).toEqual([12_015_550_100]);
    expect(Array.from(report.bots[0]!.remove.values)).toEqual([12_015_550_199]);
    expect(world.clock.now()).toBeGreaterThan(300_000);
    expect(writes()).toBe(0);
  });

  test('of one number that goes and another that stays is only the one that stays', async () => {
    const { world, context } = lagging(0);
    void world.clock
      .sleep(100_000)
      .then(() => world.sandbox.set('bot-a', ['12015550100', '12015550101', '12015550199']));
    const report = await world.clock.run(drift([], { ...OPTIONS, settle: 300_000 }, context));
    expect(report.bots[0]).toMatchObject({ counts: { unchanged: 2 } });
    expect(report.bots[0]!.add.size).toBe(0);
    expect(report.bots[0]!.remove.size).toBe(1);
  });

  test('is an alarm even where a guard would refuse to mend it', async () => {
    const { world, context } = lagging(0);
    world.sandbox.set(
      'bot-a',
      Array.from({ length: 90 }, (_, index) => String(12_025_550_100 + index)),
    );
    const report = await world.clock.run(drift([], { ...OPTIONS, settle: 0 }, context));
    expect(report.outcome).toBe('changes');
  });
});

describe('an API that is out', () => {
  test('is told of while it is asked again, once and before all is given up', async () => {
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
