import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { InvalidError } from '../model/errors.ts';

/** @throws InvalidError if the file does not exist or cannot be read. */
export function read(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch (error) {
    throw new InvalidError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** Returns null if the file does not exist. @throws InvalidError if it cannot be read. */
export function readIfThere(path: string): string | null {
  const stats = fs.statSync(path, { throwIfNoEntry: false });
  // A pipe or a device could block for ever or never end.
  if (stats && !stats.isFile()) throw new InvalidError(`${path}: is not a regular file`);
  return stats ? read(path) : null;
}

/** How the private files of each kind begin. */
const BEGINNINGS = { plan: /^\{\s*"kind"/, report: /^\{\s*"formatVersion"/ } as const;

/** Writes a file that only its owner can read, in one step: readers see the old file or the whole new one. */
export function writePrivate(path: string, pieces: Iterable<string>, kind: keyof typeof BEGINNINGS = 'plan'): void {
  refuseOthers(path, BEGINNINGS[kind]);
  replace(path, 0o600, (file) => writeAll(file, pieces));
}

/** Throws what `writePrivate` would throw, as far as that is known before there is anything to write. */
export function checkPrivate(path: string, kind: keyof typeof BEGINNINGS): void {
  refuseOthers(path, BEGINNINGS[kind]);
  const [writeNothing, discard] = [() => {}, (temporary: string) => fs.rmSync(temporary)];
  replace(path, 0o600, writeNothing, discard);
}

/** Writes a file that all users can read, in one step as well. */
export function writePublic(path: string, pieces: Iterable<string>): void {
  refuseOthers(path, /^# (TYPE|UNIT|HELP|EOF)/);
  replace(path, 0o644, (file) => {
    fs.fchmodSync(file, 0o644); // whatever the umask
    writeAll(file, pieces);
  });
}

/** Writes a file of desired state in one step. An old one keeps its mode and byte order mark, a new one is for all. */
export function writeDesired(path: string, text: string): void {
  const old = fs.statSync(path, { throwIfNoEntry: false });
  replace(path, 0o666, (file) => {
    if (old) fs.accessSync(path, fs.constants.W_OK); // a rename replaces even a file that is read-only
    const mark = old && fs.readFileSync(path).subarray(0, 3).equals(Buffer.from('\ufeff')) ? '\ufeff' : '';
    fs.writeFileSync(file, mark + text);
    if (old) fs.fchmodSync(file, old.mode & 0o7777);
  });
}

/** Refuses to overwrite a file of another kind: a slip such as `--out blacklist.yaml` would cost the desired state. */
function refuseOthers(path: string, beginning: RegExp): void {
  const stats = fs.statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size === 0 || beginning.test(fs.readFileSync(path, 'latin1').slice(0, 200))) return;
  throw unwritable(path, 'a file of another kind is there; name another one, or delete it');
}

function writeAll(file: number, pieces: Iterable<string>): void {
  for (const piece of pieces) fs.writeFileSync(file, piece); // writeSync may write only a part
}

/** @param move puts the new file in its place. */
function replace(
  path: string,
  mode: number,
  write: (file: number) => void,
  move: (from: string, to: string) => void = fs.renameSync,
): void {
  const target = targetOf(path);
  const temporary = join(dirname(target), `.${randomUUID()}.tmp`);
  try {
    const file = fs.openSync(temporary, 'wx', mode);
    try {
      write(file);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    move(temporary, target);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : unwritable(path, code);
  }
}

/** Returns true for a link to nowhere, too. */
export function exists(path: string): boolean {
  try {
    return fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // a part of the path is no folder, which createAll reports
  }
}

/** Creates files and the folders above them: all, or none. Changes no file that exists. */
export function createAll(files: readonly { readonly name: string; readonly text: string }[]): void {
  const created: string[] = [];
  for (const { name, text } of files) {
    try {
      fs.mkdirSync(dirname(name), { recursive: true });
      const file = fs.openSync(name, 'wx');
      created.push(name);
      try {
        fs.writeFileSync(file, text);
      } finally {
        fs.closeSync(file);
      }
    } catch (error) {
      for (const mine of created) fs.rmSync(mine, { force: true });
      throw unwritable(name, (error as NodeJS.ErrnoException).code ?? String(error));
    }
  }
}

/** Follows links. Refuses devices and pipes: `--out /dev/null` as root would replace the device by a file. */
function targetOf(path: string): string {
  const stats = fs.statSync(path, { throwIfNoEntry: false });
  if (!stats) return path;
  if (!stats.isFile()) throw unwritable(path, 'it is not a regular file');
  return fs.realpathSync(path);
}

function unwritable(path: string, why: string): Error {
  return Object.assign(new Error(`${path}: cannot be written (${why})`), { code: 'EWRITE' });
}
