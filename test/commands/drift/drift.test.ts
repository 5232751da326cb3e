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

/** Runs drift. Returns its report, and the times of its reads. `set` is called before each read. */
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

/** Adds a number to the live list that the files do not declare. */
const stranger = (world: World, read: number) => {
  if (read === 0) world.set('bot-a', ['12015550100', '12015550199']);
};

describe('the second read of drift', () => {
  test('follows after the delay of the provider, or of --settle', async () => {
    expect((await runDrift(SINCH, {}, stranger)).last).toBe(300);
    expect((await runDrift(SINCH, { settle: 60_000 }, stranger)).last).toBe(60);
    expect((await runDrift(SINCH, { settle: 0 }, stranger)).last).toBe(0);
  });

  test('is reported as unsettled if it had no delay on request and lists differ', async () => {
    expect((await runDrift(SINCH, { settle: 0 }, stranger)).report.unsettled).toBe(true);
    expect((await runDrift(CLOUD, {}, stranger)).report).not.toHaveProperty('unsettled');
    const inSync = (world: World) => world.set('bot-a', ['12015550100']);
    expect((await runDrift(SINCH, { settle: 0 }, inSync)).report).not.toHaveProperty('unsettled');
  });

  test('follows at once if the provider has no lag', async () => {
    const { outcome, times } = await runDrift(CLOUD, {}, stranger);
    expect(outcome).toBe('changes');
    expect(times).toEqual([0, 0, 0, 0]);
  });

  test('is omitted if nothing differs', async () => {
    const inSync = (world: World) => world.set('bot-a', ['12015550100']);
    const { outcome, times } = await runDrift(SINCH, {}, inSync);
    expect(outcome).toBe('in-sync');
    expect(times).toEqual([0, 0]);
  });

  test('confirms only differences that the first read shows as well', async () => {
    const moving = (world: World, read: number) =>
      world.set('bot-a', ['12015550100', read <= 2 ? '12015550198' : '12015550199']);
    const { outcome, report } = await runDrift(SINCH, {}, moving);
    expect(outcome).toBe('in-sync');
    expect(report).toMatchObject({ bots: [{ remove: { size: 0 } }] });
  });

  test.each([
    ['the first', 0],
    ['the second', 3],
  ])('remembers a user who is live only in %s read', async (_, from) => {
    const moving = (world: World, read: number) => {
      if (read !== 0 && read !== 3) return; // each read of a list takes two requests
      world.set('bot-a', ['12015550199', ...(read === from ? ['12015550100'] : [])]);
    };
    const { report } = await runDrift(CLOUD, {}, moving);
    expect(report.bots[0]).toMatchObject({ add: { size: 0 }, remove: { size: 1 } });
    expect(Array.from(report.bots[0]!.memory!.wasLive.values)).toEqual([12_015_550_100]);
  });

  test('is limited to the bots that differ', async () => {
    const two = SINCH.replace('bots: {', 'bots: { bot-b: { numbers: ["+12015550100"] },');
    const { times } = await runDrift(two, {}, (world, read) => {
      stranger(world, read);
      world.set('bot-b', ['12015550100']);
    });
    expect(times.filter((at) => at === 300)).toHaveLength(2);
    expect(times.filter((at) => at === 0)).toHaveLength(4);
  });
});

test('a bot that cannot be read makes the run fail although others are in sync', async () => {
  const two = SINCH.replace('bots: {', 'bots: { bot-b: { numbers: [] },');
  const world = new World({ ...CALM, outages: [[0, 86_400_000]] }, ApiError);
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const context = world.context(0, two, signal, () => 'go');
  const report = await world.clock.run(drift([], OPTIONS, context));
  expect(report.outcome).toBe('failed');
});
