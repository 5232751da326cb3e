import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { apply } from '../../../src/commands/apply/apply.ts';
import { drift } from '../../../src/commands/drift/drift.ts';
import { plan } from '../../../src/commands/plan/plan.ts';
import { notWritten } from '../../../src/model/compared.ts';
import { ApiError } from '../../../src/model/errors.ts';
import type { CloudOptions } from '../../../src/sandbox/whatsapp-cloud.ts';
import * as fc from '../../fast-check.ts';
import { CALM, World } from '../../simulation/world.ts';

const OPTIONS = { bots: [], concurrency: 8, parallel: 4, rate: 20, timeout: 30_000, retries: 5, yes: true };
const HOUR = 3_600_000;
const adds = (count: number) => ({ add: count, remove: 0 });

/** A list of the Cloud API without faults, and functions that run commands on it. */
function start(numbers: readonly string[], cloud: CloudOptions = {}) {
  const world = new World({ ...CALM, cloud: { contact: 'none', ...cloud } }, ApiError);
  const yaml = `version: 1\nbots: { bot-a: { provider: whatsapp-cloud, phoneNumberId: 1065, tokenEnv: TOKEN, numbers: [${numbers.join(', ')}] } }\n`;
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const context = world.context(0, yaml, signal, () => 'go');
  const run = {
    apply: (options = {}) => world.clock.run(apply([], { ...OPTIONS, ...options }, context)),
    drift: (options = {}) => world.clock.run(drift([], { ...OPTIONS, ...options }, context)),
    plan: (options = {}, file: string | null = '') => {
      const files = { ...context.files, readIfThere: () => file };
      return world.clock.run(plan([], { ...OPTIONS, ...options }, { ...context, files }));
    },
  };
  const count = (method: string) => world.sent.filter((each) => each.method === method).length;
  return { world, run, count };
}

const row = (count: number, first = 12_015_550_100) =>
  Array.from({ length: count }, (_, index) => String(first + index));

describe('adds of users who have not written', () => {
  test('are pending after one request, need no second read, and are in the next plan again', async () => {
    const { world, run, count } = start(row(1500));
    world.wrote('bot-a', row(500));
    const report = await run.apply();
    expect(report).toMatchObject({
      outcome: 'applied',
      bots: [{ results: { applied: adds(500), pending: 1000, rejected: [] } }],
    });
    expect([count('POST'), count('GET')]).toEqual([2, 2]); // an empty large page is requested again with 100 users
    expect((await run.plan()).bots[0]!.add.size).toBe(1000);
  });

  test('do not hold back removes', async () => {
    const { world, run } = start(row(5));
    world.set('bot-a', [...row(1), ...row(3, 12_015_550_800)]);
    const report = await run.apply();
    expect(report).toMatchObject({
      outcome: 'applied',
      bots: [{ results: { applied: { add: 0, remove: 3 }, pending: 4 } }],
    });
    expect(world.list('bot-a')).toEqual(row(1));
  });

  test('are refused by the guard if the list would be empty until they write', async () => {
    const { world, run, count } = start(row(5));
    world.set('bot-a', row(3, 12_015_550_800));
    expect(await run.apply()).toMatchObject({ outcome: 'refused', bots: [{ guard: { tripped: 'emptied' } }] });
    expect(count('DELETE') + count('POST')).toBe(0);
  });

  test('make an apply with --fail-on-pending end as partial', async () => {
    const { run } = start(row(5));
    expect((await run.apply({ failOnPending: true })).outcome).toBe('partial');
  });

  test('are no drift and need one read without a wait, but are drift with --fail-on-pending', async () => {
    const { world, run, count } = start(row(5));
    expect(await run.drift()).toMatchObject({ outcome: 'in-sync', bots: [{ add: { size: 5 } }] });
    expect(count('GET')).toBe(2); // an empty large page is requested again with 100 users
    expect(world.clock.now()).toBeLessThan(1000);
    expect((await run.drift({ failOnPending: true })).outcome).toBe('changes');
  });

  test('do not delay the report of an undeclared live number as drift', async () => {
    const { world, run } = start(row(5));
    world.set('bot-a', row(1, 12_015_550_800));
    expect((await run.drift()).outcome).toBe('changes');
    expect(world.clock.now()).toBeLessThan(2000);
  });

  test('are applied by hourly runs as the users write, until the list is complete', async () => {
    const { world, run } = start(row(240));
    for (let hour = 0; hour < 24; hour++) {
      world.wrote('bot-a', row(10, 12_015_550_100 + hour * 10));
      const { bots } = await run.apply();
      expect(bots).toMatchObject([{ results: { applied: adds(10), pending: 230 - hour * 10 } }]);
      await world.clock.run(world.clock.sleep(HOUR));
    }
    expect((await run.plan()).outcome).toBe('in-sync');
    expect(world.list('bot-a')).toHaveLength(240);
  });
});

describe('plan --contacts', () => {
  // A small range, so that the same users occur in several lists; some have two spellings.
  const someone = fc.integer({ min: 0, max: 20 }).chain((last) => {
    const ends = [
      '5255550000',
      '52155550000',
      '541155550000',
      '5491155550000',
      '553195555000',
      '55319555500',
      '44770090000',
    ];
    return fc.constantFrom(...ends).map((start) => start + String(last).padStart(2, '0'));
  });
  const people = fc.uniqueArray(someone, { maxLength: 25 });

  test('predicts how many users apply blocks and how many stay pending', async () => {
    await fc.assert(
      fc.asyncProperty(people, people, people, async (desired, live, wrote) => {
        const { world, run } = start(desired.map((number) => `"${number}"`));
        world.set('bot-a', live);
        world.wrote('bot-a', wrote);
        const planned = await run.plan({ contacts: ['bot-a=wrote.txt'] }, wrote.join('\n'));
        const [applied] = (await run.apply({ approve: planned.fingerprint! })).bots;
        const { results } = 'results' in applied! ? applied : notWritten(applied!);
        const { add, contact } = planned.bots[0]!;
        expect(contact).toEqual({ now: results.applied.add, waiting: results.pending });
        expect(contact!.now + contact!.waiting).toBe(add.size);
      }),
    );
  });

  test('joins several files for one bot', async () => {
    const { run } = start(row(5));
    const { bots } = await run.plan({ contacts: ['bot-a=a.txt', 'bot-a=b.txt'] }, '# since yesterday\n+12015550100\n');
    expect(bots[0]!.contact).toEqual({ now: 1, waiting: 4 });
  });

  test('accepts files for bots of other shards', async () => {
    const { run } = start(row(5));
    const options = { contacts: ['bot-a=a.txt'], shard: { index: 2, count: 2 } };
    expect((await run.plan({ ...options, shard: { index: 1, count: 2 } })).outcome).not.toBe('invalid');
    expect((await run.plan(options)).outcome).not.toBe('invalid');
  });

  test('is needed for a count of users who have written', async () => {
    expect((await start(row(5)).run.plan()).bots[0]).not.toHaveProperty('contact');
  });

  test.each([
    ['no bot', 'wrote.txt', '', /--contacts wrote\.txt: needs a bot and a file/],
    ['no file', 'bot-a=', '', /needs a bot and a file/],
    [
      'a bot that no file defines',
      'bot-b=wrote.txt',
      '',
      /the files do not declare this bot; did you mean "bot-a"\? The files declare: bot-a/,
    ],
    ['a file with an error', 'bot-a=wrote.txt', '+12015550100\n+44\n', /the number/],
    ['a missing file', 'bot-a=wrote.txt', null, /there is no such file/],
  ])('refuses %s, and sends nothing', async (_, contacts, file, message) => {
    const { run, count } = start(row(5));
    await expect(run.plan({ contacts: [contacts] }, file)).rejects.toThrow(message);
    expect(count('GET')).toBe(0);
  });
});

test('numbers of Mexico, Argentina and Brazil do not flap over ten runs in either spelling', async () => {
  const spelled = ['525555500100', '5215555500101', '541155550100', '5491155550101', '5531955550100', '551155550100'];
  const { world, run, count } = start(spelled, { contact: 'all' });
  expect((await run.apply({ wait: 60_000 })).bots[0]).toMatchObject({ notVisible: 0, results: { applied: adds(6) } });
  const writes = count('POST') + count('DELETE');
  for (let again = 0; again < 10; again++) expect((await run.apply()).outcome).toBe('in-sync');
  expect(count('POST') + count('DELETE')).toBe(writes);
  expect(world.list('bot-a')).toHaveLength(6);
});

describe('a list that is too small', () => {
  test('for the plan is refused before any write, even with --approve', async () => {
    const { run, count } = start(row(64_001));
    const report = await run.plan();
    expect(report).toMatchObject({
      outcome: 'refused',
      bots: [{ guard: { overflow: { end: 64_001, capacity: 64_000 } } }],
    });
    expect((await run.apply({ approve: report.fingerprint! })).outcome).toBe('refused');
    expect(count('POST')).toBe(0);
  });

  test('and full earlier than documented ends the adds, and the error reports its size', async () => {
    const { world, run } = start(row(30), { contact: 'all', capacity: 20, strangers: 2 });
    const { outcome, bots } = await run.apply();
    expect(outcome).toBe('partial');
    expect(bots[0]).toMatchObject({ results: { applied: adds(18), failed: adds(12) } });
    const holds = { entries: 20, capacity: 64_000, removes: false };
    expect(bots[0]!.error).toMatchObject({ kind: 'full', holds });
    expect(world.list('bot-a')).toHaveLength(18);
  });
});

test('the guard of the Cloud API refuses 6 of 20 removals, which it allows for Sinch', async () => {
  const { world, run, count } = start(row(14));
  world.set('bot-a', row(20));
  expect(await run.apply()).toMatchObject({ outcome: 'refused', bots: [{ guard: { tripped: 'share', limit: 5 } }] });
  expect(count('DELETE')).toBe(0);
});

test('entries without a number are counted in a warning, and are never removed', async () => {
  const { run } = start(row(2), { contact: 'all', strangers: 3 });
  const report = await run.apply();
  expect(report.warnings).toMatchObject([{ code: 'W-LIVE-FOREIGN', count: 3 }]);
  expect((await run.plan()).bots[0]).toMatchObject({ counts: { unchanged: 2 }, remove: { size: 0 } });
});

test('requests are spaced out from 80 percent of the quota on', async () => {
  const timeOf = async (usage: number) => {
    const { world, run } = start([], { usage });
    world.set('bot-a', row(1000)); // 11 pages
    await run.plan();
    return world.clock.now();
  };
  const free = await timeOf(79);
  expect(free).toBeLessThan(5000);
  expect(await timeOf(80)).toBeGreaterThan(10 * 500 - 1000);
  expect(await timeOf(100)).toBeGreaterThan(10 * 10_000);
});
