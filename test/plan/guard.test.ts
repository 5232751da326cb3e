import { describe, expect, test } from 'vitest';
import type { GuardLimits } from '../../src/model/bot.ts';
import { type Change, type Counts, NO_COUNTS } from '../../src/model/plan.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { guard } from '../../src/plan/guard.ts';
import * as fc from '../fast-check.ts';

const count = (size: number, from = 447700900000) => NumberSet.of(Array.from({ length: size }, (_, at) => from + at));

/** A change of a list of `live` numbers. */
const change = (live: number, removals: number, adds = 0, counts: Partial<Counts> = {}): Change => ({
  add: count(adds, 12025550100),
  remove: count(removals),
  keep: count(live - removals, 46732000000),
  missing: NumberSet.empty,
  unchanged: NumberSet.empty,
  protected: NumberSet.empty,
  counts: { ...NO_COUNTS, ...counts },
});

const usual: GuardLimits = { percent: 25, floor: 10 };

const endless = {
  capacity: Number.POSITIVE_INFINITY,
  foreign: 0,
  addNeedsContact: false,
};

describe('the guard', () => {
  test.each([
    ['nothing to do', 0, 0, 0, usual, false, 10],
    ['only adds are never refused', 1, 0, 900, { percent: 0, floor: 0 }, false, 0],
    ['the share, exactly', 100, 25, 0, usual, false, 25],
    ['one more than the share', 100, 26, 0, usual, 'share', 25],
    ['the floor, exactly', 20, 10, 0, usual, false, 10],
    ['one more than the floor', 20, 11, 0, usual, 'share', 10],
    ['the floor is above the share of a short list', 11, 10, 0, usual, false, 10],
    ['a share that is not a whole number is not rounded up', 41, 11, 0, { percent: 25, floor: 0 }, 'share', 10],
    ['a share that is not a whole number is not rounded down', 41, 10, 0, { percent: 25, floor: 0 }, false, 10],
    ['a share with a fraction', 1000, 5, 0, { percent: 0.5, floor: 0 }, false, 5],
    ['a list of one emptied, below the floor', 1, 1, 0, usual, 'emptied', 10],
    ['a list emptied, although all is allowed', 3, 3, 0, { percent: 100, floor: 1000 }, 'emptied', 1000],
    ['a long list emptied is refused as emptied, not for its share', 100, 100, 0, usual, 'emptied', 25],
    ['a short list replaced is not emptied', 3, 3, 1, usual, false, 10],
    ['a long list replaced', 100, 100, 100, usual, 'share', 25],
    ['all but one removed, allowed', 100, 99, 0, { percent: 100, floor: 0 }, false, 100],
    ['no removal allowed', 100, 1, 50, { percent: 0, floor: 0 }, 'share', 0],
  ] as const)('%s', (_, live, removals, adds, limits, tripped, limit) => {
    expect(guard(change(live, removals, adds), limits)).toEqual({ tripped, removals, live, limit, limits });
  });

  test.each([
    ['full to the last place', 90, 0, 9, 1, false],
    ['one too many', 90, 0, 11, 1, 'capacity'],
    ['full to the last place, if an add is the user without a number', 90, 0, 10, 1, false],
    ['too many users without a number', 90, 0, 1, 11, 'capacity'],
    ['removals make room', 90, 2, 12, 0, false],
    ['too many removals, and still no room', 90, 50, 100, 0, 'capacity'],
    ['too long already, and getting shorter', 200, 1, 0, 0, false],
  ] as const)('a list of 100 places: %s', (_, live, removals, adds, foreign, tripped) => {
    const verdict = guard(change(live, removals, adds), usual, { ...endless, capacity: 100, foreign });
    const end = live - removals + Math.max(adds, foreign);
    expect(verdict).toMatchObject({ tripped, ...(tripped && { overflow: { end, capacity: 100 } }) });
  });

  test.each([
    ['the share, exactly', 100, 25, 40, usual, false, 25],
    ['one more than the share of the numbers that are not ignored', 100, 26, 40, usual, 'share', 25],
    ['all numbers that are not ignored', 3, 3, 97, usual, 'emptied', 10],
    ['only ignored numbers were live', 0, 0, 97, usual, false, 10],
  ] as const)('with ignored numbers: %s', (_, live, removals, ignored, limits, tripped, limit) => {
    const { keep, ...rest } = change(live, removals, 0, { ignored });
    const all = { ...rest, keep: NumberSet.union([keep, count(ignored, 49_155_500_000)]) };
    expect(guard(all, limits, endless)).toEqual({ tripped, removals, live, limit, limits });
  });

  test.each([
    ['the share, exactly, which includes them', 100, 25, 40, 0, usual, false, 25],
    ['one more than the share', 100, 26, 40, 0, usual, 'share', 25],
    ['only protected numbers are left, below the floor', 3, 1, 2, 0, usual, 'emptied', 10],
    [
      'only protected numbers are left, although all is allowed',
      3,
      1,
      2,
      0,
      { percent: 100, floor: 1000 },
      'emptied',
      1000,
    ],
    ['one other number is left', 3, 1, 1, 0, usual, false, 10],
    ['only protected numbers are left, and one is added', 3, 1, 2, 1, usual, false, 10],
    ['only protected numbers were live', 3, 0, 3, 0, usual, false, 10],
  ] as const)('with protected numbers: %s', (_, live, removals, kept, adds, limits, tripped, limit) => {
    const verdict = guard(change(live, removals, adds, { protected: kept }), limits, endless);
    expect(verdict).toEqual({ tripped, removals, live, limit, limits });
  });

  test.each([
    ['none is left, with any adds', 3, 3, 40, 0, 0, 'emptied'],
    ['only protected numbers are left, with any adds', 3, 1, 40, 2, 0, 'emptied'],
    ['one is left', 3, 2, 40, 0, 0, false],
    ['none is removed', 0, 0, 40, 0, 0, false],
    ['none is left, but an add may be the user without a number', 3, 3, 40, 0, 1, false],
    ['none is left or added, with users without a number', 3, 3, 0, 0, 2, 'emptied'],
  ] as const)('with adds that may wait: %s', (_, live, removals, adds, kept, foreign, tripped) => {
    const room = { ...endless, addNeedsContact: true, foreign };
    expect(guard(change(live, removals, adds, { protected: kept }), usual, room).tripped).toBe(tripped);
  });

  test('counts ignored numbers in the capacity', () => {
    const all = { ...change(90, 0, 9, { ignored: 5 }), keep: count(95) };
    expect(guard(all, usual, { ...endless, capacity: 100 })).toMatchObject({ tripped: 'capacity' });
  });

  const limits = fc.record({ percent: fc.double({ min: 0, max: 100, noNaN: true }), floor: fc.nat(60) });

  test('never allows more removals after it refused fewer', () => {
    fc.assert(
      fc.property(limits, fc.nat(80), fc.nat(80), fc.nat(2), fc.nat(80), (allowed, live, some, adds, more) => {
        const few = Math.min(some, live);
        if (!guard(change(live, few, adds), allowed).tripped) return;
        expect(guard(change(live, Math.min(live, few + more), adds), allowed).tripped).not.toBe(false);
      }),
    );
  });

  test('never refuses with wider limits what it allowed', () => {
    fc.assert(
      fc.property(limits, limits, fc.nat(80), fc.nat(80), (one, other, live, some) => {
        const wider = { percent: Math.max(one.percent, other.percent), floor: Math.max(one.floor, other.floor) };
        const moved = change(live, Math.min(some, live));
        if (!guard(moved, one).tripped) expect(guard(moved, wider).tripped).toBe(false);
      }),
    );
  });

  test('allows the rest of a change that it allowed, whatever part is done', () => {
    const room = fc.record({
      capacity: fc.constant(Number.POSITIVE_INFINITY),
      foreign: fc.constant(0),
      addNeedsContact: fc.boolean(),
    });
    const sizes = fc.record({
      kept: fc.nat(40),
      removals: fc.nat(40),
      adds: fc.nat(3),
      added: fc.nat(3),
      removed: fc.nat(40),
    });
    fc.assert(
      fc.property(limits, room, sizes, (allowed, list, { kept, removals, adds, ...done }) => {
        if (guard(change(kept + removals, removals, adds), allowed, list).tripped) return;
        const [added, left] = [Math.min(done.added, adds), removals - Math.min(done.removed, removals)];
        const rest = change(kept + added + left, left, adds - added);
        expect(guard(rest, allowed, list).tripped).toBe(false);
      }),
    );
  });

  test('always refuses a list that would be empty or only have protected numbers', () => {
    fc.assert(
      fc.property(limits, fc.integer({ min: 1, max: 80 }), fc.nat(80), (allowed, removals, kept) => {
        const emptied = change(removals + kept, removals, 0, { protected: kept });
        expect(guard(emptied, allowed, endless).tripped).toBe('emptied');
      }),
    );
  });

  test('allows as many removals as its limit shows, and refuses one more', () => {
    fc.assert(
      fc.property(limits, fc.integer({ min: 1, max: 80 }), fc.nat(80), (allowed, live, some) => {
        const removals = Math.min(some, live - 1);
        const { tripped, limit } = guard(change(live, removals), allowed);
        expect(tripped).toBe(removals > limit ? 'share' : false);
      }),
    );
  });
});
