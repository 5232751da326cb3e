import { ApiError, StoppedError } from './errors.ts';
import type { Direction, Failure, Ledger } from './model.ts';
import type { Msisdn } from './msisdn.ts';
import type { NumberSet } from './number-set.ts';

/** What this stage needs of a provider. A write names the numbers that the server did not take; the others are done. */
export interface Writer {
  readonly batchSize: number;
  add(numbers: readonly Msisdn[]): Promise<readonly { readonly number: Msisdn; readonly reason: string }[]>;
  remove(numbers: readonly Msisdn[]): Promise<readonly { readonly number: Msisdn; readonly reason: string }[]>;
}

export interface ApplyOptions {
  /** Batches on their way at the same time, at most. */
  readonly concurrency: number;
  /** Called with the count of numbers that came to an end since the last call. */
  readonly onProgress?: (numbers: number) => void;
}

/** A number that was sent and is not known to be done. */
interface Open {
  readonly number: Msisdn;
  readonly direction: Direction;
  readonly state: 'failed' | 'unknown' | 'rejected';
  readonly reason: string;
}

/** What became of one bot's change. Failure is data: nothing is thrown. */
export interface Applied {
  readonly applied: number;
  readonly skipped: number;
  readonly open: readonly Open[];
  readonly failure: Failure | null;
}

/** Batches in a row of which the server refuses every number, before the rest is not sent any more. */
const MAX_REFUSED_BATCHES = 3;

/**
 * Writes one bot's change: all adds, and only when every one of them is done the removes. Batches are made as they are
 * sent. A batch that the server refuses is halved until the culprits stand alone; the others go through.
 */
export async function applyChange(
  change: { readonly add: NumberSet; readonly remove: NumberSet },
  writer: Writer,
  options: ApplyOptions,
): Promise<Applied> {
  const adds = await applyDirection('add', change.add, writer, options);
  if (adds.open.length + adds.skipped > 0) return { ...adds, skipped: adds.skipped + change.remove.size };
  const removes = await applyDirection('remove', change.remove, writer, options);
  return { ...removes, applied: adds.applied + removes.applied };
}

async function applyDirection(
  direction: Direction,
  numbers: NumberSet,
  writer: Writer,
  { concurrency, onProgress }: ApplyOptions,
): Promise<Applied> {
  const open: Open[] = [];
  let applied = 0;
  let skipped = 0;
  let next = 0;
  let refusedInRow = 0;
  let failure: Failure | null = null;
  let stopped = false;

  /** @returns how many numbers of the batch the server took. */
  async function send(batch: readonly Msisdn[]): Promise<number> {
    try {
      const refused = await writer[direction](batch);
      for (const { number, reason } of refused) leave([number], 'rejected', reason);
      return batch.length - refused.length;
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
    if (error.refused && batch.length > 1) {
      const middle = batch.length >> 1;
      return (await send(batch.slice(0, middle))) + (await send(batch.slice(middle)));
    }
    if (error.refused) {
      leave(batch, 'rejected', error.detail || error.message);
      return 0;
    }
    failure ??= { message: error.message, detail: error.detail };
    stopped ||= error.hopeless;
    leave(batch, error.ambiguous ? 'unknown' : 'failed', error.message);
    return 0;
  }

  function leave(batch: readonly Msisdn[], state: Open['state'], reason: string): void {
    for (const number of batch) open.push({ number, direction, state, reason });
  }

  async function work(): Promise<void> {
    while (next < numbers.size && !stopped) {
      const batch = Array.from(numbers.values.subarray(next, next + writer.batchSize));
      next += batch.length;
      const taken = await send(batch);
      applied += taken;
      refusedInRow = taken > 0 ? 0 : refusedInRow + 1;
      if (refusedInRow >= MAX_REFUSED_BATCHES && !failure && !stopped) {
        failure = {
          message: `the server refused every number of ${MAX_REFUSED_BATCHES} batches in a row; the rest was not sent`,
        };
        stopped = true;
      }
      onProgress?.(batch.length);
    }
  }

  await Promise.all(Array.from({ length: concurrency }, work));
  return { applied, skipped: skipped + (numbers.size - next), open, failure };
}

/**
 * The ledger, held against a later reading of the live list: a number whose goal is reached is applied, whatever its
 * answer was. The list may lag, so a goal that does not show proves nothing.
 */
export function settle({ applied, skipped, open }: Applied, live: NumberSet | null): Ledger {
  const left = open.filter(({ number, direction }) => live === null || live.has(number) !== (direction === 'add'));
  const count = (state: Open['state']) => left.filter((each) => each.state === state).length;
  return {
    applied: applied + open.length - left.length,
    failed: count('failed'),
    unknown: count('unknown'),
    skipped,
    rejected: left
      .filter(({ state }) => state === 'rejected')
      .map(({ number, direction, reason }) => ({ number, direction, reason })),
  };
}
