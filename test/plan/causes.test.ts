import { describe, expect, test } from 'vitest';
import { whatsappCloud } from '../../src/api/providers/meta.ts';
import type { Bot, Policy } from '../../src/model/bot.ts';
import type { Cause } from '../../src/model/compared.ts';
import type { Change } from '../../src/model/plan.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import type { UserOf } from '../../src/numbers/same-user.ts';
import { causesOf, spelledAs } from '../../src/plan/causes.ts';
import { changeOf } from '../../src/plan/diff.ts';
import * as fc from '../fast-check.ts';

const A = 447_700_900_001;
const B = 447_700_900_002;
const unowned = { ignored: { numbers: NumberSet.empty, prefixes: [] }, protected: NumberSet.empty };
const limits = { percent: 25, floor: 10 };

function bot(
  numbers: readonly number[],
  expired: [number, string][] = [],
  policy: Policy = 'sync',
  rest: Partial<Bot> = {},
): Bot {
  const where = { provider: 'sinch', settings: { region: 'eu1' }, tokenEnv: 'T' };
  const facts = { id: 'support-bot', ...where, policy, guard: limits };
  return { ...facts, numbers: NumberSet.of(numbers), expired: new Map(expired), ...unowned, ...rest };
}

const ignoring = (...numbers: number[]) => ({ ignored: { numbers: NumberSet.of(numbers), prefixes: [] } });
const ignoringPrefix = (...prefixes: string[]) => ({ ignored: { numbers: NumberSet.empty, prefixes } });
const protecting = (...numbers: number[]) => ({ protected: NumberSet.of(numbers) });

/** The change that makes the live list equal to the desired one. */
function planOf(bot: Bot, live: NumberSet, userOf?: UserOf): Change {
  return changeOf(bot, live, userOf);
}

/** The causes of a plan, as `plan` finds them. */
function causes(now: Bot, plan: Change, before: Bot | null | undefined, userOf?: UserOf): Cause[] {
  const earlier = before && spelledAs(before, plan, userOf);
  return causesOf(spelledAs(now, plan, userOf), plan, earlier, userOf);
}

/** The causes of the change from `live` to `now`, as text. */
function said(now: Bot, live: readonly number[], before?: Bot | null): string[] {
  return causes(now, planOf(now, NumberSet.of(live)), before).map(
    ({ direction, origin, reason, expires, numbers }) =>
      `${direction} ${Array.from(numbers.values as Float64Array).join(' ')}: ${origin} ${reason} ${expires}`,
  );
}

describe('the cause of a change', () => {
  const day = '2026-12-31';
  const cases: [string, Bot, number[], Bot | null | undefined, string[]][] = [
    ['this change declares it', bot([A]), [], bot([]), [`add ${A}: config added null`]],
    ['it was declared, and is not live', bot([A]), [], bot([A]), [`add ${A}: drift null null`]],
    ['the change removes it from the file', bot([]), [A], bot([A]), [`remove ${A}: config removed null`]],
    ['it was added outside Git', bot([]), [A], bot([]), [`remove ${A}: drift undeclared null`]],
    ['the change makes it expire', bot([], [[A, day]]), [A], bot([A]), [`remove ${A}: config expired ${day}`]],
    ['it had expired', bot([], [[A, day]]), [A], bot([], [[A, day]]), [`remove ${A}: drift expired ${day}`]],
    [
      'it had expired, and its entry is removed',
      bot([]),
      [A],
      bot([], [[A, day]]),
      [`remove ${A}: drift expired ${day}`],
    ],
    ['the policy removed nothing then', bot([]), [A], bot([], [], 'add-only'), [`remove ${A}: config undeclared null`]],
    ['the policy also removed then', bot([], [], 'remove-only'), [A], bot([]), [`remove ${A}: drift undeclared null`]],
    ['the policy added nothing then', bot([A]), [], bot([A], [], 'remove-only'), [`add ${A}: config null null`]],
    ['it was ignored then', bot([]), [A], bot([], [], 'sync', ignoring(A)), [`remove ${A}: config undeclared null`]],
    [
      'it was ignored by a prefix then',
      bot([]),
      [A],
      bot([], [], 'sync', ignoringPrefix('44')),
      [`remove ${A}: config undeclared null`],
    ],
    [
      'another number was ignored then',
      bot([]),
      [A],
      bot([], [], 'sync', ignoring(B)),
      [`remove ${A}: drift undeclared null`],
    ],
    [
      'it was protected then',
      bot([]),
      [A],
      bot([], [], 'sync', protecting(A)),
      [`remove ${A}: config undeclared null`],
    ],
    [
      'it was declared and protected then',
      bot([]),
      [A],
      bot([A], [], 'sync', protecting(A)),
      [`remove ${A}: config removed null`],
    ],
    ['ignored then, declared now', bot([A]), [], bot([], [], 'sync', ignoring(A)), [`add ${A}: config added null`]],
    ['ignored now', bot([], [], 'sync', ignoring(A)), [A], bot([]), []],
    ['a bot of this change, an add', bot([A]), [], null, [`add ${A}: config added null`]],
    [
      'no earlier state is known',
      bot([A]),
      [B],
      undefined,
      [`remove ${B}: null undeclared null`, `add ${A}: null null null`],
    ],
    [
      'no earlier state is known, and it has expired',
      bot([], [[A, day]]),
      [A],
      undefined,
      [`remove ${A}: null expired ${day}`],
    ],
  ];
  test.each(cases)('%s', (_, now, live, before, expected) => {
    expect(said(now, live, before)).toEqual(expected);
  });
});

describe('law', () => {
  const anyNumber = fc.oneof(
    fc.integer({ min: A, max: A + 20 }),
    fc.integer({ min: 525_555_500_100, max: 525_555_500_104 }),
    fc.integer({ min: 5_215_555_500_100, max: 5_215_555_500_104 }),
  );
  const few = fc.uniqueArray(anyNumber);
  const prefix = fc
    .tuple(anyNumber, fc.integer({ min: 2, max: 13 }))
    .map(([number, length]) => String(number).slice(0, length));
  const anyBot = fc
    .record({
      numbers: few,
      gone: few,
      policy: fc.constantFrom<Policy>('sync', 'add-only', 'remove-only'),
      ignored: fc.record({
        numbers: fc.uniqueArray(anyNumber, { maxLength: 3 }).map(NumberSet.of),
        prefixes: fc.array(prefix, { maxLength: 2 }),
      }),
      protected: few.map(NumberSet.of),
    })
    .map(({ numbers, gone, policy, ...rest }) =>
      bot(
        numbers,
        gone.filter((number) => !numbers.includes(number)).map((number) => [number, `2026-01-${10 + (number % 10)}`]),
        policy,
        rest,
      ),
    );
  const earlier = fc.oneof(anyBot, fc.constant(null), fc.constant(undefined));
  const spelling = fc.constantFrom(undefined, whatsappCloud.userOf);
  const lists = few.map(NumberSet.of);
  const union = (causes: Cause[]) => causes.flatMap(({ numbers }) => Array.from(numbers.values as Float64Array)).sort();

  test('causes contain every number of the plan once, in its direction', () => {
    fc.assert(
      fc.property(anyBot, lists, earlier, spelling, (now, live, before, userOf) => {
        const plan = planOf(now, live, userOf);
        const all = causes(now, plan, before, userOf);
        const side = (direction: string) => union(all.filter((cause) => cause.direction === direction));
        expect(side('add')).toEqual([...plan.add].sort());
        expect(side('remove')).toEqual([...plan.remove].sort());
      }),
    );
  });

  test('drift is what a plan of the earlier state would also do', () => {
    fc.assert(
      fc.property(anyBot, lists, anyBot, spelling, (now, live, before, userOf) => {
        const plan = planOf(now, live, userOf);
        const due = planOf(before, live, userOf);
        const drift = causes(now, plan, before, userOf).filter(({ origin }) => origin === 'drift');
        const user = userOf ?? ((number) => number);
        const added = new Set(Array.from(due.add, user));
        const both = [...[...plan.add].filter((number) => added.has(user(number))), ...plan.remove.and(due.remove)];
        expect(union(drift)).toEqual(both.sort());
      }),
      { numRuns: 500 },
    );
  });
});
