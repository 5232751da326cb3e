import type { Caps } from '../model/bot.ts';
import { ApiError } from '../model/errors.ts';
import type { Failure, Ledger } from '../model/ledger.ts';
import type { BotPlan, Snapshot } from '../model/plan.ts';
import type { Clock } from '../model/world.ts';
import { Invalid } from '../numbers/invalid.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { NumberSet } from '../numbers/number-set.ts';
import { respell, type UserOf } from '../numbers/same-user.ts';
import { type Applied, settle, shownBy } from './ledger.ts';

export interface VerifyOptions {
  readonly caps: Caps;
  /** How long to read the list until it shows the written numbers, in milliseconds; undefined to read it once. */
  readonly wait: number | undefined;
  readonly clock: Clock;
  readonly stop: AbortSignal;
  readonly userOf: UserOf | undefined;
  /** Reads the list again. @returns the reason if it cannot be read. */
  look(): Promise<Snapshot | Invalid<Failure>>;
  /** Finds numbers with the same international form as a declared one. @returns the declared number, by the other. */
  spelledAlike(declared: NumberSet, others: NumberSet): Promise<ReadonlyMap<Msisdn, Msisdn>>;
  /** Called before each wait with the count of numbers that do not show yet; null if the list was not read. */
  onWait(notVisible: number | null): void;
}

export interface Verified {
  readonly results: Ledger;
  /** The count of applied changes that the list does not show yet; null if the list was not read. */
  readonly notVisible: number | null;
  /** Why the list could not be read again, or no longer; null if it was read or need not be. */
  readonly unverified: Failure | null;
  /** The last list that could be read. All facts are of this list. */
  readonly live: Snapshot | null;
  /** Numbers that another writer added or removed. */
  readonly strange: NumberSet;
}

/**
 * Reads the list once after a write, or with --wait until it shows all applied changes. It repeats no write,
 * as the list may lag.
 *
 * A list proves the result of a number without a clear answer only if it cannot be older than the list of the
 * plan. Caches of the API may differ until the settle time has passed after the last write. With --wait, the
 * list is read once more at that time if a number needs the proof.
 *
 * An interruption or a failed read does not discard what an earlier read showed.
 */
export async function verify(bot: BotPlan, applied: Applied, options: VerifyOptions): Promise<Verified> {
  const { caps, wait, clock, stop, look, onWait } = options;
  const { done, unsettled } = applied;
  const sent = done.add.size + done.remove.size + unsettled.length > 0;
  // If an API has no lag and answered for each number, the list need not be read.
  const answered = caps.perNumber && caps.settleTime === 0 && unsettled.every(({ state }) => state === 'pending');
  const unread = { results: settle(applied, null), notVisible: null, live: null, strange: NumberSet.empty };
  if (!sent || (answered && wait === undefined)) return { ...unread, unverified: null };
  const deadline = clock.now() + (wait ?? 0);
  const settled = clock.now() + caps.settleTime;
  let last: Verified = { ...unread, unverified: null };
  for (let pause = 5_000; ; pause = Math.min(pause * 1.5, 30_000)) {
    if (stop.aborted) return { ...last, unverified: endOf(stop) };
    const isProof = clock.now() >= settled;
    const live = await look();
    const isRead = !(live instanceof Invalid);
    last = isRead ? await compare(bot, applied, live, isProof, options) : { ...last, unverified: live.why };
    const notVisible = isRead ? last.notVisible : null;
    const proofComes = !isProof && settled <= deadline && unsettled.some(({ state }) => state !== 'pending');
    const left = deadline - clock.now();
    if (left <= 0 || (notVisible === 0 && !proofComes)) return last;
    if (stop.aborted) continue;
    onWait(notVisible);
    await clock.sleep(Math.min(notVisible === 0 ? settled - clock.now() : pause, left), stop);
  }
}

/** Returns why no more requests are sent. */
function endOf({ reason }: AbortSignal): Failure {
  return reason instanceof ApiError ? { message: reason.message, detail: reason.detail } : { kind: 'interrupted' };
}

/**
 * Compares the list with the written numbers. The list may contain an added number as another number of its user, or in
 * another spelling.
 *
 * @param isProof the list cannot be older than the list of the plan. It proves no removal if more numbers may follow, or
 *   if the user may be an entry without a number.
 */
async function compare(
  bot: BotPlan,
  applied: Applied,
  live: Snapshot,
  isProof: boolean,
  { userOf, spelledAlike }: Pick<VerifyOptions, 'userOf' | 'spelledAlike'>,
): Promise<Verified> {
  const { done, listed, withheld } = applied;
  const named = respell(live.numbers, bot.add, userOf).or(shownBy(live.numbers, applied));
  const names = Array.from(listed.values()).flatMap((each) => [...each]);
  const kept = NumberSet.of(withheld.map(({ number }) => Number(number)));
  const written = NumberSet.union([bot.keep, bot.add, bot.remove.minus(kept), NumberSet.of(names)]);
  const alike = await spelledAlike(bot.add.minus(named), named.minus(written));
  const shown = named.or(NumberSet.of(alike.values()));
  // Another spelling proves nothing: another writer may have added it, or it was live before the writes.
  const proof = live.mayGoOn || live.hidesMore ? named.or(bot.remove) : named;
  const known = NumberSet.union([written, kept, NumberSet.of(alike.keys())]);
  const unseen = unseenOf(done.add.minus(shown), applied, live, userOf);
  return {
    results: settle(applied, isProof ? proof : null),
    notVisible: unseen + done.remove.and(shown).size,
    unverified: null,
    live,
    strange: shown.minus(known).or(bot.keep.minus(shown)),
  };
}

/**
 * Counts the added numbers that the list does not show, without those that may be its users without a number. One of
 * these users may have several of the numbers.
 */
function unseenOf(adds: NumberSet, { listed }: Applied, { foreign }: Snapshot, userOf: UserOf | undefined): number {
  const names = Array.from(adds, (number) => [...(listed.get(number) ?? [number])][0]!);
  const users = new Set(names.map((name) => userOf?.(name) ?? name));
  return users.size > foreign ? adds.size - foreign : 0;
}
