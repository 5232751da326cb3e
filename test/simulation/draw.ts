import type { CloudOptions } from '../../src/sandbox/whatsapp-cloud.ts';
import { seededRandom } from './clock.ts';
import { FAULTS, type FaultKind, type Schedule } from './world.ts';

/** Every other schedule, about, is played by the second provider: drawn apart, so that the first one's stay as they are. */
export function drawCloud(seed: number): CloudOptions | null {
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
export function poolOf(cloud: CloudOptions | null, large: boolean): readonly string[] {
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
export function stormOf(seed: number): Schedule {
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

export function drawSchedule(
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
