import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../../src/model/plan.ts';
import type { Comparison } from '../../../src/model/report.ts';
import { guardReason, refusedWords } from '../../../src/report/words/guard.ts';
import { counts, refusedBot, report, result } from '../fixtures.ts';

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

describe('the counts of a refusal', () => {
  const emptied = (count: number) => refusedBot('a', { guard: verdict(count, count) });
  const share = refusedBot('a', { guard: { ...verdict(9, 12), tripped: 'share' } });
  const overflow = { end: 64_010, capacity: 64_000 };
  const overfull = refusedBot('a', { guard: { ...verdict(0, 12), tripped: 'capacity', overflow } });
  const fresh = report({ command: 'apply', outcome: 'refused' });
  const saved: Comparison = { ...fresh, saved: { made: '2026-06-15T12:00:00Z', age: 60 } };
  const applied = result({ outcome: 'applied' });
  const approved = { ...emptied(25), approvedBy: '7d1f0c22' };

  test.each<[string, typeof share, Comparison, string]>([
    ['are of now in a fresh plan', emptied(25), fresh, 'would remove all 25 numbers that are now on the list'],
    [
      'are of the time of a saved plan',
      emptied(25),
      saved,
      'would remove all 25 numbers that were on the list when the plan was made',
    ],
    [
      'are of the time of a saved plan for one number',
      emptied(1),
      saved,
      'would remove the only number that was on the list when the plan was made',
    ],
    [
      'are of the time of a saved plan that leaves ignored numbers',
      { ...emptied(25), counts: counts({ ignored: 2 }) },
      saved,
      'would remove all 25 numbers that were on the list when the plan was made, except ignored ones',
    ],
    [
      'are of the time of a saved plan with a large share',
      share,
      saved,
      'would remove 9 of 12 numbers (75 %), more than the limit of 5 (the larger of 10 % of the live list and 5), as counted when the plan was made',
    ],
    [
      'are of the time of a saved plan for a full list',
      overfull,
      saved,
      'would end with 64,010 entries, and the list can hold at most 64,000, as counted when the plan was made',
    ],
    [
      'are of now in a saved plan that the files refuse',
      { ...share, guard: { ...share.guard!, current: true } },
      saved,
      'would remove 9 of 12 numbers (75 %), more than the limit of 5 in the files now (the larger of 10 % of the live list and 5)',
    ],
    [
      'are of the removals in a saved plan after which the files declare no number of the list',
      refusedBot('a', { guard: { ...verdict(9, 12), current: true } }),
      saved,
      'would remove 9 numbers, and keep no number that the files now declare',
    ],
    [
      'are of the time of the writes after an apply that overrode the guard of the files',
      { ...share, guard: { ...share.guard!, current: true }, approvedBy: '7d1f0c22' },
      { ...applied, saved: saved.saved! },
      'would remove 9 of 12 numbers (75 %), more than the limit of 5 in the files now (the larger of 10 % of the live list and 5), as counted before the writes',
    ],
    [
      'are of the time of the plan after an apply that overrode the guard',
      approved,
      applied,
      'would remove all 25 numbers that were on the list when the plan was made',
    ],
    [
      'are of now after an apply that wrote nothing to the bot',
      emptied(25),
      applied,
      'would remove all 25 numbers that are now on the list',
    ],
  ])('%s', (_, bot, run, words) => {
    expect(refusedWords(bot, run)).toBe(words);
  });
});
