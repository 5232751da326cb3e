import { describe, expect, test } from 'vitest';
import type { Unsettled } from '../../src/apply/ledger.ts';
import { lookalikes, type Users, withhold } from '../../src/apply/withhold.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { whatsAppUserOf } from '../../src/numbers/same-user.ts';
import * as fc from '../fast-check.ts';

const MX = 525_555_500_100;
const MX1 = 5_215_555_500_100;
const PORTED = 447_700_900_999;
const UK = 447_700_900_123;

const cloud: Users = { userOf: whatsAppUserOf, mayRename: true, alike: new Map(), names: undefined };
const sinch: Users = { userOf: undefined, mayRename: false, alike: new Map(), names: undefined };
/** The list contains PORTED as the user of UK. */
const told: Users = { ...cloud, names: new Map([[UK, new Set([PORTED])]]) };

interface Given {
  readonly add?: readonly number[];
  readonly remove: readonly number[];
  readonly keep?: readonly number[];
  readonly missing?: readonly number[];
  readonly listed?: readonly (readonly [number, ...number[]])[];
  readonly rejected?: readonly number[];
  readonly pending?: readonly number[];
}

function withheld(
  { add = [], keep = [], remove, missing = [], listed = [], rejected = [], pending = [] }: Given,
  users: Users,
) {
  const of = (numbers: readonly number[], state: Unsettled['state']) =>
    numbers.map((number): Unsettled => ({ number, direction: 'add', state, reason: '' }));
  const [kept, rest] = [NumberSet.of(keep), { remove: NumberSet.of(remove), missing: NumberSet.of(missing) }];
  const plan = { add: NumberSet.of(add), keep: kept, ...rest };
  const names = new Map(listed.map(([number, ...others]) => [number, new Set(others)]));
  const adds = { listed: names, unsettled: [...of(rejected, 'rejected'), ...of(pending, 'pending')] };
  return withhold(plan, adds, users).map(({ number, declared, because }) => [number, declared, because]);
}

describe('a removal is withheld if', () => {
  test.each<[string, Given, Users, readonly unknown[]]>([
    [
      'the answer contains it for a declared number',
      { add: [UK], remove: [PORTED], listed: [[UK, PORTED]] },
      cloud,
      [[PORTED, UK, 'answer']],
    ],
    [
      'the answer contains it and the declared number itself',
      { add: [UK], remove: [PORTED], listed: [[UK, PORTED, UK]] },
      cloud,
      [[PORTED, UK, 'answer']],
    ],
    ['the list contains a declared number for it', { add: [UK], remove: [PORTED] }, told, [[PORTED, UK, 'answer']]],
    ['the list contains a missing number for it', { missing: [UK], remove: [PORTED] }, told, [[PORTED, UK, 'answer']]],
    [
      'the list contains a live declared number for it',
      { keep: [UK], remove: [PORTED] },
      told,
      [[PORTED, UK, 'answer']],
    ],
    [
      'the list contains another spelling of a declared number for it',
      { missing: [MX], remove: [PORTED] },
      { ...cloud, names: new Map([[MX1, new Set([PORTED])]]) },
      [[PORTED, MX, 'answer']],
    ],
    [
      'the list contains one spelling of a declared number for it, and the other spelling for another number',
      { missing: [MX], remove: [PORTED, PORTED + 1] },
      { ...cloud, names: new Map([MX, MX1].map((number, index) => [number, new Set([PORTED + index])])) },
      [
        [PORTED, MX, 'answer'],
        [PORTED + 1, MX, 'answer'],
      ],
    ],
    [
      'the answer contains the other spelling of its user',
      { add: [UK], remove: [MX], listed: [[UK, MX1]] },
      cloud,
      [[MX, UK, 'answer']],
    ],
    [
      'a pending number without another number has its last seven digits',
      { add: [UK], remove: [46_700_900_123], pending: [UK] },
      cloud,
      [[46_700_900_123, UK, 'digits']],
    ],
    [
      'an accepted number without another number has its last seven digits',
      { add: [UK], remove: [46_700_900_123] },
      cloud,
      [[46_700_900_123, UK, 'digits']],
    ],
    [
      'a declared number that the policy does not add has its last seven digits',
      { missing: [UK], remove: [46_700_900_123] },
      cloud,
      [[46_700_900_123, UK, 'digits']],
    ],
    [
      'it has the same international form as a declared number',
      { add: [4_407_700_900_123], remove: [UK] },
      { ...sinch, alike: new Map([[UK, 4_407_700_900_123]]) },
      [[UK, 4_407_700_900_123, 'spelling']],
    ],
    [
      'one digit of a refused number is changed',
      { add: [UK], remove: [UK + 1], rejected: [UK] },
      sinch,
      [[UK + 1, UK, 'edit']],
    ],
    [
      'one digit of a refused number is missing',
      { add: [UK], remove: [44_770_090_012], rejected: [UK] },
      sinch,
      [[44_770_090_012, UK, 'edit']],
    ],
    [
      'one digit of a refused number is doubled',
      { add: [UK], remove: [4_477_700_900_123], rejected: [UK] },
      sinch,
      [[4_477_700_900_123, UK, 'edit']],
    ],
    [
      'two neighbors of a refused number are swapped',
      { add: [UK], remove: [447_700_900_132], rejected: [UK] },
      sinch,
      [[447_700_900_132, UK, 'edit']],
    ],
  ])('%s', (_, given, users, expected) => {
    expect(withheld(given, users)).toEqual(expected);
  });
});

describe('a removal is sent although', () => {
  test.each<[string, Given, Users]>([
    [
      'its last digits are those of an add with another number',
      { add: [UK], remove: [46_700_900_123], listed: [[UK, UK]] },
      cloud,
    ],
    [
      'its last digits are those of an add, on an API that renames no user',
      { add: [UK], remove: [46_700_900_123] },
      sinch,
    ],
    ['it differs by one edit from an accepted add', { add: [UK], remove: [UK + 1] }, sinch],
    ['the list contains a number for it that is not declared', { add: [46_700_900_001], remove: [PORTED] }, told],
    ['it differs by two edits from a refused add', { add: [UK], remove: [UK + 11], rejected: [UK] }, sinch],
    [
      'it has the same international form as a declared number with another number',
      { add: [4_407_700_900_123], remove: [UK], listed: [[4_407_700_900_123, 4_407_700_900_123]] },
      { ...cloud, alike: new Map([[UK, 4_407_700_900_123]]) },
    ],
  ])('%s', (_, given, users) => {
    const named: Given = { ...given, listed: given.listed ?? [] };
    expect(withheld(named, users)).toEqual([]);
  });
});

test('lookalikes finds all pairs with the same last seven digits', () => {
  const number = fc.integer({ min: 1_000_000, max: 40_000_019 });
  fc.assert(
    fc.property(fc.array(number), fc.array(number), (declared, remove) => {
      const [want, have] = [NumberSet.of(declared), NumberSet.of(remove)];
      const found = lookalikes(want, have);
      const expected = [...have].filter((one) => [...want].some((other) => one % 1e7 === other % 1e7));
      expect(found.map(([removal]) => removal)).toEqual(expected);
      for (const [removal, other] of found) expect(other % 1e7).toBe(removal % 1e7);
    }),
  );
});
