import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { type DriftOptions, drift } from '../../../src/commands/drift/drift.ts';
import { ApiError } from '../../../src/model/errors.ts';
import { CALM, World } from '../../simulation/world.ts';

const OPTIONS = { bots: [], concurrency: 8, parallel: 4, rate: 0, timeout: 30_000, retries: 5 };
const SINCH =
  'version: 1\ndefaults: { region: eu1, tokenEnv: TOKEN }\nbots: { bot-a: { numbers: ["+12015550100"] } }\n';
const CLOUD =
  'version: 1\nbots: { bot-a: { provider: whatsapp-cloud, phoneNumberId: 1065, tokenEnv: TOKEN, numbers: ["+12015550100"] } }\n';

/** A run of drift, when it read lists, and what it said. `onRead` is called before each read. */
async function runDrift(yaml: string, options: Partial<DriftOptions> = {}, set = (_world: World, _read: number) => {}) {
  const world = new World({ ...CALM, cloud: yaml === CLOUD ? { contact: 'all' } : null }, ApiError);
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  set(world, 0);
  const context = world.context(0, yaml, signal, (read) => {
    set(world, read);
    return 'go';
  });
  const report = await world.clock.run(drift([], { ...OPTIONS, ...options }, context));
  const times = world.sent.map(({ at }) => Math.round(at / 1000));
  return { outcome: report.outcome, times, report, last: times.at(-1)! };
}

/** The live list holds a number that the files do not. */
const stranger = (world: World, read: number) => {
  if (read === 0) world.set('bot-a', ['12015550100', '12015550199']);
};

describe('the second look of drift', () => {
  test('comes after the time that the provider says, unless --settle says another', async () => {
    expect((await runDrift(SINCH, {}, stranger)).last).toBe(300);
    expect((await runDrift(SINCH, { settle: 60_000 }, stranger)).last).toBe(60);
    expect((await runDrift(SINCH, { settle: 0 }, stranger)).last).toBe(0);
  });

  test('without a wait is reported if it was asked for and lists differ', async () => {
    expect((await runDrift(SINCH, { settle: 0 }, stranger)).report.unsettled).toBe(true);
    expect((await runDrift(CLOUD, {}, stranger)).report).not.toHaveProperty('unsettled');
    const inSync = (world: World) => world.set('bot-a', ['12015550100']);
    expect((await runDrift(SINCH, { settle: 0 }, inSync)).report).not.toHaveProperty('unsettled');
  });

  test('comes at once if the provider has no lag', async () => {
    const { outcome, times } = await runDrift(CLOUD, {}, stranger);
    expect(outcome).toBe('changes');
    expect(times).toEqual([0, 0, 0, 0]);
  });

  test('does not come if nothing differs', async () => {
    const inSync = (world: World) => world.set('bot-a', ['12015550100']);
    const { outcome, times } = await runDrift(SINCH, {}, inSync);
    expect(outcome).toBe('in-sync');
    expect(times).toEqual([0, 0]);
  });

  test('confirms only what the first look saw as well', async () => {
    const moving = (world: World, read: number) =>
      world.set('bot-a', ['12015550100', read <= 2 ? '12015550198' : '12015550199']);
    const { outcome, report } = await runDrift(SINCH, {}, moving);
    expect(outcome).toBe('in-sync');
    expect(report).toMatchObject({ bots: [{ remove: { size: 0 } }] });
  });

  test.each([
    ['the first', 0],
    ['the second', 3],
  ])('remembers a user who is blocked at %s look alone', async (_, from) => {
    const moving = (world: World, read: number) => {
      if (read !== 0 && read !== 3) return; // each look takes two requests
      world.set('bot-a', ['12015550199', ...(read === from ? ['12015550100'] : [])]);
    };
    const { report } = await runDrift(CLOUD, {}, moving);
    expect(report.bots[0]).toMatchObject({ add: { size: 0 }, remove: { size: 1 } });
    expect(Array.from(report.bots[0]!.memory!.wasLive.values)).toEqual([12_015_550_100]);
  });

  test('is taken of the bots that differ, and of no other', async () => {
    const two = SINCH.replace('bots: {', 'bots: { bot-b: { numbers: ["+12015550100"] },');
    const { times } = await runDrift(two, {}, (world, read) => {
      stranger(world, read);
      world.set('bot-b', ['12015550100']);
    });
    expect(times.filter((at) => at === 300)).toHaveLength(2);
    expect(times.filter((at) => at === 0)).toHaveLength(4);
  });
});

test('a bot that cannot be read fails the run although others are in sync', async () => {
  const two = SINCH.replace('bots: {', 'bots: { bot-b: { numbers: [] },');
  const world = new World({ ...CALM, outages: [[0, 86_400_000]] }, ApiError);
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const context = world.context(0, two, signal, () => 'go');
  const report = await world.clock.run(drift([], OPTIONS, context));
  expect(report.outcome).toBe('failed');
});
