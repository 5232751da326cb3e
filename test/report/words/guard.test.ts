import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../../src/model/plan.ts';
import { guardReason } from '../../../src/report/words/guard.ts';

const verdict = (removals: number, live: number): Verdict => {
  return { tripped: 'emptied', removals, live, limit: 5, limits: { percent: 10, floor: 5 } };
};

describe('a plan that would empty a list', () => {
  test.each([
    [verdict(1, 1), 0, 'would remove the only number that is now on the list'],
    [verdict(1200, 1200), 0, 'would remove all 1,200 numbers that are now on the list'],
    [verdict(3, 3), 2, 'would remove all 3 numbers that are now on the list, except ignored ones'],
    [verdict(2, 3), 0, 'would remove 2 of 3 numbers that are now on the list, and keep only protected ones'],
    [
      verdict(2, 3),
      1,
      'would remove 2 of 3 numbers that are now on the list, and keep only protected and ignored ones',
    ],
  ])('is refused with what would remain: %o with %i ignored', (plan, ignored, words) => {
    expect(guardReason(plan, ignored)).toBe(words);
  });
});
