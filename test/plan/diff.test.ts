import { describe, expect, test } from 'vitest';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { diff } from '../../src/plan/diff.ts';
import * as fc from '../fast-check.ts';

const [A, B, C, D] = [447700900001, 447700900002, 447700900003, 447700900004];
const difference = (desired: number[], live: number[]) => {
  const { add, remove, keep } = diff(NumberSet.of(desired), NumberSet.of(live));
  return { add: [...add], remove: [...remove], keep: [...keep] };
};

test.each([
  ['both empty', [], [], { add: [], keep: [], remove: [] }],
  ['nothing live', [A, B], [], { add: [A, B], keep: [], remove: [] }],
  ['nothing desired', [], [A, B], { add: [], keep: [], remove: [A, B] }],
  ['equal', [A, B], [B, A], { add: [], keep: [A, B], remove: [] }],
  ['disjoint, desired first', [A, B], [C, D], { add: [A, B], keep: [], remove: [C, D] }],
  ['disjoint, live first', [C, D], [A, B], { add: [C, D], keep: [], remove: [A, B] }],
  ['interleaved', [A, C], [B, D], { add: [A, C], keep: [], remove: [B, D] }],
  ['overlapping', [A, B, C], [B, C, D], { add: [A], keep: [B, C], remove: [D] }],
  ['one within the other', [A, B, C, D], [B], { add: [A, C, D], keep: [B], remove: [] }],
])('%s', (_, desired, live, expected) => {
  expect(difference(desired, live)).toEqual(expected);
});

const numbers = fc.array(fc.integer({ min: 447700900000, max: 447700900060 }), { maxLength: 80 });

describe('laws of a difference', () => {
  const law = (
    name: string,
    hold: (desired: Set<number>, live: Set<number>, made: ReturnType<typeof difference>) => void,
  ) =>
    test(name, () => {
      fc.assert(
        fc.property(numbers, numbers, (desired, live) =>
          hold(new Set(desired), new Set(live), difference(desired, live)),
        ),
      );
    });

  law('its changes make live equal to desired', (desired, live, { add, remove, keep }) => {
    expect(new Set([...[...live].filter((one) => !remove.includes(one)), ...add])).toEqual(desired);
    expect(new Set([...keep, ...add])).toEqual(desired);
  });

  law(
    'it adds only numbers that are not live, and removes only live numbers that are not desired',
    (desired, live, made) => {
      expect(made.add.filter((one) => live.has(one) || !desired.has(one))).toEqual([]);
      expect(made.remove.filter((one) => !live.has(one) || desired.has(one))).toEqual([]);
    },
  );

  law('every number is in one set only', (desired, live, made) => {
    const all = [...made.add, ...made.remove, ...made.keep];
    expect(new Set(all)).toEqual(new Set([...desired, ...live]));
    expect(all).toHaveLength(new Set(all).size);
  });

  law('each set is ascending', (_desired, _live, made) => {
    for (const side of [made.add, made.remove, made.keep]) expect(side).toEqual(side.toSorted((a, b) => a - b));
  });
});
