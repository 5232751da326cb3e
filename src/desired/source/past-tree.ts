/** The files of a commit, as a tree whose names are relative to the folder of this process. */
import { normalize, posix } from 'node:path';
import { type GitUse, runGit } from './git.ts';
import { chunksOf, MAX_BYTES, TOO_LARGE, type Tree } from './tree.ts';

export type Blobs = (blob: string) => Buffer;

/** Reads contents one by one, and keeps the last ones, as most files stay unchanged from one step to the next. */
export function makeBlobs(use: GitUse): Blobs {
  const kept = new Map<string, Buffer>();
  let size = 0; // bytes
  return (blob) => {
    const known = kept.get(blob);
    const bytes = known ?? runGit(['cat-file', 'blob', blob], use);
    kept.delete(blob);
    kept.set(blob, bytes);
    if (!known) size += bytes.length;
    for (const [oldest, { length }] of kept) {
      if (size <= MAX_BYTES) break;
      kept.delete(oldest);
      size -= length;
    }
    return bytes;
  };
}

/**
 * @param files the ids of the contents, by path from the root of the repository.
 * @param prefix the folder of this process, from that root.
 */
export function treeOf(files: ReadonlyMap<string, string>, prefix: string, commit: string, blobs: Blobs): Tree {
  const stored = (path: string) => posix.normalize(posix.join(prefix, path)).replace(/\/$/, '');
  return {
    commit,
    list(path, { wants }) {
      const root = stored(path);
      const folder = root === '.' || root === '' ? '' : `${root}/`;
      if (files.has(root)) return wants('') ? [normalize(path)] : [];
      const below = Array.from(files.keys()).filter(
        (file) => file.startsWith(folder) && wants(file.slice(folder.length)),
      );
      return below.sort().map((file) => shown(file, prefix));
    },
    has: (path) => files.has(stored(path)),
    open(path) {
      const blob = files.get(stored(path));
      if (blob === undefined) throw new Error('is not a file of that commit');
      const bytes = () => {
        const content = blobs(blob);
        if (content.length > MAX_BYTES) throw new Error(TOO_LARGE);
        return content;
      };
      return { name: normalize(path), id: stored(path), bytes, chunks: () => chunksOf(blobs(blob)) };
    },
  };
}

/** Returns a path of the repository as a path from the folder of this process. */
export const shown = (path: string, prefix: string) => posix.relative(prefix, path) || '.';
