import { expect, test } from 'vitest';
import { questionFor } from '../../../src/commands/apply/consent.ts';
import type { BotPlan } from '../../../src/model/plan.ts';
import { NumberSet } from '../../../src/numbers/number-set.ts';

const plan = (add: number, remove: number) => {
  const numbers = (count: number) => NumberSet.of(Array.from({ length: count }, (_, n) => 447_700_900_000 + n));
  return { add: numbers(add), remove: numbers(remove) } as BotPlan;
};

test.each([
  ['both directions', [plan(1, 0), plan(1, 3)], 'Add 2 numbers and remove 3 numbers in 2 bots?'],
  ['adds only, if removals are postponed', [plan(1, 0)], 'Add 1 number in 1 bot?'],
  ['removals only', [plan(0, 1)], 'Remove 1 number in 1 bot?'],
])('the question of apply names %s', (_, bots, question) => {
  expect(questionFor(bots)).toBe(`${question} Only "yes" is accepted: `);
});
