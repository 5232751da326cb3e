import { ApiError, StageError, StoppedError } from '../model/errors.ts';
import type { Failure } from '../model/ledger.ts';
import type { Snapshot } from '../model/plan.ts';
import { type CursorReader, readCursors } from './cursors.ts';
import { type PageReader, type ReadOptions, readSnapshot } from './pages.ts';

/** Reads one live list to its end, or returns why it could not. */
export async function readLive(reader: PageReader | CursorReader, options: ReadOptions): Promise<Snapshot | Failure> {
  try {
    return reader.kind === 'cursors' ? await readCursors(reader, options) : await readSnapshot(reader, options);
  } catch (error) {
    if (error instanceof StoppedError) return { kind: 'interrupted' };
    if (error instanceof StageError) return error.reason;
    if (error instanceof ApiError) return { message: error.message, detail: error.detail };
    throw error;
  }
}
