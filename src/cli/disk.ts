/** Reads and writes files. Each error contains the path, and the reason in words. */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { readAtMost } from '../desired/source/tree.ts';
import { InvalidError, systemError } from '../model/errors.ts';
import type { FileKind } from '../steps/files.ts';

/** In bytes. Node cannot make a longer string. A device such as /dev/zero has no end. */
const MAX_TEXT = 512 * 1024 * 1024 - 1024;

/** @throws InvalidError if the file does not exist or cannot be read. */
export function read(path: string): string {
  return reading(path, () => readAtMost(MAX_TEXT, path, 'is larger than 512 MiB').toString());
}

/** Returns null if the file does not exist. @throws InvalidError if it cannot be read. */
export function readIfThere(path: string): string | null {
  const stats = reading(path, () => fs.statSync(path, { throwIfNoEntry: false }));
  // Reading a pipe or a device could block forever, or never end.
  if (stats && !stats.isFile()) throw new InvalidError(`${path}: ${notFile(stats)}`);
  return stats ? read(path) : null;
}

/** In bytes. The longest tokens that identity services issue have a few KiB. */
const MAX_TOKEN = 64 * 1024;

/** Reads a token file, also through links, whatever its mode: Kubernetes writes links, and Docker files for all users. */
export function readToken(path: string): string {
  try {
    const stats = fs.statSync(path);
    if (!stats.isFile()) throw new Error(notFile(stats));
    return readAtMost(MAX_TOKEN, path, 'it is larger than 64 KiB, so it is no token').toString();
  } catch (error) {
    const why = systemError(error) ?? (error as Error).message;
    throw new Error(`cannot be read: ${why}; set the variable to the path of a file with the token`);
  }
}

function reading<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new InvalidError(`${path}: ${systemError(error) ?? (error as Error).message}`);
  }
}

/** The name of each kind of file that a run writes, and a pattern of its beginning. */
const OWN: Readonly<Record<Exclude<FileKind, 'desired'>, { readonly name: string; readonly beginning: RegExp }>> = {
  plan: { name: 'saved plan', beginning: /^\{\s*"kind"/ },
  report: { name: 'JSON report', beginning: /^\{\s*"formatVersion"/ },
  metrics: { name: 'metrics file', beginning: /^# (TYPE|UNIT|HELP|EOF)/ },
};

/** Writes a file that only its owner can read, in one step: readers see the old file or the whole new one. */
export function writePrivate(path: string, pieces: Iterable<string>, kind: 'plan' | 'report' = 'plan'): void {
  writing(path, () => {
    refuseOthers(path, kind);
    replace(path, 0o600, (file) => writeAll(file, pieces));
  });
}

/** Writes a file that all users can read, in one step as well. */
export function writePublic(path: string, pieces: Iterable<string>): void {
  writing(path, () => {
    refuseOthers(path, 'metrics');
    replace(path, 0o644, (file) => {
      fs.fchmodSync(file, 0o644); // whatever the umask
      writeAll(file, pieces);
    });
  });
}

/**
 * Writes desired state in one step. An old file keeps its mode and byte order mark; a new one follows the umask. Does not
 * write through a link, which may lead to the file of another project.
 */
export function writeDesired(path: string, text: string): void {
  writing(path, () => {
    refuseLink(path);
    const old = fs.statSync(path, { throwIfNoEntry: false });
    replace(path, 0o666, (file) => {
      if (old) fs.accessSync(path, fs.constants.W_OK); // a rename replaces even a file that is read-only
      const mark = old && fs.readFileSync(path).subarray(0, 3).equals(Buffer.from('\ufeff')) ? '\ufeff' : '';
      fs.writeFileSync(file, mark + text);
      if (old) fs.fchmodSync(file, old.mode & 0o7777);
    });
  });
}

/** Throws the error that writing the file would throw, if it is known before there is anything to write. */
export function checkWritable(path: string, kind: FileKind): void {
  writing(path, () => {
    if (kind !== 'desired') refuseOthers(path, kind);
    else {
      refuseLink(path);
      if (fs.existsSync(path)) fs.accessSync(path, fs.constants.W_OK);
    }
    const [writeNothing, discard] = [() => {}, (temporary: string) => fs.rmSync(temporary)];
    replace(path, 0o600, writeNothing, discard);
  });
}

/**
 * Refuses to overwrite a file of another kind: a mistake such as `--out blacklist.yaml` would destroy the
 * desired state.
 */
function refuseOthers(path: string, kind: keyof typeof OWN): void {
  const { name, beginning } = OWN[kind];
  const stats = fs.statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size === 0 || beginning.test(fs.readFileSync(path, 'latin1').slice(0, 200))) return;
  throw unwritable(path, `a file of this name exists and is not a ${name}; choose another name`);
}

function refuseLink(path: string): void {
  if (!fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  throw unwritable(path, 'this is a symbolic link; name its target instead');
}

function writeAll(file: number, pieces: Iterable<string>): void {
  for (const piece of pieces) fs.writeFileSync(file, piece); // writeSync may write only a part
}

/** @param move replaces the file with the new one. */
function replace(
  path: string,
  mode: number,
  write: (file: number) => void,
  move: (from: string, to: string) => void = fs.renameSync,
): void {
  const target = targetOf(path);
  // A killed run leaves this folder. Git ignores it, so that no commit takes numbers by accident.
  const folder = join(dirname(target), `.blacklistctl-${randomUUID()}.tmp`);
  const temporary = join(folder, 'new');
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
    fs.writeFileSync(join(folder, '.gitignore'), '*\n');
    const file = fs.openSync(temporary, 'wx', mode);
    try {
      write(file);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    move(temporary, target);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Checks if something is at the path, including a link without a target. */
export function exists(path: string): boolean {
  try {
    return fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // a part of the path is a file, which createAll reports
  }
}

/** Creates all files or none, and the folders above them, which stay. Changes no file that exists. */
export function createAll(files: readonly { readonly name: string; readonly text: string }[]): void {
  const created: string[] = [];
  for (const { name, text } of files) {
    try {
      writing(name, () => {
        fs.mkdirSync(dirname(name), { recursive: true });
        const file = fs.openSync(name, 'wx');
        created.push(name);
        try {
          fs.writeFileSync(file, text);
        } finally {
          fs.closeSync(file);
        }
      });
    } catch (error) {
      for (const mine of created) fs.rmSync(mine, { force: true });
      throw error;
    }
  }
}

/** Follows links. Refuses devices and pipes: `--out /dev/null` as root would replace the device by a file. */
function targetOf(path: string): string {
  const stats = fs.statSync(path, { throwIfNoEntry: false });
  if (!stats) return path;
  if (!stats.isFile()) throw unwritable(path, notFile(stats));
  return fs.realpathSync(path);
}

const notFile = (stats: fs.Stats) =>
  stats.isDirectory() ? 'this is a folder, not a file' : 'this is a pipe or a device, not a file';

/** Words errors of the operating system. Other errors stay unchanged. */
function writing(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? noFolder(path) : systemError(error);
    throw why === null ? error : unwritable(path, why);
  }
}

function noFolder(path: string): string {
  const folder = dirname(path);
  if (fs.existsSync(folder)) return 'no file can be created in this folder';
  return `the folder ${folder} does not exist; create it first`;
}

function unwritable(path: string, why: string): Error {
  return Object.assign(new Error(`${path}: cannot write: ${why}`), { code: 'EWRITE' });
}
