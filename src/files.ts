import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
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
  const target = targetOf(path);
  const temporary = join(dirname(target), `.${randomUUID()}.tmp`);
  try {
    const file = openSync(temporary, 'wx', 0o600);
    try {
      for (const piece of pieces) writeFileSync(file, piece); // writeSync may write less than it was given
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : unwritable(path, code);
  }
}

/** A link that leads nowhere is something as well. */
export function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // a part of the path is no folder: creating it will say so
  }
}

/** Creates files and the folders above them: all, or none. A file that exists by now is not touched. */
export function createAll(files: readonly { readonly name: string; readonly text: string }[]): void {
  const created: string[] = [];
  for (const { name, text } of files) {
    try {
      mkdirSync(dirname(name), { recursive: true });
      const file = openSync(name, 'wx');
      created.push(name);
      try {
        writeFileSync(file, text);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      for (const mine of created) rmSync(mine, { force: true });
      throw unwritable(name, (error as NodeJS.ErrnoException).code ?? String(error));
    }
  }
}

/** Where a link leads to; renaming over a device or a pipe would destroy it: think of `--out /dev/null` as root. */
function targetOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return path;
  if (!stats.isFile()) throw unwritable(path, 'it is not a regular file');
  return realpathSync(path);
}

function unwritable(path: string, why: string): Error {
  return Object.assign(new Error(`${path}: cannot be written (${why})`), { code: 'EWRITE' });
}
