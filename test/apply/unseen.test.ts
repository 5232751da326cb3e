import { describe, expect, test } from 'vitest';
import { applyChange } from '../../src/apply/change.ts';
import { seeResults } from '../../src/apply/unseen.ts';
import type { Writer } from '../../src/apply/writer.ts';
import type { Direction, Failure, Unapplied } from '../../src/model/ledger.ts';
import type { Snapshot } from '../../src/model/plan.ts';
import { Invalid } from '../../src/numbers/invalid.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { whatsAppUserOf } from '../../src/numbers/same-user.ts';

const [A, B, C, D] = [447_700_900_001, 447_700_900_002, 447_700_900_003, 447_700_900_004];
const MEXICAN = 525_555_500_100;
const MEXICAN_LISTED = 5_215_555_500_100;

const listOf = (...numbers: number[]): Snapshot => ({ numbers: NumberSet.of(numbers), foreign: 0, warnings: [] });
const pending = (number: number): Unapplied => ({ number, state: 'pending', reason: 'not listed' });

describe('a list that is read after a write without results', () => {
  test('shows which added numbers are done, and the names of their users', () => {
    const seen = seeResults(listOf(A, MEXICAN_LISTED), 'add', [A, B, MEXICAN].map(pending), whatsAppUserOf);
    expect(seen).toEqual({
      done: [A, MEXICAN],
      undone: [pending(B)],
      listed: new Map([
        [A, new Set([A])],
        [MEXICAN, new Set([MEXICAN_LISTED])],
      ]),
    });
  });

  test('shows an added number that it contains besides the listed one', () => {
    const live = { ...listOf(B), names: new Map([[A, new Set([B])]]) };
    expect(seeResults(live, 'add', [pending(A)])).toEqual({
      done: [A],
      undone: [],
      listed: new Map([[A, new Set([B])]]),
    });
  });

  test('shows which removed numbers are done', () => {
    const failed = [A, B].map((number) => ({ ...pending(number), state: 'failed' as const }));
    expect(seeResults(listOf(A), 'remove', failed)).toEqual({ done: [B], undone: [failed[0]], listed: new Map() });
  });

  test('shows no removal if it has more users without a number than before', () => {
    const failed = [A, B].map((number) => ({ ...pending(number), state: 'failed' as const }));
    const { done, undone } = seeResults({ ...listOf(A), hidesMore: true }, 'remove', failed);
    expect({ done, undone }).toEqual({
      done: [],
      undone: [failed[0], { number: B, state: 'unknown', reason: 'the list may contain the user without the number' }],
    });
  });

  test.each(['add', 'remove'] as const)(
    'proves no %s of a number that it lacks if it may be incomplete',
    (direction) => {
      const { done, undone } = seeResults({ ...listOf(A), mayGoOn: true }, direction, [A, B].map(pending));
      expect(done).toEqual(direction === 'add' ? [A] : []);
      expect(undone).toContainEqual({ number: B, state: 'unknown', reason: 'the list may be incomplete' });
    },
  );

  test('leaves all results unknown if it cannot be read', () => {
    const live = new Invalid({ message: 'down' });
    expect(seeResults(live, 'add', [pending(A)])).toMatchObject({
      done: [],
      undone: [{ number: A, state: 'unknown', reason: 'the list could not be read' }],
      unread: { message: 'down' },
    });
  });
});

describe('a change whose answers have no results', () => {
  /** Applies a change to a list on which the server blocks only some numbers. */
  async function applyTo(blockable: readonly number[], lost = false, unread?: Failure) {
    const list = new Set([C, D]);
    const calls: string[] = [];
    const write = (direction: Direction) => async (batch: readonly number[]) => {
      calls.push(`${direction} ${batch.length}`);
      for (const number of batch) {
        if (direction === 'remove') list.delete(number);
        else if (blockable.includes(number)) list.add(number);
      }
      return { undone: [], unseen: batch.map(pending), listed: new Map(), lost };
    };
    const writer: Writer = { batchSize: 1, add: write('add'), remove: write('remove') };
    const see = async (direction: Direction, unseen: readonly Unapplied[]) => {
      calls.push('list');
      return seeResults(unread ? new Invalid(unread) : listOf(...list), direction, unseen);
    };
    const change = { add: NumberSet.of([A, B]), remove: NumberSet.of([C, D]), keep: NumberSet.empty };
    const users = { userOf: undefined, mayRename: true, alike: new Map(), names: undefined };
    const options = { concurrency: 1, see };
    const applied = await applyChange({ ...change, missing: NumberSet.empty }, writer, options, users);
    return { ...applied, calls };
  }

  test('reads the list once after all adds, and once after all removals', async () => {
    const { calls, done, unsettled } = await applyTo([A, B]);
    expect(calls).toEqual(['add 1', 'add 1', 'list', 'remove 1', 'remove 1', 'list']);
    expect([...done.add, ...done.remove]).toEqual([A, B, C, D]);
    expect(unsettled).toEqual([]);
  });

  test('sends removals although the list shows that an add is pending', async () => {
    const { done, unsettled } = await applyTo([A]);
    expect([...done.add, ...done.remove]).toEqual([A, C, D]);
    expect(unsettled).toEqual([{ ...pending(B), direction: 'add' }]);
  });

  test.each<[string, Failure, Failure | null]>([
    ['and reports why', { message: 'forbidden (403)' }, { message: 'forbidden (403)' }],
    ['and reports no failure if it was interrupted', { kind: 'interrupted' }, null],
  ])('sends no removal if the list could not be read, %s', async (_, unread, reported) => {
    const { failure, unsettled, skipped } = await applyTo([A, B], false, unread);
    expect(failure).toEqual(reported);
    expect(unsettled).toMatchObject([A, B].map((number) => ({ number, state: 'unknown' })));
    expect(skipped.remove).toBe(2);
  });

  test('sends no removal if an add whose earlier answer was lost is not listed', async () => {
    const { done, unsettled, skipped } = await applyTo([A], true);
    expect([...done.add]).toEqual([A]);
    expect(unsettled).toMatchObject([{ number: B, state: 'unknown' }]);
    expect(skipped.remove).toBe(2);
  });
});
