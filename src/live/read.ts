import { ApiError, StoppedError } from '../model/errors.ts';
import type { Failure } from '../model/ledger.ts';
import type { BotPlan, Snapshot } from '../model/plan.ts';
import { respell } from '../numbers/same-user.ts';
import type { Context } from '../steps/context.ts';
import type { ReadClient } from '../steps/fleet.ts';
import type { ApiOptions } from '../steps/options.ts';
import { readCursors } from './cursors.ts';
import { readSnapshot } from './pages.ts';

/** One live list in the spelling of the numbers that a plan adds, or why it could not be read to its end. */
export async function readTouched(
  { id, add }: BotPlan,
  line: ReadClient,
  hint: number,
  options: ApiOptions,
  context: Context,
): Promise<Snapshot | Failure> {
  const live = await readLive(id, line, hint, options, context);
  if ('message' in live) return live;
  return { ...live, numbers: respell(live.numbers, add, line.provider.userOf) };
}

/** One live list, or why it could not be read to its end. */
export async function readLive(
  id: string,
  { reader }: ReadClient,
  hint: number,
  { concurrency }: ApiOptions,
  { progress }: Context,
): Promise<Snapshot | Failure> {
  let read = 0;
  const onPage = (count: number) => {
    progress.advance(count - read);
    read = count;
  };
  try {
    const live =
      'after' in reader
        ? await readCursors(reader, { onPage })
        : await readSnapshot(reader, { hint, concurrency, onPage });
    progress.note(id, `${live.numbers.size} numbers read`);
    return live;
  } catch (error) {
    const failure = failureOf(error);
    progress.note(id, 'could not be read');
    return failure;
  }
}

export function failureOf(error: unknown): Failure {
  if (error instanceof StoppedError) return { message: 'interrupted' };
  if (error instanceof ApiError) return { message: error.message, detail: error.detail };
  throw error;
}
