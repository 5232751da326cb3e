import { describe, expect, test } from 'vitest';
import type { Policy } from '../../src/model/bot.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { diff } from '../../src/plan/diff.ts';
import * as fc from '../fast-check.ts';

const [A, B, C, D] = [447700900001, 447700900002, 447700900003, 447700900004];
const change = (desired: number[], live: number[], policy: Policy) => {
  const { add, remove, keep, surplus, missing } = diff(NumberSet.of(desired), NumberSet.of(live), policy);
  return { add: [...add], remove: [...remove], keep: [...keep], surplus, missing };
};

describe.each([
  ['both empty', [], [], { add: [], keep: [], remove: [] }],
  ['nothing live', [A, B], [], { add: [A, B], keep: [], remove: [] }],
  ['nothing desired', [], [A, B], { add: [], keep: [], remove: [A, B] }],
  ['equal', [A, B], [B, A], { add: [], keep: [A, B], remove: [] }],
  ['apart, desired first', [A, B], [C, D], { add: [A, B], keep: [], remove: [C, D] }],
  ['apart, live first', [C, D], [A, B], { add: [C, D], keep: [], remove: [A, B] }],
  ['interleaved', [A, C], [B, D], { add: [A, C], keep: [], remove: [B, D] }],
  ['overlapping', [A, B, C], [B, C, D], { add: [A], keep: [B, C], remove: [D] }],
  ['one within the other', [A, B, C, D], [B], { add: [A, C, D], keep: [B], remove: [] }],
])('%s', (_, desired, live, { add, keep, remove }) => {
  test('sync', () => {
    expect(change(desired, live, 'sync')).toEqual({ add, remove, keep, surplus: 0, missing: 0 });
  });

  test('add-only keeps what sync removes, and counts it', () => {
    const kept = [...keep, ...remove].sort((a, b) => a - b);
    const counts = { surplus: remove.length, missing: 0 };
    expect(change(desired, live, 'add-only')).toEqual({ add, remove: [], keep: kept, ...counts });
  });

  test('remove-only leaves out what sync adds, and counts it', () => {
    const counts = { surplus: 0, missing: add.length };
    expect(change(desired, live, 'remove-only')).toEqual({ add: [], remove, keep, ...counts });
  });
});

const numbers = fc.array(fc.integer({ min: 447700900000, max: 447700900060 }), { maxLength: 80 });
const policy = fc.constantFrom<Policy>('sync', 'add-only', 'remove-only');

describe('laws of a change', () => {
  const law = (
    name: string,
    hold: (desired: Set<number>, live: Set<number>, made: ReturnType<typeof change>, policy: Policy) => void,
  ) =>
    test(name, () => {
      fc.assert(
        fc.property(numbers, numbers, policy, (desired, live, how) =>
          hold(new Set(desired), new Set(live), change(desired, live, how), how),
        ),
      );
    });
  const union = (...lists: number[][]) => new Set(lists.flat());

  law(
    'sync makes live equal to desired; add-only makes it hold desired and all that it held; remove-only what both hold',
    (desired, live, made, how) => {
      const ends = {
        sync: desired,
        'add-only': union([...desired], [...live]),
        'remove-only': new Set([...desired].filter((one) => live.has(one))),
      };
      const after = union(
        [...live].filter((one) => !made.remove.includes(one)),
        made.add,
      );
      expect(after).toEqual(ends[how]);
      expect(union(made.keep, made.add)).toEqual(after);
    },
  );

  law('it adds only what is not live and removes only what is live and not desired', (desired, live, made) => {
    expect(made.add.filter((one) => live.has(one) || !desired.has(one))).toEqual([]);
    expect(made.remove.filter((one) => !live.has(one) || desired.has(one))).toEqual([]);
  });

  law('every number stands on one side only', (desired, live, made) => {
    const all = [...made.add, ...made.remove, ...made.keep];
    const left = new Set([...desired].filter((one) => !all.includes(one)));
    expect(union(all, [...left])).toEqual(union([...desired], [...live]));
    expect(left.size).toBe(made.missing);
    expect(all).toHaveLength(new Set(all).size);
  });

  law(
    'add-only never removes, remove-only never adds, and sync leaves nothing as it is',
    (desired, live, made, how) => {
      if (how === 'add-only') {
        expect(made.remove).toEqual([]);
        expect(made.surplus).toBe([...live].filter((one) => !desired.has(one)).length);
      } else expect(made.surplus).toBe(0);
      if (how === 'remove-only') {
        expect(made.add).toEqual([]);
        expect(made.missing).toBe([...desired].filter((one) => !live.has(one)).length);
      } else expect(made.missing).toBe(0);
    },
  );

  law('each side is ascending', (_desired, _live, made) => {
    for (const side of [made.add, made.remove, made.keep]) expect(side).toEqual(side.toSorted((a, b) => a - b));
  });
});
