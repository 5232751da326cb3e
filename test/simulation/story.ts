import type { Report } from '../../src/model/report.ts';
import { Chain, chained } from './chain.ts';
import { seededRandom } from './clock.ts';
import { lookAtNothing, oneLook } from './looks.ts';
import { type Client, OPTIONS, promise } from './promises/promise.ts';
import { type End, oneRun } from './run.ts';
import { applySaved, type Saved, savePlan } from './saved.ts';
import {
  drawCloud,
  drawEvents,
  drawHabits,
  drawOperator,
  drawPages,
  drawPartner,
  drawSchedule,
  drawUsernames,
  poolOf,
  stormOf,
} from './script/draw.ts';
import { drawExpired, drawLists, drawMessages, drawRoom, usersIn } from './script/draw-lists.ts';
import { AT_EASE, type Desired, NO_LIMITS } from './script/files.ts';
import { drawRules, isNamed, Wishes } from './script/wishes.ts';
import type { Sent } from './server/wire.ts';
import { CALM, World } from './world.ts';

/** The result of a schedule: the same for the same seed. */
export interface Played {
  readonly sent: readonly Sent[];
  /** How each run ended. */
  readonly ends: readonly string[];
}

/**
 * Plays one schedule: random lists, files and rules, some runs of which some are killed or interrupted, and
 * commits and reverts between them, on a server with a random part of the faults. Then the faults end, and a
 * few more runs must make live equal to desired. Throws the first broken promise.
 */
export async function playSchedule(seed: number, client: Client): Promise<Played> {
  const random = seededRandom(seed);
  const upTo = (n: number) => Math.floor(random() * (n + 1));
  const chance = (p: number) => random() < p;
  const cloud = drawPages(seed, drawCloud(seed));
  const large = cloud !== null && seed % 10 === 0; // more than a batch
  const pool = poolOf(cloud, large);
  const someOf = (size: number) => {
    const rest = [...pool];
    return Array.from({ length: size }, () => rest.splice(upTo(rest.length - 1), 1)[0]!);
  };
  const storm = chance(0.15);
  const drawn = storm ? stormOf(seed) : drawSchedule(seed, random, upTo, chance, pool);
  const bots = chance(0.3) ? ['bot-a', '__proto__'] : ['bot-a'];
  const partner = drawPartner(seed, cloud, bots);
  const playedBy =
    storm && partner.cloud ? { ...partner, cloud: { ...partner.cloud, contact: 'all' as const } } : partner;
  const { rejected, faults, strict, ...lists } = drawLists(seed, pool, { cloud, storm });
  const refuses = { rejected: new Set([...drawn.rejected, ...rejected]), strict: drawn.strict || strict };
  const rates = new Map([...drawn.rates, ...faults]);
  // If no answer contains the listed number of a user, no client can know a number that no rule gives.
  const names = partner.api === 'kapso' && partner.cloud?.writeAnswer === 'success' ? { others: CALM.others } : {};
  const sizes = large ? [0, 100, 999, 1000, 1001, 1100] : [0, 1, 19, 20, 21, 45, 99, 100, 101, 200, 250];
  const size = () => sizes[upTo(sizes.length - 1)]!;
  const starts = bots.map((bot) => [bot, someOf(size())] as const);
  const room = storm ? {} : drawRoom(seed, playedBy, Math.max(...starts.map(([, numbers]) => usersIn(numbers))));
  const messages = cloud ? drawMessages(seed, pool) : CALM.messages;
  const played = { ...drawEvents(seed, bots), ...drawn, ...playedBy, ...lists, ...names, ...refuses, rates, messages };
  const world = new World({ ...played, cloud: playedBy.cloud && { ...playedBy.cloud, ...room } }, client.ApiError);
  for (const [bot, numbers] of starts) world.set(bot, numbers);

  const guarded = chance(0.2);
  const rules = drawRules(seed, pool, bots, { cloud: cloud !== null, storm });
  // One number that is always desired, as the guard refuses to empty a list.
  const anchor = pool.find((number) => !new Wishes('', [], rules, cloud !== null).ignores(number))!;
  const expiredBeside = drawExpired(seed, pool);
  const drawDesired = (): Desired => {
    const wishes = bots.map((bot) => {
      const numbers = someOf(Math.max(1, size())).filter((number) => !isNamed(number, rules));
      const wished = new Wishes(bot, numbers, rules, cloud !== null);
      const given = wished.wanted.size > 0 ? numbers : [...numbers, anchor];
      const expired = expiredBeside(given).filter((number) => !isNamed(number, rules));
      return [bot, { numbers: given, expired, wishes: new Wishes(bot, given, rules, cloud !== null) }] as const;
    });
    return { bots: new Map(wishes), rules };
  };
  const first = drawDesired();
  const second = drawDesired();
  const habits = drawHabits(seed);
  let run = 0;
  const operator = drawOperator(seed);
  const usernames = drawUsernames(seed, cloud !== null && !storm);
  /** Some users take a username, and others are unblocked by hand, as `drift --since` must tell. */
  const chain = new Chain();
  const vanish = async (desired: Desired) => {
    if (!usernames) return;
    await chained(world, client, run++, desired, chain);
    for (const bot of bots) {
      world.tookUsername(bot, pool.filter(usernames.takes));
      world.set(bot, world.list(bot).filter(usernames.stays));
    }
    await chained(world, client, run++, desired, chain);
  };
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
  let saved: Saved | null = null;
  for (const [desired, end] of unsettled) {
    if (cloud) for (const bot of bots) world.wrote(bot, someOf(upTo(pool.length)));
    await vanish(desired);
    if (chance(0.2)) await oneLook(world, client, run++, desired, AT_EASE, habits.look());
    const limits = () => (guarded ? habits.guard() : NO_LIMITS);
    const told = storm ? AT_EASE : { guard: limits(), wait: habits.wait(), addsOnly: habits.addsOnly() };
    const saves = !storm && operator.savesPlan();
    if (saves) saved = await savePlan(world, client, run++, desired, told);
    const nothing = operator.looksAtNothing();
    if (nothing) await lookAtNothing(world, client, run++, desired, nothing);
    const twoAtOnce = !storm && end === null && operator.together();
    const play = { desired, told, end, alone: !twoAtOnce };
    const other = { ...play, desired: desired === first ? second : first };
    const runs = saves && operator.reviews() ? [] : twoAtOnce ? [play, other] : [play];
    const [report] = await Promise.all(runs.map((each) => oneRun(world, client, run++, each)));
    if (habits.looksAgain() && !storm) await oneLook(world, client, run++, desired, AT_EASE, habits.look('drift'));
    // If adds may be pending, the guard refuses a change that leaves no number.
    const emptied =
      cloud !== null && report?.outcome === 'refused' && report.bots.some(({ guard }) => guard?.tripped === 'emptied');
    const done = report?.outcome === 'applied' || report?.outcome === 'in-sync' || emptied;
    const unlucky = isUnlucky(world.sent.filter((each) => each.run === run - 1));
    if (storm) promise(1, done || unlucky, `a storm ends in ${report?.outcome}`);
    if (!saved || !operator.appliesSaved()) continue;
    await world.clock.run(world.clock.sleep(operator.lies()));
    const atHand = filesAtHand(operator.atHand(), saved, first, second);
    const guard = operator.guardAtHand() ?? told.guard;
    const calm = { desired: atHand, told: { ...told, guard }, end: null, alone: true };
    if (atHand !== saved.desired && operator.appliesFiles()) await oneRun(world, client, run++, calm);
    for (let times = operator.again() ? 2 : 1; times > 0; times--) await applySaved(world, client, run++, saved, calm);
  }

  world.server.healed = true;
  let last: Report | null = null;
  for (let more = 0; more < (cloud ? 6 : 4) && last?.outcome !== 'in-sync'; more++) {
    await world.clock.run(world.clock.sleep(cloud ? 3_600_000 : 400_000)); // longer than the slowest cache
    // Every hour more users write, and in the third hour all others do.
    if (cloud) for (const bot of bots) world.wrote(bot, more < 2 ? someOf(upTo(pool.length)) : pool);
    await vanish(more % 2 === 0 ? first : second);
    last = await oneRun(world, client, run++, { desired: first, told: AT_EASE, end: null, alone: true });
  }
  checkEnd(world, first, last);
  return world;
}

/** Returns the current files when a saved plan is applied. */
function filesAtHand(
  which: ReturnType<ReturnType<typeof drawOperator>['atHand']>,
  { desired }: Saved,
  first: Desired,
  second: Desired,
): Desired {
  if (which === 'same') return desired;
  if (which !== 'without-a-bot') return which === 'first' ? first : second;
  return { ...desired, bots: new Map([...desired.bots].slice(0, 1)) };
}

/** Checks that live equals desired, as far as a server without faults allows. */
function checkEnd(world: World, { bots }: Desired, last: Report | null): void {
  const { sandbox } = world;
  const refused = new Set(Array.from(world.schedule.rejected, sandbox.nameOf));
  for (const [bot, { numbers, wishes }] of bots) {
    const live = world.list(bot);
    const hidden = world.hidden(bot);
    const names = numbers.filter((number) => wishes.adds(number)).map(sandbox.nameOf);
    const wanted = names.filter((name) => !refused.has(name));
    const emptied = wishes.empties(world.look(bot));
    const { capacity = Number.POSITIVE_INFINITY, strangers = 0 } = world.schedule.cloud ?? {};
    const isFull = live.length + strangers >= capacity;
    const missing = emptied || isFull ? [] : wanted.filter((name) => !live.includes(name));
    const reported = last && 'bots' in last ? last.bots.find(({ id }) => id === bot) : undefined;
    const verdict = reported && 'guard' in reported ? reported.guard?.tripped : undefined;
    promise(3, !emptied || verdict === 'emptied', `${bot} would be emptied, but the guard decides ${verdict}`);
    const withheld = reported && 'results' in reported ? reported.results.withheld : [];
    const stays = new Set([...names, ...withheld.map(({ number }) => String(number))]);
    const tooMany = emptied
      ? []
      : live.filter((number) => wishes.removes(number) && !stays.has(number) && !hidden.has(number));
    promise(
      1,
      missing.length + tooMany.length === 0,
      `${bot} ends with ${missing.length} missing and ${tooMany.length} too many`,
    );
  }
}

/**
 * Reports whether all attempts at one request failed. If 29 of 100 requests fail, that happens to one request in a
 * million.
 */
function isUnlucky(sent: readonly Sent[]): boolean {
  const failures = new Map<string, number>();
  return sent.some(({ bot, method, page, numbers, got, end }) => {
    const key = [bot, method, page, ...numbers].join(' ');
    const failed = method === 'GET' ? got === null : end === 'lost' || end === 'failed';
    const inRow = failed ? (failures.get(key) ?? 0) + 1 : 0;
    failures.set(key, inRow);
    return inRow > OPTIONS.retries;
  });
}
