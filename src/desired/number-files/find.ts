/** The number files that a path means: of the folder of the YAML file that names it, or below, and from nowhere else. */
import { isAbsolute, join, normalize, relative } from 'node:path';
import { type Tree, type TreeFile, whyUnread } from '../source/tree.ts';
import { baseOf, isPattern, searchFor } from './patterns.ts';

const KEEP_BELOW = 'number files stand in the folder of the YAML file or below';

/**
 * Finds what a path or a pattern means from a folder on.
 *
 * @throws Error with what is wrong, as the rest of a sentence about the path; see `whyNot`.
 */
export async function findFiles(tree: Tree, folder: string, written: string): Promise<readonly TreeFile[]> {
  const path = checked(written);
  const named = join(folder, path);
  const within = { folder, rule: KEEP_BELOW };
  if (!isPattern(path) || tree.has(named)) {
    const file = tree.open(named, within);
    if (!file) throw new Error(`is a folder; write "${join(path, '*.txt')}" for the files in it`);
    return [file];
  }
  const search = await searchFor(path);
  const files = tree
    .list(join(folder, baseOf(path)), search)
    .map((name) => relative(folder, name))
    .sort()
    .flatMap((name) => {
      try {
        return tree.open(join(folder, name), within) ?? [];
      } catch (error) {
        throw new Error(`${name}: ${whyNot(error)}`);
      }
    });
  if (files.length > 0) return files;
  throw new Error(tree.commit === null ? `matches no file; ${KEEP_BELOW}` : 'matches no file of that commit');
}

/** What an error of this file, of the file system or of decrypting says, as the rest of a sentence about a path. */
export function whyNot(error: unknown): string {
  const absent = `there is no such file; ${KEEP_BELOW}`;
  return whyUnread(error, { ENOENT: absent, ENOTDIR: absent });
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
