import { describe, expect, test } from 'vitest';
import type { Applied, Unsettled } from '../../src/apply/ledger.ts';
import { verify } from '../../src/apply/verify.ts';
import type { Caps } from '../../src/model/bot.ts';
import { ApiError } from '../../src/model/errors.ts';
import type { Failure } from '../../src/model/ledger.ts';
import type { BotPlan, Snapshot } from '../../src/model/plan.ts';
import type { Clock } from '../../src/model/world.ts';
import { Invalid } from '../../src/numbers/invalid.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { spelledAlike } from '../../src/numbers/plausible.ts';

const [A, B, C] = [447700900001, 447700900002, 447700900003];
const [add, remove] = [NumberSet.of([A, B]), NumberSet.of([C])];
/** Adds A and B, and removes C. */
const PLAN = { add, remove, keep: NumberSet.empty } as BotPlan;
const ALL: Applied = {
  done: { add, remove },
  skipped: { add: 0, remove: 0 },
  unsettled: [],
  withheld: [],
  listed: new Map(),
  failure: null,
};
const DONE = { applied: { add: 2, remove: 1 }, unknown: { add: 0, remove: 0 }, rejected: [] };
/** The result with this state of B; A and C are done. */
const ending = (state: Unsettled['state']): Applied => ({
  ...ALL,
  done: { add: NumberSet.of([A]), remove },
  unsettled: [{ number: B, direction: 'add', state, reason: 'lost' }],
});

const lagging: Caps = {
  batchSize: 20,
  settleTime: 300_000,
  capacity: Number.POSITIVE_INFINITY,
  perNumber: false,
  addNeedsContact: false,
  mayRename: false,
};
const perNumber: Caps = { ...lagging, settleTime: 0, perNumber: true };

/** Verifies a change against the lists in their order; null is a list that cannot be read. */
async function verifyAgainst(
  lists: readonly (readonly number[] | null)[],
  {
    wait,
    plan = PLAN,
    applied = ALL,
    caps = lagging,
    mayGoOn = false,
    hidesMore = false,
    foreign = 0,
    stop = new AbortController(),
    stopsAt = Number.POSITIVE_INFINITY,
    why,
  }: VerifyWith = {},
) {
  let now = 0;
  const looks: number[] = [];
  const waits: (number | null)[] = [];
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
      if (now >= stopsAt) stop.abort(why);
    },
  } as Clock;
  const look = async (): Promise<Snapshot | Invalid<Failure>> => {
    const list = lists[Math.min(looks.length, lists.length - 1)]!;
    looks.push(now / 1000);
    return list
      ? { numbers: NumberSet.of(list), foreign, warnings: [], mayGoOn, hidesMore }
      : new Invalid({ message: 'cut' });
  };
  const onWait = (notVisible: number | null) => {
    waits.push(notVisible);
  };
  const verified = await verify(plan, applied, {
    caps,
    wait,
    clock,
    stop: stop.signal,
    userOf: undefined,
    look,
    spelledAlike: async (declared, others) => spelledAlike(declared, others),
    onWait,
  });
  return { ...verified, looks, waits };
}

interface VerifyWith {
  readonly wait?: number;
  readonly plan?: BotPlan;
  readonly applied?: Applied;
  readonly caps?: Caps;
  readonly mayGoOn?: boolean;
  readonly hidesMore?: boolean;
  readonly foreign?: number;
  readonly stop?: AbortController;
  /** When the run is interrupted during a pause, in milliseconds. */
  readonly stopsAt?: number;
  readonly why?: ApiError;
}

describe('without --wait', () => {
  test.each([
    ['all shows', [A, B], 0],
    ['one add does not show', [A], 1],
    ['the removed number still shows', [A, B, C], 1],
    ['nothing shows', [C], 3],
  ])('reads the list once: %s', async (_, list, notVisible) => {
    expect(await verifyAgainst([list])).toMatchObject({ notVisible, looks: [0], waits: [] });
  });

  const ONE_USER = new Map([A, B].map((number) => [number, new Set([447700900999])] as const));
  test.each([
    ['each add may be one of them', 2, new Map(), 0],
    ['one add is certainly not', 1, new Map(), 1],
    ['both adds are one of them', 1, ONE_USER, 0],
  ])('counts no add that may be a user without a number: %s', async (_, foreign, listed, notVisible) => {
    expect(await verifyAgainst([[]], { foreign, applied: { ...ALL, listed } })).toMatchObject({ notVisible });
  });

  test('reports no visible changes if the list cannot be read', async () => {
    const verified = await verifyAgainst([null]);
    expect(verified).toMatchObject({ notVisible: null, live: null, looks: [0], unverified: { message: 'cut' } });
    expect(verified.results).toMatchObject(DONE);
  });

  test('does not read the list if nothing was sent', async () => {
    const none: Applied = {
      ...ALL,
      done: { add: NumberSet.empty, remove: NumberSet.empty },
      skipped: { add: 2, remove: 1 },
    };
    const verified = await verifyAgainst([[C]], { applied: none });
    expect(verified).toMatchObject({ notVisible: null, looks: [], unverified: null });
  });

  test('does not read the list if an API without a lag answered for every number', async () => {
    expect(await verifyAgainst([[C]], { caps: perNumber })).toMatchObject({ notVisible: null, looks: [] });
  });

  test('reads the list if such an API left a number open, and settles it', async () => {
    const verified = await verifyAgainst([[A, B]], { caps: perNumber, applied: ending('unknown') });
    expect(verified).toMatchObject({ notVisible: 0, looks: [0], results: DONE });
  });
});

describe('with --wait', () => {
  test('reads the list until all shows, with longer pauses each time', async () => {
    const lists = [[C], [A], [A, B, C], [A, B]];
    const verified = await verifyAgainst(lists, { wait: 300_000 });
    expect(verified).toMatchObject({ notVisible: 0, looks: [0, 5, 12.5, 23.75], waits: [3, 1, 1] });
  });

  test('ends after its time, and reports how many changes do not show', async () => {
    const verified = await verifyAgainst([[A]], { wait: 60_000 });
    expect(verified.looks.at(-1)).toBe(60);
    expect(verified.notVisible).toBe(1);
    expect(Math.max(...verified.looks.map((at, index) => at - (verified.looks[index - 1] ?? 0)))).toBeLessThan(30);
  });

  test('does not treat an unreadable list as one that shows all', async () => {
    const verified = await verifyAgainst([null], { wait: 20_000 });
    expect(verified).toMatchObject({ notVisible: null, looks: [0, 5, 12.5, 20], waits: [null, null, null] });
  });

  test('reads the list even if the API answered for every number', async () => {
    expect(await verifyAgainst([[A, B]], { wait: 1000, caps: perNumber })).toMatchObject({ notVisible: 0, looks: [0] });
  });

  const INTRUDER = A + 90;
  const EXPIRED = new ApiError('not authorized (401)');
  test.each<[string, readonly (readonly number[] | null)[], VerifyWith, Failure]>([
    ['the run is interrupted during a pause', [[A, B, C, INTRUDER]], { stopsAt: 5000 }, { kind: 'interrupted' }],
    [
      'the bot fails during a pause',
      [[A, B, C, INTRUDER]],
      { stopsAt: 5000, why: EXPIRED },
      { message: EXPIRED.message },
    ],
    [
      'the bot fails after a failed read',
      [[A, B, C, INTRUDER], null],
      { stopsAt: 9000, why: EXPIRED },
      { message: EXPIRED.message },
    ],
    ['the last read fails', [[A, B, C, INTRUDER], null], {}, { message: 'cut' }],
  ])('reports the last list that it read, and why it ended, if %s', async (_, lists, given, unverified) => {
    const applied = ending('unknown');
    const verified = await verifyAgainst(lists, { wait: 20_000, applied, caps: perNumber, ...given });
    expect(verified).toMatchObject({ notVisible: 1, unverified, results: DONE });
    expect([...verified.strange]).toEqual([INTRUDER]);
  });

  test('reads again after a failed read, although an earlier list showed all', async () => {
    const verified = await verifyAgainst([[A, B], null, [A, B]], { wait: 400_000, applied: ending('unknown') });
    expect(verified).toMatchObject({ notVisible: 0, results: DONE, looks: [0, 300, 307.5] });
  });

  test('does not read the list after the run is interrupted', async () => {
    const stop = new AbortController();
    stop.abort();
    const verified = await verifyAgainst([[A, B]], { wait: 300_000, stop });
    expect(verified).toMatchObject({ notVisible: null, looks: [], unverified: { kind: 'interrupted' } });
  });

  test('reports why the bot failed, also if adds that failed are why it sent no removals', async () => {
    const stop = new AbortController();
    stop.abort(new ApiError('not authorized (401)', { detail: 'expired' }));
    const applied: Applied = { ...ending('failed'), failure: { kind: 'adds-open', detail: 'lost' } };
    const { unverified } = await verifyAgainst([[A, B]], { applied, stop });
    expect(unverified).toEqual({ message: 'not authorized (401)', detail: 'expired' });
  });
});

describe('a number without a clear answer that the list shows', () => {
  test.each(['unknown', 'rejected', 'failed'] as const)(
    'is still %s while the list may be older than the plan',
    async (state) => {
      const verified = await verifyAgainst([[A, B]], { applied: ending(state) });
      expect(verified.results).toMatchObject({ applied: { add: 1, remove: 1 } });
      expect(verified.notVisible).toBe(0);
    },
  );

  test.each(['unknown', 'rejected', 'failed'] as const)(
    'that was %s is applied with --wait, by one more read after the settle time',
    async (state) => {
      const verified = await verifyAgainst([[A, B]], { applied: ending(state), wait: 600_000 });
      expect(verified).toMatchObject({ results: DONE, looks: [0, 300] });
    },
  );

  test('is still unknown if --wait ends before the settle time', async () => {
    const verified = await verifyAgainst([[A, B]], { applied: ending('unknown'), wait: 60_000 });
    expect(verified).toMatchObject({
      results: { applied: { add: 1, remove: 1 }, unknown: { add: 1, remove: 0 } },
      looks: [0],
    });
  });

  test.each([
    ['the list may go on', { mayGoOn: true }],
    ['the list has more users without a number', { hidesMore: true }],
  ])('is still unknown if it is a removal and %s', async (_, list) => {
    const lost = { number: C, direction: 'remove', state: 'unknown', reason: 'lost' } as const;
    const applied = { ...ALL, done: { add, remove: NumberSet.empty }, unsettled: [lost] };
    const wait = 600_000;
    const proven = await verifyAgainst([[A, B]], { applied, wait });
    const unproven = await verifyAgainst([[A, B]], { applied, wait, ...list });
    expect([proven, unproven].map(({ results }) => results.unknown.remove)).toEqual([0, 1]);
  });

  test('is applied at once on an API without a settle time', async () => {
    const verified = await verifyAgainst([[A, B]], { applied: ending('rejected'), caps: perNumber });
    expect(verified).toMatchObject({ results: DONE, looks: [0] });
  });
});

test('an added number shows if the list has the number that the API returned for it', async () => {
  const listed = new Map([[A, new Set([A, A + 50])]]);
  const verified = await verifyAgainst([[A + 50, B]], { applied: { ...ALL, listed } });
  expect(verified).toMatchObject({ notVisible: 0 });
  expect([...verified.strange]).toEqual([]);
});

test('a withheld spelling of a refused number does not prove the add, as it was live before', async () => {
  const [declared, spelled] = [4407700900001, 447700900001];
  const plan = { ...PLAN, add: NumberSet.of([declared]), remove: NumberSet.of([spelled]) };
  const applied: Applied = {
    ...ALL,
    done: { add: NumberSet.empty, remove: NumberSet.empty },
    unsettled: [{ number: declared, direction: 'add', state: 'rejected', reason: 'no' }],
    withheld: [{ number: spelled, declared, because: 'spelling' }],
  };
  const { results } = await verifyAgainst([[spelled]], { plan, applied, wait: 600_000 });
  expect(results).toMatchObject({ applied: { add: 0 }, rejected: [{ number: declared }] });
});

test('another spelling does not prove an add without an answer, as another writer may have added it', async () => {
  const declared = 4407700900001;
  const plan = { ...PLAN, add: NumberSet.of([declared]), remove: NumberSet.empty };
  const lost: Unsettled = { number: declared, direction: 'add', state: 'unknown', reason: 'lost' };
  const applied = { ...ALL, done: { add: NumberSet.empty, remove: NumberSet.empty }, unsettled: [lost] };
  const { results } = await verifyAgainst([[447700900001]], { plan, applied, wait: 600_000 });
  expect(results).toMatchObject({ applied: { add: 0 }, unknown: { add: 1 } });
});

test('an added number shows if the list has it in another spelling', async () => {
  const add = NumberSet.of([4_407_700_900_123]);
  const applied = { ...ALL, done: { add, remove: NumberSet.empty } };
  const verified = await verifyAgainst([[447_700_900_123]], { plan: { ...PLAN, add }, applied });
  expect(verified).toMatchObject({ notVisible: 0 });
  expect([...verified.strange]).toEqual([]);
});

describe('numbers that another writer changed', () => {
  const K = A + 90;
  const plan: BotPlan = { ...PLAN, keep: NumberSet.of([K]) };

  test.each([
    ['none: the list shows the plan', [A, B, K], []],
    ['none: the written numbers do not show yet', [C, K], []],
    ['one was added', [A, B, K, K + 1], [K + 1]],
    ['one was removed', [A, B], [K]],
  ])('%s', async (_, list, strange) => {
    expect([...(await verifyAgainst([list], { plan })).strange]).toEqual(strange);
  });
});
