import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InvalidError } from './errors.ts';

/** @throws InvalidError if there is no such file, or it may not be read. */
export function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InvalidError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** Writes a file that only its owner may read, in one step: the old file or the whole new one. */
export function writePrivate(path: string, pieces: Iterable<string>): void {
  const temporary = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    const file = openSync(temporary, 'wx', 0o600);
    try {
      for (const piece of pieces) writeSync(file, piece);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw Object.assign(new Error(`${path}: cannot be written (${(error as NodeJS.ErrnoException).code})`), {
      code: 'EWRITE',
    });
  }
}
