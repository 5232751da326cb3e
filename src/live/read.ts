import { ApiError, StageError, StoppedError } from '../model/errors.ts';
import type { Failure } from '../model/ledger.ts';
import type { Snapshot } from '../model/plan.ts';
import { Invalid } from '../numbers/invalid.ts';
import { type CursorReader, readCursors } from './cursors.ts';
import { type PageReader, type ReadOptions, readSnapshot } from './pages.ts';

/** Reads one live list to its end. @returns the reason if it cannot be read. */
export async function readLive(
  reader: PageReader | CursorReader,
  options: ReadOptions,
): Promise<Snapshot | Invalid<Failure>> {
  try {
    return reader.kind === 'cursors' ? await readCursors(reader, options) : await readSnapshot(reader, options);
  } catch (error) {
    const cause = error instanceof StoppedError ? error.failure : error;
    if (cause === null) return new Invalid({ kind: 'interrupted' });
    if (cause instanceof StageError) return new Invalid(cause.reason);
    if (cause instanceof ApiError) return new Invalid({ message: cause.message, detail: cause.detail });
    throw error;
  }
}
