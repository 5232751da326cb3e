/** Reads files by their paths from the working directory: from the disk, or from a commit (see `git.ts`). */
import type { Dirent } from 'node:fs';
import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { systemError } from '../../model/errors.ts';

export interface Tree {
  /** The name of the commit; null for the disk. */
  readonly commit: string | null;
  /** Lists the file at a path, or the files below a folder. Does not follow links to folders. */
  list(path: string, search: Search): string[];
  /** Checks if a file, folder or link is at the path. */
  has(path: string): boolean;
  /** @returns null for a folder. @throws Error that `whyUnread` words. */
  open(path: string, within: Within): TreeFile | null;
}

/**
 * A folder that links must not lead out of, and the rule that the error for such a link quotes. The folder itself may be
 * a link.
 */
interface Within {
  readonly folder: string;
  readonly rule: string;
}

/** Selects the files to list. Paths are relative to the listed path, which itself is "". */
export interface Search {
  wants(file: string): boolean;
  /** Returns false for folders without wanted files, to save their search. */
  enters(folder: string): boolean;
  /** Called for each folder that cannot be read. */
  onError(folder: string, error: unknown): void;
}

export interface TreeFile {
  readonly name: string;
  /** Equal for two names of one file. */
  readonly id: string;
  /** @throws Error if there are more than `MAX_BYTES`. */
  bytes(): Buffer;
  /** Each chunk is overwritten by the next one. */
  chunks(): Iterable<Buffer>;
}

/** The most bytes of a file that is read as a whole. */
export const MAX_BYTES = 64 * 1024 * 1024;
export const TOO_LARGE = 'is larger than 64 MiB; split it into several files';

const CHUNK = 256 * 1024;

export const disk: Tree = { commit: null, list, has, open };

function list(path: string, search: Search, from = ''): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // A file, or nothing, which `open` reports.
    if (['ENOENT', 'ENOTDIR'].includes(code)) return search.wants(from) ? [path] : [];
    search.onError(path, error);
    return [];
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const [name, below] = [join(path, entry.name), join(from, entry.name)];
    if (!entry.isDirectory()) return search.wants(below) ? name : [];
    return search.enters(below) ? list(name, search, below) : [];
  });
}

function has(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function open(name: string, { folder, rule }: Within): TreeFile | null {
  const id = realpathSync(name);
  const root = realpathSync(folder);
  if (!isBelow(root, id)) throw new Error(`leads out of its folder through a link; ${rule}`);
  // A checkout for a workflow has the token of the job in .git/config.
  if (/(?:^|[\\/])\.git(?:[\\/]|$)/i.test(id.slice(root.length))) {
    throw new Error('is in .git, whose files are not desired state; move it to another folder');
  }
  const stats = statSync(name);
  if (stats.isDirectory()) return null;
  // A pipe or a device could block forever or never end.
  if (!stats.isFile()) throw new Error('is not a regular file');
  return { name, id, bytes: () => readAtMost(MAX_BYTES, id, TOO_LARGE), chunks: () => chunksOnDisk(id) };
}

function isBelow(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/**
 * Reads a whole file. Counts its bytes while reading, because a file may grow, and some files have no size.
 *
 * @param why the message of the error for more bytes.
 */
export function readAtMost(most: number, path: string, why: string): Buffer {
  const file = openSync(path, 'r');
  try {
    let bytes = Buffer.allocUnsafe(Math.min(fstatSync(file).size, most) + 1); // one more, to find the end
    for (let size = 0; ; ) {
      const length = readSync(file, bytes, size, bytes.length - size, null);
      if (length === 0) return bytes.subarray(0, size);
      size += length;
      if (size > most) throw new Error(why);
      if (size === bytes.length) bytes = Buffer.concat([bytes], size * 2 + CHUNK);
    }
  } finally {
    closeSync(file);
  }
}

function* chunksOnDisk(path: string): Generator<Buffer> {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK);
    for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk)) {
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

export function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
}

/**
 * Words an error of reading or decrypting, to follow a path and a colon.
 *
 * @param absent the words for a missing file, by error code.
 */
export function whyUnread(error: unknown, absent: Readonly<Record<string, string>>): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return message;
  const denied = 'cannot be read by this user; change its permissions';
  const words = {
    ABORT_ERR: 'was not read completely, because the run was interrupted',
    EACCES: denied,
    EPERM: denied,
    ...absent,
  };
  return (words as Readonly<Record<string, string>>)[code] ?? systemError(error) ?? `cannot be read (${code})`;
}
