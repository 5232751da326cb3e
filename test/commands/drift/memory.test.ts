import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { writeRecords } from '../../../src/cli/output/records.ts';
import { drift } from '../../../src/commands/drift/drift.ts';
import { agreed, NOTHING_REMEMBERED, recall, reveal, type Seen } from '../../../src/commands/drift/memory.ts';
import type { Ignored } from '../../../src/model/bot.ts';
import type { Cause, NumberList } from '../../../src/model/compared.ts';
import { ApiError } from '../../../src/model/errors.ts';
import { NumberSet } from '../../../src/numbers/number-set.ts';
import { whatsAppUserOf, withPairs } from '../../../src/numbers/same-user.ts';
import * as fc from '../../fast-check.ts';
import { CALM, World } from '../../simulation/world.ts';

const [A, B] = [12_015_550_100, 12_015_550_101];
const [MEXICO, LISTED] = [525_555_500_100, 5_215_555_500_100]; // one user
const set = (...numbers: number[]) => NumberSet.of(numbers);
const none = NumberSet.empty;
const NO_IDS = { numbers: [], ids: [] };
const NOTHING = { ...NOTHING_REMEMBERED, add: none };
/** A list with these numbers, without ids. */
const seen = (live: NumberSet, rest: Partial<Seen> = {}): Seen => {
  return { live, foreign: 0, notVisible: none, userIds: NO_IDS, ...rest };
};
const idsOf = (...pairs: [number, string][]) => ({
  numbers: pairs.map(([number]) => number),
  ids: pairs.map(([, id]) => id),
});
const NO_RULES: Ignored = { numbers: none, prefixes: [] };

/** Runs `recall` for a bot with these numbers. Returns its unblocked and its remembered numbers. */
function recalled(
  declared: NumberSet,
  earlier: Partial<Parameters<typeof recall>[1]>,
  now: Partial<NonNullable<Parameters<typeof recall>[2]>> | null,
  ignored = NO_RULES,
) {
  const look = now && { ...seen(none), add: declared, ...now };
  const past = { ...NOTHING, ...earlier };
  const { unblocked, notVisible, memory } = recall({ numbers: declared, ignored }, past, look, whatsAppUserOf);
  const { userIds, ...rest } = memory;
  return { unblocked: [...unblocked], notVisible: [...notVisible], ...rest, wasLive: [...memory.wasLive], userIds };
}

const WAS_LIVE = { wasLive: set(A) };

describe('a user with two names', () => {
  const [D, L] = [12_015_550_123, 12_015_550_999];
  const paired = withPairs(whatsAppUserOf, [[D, L]]);
  const bot = (...numbers: number[]) => ({ numbers: set(...numbers), ignored: { numbers: none, prefixes: [] } });

  test.each([
    ['live by the number', D, D, L],
    ['live by the waId', L, D, L],
    ['declared by the waId before', L, L, D],
  ])('is remembered if the entry takes the other one: %s', (_, live, before, after) => {
    const look = { ...seen(set(live)), add: none };
    const { memory } = recall(bot(before), NOTHING, look, paired);
    const unread = recall(bot(before), { ...memory, add: none }, null, paired);
    const gone = { ...seen(none), add: set(after) };
    const { unblocked } = recall(bot(after), { ...unread.memory, add: none }, gone, whatsAppUserOf);
    expect([...unblocked]).toEqual([after]);
  });

  test('counts once', () => {
    const earlier = { ...NOTHING, wasLive: set(D, L) };
    const look = { ...seen(none, { foreign: 1 }), add: set(D) };
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
    expect(recalled(set(A, B), earlier, { foreign })).toMatchObject({ unblocked, wasLive, foreign });
  });

  test('keeps the count of entries without a number while the list cannot be read', () => {
    expect(recalled(set(A), { ...WAS_LIVE, foreign: 4 }, null).foreign).toBe(4);
  });
});

test('agreed keeps numbers that are missing in both reads, and entries without a number that are in both', () => {
  const both = agreed(seen(set(A), { foreign: 2 }), seen(set(B), { foreign: 1 }));
  expect({ live: [...both.live], foreign: both.foreign }).toEqual({ live: [A, B], foreign: 1 });
});

test('agreed keeps users who are not visible in either read, without those whom the other read shows', () => {
  const [one, two] = [seen(set(A, B), { notVisible: set(A, B) }), seen(set(A))];
  expect([...agreed(one, two).notVisible]).toEqual([B]);
  expect([...agreed(two, one).notVisible]).toEqual([B]);
});

describe('reveal', () => {
  const list = (live: NumberSet, hidden: string[], foreign = hidden.length) => {
    return { numbers: live, foreign, users: { known: NO_IDS, hidden: new Set(hidden) }, warnings: [] };
  };
  test.each([
    ['the id is listed without a number', list(none, ['x']), [A], 0],
    ['the id is gone', list(none, ['y']), [], 1],
    ['the number is listed, and the id belongs to another user now', list(set(A), ['x']), [], 1],
    ['the API gives no ids', { numbers: none, foreign: 2, warnings: [] }, [], 2],
  ] as const)('decides whether a known number is live but not visible: %s', (_, given, notVisible, foreign) => {
    const found = reveal(idsOf([A, 'x']), given);
    expect([...found.notVisible]).toEqual(notVisible);
    expect(found).toMatchObject({ foreign });
    expect([...found.live]).toEqual([...given.numbers.or(found.notVisible)]);
  });
});

describe('the ids that recall remembers', () => {
  const X: [number, string] = [A, 'x'];
  const known = { ...WAS_LIVE, userIds: idsOf(X) };
  test.each([
    ['of each number in the list, declared or not', none, {}, { userIds: idsOf([B, 'y'], X) }, [X, [B, 'y']]],
    ['of a user who is not visible', none, known, { live: set(A), notVisible: set(A) }, [X]],
    ['of a declared user who is unblocked, as they may be blocked again', set(A), known, {}, [X]],
    ['not of a user who is neither declared nor blocked', none, known, {}, []],
    ['of all users if the list cannot be read', none, known, null, [X]],
    ['of the user who has the number now', set(A), known, { userIds: idsOf([A, 'z']) }, [[A, 'z']]],
    ['by the number that the user has now', set(A), known, { userIds: idsOf([B, 'x']) }, [[B, 'x']]],
    [
      'by the number in the list, if the files spell it in another way',
      set(MEXICO),
      { wasLive: set(MEXICO), userIds: idsOf([LISTED, 'x']) },
      {},
      [[LISTED, 'x']],
    ],
  ] as const)('are those %s', (_, declared, earlier, now, ids) => {
    expect(recalled(declared, earlier, now).userIds).toEqual(idsOf(...(ids as unknown as [number, string][])));
  });

  test.each([
    ['gone', { foreign: 5 }, [A], []],
    ['listed without a number', { foreign: 5, live: set(A), notVisible: set(A), add: none }, [], [A]],
  ])('decide alone, whatever other entries the list gained: the id is %s', (_, now, unblocked, notVisible) => {
    expect(recalled(set(A), known, now)).toMatchObject({ unblocked, notVisible, wasLive: [A] });
  });

  test('excuse a missing user without one, and no other', () => {
    const earlier = { wasLive: set(A, B), userIds: idsOf(X) };
    expect(recalled(set(A, B), earlier, { foreign: 1 })).toMatchObject({ unblocked: [A], wasLive: [A] });
  });
});

/** One user in one run: whether the files declare the user, and how the list contains them. */
interface Fate {
  readonly file: 'declared' | 'expired' | 'ignored' | 'absent';
  readonly live: 'with a number' | 'without a number' | 'no';
}

interface Step {
  readonly fates: readonly Fate[];
  /** The users whom no run has seen with a number. */
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

/** The users, by their index, whom a run reports in each way. */
interface Said {
  readonly unblocked: readonly number[];
  /** Declared and not visible. */
  readonly hidden: readonly number[];
  /** Undeclared and not visible. */
  readonly blocked: readonly number[];
}

/** Runs `drift` for each step, each with the report of the run before. */
async function play(history: readonly Step[]): Promise<readonly (Said & { outcome: string })[]> {
  let state: string | null = null;
  const said: (Said & { outcome: string })[] = [];
  for (const [run, step] of history.entries()) {
    const broken = step.readable ? null : { bot: 'bot-a', status: 401 };
    const world = new World({ ...CALM, cloud: { strangers: step.foreign }, broken }, ApiError);
    const listed = (...how: Fate['live'][]) =>
      USERS.flatMap((spellings, at) => (how.includes(step.fates[at]!.live) ? String(spellings.at(-1)) : []));
    world.set('bot-a', listed('with a number', 'without a number'));
    world.sandbox.tookUsername(world.nameOf('bot-a'), listed('without a number'));
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
    const usersOf = (lists: readonly NumberList[]) => {
      const found = lists.flatMap(({ values }) => Array.from(values));
      return USERS.flatMap((spellings, at) => (spellings.some((number) => found.includes(number)) ? [at] : []));
    };
    const causedBy = (reason: Cause['reason']) =>
      usersOf(bot!.causes.filter((cause) => cause.reason === reason).map(({ numbers }) => numbers));
    const [unblocked, blocked] = [causedBy('unblocked'), causedBy('blocked')];
    said.push({ unblocked, hidden: usersOf(bot!.hidden ? [bot!.hidden] : []), blocked, outcome: report.outcome });
  }
  return said;
}

/** What each run must report, user by user. */
function rightOf(history: readonly Step[]): readonly (Said & { outcome: string })[] {
  const known = USERS.map(() => ({ wasLive: false, hasId: false }));
  return history.map(({ fates, readable }) => {
    const said = { unblocked: [] as number[], hidden: [] as number[], blocked: [] as number[] };
    let surplus = 0;
    for (const [at, { file, live }] of fates.entries()) {
      const { wasLive, hasId } = known[at]!;
      const isDeclared = file === 'declared';
      if (!readable) {
        known[at] = { wasLive: wasLive && isDeclared, hasId };
        continue;
      }
      const isHidden = live === 'without a number' && hasId;
      const isLive = live === 'with a number' || isHidden;
      if (isDeclared && wasLive && !isLive) said.unblocked.push(at);
      if (isDeclared && isHidden) said.hidden.push(at);
      if (!isDeclared && file !== 'ignored' && isHidden) said.blocked.push(at);
      if (!isDeclared && file !== 'ignored' && isLive) surplus++;
      const stays = isDeclared && (wasLive || isLive);
      known[at] = { wasLive: stays, hasId: live === 'with a number' || (hasId && (isHidden || stays)) };
    }
    const changes = surplus + said.unblocked.length > 0 ? 'changes' : 'in-sync';
    return { ...said, outcome: readable ? changes : 'failed' };
  });
}

describe('drift over several runs', () => {
  const history = (...live: Fate['live'][]) => {
    const fate = fc.record<Fate>({
      file: fc.oneof(
        { weight: 6, arbitrary: fc.constant('declared' as const) },
        fc.constantFrom('expired', 'ignored', 'absent'),
      ),
      live: fc.constantFrom(...live),
    });
    const step = fc.record({
      fates: fc.array(fate, { minLength: USERS.length, maxLength: USERS.length }),
      foreign: fc.nat(2),
      readable: fc.nat(3).map((dice) => dice > 0),
      respelled: fc.boolean(),
      version: fc.constantFrom('v25.0', 'v26.0'),
    });
    return fc.array(step, { minLength: 2, maxLength: 6 });
  };
  const check = async (steps: readonly Step[]) => {
    expect(await play(steps)).toEqual(rightOf(steps));
  };

  test('reports exactly the missing users who were live in an earlier run and declared ever since as unblocked', async () => {
    const steps = history('with a number', 'no');
    await fc.assert(fc.asyncProperty(steps, check), { numRuns: 300 });
  });

  test('reports users as unblocked only if one was, although users become entries without a number', async () => {
    const steps = history('with a number', 'without a number', 'no');
    await fc.assert(fc.asyncProperty(steps, check), { numRuns: 600 });
  });
});
