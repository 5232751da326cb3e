import type { Failure } from '../model/ledger.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { NumberSet } from '../numbers/number-set.ts';
import { type ApplyOptions, applyDirection, type Stays, type Writer } from './batches.ts';
import type { Applied } from './ledger.ts';
import { type Users, type Writable, withhold } from './withhold.ts';

/**
 * Writes one bot's change, adds before removes.
 *
 * No remove is sent if an add failed, is unknown or was not sent. A pending or rejected add does not stop
 * removes. Removes of numbers that may be another number of a declared user are withheld.
 */
export async function applyChange(
  change: Writable,
  writer: Writer,
  options: ApplyOptions,
  users: Users,
): Promise<Applied> {
  const adds = await applyDirection('add', change.add, writer, options);
  const isOpen = adds.unsettled.some(({ state }) => state !== 'pending' && state !== 'rejected');
  if (isOpen || adds.skipped.add > 0 || adds.failure) {
    const skipped = { add: adds.skipped.add, remove: change.remove.size };
    return { ...adds, skipped, failure: adds.failure ?? heldBack(adds, change.remove) };
  }
  const withheld = withhold(change, adds, users);
  const remove = change.remove.minus(NumberSet.of(withheld.map(({ number }) => number)));
  const removes = await applyDirection('remove', remove, writer, options, staying(change, users));
  return {
    done: { add: adds.done.add, remove: removes.done.remove },
    skipped: { add: 0, remove: removes.skipped.remove },
    unsettled: [...adds.unsettled, ...removes.unsettled],
    withheld,
    listed: adds.listed,
    failure: removes.failure,
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

/** Returns why removes were not sent if single adds failed and no request failed. */
function heldBack({ unsettled }: Applied, remove: NumberSet): Failure | null {
  const first = unsettled.find(({ state }) => state === 'failed' || state === 'unknown');
  if (!first || remove.size === 0) return null;
  return { kind: 'adds-open', detail: first.reason };
}
