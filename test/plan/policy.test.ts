import { describe, expect, test } from 'vitest';
import type { Policy } from '../../src/model/bot.ts';
import { keptOf, NO_COUNTS } from '../../src/model/plan.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { changeOf } from '../../src/plan/diff.ts';
import * as fc from '../fast-check.ts';

const [A, B, C, D] = [447700900001, 447700900002, 447700900003, 447700900004];

/** The change of a bot, as lists. */
function change(
  desired: number[],
  live: number[],
  policy: Policy,
  ignored: number[] = [],
  kept: number[] = [],
  addsOnly = false,
) {
  const bot = {
    policy,
    numbers: NumberSet.of(desired),
    ignored: { numbers: NumberSet.of(ignored), prefixes: [] },
    protected: NumberSet.of(kept),
  };
  const made = changeOf(bot, NumberSet.of(live), undefined, addsOnly);
  const { add, remove, keep, unchanged, protected: only, counts } = made;
  const lists = { add: [...add], remove: [...remove], keep: [...keep], unchanged: [...unchanged] };
  return { ...lists, protected: [...only], counts };
}

const counts = (some: Partial<typeof NO_COUNTS>) => ({ ...NO_COUNTS, ...some });

describe('a list of B and C, if A and B are desired', () => {
  test.each([
    ['sync', { add: [A], remove: [C], keep: [B], counts: counts({ unchanged: 1 }) }],
    ['add-only', { add: [A], remove: [], keep: [B, C], counts: counts({ unchanged: 1, surplus: 1 }) }],
    ['remove-only', { add: [], remove: [C], keep: [B], counts: counts({ unchanged: 1, missing: 1 }) }],
  ] as const)('%s', (policy, expected) => {
    expect(change([A, B], [B, C], policy)).toEqual({ ...expected, unchanged: [B], protected: [] });
  });
});

describe('a list of A, B, C and D, if C is ignored and D is protected', () => {
  test.each([
    ['sync', [B], [D], counts({ unchanged: 1, ignored: 1, protected: 1 })],
    ['add-only, which counts protected numbers as surplus', [], [], counts({ unchanged: 1, surplus: 2, ignored: 1 })],
    ['remove-only', [B], [D], counts({ unchanged: 1, ignored: 1, protected: 1 })],
  ] as const)('%s', (name, remove, kept, expected) => {
    const made = change([A], [A, B, C, D], name.split(',')[0] as Policy, [C], [D]);
    expect(made).toMatchObject({ add: [], remove, protected: kept, counts: expected });
  });
});

describe('a list of B and C, if A and B are desired and removals are postponed', () => {
  test.each([
    ['sync', { add: [A], keep: [B, C], counts: { ...counts({ unchanged: 1 }), postponed: 1 } }],
    ['add-only', { add: [A], keep: [B, C], counts: { ...counts({ unchanged: 1, surplus: 1 }), postponed: 0 } }],
    ['remove-only', { add: [], keep: [B, C], counts: { ...counts({ unchanged: 1, missing: 1 }), postponed: 1 } }],
  ] as const)('%s', (policy, expected) => {
    const made = change([A, B], [B, C], policy, [], [], true);
    expect(made).toEqual({ ...expected, remove: [], unchanged: [B], protected: [] });
  });
});

const numbers = fc.array(fc.integer({ min: 447700900000, max: 447700900060 }), { maxLength: 80 });
const policies = fc.constantFrom<Policy>('sync', 'add-only', 'remove-only');

describe('laws of a change', () => {
  const law = (
    name: string,
    hold: (desired: Set<number>, live: Set<number>, made: ReturnType<typeof change>, policy: Policy) => void,
  ) =>
    test(name, () => {
      fc.assert(
        fc.property(numbers, numbers, policies, (desired, live, policy) =>
          hold(new Set(desired), new Set(live), change(desired, live, policy), policy),
        ),
      );
    });

  law('the list ends as its policy allows', (desired, live, { add, remove, keep }, policy) => {
    const ends = {
      sync: desired,
      'add-only': new Set([...desired, ...live]),
      'remove-only': new Set([...desired].filter((one) => live.has(one))),
    };
    const after = new Set([...[...live].filter((one) => !remove.includes(one)), ...add]);
    expect(after).toEqual(ends[policy]);
    expect(new Set([...keep, ...add])).toEqual(after);
  });

  law('each policy counts the numbers that it leaves unchanged', (desired, live, made, policy) => {
    const surplus = [...live].filter((one) => !desired.has(one)).length;
    const missing = [...desired].filter((one) => !live.has(one)).length;
    expect(made.counts.surplus).toBe(policy === 'add-only' ? surplus : 0);
    expect(made.counts.missing).toBe(policy === 'remove-only' ? missing : 0);
    if (policy === 'add-only') expect(made.remove).toEqual([]);
    if (policy === 'remove-only') expect(made.add).toEqual([]);
  });

  test('postponed removals stay, and nothing else changes', () => {
    const some = fc.array(fc.integer({ min: 447700900000, max: 447700900060 }), { maxLength: 20 });
    fc.assert(
      fc.property(numbers, numbers, policies, some, some, (desired, live, policy, ignored, kept) => {
        const whole = change(desired, live, policy, ignored, kept);
        const { keep, counts, ...made } = change(desired, live, policy, ignored, kept, true);
        const { remove, keep: _, counts: before, ...rest } = whole;
        expect(made).toEqual({ ...rest, remove: [] });
        expect(counts).toEqual({ ...before, postponed: remove.length });
        expect(new Set(keep)).toEqual(new Set([...whole.keep, ...remove]));
        expect(keptOf(counts)).toBe(keep.length);
      }),
    );
  });

  test('the counts equal the sizes of the sets that stay', () => {
    const some = fc.array(fc.integer({ min: 447700900000, max: 447700900060 }), { maxLength: 20 });
    fc.assert(
      fc.property(numbers, numbers, policies, some, some, (desired, live, policy, ignored, kept) => {
        const wanted = desired.filter((one) => !ignored.includes(one));
        const made = change(wanted, live, policy, ignored, kept);
        expect(keptOf(made.counts)).toBe(made.keep.length);
        expect(made.counts.protected).toBe(made.protected.length);
        const both = new Set(wanted.filter((one) => live.includes(one)));
        expect(new Set(made.unchanged)).toEqual(both);
        expect(made.counts.unchanged).toBe(both.size);
      }),
    );
  });
});
