/** The number files that a path means: of the folder of the YAML file that names it, or below, and from nowhere else. */
import { closeSync, lstatSync, openSync, readFileSync, readSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, normalize, relative, sep } from 'node:path';
import { type CommittedFile, readCommitted } from '../source/git.ts';
import { baseOf, filesMatching, isPattern, matcherOf } from './patterns.ts';

export interface FoundFile {
  /** From the folder of the YAML file on. */
  readonly path: string;
  /** As people know it. */
  readonly name: string;
  /** The same for two names of one file. */
  readonly id: string;
  /** Each is overwritten by the next one. */
  chunks(): Iterable<Buffer>;
  bytes(): Buffer;
  /** In bytes. */
  readonly size: number;
}

/**
 * Finds what a path or a pattern means from a folder on.
 *
 * @throws Error with what is wrong, as the rest of a sentence about the path; see `whyNot`.
 */
export type Find = (folder: string, path: string) => Promise<readonly FoundFile[]>;

const CHUNK = 256 * 1024;
const KEEP_BELOW = 'number files stand in the folder of the YAML file or below';

export const findOnDisk: Find = async (folder, written) => {
  const path = checked(written);
  const root = realpathSync(folder);
  const isThere = lstatSync(join(folder, path), { throwIfNoEntry: false }) !== undefined;
  if (isThere || !isPattern(path)) {
    const file = fileOnDisk(root, folder, path);
    if (!file) throw new Error(`is a folder; write "${join(path, '*.txt')}" for the files in it`);
    return [file];
  }
  const names = filesMatching(folder, path, await matcherOf(path));
  const files = names.flatMap((name) => {
    try {
      return fileOnDisk(root, folder, name) ?? [];
    } catch (error) {
      throw new Error(`${name}: ${whyNot(error)}`);
    }
  });
  if (files.length === 0) throw new Error(`matches no file; ${KEEP_BELOW}`);
  return files;
};

/** @returns null for a folder. */
function fileOnDisk(root: string, folder: string, path: string): FoundFile | null {
  const name = join(folder, path);
  const real = realpathSync(name);
  if (real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw new Error(`leads out of its folder by a link; ${KEEP_BELOW}`);
  }
  const stats = statSync(real);
  if (stats.isDirectory()) return null;
  // A pipe or a device could block for ever or never end.
  if (!stats.isFile()) throw new Error('is not a regular file');
  const { size } = stats;
  return { path, name, id: real, size, chunks: () => chunksOnDisk(real), bytes: () => readFileSync(real) };
}

/**
 * What stood in a commit.
 *
 * @param ref see `readCommitted`.
 */
export function findInCommit(ref: string): Find {
  return async (folder, written) => {
    const path = checked(written);
    const from = (name: string) => relative(folder, name);
    const named = readCommitted(ref, join(folder, path), (name) => from(name) === path);
    const files = named.length > 0 || !isPattern(path) ? named : await matching();
    if (files.length === 0)
      throw new Error(isPattern(path) ? 'matches no file of that commit' : 'is no file of that commit');
    return files.map(({ name, bytes }) => {
      const known = join(folder, from(name));
      const facts = { path: from(name), name: known, id: known, size: bytes.length };
      return { ...facts, chunks: () => chunksOf(bytes), bytes: () => bytes };
    });

    async function matching(): Promise<CommittedFile[]> {
      const matches = await matcherOf(path);
      return readCommitted(ref, join(folder, baseOf(path)), (name) => matches(from(name)));
    }
  };
}

/** The path in its shortest form, or an Error if it leads anywhere but below its folder. */
function checked(written: string): string {
  if (written === '') throw new Error('is empty; name a file');
  if (written.includes('\0')) throw new Error('holds a zero byte, and no file is called so');
  if (written.includes('\\')) throw new Error('holds a backslash; write / between folders');
  if (isAbsolute(written) || /^[A-Za-z]:/.test(written)) throw new Error(`is an absolute path; ${KEEP_BELOW}`);
  const path = normalize(written);
  if (path.split('/')[0] === '..') throw new Error(`leads out of its folder; ${KEEP_BELOW}`);
  return path;
}

export function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
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

/** What an error of this file, of the file system or of decrypting says, as the rest of a sentence about a path. */
export function whyNot(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return message;
  if (code === 'ENOENT' || code === 'ENOTDIR') return `there is no such file; ${KEEP_BELOW}`;
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user';
  return `cannot be read (${code})`;
}
