import { waId } from '../../../src/sandbox/cloud-users.ts';
import type { PartnerOptions } from '../../../src/sandbox/partners.ts';
import { seededRandom } from '../clock.ts';
import type { FaultKind, Schedule } from '../server/schedule.ts';

export type ListFacts = Pick<Schedule, 'others' | 'unnamed' | 'blocksOnce' | 'parses' | 'copies' | 'refusesAll'>;

/** Counts the users who have these numbers. */
export const usersIn = (numbers: readonly string[]) => new Set(numbers.map(waId)).size;

/**
 * Draws how many entries the lists can hold, and the answer to more: some lists are full at the start, or too long.
 * Drawn apart.
 *
 * @param longest the count of users in the longest list.
 */
export function drawRoom(
  seed: number,
  { api, cloud }: Pick<Schedule, 'api' | 'cloud'>,
  longest: number,
): Pick<PartnerOptions, 'capacity' | 'fullAnswer'> {
  const random = seededRandom(seed ^ 0x428a2f98);
  // Without errors, no client can know that a list is full, and it takes many runs to converge.
  if (random() < 0.6 || !cloud || (api === 'gupshup' && cloud.withoutErrors)) return {};
  const free = [-2, 0, 0, 1, 5][Math.floor(random() * 5)]!;
  return {
    capacity: Math.max(0, longest + (cloud.strangers ?? 0) + free),
    fullAnswer: random() < 0.3 && longest <= 250 ? 'whole' : 'each',
  };
}

/** Draws the request counts at which users write, and the users. Drawn apart. */
export function drawMessages(seed: number, pool: readonly string[]): Schedule['messages'] {
  const random = seededRandom(seed ^ 0x71374491);
  const upTo = (n: number) => Math.floor(random() * (n + 1));
  if (random() < 0.5) return new Map();
  const some = () => Array.from({ length: upTo(60) }, () => pool[upTo(pool.length - 1)]!);
  return new Map(Array.from({ length: 1 + upTo(8) }, () => [1 + upTo(60), some()]));
}

interface Drawn extends ListFacts {
  /** More numbers that the server always refuses. */
  readonly rejected: readonly string[];
  /** More faults, with their rates. */
  readonly faults: readonly (readonly [FaultKind, number])[];
  /** A POST of a present number is refused, and so is a DELETE of an absent one. */
  readonly strict: boolean;
}

const PLAIN: Drawn = {
  others: new Map(),
  unnamed: false,
  blocksOnce: false,
  parses: false,
  copies: [],
  refusesAll: false,
  rejected: [],
  faults: [],
  strict: false,
};

/** Draws how lists name users, lag and refuse numbers. Drawn apart, so that other draws do not change. */
export function drawLists(
  seed: number,
  pool: readonly string[],
  { cloud, storm }: { readonly cloud: Schedule['cloud']; readonly storm: boolean },
): Drawn {
  const random = seededRandom(seed ^ 0x7f4a7c15);
  const upTo = (n: number) => Math.floor(random() * (n + 1));
  const chance = (p: number) => random() < p;
  const pick = () => pool[upTo(pool.length - 1)]!;
  const names = {
    others: chance(0.4) && cloud ? drawOthers(pick, upTo) : PLAIN.others,
    unnamed: chance(0.4),
    parses: chance(0.4) && !cloud,
  };
  const copies = chance(0.2) ? Array.from({ length: 1 + upTo(1) }, () => upTo(290_000)) : [];
  const refusesAll = chance(0.03);
  const rejected = chance(0.2) ? Array.from({ length: 1 + upTo(2) }, pick) : [];
  const odd = chance(0.1) ? ([['odd', 0.02 + random() * 0.12]] as const) : [];
  // The repeat of a write whose answer was lost is refused.
  const strict = chance(0.1);
  const lost = strict ? ([['reset-after', 0.05 + random() * 0.2]] as const) : [];
  const blocksOnce = chance(0.4) && cloud?.contact === 'none';
  const refuses = { blocksOnce, refusesAll, rejected, strict, faults: [...odd, ...lost] };
  return storm ? { ...PLAIN, ...names } : { ...names, copies: cloud ? [] : copies, ...refuses };
}

/**
 * Draws a user who is listed under another number than any rule gives: with the same last digits, with others, or with
 * the number of another user.
 */
function drawOthers(pick: () => string, upTo: (n: number) => number): ReadonlyMap<string, string> {
  const others = new Map<string, string>();
  const listed = new Set<string>();
  for (let left = 1 + upTo(11); left > 0; left--) {
    const user = waId(pick());
    const kind = upTo(2);
    const other = [`1972${user.slice(-7)}`, String(447_700_900_900 + left), waId(pick())][kind]!;
    if (listed.has(user) || others.has(user) || others.has(other) || user === other) continue;
    others.set(user, other);
    listed.add(other);
  }
  return others;
}

/** Draws declared numbers that are no longer in force. Drawn apart. */
export function drawExpired(seed: number, pool: readonly string[]): (numbers: readonly string[]) => readonly string[] {
  const random = seededRandom(seed ^ 0x510e527f);
  const isPlayed = random() < 0.3;
  return (numbers) => {
    if (!isPlayed) return [];
    const some = Array.from({ length: Math.floor(random() * 6) }, () => pool[Math.floor(random() * pool.length)]!);
    return [...new Set(some)].filter((number) => !numbers.includes(number));
  };
}
