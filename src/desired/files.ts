import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '../model.ts';

/** One file of desired state, as text. */
export interface SourceFile {
  /** The path as the user gave it, or below the folder that the user gave. */
  readonly name: string;
  readonly text: string;
}

const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Reads the files that the paths name: a file as it is, a folder as every `*.yaml` and `*.yml` below it, in the order
 * of their names. Hidden folders (`.git`, `.github`) and `node_modules` are not searched, links to folders are not
 * followed.
 */
export function readFiles(paths: readonly string[]): { files: SourceFile[]; faults: Fault[] } {
  const files = new Map<string, SourceFile>();
  const faults: Fault[] = [];
  for (const path of paths) {
    try {
      const names = namesAt(path);
      if (names.length === 0) faults.push({ message: `${path}: the folder holds no .yaml or .yml file` });
      for (const name of names) files.set(name, { name, text: readText(name) });
    } catch (error) {
      faults.push({ message: (error as Error).message });
    }
  }
  return { files: [...files.values()], faults };
}

function namesAt(path: string): string[] {
  let stats: ReturnType<typeof statSync>;
  try {
    stats = statSync(path);
  } catch (error) {
    throw new Error(`${path}: ${whyUnreadable(error)}`);
  }
  return stats.isDirectory() ? yamlBelow(path) : [path];
}

function yamlBelow(folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!entry.name.startsWith('.') && entry.name !== 'node_modules') found.push(...yamlBelow(path));
    } else if (/\.ya?ml$/.test(entry.name)) {
      found.push(path);
    }
  }
  return found;
}

function readText(name: string): string {
  let bytes: Buffer;
  try {
    const stats = statSync(name);
    // A pipe or a device could block for ever or never end.
    if (!stats.isFile()) throw new Error(`${name}: is not a regular file`);
    if (stats.size > MAX_BYTES) throw new Error(`${name}: is larger than 64 MiB; split it into several files`);
    bytes = readFileSync(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new Error(`${name}: ${whyUnreadable(error)}`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new Error(`${name}: is not UTF-8 text; save it as UTF-8`);
  }
}

function whyUnreadable(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'there is no such file or folder';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user';
  return `cannot be read (${code ?? String(error)})`;
}
