import { dirname, normalize, relative } from 'node:path';
import type { Fault } from '../../model/fault.ts';
import { type Decrypt, isAge } from '../source/decrypt.ts';
import { isLfsPointer, LFS_POINTER, whyNotNumbers } from '../source/other-formats.ts';
import { chunksOf, type Tree, type TreeFile } from '../source/tree.ts';
import { readNumberColumn } from './csv.ts';
import { Effort, findFiles, whyNot } from './find.ts';
import { readNumberLines } from './lines.ts';
import type { NumberFile, ReadNumbers } from './number-file.ts';

/** A path or pattern of number files in a YAML file. */
export interface Wanted {
  /** The name of the YAML file. Standard input counts as a file in the working directory. */
  readonly from: string;
  readonly path: string; // or a pattern
  readonly column?: string; // of a CSV file
}

export interface ReadResult {
  /** In the order of their names, each once. All results share the value of a file. */
  readonly files: readonly NumberFile[];
  /** Why the path or one of its files could not be read, to follow the path. */
  readonly fault?: string;
  /** The faults within the files. All results share these values too. */
  readonly faults: readonly Fault[];
}

export type NumberFiles = (wanted: Wanted) => ReadResult;

interface Reading {
  readonly tree: Tree;
  readonly decrypt: Decrypt;
}

const HIDDEN_AGE = 'is encrypted with age; add .age to the end of its name';

/** Reads every wanted number file once. */
export async function readNumberFiles(wanted: readonly Wanted[], reading: Reading): Promise<NumberFiles> {
  const found = new Map<string, ReadResult>();
  const known = { read: new Map<string, ReadNumbers>(), names: new Map<string, string>(), effort: new Effort() };
  for (const each of wanted) {
    const key = keyOf(each);
    if (!found.has(key)) found.set(key, await readOne(each, reading, known));
  }
  return (each) => found.get(keyOf(each))!;
}

function keyOf({ from, path, column }: Wanted): string {
  return JSON.stringify([dirname(from), path, column]);
}

async function readOne(
  wanted: Wanted,
  { tree, decrypt }: Reading,
  known: { readonly read: Map<string, ReadNumbers>; readonly names: Map<string, string>; readonly effort: Effort },
): Promise<ReadResult> {
  const files = new Set<NumberFile>();
  const faults: Fault[] = [];
  const folder = dirname(wanted.from);
  let found: readonly TreeFile[];
  try {
    found = findFiles(tree, folder, wanted.path, known.effort);
  } catch (error) {
    return { files: [], faults, fault: whyNot(error) };
  }
  for (const file of found) {
    const key = JSON.stringify([file.id, wanted.column]);
    const name = known.names.get(file.id) ?? file.name; // the same for each column, also through a link
    known.names.set(file.id, name);
    try {
      const read = known.read.get(key) ?? (await readFile(name, file, wanted.column, decrypt));
      known.read.set(key, read);
      if (files.has(read.file)) continue; // the pattern also matches a link to it
      files.add(read.file);
      // One by one, as a call takes fewer arguments than there can be faults.
      for (const fault of read.faults) faults.push(fault);
    } catch (error) {
      const path = relative(folder, file.name);
      const isNamed = path === normalize(wanted.path);
      return { files: [...files], faults, fault: isNamed ? whyNot(error) : `${path}: ${whyNot(error)}` };
    }
  }
  return { files: [...files], faults };
}

async function readFile(
  name: string,
  file: TreeFile,
  column: string | undefined,
  decrypt: Decrypt,
): Promise<ReadNumbers> {
  const isEncrypted = file.name.endsWith('.age'); // decrypted as a whole, in memory
  const chunks = isEncrypted ? chunksOf(await decrypted(file, decrypt)) : plainChunks(file);
  const isCsv = column !== undefined || /\.[ct]sv(?:\.age)?$/i.test(file.name);
  return isCsv ? readNumberColumn(name, chunks, column, isEncrypted) : readNumberLines(name, chunks, isEncrypted);
}

function decrypted(file: TreeFile, decrypt: Decrypt): Promise<Buffer> {
  const bytes = file.bytes();
  if (isLfsPointer(bytes)) throw new Error(LFS_POINTER);
  return decrypt(file.name, bytes);
}

/**
 * @throws Error if the file is encrypted although its name says otherwise, or is no text: each of its lines would be a
 * fault.
 */
function* plainChunks(file: TreeFile): Generator<Buffer> {
  let isStart = true;
  for (const chunk of file.chunks()) {
    const why = !isStart ? null : isAge(chunk) ? HIDDEN_AGE : whyNotNumbers(chunk);
    if (why !== null) throw new Error(why);
    isStart = false;
    yield chunk;
  }
}
