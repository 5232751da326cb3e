import type { AppliedBot } from '../../../src/model/compared.ts';
import type { Wishes } from '../script/wishes.ts';
import type { Sent } from '../server/wire.ts';
import type { World } from '../world.ts';
import {
  type Attempt,
  attemptsIn,
  hasHole,
  hidesMore,
  isDone,
  isLost,
  isRefused,
  lacksKept,
  lastWhole,
  listedIn,
  nameIn,
  removesOf,
} from './attempts.ts';
import { promise } from './promise.ts';

/** The possible results of a number in a plan. */
const STATES = ['applied', 'failed', 'unknown', 'skipped', 'pending', 'rejected', 'withheld'] as const;
type State = (typeof STATES)[number];
type Side = 'add' | 'remove';

/** The time during which the first provider's copies of a list may differ. The second provider has one copy. */
const SETTLE_TIME = 5 * 60_000;

/**
 * Compares a bot's ledger with the answers that its client received, number by number:
 *
 * | received for the number                      | allowed results                     |
 * | -------------------------------------------- | ----------------------------------- |
 * | done, in any answer                          | applied                             |
 * | a list that is proof shows the change        | applied                             |
 * | such a list has new users without a number   | applied, unknown if a removal       |
 * | such a list lacks numbers that were kept     | the same                            |
 * | never sent                                   | skipped, or withheld if a removal   |
 * | an answer was lost                           | unknown                             |
 * | refused, in an answer about it alone         | rejected                            |
 * | refused with others, and not sent again      | failed, skipped                     |
 * | pending, or failed with its own reason       | pending, failed                     |
 */
export function checkLedger(bot: AppliedBot, mine: readonly Sent[], wishes: Wishes, world: World): void {
  const { applied, failed, unknown, skipped, pending, withheld } = bot.results;
  const rejected = (side: Side) => bot.results.rejected.filter(({ direction }) => direction === side);
  const held = new Set(withheld.map(({ number }) => String(number)));
  for (const [side, method] of [
    ['add', 'POST'],
    ['remove', 'DELETE'],
  ] as const) {
    const refused = new Set(rejected(side).map(({ number }) => String(number)));
    const counts: Record<State, number> = {
      applied: applied[side],
      failed: failed[side],
      unknown: unknown[side],
      skipped: skipped[side],
      pending: side === 'add' ? pending : 0,
      rejected: refused.size,
      withheld: side === 'add' ? 0 : held.size,
    };
    const accounted = STATES.reduce((sum, state) => sum + counts[state], 0);
    const planned = bot[side].size;
    promise(8, accounted === planned, `${accounted} of ${planned} numbers to ${side} are accounted for`);
    const least = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<State, number>;
    const most = { ...least };
    const attempts = attemptsIn(mine, method, removesOf(bot));
    const proofs = proofOf(bot, side, attempts, mine, wishes, world);
    for (const value of Array.from(bot[side].values, String)) {
      const own = attempts.get(value) ?? [];
      const states = statesOf(side, own, proofs(value));
      const named = refused.has(value) ? 'rejected' : held.has(value) ? 'withheld' : null;
      promise(13, named === null || states.includes(named), `${value} is ${named}, but must be ${states.join(' or ')}`);
      if (states.length === 1) least[states[0]!]++;
      for (const state of states) most[state]++;
    }
    for (const state of STATES) {
      const right = least[state] === most[state] ? most[state] : `${least[state]} to ${most[state]}`;
      const kept = counts[state] >= least[state] && counts[state] <= most[state];
      promise(13, kept, `${counts[state]} numbers to ${side} are ${state}, but must be ${right}`);
    }
  }
}

type Proof = 'certain' | 'hidden' | 'possible' | 'none';

function statesOf(side: Side, attempts: readonly Attempt[], proof: Proof): readonly State[] {
  if (isDone(attempts)) return ['applied'];
  if (attempts.length > 0 && proof === 'certain') return ['applied'];
  const open = openStatesOf(side, attempts);
  if (attempts.length > 0 && proof === 'hidden') return ['applied', 'unknown', ...open];
  return attempts.length > 0 && proof === 'possible' ? ['applied', ...open] : open;
}

function openStatesOf(side: Side, attempts: readonly Attempt[]): readonly State[] {
  const last = attempts.at(-1);
  if (!last) return side === 'add' ? ['skipped'] : ['skipped', 'withheld'];
  if (isLost(attempts)) {
    return last.end === 'pending' ? ['unknown', 'pending'] : ['unknown'];
  }
  if (attempts.some(({ end }) => end === 'odd')) return ['unknown', 'rejected', 'failed', 'skipped'];
  if (isRefused(attempts)) return ['rejected'];
  if (last.end === 'pending') return ['pending'];
  return last.write.ends.size > 0 ? ['failed'] : ['failed', 'skipped'];
}

/** Decides whether the lists that were read after the last write prove the change of a number. */
function proofOf(
  bot: AppliedBot,
  side: Side,
  attempts: ReadonlyMap<string, readonly Attempt[]>,
  mine: readonly Sent[],
  wishes: Wishes,
  world: World,
): (number: string) => Proof {
  const lastWrite = mine.findLast(({ method }) => method !== 'GET');
  const reads = lastWrite ? mine.slice(mine.indexOf(lastWrite) + 1) : [];
  const waits = world.schedule.cloud ? 0 : SETTLE_TIME;
  const late = reads.filter(({ at }) => at >= lastWrite!.at + waits);
  const pass = lastWhole(reads);
  const isRead = bot.notVisible !== null && !hasHole(pass) && pass.length > 0;
  const settled = isRead && pass[0]!.at >= lastWrite!.endedAt + waits;
  const usersOf = (numbers: Iterable<string>) => new Set(Array.from(numbers, wishes.user));
  const shown = usersOf(listedIn(pass));
  const lacks = lacksKept(pass, mine, removesOf(bot), wishes.user);
  const hides = side === 'remove' && (hidesMore(reads, mine) || lacks);
  const everShown = usersOf(late.flatMap(({ listed }) => listed));
  return (number) => {
    const own = attempts.get(number) ?? [];
    const names = usersOf([number, nameIn(own) ?? number]);
    const reached = (list: ReadonlySet<string>) => [...names].some((name) => list.has(name)) === (side === 'add');
    if (settled && reached(shown) && !(side === 'remove' && mayGoOn(pass, world))) return hides ? 'hidden' : 'certain';
    // The program may use any of several reads. The first provider may list a number in another spelling.
    const spelled = !world.schedule.cloud && shown.has(wishes.user(world.sandbox.nameOf(number)));
    const may = side === 'add' ? reached(everShown) || spelled : late.length > 0;
    return may ? 'possible' : 'none';
  };
}

/** Reports whether a list ends at a refused page after a full one: then it proves that no number is gone. */
function mayGoOn(pass: readonly Sent[], { schedule }: World): boolean {
  const end = pass.findLast(({ got, status }) => got === 0 && status === 400);
  const last = end && pass.findLast(({ page, got }) => page === end.page - 1 && got !== null);
  return last !== undefined && last.got! >= schedule.pageSize;
}
