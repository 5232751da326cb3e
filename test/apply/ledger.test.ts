import { expect, test } from 'vitest';
import { otherNames } from '../../src/apply/ledger.ts';
import { whatsAppUserOf, withPairs } from '../../src/numbers/same-user.ts';

const [A, B, C, D] = [447_700_900_001, 447_700_900_002, 447_700_900_003, 447_700_900_004];
const [SHORT, LONG] = [525_555_500_100, 5_215_555_500_100];

test.each<[string, [number, number[]][], [number, number][]]>([
  ['a user under the declared number', [[A, [A]]], []],
  ['a user under another number', [[A, [B]]], [[A, B]]],
  [
    'a user under two other numbers',
    [[A, [B, C]]],
    [
      [A, B],
      [A, C],
    ],
  ],
  ['a user under another spelling, which the rule knows', [[SHORT, [LONG]]], []],
  ['a user whose pair the files declare', [[C, [D]]], []],
  ['no user, as no answer had a number', [], []],
])('otherNames of %s', (_, listed, pairs) => {
  const userOf = withPairs(whatsAppUserOf, [[C, D]]);
  const names = new Map(listed.map(([number, all]) => [number, new Set(all)]));
  expect(otherNames({ listed: names }, userOf)).toEqual(pairs.map(([number, waId]) => ({ number, waId })));
});
