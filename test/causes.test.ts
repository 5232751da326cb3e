import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { causesOf } from '../src/causes.ts';
import { diff } from '../src/diff.ts';
import type { Bot, Policy } from '../src/model.ts';
import { NumberSet } from '../src/number-set.ts';
import type { Cause } from '../src/outcome.ts';

const A = 447_700_900_001;
const B = 447_700_900_002;
const unowned = { ignored: { numbers: NumberSet.empty, prefixes: [] }, protected: NumberSet.empty };
const limits = { percent: 25, floor: 10 };

function bot(numbers: readonly number[], expired: [number, string][] = [], policy: Policy = 'sync'): Bot {
  const where = { provider: 'sinch', settings: { region: 'eu1' }, tokenEnv: 'T' };
  const facts = { id: 'support-bot', ...where, policy, guard: limits };
  return { ...facts, numbers: NumberSet.of(numbers), expired: new Map(expired), ...unowned };
}

/** The causes of what makes live equal to now, as text. */
function said(now: Bot, live: readonly number[], before?: Bot | null): string[] {
  return causesOf(now, diff(now.numbers, NumberSet.of(live), now.policy), before).map(
    ({ direction, origin, reason, expires, numbers }) =>
      `${direction} ${Array.from(numbers.values as Float64Array).join(' ')}: ${origin} ${reason} ${expires}`,
  );
}

describe('the cause of a change', () => {
  const day = '2026-12-31';
  const cases: [string, Bot, number[], Bot | null | undefined, string[]][] = [
    ['this change declares it', bot([A]), [], bot([]), [`add ${A}: config null null`]],
    ['it was declared and is gone', bot([A]), [], bot([A]), [`add ${A}: drift null null`]],
    ['this change takes it out', bot([]), [A], bot([A]), [`remove ${A}: config removed null`]],
    ['somebody else added it', bot([]), [A], bot([]), [`remove ${A}: drift undeclared null`]],
    ['this change makes it expire', bot([], [[A, day]]), [A], bot([A]), [`remove ${A}: config expired ${day}`]],
    ['it had expired', bot([], [[A, day]]), [A], bot([], [[A, day]]), [`remove ${A}: drift expired ${day}`]],
    ['it had expired and its entry goes', bot([]), [A], bot([], [[A, day]]), [`remove ${A}: drift expired ${day}`]],
    ['the policy removed nothing then', bot([]), [A], bot([], [], 'add-only'), [`remove ${A}: config undeclared null`]],
    ['a bot of this change, an add', bot([A]), [], null, [`add ${A}: config null null`]],
    ['a bot of this change, a removal', bot([]), [A], null, [`remove ${A}: config undeclared null`]],
    ['nobody compares', bot([A]), [B], undefined, [`remove ${B}: null null null`, `add ${A}: null null null`]],
    ['nobody compares, and it has expired', bot([], [[A, day]]), [A], undefined, [`remove ${A}: null expired ${day}`]],
  ];
  test.each(cases)('%s', (_, now, live, before, expected) => {
    expect(said(now, live, before)).toEqual(expected);
  });
});

describe('whatever was desired, is desired and is live', () => {
  const few = fc.uniqueArray(fc.integer({ min: A, max: A + 20 }));
  const anyBot = fc
    .record({ numbers: few, gone: few, policy: fc.constantFrom<Policy>('sync', 'add-only') })
    .map(({ numbers, gone, policy }) =>
      bot(
        numbers,
        gone.filter((number) => !numbers.includes(number)).map((number) => [number, `2026-01-${10 + (number % 10)}`]),
        policy,
      ),
    );
  const earlier = fc.oneof(anyBot, fc.constant(null), fc.constant(undefined));
  const union = (causes: Cause[]) => causes.flatMap(({ numbers }) => Array.from(numbers.values as Float64Array)).sort();

  test('the causes hold every number of the plan once, on its side', () => {
    fc.assert(
      fc.property(anyBot, few, earlier, (now, live, before) => {
        const plan = diff(now.numbers, NumberSet.of(live), now.policy);
        const causes = causesOf(now, plan, before);
        const side = (direction: string) => union(causes.filter((cause) => cause.direction === direction));
        expect(side('add')).toEqual([...plan.add].sort());
        expect(side('remove')).toEqual([...plan.remove].sort());
      }),
    );
  });

  test('drift is what a plan of the earlier state would do, too', () => {
    fc.assert(
      fc.property(anyBot, few, anyBot, (now, live, before) => {
        const lists = NumberSet.of(live);
        const plan = diff(now.numbers, lists, now.policy);
        const due = diff(before.numbers, lists, before.policy);
        const drift = causesOf(now, plan, before).filter(({ origin }) => origin === 'drift');
        const both = [...plan.add.and(due.add), ...plan.remove.and(due.remove)];
        expect(union(drift)).toEqual(both.sort());
      }),
    );
  });
});
