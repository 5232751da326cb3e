import { ApiError, StoppedError } from '../model/errors.ts';
import type { Direction, Failure, Unapplied } from '../model/ledger.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import type { Applied, Unsettled } from './ledger.ts';

type Change = { readonly [side in Direction]: NumberSet };

/** A provider that writes. It returns the numbers that are not done; the others are. */
export interface Writer {
  readonly batchSize: number;
  add(numbers: readonly Msisdn[]): Promise<readonly Unapplied[]>;
  remove(numbers: readonly Msisdn[]): Promise<readonly Unapplied[]>;
}

export interface ApplyOptions {
  /** At most so many batches are sent at once. */
  readonly concurrency: number;
  /** Called with the count of numbers that were finished since the last call. */
  readonly onProgress?: (numbers: number) => void;
}

/** After so many batches in a row that are refused entirely, no more are sent. */
const MAX_REFUSED_BATCHES = 3;
/** The same for requests: those of 3 batches of 20, halved to the last number. A batch of 1,000 takes 1,999. */
const MAX_REFUSED_REQUESTS = 117;

/**
 * Writes one bot's change: all adds, and the removes only if every add is done or pending. Batches are made as they are
 * sent. A batch that the server refuses is halved until the refused numbers are alone; the others are written.
 */
export async function applyChange(change: Change, writer: Writer, options: ApplyOptions): Promise<Applied> {
  const adds = await applyDirection('add', change.add, writer, options);
  const undone = adds.unsettled.some(({ state }) => state !== 'pending') || adds.skipped > 0;
  if (undone) {
    const skipped = adds.skipped + change.remove.size;
    return { ...adds, skipped, failure: adds.failure ?? heldBack(adds, change.remove) };
  }
  const removes = await applyDirection('remove', change.remove, writer, options);
  return { ...removes, applied: adds.applied + removes.applied, unsettled: [...adds.unsettled, ...removes.unsettled] };
}

/** Why removes were not sent, if single adds failed and no request did: a later look may find them done. */
function heldBack({ unsettled }: Applied, remove: NumberSet): Failure | null {
  const first = unsettled.find(({ state }) => state === 'failed' || state === 'unknown');
  if (!first || remove.size === 0) return null;
  return { kind: 'adds-open', detail: first.reason };
}

async function applyDirection(
  direction: Direction,
  numbers: NumberSet,
  writer: Writer,
  { concurrency, onProgress }: ApplyOptions,
): Promise<Applied> {
  const open: Unsettled[] = [];
  let [applied, skipped, next] = [0, 0, 0];
  let [refusedBatches, refusedRequests] = [0, 0]; // in a row
  let failure: Failure | null = null;
  let stopped = false;

  /** @returns how many numbers of the batch the server did not refuse. */
  async function send(batch: readonly Msisdn[]): Promise<number> {
    try {
      const undone = await writer[direction](batch);
      for (const each of undone) open.push({ ...each, direction });
      const full = undone.find(({ state }) => state === 'full');
      if (full) stop({ kind: 'full', detail: full.reason });
      refusedRequests = 0;
      applied += batch.length - undone.length;
      return batch.length - undone.filter(({ state }) => state === 'rejected').length;
    } catch (error) {
      return await resolve(batch, error);
    }
  }

  async function resolve(batch: readonly Msisdn[], error: unknown): Promise<number> {
    if (error instanceof StoppedError) {
      stopped = true;
      if (error.ambiguous) return leave(batch, 'unknown', 'interrupted before the answer came');
      skipped += batch.length;
      return 0;
    }
    if (!(error instanceof ApiError)) throw error;
    if (error.refused) {
      refusedRequests++;
      if (batch.length === 1) return leave(batch, 'rejected', error.detail || error.message);
      if (refusedRequests >= MAX_REFUSED_REQUESTS) stop({ kind: 'refused-requests', count: refusedRequests });
      return halve(batch, error);
    }
    failure ??= { message: error.message, detail: error.detail };
    stopped ||= error.hopeless;
    return leave(batch, error.ambiguous ? 'unknown' : 'failed', error.message);
  }

  async function halve(batch: readonly Msisdn[], error: ApiError): Promise<number> {
    const middle = batch.length >> 1;
    let taken = 0;
    for (const half of [batch.slice(0, middle), batch.slice(middle)]) {
      taken += stopped ? leave(half, 'failed', error.message) : await send(half);
    }
    return taken;
  }

  function stop(why: Failure): void {
    failure ??= why;
    stopped = true;
  }

  /** @returns 0, the numbers of the batch that were taken. */
  function leave(batch: readonly Msisdn[], state: Unsettled['state'], reason: string): 0 {
    for (const number of batch) open.push({ number, direction, state, reason });
    return 0;
  }

  async function work(): Promise<void> {
    while (next < numbers.size && !stopped) {
      const batch = Array.from(numbers.values.subarray(next, next + writer.batchSize));
      next += batch.length;
      refusedBatches = (await send(batch)) > 0 ? 0 : refusedBatches + 1;
      if (refusedBatches >= MAX_REFUSED_BATCHES && !failure && !stopped) {
        stop({ kind: 'refused-batches', count: MAX_REFUSED_BATCHES });
      }
      onProgress?.(batch.length);
    }
  }

  await Promise.all(Array.from({ length: concurrency }, work));
  return { applied, skipped: skipped + (numbers.size - next), unsettled: open, failure };
}
