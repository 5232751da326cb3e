import { describe, expect, test } from 'vitest';
import type { Bot, Policy } from '../../src/model/bot.ts';
import { type BotPlan, NO_COUNTS } from '../../src/model/plan.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { leftOf, movedElsewhere, planBot } from '../../src/plan/bot-plan.ts';
import { changeOf } from '../../src/plan/diff.ts';
import { keyOf, makePlan, type Tokens } from '../../src/plan/fingerprint.ts';
import { guard } from '../../src/plan/guard.ts';
import * as fc from '../fast-check.ts';

const unowned = { ignored: { numbers: NumberSet.empty, prefixes: [] }, protected: NumberSet.empty };
const [A, B, C, D] = [447700900001, 447700900002, 447700900003, 447700900004];
const tokens: Tokens = new Map([
  ['a', 'token of a'],
  ['b', 'token of b'],
  ['c', 'token of c'],
]);

function bot(
  id: string,
  desired: number[],
  live: number[],
  policy: Policy = 'sync',
  baseUrl = 'https://eu1.test',
  held = tokens,
): BotPlan {
  const limits = { percent: 25, floor: 10 };
  const where = { provider: 'sinch', settings: { region: 'eu1' }, tokenEnv: 'T' };
  const facts: Bot = {
    id,
    ...where,
    policy,
    guard: limits,
    numbers: NumberSet.of(desired),
    expired: new Map(),
    ...unowned,
  };
  const change = changeOf(facts, NumberSet.of(live), undefined);
  return planBot(facts, baseUrl, change, guard(change, limits), held);
}

const fingerprint = (bots: BotPlan[], held: ReadonlyMap<string, string> = tokens) => makePlan(bots, held).fingerprint;

describe('a bot in a plan', () => {
  test('has the changes of the policy sync', () => {
    const { add, remove, keep, missing, guard: verdict, ...facts } = bot('a', [A, B], [B, C]);
    expect([[...keep], [...missing]]).toEqual([[B], []]);
    expect([[...add], [...remove]]).toEqual([[A], [C]]);
    expect(verdict).toMatchObject({ tripped: false, removals: 1, live: 2 });
    expect(facts).toEqual({
      id: 'a',
      provider: 'sinch',
      settings: { region: 'eu1' },
      baseUrl: 'https://eu1.test',
      tokenEnv: 'T',
      policy: 'sync',
      counts: { ...NO_COUNTS, unchanged: 1 },
      untouched: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('counts surplus numbers apart from unchanged ones with add-only', () => {
    expect(bot('a', [A, B], [B, C, D], 'add-only').counts).toMatchObject({ unchanged: 1, surplus: 2 });
  });

  test('has a digest of exactly the numbers that stay', () => {
    expect(bot('a', [A, B], [B, C]).untouched).toBe(bot('a', [B, D], [B]).untouched);
    expect(bot('a', [A, B], [B, C]).untouched).not.toBe(bot('a', [A, B], [A, C]).untouched);
  });

  test('keys the digest with its id and token', () => {
    const { untouched } = bot('a', [A], [A]);
    const other = bot('a', [A], [A], 'sync', 'https://eu1.test', new Map([['a', 'another']]));
    expect(other.untouched).not.toBe(untouched);
    expect(bot('b', [A], [A], 'sync', 'https://eu1.test', new Map([['b', 'token of a']])).untouched).not.toBe(
      untouched,
    );
  });
});

test('the bots of a plan are sorted by id', () => {
  const plan = makePlan([bot('b', [A], []), bot('B', [A], []), bot('a', [A], []), bot('10', [A], [])], tokens);
  expect(plan.bots.map(({ id }) => id)).toEqual(['10', 'B', 'a', 'b']);
});

describe('the fingerprint', () => {
  const base = [bot('a', [A, B], [C]), bot('b', [A], [])];
  const moved = (change: Partial<BotPlan>) => [{ ...base[0]!, ...change }, base[1]!];

  test('is 64 hexadecimal digits', () => {
    expect(fingerprint(base)).toMatch(/^[0-9a-f]{64}$/);
    expect(fingerprint([bot('a', [], [])])).toMatch(/^[0-9a-f]{64}$/);
  });

  test('does not exist if no list was read', () => {
    expect(fingerprint([])).toBeNull();
  });

  test.each<[string, BotPlan[]]>([
    ['an add less', moved({ add: NumberSet.of([A]) })],
    ['an add more', moved({ add: NumberSet.of([A, B, D]) })],
    ['another add', moved({ add: NumberSet.of([A, D]) })],
    ['a removal less', moved({ remove: NumberSet.empty })],
    ['another removal', moved({ remove: NumberSet.of([D]) })],
    ['an add that is a removal instead', moved({ add: NumberSet.of([A]), remove: NumberSet.of([B, C]) })],
    ['another endpoint', moved({ baseUrl: 'https://us1.test' })],
    ['another bot', moved({ id: 'c' })],
    ['a bot less', [base[0]!]],
    ['a number that moved to the other bot', [bot('a', [A], [C]), bot('b', [A, B], [])]],
    ['bots that swapped their changes', [bot('b', [A, B], [C]), bot('a', [A], [])]],
  ])('changes with %s', (_, bots) => {
    expect(fingerprint(bots)).not.toBe(fingerprint(base));
  });

  test('differs between an adds-only plan and any other plan', () => {
    const adds = (bots: BotPlan[]) => makePlan(bots, tokens, true).fingerprint;
    for (const bots of [base, moved({ remove: NumberSet.empty }), [bot('a', [], [])]]) {
      expect(adds(bots)).not.toBe(fingerprint(bots));
      expect(adds(bots)).toBe(adds(bots));
    }
    expect(adds(moved({ add: NumberSet.of([A]) }))).not.toBe(adds(base));
  });

  test.each(['a', 'b'])('changes with the token of %s', (id) => {
    expect(fingerprint(base, new Map([...tokens, [id, 'another']]))).not.toBe(fingerprint(base));
  });

  test('changes when a token moves to another bot', () => {
    const swapped = new Map([...tokens, ['a', 'token of b'], ['b', 'token of a']]);
    expect(fingerprint(base, swapped)).not.toBe(fingerprint(base));
  });

  test('does not change with facts that write nothing', () => {
    expect(fingerprint([...base, bot('c', [A], [A])])).toBe(fingerprint(base));
    expect(fingerprint([...base, bot('c', [], [A, B], 'add-only')])).toBe(fingerprint(base));
    expect(fingerprint(base, new Map([...tokens, ['c', 'another']]))).toBe(fingerprint(base));
    expect(
      fingerprint(moved({ counts: { ...NO_COUNTS, unchanged: 9 }, untouched: '0'.repeat(64), tokenEnv: 'U' })),
    ).toBe(fingerprint(base));
  });

  test.each([
    ['5fac7b4d', false],
    ['6b00894b', true],
  ])('begins with %s for every plan without changes, adds-only: %j', (start, addsOnly) => {
    const [one, other] = [[bot('a', [A], [A])], [bot('b', [], []), bot('c', [B, C], [B, C])]];
    expect(makePlan(one, tokens, addsOnly).fingerprint).toMatch(new RegExp(`^${start}`));
    expect(makePlan(other, new Map([['b', 'another']]), addsOnly).fingerprint).toMatch(new RegExp(`^${start}`));
  });

  const number = fc.integer({ min: 447700900000, max: 447700900050 });
  const ids = [...'defghij'];
  const bots = fc.uniqueArray(
    fc.record({ id: fc.constantFrom(...ids), desired: fc.array(number), live: fc.array(number) }),
    { selector: ({ id }) => id, maxLength: 5 },
  );
  const held = new Map(ids.map((id) => [id, `token of ${id}`]));
  const planned = (list: { id: string; desired: number[]; live: number[] }[]) =>
    list.map(({ id, desired, live }) => bot(id, desired, live));

  test('does not depend on the order of bots and numbers', () => {
    const shuffled = bots.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        const turned = other.map(({ id, desired, live }) => ({
          id,
          desired: desired.toReversed(),
          live: live.toReversed(),
        }));
        expect(fingerprint(planned(turned), held)).toBe(fingerprint(planned(list), held));
      }),
    );
  });

  test('changes with any one number, in either direction', () => {
    fc.assert(
      fc.property(bots, fc.nat(), number, fc.boolean(), (list, which, one, isAdd) => {
        fc.pre(list.length > 0);
        const before = planned(list);
        const at = which % before.length;
        const side = isAdd ? 'add' : 'remove';
        const set = before[at]![side];
        const other = set.has(one) ? set.minus(NumberSet.of([one])) : NumberSet.of([...set, one]);
        expect(fingerprint(before.with(at, { ...before[at]!, [side]: other }), held)).not.toBe(
          fingerprint(before, held),
        );
      }),
    );
  });
});

describe('the key of a plan file', () => {
  test('depends on ids, tokens and their order', () => {
    const keys = [
      keyOf([{ id: 'a' }, { id: 'b' }], tokens),
      keyOf([{ id: 'a' }], tokens),
      keyOf([{ id: 'a' }], new Map([['a', 'another']])),
      keyOf([{ id: 'a' }], new Map()),
      keyOf([{ id: 'b' }], new Map([['b', 'token of a']])),
      keyOf([], tokens),
    ];
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(keys.length);
    expect(keyOf([{ id: 'a' }], tokens)).toEqual(keys[1]);
  });
});

describe('the rest of a saved plan', () => {
  const plan = bot('a', [A, B], [B, C]); // adds A, removes C

  test.each([
    ['nothing changed', [B, C], { add: [A], remove: [C] }],
    ['the add is done', [A, B, C], { add: [], remove: [C] }],
    ['the removal is done', [B], { add: [A], remove: [] }],
    ['all is done', [A, B], { add: [], remove: [] }],
  ])('if %s', (_, numbers, expected) => {
    const live = NumberSet.of(numbers);
    const { add, remove, keep, counts, ...rest } = leftOf(plan, live, tokens);
    expect(counts.unchanged).toBe(plan.counts.unchanged + plan.add.size - add.size);
    expect({ add: [...add], remove: [...remove] }).toEqual(expected);
    expect(movedElsewhere(plan, live, tokens)).toBe(false);
    expect({ ...plan, ...rest, untouched: plan.untouched }).toEqual(plan);
    expect([...keep]).toEqual([...live.minus(NumberSet.of(remove))]);
  });

  test.each([
    ['another number was added', [B, C, D]],
    ['an untouched number is gone', [C]],
    ['an untouched number was replaced', [C, D]],
    ['the list is empty', []],
  ])('is void if numbers changed that it does not contain: %s', (_, numbers) => {
    expect(movedElsewhere(plan, NumberSet.of(numbers), tokens)).toBe(true);
  });

  test.each([
    ['is refused as before while removals are left', 'emptied', [B, C], 'emptied'],
    ['is no longer refused when no removals are left', 'emptied', [B], false],
    ['is not refused if the plan was not', false, [B, C], false],
  ] as const)('%s', (_, tripped, live, expected) => {
    const refused = { ...plan, guard: { ...plan.guard, tripped } };
    expect(leftOf(refused, NumberSet.of(live), tokens).guard.tripped).toBe(expected);
  });

  const number = fc.integer({ min: 447700900000, max: 447700900030 });
  const numbers = fc.array(number);

  test('law: leads to the same list if any part is done, and finds any other change', () => {
    const policy = fc.constantFrom<Policy>('sync', 'add-only');
    const isDone = fc.func(fc.boolean());
    fc.assert(
      fc.property(numbers, numbers, policy, isDone, isDone, number, (desired, live, how, first, second, other) => {
        const made = bot('a', desired, live, how);
        const now = new Set(live);
        const doSome = ({ add, remove }: BotPlan, which: (one: number) => boolean) => {
          for (const one of add) if (which(one)) now.add(one);
          for (const one of remove) if (which(one)) now.delete(one);
        };
        const moved = (plan: BotPlan) => movedElsewhere(plan, NumberSet.of(now), tokens);
        doSome(made, first);
        expect(moved(made)).toBe(false);
        const rest = leftOf(made, NumberSet.of(now), tokens);
        const end = (list: Iterable<number>, { add, remove }: BotPlan) =>
          NumberSet.of([...[...list].filter((one) => !remove.has(one)), ...add]);
        expect(end(now, rest)).toEqual(end(live, made));
        expect([...rest.add].filter((one) => now.has(one))).toEqual([]);
        expect([...rest.remove].filter((one) => !now.has(one))).toEqual([]);

        // The rest is itself a plan, of which a part may be done.
        doSome(rest, second);
        expect([moved(rest), moved(made)]).toEqual([false, false]);
        if (made.add.has(other) || made.remove.has(other)) return;
        if (!now.delete(other)) now.add(other);
        expect([moved(rest), moved(made)]).toEqual([true, true]);
      }),
    );
  });
});
