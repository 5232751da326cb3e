import { ApiError, StoppedError } from '../model/errors.ts';
import type { Direction, Unapplied } from '../model/ledger.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import type { Applied } from './ledger.ts';
import { type Stays, Tally } from './tally.ts';
import type { Seen } from './unseen.ts';
import type { Writer } from './writer.ts';

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
  const tally = new Tally(direction, stays, endsWhenFull);
  let next = 0;
  let size = writer.batchSize;
  let [refusedBatches, refusedRequests] = [0, 0]; // in a row

  /**
   * Sends a batch.
   *
   * @param lost the answer to a batch with these numbers was lost, so they may be done already.
   * @returns the count of numbers that got an answer other than a refusal.
   */
  async function send(batch: readonly Msisdn[], lost: boolean): Promise<number> {
    try {
      const answer = await writer[direction](batch);
      const { numbers, error } = answer.refused ?? { numbers: [], error: null };
      const left = new Set(numbers);
      const answered = left.size > 0 ? batch.filter((number) => !left.has(number)) : batch;
      const taken = tally.accept(answered, answer, lost);
      refusedRequests = 0;
      return error ? taken + (await resolve(numbers, error, lost)) : taken;
    } catch (error) {
      return await resolve(batch, error, lost);
    }
  }
  async function resolve(batch: readonly Msisdn[], error: unknown, lostBefore: boolean): Promise<number> {
    if (!(error instanceof StoppedError || error instanceof ApiError)) throw error;
    const lost = lostBefore || error.ambiguous;
    if (error instanceof StoppedError) {
      const why = error.failure;
      tally.stop(why ? { message: why.message, detail: why.detail } : undefined);
      if (!lost) return tally.skip(batch);
      return tally.leave(batch, 'unknown', `${why ? 'the bot failed' : 'interrupted'} before the answer arrived`);
    }
    if (error.refused) {
      refusedRequests++;
      if (batch.length === 1) return tally.leave(batch, lost ? 'unknown' : 'rejected', error.detail || error.message);
      if (refusedRequests >= MAX_REFUSED_REQUESTS) tally.stop({ kind: 'refused-requests', count: refusedRequests });
      return halve(batch, error, lost);
    }
    if (error.full) {
      const reason = error.detail || error.message;
      if (batch.length > 1 && !tally.stopped)
        return endsWhenFull ? halve(batch, error, lost) : sendApart(batch, error, lost);
      tally.noteFull(reason);
      return tally.leave(batch, lost ? 'unknown' : 'full', reason);
    }
    if (error.tooLarge && !error.hopeless && !tally.stopped) {
      size = Math.max(1, Math.min(size, batch.length >> 1));
      if (batch.length > 1) return halve(batch, error, lost);
      tally.stop(); // the server takes nothing more, not even one number
    }
    tally.note({ message: error.message, detail: error.detail });
    if (error.hopeless) tally.stop();
    return tally.leave(batch, lost ? 'unknown' : 'failed', error.message);
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
    const state = lost ? 'unknown' : error.full ? 'full' : 'failed';
    for (const part of parts) {
      taken += tally.stopped ? tally.leave(part, state, error.message) : await send(part, lost);
    }
    return taken;
  }

  async function work(): Promise<void> {
    while (next < numbers.size && !tally.stopped) {
      const batch = Array.from(numbers.values.subarray(next, next + size));
      next += batch.length;
      refusedBatches = (await send(batch, false)) > 0 ? 0 : refusedBatches + 1;
      if (refusedBatches >= MAX_REFUSED_BATCHES && !tally.hasFailed && !tally.stopped) {
        tally.stop({ kind: 'refused-batches', count: MAX_REFUSED_BATCHES });
      }
      onProgress?.(batch.length);
    }
  }

  await Promise.all(Array.from({ length: concurrency }, work));
  if (tally.unseen.length > 0) tally.settle(await see(direction, tally.unseen));
  return tally.result(numbers.size - next);
}
