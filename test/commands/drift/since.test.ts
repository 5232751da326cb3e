import { describe, expect, test } from 'vitest';
import { compare, type Difference } from '../../../src/commands/drift/since.ts';
import { NumberSet } from '../../../src/numbers/number-set.ts';
import { whatsAppUserOf } from '../../../src/numbers/same-user.ts';
import * as fc from '../../fast-check.ts';

const number = fc.integer({ min: 447_700_900_000, max: 447_700_900_030 }); // a small range, so that the sets overlap
const set = fc.array(number, { maxLength: 25 }).map((numbers) => NumberSet.of(numbers));
const difference: fc.Arbitrary<Difference> = fc.record({ add: set, remove: set });

/** Returns each number with its direction. Both together identify a difference. */
const keys = ({ add, remove }: { add: Iterable<number>; remove: Iterable<number> }) =>
  [...Array.from(add, (each) => `+${each}`), ...Array.from(remove, (each) => `-${each}`)].sort();
const keysOf = (since: ReturnType<typeof compare>) => {
  const part = (name: keyof typeof since) => keys(since[name] as Difference);
  return { new: part('new'), still: part('still'), resolved: part('resolved'), unknown: part('unknown') };
};

describe('differences, compared with an earlier run', () => {
  test('are each in one group: new and still are the current ones, still and resolved are the earlier ones', () => {
    fc.assert(
      fc.property(difference, difference, (earlier, now) => {
        const found = keysOf(compare(earlier, now));
        expect([...found.new, ...found.still].sort()).toEqual(keys(now));
        expect([...found.still, ...found.resolved].sort()).toEqual(keys(earlier));
        const all = [...found.new, ...found.still, ...found.resolved];
        expect(new Set(all).size).toBe(all.length);
        expect(found.unknown).toEqual([]);
      }),
    );
  });

  test('are unknown, but not lost, for a bot that cannot be read', () => {
    fc.assert(
      fc.property(difference, (earlier) => {
        expect(keysOf(compare(earlier, null))).toEqual({ new: [], still: [], resolved: [], unknown: keys(earlier) });
      }),
    );
  });

  test('are those of users in any spelling of the files and the list', () => {
    const [plain, listed] = [525_555_500_100, 5_215_555_500_100];
    const both = (add: number, remove: number) => ({ add: NumberSet.of([add]), remove: NumberSet.of([remove]) });
    const found = compare(both(plain, 541_155_550_100), both(listed, 5_491_155_550_100), whatsAppUserOf);
    expect(keysOf(found)).toEqual({ new: [], still: [`+${listed}`, '-5491155550100'], resolved: [], unknown: [] });
  });

  test.each([
    ['a new difference', '', '+1', { new: ['+1'] }],
    ['a known difference', '+1', '+1', { still: ['+1'] }],
    ['a resolved difference', '+1', '', { resolved: ['+1'] }],
    ['a difference that changed its direction', '+1', '-1', { new: ['-1'], resolved: ['+1'] }],
  ])('are grouped for %s', (_, earlier, now, found) => {
    const sides = (text: string): Difference => ({
      add: NumberSet.of(text === '+1' ? [1] : []),
      remove: NumberSet.of(text === '-1' ? [1] : []),
    });
    const nothing = { new: [], still: [], resolved: [], unknown: [] };
    expect(keysOf(compare(sides(earlier), sides(now)))).toEqual({ ...nothing, ...found });
  });
});
