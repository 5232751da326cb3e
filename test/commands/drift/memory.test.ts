import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { writeRecords } from '../../../src/cli/records.ts';
import { drift } from '../../../src/commands/drift/drift.ts';
import { agreed, recall } from '../../../src/commands/drift/memory.ts';
import type { Ignored } from '../../../src/model/bot.ts';
import { unblockedIn } from '../../../src/model/compared.ts';
import { ApiError } from '../../../src/model/errors.ts';
import { NumberSet } from '../../../src/numbers/number-set.ts';
import { whatsAppUserOf, withPairs } from '../../../src/numbers/same-user.ts';
import * as fc from '../../fast-check.ts';
import { CALM, World } from '../../simulation/world.ts';

const [A, B] = [12_015_550_100, 12_015_550_101];
const [MEXICO, LISTED] = [525_555_500_100, 5_215_555_500_100]; // one user
const set = (...numbers: number[]) => NumberSet.of(numbers);
const none = NumberSet.empty;
const NO_RULES: Ignored = { numbers: none, prefixes: [] };

/** Runs `recall` for a bot with these numbers. Returns its unblocked and its remembered numbers. */
function recalled(
  declared: NumberSet,
  earlier: Partial<Parameters<typeof recall>[1]>,
  now: Partial<NonNullable<Parameters<typeof recall>[2]>> | null,
  ignored = NO_RULES,
) {
  const look = now && { live: none, foreign: 0, add: declared, ...now };
  const past = { wasLive: none, foreign: 0, add: none, ...earlier };
  const { unblocked, memory } = recall({ numbers: declared, ignored }, past, look, whatsAppUserOf);
  return { unblocked: [...unblocked], wasLive: [...memory.wasLive], foreign: memory.foreign };
}

const WAS_LIVE = { wasLive: set(A) };

describe('a user with two names', () => {
  const [D, L] = [12_015_550_123, 12_015_550_999];
  const paired = withPairs(whatsAppUserOf, [[D, L]]);
  const bot = (...numbers: number[]) => ({ numbers: set(...numbers), ignored: { numbers: none, prefixes: [] } });
  const nothing = { wasLive: none, foreign: 0, add: none };

  test.each([
    ['live by the number', D, D, L],
    ['live by the waId', L, D, L],
    ['declared by the waId before', L, L, D],
  ])('is remembered if the entry takes the other one: %s', (_, live, before, after) => {
    const look = { live: set(live), foreign: 0, add: none };
    const { memory } = recall(bot(before), nothing, look, paired);
    const unread = recall(bot(before), { ...memory, add: none }, null, paired);
    const gone = { live: none, foreign: 0, add: set(after) };
    const { unblocked } = recall(bot(after), { ...unread.memory, add: none }, gone, whatsAppUserOf);
    expect([...unblocked]).toEqual([after]);
  });

  test('counts once', () => {
    const earlier = { wasLive: set(D, L), foreign: 0, add: none };
    const look = { live: none, foreign: 1, add: set(D) };
    expect(recall(bot(D, L), earlier, look, paired).memory.wasLive.size).toBe(0);
  });
});

describe('recall', () => {
  test.each([
    ['a number that was never live waits', set(A), {}, {}, [], []],
    ['a number that was live and is missing is unblocked', set(A), WAS_LIVE, {}, [A], [A]],
    ['a number that is live is remembered', set(A), {}, { live: set(A), add: none }, [], [A]],
    ['a number that left the files is forgotten', set(B), WAS_LIVE, {}, [], []],
    ['a number of a list that cannot be read is remembered', set(A), WAS_LIVE, null, [], [A]],
    ['a number that left the files meanwhile is forgotten', set(B), WAS_LIVE, null, [], []],
    ['a number that the policy never adds is remembered', set(A), WAS_LIVE, { add: none }, [], [A]],
    [
      'a user is known in the spelling of an earlier list',
      set(MEXICO),
      { wasLive: set(LISTED) },
      {},
      [MEXICO],
      [MEXICO],
    ],
    ['a user is live in the spelling of the list', set(MEXICO), {}, { live: set(LISTED), add: none }, [], [MEXICO]],
    [
      'a user is known in an earlier spelling of the files',
      set(LISTED),
      { wasLive: set(MEXICO) },
      {},
      [LISTED],
      [LISTED],
    ],
  ] as const)('%s', (_, declared, earlier, now, unblocked, wasLive) => {
    expect(recalled(declared, earlier, now)).toMatchObject({ unblocked, wasLive });
  });

  test.each([
    ['its number', { numbers: set(LISTED), prefixes: [] }],
    ['a prefix', { numbers: none, prefixes: ['52'] }],
  ])('forgets a user who is ignored by %s', (_, ignored) => {
    expect(recalled(set(MEXICO), { wasLive: set(MEXICO) }, { add: none }, ignored)).toMatchObject({ wasLive: [] });
  });

  const BOTH = { wasLive: set(A, B) };
  test.each([
    ['as many as newly missing users: nothing is known of them', { ...BOTH, foreign: 1 }, 3, [], []],
    ['fewer: at least one is unblocked', { ...BOTH, foreign: 1 }, 2, [A, B], [A, B]],
    ['none', { ...BOTH, foreign: 7 }, 7, [A, B], [A, B]],
    ['one, and one of two was missing before', { ...BOTH, add: set(A) }, 1, [A], [A]],
  ])('counts entries without a number that the list gained: %s', (_, earlier, foreign, unblocked, wasLive) => {
    expect(recalled(set(A, B), earlier, { foreign })).toEqual({ unblocked, wasLive, foreign });
  });

  test('keeps the count of entries without a number while the list cannot be read', () => {
    expect(recalled(set(A), { ...WAS_LIVE, foreign: 4 }, null).foreign).toBe(4);
  });
});

test('agreed keeps numbers that are missing in both reads, and entries without a number that are in both', () => {
  const both = agreed({ live: set(A), foreign: 2 }, { live: set(B), foreign: 1 });
  expect({ live: [...both.live], foreign: both.foreign }).toEqual({ live: [A, B], foreign: 1 });
});

/** One user in one run: whether the files declare the user, and whether the list contains the number. */
interface Fate {
  readonly file: 'declared' | 'expired' | 'ignored' | 'absent';
  readonly live: boolean;
}

interface Step {
  readonly fates: readonly Fate[];
  /** Entries without a number. */
  readonly foreign: number;
  readonly readable: boolean;
  /** The files have the second spelling of each user. */
  readonly respelled: boolean;
  readonly version: string;
}

/** The spellings of each user. The list has the last one. */
const USERS = [[A], [B], [MEXICO, LISTED], [541_155_550_100, 5_491_155_550_100]] as const;

function yamlOf({ fates, respelled, version }: Step): string {
  const spelled = fates.map(({ file }, at) => ({
    file,
    number: `"+${USERS[at]![respelled ? 0 : USERS[at]!.length - 1]}"`,
  }));
  const of = (file: Fate['file']) => spelled.filter((each) => each.file === file).map(({ number }) => number);
  const expired = of('expired').map((number) => `{ number: ${number}, expires: "2020-01-01" }`);
  return `version: 1
bots:
  bot-a:
    provider: whatsapp-cloud
    phoneNumberId: "1065"
    apiVersion: ${version}
    tokenEnv: TOKEN
    numbers: [${[...of('declared'), ...expired].join(', ')}]
    ignore: [${of('ignored').join(', ')}]
`;
}

const OPTIONS = { bots: [], concurrency: 8, parallel: 4, rate: 0, timeout: 30_000, retries: 0, settle: 0 };
const FILE = 'state.json';

/**
 * Runs `drift` for each step, each with the report of the run before. @returns the users that each run
 * reports as unblocked.
 */
async function play(history: readonly Step[]): Promise<(readonly number[])[]> {
  let state: string | null = null;
  const said: number[][] = [];
  for (const [run, step] of history.entries()) {
    const broken = step.readable ? null : { bot: 'bot-a', status: 401 };
    const world = new World({ ...CALM, cloud: { strangers: step.foreign }, broken }, ApiError);
    const live = USERS.filter((_, at) => step.fates[at]!.live);
    world.set(
      'bot-a',
      live.map((spellings) => String(spellings.at(-1))),
    );
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    const made = world.context(run, yamlOf(step), stop.signal, () => 'go');
    const writePrivate = (_: string, pieces: Iterable<string>) => {
      state = [...pieces].join('');
    };
    const context = { ...made, files: { ...made.files, readIfThere: () => state, writePrivate } };
    const report = await world.clock.run(drift([], { ...OPTIONS, since: FILE }, context));
    writeRecords(report, { report: FILE }, { finished: 0, duration: 0 }, context.files, context.secrets);
    const [bot] = report.bots;
    const found = bot!.causes
      .filter(({ reason }) => reason === 'unblocked')
      .flatMap(({ numbers }) => [...(numbers.values as Float64Array)]);
    const surplus = step.fates.some(({ file, live }) => live && file !== 'declared' && file !== 'ignored');
    expect(report.outcome).toBe(!step.readable ? 'failed' : surplus || unblockedIn(bot!) > 0 ? 'changes' : 'in-sync');
    said.push(USERS.flatMap((spellings, at) => (spellings.some((number) => found.includes(number)) ? [at] : [])));
  }
  return said;
}

describe('drift over several runs', () => {
  const fate = fc.record<Fate>({
    file: fc.oneof(
      { weight: 6, arbitrary: fc.constant('declared' as const) },
      fc.constantFrom('expired', 'ignored', 'absent'),
    ),
    live: fc.boolean(),
  });
  const step = fc.record({
    fates: fc.array(fate, { minLength: USERS.length, maxLength: USERS.length }),
    readable: fc.nat(3).map((dice) => dice > 0),
    respelled: fc.boolean(),
    version: fc.constantFrom('v25.0', 'v26.0'),
  });

  test('reports exactly the missing users who were live in an earlier run and declared ever since as unblocked', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), fc.nat(2), async (steps, foreign) => {
        const history = steps.map((each) => ({ ...each, foreign }));
        const isUnblocked = (at: number, now: number) => {
          const { fates, readable } = history[now]!;
          if (!readable || fates[at]!.live || fates[at]!.file !== 'declared') return false;
          const declaredSince = (run: number) =>
            history.slice(run, now).every((each) => each.fates[at]!.file === 'declared');
          return history.slice(0, now).some((each, run) => each.readable && each.fates[at]!.live && declaredSince(run));
        };
        const right = history.map((_, now) => USERS.flatMap((__, at) => (isUnblocked(at, now) ? [at] : [])));
        expect(await play(history)).toEqual(right);
      }),
      { numRuns: 300 },
    );
  });

  const truth = fc.array(fc.constantFrom('listed', 'nameless', 'free'), { minLength: 4, maxLength: 4 });

  test('reports users as unblocked only if one was, although users become entries without a number', async () => {
    const steps = fc.array(fc.record({ truth, more: fc.nat(1) }), { minLength: 2, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(steps, async (drawn) => {
        // An entry without a number stays one until its user is unblocked.
        const truths: string[][] = [];
        for (const { truth } of drawn) {
          truths.push(
            truth.map((now, at) => (truths.at(-1)?.[at] === 'nameless' && now === 'listed' ? 'nameless' : now)),
          );
        }
        const history = truths.map((now, run): Step => {
          const strangers = drawn.slice(0, run + 1).reduce((sum, { more }) => sum + more, 0);
          return {
            fates: now.map((each) => ({ file: 'declared', live: each === 'listed' })),
            foreign: strangers + now.filter((each) => each === 'nameless').length,
            readable: true,
            respelled: false,
            version: 'v25.0',
          };
        });
        const said = await play(history);
        for (const [run, found] of said.entries()) {
          if (run === 0 || found.every((at) => said[run - 1]!.includes(at))) continue;
          const isFreed = (at: number) => truths[run - 1]![at] !== 'free' && truths[run]![at] === 'free';
          expect(
            USERS.some((_, at) => isFreed(at)),
            `run ${run} says ${found}`,
          ).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
