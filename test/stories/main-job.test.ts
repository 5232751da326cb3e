/** The main job: for any two lists, apply makes the live list equal to the desired one, with the fewest requests. */
import { expect, test } from 'vitest';
import { type Api, makeDesired, makeGate, reportOf, results, run, type Seen, startApi, us } from './harness.ts';

const SMALL = [0, 1, 19, 20, 21, 99, 100, 101, 200];
const LARGE = [1999, 10_000];
/** The sizes that a list of 10,000 is paired with. There are few, as each pair costs about 500 writes. */
const WITH_LARGEST = [0, 20, 101, ...LARGE];
const CONCURRENCY = 8;

interface Pair {
  readonly id: string;
  readonly live: readonly string[];
  readonly desired: readonly string[];
  readonly add: number;
  readonly remove: number;
}

/** The last `common` numbers of the live list are the first of the desired one. */
function makePair(liveSize: number, desiredSize: number, common: number): Pair {
  const live = us(liveSize);
  return {
    id: `live-${liveSize}-desired-${desiredSize}-common-${common}`,
    live: shuffled(live),
    desired: shuffled(us(desiredSize, liveSize - common)),
    add: desiredSize - common,
    remove: liveSize - common,
  };
}

/** Shuffles, because the API promises no order. The shuffle is the same in each run. */
function shuffled(numbers: readonly string[]): string[] {
  const result = [...numbers];
  let seed = 7;
  for (let at = result.length - 1; at > 0; at--) {
    seed = (seed * 48_271) % 2_147_483_647;
    const other = seed % (at + 1);
    [result[at], result[other]] = [result[other]!, result[at]!];
  }
  return result;
}

/** The sizes of the common part: nothing, half of the shorter list, all of it. */
function overlaps(a: number, b: number): number[] {
  const most = Math.min(a, b);
  return [...new Set([0, most >> 1, most])];
}

const smallPairs = SMALL.flatMap((live) =>
  SMALL.flatMap((desired) => overlaps(live, desired).map((common) => makePair(live, desired, common))),
);
const largePairs = [
  ...[...SMALL, 1999].flatMap((size) => [[size, 1999] as const, [1999, size] as const]),
  ...WITH_LARGEST.flatMap((size) => [[size, 10_000] as const, [10_000, size] as const]),
]
  .map(([live, desired]) => makePair(live, desired, Math.min(live, desired) >> 1))
  .filter(({ id }, index, all) => all.findIndex((other) => other.id === id) === index);

/** Each pair is used with both spellings of numbers and both ends of a list. */
const VARIANTS = [
  { listWithoutPlus: false, pastEnd: 'empty', turn: 0 },
  { listWithoutPlus: true, pastEnd: '400', turn: 0 },
  { listWithoutPlus: false, pastEnd: '400', turn: 1 },
  { listWithoutPlus: true, pastEnd: 'empty', turn: 1 },
] as const;

/** Answers simultaneous requests in reverse order, because no order may matter. */
function lastFirst(): () => Promise<'pass'> {
  const waiting: (() => void)[] = [];
  return () =>
    new Promise((resolve) => {
      waiting.push(() => resolve('pass'));
      setImmediate(() => waiting.pop()?.());
    });
}

/** The promised requests of one bot in one apply. */
function promised({ id, live, desired, add, remove }: Pair) {
  return {
    id,
    list: desired.toSorted(),
    adds: Math.ceil(add / 20),
    removes: Math.ceil(remove / 20),
    oddSizes: [] as number[],
    addsFirst: true,
    sent: add + remove,
    sentTwice: 0,
    planReads: { atLeast: Math.ceil(live.length / 100) + 1, few: true },
    inFlight: 'at most 8',
  };
}

function happened(pair: Pair, api: Api): ReturnType<typeof promised> {
  const { id, live } = pair;
  const all = api.seen.filter(({ bot }) => bot === id);
  const writes = api.writes(id);
  const methods = writes.map(({ method }) => method);
  const sent = writes.flatMap(({ numbers }) => numbers);
  // Every bot is read before the first write, so all requests before it belong to the plan.
  const firstWrite = api.seen.findIndex(({ method }) => method !== 'GET');
  const planned = firstWrite < 0 ? all : api.seen.slice(0, firstWrite).filter(({ bot }) => bot === id);
  const needed = Math.ceil(live.length / 100) + 1;
  return {
    id,
    list: api.list(id),
    adds: methods.filter((method) => method === 'POST').length,
    removes: methods.filter((method) => method === 'DELETE').length,
    oddSizes: writes.map(({ numbers }) => numbers.length).filter((size) => size < 1 || size > 20),
    addsFirst: methods.lastIndexOf('POST') < (methods.indexOf('DELETE') + 1 || Number.POSITIVE_INFINITY),
    sent: sent.length,
    sentTwice: sent.length - new Set(sent).size,
    planReads: {
      atLeast: Math.min(needed, planned.length),
      few: planned.length <= needed + CONCURRENCY - 1 && new Set(planned.map(pageOf)).size === planned.length,
    },
    inFlight: api.peak(id) <= CONCURRENCY ? 'at most 8' : `${api.peak(id)}`,
  };
}

const pageOf = ({ page }: Seen): number => page;

/** Plans, approves, applies and plans again all pairs, each as a bot of one desired state. */
async function converge(pairs: readonly Pair[], api: Api): Promise<void> {
  for (const { id, live } of pairs) api.sandbox.set(id, live);
  const cwd = makeDesired(Object.fromEntries(pairs.map(({ id, desired }) => [id, desired])));
  const common = ['--base-url', api.url, '--rate', '0', '--format', 'json', '--quiet'];

  const planned = reportOf(await run(['plan', ...common], { cwd }));
  expect(api.writes()).toHaveLength(0);
  api.forget();

  const guarded = planned.bots.some(({ guard }) => guard.tripped);
  const approval = guarded ? ['--approve', planned.fingerprint!] : [];
  const applied = await run(['apply', '--yes', ...approval, ...common], { cwd });
  const report = reportOf(applied);
  for (const pair of pairs) expect(happened(pair, api)).toEqual(promised(pair));
  const changes = pairs.some(({ add, remove }) => add + remove > 0);
  expect(report).toMatchObject({
    outcome: changes ? 'applied' : 'in-sync',
    summary: { requests: { read: api.reads().length, write: api.writes().length } },
  });
  expect(applied.code).toBe(0);
  const ledger = new Map(report.bots.map((bot) => [bot.id, bot]));
  for (const { id, add, remove } of pairs) {
    const { add: adds, remove: removes, results: ends, notVisible } = ledger.get(id)!;
    expect({ id, adds: adds.length, removes: removes.length, ...ends, notVisible }).toEqual({
      id,
      adds: add,
      removes: remove,
      ...results({ applied: add + remove, added: add, removed: remove }),
      notVisible: add + remove > 0 ? 0 : null,
    });
  }
  api.forget();

  const again = await run(['plan', '--detailed-exitcode', ...common], { cwd });
  expect(reportOf(again)).toMatchObject({ outcome: 'in-sync', summary: { add: 0, remove: 0 } });
  expect(again.code).toBe(0);
  expect(api.writes()).toHaveLength(0);
}

test.each(VARIANTS)(
  'apply converges lists of every length, as bots of one run: %o',
  { timeout: 180_000 },
  async (variant) => {
    const short = smallPairs.filter((_, index) => index % 2 === variant.turn);
    const long = largePairs.filter((_, index) => index % VARIANTS.length === VARIANTS.indexOf(variant));
    const half = (odd: number) => [...short, ...long].filter((_, index) => index % 2 === odd);
    for (const pairs of [half(0), half(1)]) await converge(pairs, await startApi({ ...variant, fault: lastFirst() }));
  },
);

test.each([
  [0, 0, 0],
  [0, 21, 0],
  [21, 0, 0],
  [99, 101, 99],
  [100, 100, 100],
  [101, 100, 99],
  [200, 1, 1],
  [1999, 200, 100],
])('apply converges one bot: %i live, %i desired, %i in both', async (live, desired, common) => {
  await converge([makePair(live, desired, common)], await startApi());
});

test('apply keeps eight reads or writes in flight', async () => {
  // No request is answered before eight are waiting: fewer would never end, and a ninth would be counted.
  const held: Record<string, number> = { GET: 24, POST: 100 }; // pages 0 to 23 are requested before page 20 shows the end
  let waiting: (() => void)[] = [];
  const api = await startApi({
    fault: ({ method }) => {
      if (!held[method]) return 'pass';
      held[method]--;
      const gate = makeGate();
      waiting.push(gate.open);
      if (waiting.length === CONCURRENCY || held[method] === 0) {
        for (const open of waiting) open();
        waiting = [];
      }
      return gate.opened.then(() => 'pass' as const);
    },
  });
  api.sandbox.set('bot', us(2000));
  const cwd = makeDesired({ bot: us(4000) });
  const { code } = await run(['apply', '--yes', '--rate', '0', '--base-url', api.url], { cwd });
  expect(code).toBe(0);
  expect(api.peak('bot')).toBe(CONCURRENCY);
  expect(api.writes('bot')).toHaveLength(100);
  expect(api.list('bot')).toEqual(us(4000).sort());
});
