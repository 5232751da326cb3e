import { describe, expect, test } from 'vitest';
import { applyChange } from '../../src/apply/change.ts';
import { settle } from '../../src/apply/ledger.ts';
import { seeResults } from '../../src/apply/unseen.ts';
import type { Users } from '../../src/apply/withhold.ts';
import type { Answer, Writer } from '../../src/apply/writer.ts';
import { ApiError, StoppedError } from '../../src/model/errors.ts';
import type { Direction, Unapplied } from '../../src/model/ledger.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import * as fc from '../fast-check.ts';

const [ADDED, REMOVED, KEPT] = [12_015_550_100, 447_700_900_100, 33_612_340_100];
const row = (count: number, first: number) => Array.from({ length: count }, (_, index) => first + index * 1111);
const adds = (count: number) => row(count, ADDED);
const removals = (count: number) => row(count, REMOVED);
const split = (add: number, remove: number) => ({ add, remove });

interface Served {
  readonly capacity: number;
  readonly batchSize?: number;
  readonly concurrency?: number;
  /** The answer to adds that do not fit: a result for each, or one error for all and no change. */
  readonly answers?: 'each' | 'whole';
  /** Called before each request. May throw its error, change the list, or return results that it decides. */
  readonly before?: (direction: Direction, batch: readonly number[], list: Set<number>, request: number) => unknown;
  /** The number under which the API lists a user. */
  readonly nameOf?: (number: number) => number;
  readonly users?: Partial<Users>;
}

type Results = readonly Unapplied[];

/** Applies a change to a list of a server that has room for some numbers. */
async function applyTo(change: { add: number[]; remove: number[]; keep?: number[] }, served: Served) {
  const { capacity, batchSize = 1000, concurrency = 1, answers = 'each', before, nameOf = (number) => number } = served;
  const { add, remove, keep = [] } = change;
  const list = new Set([...keep, ...remove]);
  const calls: string[] = [];
  const sent: { direction: Direction; batch: readonly number[] }[] = [];
  let progress = 0;
  const write = (direction: Direction) => async (batch: readonly number[]) => {
    sent.push({ direction, batch });
    calls.push(`${direction} ${batch.length}`);
    const given = (before?.(direction, batch, list, calls.length) as Results | undefined) ?? [];
    const decided = new Set(given.map(({ number }) => number));
    const due = batch.filter((number) => !decided.has(number));
    const undone: Unapplied[] = [...given];
    if (direction === 'remove') for (const number of due) list.delete(number);
    else {
      const come = due.filter((number) => !list.has(nameOf(number)));
      if (answers === 'whole' && list.size + come.length > capacity) {
        throw new ApiError('no room', { full: true, detail: 'no room' });
      }
      for (const number of come) {
        if (list.size < capacity) list.add(nameOf(number));
        else undone.push({ number, state: 'full', reason: 'no room' });
      }
    }
    const listed: Answer['listed'] = new Map(due.map((number) => [number, new Set([nameOf(number)])]));
    return { undone, listed, lost: false };
  };
  const applied = await applyChange(
    { add: NumberSet.of(add), remove: NumberSet.of(remove), keep: NumberSet.of(keep), missing: NumberSet.empty },
    { batchSize, add: write('add'), remove: write('remove') },
    {
      concurrency,
      see: () => Promise.reject(new Error('the list is not needed')),
      onProgress: (numbers) => {
        progress += numbers;
      },
    },
    { userOf: undefined, mayRename: true, alike: new Map(), names: undefined, ...served.users },
  );
  return { ...applied, ledger: settle(applied, null), list, calls, sent, progress };
}

describe('a full list with replacements', () => {
  test.each([
    ['is full', { capacity: 8 }, ['add 5', 'remove 5', 'add 5', 'remove 3']],
    [
      'answers for the whole batch',
      { capacity: 8, answers: 'whole' },
      ['add 5', ...Array(5).fill('add 1'), 'remove 5', 'add 5', 'remove 3'],
    ],
    ['has room for some of the adds', { capacity: 10 }, ['add 5', 'remove 3', 'add 3', 'remove 5']],
    ['has room for all adds', { capacity: 13 }, ['add 5', 'remove 8']],
    [
      'takes two numbers a request',
      { capacity: 8, batchSize: 2 },
      [
        ...['add 2', 'add 2', 'add 1', 'remove 2', 'remove 2', 'remove 1'],
        ...['add 2', 'add 2', 'add 1', 'remove 2', 'remove 1'],
      ],
    ],
  ] satisfies [string, Served, string[]][])('converges with the fewest requests if it %s', async (_, served, calls) => {
    const end = await applyTo({ add: adds(5), remove: removals(8) }, served);
    expect(end.calls).toEqual(calls);
    expect(end).toMatchObject({ failure: null, withheld: [], ledger: { applied: split(5, 8), failed: split(0, 0) } });
    expect([...end.list]).toEqual(adds(5));
    expect(end.progress).toBe(13);
  });

  test('gets exactly the adds again that had no room', async () => {
    const { sent } = await applyTo({ add: adds(5), remove: removals(8) }, { capacity: 10 });
    expect(sent[2]).toEqual({ direction: 'add', batch: adds(5).slice(2) });
  });

  test.each(['each', 'whole'] as const)(
    'gets as many adds as fit if the removals are too few (%s)',
    async (answers) => {
      const end = await applyTo({ add: adds(5), remove: removals(2), keep: row(3, KEPT) }, { capacity: 6, answers });
      expect(end).toMatchObject({
        failure: { kind: 'full', detail: 'no room' },
        ledger: { applied: split(3, 2), failed: split(2, 0), skipped: split(0, 0), unknown: split(0, 0) },
      });
      expect(end.list.size).toBe(6);
    },
  );

  test('gets the adds again whose users must write first, and then all removals', async () => {
    const pending: Served['before'] = (direction, batch, _, request) =>
      direction === 'add' && request > 1 ? batch.map((number) => ({ number, state: 'pending', reason: 'first' })) : [];
    const end = await applyTo({ add: adds(2), remove: removals(3) }, { capacity: 3, before: pending });
    expect(end.calls).toEqual(['add 2', 'remove 2', 'add 2', 'remove 1']);
    expect(end.ledger).toMatchObject({ applied: split(0, 3), pending: 2, failed: split(0, 0) });
  });

  test('loses another number if the server refuses a removal', async () => {
    const [first] = removals(1);
    const refusing: Served['before'] = (direction, batch) =>
      direction === 'remove' && batch.includes(first!) ? [{ number: first!, state: 'rejected', reason: 'no' }] : [];
    const end = await applyTo({ add: adds(2), remove: removals(4) }, { capacity: 4, before: refusing });
    expect(end.calls).toEqual(['add 2', 'remove 2', 'add 2', 'remove 1', 'add 1', 'remove 1']);
    expect(end).toMatchObject({ failure: null, ledger: { applied: split(2, 3), rejected: [{ number: first }] } });
  });

  test('gets no add again if every removal is refused', async () => {
    const refusing: Served['before'] = (direction, batch) =>
      direction === 'remove' ? batch.map((number) => ({ number, state: 'rejected', reason: 'no' })) : [];
    const end = await applyTo({ add: adds(2), remove: removals(3) }, { capacity: 3, before: refusing });
    expect(end.calls).toEqual(['add 2', 'remove 2', 'remove 1']);
    expect(end).toMatchObject({ failure: { kind: 'full' }, ledger: { failed: split(2, 0) } });
  });

  test('loses no more numbers than adds had no room, even if another writer takes the room', async () => {
    const taking: Served['before'] = (direction, _, list) => {
      if (direction === 'add') for (const other of row(9, KEPT)) if (list.size < 8) list.add(other);
    };
    const end = await applyTo({ add: adds(3), remove: removals(8) }, { capacity: 8, before: taking });
    expect(end.calls).toEqual(['add 3', 'remove 3', 'add 3']);
    expect(end).toMatchObject({ failure: { kind: 'full' }, ledger: { failed: split(3, 0), skipped: split(0, 5) } });
  });
});

describe('a full list gets no removal', () => {
  test.each([
    ['failed', { state: 'failed', reason: 'internal' }],
    ['is unknown', { state: 'unknown', reason: 'internal' }],
  ] as const)('if another add %s', async (_, result) => {
    const [first] = adds(1);
    const before: Served['before'] = (direction, batch) =>
      direction === 'add' && batch.includes(first!) ? [{ number: first!, ...result }] : [];
    const end = await applyTo({ add: adds(3), remove: removals(4) }, { capacity: 4, before });
    expect(end.calls).toEqual(['add 3']);
    expect(end).toMatchObject({ failure: { kind: 'adds-open', detail: 'internal' }, skipped: split(0, 4) });
    expect(end.ledger.failed.add + end.ledger.unknown.add).toBe(3);
  });

  test('if another batch failed', async () => {
    const before: Served['before'] = (_, batch) => {
      if (batch.includes(ADDED)) throw new ApiError('forbidden');
    };
    const end = await applyTo({ add: adds(3), remove: removals(4) }, { capacity: 4, batchSize: 2, before });
    expect(end.calls).toEqual(['add 2', 'add 1']);
    expect(end).toMatchObject({ failure: { message: 'forbidden' }, ledger: { failed: split(3, 0) } });
  });

  test('of a declared user whose name only the answer to the last add contains', async () => {
    const [user] = adds(3).slice(2);
    const nameOf = (number: number) => (number === user ? REMOVED : number);
    const end = await applyTo({ add: adds(3), remove: removals(4) }, { capacity: 4, batchSize: 1, nameOf });
    expect(end.withheld).toEqual([{ number: REMOVED, declared: user, because: 'answer' }]);
    expect(end.sent.flatMap(({ direction, batch }) => (direction === 'remove' ? batch : []))).not.toContain(REMOVED);
    expect(end).toMatchObject({ failure: null, ledger: { applied: split(3, 3) } });
  });

  test('of a declared user, although an answer for the whole batch contains no name', async () => {
    const [user] = adds(3).slice(2);
    const nameOf = (number: number) => (number === user ? REMOVED : number);
    const end = await applyTo({ add: adds(3), remove: removals(4) }, { capacity: 4, answers: 'whole', nameOf });
    expect(end.sent.flatMap(({ direction, batch }) => (direction === 'remove' ? batch : []))).not.toContain(REMOVED);
    expect(end).toMatchObject({ failure: null, ledger: { applied: split(3, 3) } });
  });

  test('that is withheld, and the report contains the reason', async () => {
    const alike = new Map(removals(2).map((number) => [number, ADDED] as const));
    const silent = { capacity: 2, answers: 'whole' as const, users: { alike } };
    const end = await applyTo({ add: adds(1), remove: removals(2) }, silent);
    expect(end.calls).toEqual(['add 1']);
    expect(end).toMatchObject({ failure: { kind: 'full' }, skipped: split(0, 0), ledger: { failed: split(1, 0) } });
    expect(end.withheld.map(({ because }) => because)).toEqual(['spelling', 'spelling']);
  });

  test('but all adds that fit, if every removal is withheld and the answer is for the whole batch', async () => {
    const users = { alike: new Map([[REMOVED, adds(4)[3]!]]) };
    const end = await applyTo({ add: adds(4), remove: removals(1) }, { capacity: 3, answers: 'whole', users });
    expect(end.calls).toEqual(['add 4', 'add 1', 'add 1', 'add 1', 'add 1']);
    expect(end).toMatchObject({ failure: { kind: 'full' }, ledger: { applied: split(2, 0), failed: split(2, 0) } });
  });

  test('if the change has none, and not every add', async () => {
    const end = await applyTo({ add: adds(5), remove: [], keep: row(3, KEPT) }, { capacity: 3, batchSize: 1 });
    expect(end.calls).toEqual(['add 1']);
    expect(end).toMatchObject({ failure: { kind: 'full' }, ledger: { failed: split(1, 0), skipped: split(4, 0) } });
  });
});

test('a removal one edit away from an add without room makes room only if no other can', async () => {
  const [add, near, far] = [ADDED, ADDED + 1, REMOVED];
  const first = await applyTo({ add: [add], remove: [near, far] }, { capacity: 2 });
  expect(first.sent.map(({ batch }) => batch)).toEqual([[add], [far], [add], [near]]);
  const only = await applyTo({ add: [add], remove: [near] }, { capacity: 1 });
  expect(only.sent.map(({ batch }) => batch)).toEqual([[add], [near], [add]]);
  const refused = await applyTo(
    { add: [add], remove: [near, far] },
    {
      capacity: 2,
      before: (_, __, ___, request) => (request === 3 ? [{ number: add, state: 'rejected', reason: 'no' }] : []),
    },
  );
  expect(refused).toMatchObject({ withheld: [{ number: near, because: 'edit' }], ledger: { applied: split(0, 1) } });
});

describe('an interruption of an exchange', () => {
  const at = (request: number, error: () => Error) =>
    applyTo(
      { add: adds(2), remove: removals(4) },
      {
        capacity: 4,
        before: (_, __, ___, now) => {
          if (now === request) throw error();
          if (now > request) throw new StoppedError();
        },
      },
    );

  test.each([
    [2, false, { applied: split(0, 0), failed: split(2, 0), skipped: split(0, 4) }],
    [2, true, { applied: split(0, 0), failed: split(2, 0), unknown: split(0, 2), skipped: split(0, 2) }],
    [3, false, { applied: split(0, 2), failed: split(2, 0), skipped: split(0, 2) }],
    [3, true, { applied: split(0, 2), failed: split(0, 0), unknown: split(2, 0), skipped: split(0, 2) }],
  ])('at request %i (sent: %s) counts every number once', async (request, ambiguous, ledger) => {
    const end = await at(request, () => new StoppedError(ambiguous));
    expect(end.ledger).toMatchObject(ledger);
    expect(end.calls.length).toBeLessThanOrEqual(4);
  });

  test('by a failure of the bot reports the failure', async () => {
    const end = await at(2, () => new ApiError('401', { hopeless: true }));
    expect(end.calls).toEqual(['add 2', 'remove 2']);
    expect(end).toMatchObject({ failure: { message: '401' }, ledger: { failed: split(2, 2), skipped: split(0, 2) } });
  });
});

describe('a list whose answers omit results', () => {
  test('has no room for pending adds if it is as long as it can be', () => {
    const pending: Results = [{ number: ADDED, state: 'pending', reason: 'not listed' }];
    const live = (foreign: number) => ({ numbers: NumberSet.of(row(3, KEPT)), foreign, warnings: [] });
    expect(seeResults(live(1), 'add', pending, undefined, 4).undone).toMatchObject([{ number: ADDED, state: 'full' }]);
    expect(seeResults(live(0), 'add', pending, undefined, 4).undone).toEqual(pending);
  });

  test('converges', async () => {
    const list = new Set(removals(4));
    const calls: string[] = [];
    const write = (direction: Direction) => async (batch: readonly number[]) => {
      calls.push(`${direction} ${batch.length}`);
      for (const number of batch) {
        if (direction === 'remove') list.delete(number);
        else if (list.size < 4) list.add(number);
      }
      const state = direction === 'add' ? 'pending' : 'failed';
      return {
        undone: [],
        unseen: batch.map((number) => ({ number, state, reason: '' }) as const),
        listed: new Map(),
        lost: false,
      };
    };
    const writer: Writer = { batchSize: 20, add: write('add'), remove: write('remove') };
    const see = async (direction: Direction, unseen: Results) =>
      seeResults({ numbers: NumberSet.of(list), foreign: 0, warnings: [] }, direction, unseen, undefined, 4);
    const change = {
      add: NumberSet.of(adds(2)),
      remove: NumberSet.of(removals(3)),
      keep: NumberSet.of(removals(4).slice(3)),
    };
    const users = { userOf: undefined, mayRename: true, alike: new Map(), names: undefined };
    const applied = await applyChange({ ...change, missing: NumberSet.empty }, writer, { concurrency: 1, see }, users);
    expect(calls).toEqual(['add 2', 'remove 2', 'add 2', 'remove 1']);
    expect(settle(applied, null)).toMatchObject({ applied: split(2, 3), pending: 0, failed: split(0, 0) });
  });
});

test('law: as many adds fit as the removals allow, no kept number goes, and no request is wasted', async () => {
  const cases = fc.record({
    add: fc.nat(60),
    remove: fc.nat(60),
    keep: fc.nat(20),
    free: fc.nat(20),
    batchSize: fc.integer({ min: 1, max: 25 }),
    concurrency: fc.integer({ min: 1, max: 8 }),
    answers: fc.constantFrom('each' as const, 'whole' as const),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ add, remove, keep, free, batchSize, concurrency, answers }) => {
      const capacity = keep + remove + free;
      const change = { add: adds(add), remove: removals(remove), keep: row(keep, KEPT) };
      const end = await applyTo(change, { capacity, batchSize, concurrency, answers });
      const fit = Math.min(add, remove + free);
      expect(end.ledger.applied).toEqual(split(fit, remove));
      expect(end.ledger.failed.add + end.ledger.skipped.add).toBe(add - fit);
      expect(change.keep.filter((number) => !end.list.has(number))).toEqual([]);
      const numbersOf = (direction: Direction) =>
        end.sent.flatMap((each) => (each.direction === direction ? each.batch : []));
      expect(numbersOf('remove').length).toBe(remove);
      if (answers === 'whole') return;
      const batches = (count: number) => Math.ceil(count / batchSize);
      const full = Math.max(0, add - free);
      const exchanged = Math.min(full, remove);
      const again = exchanged > 0 ? batches(full) : 0;
      const most = batches(add) + batches(exchanged) + again + batches(remove - exchanged);
      if (add === fit) expect(end.calls.length).toBe(most);
      else expect(end.calls.length).toBeLessThanOrEqual(most);
      expect(numbersOf('add').length).toBeLessThanOrEqual(add + full);
    }),
  );
});
