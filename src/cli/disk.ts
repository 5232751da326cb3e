import { randomUUID } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
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
import { InvalidError } from '../model/errors.ts';

/** @throws InvalidError if there is no such file, or it may not be read. */
export function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InvalidError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** Null if there is no such file. @throws InvalidError if it may not be read. */
export function readFileIfThere(path: string): string | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  // A pipe or a device could block for ever or never end.
  if (stats && !stats.isFile()) throw new InvalidError(`${path}: is not a regular file`);
  return stats ? readFile(path) : null;
}

/** Writes a file that only its owner may read, in one step: the old file or the whole new one. */
export function writePrivate(path: string, pieces: Iterable<string>): void {
  refuseOthers(path, /^\{\s*"(kind|formatVersion)"/);
  replace(path, 0o600, (file) => writeAll(file, pieces));
}

/** Writes a file that everybody may read, in one step as well. */
export function writePublic(path: string, pieces: Iterable<string>): void {
  refuseOthers(path, /^# (TYPE|UNIT|HELP|EOF)/);
  replace(path, 0o644, (file) => {
    fchmodSync(file, 0o644); // whatever the umask
    writeAll(file, pieces);
  });
}

/** Writes a file of desired state in one step. It keeps its mode and its byte order mark; a new one is for everybody. */
export function writeDesired(path: string, text: string): void {
  const old = statSync(path, { throwIfNoEntry: false });
  replace(path, 0o666, (file) => {
    if (old) accessSync(path, constants.W_OK); // to rename over a file asks nobody whether it may be written
    writeFileSync(file, old && readFileSync(path).subarray(0, 3).equals(MARK) ? `\ufeff${text}` : text);
    if (old) fchmodSync(file, old.mode & 0o7777);
  });
}

const MARK = Buffer.from('\ufeff');

/** A slip such as `--out blacklist.yaml` must not cost the desired state: only a file of the same kind is overwritten. */
function refuseOthers(path: string, beginning: RegExp): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size === 0) return;
  if (!beginning.test(readFileSync(path, 'latin1').slice(0, 200))) {
    throw unwritable(path, 'a file of another kind is there; name another one, or delete it');
  }
}

function writeAll(file: number, pieces: Iterable<string>): void {
  for (const piece of pieces) writeFileSync(file, piece); // writeSync may write less than it was given
}

function replace(path: string, mode: number, write: (file: number) => void): void {
  const target = targetOf(path);
  const temporary = join(dirname(target), `.${randomUUID()}.tmp`);
  try {
    const file = openSync(temporary, 'wx', mode);
    try {
      write(file);
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
