import { ApiError, StageError, StoppedError } from '../model/errors.ts';
import type { Failure } from '../model/ledger.ts';
import type { Snapshot } from '../model/plan.ts';
import { Invalid } from '../numbers/invalid.ts';
import { type CursorReader, readCursors } from './cursors.ts';
import { type PageReader, type ReadOptions, readSnapshot } from './pages.ts';

/** Reads one live list to its end, or returns why it could not. */
export async function readLive(
  reader: PageReader | CursorReader,
  options: ReadOptions,
): Promise<Snapshot | Invalid<Failure>> {
  try {
    return reader.kind === 'cursors' ? await readCursors(reader, options) : await readSnapshot(reader, options);
  } catch (error) {
    if (error instanceof StoppedError) return new Invalid({ kind: 'interrupted' });
    if (error instanceof StageError) return new Invalid(error.reason);
    if (error instanceof ApiError) return new Invalid({ message: error.message, detail: error.detail });
    throw error;
  }
}
