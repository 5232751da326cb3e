import { setMaxListeners } from 'node:events';
import { Ansis } from 'ansis';
import type { apply } from '../../src/commands/apply/apply.ts';
import type { drift } from '../../src/commands/drift/drift.ts';
import type { plan } from '../../src/commands/plan/plan.ts';
import type { ApiError } from '../../src/model/errors.ts';
import { keptOf } from '../../src/model/plan.ts';
import { isComparison, notWritten, type Report } from '../../src/model/report.ts';
import { json } from '../../src/report/json/write.ts';
import { text } from '../../src/report/text.ts';
import { makeSanitizer } from '../../src/report/voice/index.ts';
import { type CloudOptions, waId } from '../../src/sandbox/whatsapp-cloud.ts';
import { seededRandom } from './clock.ts';
import { drawRules, isNamed, type Rules, Wishes } from './rules.ts';
import { FAULTS, type FaultKind, PHONES, type Schedule, type Sent, TOKEN, World } from './world.ts';

/** The program under test: the real one, or a mutant of it. */
export interface Client {
  readonly apply: typeof apply;
  readonly plan: typeof plan;
  readonly drift: typeof drift;
  /** Its own class: a bundled mutant knows no other. */
  readonly ApiError: typeof ApiError;
}

const OPTIONS = { bots: [], concurrency: 8, parallel: 4, rate: 20, timeout: 30_000, retries: 10, yes: true };

/**
 * One schedule: lists, files and rules of ownership at random, a few runs of which some are killed or interrupted, new commits and reverts
 * in between, all on a server with a random part of the faults. Then the faults end, and a few more runs must make live
 * equal to desired. Throws the first broken promise.
 */
export async function playSchedule(seed: number, client: Client): Promise<{ requests: number }> {
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
  const schedule = storm ? stormOf(seed) : drawSchedule(seed, random, upTo, chance, pool);
  const playedBy = { cloud: storm && cloud ? { ...cloud, contact: 'all' as const } : cloud };
  const world = new World({ ...schedule, ...playedBy }, client.ApiError);
  const bots = chance(0.3) ? ['bot-a', '__proto__'] : ['bot-a'];
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
  const unsettled: (readonly [Desired, End])[] = [];
  for (let run = 0; run < 1 + upTo(3); run++) {
    const end: End = storm
      ? null
      : chance(0.35)
        ? { kind: 'kill', at: 1 + upTo(25) }
        : chance(0.2)
          ? { kind: 'stop', at: 1 + upTo(25) }
          : null;
    unsettled.push([chance(0.7) ? first : second, end]); // another commit, and often the revert of it
  }
  let run = 0;
  for (const [desired, end] of unsettled) {
    if (cloud) for (const bot of bots) world.wrote(bot, someOf(upTo(pool.length)));
    if (chance(0.2)) await oneLook(world, client, run++, desired);
    const report = await oneRun(world, client, run++, desired, guarded && !storm, end);
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
    last = await oneRun(world, client, run++, first, false, null);
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
  return { requests: world.sent.length };
}

/** What the files say: of every bot its numbers, and what they and the rules come to. */
interface Desired {
  readonly bots: ReadonlyMap<string, { readonly numbers: readonly string[]; readonly wishes: Wishes }>;
  readonly rules: Rules;
}

type End = { readonly kind: 'kill' | 'stop'; readonly at: number } | null;

/** `plan` and `drift` see the same faults, and never write. */
async function oneLook(world: World, client: Client, run: number, desired: Desired): Promise<void> {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const look = run % 2 === 0 ? client.plan : client.drift;
  const context = world.context(run, yamlOf(desired, true, world), signal, () => 'go');
  const report = await world.clock.run<Report>(look([], { ...OPTIONS, settle: 300_000 }, context));
  const wrote = world.sent.some((each) => each.run === run && each.method !== 'GET');
  promise(6, !wrote, `${report.command} writes`);
}

async function oneRun(world: World, client: Client, run: number, desired: Desired, guarded: boolean, end: End) {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  let killed = () => {};
  const kill = new Promise<null>((resolve) => {
    killed = () => resolve(null);
  });
  const context = world.context(run, yamlOf(desired, guarded, world), stop.signal, (count) => {
    if (count !== end?.at) return 'go';
    if (end.kind === 'stop') stop.abort();
    else killed();
    return end.kind === 'kill' ? 'die' : 'go';
  });
  const before = new Map([...desired.bots.keys()].map((bot) => [bot, new Set(world.list(bot))] as const));
  // What a killed run had on its way may still come into effect.
  const quiet = !world.disturbed && world.inFlight === 0 && world.schedule.propagation === 0;
  const report = await world.clock.run(Promise.race([client.apply([], OPTIONS, context), kill]));
  const sent = world.sent.filter((each) => each.run === run);
  checkWire(sent, desired, world);
  for (const bot of desired.bots.keys()) {
    const peak = world.peaks.get(`${run} ${bot}`) ?? 0;
    promise(2, peak <= OPTIONS.concurrency, `${peak} requests in flight`);
  }
  if (!report) return null;
  if (end?.kind === 'stop' && stop.signal.aborted)
    promise(8, report.interrupted, 'the report does not say that it was interrupted');
  const still = quiet && !world.disturbed && world.schedule.intrusions.size === 0;
  checkReport(report, sent, desired, still ? before : null, world);
  return report;
}

/** What holds of the requests of every run, whatever became of it. */
function checkWire(sent: readonly Sent[], desired: Desired, world: World): void {
  const { cloud } = world.schedule;
  for (const [bot, { wishes }] of desired.bots) {
    const mine = sent.filter((each) => each.bot === bot);
    const tooSoon = mine.some(
      ({ at }, index) => at < (mine[index - OPTIONS.rate]?.at ?? Number.NEGATIVE_INFINITY) + 1000,
    );
    promise(2, !tooSoon, `more than ${OPTIONS.rate} requests in a second`);
    const posts = mine.filter(({ method }) => method === 'POST');
    const deletes = mine.filter(({ method }) => method === 'DELETE');
    for (const { method, numbers: batch } of [...posts, ...deletes]) {
      promise(2, batch.length >= 1 && batch.length <= (cloud ? 1000 : 20), `a ${method} of ${batch.length} numbers`);
      promise(2, new Set(batch).size === batch.length, `a ${method} with a number twice`);
      for (const number of batch) {
        promise(10, !wishes.ignores(number), `a ${method} of ${number}, which is ignored`);
        promise(11, method === 'POST' || !wishes.protects(number), `a ${method} of ${number}, which is protected`);
        promise(2, method === 'POST' ? wishes.adds(number) : wishes.removes(number), `a ${method} of ${number}`);
      }
    }
    if (deletes.length === 0) continue;
    const lastPost = posts.at(-1);
    promise(4, !lastPost || mine.lastIndexOf(lastPost) < mine.indexOf(deletes[0]!), 'a remove goes before an add');
    const undone = posts
      .flatMap(({ numbers: batch }) => batch)
      .filter((number) => !posts.some((post) => post.ok && post.numbers.includes(number)));
    promise(4, undone.length === 0, `removes go though ${undone.length} adds are not done`);
  }
}

/** What holds of every report; `before` are the true lists if nobody else wrote and no cache lagged. */
function checkReport(
  report: Report,
  sent: readonly Sent[],
  desired: Desired,
  before: ReadonlyMap<string, Set<string>> | null,
  world: World,
): void {
  let open = 0;
  const bots = isComparison(report) ? report.bots : [];
  for (const bot of bots.map((each) => ('results' in each ? each : notWritten(each)))) {
    const { applied, failed, unknown, skipped, pending, rejected } = bot.results;
    const planned = bot.add.size + bot.remove.size;
    const accounted = applied + failed + unknown + skipped + pending + rejected.length;
    promise(8, accounted === planned, `${accounted} of ${planned} numbers are accounted for`);
    const idle = world.schedule.cloud && !bot.error && !bot.guard?.tripped && !report.interrupted;
    if (idle && failed + unknown + rejected.length === 0)
      promise(8, skipped === 0, 'numbers are left though nothing failed');
    open += failed + unknown + skipped + rejected.length + (bot.error ? 1 : 0);
    const { wishes } = desired.bots.get(bot.id)!;
    const wanted = [...wishes.wanted];
    const wrote = sent.some(({ method, bot: to }) => to === bot.id && method !== 'GET');
    if (report.outcome === 'refused' && bot.guard?.tripped) promise(3, !wrote, 'a guarded bot was written');
    if (bot.error && planned === 0) promise(3, !wrote, 'a bot that could not be read was written');
    const live = before?.get(bot.id);
    if (!live || (bot.error && planned === 0)) continue;
    const expectAdd = wanted.filter((number) => !live.has(number) && wishes.adds(number)).length;
    const expectRemove = [...live].filter((number) => wishes.removes(number)).length;
    const staying = keptOf(bot.counts);
    promise(3, staying + bot.remove.size === live.size, `${staying} of ${live.size} live numbers stay`);
    const ignored = [...live].filter((number) => wishes.ignores(number)).length;
    promise(3, bot.counts.ignored === ignored, `says ${bot.counts.ignored} ignored, and right is ${ignored}`);
    promise(
      3,
      bot.add.size === expectAdd && bot.remove.size === expectRemove,
      `planned +${bot.add.size} -${bot.remove.size}, and right is +${expectAdd} -${expectRemove}`,
    );
    const emptied = bot.guard?.tripped === 'emptied';
    promise(3, emptied === wishes.empties([...live]), `the guard ${emptied ? 'says' : 'does not say'} emptied`);
    if (report.outcome === 'applied') {
      const now = world.list(bot.id);
      promise(
        1,
        wanted.filter((number) => !now.includes(number) && wishes.adds(number)).length === pending &&
          !now.some((number) => wishes.removes(number)),
        'says applied, and is not',
      );
    }
    const deletions = sent
      .filter(({ method, bot: to }) => to === bot.id && method === 'DELETE')
      .flatMap(({ numbers }) => numbers);
    promise(
      2,
      deletions.every((number) => live.has(number)),
      'removes a number that was not live',
    );
  }
  if (report.outcome === 'applied' || report.outcome === 'in-sync')
    promise(8, open === 0 || report.interrupted, `says ${report.outcome} with ${open} open`);
  const clean = makeSanitizer({ masked: true, secrets: new Set([TOKEN]) });
  const fingerprint = (isComparison(report) && report.fingerprint) || '';
  const said = [...json(report, { clean }), ...text(report, { clean, color: new Ansis(0), verbose: true })].join('');
  promise(7, !said.includes(TOKEN), 'the report holds the token');
  promise(
    7,
    !/\d{7}/.test(said.replaceAll(fingerprint, '').replaceAll(fingerprint.slice(0, 8), '')),
    'a masked report holds a number',
  );
}

function promise(number: number, kept: boolean, broken: string): void {
  if (!kept) throw new Error(`promise ${number} is broken: ${broken}`);
}

function yamlOf({ bots, rules }: Desired, guarded: boolean, { schedule }: World): string {
  const guard = guarded ? '' : 'guard: { percent: 100, floor: 100000 }, ';
  const phone = (bot: string) => (schedule.cloud ? `phoneNumberId: ${PHONES[bot]}, ` : '');
  const said = Array.from(
    bots,
    ([bot, { numbers, wishes }]) =>
      `  ${bot}: { ${phone(bot)}${guard}policy: ${wishes.policy}, numbers: [${numbers.join(', ')}] }\n`,
  );
  const where = schedule.cloud ? 'provider: whatsapp-cloud' : 'region: eu1';
  const ignore = [...rules.ignored, ...rules.prefixes.map((prefix) => `{ prefix: "+${prefix}" }`)].join(', ');
  const kept = rules.protected.map((number) => `{ number: ${number}, protected: true }`).join(', ');
  return `version: 1
defaults: { ${where}, tokenEnv: TOKEN${ignore && `, ignore: [${ignore}]`} }
${kept && `lists: { kept: { numbers: [${kept}] } }\n`}bots:
${said.join('')}`;
}

/** Every other schedule, about, is played by the second provider: drawn apart, so that the first one's stay as they are. */
function drawCloud(seed: number): CloudOptions | null {
  const random = seededRandom(seed ^ 0x2c1b3c6d);
  if (random() < 0.5) return null;
  return {
    mixedStatus: random() < 0.5 ? 200 : 400,
    listShape: random() < 0.5 ? 'flat' : 'nested',
    contact: random() < 0.3 ? 'all' : 'none',
    strangers: random() < 0.3 ? 3 : 0,
    ...(random() < 0.2 && { usage: Math.floor(random() * 110) }),
  };
}

/** Numbers to draw from: for the second provider some of countries with two spellings. */
function poolOf(cloud: CloudOptions | null, large: boolean): readonly string[] {
  const row = (count: number, first: number) => Array.from({ length: count }, (_, index) => String(first + index));
  if (!cloud) return row(260, 12_015_550_100);
  const brazil = [...row(20, 551_155_550_100), ...row(20, 5_531_955_550_100)];
  return [
    ...row(large ? 1100 : 180, 12_015_550_100),
    ...row(20, 525_555_500_100),
    ...row(20, 5_491_155_550_100),
    ...brazil,
  ];
}

/** What ten retries must get through: 29 requests of 100 fail. */
function stormOf(seed: number): Schedule {
  const rates = { '503': 0.08, '500': 0.05, reset: 0.05, 'reset-after': 0.05, '429': 0.03, truncated: 0.03 } as const;
  const calm = {
    outages: [],
    propagation: 0,
    strict: false,
    pastEnd: 'empty',
    listWithoutPlus: false,
    pageSize: 100,
  } as const;
  const none = new Set<never>();
  const entries = Object.entries(rates) as [FaultKind, number][];
  return {
    seed,
    cloud: null,
    rates: new Map(entries),
    ...calm,
    intrusions: none,
    rejected: none,
    cap: Number.POSITIVE_INFINITY,
  };
}

function drawSchedule(
  seed: number,
  random: () => number,
  upTo: (n: number) => number,
  chance: (p: number) => boolean,
  pool: readonly string[],
): Schedule {
  const rates = new Map<FaultKind, number>();
  for (const kind of FAULTS) if (chance(0.25)) rates.set(kind, random() * 0.12);
  const outages = chance(0.15) ? [[upTo(5_000), 5_000 + upTo(240_000)] as const] : [];
  const intrusions = new Set(chance(0.2) ? Array.from({ length: 1 + upTo(3) }, () => 1 + upTo(60)) : []);
  return {
    seed,
    cloud: null,
    rates,
    outages,
    intrusions,
    propagation: chance(0.2) ? upTo(290_000) : 0,
    strict: chance(0.15),
    pastEnd: chance(0.3) ? '400' : 'empty',
    listWithoutPlus: chance(0.3),
    pageSize: [100, 100, 50, 10][upTo(3)]!,
    rejected: new Set(chance(0.15) ? [pool[upTo(pool.length - 1)]!] : []),
    cap: chance(0.2) ? 5 + upTo(20) : Number.POSITIVE_INFINITY,
  };
}
