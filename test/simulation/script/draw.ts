import type { GuardLimits } from '../../../src/model/bot.ts';
import type { PartnerOptions } from '../../../src/sandbox/partners.ts';
import type { Shard } from '../../../src/steps/options.ts';
import { seededRandom } from '../clock.ts';
import { FAULTS, type FaultKind, type Schedule } from '../server/schedule.ts';
import type { ListFacts } from './draw-lists.ts';

/**
 * Draws the second provider for about half of the schedules. Drawn apart, so that the other schedules do not
 * change.
 */
export function drawCloud(seed: number): PartnerOptions | null {
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

/**
 * Draws the API that serves the list of the second provider, and what its vendor leaves open. Drawn apart, so that other
 * draws do not change.
 */
export function drawPartner(
  seed: number,
  cloud: PartnerOptions | null,
  bots: readonly string[],
): Pick<Schedule, 'cloud' | 'api'> {
  const random = seededRandom(seed ^ 0x3ad8025f);
  if (!cloud || random() < 0.4) return { cloud, api: 'whatsapp-cloud' };
  const apis = (['kapso', 'gupshup', '360dialog'] as const).slice(0, bots.length === 1 ? 3 : 2);
  const api = apis[Math.floor(random() * apis.length)]!;
  const choices = { plainInputs: random() < 0.5, withoutErrors: random() < 0.3 };
  return { api, cloud: { ...cloud, ...choices, writeAnswer: random() < 0.5 ? 'success' : 'ledger' } };
}

/** Draws how many users a page of the second provider has, and its answer to a request for more. Drawn apart. */
export function drawPages(seed: number, cloud: PartnerOptions | null): PartnerOptions | null {
  const random = seededRandom(seed ^ 0x68e31da4);
  if (!cloud || random() < 0.3) return cloud;
  const largePage = (['cut', 'refuse', 'fail'] as const)[Math.floor(random() * 3)]!;
  return { ...cloud, largePage, ...(largePage === 'cut' && { pageSize: [150, 1000][Math.floor(random() * 2)]! }) };
}

/** The numbers to draw from. For the second provider, some are of countries with two spellings. */
export function poolOf(cloud: PartnerOptions | null, large: boolean): readonly string[] {
  const row = (count: number, first: number) => Array.from({ length: count }, (_, index) => String(first + index));
  // The last numbers are declared with and without a zero that is not dialed from abroad.
  if (!cloud) return [...row(220, 12_015_550_100), ...row(20, 4_407_700_900_100), ...row(20, 447_700_900_100)];
  const brazil = [...row(20, 551_155_550_100), ...row(20, 5_531_955_550_100)];
  return [
    ...row(large ? 1100 : 180, 12_015_550_100),
    ...row(20, 525_555_500_100),
    ...row(20, 5_491_155_550_100),
    ...brazil,
  ];
}

type Events = Pick<Schedule, 'moves' | 'hole' | 'broken' | 'blind'>;

/** Draws the events of the lists of a schedule. Drawn apart, so that other draws do not change. */
export function drawEvents(seed: number, bots: readonly string[]): Events {
  const random = seededRandom(seed ^ 0x1b873593);
  const upTo = (n: number) => Math.floor(random() * (n + 1));
  const chance = (p: number) => random() < p;
  const bot = bots.length > 1 && chance(0.4) ? bots[upTo(1)]! : null;
  return {
    moves: new Set(chance(0.25) ? Array.from({ length: 1 + upTo(6) }, () => 1 + upTo(40)) : []),
    hole: chance(0.1) ? upTo(1) : null,
    broken: bot === null ? null : { bot, status: [401, 404, 503][upTo(2)]! },
    blind: chance(0.15),
  };
}

/** One run of `plan` or `drift`. */
export interface Look {
  readonly command: 'plan' | 'drift';
  readonly settle: number | undefined;
  /** Ctrl-C between the two reads of drift. */
  readonly stops: boolean;
  /** Another writer changes the lists between the two reads of drift. */
  readonly intrudes: boolean;
  /** The shard of the bots; it may have none. */
  readonly shard: Shard | undefined;
}

/** Draws the options of the runs of a schedule. Drawn apart, for each run when it begins. */
export function drawHabits(seed: number) {
  const random = seededRandom(seed ^ 0x52dce729);
  const apart = seededRandom(seed ^ 0x7a3d81f5);
  const urgency = seededRandom(seed ^ 0x2545f491);
  const upTo = (n: number) => Math.floor(random() * (n + 1));
  const chance = (p: number) => random() < p;
  return {
    hangs: () => chance(0.5),
    guard: (): GuardLimits => ({ percent: [0, 10, 25, 50][upTo(3)]!, floor: [0, 5, 10, 40][upTo(3)]! }),
    wait: () => (chance(0.25) ? upTo(400_000) : undefined),
    addsOnly: () => urgency() < 0.15,
    looksAgain: () => chance(0.15),
    look: (command?: 'drift'): Look => ({
      command: command ?? (chance(0.5) ? 'plan' : 'drift'),
      settle: chance(0.7) ? undefined : 300_000,
      stops: chance(0.15),
      intrudes: chance(0.5),
      shard: apart() < 0.2 ? { index: 1 + Math.floor(apart() * 2), count: 2 } : undefined,
    }),
  };
}

/** Draws the other steps of the operator besides `apply`. Drawn apart, for each step when it begins. */
export function drawOperator(seed: number) {
  const random = seededRandom(seed ^ 0x1f83d9ab);
  const limits = seededRandom(seed ^ 0x3b9aca07);
  const upTo = (n: number) => Math.floor(random() * (n + 1));
  const chance = (p: number) => random() < p;
  return {
    savesPlan: () => chance(0.2),
    /** The plan is not applied yet. */
    reviews: () => chance(0.5),
    appliesSaved: () => chance(0.7),
    /** The age of a saved plan when it is applied, in milliseconds. */
    lies: () => [0, 0, 60_000, 23 * HOUR, 25 * HOUR, 72 * HOUR][upTo(5)]!,
    /** The current files at that time. */
    atHand: () => (['same', 'same', 'first', 'second', 'without-a-bot'] as const)[upTo(4)]!,
    /** The guard in these files; null if it is the same as before. */
    guardAtHand: (): GuardLimits | null =>
      limits() < 0.4 ? { percent: [0, 5, 10, 25][Math.floor(limits() * 4)]!, floor: 0 } : null,
    /** They are applied before. */
    appliesFiles: () => chance(0.4),
    again: () => chance(0.3),
    /** Another run applies another commit at the same time. */
    together: () => chance(0.08),
    looksAtNothing: () => (chance(0.05) ? (['files', 'part'] as const)[upTo(1)]! : null),
  };
}

/** Draws which users take a username, and which are unblocked by hand. Drawn apart, for few of the schedules. */
export function drawUsernames(seed: number, isPossible: boolean) {
  const random = seededRandom(seed ^ 0x2545f491);
  if (!isPossible || random() < 0.7) return null;
  const [named, freed] = [random() * 0.4, random() * 0.1];
  return { takes: () => random() < named, stays: () => random() >= freed };
}

const HOUR = 3_600_000;

const NO_EVENTS: Events = { moves: new Set(), hole: null, broken: null, blind: false };

/** Ten retries must succeed although 29 of 100 requests fail. */
export function stormOf(seed: number): Omit<Schedule, keyof ListFacts | 'api' | 'messages'> {
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
    ...NO_EVENTS,
    intrusions: none,
    rejected: none,
    cap: Number.POSITIVE_INFINITY,
  };
}

export function drawSchedule(
  seed: number,
  random: () => number,
  upTo: (n: number) => number,
  chance: (p: number) => boolean,
  pool: readonly string[],
): Omit<Schedule, keyof Events | keyof ListFacts | 'api' | 'messages'> {
  const rates = new Map<FaultKind, number>();
  for (const kind of FAULTS) if (kind !== 'odd' && chance(0.25)) rates.set(kind, random() * 0.12);
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
