import { ApiError, StoppedError } from '../model/errors.ts';
import type { Direction, Failure, Unapplied } from '../model/ledger.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import type { Applied, Unsettled } from './ledger.ts';

/** What this stage needs of a provider. A write names the numbers that are not done; the others are. */
export interface Writer {
  readonly batchSize: number;
  add(numbers: readonly Msisdn[]): Promise<readonly Unapplied[]>;
  remove(numbers: readonly Msisdn[]): Promise<readonly Unapplied[]>;
}

export interface ApplyOptions {
  /** Batches on their way at the same time, at most. */
  readonly concurrency: number;
  /** Called with the count of numbers that came to an end since the last call. */
  readonly onProgress?: (numbers: number) => void;
}

/** Batches in a row of which the server refuses every number, before the rest is not sent any more. */
const MAX_REFUSED_BATCHES = 3;
/** The same for requests: what as many batches of 20 take, halved to the last number. A batch of 1,000 takes 1,999. */
const MAX_REFUSED_REQUESTS = 117;

/**
 * Writes one bot's change: all adds, and only when every one of them is done, or waits for its user, the removes. Batches are made as they are
 * sent. A batch that the server refuses is halved until the culprits stand alone; the others go through.
 */
export async function applyChange(
  change: { readonly add: NumberSet; readonly remove: NumberSet },
  writer: Writer,
  options: ApplyOptions,
): Promise<Applied> {
  const adds = await applyDirection('add', change.add, writer, options);
  const undone = adds.unsettled.some(({ state }) => state !== 'pending') || adds.skipped > 0;
  if (undone) {
    const skipped = adds.skipped + change.remove.size;
    return { ...adds, skipped, failure: adds.failure ?? heldBack(adds, change.remove) };
  }
  const removes = await applyDirection('remove', change.remove, writer, options);
  return { ...removes, applied: adds.applied + removes.applied, unsettled: [...adds.unsettled, ...removes.unsettled] };
}

/** Why removes were not sent, where single adds failed without a request that did: a later look may find them done. */
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
  let applied = 0;
  let skipped = 0;
  let next = 0;
  let refusedInRow = 0;
  let refusedRequests = 0; // in a row
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
      if (error.ambiguous) leave(batch, 'unknown', 'interrupted before the answer came');
      else skipped += batch.length;
      return 0;
    }
    if (!(error instanceof ApiError)) throw error;
    if (error.refused) {
      if (++refusedRequests >= MAX_REFUSED_REQUESTS && batch.length > 1) {
        stop({ kind: 'refused-requests', count: refusedRequests });
      }
      if (batch.length > 1) return halve(batch, error);
      leave(batch, 'rejected', error.detail || error.message);
      return 0;
    }
    failure ??= { message: error.message, detail: error.detail };
    stopped ||= error.hopeless;
    leave(batch, error.ambiguous ? 'unknown' : 'failed', error.message);
    return 0;
  }

  async function halve(batch: readonly Msisdn[], error: ApiError): Promise<number> {
    const middle = batch.length >> 1;
    let taken = 0;
    for (const half of [batch.slice(0, middle), batch.slice(middle)]) {
      if (stopped) leave(half, 'failed', error.message);
      else taken += await send(half);
    }
    return taken;
  }

  function stop(why: Failure): void {
    failure ??= why;
    stopped = true;
  }

  function leave(batch: readonly Msisdn[], state: Unsettled['state'], reason: string): void {
    for (const number of batch) open.push({ number, direction, state, reason });
  }

  async function work(): Promise<void> {
    while (next < numbers.size && !stopped) {
      const batch = Array.from(numbers.values.subarray(next, next + writer.batchSize));
      next += batch.length;
      refusedInRow = (await send(batch)) > 0 ? 0 : refusedInRow + 1;
      if (refusedInRow >= MAX_REFUSED_BATCHES && !failure && !stopped) {
        stop({ kind: 'refused-batches', count: MAX_REFUSED_BATCHES });
      }
      onProgress?.(batch.length);
    }
  }

  await Promise.all(Array.from({ length: concurrency }, work));
  return { applied, skipped: skipped + (numbers.size - next), unsettled: open, failure };
}
