import { describe, expect, test } from 'vitest';
import { whatsappCloud } from '../../src/api/providers/whatsapp-cloud.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { respell } from '../../src/numbers/same-user.ts';
import { diff } from '../../src/plan/diff.ts';
import * as fc from '../fast-check.ts';

const { userOf } = whatsappCloud;

describe('numbers of one user', () => {
  test.each([
    ['Mexico', 525_555_500_100, 5_215_555_500_100],
    ['Argentina', 541_155_550_100, 5_491_155_550_100],
    ['Brazil, a mobile with and without the ninth digit', 551_155_550_100, 5_511_955_550_100],
    ['Brazil, an old mobile that starts with 9', 551_195_550_100, 5_511_995_550_100],
  ])('%s', (_, short, long) => {
    expect(userOf(short)).toBe(userOf(long));
    for (const [desired, live] of [
      [short, long],
      [long, short],
    ] as const) {
      const held = NumberSet.of([live]);
      const change = diff(respell(NumberSet.of([desired]), held, userOf), held);
      expect({ ...change, keep: [...change.keep] }).toMatchObject({
        add: { size: 0 },
        remove: { size: 0 },
        keep: [live],
      });
    }
  });

  test.each([
    ['another subscriber in Mexico', 525_555_500_100, 5_215_555_500_101],
    ['a 13-digit number elsewhere', 5_211_111_111_111, 211_111_111_111],
    ['Brazil, another area', 551_155_550_100, 5_512_955_550_100],
    ['Brazil, no ninth digit but an eighth more', 551_155_550_100, 5_511_855_550_100],
    ['the United States', 15_215_550_100, 1_521_555_010],
  ])('not: %s', (_, one, other) => {
    expect(userOf(one)).not.toBe(userOf(other));
  });
});

test('law: the live spellings of a desired user all stay, and nobody is added who is there', () => {
  const local = fc.integer({ min: 5_555_500_100, max: 5_555_500_110 });
  const number = fc
    .tuple(local, fc.constantFrom('52', '521', '54', '549', '55', '1'))
    .map(([rest, code]) => Number(code + rest));
  const numbers = fc.array(number).map((list) => NumberSet.of(list));
  fc.assert(
    fc.property(numbers, numbers, (desired, live) => {
      const { add, remove } = diff(respell(desired, live, userOf), live);
      const users = (of: NumberSet) => new Set(Array.from(of, userOf));
      for (const gone of remove) expect(users(desired).has(userOf(gone))).toBe(false);
      for (const one of add) expect(users(live).has(userOf(one))).toBe(false);
      for (const one of add) expect(desired.has(one)).toBe(true);
      for (const one of remove) expect(live.has(one)).toBe(true);
    }),
  );
});

test('without spellings nothing changes', () => {
  const numbers = NumberSet.of([525_555_500_100]);
  expect(respell(numbers, NumberSet.of([5_215_555_500_100]), undefined)).toBe(numbers);
});
