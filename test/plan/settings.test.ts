import { describe, expect, test } from 'vitest';
import type { Bot } from '../../src/model/bot.ts';
import type { Ends, ReportedSettings } from '../../src/model/settings.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { type Pair, withPairs } from '../../src/numbers/same-user.ts';
import { type Asked, settingsOf } from '../../src/plan/settings.ts';
import * as fc from '../fast-check.ts';

const TODAY = '2026-10-01';
const DEFAULTS = { guard: { percent: 25, floor: 10 }, policy: 'sync', tokenEnv: 'TOKEN' } as const;
const [A, B, C, D] = [447_700_900_001, 447_700_900_002, 447_700_900_003, 447_700_900_004];
const set = (...numbers: number[]) => NumberSet.of(numbers);

const BOT: Bot = {
  id: 'support-bot',
  provider: 'sinch',
  settings: { region: 'eu1' },
  ...DEFAULTS,
  numbers: set(A, B),
  expired: new Map(),
  ignored: { numbers: NumberSet.empty, prefixes: [] },
  protected: NumberSet.empty,
};

interface Wanted extends Partial<Bot> {
  /** The last days of numbers and of rules. */
  readonly last?: readonly (readonly [number, string])[];
  readonly rules?: readonly (readonly [string, string | null])[];
  readonly pairs?: readonly Pair[];
}

function asked({ last = [], rules = [], pairs = [], ...bot }: Wanted): Asked {
  const ends = { numbers: new Map(last), rules: new Map(rules) };
  return { bot: { ...BOT, ...bot }, ends, pairs, userOf: withPairs(undefined, pairs) };
}

const settings = (now: Wanted, before?: Wanted | null, live = 100) =>
  settingsOf(asked(now), DEFAULTS, live, TODAY, before && asked(before));

const NONE = { now: 0, added: 0, removed: 0 };
const NO_END = { now: 0, next: null, changed: 0 };
const UNSET: ReportedSettings = {
  change: null,
  place: [],
  guard: { now: DEFAULTS.guard, default: DEFAULTS.guard, off: false },
  policy: { now: 'sync', default: 'sync' },
  tokenEnv: { now: 'TOKEN', default: 'TOKEN' },
  protected: NONE,
  ignored: { numbers: NONE, prefixes: NONE, ending: NO_END },
  pairs: NONE,
  expiring: NO_END,
};

describe('the settings of a bot', () => {
  test('are all present, each with its default', () => {
    expect(settings({})).toEqual(UNSET);
  });

  test("count the bot's own protected numbers, not those of other bots", () => {
    expect(settings({ protected: set(B, C) }).protected).toEqual({ now: 1, added: 0, removed: 0 });
  });

  test.each<[string, Wanted, number]>([
    ['of its numbers', { pairs: [[A, C]] }, 1],
    ['by the waId', { pairs: [[C, A]] }, 1],
    [
      'declared in two places',
      {
        pairs: [
          [A, C],
          [A, C],
        ],
      },
      1,
    ],
    [
      'in a chain',
      {
        pairs: [
          [A, C],
          [C, D],
        ],
      },
      2,
    ],
    ['of an ignored number', { pairs: [[C, D]], ignored: { numbers: set(D), prefixes: [] } }, 1],
    ['of an ignored prefix', { pairs: [[C, D]], ignored: { numbers: set(), prefixes: ['4477009000'] } }, 1],
    ['of no number of the bot', { pairs: [[C, D]] }, 0],
    ['of a number that is its own waId', { pairs: [[A, A]] }, 0],
  ])('count pairs %s', (_, wanted, now) => {
    expect(settings(wanted).pairs).toEqual({ now, added: 0, removed: 0 });
  });

  test('count new and removed pairs', () => {
    const changed = settings(
      { pairs: [[A, C]] },
      {
        pairs: [
          [A, D],
          [B, C],
        ],
      },
    );
    expect(changed).toMatchObject({ change: 'changed', pairs: { now: 1, added: 1, removed: 2 } });
    expect(settings({ pairs: [[A, C]] }, { pairs: [[A, C]] }).change).toBe('same');
  });

  test('read each pair once for all bots', () => {
    let reads = 0;
    const pairs: Pair[] = [];
    for (const [at, pair] of [[A, C] as const, [B, D] as const].entries()) {
      const get = () => {
        reads++;
        return pair;
      };
      Object.defineProperty(pairs, at, { get, enumerable: true });
    }
    const userOf = withPairs(undefined, pairs);
    reads = 0;
    for (const numbers of [set(A), set(B), set(A, B), set(D)]) {
      settingsOf({ ...asked({ numbers }), pairs, userOf }, DEFAULTS, 100, TODAY, undefined);
    }
    expect(reads).toBe(pairs.length);
  });

  test('count pairs of which a number, or another number of its user, is declared or ignored', () => {
    const number = fc.integer({ min: 4_477_009_000, max: 4_477_009_019 });
    const pairs = fc.array(fc.tuple(number, number), { maxLength: 12 });
    const prefixes = fc.uniqueArray(fc.constantFrom('447700900', '4477009000', '4477009001', '4477009015', '46'));
    fc.assert(
      fc.property(fc.array(number), fc.array(number), prefixes, pairs, (declared, rules, prefixes, pairs) => {
        const ignored = { numbers: NumberSet.of(rules), prefixes };
        const wanted = asked({ numbers: NumberSet.of(declared), ignored, pairs });
        const { userOf = (each: number) => each } = wanted;
        const users = new Set([...declared, ...rules].map(userOf));
        const concerns = (each: number) =>
          users.has(userOf(each)) || prefixes.some((prefix) => String(each).startsWith(prefix));
        const own = pairs.filter((pair) => pair[0] !== pair[1] && pair.some(concerns));
        const { now } = settingsOf(wanted, DEFAULTS, 100, TODAY, undefined).pairs;
        expect(now).toBe(new Set(own.map(String)).size);
      }),
    );
  });

  test('count ignored numbers and prefixes', () => {
    const ignored = { numbers: set(C), prefixes: ['44', '46'] };
    expect(settings({ ignored }).ignored).toMatchObject({ numbers: { now: 1 }, prefixes: { now: 2 } });
  });

  test.each<[string, string[], number, string | null]>([
    ['none', [], 0, null],
    ['today', ['2026-10-01'], 1, '2026-10-01'],
    ['in 7 days', ['2026-10-08'], 1, '2026-10-08'],
    ['in 8 days', ['2026-10-09'], 0, null],
    ['several, in any order', ['2026-10-09', '2026-10-05', '2026-10-02'], 2, '2026-10-02'],
  ])('count what ends within 7 days: %s', (_, days, now, next) => {
    const numbers = days.map((day, index) => [A + index, day] as const);
    const rules = days.map((day, index) => [`prefix 4${index + 1}`, day] as const);
    const found = settings({ last: numbers, rules: [...rules, ['prefix 49', null]] });
    expect(found.expiring).toEqual({ now, next, changed: 0 });
    expect(found.ignored.ending).toEqual({ now, next, changed: 0 });
  });
});

describe('a guard is effectively off', () => {
  test.each<[string, { percent: number; floor: number }, number, boolean]>([
    ['the default', { percent: 25, floor: 10 }, 100, false],
    ['the default, for a list so short that it allows all but one', { percent: 25, floor: 10 }, 11, false],
    ['all of the list', { percent: 100, floor: 10 }, 100, true],
    ['all of the list but one, by its share', { percent: 99, floor: 10 }, 100, true],
    ['all of the list but two, by its share', { percent: 98, floor: 10 }, 100, false],
    ['more than the list', { percent: 25, floor: 1_000_000 }, 100, true],
    ['all of the list but one, by its floor', { percent: 25, floor: 99 }, 100, true],
    ['all of the list but two, by its floor', { percent: 25, floor: 98 }, 100, false],
    ['stricter than the default, for a short list', { percent: 0, floor: 5 }, 6, false],
    ['a list that could not be read, with fewer declared numbers', { percent: 25, floor: 11 }, 0, true],
  ])('%s', (_, guard, live, off) => {
    expect(settings({ guard }, undefined, live).guard).toEqual({ now: guard, default: DEFAULTS.guard, off });
  });

  test('is decided by the longer of the live and the declared list', () => {
    const numbers = NumberSet.of(Array.from({ length: 100 }, (_, index) => A + index));
    expect(settings({ guard: { percent: 25, floor: 50 }, numbers }, undefined, 3).guard.off).toBe(false);
  });
});

describe('the change of settings since an earlier state', () => {
  test('is new if that state did not have the bot', () => {
    expect(settings({ policy: 'add-only', protected: set(A) }, null)).toEqual({
      ...UNSET,
      change: 'new',
      policy: { now: 'add-only', default: 'sync' },
      protected: { now: 1, added: 0, removed: 0 },
    });
  });

  const ignoring = (numbers: NumberSet, ...prefixes: string[]) => ({ ignored: { numbers, prefixes } });
  const cases: [string, Wanted, Wanted, Partial<ReportedSettings>][] = [
    ['nothing', {}, {}, {}],
    ['only numbers', { numbers: set(A, C) }, {}, {}],
    [
      'the guard',
      { guard: { percent: 100, floor: 10 } },
      {},
      { guard: { ...UNSET.guard, now: { percent: 100, floor: 10 }, before: DEFAULTS.guard, off: true } },
    ],
    [
      'the guard, back to the default',
      {},
      { guard: { percent: 1, floor: 1 } },
      { guard: { ...UNSET.guard, before: { percent: 1, floor: 1 } } },
    ],
    ['the policy', { policy: 'remove-only' }, {}, { policy: { now: 'remove-only', default: 'sync', before: 'sync' } }],
    [
      "the token's variable",
      { tokenEnv: 'OTHER' },
      {},
      { tokenEnv: { now: 'OTHER', default: 'TOKEN', before: 'TOKEN' } },
    ],
    [
      'other protected numbers of the same count',
      { protected: set(A) },
      { protected: set(B) },
      { protected: { now: 1, added: 1, removed: 1 } },
    ],
    [
      'a protected number that is no longer declared',
      { numbers: set(A), protected: set(A) },
      { protected: set(A, B) },
      { protected: { now: 1, added: 0, removed: 1 } },
    ],
    [
      'ignored numbers and prefixes',
      ignoring(set(C), '44'),
      ignoring(set(), '44', '46'),
      {
        ignored: {
          ...UNSET.ignored,
          numbers: { now: 1, added: 1, removed: 0 },
          prefixes: { now: 1, added: 0, removed: 1 },
        },
      },
    ],
    [
      'an entry that ends soon',
      { last: [[A, '2026-10-05']] },
      {},
      { expiring: { now: 1, next: '2026-10-05', changed: 1 } },
    ],
    ['an entry that ends later', { last: [[A, '2099-12-31']] }, {}, { expiring: { now: 0, next: null, changed: 1 } }],
    [
      'another entry that ends on the same day',
      { last: [[A, '2026-10-05']] },
      { last: [[B, '2026-10-05']] },
      { expiring: { now: 1, next: '2026-10-05', changed: 2 } },
    ],
    [
      'an entry that no longer ends',
      {},
      { last: [[A, '2026-10-05']] },
      { expiring: { now: 0, next: null, changed: 1 } },
    ],
    ['an entry that ended soon and was removed', { numbers: set(B) }, { last: [[A, '2026-10-05']] }, {}],
    [
      'the last day of an ignore rule',
      { rules: [['prefix 44', '2026-10-01']] },
      { rules: [['prefix 44', null]] },
      { ignored: { ...UNSET.ignored, ending: { now: 1, next: '2026-10-01', changed: 1 } } },
    ],
    ['the region', { settings: { region: 'us1' } }, {}, { place: ['region'] }],
    ['the provider', { provider: 'other', settings: { id: '1' } }, {}, { place: ['provider'] }],
  ];

  test.each(cases)('is reported: %s', (_, now, before, changes) => {
    const change = Object.keys(changes).length > 0 ? 'changed' : 'same';
    expect(settings(now, before)).toEqual({ ...UNSET, change, ...changes });
  });

  const number = fc.integer({ min: A, max: A + 6 });
  const numbers = fc.array(number).map((list) => NumberSet.of(list));
  const day = fc.constantFrom('2026-10-01', '2026-10-08', '2026-10-09');
  const state = fc
    .record({
      numbers,
      protected: numbers,
      ignored: fc.record({ numbers, prefixes: fc.uniqueArray(fc.constantFrom('44', '46', '49')) }),
      policy: fc.constantFrom('sync', 'add-only', 'remove-only') as fc.Arbitrary<Bot['policy']>,
      guard: fc.record({ percent: fc.constantFrom(25, 100), floor: fc.constantFrom(10, 1000) }),
      last: fc.array(fc.tuple(number, day)),
      pairs: fc.array(fc.tuple(number, number)),
    })
    .map(({ last, pairs, ...bot }) => {
      const ends: Ends = { numbers: new Map(last.filter(([each]) => bot.numbers.has(each))), rules: new Map() };
      return { bot: { ...BOT, ...bot }, ends, pairs, userOf: withPairs(undefined, pairs) };
    });
  const compare = (now: Asked, before: Asked) => settingsOf(now, DEFAULTS, 0, TODAY, before);

  test('is empty between a state and itself', () => {
    fc.assert(fc.property(state, (each) => compare(each, each).change === 'same'));
  });

  test('has the same counts in both directions', () => {
    fc.assert(
      fc.property(state, state, (one, other) => {
        const [there, back] = [compare(one, other), compare(other, one)];
        const counts = ({ protected: kept, ignored, pairs }: ReportedSettings) => [
          kept,
          ignored.numbers,
          ignored.prefixes,
          pairs,
        ];
        for (const [at, count] of counts(there).entries()) {
          const reverse = counts(back)[at]!;
          expect([count.added, count.removed]).toEqual([reverse.removed, reverse.added]);
          expect(count.now - count.added + count.removed).toBe(reverse.now);
        }
        expect(there.guard.before ?? there.guard.now).toEqual(back.guard.now);
        expect(there.policy.before ?? there.policy.now).toBe(back.policy.now);
      }),
    );
  });
});
