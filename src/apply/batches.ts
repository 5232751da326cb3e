import { ApiError, StoppedError } from '../model/errors.ts';
import type { Direction, Failure, Unapplied } from '../model/ledger.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { NumberSet, NumberSetBuilder } from '../numbers/number-set.ts';
import type { Applied, Unsettled } from './ledger.ts';
import type { Seen } from './unseen.ts';

/** Writes batches of numbers to one bot's list. */
export interface Writer {
  readonly batchSize: number;
  add(numbers: readonly Msisdn[]): Promise<Answer>;
  remove(numbers: readonly Msisdn[]): Promise<Answer>;
}

/** The content of an answer to a write. */
export interface Answer {
  /** The numbers that are not done. All others are done. */
  readonly undone: readonly Unapplied[];
  /**
   * Set if the server reported success, but no result for each number. These numbers are done only if the list shows it,
   * and otherwise have this result. Only for an API without a settle time.
   */
  readonly unseen?: readonly Unapplied[];
  /** The numbers under which the API lists a user, by the number that was sent, if the answer contains them. */
  readonly listed: ReadonlyMap<Msisdn, ReadonlySet<Msisdn>>;
  /** The answer to an earlier attempt was lost: that attempt may have done a number that this one did not. */
  readonly lost: boolean;
}

export interface ApplyOptions {
  /** The largest count of batches that are sent at the same time. */
  readonly concurrency: number;
  /** Reads the list and finds the results of numbers that no answer contained. */
  see(direction: Direction, unseen: readonly Unapplied[]): Promise<Seen>;
  /** Called with the count of numbers that finished since the last call. */
  readonly onProgress?: (numbers: number) => void;
}

/** After this count of entirely refused batches in a row, no more are sent. */
const MAX_REFUSED_BATCHES = 3;
/**
 * After this count of refused requests in a row, no more are sent: as many as 3 batches of 20 need if each is
 * halved to single numbers. 1,000 numbers would need 1,999.
 */
const MAX_REFUSED_REQUESTS = 117;

/** What ends a direction early. */
interface Limits {
  readonly stays?: Stays;
  /**
   * A full list ends the adds. Otherwise all are sent: they are sent again after removals, which need the names of
   * users in all answers.
   */
  readonly endsWhenFull?: boolean;
}

/** Reports whether an answer that gives `name` for a number is about a user whom no removal may affect. */
export type Stays = (number: Msisdn, name: Msisdn) => boolean;

/**
 * Writes numbers in one direction. A batch that the server refuses is halved until the refused numbers are alone; the
 * others are written. A batch that is too large for the server's throttle is halved, and so are all later ones. A batch
 * that has no room in the list as a whole is split, too.
 *
 * If an answer shows that a user was removed who must stay, no more removes are sent.
 */
export async function applyDirection(
  direction: Direction,
  numbers: NumberSet,
  writer: Writer,
  { concurrency, see, onProgress }: ApplyOptions,
  { stays = () => false, endsWhenFull = true }: Limits = {},
): Promise<Applied> {
  const done = new NumberSetBuilder();
  const open: Unsettled[] = [];
  const unseen: Unapplied[] = [];
  const listed = new Map<Msisdn, ReadonlySet<Msisdn>>();
  let [skipped, next] = [0, 0];
  let size = writer.batchSize;
  let [refusedBatches, refusedRequests] = [0, 0]; // in a row
  let failure: Failure | null = null;
  let unread: Failure | undefined;
  let stopped = false;

  /**
   * Sends a batch.
   *
   * @param lost the answer to a batch with these numbers was lost, so they may be done already.
   * @returns the count of numbers that got an answer other than a refusal.
   */
  async function send(batch: readonly Msisdn[], lost: boolean): Promise<number> {
    try {
      return accept(batch, await writer[direction](batch), lost);
    } catch (error) {
      return await resolve(batch, error, lost);
    }
  }

  function accept(batch: readonly Msisdn[], answer: Answer, lostBefore: boolean): number {
    const { undone, unseen: hidden = [], lost } = answer;
    const unsure = (lost || lostBefore) && ({ state: 'unknown' } as const);
    for (const each of undone) open.push({ ...each, direction, ...unsure });
    for (const each of hidden) unseen.push({ ...each, ...unsure });
    const left = new Set([...undone, ...hidden].map(({ number }) => number));
    for (const number of batch) if (!left.has(number)) done.add(number);
    for (const [number, names] of answer.listed) {
      listed.set(number, names);
      const other = left.has(number) ? undefined : Array.from(names).find((name) => stays(number, name));
      if (other !== undefined) stop({ kind: 'other-removed', number, stays: other });
    }
    const full = undone.find(({ state }) => state === 'full');
    if (full) noteFull(full.reason);
    refusedRequests = 0;
    return batch.length - undone.filter(({ state }) => state === 'rejected').length;
  }

  async function resolve(batch: readonly Msisdn[], error: unknown, lostBefore: boolean): Promise<number> {
    if (!(error instanceof StoppedError || error instanceof ApiError)) throw error;
    const lost = lostBefore || error.ambiguous;
    if (error instanceof StoppedError) {
      stopped = true;
      const why = error.failure;
      failure ??= why && { message: why.message, detail: why.detail };
      if (lost) return leave(batch, 'unknown', `${why ? 'the bot failed' : 'interrupted'} before the answer arrived`);
      skipped += batch.length;
      return 0;
    }
    if (error.refused) {
      refusedRequests++;
      if (batch.length === 1) return leave(batch, lost ? 'unknown' : 'rejected', error.detail || error.message);
      if (refusedRequests >= MAX_REFUSED_REQUESTS) stop({ kind: 'refused-requests', count: refusedRequests });
      return halve(batch, error, lost);
    }
    if (error.full) {
      const reason = error.detail || error.message;
      if (batch.length > 1 && !stopped) return endsWhenFull ? halve(batch, error, lost) : sendApart(batch, error, lost);
      noteFull(reason);
      return leave(batch, lost ? 'unknown' : 'full', reason);
    }
    if (error.tooLarge && !error.hopeless && !stopped) {
      size = Math.max(1, Math.min(size, batch.length >> 1));
      if (batch.length > 1) return halve(batch, error, lost);
      stopped = true; // the server takes nothing more, not even one number
    }
    failure ??= { message: error.message, detail: error.detail };
    stopped ||= error.hopeless;
    return leave(batch, lost ? 'unknown' : 'failed', error.message);
  }

  function halve(batch: readonly Msisdn[], error: ApiError, lost: boolean): Promise<number> {
    const middle = batch.length >> 1;
    return sendParts([batch.slice(0, middle), batch.slice(middle)], error, lost);
  }

  /** Sends each number alone, as only its own answer contains the name of a user who is in the list already. */
  function sendApart(batch: readonly Msisdn[], error: ApiError, lost: boolean): Promise<number> {
    return sendParts(
      batch.map((number) => [number]),
      error,
      lost,
    );
  }

  async function sendParts(parts: readonly (readonly Msisdn[])[], error: ApiError, lost: boolean): Promise<number> {
    let taken = 0;
    const noRoom = error.full && 'full';
    for (const part of parts) {
      taken += stopped ? leave(part, lost ? 'unknown' : noRoom || 'failed', error.message) : await send(part, lost);
    }
    return taken;
  }

  function noteFull(detail: string): void {
    failure ??= { kind: 'full', detail };
    stopped ||= endsWhenFull;
  }

  function stop(why: Failure): void {
    failure ??= why;
    stopped = true;
  }

  /** Records a batch that is not done. @returns 0, the count of numbers that got an answer other than a refusal. */
  function leave(batch: readonly Msisdn[], state: Unsettled['state'], reason: string): 0 {
    for (const number of batch) open.push({ number, direction, state, reason });
    return 0;
  }

  async function work(): Promise<void> {
    while (next < numbers.size && !stopped) {
      const batch = Array.from(numbers.values.subarray(next, next + size));
      next += batch.length;
      refusedBatches = (await send(batch, false)) > 0 ? 0 : refusedBatches + 1;
      if (refusedBatches >= MAX_REFUSED_BATCHES && !failure && !stopped) {
        stop({ kind: 'refused-batches', count: MAX_REFUSED_BATCHES });
      }
      onProgress?.(batch.length);
    }
  }

  await Promise.all(Array.from({ length: concurrency }, work));
  if (unseen.length > 0) {
    const seen = await see(direction, unseen);
    for (const number of seen.done) done.add(number);
    for (const each of seen.undone) {
      if (each.state === 'full') noteFull(each.reason);
      open.push({ ...each, direction });
    }
    for (const [number, names] of seen.listed) listed.set(number, names);
    unread = seen.unread;
  }
  return {
    done: { add: NumberSet.empty, remove: NumberSet.empty, [direction]: done.build() },
    skipped: { add: 0, remove: 0, [direction]: skipped + (numbers.size - next) },
    unsettled: open,
    withheld: [],
    listed,
    failure,
    unread,
  };
}
