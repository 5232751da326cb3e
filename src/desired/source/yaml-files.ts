import { isAscii } from 'node:buffer';
import { basename, dirname, sep } from 'node:path';
import { InvalidError, ProgramError } from '../../model/errors.ts';
import type { Fault } from '../../model/fault.ts';
import { type Decrypt, isEncrypted } from './decrypt.ts';
import { isLfsPointer, LFS_POINTER } from './other-formats.ts';
import { type Search, type Tree, whyUnread } from './tree.ts';

/** One file of desired state, as text. */
export interface SourceFile {
  /** The path as the user passed it, or a path below a folder that the user passed. */
  readonly name: string;
  readonly text: string;
  /** Set if the file was decrypted: its lines are not shown, and it is not overwritten. */
  readonly encrypted?: true;
}

export interface Reading {
  readonly tree: Tree;
  readonly decrypt: Decrypt;
  /** Reads standard input to its end. */
  stdin(): Promise<Buffer>;
}

/** The path that means standard input, and the name in reports. */
export const STDIN = '-';
export const STDIN_NAME = '<stdin>';

const PASS_TARGET = 'pass the path of its target';

/**
 * Reads the files at the paths. `-` is standard input; a folder is every `*.yaml` and `*.yml` below it, also
 * if encrypted with age (`*.yaml.age`), in the order of their names. Skips hidden files and folders (`.git`),
 * `node_modules` and links to folders. Reads a file of several paths once. An unreadable file is a fault.
 *
 * Links may not lead out of the folder of the path, or of the file that the path names: a pull request could make a
 * workflow read, print or rewrite a file elsewhere.
 *
 * @returns as `absent` the paths that a commit does not contain: they are new since that commit.
 * @throws InvalidError if the commit cannot be read.
 */
export async function readFiles(
  paths: readonly string[],
  { tree, decrypt, stdin }: Reading,
): Promise<{ files: SourceFile[]; faults: Fault[]; absent: string[] }> {
  const files = new Map<string, SourceFile>();
  const faults: Fault[] = [];
  const absent: string[] = [];
  const isStdin = (path: string) => path === STDIN && tree.commit === null;
  if (paths.filter(isStdin).length > 1) {
    faults.push({ message: '-: standard input can be read only once; pass - once' });
  }
  const folders = new Map<string, string>(); // of the files to read, by name
  for (const path of paths) {
    for (const name of isStdin(path) ? [path] : namesAt(path, tree, faults, absent)) {
      if (!folders.has(name)) folders.set(name, name === path ? dirname(path) : path);
    }
  }
  for (const [name, folder] of folders) {
    try {
      const within = { folder, rule: PASS_TARGET };
      const file = isStdin(name) ? { id: STDIN, name: STDIN_NAME, bytes: stdin } : tree.open(name, within);
      if (!file) throw new Error('is not a regular file');
      if (!files.has(file.id)) files.set(file.id, await makeFile(file.name, await file.bytes(), decrypt));
    } catch (error) {
      if (error instanceof InvalidError) throw error;
      faults.push(unreadable(isStdin(name) ? STDIN_NAME : name, error));
    }
  }
  return { files: [...files.values()], faults, absent };
}

/**
 * Lists the files at a path. Without any, the path is a fault on the disk, and new since the commit
 * otherwise.
 */
function namesAt(path: string, tree: Tree, faults: Fault[], absent: string[]): string[] {
  const before = faults.length;
  const search: Search = {
    wants: (file) => file === '' || isDesired(file),
    enters: (folder) => isSearched(basename(folder)),
    onError: (folder, error) => faults.push(unreadable(folder, error)),
  };
  const names = path === STDIN ? [] : tree.list(path, search);
  if (names.length > 0 || faults.length > before) return names;
  if (tree.commit === null) faults.push({ message: `${path}: the folder contains no .yaml or .yml file` });
  else absent.push(path === STDIN ? STDIN_NAME : path);
  return [];
}

/** Checks if a file at a path below a passed folder is read. Hidden files belong to SOPS, editors and systems. */
export function isDesired(path: string): boolean {
  return /\.ya?ml(\.age)?$/.test(path) && path.split(sep).every(isSearched);
}

const isSearched = (name: string) => !name.startsWith('.') && name !== 'node_modules';

async function makeFile(name: string, bytes: Buffer, decrypt: Decrypt): Promise<SourceFile> {
  if (isLfsPointer(bytes)) throw new Error(LFS_POINTER);
  if (!isEncrypted(name, bytes)) return textFile(name, bytes);
  return textFile(name, await decrypt(name, bytes), { encrypted: true });
}

/** Makes a file from its bytes. @throws Error if they are not UTF-8. */
export function textFile(name: string, bytes: Buffer, facts: Pick<SourceFile, 'encrypted'> = {}): SourceFile {
  // UTF-16 without a byte order mark is valid UTF-8: ASCII letters have a zero byte before or after them.
  if (bytes.subarray(0, 2).includes(0)) throw new Error(NOT_UTF8);
  if (!isAscii(bytes)) return { name, text: decode(bytes), ...facts };
  let text: string | undefined;
  const file = {
    name,
    get text(): string {
      text ??= bytes.toString('latin1');
      return text;
    },
    ...facts,
  };
  ASCII.set(file, bytes);
  return file;
}

/** The bytes of files, which save decoding a list of a million numbers. A copy of a file with another text has none. */
const ASCII = new WeakMap<SourceFile, Buffer>();

/** Returns the bytes of a file if its text is ASCII, so that each is a character, and they are known. */
export const asciiOf = (file: SourceFile): Buffer | undefined => ASCII.get(file);

const NOT_UTF8 = 'is not UTF-8 text; save it as UTF-8';

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error(NOT_UTF8);
  }
}

function unreadable(path: string, error: unknown): Fault {
  const why = whyUnread(error, { ENOENT: 'there is no such file or folder' });
  const detail = error instanceof ProgramError ? error.detail : undefined;
  return { message: `${path === '' ? 'an empty path' : path}: ${why}`, ...(detail && { detail }) };
}
