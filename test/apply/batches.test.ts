import { describe, expect, test } from 'vitest';
import type { ApplyOptions } from '../../src/apply/batches.ts';
import { applyChange } from '../../src/apply/change.ts';
import { type Applied, settle } from '../../src/apply/ledger.ts';
import type { Users } from '../../src/apply/withhold.ts';
import type { Writer } from '../../src/apply/writer.ts';
import { ApiError, StoppedError } from '../../src/model/errors.ts';
import type { Unapplied } from '../../src/model/ledger.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import * as fc from '../fast-check.ts';

const FIRST = 12_015_550_100;
const set = (count: number, from = 0) =>
  NumberSet.of(Array.from({ length: count }, (_, index) => FIRST + from + index));

/** Counts of numbers to add and to remove. */
const split = (add: number, remove: number) => ({ add, remove });

type Undone = readonly Unapplied[];

const NO_NAMES: Users = { userOf: undefined, mayRename: false, alike: new Map(), names: undefined };

/** For answers that contain the result of each number. */
const BLIND: ApplyOptions['see'] = () => Promise.reject(new Error('the list is not needed'));

/** Applies a change, and counts the numbers that are done. */
async function applyTo(
  change: { add: NumberSet; remove: NumberSet },
  writer: Writer,
  some: Pick<ApplyOptions, 'concurrency' | 'onProgress'>,
) {
  const plan = { ...change, keep: set(0), missing: set(0) };
  const { done, ...rest } = await applyChange(plan, writer, { ...some, see: BLIND }, NO_NAMES);
  return { applied: done.add.size + done.remove.size, done, ...rest };
}

function record(answer: (direction: 'add' | 'remove', batch: readonly number[]) => Undone = () => []) {
  const sent: { direction: 'add' | 'remove'; batch: readonly number[] }[] = [];
  const write = (direction: 'add' | 'remove') => async (batch: readonly number[]) => {
    sent.push({ direction, batch });
    return { undone: answer(direction, batch), listed: new Map(), lost: false };
  };
  const writer: Writer = { batchSize: 20, add: write('add'), remove: write('remove') };
  return { writer, sent };
}

const badRequest = (reason = 'no such number') => new ApiError('refused (400)', { refused: true, detail: reason });

describe('batches', () => {
  test.each([0, 1, 19, 20, 21, 40, 41, 100])('%i adds take ⌈n/20⌉ batches, each number once', async (count) => {
    const { writer, sent } = record();
    const done = await applyTo({ add: set(count), remove: set(0) }, writer, { concurrency: 8 });
    expect(sent).toHaveLength(Math.ceil(count / 20));
    expect(sent.flatMap(({ batch }) => batch)).toEqual([...set(count)]);
    expect(done).toMatchObject({ applied: count, skipped: split(0, 0), unsettled: [], failure: null });
  });

  test('every add is answered before the first remove is sent', async () => {
    let adding = 0;
    const { sent } = record();
    const writer: Writer = {
      batchSize: 20,
      async add(batch) {
        adding++;
        for (let turn = 0; turn < 5; turn++) await null;
        sent.push({ direction: 'add', batch });
        adding--;
        return { undone: [], listed: new Map(), lost: false };
      },
      async remove(batch) {
        expect(adding).toBe(0);
        sent.push({ direction: 'remove', batch });
        return { undone: [], listed: new Map(), lost: false };
      },
    };
    await applyTo({ add: set(100), remove: set(100, 500) }, writer, { concurrency: 4 });
    expect(sent.findIndex(({ direction }) => direction === 'remove')).toBe(5);
  });
});

test('an answer in which numbers failed that may still succeed gives its reason to the bot, and ends nothing', async () => {
  const { writer, sent } = record();
  const failure = new ApiError('throttled (tried 6 times); run again later', { detail: 'rate limit' });
  const failed = { number: FIRST, state: 'failed', reason: 'rate limit' } as const;
  const partly: Writer = {
    ...writer,
    add: async (batch) => ({ ...(await writer.add(batch)), ...(batch[0] === FIRST && { undone: [failed], failure }) }),
  };
  const result = await applyTo({ add: set(60), remove: set(0) }, partly, { concurrency: 1 });
  expect(sent).toHaveLength(3);
  expect(result).toMatchObject({
    applied: 59,
    unsettled: [failed],
    failure: { message: failure.message, detail: 'rate limit' },
  });
});

describe('a batch that is too large for the throttle', () => {
  const throttled = (facts = {}) => new ApiError('throttled (tried 6 times)', { tooLarge: true, ...facts });
  const sizes = (sent: ReturnType<typeof record>['sent']) => sent.map(({ batch }) => batch.length);

  test('is halved until it passes, and later batches are no larger', async () => {
    const { writer, sent } = record((_, batch) => {
      if (batch.length > 5) throw throttled();
      return [];
    });
    const done = await applyTo({ add: set(45), remove: set(0) }, writer, { concurrency: 1 });
    expect(done).toMatchObject({ applied: 45, unsettled: [], failure: null });
    expect(sizes(sent)).toEqual([20, 10, 5, 5, 10, 5, 5, 5, 5, 5, 5, 5]);
  });

  test('ends the direction if not even one number passes', async () => {
    const { writer, sent } = record(() => {
      throw throttled();
    });
    const done = await applyTo({ add: set(45), remove: set(3, 500) }, writer, { concurrency: 1 });
    expect(sizes(sent)).toEqual([20, 10, 5, 2, 1]);
    expect(done).toMatchObject({
      applied: 0,
      skipped: split(25, 3),
      failure: { message: 'throttled (tried 6 times)' },
    });
    expect(done.unsettled).toHaveLength(20);
    expect(done.unsettled.every(({ state }) => state === 'failed')).toBe(true);
  });

  test('is not halved after the bot has failed', async () => {
    const { writer, sent } = record(() => {
      throw throttled({ hopeless: true });
    });
    await applyTo({ add: set(45), remove: set(0) }, writer, { concurrency: 1 });
    expect(sizes(sent)).toEqual([20]);
  });

  test('leaves its numbers unknown if an earlier answer was lost', async () => {
    const { writer } = record((_, batch) => {
      throw throttled({ ambiguous: batch.length === 20 });
    });
    const done = await applyTo({ add: set(20), remove: set(0) }, writer, { concurrency: 1 });
    expect(done.unsettled.map(({ state }) => state)).toEqual(Array(20).fill('unknown'));
  });
});

describe('a batch that is refused', () => {
  test('is halved until the refused number is alone: 44 of 45 are applied', async () => {
    const culprit = FIRST + 27;
    const { writer, sent } = record((_, batch) => {
      if (batch.includes(culprit)) throw badRequest();
      return [];
    });
    const done = await applyTo({ add: set(45), remove: set(0) }, writer, { concurrency: 8 });
    expect(done).toMatchObject({ applied: 44, skipped: split(0, 0), failure: null });
    expect(done.unsettled).toEqual([
      { number: culprit, direction: 'add', state: 'rejected', reason: 'no such number' },
    ]);
    expect(sent.length).toBeLessThanOrEqual(2 + 11);
  });

  test('ends the bot if three in a row are refused entirely', async () => {
    const { writer, sent } = record(() => {
      throw badRequest();
    });
    const done = await applyTo({ add: set(200), remove: set(0) }, writer, { concurrency: 1 });
    expect(done).toMatchObject({
      applied: 0,
      skipped: split(140, 0),
      failure: { kind: 'refused-batches', count: 3 },
    });
    expect(done.unsettled).toHaveLength(60);
    expect(sent).toHaveLength(3 * 39);
  });

  test('rejects the failed numbers of a 200 with the words of the server', async () => {
    const { writer } = record((_, batch) => [{ number: batch[0]!, state: 'rejected', reason: 'opted out' }]);
    const done = await applyTo({ add: set(20), remove: set(0) }, writer, { concurrency: 1 });
    expect(done).toMatchObject({ applied: 19, unsettled: [{ number: FIRST, state: 'rejected', reason: 'opted out' }] });
  });
});

test('the rest of a batch whose repeat was refused as a whole is halved, and the others are done', async () => {
  const batches: (readonly number[])[] = [];
  const add: Writer['add'] = async (batch) => {
    batches.push(batch);
    const rest = { undone: [], listed: new Map(), lost: false };
    if (batch.length > 2) return { ...rest, refused: { numbers: batch.slice(2), error: badRequest() } };
    if (batch.includes(FIRST + 3)) throw badRequest();
    return rest;
  };
  const writer: Writer = { ...record().writer, add };
  const { applied, unsettled } = await applyTo({ add: set(4), remove: set(0) }, writer, { concurrency: 1 });
  expect(batches.map(({ length }) => length)).toEqual([4, 1, 1]);
  expect({ applied, unsettled }).toMatchObject({ applied: 3, unsettled: [{ number: FIRST + 3, state: 'rejected' }] });
});

describe('a pending number', () => {
  const waiting = (direction: 'add' | 'remove', batch: readonly number[]): Undone =>
    direction === 'add' ? batch.map((number) => ({ number, state: 'pending', reason: 'write first' })) : [];

  test('stops neither other adds nor removes, however many are pending', async () => {
    const { writer, sent } = record(waiting);
    const done = await applyTo({ add: set(200), remove: set(30, 500) }, writer, { concurrency: 1 });
    expect(done).toMatchObject({ applied: 30, skipped: split(0, 0), failure: null });
    expect(sent).toHaveLength(10 + 2);
    expect(settle(done, null)).toMatchObject({
      applied: split(0, 30),
      pending: 200,
      failed: split(0, 0),
      rejected: [],
    });
  });

  test('is applied if the list shows it', async () => {
    const done = await applyTo({ add: set(2), remove: set(0) }, record(waiting).writer, { concurrency: 1 });
    expect(settle(done, set(1))).toMatchObject({ applied: split(1, 0), pending: 1 });
  });
});

test('large batches that are refused entirely take no more requests than small ones', async () => {
  const { writer, sent } = record(() => {
    throw badRequest();
  });
  const done = await applyTo({ add: set(3000), remove: set(0) }, { ...writer, batchSize: 1000 }, { concurrency: 1 });
  expect(sent.length).toBeLessThanOrEqual(120);
  expect(done.unsettled.length + done.skipped.add).toBe(3000);
  expect(done.failure).toMatchObject({ kind: 'refused-requests', count: 118 });
});

describe('no remove is sent when an add', () => {
  test.each([
    ['failed', () => new ApiError('forbidden', {})],
    ['was refused after its answer was lost', () => new ApiError('400', { refused: true, ambiguous: true })],
    ['is unknown', () => new ApiError('cut', { ambiguous: true })],
    ['was skipped', () => new StoppedError()],
  ])('%s', async (_, error) => {
    const { writer, sent } = record((direction) => {
      if (direction === 'add') throw error();
      return [];
    });
    const done = await applyTo({ add: set(1), remove: set(30, 500) }, writer, { concurrency: 8 });
    expect(sent.every(({ direction }) => direction === 'add')).toBe(true);
    expect(done.skipped.remove).toBe(30);
  });
});

describe('an add that the server refuses for good', () => {
  const refusing = (...culprits: readonly number[]) =>
    record((direction, batch) => {
      if (direction === 'add' && batch.some((number) => culprits.includes(number))) throw badRequest();
      return [];
    });

  test('stops no remove', async () => {
    const { writer } = refusing(FIRST + 3);
    const done = await applyTo({ add: set(20), remove: set(30, 1200) }, writer, { concurrency: 8 });
    expect(done).toMatchObject({ applied: 19 + 30, skipped: split(0, 0), failure: null });
    expect(settle(done, null).rejected).toMatchObject([{ number: FIRST + 3 }]);
  });

  test('stops every remove if adding ended after three refused batches', async () => {
    const culprits = [...set(60)];
    const { writer, sent } = refusing(...culprits);
    const done = await applyTo({ add: set(60), remove: set(30, 500) }, writer, { concurrency: 1 });
    expect(sent.every(({ direction }) => direction === 'add')).toBe(true);
    expect(done).toMatchObject({ skipped: split(0, 30), failure: { kind: 'refused-batches' } });
  });

  test('withholds removes that differ from it by one edit', async () => {
    const refused = FIRST + 3;
    const remove = NumberSet.of([FIRST + 5, FIRST + 60]); // one digit changed; two digits changed
    const done = await applyTo({ add: set(4), remove }, refusing(refused).writer, { concurrency: 1 });
    expect(done.withheld).toEqual([{ number: FIRST + 5, declared: refused, because: 'edit' }]);
    expect([...done.done.remove]).toEqual([FIRST + 60]);
  });
});

describe('a write whose answer was lost', () => {
  const lost = (facts: Partial<ApiError>) => new ApiError('lost', { ambiguous: true, ...facts });

  test('and whose repeat refuses a single number is unknown, not rejected', async () => {
    const { writer } = record(() => {
      throw lost({ refused: true });
    });
    const done = await applyTo({ add: set(1), remove: set(0) }, writer, { concurrency: 1 });
    expect(done.unsettled).toMatchObject([{ number: FIRST, state: 'unknown' }]);
  });

  test('and whose repeat reports a number as failed leaves that number unknown', async () => {
    const { writer: plain } = record((_, batch) => [{ number: batch[0]!, state: 'pending', reason: 'write first' }]);
    const writer: Writer = { ...plain, add: async (batch) => ({ ...(await plain.add(batch)), lost: true }) };
    const done = await applyTo({ add: set(5), remove: set(0) }, writer, { concurrency: 1 });
    expect(done).toMatchObject({ applied: 4, unsettled: [{ number: FIRST, state: 'unknown' }] });
  });

  test.each([
    ['is interrupted', () => new StoppedError()],
    ['fails', () => new ApiError('forbidden')],
    ['is refused', () => badRequest()],
  ])('and whose repeat is halved: a half that %s is unknown', async (_, failure) => {
    let calls = 0;
    const { writer } = record(() => {
      throw calls++ === 0 ? lost({ refused: true }) : failure();
    });
    const done = await applyTo({ add: set(2), remove: set(0) }, writer, { concurrency: 1 });
    expect(settle(done, null)).toMatchObject({
      ...{ applied: split(0, 0), unknown: split(2, 0), skipped: split(0, 0), failed: split(0, 0), rejected: [] },
    });
  });
});

test.each(['failed', 'unknown'] as const)(
  'a single add that is %s and stops the removes is reported as the reason',
  async (state) => {
    const { writer } = record((direction) =>
      direction === 'add' ? [{ number: FIRST, state, reason: 'the server said so' }] : [],
    );
    const done = await applyTo({ add: set(2), remove: set(3, 500) }, writer, { concurrency: 1 });
    expect(done).toMatchObject({
      applied: 1,
      skipped: split(0, 3),
      failure: { kind: 'adds-open', detail: 'the server said so' },
    });
  },
);

describe('an interruption', () => {
  const interrupted = (ambiguous: boolean, why: ApiError | null = null) =>
    record(() => {
      throw new StoppedError(ambiguous, why);
    });

  test.each([false, true])('has the reason of a bot that failed (sent: %s)', async (isSent) => {
    const { writer } = interrupted(isSent, new ApiError('not authorized (401)', { detail: 'expired' }));
    const { failure, unsettled } = await applyTo({ add: set(1), remove: set(0) }, writer, { concurrency: 2 });
    expect(failure).toEqual({ message: 'not authorized (401)', detail: 'expired' });
    const reason = 'the bot failed before the answer arrived';
    expect(unsettled).toEqual(isSent ? [{ number: FIRST, direction: 'add', state: 'unknown', reason }] : []);
  });

  test('skips numbers that were not sent, and sends no more requests', async () => {
    const { writer, sent } = interrupted(false);
    const done = await applyTo({ add: set(100), remove: set(0) }, writer, { concurrency: 2 });
    expect(sent).toHaveLength(2);
    expect(done).toMatchObject({ applied: 0, skipped: split(100, 0), unsettled: [], failure: null });
  });

  test('leaves numbers unknown that were sent without an answer', async () => {
    const done = await applyTo({ add: set(1), remove: set(0) }, interrupted(true).writer, { concurrency: 2 });
    const reason = 'interrupted before the answer arrived';
    expect(done.unsettled).toEqual([{ number: FIRST, direction: 'add', state: 'unknown', reason }]);
    expect(done.skipped).toEqual(split(0, 0));
  });
});

test('an error of the program itself is thrown, not reported as an error of the server', async () => {
  const { writer } = record(() => {
    throw new TypeError('oops');
  });
  await expect(applyTo({ add: set(1), remove: set(0) }, writer, { concurrency: 1 })).rejects.toThrow('oops');
});

test('a hopeless failure ends all requests', async () => {
  const { writer, sent } = record(() => {
    throw new ApiError('401', { hopeless: true });
  });
  const done = await applyTo({ add: set(400), remove: set(5, 500) }, writer, { concurrency: 4 });
  expect(sent).toHaveLength(4);
  expect(done).toMatchObject({ applied: 0, skipped: split(320, 5), failure: { message: '401' } });
});

test('law: the ledger adds up to the plan in each direction', async () => {
  const outcome = fc.constantFrom(
    'ok',
    'ok',
    'ok',
    'refused',
    'ambiguous',
    'failed',
    'hopeless',
    'stopped',
    'named',
    'waiting',
    'full',
  );
  const cases = [fc.nat(150), fc.nat(150), fc.infiniteStream(outcome), fc.integer({ min: 1, max: 9 })] as const;
  await fc.assert(
    fc.asyncProperty(...cases, async (adds, removes, outcomes, concurrency) => {
      const { writer } = record((direction, batch) => {
        switch (outcomes.next().value) {
          case 'refused':
            throw badRequest();
          case 'ambiguous':
            throw new ApiError('cut', { ambiguous: true });
          case 'failed':
            throw new ApiError('no', {});
          case 'hopeless':
            throw new ApiError('401', { hopeless: true });
          case 'stopped':
            throw new StoppedError(batch.length % 2 === 0);
          case 'waiting':
            return direction === 'add' ? [{ number: batch[0]!, state: 'pending', reason: 'write first' }] : [];
          case 'full':
            return batch.map((number) => ({ number, state: 'full', reason: 'no room' }));
          case 'named':
            return [{ number: batch.at(-1)!, state: 'rejected', reason: 'why not' }];
          default:
            return [];
        }
      });
      const done = await applyTo({ add: set(adds), remove: set(removes, 500) }, writer, { concurrency });
      for (const live of [null, set(adds), set(removes, 500)]) {
        const { applied, failed, unknown, skipped, pending, rejected, withheld } = settle(done, live);
        const ends = (direction: 'add' | 'remove') =>
          [applied, failed, unknown, skipped].reduce((sum, count) => sum + count[direction], 0) +
          rejected.filter((each) => each.direction === direction).length +
          (direction === 'add' ? pending : withheld.length);
        expect(split(ends('add'), ends('remove'))).toEqual(split(adds, removes));
      }
    }),
  );
});

describe('a later read of the list', () => {
  const open = (['unknown', 'rejected', 'failed'] as const).flatMap((state, index) => [
    { number: FIRST + index, direction: 'add' as const, state, reason: '' },
    { number: FIRST + 10 + index, direction: 'remove' as const, state, reason: '' },
  ]);
  const done: Applied = {
    done: { add: set(5, 20), remove: set(0) },
    skipped: split(0, 1),
    unsettled: open,
    withheld: [],
    listed: new Map(),
    failure: null,
  };

  test('applies a number whose change it shows, for any answer', () => {
    expect(settle(done, set(3))).toEqual({
      applied: split(8, 3),
      failed: split(0, 0),
      unknown: split(0, 0),
      skipped: split(0, 1),
      pending: 0,
      rejected: [],
      withheld: [],
    });
  });

  test('does not change the result of other numbers', () => {
    expect(settle(done, set(3, 10))).toMatchObject({
      ...{ applied: split(5, 0), failed: split(1, 1), unknown: split(1, 1), skipped: split(0, 1) },
    });
  });

  test('changes nothing if it did not happen', () => {
    const rejected = { number: FIRST + 1, direction: 'add', reason: '' };
    expect(settle(done, null).rejected).toEqual([rejected, { ...rejected, number: FIRST + 11, direction: 'remove' }]);
  });
});

describe('an answer to a removal that contains another user', () => {
  const [removed, stays] = [set(60), FIRST + 900];
  const removing = async (
    name: number,
    change: Partial<Record<'keep' | 'missing', NumberSet>>,
    undone: Undone = [],
  ) => {
    const batches: (readonly number[])[] = [];
    const remove = async (batch: readonly number[]) => {
      batches.push(batch);
      return { undone, listed: new Map([[FIRST, new Set([FIRST, name])]]), lost: false };
    };
    const writer = { ...record().writer, remove };
    const plan = { add: set(0), remove: removed, keep: set(0), missing: set(0), ...change };
    const { failure, skipped } = await applyChange(plan, writer, { concurrency: 1, see: BLIND }, NO_NAMES);
    return { failure, skipped: skipped.remove, batches: batches.length };
  };

  test.each(['keep', 'missing'] as const)('who must stay (%s) ends the removals', async (part) => {
    const failure = { kind: 'other-removed', number: FIRST, stays };
    expect(await removing(stays, { [part]: NumberSet.of([stays]) })).toEqual({ failure, skipped: 40, batches: 1 });
  });

  test('whom no file declares changes nothing', async () => {
    expect(await removing(stays, { keep: set(5, 100) })).toEqual({ failure: null, skipped: 0, batches: 3 });
  });

  test('changes nothing if the removal was refused', async () => {
    const undone = [{ number: FIRST, state: 'rejected', reason: 'no' }] as const;
    expect(await removing(stays, { keep: NumberSet.of([stays]) }, undone)).toMatchObject({ failure: null });
  });
});
