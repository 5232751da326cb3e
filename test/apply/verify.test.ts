import { describe, expect, test } from 'vitest';
import type { Applied } from '../../src/apply/ledger.ts';
import { verify } from '../../src/apply/verify.ts';
import type { Caps } from '../../src/model/bot.ts';
import type { BotPlan, Snapshot } from '../../src/model/plan.ts';
import type { Clock } from '../../src/model/world.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';

const [A, B, C] = [447700900001, 447700900002, 447700900003];
/** Adds A and B, and removes C. */
const PLAN = { add: NumberSet.of([A, B]), remove: NumberSet.of([C]) } as BotPlan;
const ALL: Applied = { applied: 3, skipped: 0, unsettled: [], failure: null };

const lagging: Caps = {
  batchSize: 20,
  settleTime: 300_000,
  capacity: Number.POSITIVE_INFINITY,
  perNumber: false,
  addNeedsContact: false,
};
const perNumber: Caps = { ...lagging, settleTime: 0, perNumber: true };

/** Verifies a change against the lists that are read one after the other; null is a list that cannot be read. */
async function verifyAgainst(
  lists: readonly (readonly number[] | null)[],
  { wait, applied = ALL, caps = lagging, stop = new AbortController() }: VerifyWith = {},
) {
  let now = 0;
  const looks: number[] = [];
  const waits: (number | null)[] = [];
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  } as Clock;
  const look = async (): Promise<Snapshot | null> => {
    const list = lists[Math.min(looks.length, lists.length - 1)]!;
    looks.push(now / 1000);
    return list && { numbers: NumberSet.of(list), foreign: 0, warnings: [] };
  };
  const onWait = (notVisible: number | null) => {
    waits.push(notVisible);
  };
  const verified = await verify(PLAN, applied, { caps, wait, clock, stop: stop.signal, look, onWait });
  return { ...verified, looks, waits };
}

interface VerifyWith {
  readonly wait?: number;
  readonly applied?: Applied;
  readonly caps?: Caps;
  readonly stop?: AbortController;
}

describe('without --wait', () => {
  test.each([
    ['all shows', [A, B], 0],
    ['one add does not show', [A], 1],
    ['the removed number still shows', [A, B, C], 1],
    ['nothing shows', [C], 3],
  ])('looks once: %s', async (_, list, notVisible) => {
    expect(await verifyAgainst([list])).toMatchObject({ notVisible, looks: [0], waits: [] });
  });

  test('does not know what shows if the list cannot be read', async () => {
    const verified = await verifyAgainst([null]);
    expect(verified).toMatchObject({ notVisible: null, live: null, looks: [0] });
    expect(verified.results).toMatchObject({ applied: 3 });
  });

  test('does not look if nothing was sent', async () => {
    const none: Applied = { applied: 0, skipped: 3, unsettled: [], failure: null };
    expect(await verifyAgainst([[C]], { applied: none })).toMatchObject({ notVisible: null, looks: [] });
  });

  test('does not look if every number was answered by an API without a lag', async () => {
    expect(await verifyAgainst([[C]], { caps: perNumber })).toMatchObject({ notVisible: null, looks: [] });
  });

  test('looks if such an API left a number open, and settles it', async () => {
    const unsettled = [{ number: B, direction: 'add', state: 'unknown', reason: 'lost' }] as const;
    const applied: Applied = { applied: 2, skipped: 0, unsettled, failure: null };
    const verified = await verifyAgainst([[A, B]], { caps: perNumber, applied });
    expect(verified).toMatchObject({ notVisible: 0, looks: [0], results: { applied: 3, unknown: 0 } });
  });
});

describe('with --wait', () => {
  test('looks again until all shows, and pauses longer each time', async () => {
    const lists = [[C], [A], [A, B, C], [A, B]];
    const verified = await verifyAgainst(lists, { wait: 300_000 });
    expect(verified).toMatchObject({ notVisible: 0, looks: [0, 5, 12.5, 23.75], waits: [3, 1, 1] });
  });

  test('ends at its time, and says how much does not show', async () => {
    const verified = await verifyAgainst([[A]], { wait: 60_000 });
    expect(verified.looks.at(-1)).toBe(60);
    expect(verified.notVisible).toBe(1);
    expect(Math.max(...verified.looks.map((at, index) => at - (verified.looks[index - 1] ?? 0)))).toBeLessThan(30);
  });

  test('does not take a list that cannot be read for one that shows all', async () => {
    const verified = await verifyAgainst([null], { wait: 20_000 });
    expect(verified).toMatchObject({ notVisible: null, looks: [0, 5, 12.5, 20], waits: [null, null, null] });
  });

  test('looks although every number was answered', async () => {
    expect(await verifyAgainst([[A, B]], { wait: 1000, caps: perNumber })).toMatchObject({ notVisible: 0, looks: [0] });
  });

  test('does not look once the run is interrupted', async () => {
    const stop = new AbortController();
    stop.abort();
    expect(await verifyAgainst([[A, B]], { wait: 300_000, stop })).toMatchObject({ notVisible: null, looks: [] });
  });
});
