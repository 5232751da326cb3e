import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { Bot } from '../../src/model/bot.ts';
import { ApiError } from '../../src/model/errors.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { impossibleNumbers, invalidNumbers } from '../../src/numbers/plausible.ts';
import { openForReading } from '../../src/steps/fleet.ts';
import { doubts, planAll } from '../../src/steps/plan-all.ts';
import { usersBy } from '../../src/steps/users.ts';
import { CALM, World } from '../simulation/world.ts';

const OPTIONS = { bots: [], concurrency: 8, parallel: 4, rate: 20, timeout: 30_000, retries: 5 };
const [A, B, C, D] = [12_015_550_100, 12_015_550_101, 12_015_550_102, 12_015_550_103];
const BOT: Bot = {
  id: 'bot-a',
  provider: 'sinch',
  settings: { region: 'eu1' },
  tokenEnv: 'TOKEN',
  policy: 'sync',
  guard: { percent: 25, floor: 10 },
  numbers: NumberSet.empty,
  expired: new Map(),
  ignored: { numbers: NumberSet.empty, prefixes: [] },
  protected: NumberSet.empty,
};

/** The plan of one bot with this live list. */
async function planOf(facts: Partial<Bot>, live: readonly number[]) {
  const world = new World(CALM, ApiError);
  world.set(BOT.id, live.map(String));
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const context = world.context(0, '', signal, () => 'go');
  const bots = [{ ...BOT, ...facts }];
  const { plan, warnings } = await world.clock.run(
    openForReading(bots, usersBy([]), OPTIONS, context).then((fleet) => planAll(bots, fleet, context)),
  );
  const { add, remove, counts, ...rest } = plan.bots[0]!;
  return { ...rest, ...counts, add: [...add], remove: [...remove], warnings };
}

const ignoring = (...numbers: number[]) => ({ ignored: { numbers: NumberSet.of(numbers), prefixes: ['4477'] } });

describe('a plan that has no adds', () => {
  test.each([
    ['loads the data of libphonenumber before the first answer if its read is long', 1000, [0]],
    ['does not load the data of libphonenumber if its read is short', 999, []],
  ])('%s', async (_, size, times) => {
    const world = new World(CALM, ApiError);
    const numbers = Array.from({ length: size }, (_, index) => A + index);
    world.set(BOT.id, numbers.map(String));
    const { signal } = new AbortController();
    setMaxListeners(0, signal);
    const loaded: number[] = [];
    const doubtful = async () => {
      loaded.push(world.clock.now());
      return [];
    };
    const context = { ...world.context(0, '', signal, () => 'go'), doubtful };
    const bots = [{ ...BOT, numbers: NumberSet.of(numbers) }];
    const fleet = await openForReading(bots, usersBy([]), OPTIONS, context);
    const { plan } = await world.clock.run(planAll(bots, fleet, context));
    expect(plan.bots[0]!.add.size).toBe(0);
    expect(loaded).toEqual(times);
  });
});

describe('a plan counts numbers that it leaves apart from equal ones', () => {
  test('ignored numbers', async () => {
    const plan = await planOf({ numbers: NumberSet.of([A, B]), ...ignoring(C, D) }, [A, C, 447_700_900_001]);
    expect(plan).toMatchObject({
      add: [B],
      remove: [],
      unchanged: 1,
      ignored: 2,
      protected: 0,
      surplus: 0,
      missing: 0,
    });
    expect(plan.warnings).toEqual([]);
  });

  test('protected numbers, with a warning that lists some', async () => {
    const plan = await planOf({ numbers: NumberSet.of([A]), protected: NumberSet.of([A, B, D]) }, [A, B, C]);
    expect(plan).toMatchObject({ add: [], remove: [C], unchanged: 1, ignored: 0, protected: 1 });
    expect(plan.warnings).toEqual([{ code: 'W-PROTECTED', bot: 'bot-a', count: 1, numbers: [B] }]);
  });

  test('many protected numbers, with one warning', async () => {
    const all = Array.from({ length: 9 }, (_, index) => A + index);
    const plan = await planOf({ protected: NumberSet.of(all) }, all);
    expect(plan).toMatchObject({ add: [], remove: [], unchanged: 0, protected: 9 });
    expect(plan.warnings).toEqual([{ code: 'W-PROTECTED', bot: 'bot-a', count: 9, numbers: [A, A + 1, A + 2] }]);
  });

  test('no protected numbers under a policy that never removes', async () => {
    const plan = await planOf({ policy: 'add-only', protected: NumberSet.of([B]) }, [B, C]);
    expect(plan).toMatchObject({ add: [], remove: [], unchanged: 0, protected: 0, surplus: 2, warnings: [] });
  });

  test('numbers that a policy never adds', async () => {
    const plan = await planOf({ policy: 'remove-only', numbers: NumberSet.of([A, B]) }, [A, C]);
    expect(plan).toMatchObject({ add: [], remove: [C], unchanged: 1, missing: 1, surplus: 0 });
  });
});

describe('the guard', () => {
  test('refuses an emptied file although ignored numbers stay', async () => {
    const plan = await planOf(ignoring(C), [A, B, C]);
    expect(plan.guard).toMatchObject({ tripped: 'emptied', removals: 2, live: 2 });
  });

  test('refuses it under a policy that never adds', async () => {
    const plan = await planOf({ policy: 'remove-only', numbers: NumberSet.of([D]) }, [A, B]);
    expect(plan).toMatchObject({ remove: [A, B], missing: 1, guard: { tripped: 'emptied' } });
  });

  test('refuses an emptied file although protected numbers stay', async () => {
    const plan = await planOf({ protected: NumberSet.of([B]) }, [A, B]);
    expect(plan).toMatchObject({ remove: [A], guard: { tripped: 'emptied', removals: 1, live: 2 } });
  });

  test('refuses an emptied file although ignored, protected numbers stay', async () => {
    const plan = await planOf({ protected: NumberSet.of([B, C]), ...ignoring(C, D) }, [A, B, C, D]);
    expect(plan).toMatchObject({ remove: [A], ignored: 2, protected: 1, guard: { tripped: 'emptied', live: 2 } });
  });

  test('does not treat a desired number as kept by protection', async () => {
    const plan = await planOf({ numbers: NumberSet.of([B]), protected: NumberSet.of([B, C]) }, [A, B, C]);
    expect(plan).toMatchObject({ remove: [A], protected: 1, guard: { tripped: false, removals: 1, live: 3 } });
  });
});

describe('doubts about numbers', () => {
  const doubtful = async (numbers: NumberSet, by: 'all' | 'length') =>
    by === 'all' ? invalidNumbers(numbers) : impossibleNumbers(numbers);
  const doubted = async (provider: string, by: 'all' | 'length', ...numbers: number[]) => {
    const [warning] = await doubts({ id: 'a', provider }, NumberSet.of(numbers), by, doubtful);
    return warning && 'numbers' in warning ? warning.numbers : [];
  };
  const [MEXICO, ARGENTINA, BRAZIL] = [5_215_555_500_100, 541_121_555_010, 553_198_765_432];

  test.each(['whatsapp-cloud', '360dialog', 'gupshup', 'kapso'])(
    'are none for a WhatsApp ID of %s whose number exists',
    async (provider) => {
      expect(await doubted(provider, 'length', MEXICO, ARGENTINA, BRAZIL)).toEqual([]);
      expect(await doubted(provider, 'all', MEXICO, BRAZIL)).toEqual([]);
    },
  );

  test('remain for such a number of a provider that has no WhatsApp IDs', async () => {
    expect(await doubted('sinch', 'length', MEXICO, ARGENTINA, BRAZIL)).toEqual([MEXICO]);
    expect(await doubted('sinch', 'all', BRAZIL)).toEqual([BRAZIL]);
  });

  test.each([
    ['a number that is too short in both spellings', 521_555_550_010],
    ['a number without another spelling', 44_770_090],
    ['a number of 13 digits that exists in no spelling', 5_210_005_500_100],
  ])('remain for %s', async (_, number) => {
    expect(await doubted('whatsapp-cloud', 'all', number)).toEqual([number]);
  });
});
