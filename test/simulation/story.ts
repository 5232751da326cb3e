import { setMaxListeners } from 'node:events';
import type { Report } from '../../src/model/report.ts';
import { waId } from '../../src/sandbox/whatsapp-cloud.ts';
import { seededRandom } from './clock.ts';
import { oneLook } from './looks.ts';
import { type Client, OPTIONS, promise } from './promises/promise.ts';
import { checkReport, checkShown } from './promises/report.ts';
import { checkWire } from './promises/wire.ts';
import { drawCloud, drawEvents, drawHabits, drawSchedule, poolOf, stormOf } from './script/draw.ts';
import { type Desired, type Told, yamlOf } from './script/files.ts';
import { drawRules, isNamed, Wishes } from './script/wishes.ts';
import type { Sent } from './server/wire.ts';
import { World } from './world.ts';

/** What a schedule came to: the same for the same seed. */
export interface Played {
  readonly sent: readonly Sent[];
  /** How each run ended. */
  readonly ends: readonly string[];
}

/**
 * One schedule: lists, files and rules of ownership at random, a few runs of which some are killed or interrupted, new commits and reverts
 * in between, all on a server with a random part of the faults. Then the faults end, and a few more runs must make live
 * equal to desired. Throws the first broken promise.
 */
export async function playSchedule(seed: number, client: Client): Promise<Played> {
  const random = seededRandom(seed);
  const upTo = (n: number) => Math.floor(random() * (n + 1));
  const chance = (p: number) => random() < p;
  const cloud = drawCloud(seed);
  const large = cloud !== null && seed % 10 === 0; // more than a batch
  const pool = poolOf(cloud, large);
  const someOf = (size: number) => {
    const rest = [...pool];
    return Array.from({ length: size }, () => rest.splice(upTo(rest.length - 1), 1)[0]!);
  };
  const storm = chance(0.15);
  const drawn = storm ? stormOf(seed) : drawSchedule(seed, random, upTo, chance, pool);
  const playedBy = { cloud: storm && cloud ? { ...cloud, contact: 'all' as const } : cloud };
  const bots = chance(0.3) ? ['bot-a', '__proto__'] : ['bot-a'];
  const schedule = { ...drawEvents(seed, bots), ...drawn, ...playedBy };
  const world = new World(schedule, client.ApiError);
  const sizes = large ? [0, 100, 999, 1000, 1001, 1100] : [0, 1, 19, 20, 21, 45, 99, 100, 101, 200, 250];
  const size = () => sizes[upTo(sizes.length - 1)]!;
  for (const bot of bots) world.set(bot, someOf(size()));

  const guarded = chance(0.2);
  const rules = drawRules(seed, pool, bots, { cloud: cloud !== null, storm });
  // One that is certainly desired: nobody may empty a list.
  const anchor = pool.find((number) => !new Wishes('', [], rules, cloud !== null).ignores(number))!;
  const drawDesired = (): Desired => {
    const wishes = bots.map((bot) => {
      const numbers = someOf(Math.max(1, size())).filter((number) => !isNamed(number, rules));
      const wished = new Wishes(bot, numbers, rules, cloud !== null);
      const given = wished.wanted.size > 0 ? numbers : [...numbers, anchor];
      return [bot, { numbers: given, wishes: new Wishes(bot, given, rules, cloud !== null) }] as const;
    });
    return { bots: new Map(wishes), rules };
  };
  const first = drawDesired();
  const second = drawDesired();
  const habits = drawHabits(seed);
  const unsettled: (readonly [Desired, End])[] = [];
  for (let run = 0; run < 1 + upTo(3); run++) {
    const end: End = storm
      ? null
      : chance(0.35)
        ? { kind: 'kill', at: 1 + upTo(25) }
        : chance(0.2)
          ? { kind: habits.hangs() ? 'stop-hanging' : 'stop', at: 1 + upTo(25) }
          : null;
    unsettled.push([chance(0.7) ? first : second, end]); // another commit, and often the revert of it
  }
  let run = 0;
  for (const [desired, end] of unsettled) {
    if (cloud) for (const bot of bots) world.wrote(bot, someOf(upTo(pool.length)));
    if (chance(0.2)) await oneLook(world, client, run++, desired, AT_EASE, habits.look());
    const told = storm ? AT_EASE : { guard: guarded ? habits.guard() : NO_LIMITS, wait: habits.wait() };
    const report = await oneRun(world, client, run++, desired, told, end);
    if (habits.looksAgain() && !storm) await oneLook(world, client, run++, desired, AT_EASE, habits.look('drift'));
    // Where adds may wait, a list of which no number would stay is refused.
    const emptied =
      cloud !== null && report?.outcome === 'refused' && report.bots.some(({ guard }) => guard?.tripped === 'emptied');
    const done = report?.outcome === 'applied' || report?.outcome === 'in-sync' || emptied;
    if (storm) promise(1, done, `a storm ends in ${report?.outcome}`);
  }

  world.healed = true;
  let last: Report | null = null;
  for (let more = 0; more < (cloud ? 6 : 4) && last?.outcome !== 'in-sync'; more++) {
    await world.clock.run(world.clock.sleep(cloud ? 3_600_000 : 400_000)); // longer than the slowest cache
    // Every hour more users write, and in the third one whoever has not yet.
    if (cloud) for (const bot of bots) world.wrote(bot, more < 2 ? someOf(upTo(pool.length)) : pool);
    last = await oneRun(world, client, run++, first, AT_EASE, null);
  }
  for (const [bot, { numbers, wishes }] of first.bots) {
    const live = world.list(bot);
    const due = numbers.filter((number) => wishes.adds(number));
    const wanted = due.filter((number) => !world.schedule.rejected.has(number));
    const emptied = wishes.empties(live);
    const isLive = (number: string) => live.includes(world.schedule.cloud ? waId(number) : number);
    const missing = emptied ? [] : wanted.filter((number) => !isLive(number));
    const verdict = last?.bots.find(({ id }) => id === bot)?.guard?.tripped;
    promise(3, !emptied || verdict === 'emptied', `${bot} would be emptied, and the guard says ${verdict}`);
    // Removes wait while an add is not done: with a number that is never taken, they wait for ever.
    const refusedForEver = wanted.length < due.length || emptied;
    const tooMany = refusedForEver ? [] : live.filter((number) => wishes.removes(number));
    promise(1, missing.length + tooMany.length === 0, `${bot} ends ${missing.length} short and ${tooMany.length} over`);
  }
  return world;
}

/** `stop-hanging`: no request in flight is answered any more. */
type End = { readonly kind: 'kill' | 'stop' | 'stop-hanging'; readonly at: number } | null;

const NO_LIMITS = { percent: 100, floor: 100_000 };
const AT_EASE: Told = { guard: NO_LIMITS, wait: undefined };
/** What requests in flight get after Ctrl-C, in milliseconds. */
const GRACE = 10_000;

function isSame(list: readonly string[], other: readonly string[]): boolean {
  return list.length === other.length && new Set([...list, ...other]).size === list.length;
}

async function oneRun(world: World, client: Client, run: number, desired: Desired, told: Told, end: End) {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  let stoppedAt = Number.POSITIVE_INFINITY;
  let killed = () => {};
  const kill = new Promise<null>((resolve) => {
    killed = () => resolve(null);
  });
  const context = world.context(run, yamlOf(desired, told, world), stop.signal, (count) => {
    if (count !== end?.at) return 'go';
    if (end.kind === 'kill') {
      killed();
      return 'die';
    }
    stoppedAt = world.clock.now();
    stop.abort();
    if (end.kind === 'stop-hanging') world.hang(run);
    void world.clock.sleep(GRACE).then(() => world.cut(run));
    return 'go';
  });
  const before = world.lists();
  const undisturbed = world.isUndisturbed();
  const lags = [...before].some(([bot, list]) => !isSame(list, world.shown(bot)));
  const report = await world.clock.run(
    Promise.race([client.apply([], { ...OPTIONS, wait: told.wait }, context), kill]),
  );
  const sent = world.sent.filter((each) => each.run === run);
  checkWire(sent, desired, world);
  for (const bot of desired.bots.keys()) {
    const peak = world.peaks.get(`${run} ${bot}`) ?? 0;
    promise(2, peak <= OPTIONS.concurrency, `${peak} requests in flight`);
  }
  world.ends.push(`${run} at ${world.clock.now()}: ${JSON.stringify(report?.outcome)}`);
  if (!report) return null;
  if (stop.signal.aborted) {
    promise(8, report.interrupted, 'the report does not say that it was interrupted');
    promise(
      8,
      sent.every(({ at }) => at <= stoppedAt),
      'a request is sent after Ctrl-C',
    );
    const took = world.clock.now() - stoppedAt;
    promise(8, took <= GRACE + 1000, `ends ${took} ms after Ctrl-C`);
  }
  const known = undisturbed && !world.disturbed;
  if (known && !lags && told.wait !== undefined && report.outcome === 'applied' && !report.interrupted)
    checkShown(report, desired, world);
  checkReport(report, sent, desired, known && world.schedule.propagation === 0 ? before : null, world, told);
  return report;
}
