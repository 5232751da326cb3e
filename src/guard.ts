import type { Change, GuardLimits, Verdict } from './model.ts';

/**
 * Refuses what looks like an accident: a list that would be emptied, or more removals than max(floor, percent of the
 * live list). An emptied file, a wrong file for a bot and a bad merge all look like that. Additions never trip it.
 *
 * | live | removals | percent, floor | verdict |
 * | ---- | -------- | -------------- | ------- |
 * | 100  | 25       | 25, 10         | allowed |
 * | 100  | 26       | 25, 10         | share   |
 * | 20   | 10       | 25, 10         | allowed |
 * | 20   | 11       | 25, 10         | share   |
 * | 3    | 3        | 25, 10         | emptied |
 */
export function guard(change: Change, limits: GuardLimits): Verdict {
  const removals = change.remove.size;
  const live = removals + change.keep.size;
  // One removal of 4 is 25 %, and 2.5 of 10 are not more than 25 %: compare without rounding, show the whole part.
  const limit = Math.max(limits.floor, (live * limits.percent) / 100);
  const emptied = removals > 0 && change.keep.size === 0 && change.add.size === 0;
  const tripped = emptied ? 'emptied' : removals > limit ? 'share' : false;
  return { tripped, removals, live, limit: Math.floor(limit), limits };
}
