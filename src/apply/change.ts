import type { Failure } from '../model/ledger.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { NumberSet } from '../numbers/number-set.ts';
import { type ApplyOptions, applyDirection } from './batches.ts';
import type { Applied } from './ledger.ts';
import type { Stays } from './tally.ts';
import { type Users, type Writable, withhold } from './withhold.ts';
import type { Writer } from './writer.ts';

/**
 * Writes one bot's change:
 *
 * 1. All adds.
 * 2. If the list is full: as many removes as adds had no room, and then those adds again.
 * 3. The other removes.
 *
 * No remove is sent if an add failed, is unknown or was not sent, and none of step 3 if an add still has no room. A
 * pending or rejected add does not stop removes. Removes of numbers that may be another number of a declared user are
 * withheld.
 */
export async function applyChange(
  change: Writable,
  writer: Writer,
  options: ApplyOptions,
  users: Users,
): Promise<Applied> {
  const { onProgress, ...quiet } = options;
  const stays = staying(change, users);
  const send = (removals: NumberSet) => applyDirection('remove', removals, writer, options, { stays });
  // Without removals, the rest of the adds would have no room either.
  let adds = await applyDirection('add', change.add, writer, options, { endsWhenFull: change.remove.size === 0 });
  let removes = NONE;
  let left = change.remove;
  const most = withoutRoom(adds).size;
  for (;;) {
    const full = withoutRoom(adds);
    if (full.size === 0 || isOpen(adds, 'full') || isCutShort(removes)) break;
    const due = Math.min(full.size, most - spent(removes));
    const room = roomFor(due, { ...change, remove: left }, adds, users);
    if (room.size === 0) break;
    const removed = await send(room);
    left = left.minus(room);
    removes = join(removes, removed);
    // The progress has counted these adds.
    if (spent(removed) > 0) adds = repeat(adds, await applyDirection('add', full, writer, quiet));
  }
  const withheld = isOpen(adds, 'full') ? [] : withhold({ ...change, remove: left }, adds, users);
  const rest = left.minus(numbersOf(withheld));
  const ends = isOpen(adds) || isCutShort(removes);
  removes = join(removes, ends ? { ...NONE, skipped: { add: 0, remove: rest.size } } : await send(rest));
  return {
    done: { add: adds.done.add, remove: removes.done.remove },
    skipped: { add: adds.skipped.add, remove: removes.skipped.remove },
    unsettled: [...adds.unsettled, ...removes.unsettled],
    withheld,
    listed: adds.listed,
    failure: failureOf(adds, removes),
  };
}

const NONE: Applied = {
  done: { add: NumberSet.empty, remove: NumberSet.empty },
  skipped: { add: 0, remove: 0 },
  unsettled: [],
  withheld: [],
  listed: new Map(),
  failure: null,
};

const numbersOf = (some: readonly { readonly number: Msisdn }[]) => NumberSet.of(some.map(({ number }) => number));

/** Returns the adds that the server refused only because the list is full. */
const withoutRoom = ({ unsettled }: Applied) => numbersOf(unsettled.filter(({ state }) => state === 'full'));

/**
 * Reports whether an add is open, so that removes wait.
 *
 * @param allowed adds without room do not count.
 */
function isOpen({ unsettled, skipped, failure }: Applied, allowed?: 'full'): boolean {
  const states: readonly string[] = ['pending', 'rejected', ...(allowed ? [allowed] : [])];
  const hasFailed = failure !== null && !(allowed && isFull(failure));
  return hasFailed || skipped.add > 0 || unsettled.some(({ state }) => !states.includes(state));
}

const isFull = (failure: Failure | null) => failure !== null && 'kind' in failure && failure.kind === 'full';

/** Reports whether removes ended early, so that no more may be sent. */
const isCutShort = ({ failure, skipped }: Applied) => failure !== null || skipped.remove > 0;

/** Counts the removes that made room, or may have. */
function spent({ done, unsettled }: Applied): number {
  return done.remove.size + unsettled.filter(({ state }) => state === 'unknown').length;
}

/**
 * Chooses the removals that make room for adds: at most `due`, and none that is withheld. Removals that differ by one
 * edit from an add without room come last, as they would be withheld if the server refused that add for good later.
 */
function roomFor(due: number, change: Writable, adds: Applied, users: Users): NumberSet {
  const unsettled = adds.unsettled.map((each) =>
    each.state === 'full' ? { ...each, state: 'rejected' as const } : each,
  );
  const free = change.remove.minus(numbersOf(withhold(change, adds, users)));
  const safe = free.minus(numbersOf(withhold(change, { ...adds, unsettled }, users)));
  return NumberSet.of([...safe, ...free.minus(safe)].slice(0, due));
}

/** Replaces the results of adds that were sent again. An add that was not sent again keeps its result. */
function repeat(adds: Applied, again: Applied): Applied {
  const answered = again.done.add.or(numbersOf(again.unsettled));
  const listed = new Map(adds.listed);
  for (const [number, names] of again.listed) listed.set(number, new Set([...(listed.get(number) ?? []), ...names]));
  return {
    ...adds,
    done: { ...adds.done, add: adds.done.add.or(again.done.add) },
    unsettled: [...adds.unsettled.filter(({ number }) => !answered.has(number)), ...again.unsettled],
    listed,
    failure: again.failure,
    unread: adds.unread ?? again.unread,
  };
}

function join(one: Applied, two: Applied): Applied {
  return {
    ...NONE,
    done: { add: NumberSet.empty, remove: one.done.remove.or(two.done.remove) },
    skipped: { add: 0, remove: one.skipped.remove + two.skipped.remove },
    unsettled: [...one.unsettled, ...two.unsettled],
    failure: one.failure ?? two.failure,
  };
}

/**
 * Returns a test for users whom no removal may affect: the plan adds or keeps them, or they are missing. Most
 * runs never call it, so the set of users is made at the first call.
 */
function staying({ add, keep, missing }: Writable, { userOf = (number) => number }: Users): Stays {
  let found: Set<Msisdn> | undefined;
  return (number, name) => {
    const user = userOf(name);
    if (user === userOf(number)) return false;
    found ??= new Set(Array.from(NumberSet.union([add, keep, missing]), userOf));
    return found.has(user);
  };
}

/** Returns why writing ended early. A full list is the reason only if nothing else keeps the removes from making room. */
function failureOf(adds: Applied, removes: Applied): Failure | null {
  const failure = isFull(adds.failure) ? null : adds.failure;
  return removes.failure ?? failure ?? heldBack(adds, removes) ?? adds.failure;
}

/** Returns why removes were not sent if single adds failed and no write failed. An interruption is no failure. */
function heldBack({ unsettled, unread }: Applied, { skipped }: Applied): Failure | null {
  const first = unsettled.find(({ state }) => state === 'failed' || state === 'unknown');
  if (!first || skipped.remove === 0) return null;
  if (unread) return 'kind' in unread && unread.kind === 'interrupted' ? null : unread;
  return { kind: 'adds-open', detail: first.reason };
}
