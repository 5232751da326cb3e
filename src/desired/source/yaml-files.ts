import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, normalize, relative, sep } from 'node:path';
import type { Fault } from '../../model/fault.ts';
import { type Decrypt, isEncrypted } from './decrypt.ts';
import { readCommitted } from './git.ts';

/** One file of desired state, as text. */
export interface SourceFile {
  /** The path as the user gave it, or below the folder that the user gave. */
  readonly name: string;
  readonly text: string;
  /** The text was decrypted: no line of it is shown, and it is not written back. */
  readonly encrypted?: true;
}

/** What reading needs besides the disk. */
export interface Reading {
  readonly decrypt: Decrypt;
  /** Standard input to its end. */
  stdin(): Promise<Buffer>;
}

/** The path that stands for standard input, and what such a file is called. */
export const STDIN = '-';
const STDIN_NAME = '<stdin>';

export const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Reads the files that the paths name: a file as it is, `-` as standard input, a folder as every `*.yaml` and `*.yml` below
 * it, encrypted with age (`*.yaml.age`) or not, in the order of their names. Hidden folders (`.git`, `.github`) and
 * `node_modules` are not searched, links to folders are not followed. A file that several paths lead to is read once; every file that cannot be read is a fault.
 */
export async function readFiles(
  paths: readonly string[],
  reading: Reading,
): Promise<{ files: SourceFile[]; faults: Fault[] }> {
  const files = new Map<string, SourceFile>();
  const faults: Fault[] = [];
  if (paths.indexOf(STDIN) !== paths.lastIndexOf(STDIN)) {
    faults.push({ message: '-: standing for standard input, it is named twice, and can be read once' });
  }
  for (const name of new Set(paths.flatMap((path) => namesAt(path, faults)))) {
    try {
      const real = name === STDIN ? STDIN : realpathSync(name);
      if (files.has(real)) continue;
      files.set(
        real,
        name === STDIN
          ? await makeFile(STDIN_NAME, await reading.stdin(), reading.decrypt)
          : await makeFile(name, readBytes(name), reading.decrypt),
      );
    } catch (error) {
      faults.push(unreadable(name === STDIN ? STDIN_NAME : name, error));
    }
  }
  return { files: [...files.values()], faults };
}

/**
 * What `readFiles` would have read in a commit. A path that the commit does not have is new since, and no fault.
 *
 * @returns also the paths of which the commit has nothing.
 * @throws InvalidError if the commit cannot be read.
 */
export async function readFilesAt(
  ref: string,
  paths: readonly string[],
  decrypt: Decrypt,
): Promise<{ files: SourceFile[]; faults: Fault[]; absent: string[] }> {
  const files = new Map<string, SourceFile>();
  const faults: Fault[] = [];
  const absent: string[] = [];
  for (const path of paths) {
    if (path === STDIN) {
      absent.push(STDIN_NAME);
      continue;
    }
    const wanted = (name: string) => normalize(name) === normalize(path) || isDesired(relative(path, name));
    const found = readCommitted(ref, path, wanted);
    if (found.length === 0) absent.push(path);
    for (const { name, bytes } of found) {
      try {
        files.set(name, await makeFile(name, bytes, decrypt));
      } catch (error) {
        faults.push(unreadable(name, error));
      }
    }
  }
  return { files: [...files.values()], faults, absent };
}

/** Whether a file at this path below a folder is read when the folder is named. */
function isDesired(path: string): boolean {
  const folders = path.split(sep).slice(0, -1);
  return isYaml(path) && folders.every(isSearched);
}

const isYaml = (name: string) => /\.ya?ml(\.age)?$/.test(name);
const isSearched = (folder: string) => !folder.startsWith('.') && folder !== 'node_modules';

function namesAt(path: string, faults: Fault[]): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
  } catch {
    return [path]; // reading it will say why
  }
  const before = faults.length;
  const names = yamlBelow(path, faults);
  if (names.length === 0 && faults.length === before) {
    faults.push({ message: `${path}: the folder holds no .yaml or .yml file` });
  }
  return names;
}

function yamlBelow(folder: string, faults: Fault[]): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    faults.push(unreadable(folder, error));
    return [];
  }
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (!entry.isDirectory()) return isYaml(entry.name) ? path : [];
      return isSearched(entry.name) ? yamlBelow(path, faults) : [];
    });
}

async function makeFile(name: string, bytes: Buffer, decrypt: Decrypt): Promise<SourceFile> {
  if (!isEncrypted(name, bytes)) return { name, text: decode(bytes) };
  return { name, text: decode(await decrypt(name, bytes)), encrypted: true };
}

function readBytes(name: string): Buffer {
  const stats = statSync(name);
  // A pipe or a device could block for ever or never end.
  if (!stats.isFile()) throw new Error('is not a regular file');
  if (stats.size > MAX_BYTES) throw new Error('is larger than 64 MiB; split it into several files');
  return readFileSync(name);
}

function decode(bytes: Buffer): string {
  try {
    // UTF-16 without a mark passes for UTF-8: its ASCII has a zero byte beside each letter.
    if (bytes.subarray(0, 2).includes(0)) throw new Error();
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error('is not UTF-8 text; save it as UTF-8');
  }
}

function unreadable(path: string, error: unknown): Fault {
  return { message: `${path === '' ? 'an empty path' : path}: ${why(error as NodeJS.ErrnoException)}` };
}

function why({ code, message }: NodeJS.ErrnoException): string {
  if (code === undefined) return message;
  if (code === 'ABORT_ERR') return 'was not read to its end';
  if (code === 'ENOENT') return 'there is no such file or folder';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user';
  return `cannot be read (${code})`;
}
