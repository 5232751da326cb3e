import { describe, expect, test } from 'vitest';
import { whatsappCloud } from '../../src/api/providers/meta.ts';
import type { Policy } from '../../src/model/bot.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { type Pair, type UserOf, withPairs } from '../../src/numbers/same-user.ts';
import { changeOf } from '../../src/plan/diff.ts';
import { holdBack, ignoredAmong } from '../../src/plan/hands-off.ts';
import * as fc from '../fast-check.ts';

/** The rule of a provider with countries that have two spellings. */
const { userOf } = whatsappCloud;

interface Rules {
  readonly policy?: Policy;
  readonly numbers?: readonly number[];
  readonly ignored?: readonly number[];
  readonly prefixes?: readonly string[];
  readonly protected?: readonly number[];
}

const bot = ({ policy = 'sync', numbers = [], ignored = [], prefixes = [], protected: kept = [] }: Rules) => ({
  policy,
  numbers: NumberSet.of(numbers),
  ignored: { numbers: NumberSet.of(ignored), prefixes },
  protected: NumberSet.of(kept),
});

const [A, B, C, D] = [447_700_900_001, 447_700_900_002, 447_700_900_003, 447_700_900_004];
const MEXICO = 525_555_500_100;
const MEXICO_MOBILE = 5_215_555_500_100;
const BRAZIL = 551_155_550_100;
const BRAZIL_MOBILE = 5_511_955_550_100;

describe('kept numbers are added to the desired list before the diff', () => {
  const cases: [string, Rules, number[], { desired: number[]; ignored?: number[]; protected?: number[] }][] = [
    ['nothing is ignored or protected', { numbers: [A] }, [B], { desired: [A] }],
    ['ignored and live', { numbers: [A], ignored: [B] }, [B, C], { desired: [A, B], ignored: [B] }],
    ['ignored and not live', { numbers: [A], ignored: [B] }, [C], { desired: [A] }],
    ['ignored by its first digits', { prefixes: ['4477009'] }, [B, MEXICO], { desired: [B], ignored: [B] }],
    ['ignored by all its digits', { prefixes: [String(B)] }, [A, B, C], { desired: [B], ignored: [B] }],
    ['ignored by two rules', { ignored: [B], prefixes: ['44', '447'] }, [B], { desired: [B], ignored: [B] }],
    ['protected and live', { numbers: [A], protected: [B] }, [B, C], { desired: [A, B], protected: [B] }],
    ['protected and not live', { numbers: [A], protected: [B] }, [C], { desired: [A] }],
    ['protected and desired by this bot', { numbers: [B], protected: [B] }, [B], { desired: [B] }],
    ['protected and ignored', { ignored: [B], protected: [B] }, [B], { desired: [B], ignored: [B] }],
    ['desired and ignored: the number does not change', { numbers: [D], ignored: [D] }, [], { desired: [] }],
  ];
  test.each(cases)('%s', (_, rules, live, expected) => {
    const { desired, ignored, protected: kept } = holdBack(bot(rules), NumberSet.of(live), undefined);
    const made = { desired: [...desired], ignored: [...ignored], protected: [...kept] };
    expect(made).toEqual({ ignored: [], protected: [], ...expected });
  });
});

describe('a user who has two spellings', () => {
  const cases: [string, Rules, number, 'ignored' | 'protected' | 'neither'][] = [
    ['ignored in the other spelling', { ignored: [MEXICO] }, MEXICO_MOBILE, 'ignored'],
    ['ignored in the other spelling, in the other direction', { ignored: [MEXICO_MOBILE] }, MEXICO, 'ignored'],
    ['protected in the other spelling', { protected: [BRAZIL] }, BRAZIL_MOBILE, 'protected'],
    ['protected in the other spelling, in the other direction', { protected: [BRAZIL_MOBILE] }, BRAZIL, 'protected'],
    [
      'desired in the other spelling, so that protection is not needed',
      { numbers: [MEXICO], protected: [MEXICO_MOBILE] },
      MEXICO_MOBILE,
      'neither',
    ],
    ['a prefix of the short spelling', { prefixes: ['52555'] }, MEXICO_MOBILE, 'ignored'],
    ['a prefix of the long spelling', { prefixes: ['521555'] }, MEXICO, 'ignored'],
    ['a prefix that ends before the additional digit', { prefixes: ['5511'] }, BRAZIL_MOBILE, 'ignored'],
    ['a prefix that ends with the additional digit', { prefixes: ['55119'] }, BRAZIL, 'ignored'],
    ['a prefix of neither', { prefixes: ['521556', '52556', '55129'] }, MEXICO, 'neither'],
  ];
  test.each(cases)('%s', (_, rules, live, expected) => {
    const { ignored, protected: kept } = holdBack(bot(rules), NumberSet.of([live]), userOf);
    expect({ ignored: [...ignored], protected: [...kept] }).toEqual({
      ignored: expected === 'ignored' ? [live] : [],
      protected: expected === 'protected' ? [live] : [],
    });
  });
});

describe('a user for whom files declare a pair', () => {
  const LISTED = 447_700_900_999; // of A
  const pairs: Pair[] = [
    [A, LISTED],
    [MEXICO_MOBILE, C],
  ];
  const cases: [string, Rules, number[], { add?: number[]; remove?: number[]; ignored?: number; kept?: number }][] = [
    ['desired by number, live by waId', { numbers: [A] }, [LISTED], {}],
    ['desired by waId, live by number', { numbers: [LISTED] }, [A], {}],
    ['live by both', { numbers: [A] }, [A, LISTED], {}],
    ['live by neither', { numbers: [A] }, [], { add: [A] }],
    ['desired by both, live by neither: written once', { numbers: [A, LISTED] }, [], { add: [A] }],
    ['no longer desired, live by waId', {}, [LISTED, B], { remove: [B, LISTED] }],
    ['protected by number, live by waId', { protected: [A] }, [LISTED], { kept: 1 }],
    ['ignored by number, live by waId', { ignored: [A] }, [LISTED], { ignored: 1 }],
    ['ignored by number, desired by waId', { ignored: [A], numbers: [LISTED] }, [], {}],
    ['the number begins with an ignored prefix', { prefixes: [String(A)] }, [LISTED], { ignored: 1 }],
    ['the waId begins with an ignored prefix', { prefixes: [String(LISTED)] }, [A, B], { ignored: 1, remove: [B] }],
    ['neither begins with an ignored prefix', { prefixes: ['5'] }, [LISTED], { remove: [LISTED] }],
  ];
  describe.each([
    ['by an API without a rule', undefined],
    ['by an API with one', userOf],
  ])('%s', (_, rule) => {
    test.each(cases)('%s', (_, rules, live, { add = [], remove = [], ignored = 0, kept = 0 }) => {
      const change = changeOf(bot(rules), NumberSet.of(live), withPairs(rule, pairs));
      expect({ add: [...change.add], remove: [...change.remove] }).toEqual({ add, remove });
      expect(change.counts).toMatchObject({ ignored, protected: kept });
    });
  });

  test.each<[string, Rules, number[]]>([
    ['desired', { numbers: [MEXICO] }, [C]],
    ['protected', { protected: [C] }, [MEXICO]],
    ['ignored', { ignored: [MEXICO] }, [C]],
    ['ignored by a prefix', { prefixes: [String(MEXICO)] }, [C]],
    ['ignored by a prefix of the declared spelling', { prefixes: [String(MEXICO_MOBILE)] }, [C, MEXICO]],
  ])('the rule of the API leads to the pair: %s', (_, rules, live) => {
    const { add, remove } = changeOf(bot(rules), NumberSet.of(live), withPairs(userOf, pairs));
    expect([...add, ...remove]).toEqual([]);
  });
});

/** Short and long numbers with the same first digits, and numbers with two spellings. */
const number = fc.oneof(
  fc.integer({ min: 1_202_000, max: 1_202_030 }),
  fc.integer({ min: 12_025_550_100, max: 12_025_550_130 }),
  fc.integer({ min: 120_255_501_000_000, max: 120_255_501_000_020 }),
  fc.constantFrom(999_999_999_999_999, 1_000_000, 9_999_999),
  fc.integer({ min: MEXICO, max: MEXICO + 12 }),
  fc.integer({ min: MEXICO_MOBILE, max: MEXICO_MOBILE + 12 }),
  fc.integer({ min: BRAZIL, max: BRAZIL + 12 }),
  fc.integer({ min: BRAZIL_MOBILE, max: BRAZIL_MOBILE + 12 }),
);
const numbers = fc.uniqueArray(number, { maxLength: 40 });
const prefix = fc.tuple(number, fc.integer({ min: 1, max: 15 })).map(([one, length]) => String(one).slice(0, length));
const prefixes = fc.array(prefix, { maxLength: 4 });
const users = fc
  .record({
    rule: fc.constantFrom<UserOf | undefined>(undefined, userOf),
    pairs: fc.oneof(fc.constant([]), fc.array(fc.tuple(number, number), { maxLength: 20 })),
  })
  .map(({ rule, pairs }): Users => ({ rule, pairs, of: withPairs(rule, pairs) }));

const rules = fc.record({
  policy: fc.constantFrom<Policy>('sync', 'add-only', 'remove-only'),
  numbers,
  ignored: fc.uniqueArray(number, { maxLength: 5 }),
  prefixes,
  protected: numbers,
});

/** Which numbers are one user. `of` is the function that is made of the other facts. */
interface Users {
  readonly rule: UserOf | undefined;
  readonly pairs: readonly Pair[];
  readonly of: UserOf | undefined;
}

/** All spellings of a number above that a rule treats as the same user. */
function variants(one: number, rule: UserOf | undefined): number[] {
  if (!rule) return [one];
  const digits = String(rule(one));
  const longer = [`521${digits.slice(2)}`, `549${digits.slice(2)}`, `${digits.slice(0, 4)}9${digits.slice(4)}`];
  return [rule(one), ...longer.map(Number).filter((other) => rule(other) === rule(one))];
}

/** Finds all numbers of a user: repeats the rule and the pairs for all found numbers until there are no new ones. */
function spellings(one: number, { rule, pairs }: Users): ReadonlySet<number> {
  const found = new Set<number>();
  for (let next = [one]; next.length > 0; ) {
    const fresh = next.flatMap((each) => variants(each, rule)).filter((each) => !found.has(each));
    for (const each of fresh) found.add(each);
    next = pairs.flatMap(([number, waId]) => (fresh.includes(number) ? [waId] : fresh.includes(waId) ? [number] : []));
  }
  return found;
}

/** The same as in the source, but with texts and without an order. */
const isIgnored = (one: number, { ignored, prefixes }: Rules, users: Users) =>
  [...spellings(one, users)].some(
    (each) => ignored!.includes(each) || prefixes!.some((digits) => String(each).startsWith(digits)),
  );
const isOneOf = (one: number, list: readonly number[], users: Users) =>
  [...spellings(one, users)].some((each) => list.includes(each));

/** A number whose user has a declared pair and a smaller number in the list. */
const isTwin = (one: number, list: readonly number[], users: Users) => {
  const all = spellings(one, users);
  const declared = users.pairs.some(([number, waId]) => number !== waId && all.has(number));
  return declared && list.some((other) => other < one && all.has(other));
};

describe('law', () => {
  const law = (name: string, hold: (said: Required<Rules>, live: number[], users: Users) => void) =>
    test(name, () => fc.assert(fc.property(rules, numbers, users, hold), { numRuns: 1000 }));
  const change = (said: Rules, live: number[], { of }: Users) => changeOf(bot(said), NumberSet.of(live), of);

  law('ignoredAmong finds the numbers that a comparison of texts finds', (said, live, users) => {
    const found = ignoredAmong(NumberSet.of(live), bot(said).ignored, users.of);
    expect([...found]).toEqual(live.filter((one) => isIgnored(one, said, users)).sort((a, b) => a - b));
  });

  law('no ignored number is added or removed', (said, live, users) => {
    const { add, remove } = change(said, live, users);
    expect([...add, ...remove].filter((one) => isIgnored(one, said, users))).toEqual([]);
  });

  law('no protected number is removed', (said, live, users) => {
    const { remove } = change(said, live, users);
    expect([...remove].filter((one) => isOneOf(one, said.protected, users))).toEqual([]);
  });

  law('no number is removed whose user is desired by another number', (said, live, users) => {
    const { remove } = change(said, live, users);
    expect([...remove].filter((one) => isOneOf(one, said.numbers, users))).toEqual([]);
  });

  law('a number that is neither ignored nor protected changes as usual', (said, live, users) => {
    const { add, remove } = change(said, live, users);
    const own = (list: readonly number[]) => list.filter((one) => !isIgnored(one, said, users));
    const due = own(said.numbers).filter((one) => !isOneOf(one, live, users) && !isTwin(one, said.numbers, users));
    const gone = own(live).filter((one) => !isOneOf(one, [...said.numbers, ...said.protected], users));
    const inOrder = (list: readonly number[]) => list.toSorted((a, b) => a - b);
    expect([...add]).toEqual(said.policy === 'remove-only' ? [] : inOrder(due));
    expect([...remove]).toEqual(said.policy === 'add-only' ? [] : inOrder(gone));
  });

  law('a kept number is live, then desired, and counted once', (said, live, users) => {
    const { desired, ignored, protected: kept } = holdBack(bot(said), NumberSet.of(live), users.of);
    for (const one of [...ignored, ...kept]) expect([live.includes(one), desired.has(one)]).toEqual([true, true]);
    expect(ignored.and(kept).size).toBe(0);
    expect([...kept].filter((one) => isOneOf(one, said.numbers, users))).toEqual([]);
  });
});
