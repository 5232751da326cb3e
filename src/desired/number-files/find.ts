/** Finds the number files that a path means, only in the folder of the YAML file that names it or below. */
import { basename, dirname, isAbsolute, join, normalize, relative } from 'node:path';
import { type Search, type Tree, type TreeFile, whyUnread } from '../source/tree.ts';

const KEEP_BELOW = 'number files stand in the folder of the YAML file or below';
const NODE_MODULES = 'node_modules';

/** picomatch tries more ways to match a long name with each star: it takes 20 ms with three, a minute with five. */
const MAX_STARS = 3;

/** @throws Error with what is wrong, as the rest of a sentence about the path; see `whyNot`. */
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

/** Words an error of this file, of the file system or of decrypting as the rest of a sentence about a path. */
export function whyNot(error: unknown): string {
  const absent = `there is no such file; ${KEEP_BELOW}`;
  return whyUnread(error, { ENOENT: absent, ENOTDIR: absent });
}

/** Shortens a path. @throws Error if it leads anywhere but below its folder. */
function checked(written: string): string {
  if (written === '') throw new Error('is empty; name a file');
  if (written.includes('\0')) throw new Error('holds a zero byte, and no file is called so');
  if (written.includes('\\')) throw new Error('holds a backslash; write / between folders');
  if (isAbsolute(written) || /^[A-Za-z]:/.test(written)) throw new Error(`is an absolute path; ${KEEP_BELOW}`);
  const path = normalize(written);
  if (path.split('/')[0] === '..') throw new Error(`leads out of its folder; ${KEEP_BELOW}`);
  return path;
}

function isPattern(path: string): boolean {
  return /[*?[{]/.test(path);
}

/**
 * Compiles a pattern. `*`, `?`, `[ab]`, `[!ab]` and `{a,b}` match parts of a name, `**` any folders, and every other
 * character itself. A hidden name needs its dot, and `node_modules` its full name.
 *
 * @throws Error as the rest of a sentence about the pattern, if matching could take forever.
 */
async function matcherOf(pattern: string): Promise<(path: string) => boolean> {
  const stars = pattern.match(/\*+/g) ?? [];
  const folders = stars.filter((run) => run === '**').length;
  if (folders > MAX_STARS || stars.length - folders > MAX_STARS) {
    throw new Error(`has more than ${MAX_STARS} *, which takes too long to match; make several patterns of it`);
  }
  const { default: picomatch } = await import('picomatch'); // only a run with patterns loads it
  // picomatch would read these as groups and such, and knows "none of these" only as [^ab].
  const escaped = pattern.replace(/[()|+@$]/g, '\\$&').replaceAll('[!', '[^');
  const matches = picomatch(escaped, { windows: false, noextglob: true, nonegate: true, strictSlashes: true });
  return (path) => matches(path) && (namesModules(pattern) || !namesModules(dirname(path)));
}

/** The deepest folder that holds all matches of a pattern: its names up to the first that is a pattern. */
function baseOf(pattern: string): string {
  const names = pattern.split('/');
  return names.slice(0, names.findIndex(isPattern)).join('/') || '.';
}

/** The search below `baseOf` for a pattern. It fails if a folder cannot be read. */
async function searchFor(pattern: string): Promise<Search> {
  const base = baseOf(pattern);
  const matches = await matcherOf(pattern);
  const depth = pattern.includes('**') ? Number.POSITIVE_INFINITY : pattern.split('/').length;
  const entersHidden = /(?:^|[/{,])\./.test(pattern);
  const isSearched = (name: string) =>
    (entersHidden || !name.startsWith('.')) && (namesModules(pattern) || name !== NODE_MODULES);
  return {
    wants: (file) => file !== '' && matches(join(base, file)),
    enters: (folder) => isSearched(basename(folder)) && join(base, folder).split('/').length < depth,
    onError: (_, error) => {
      throw error;
    },
  };
}

function namesModules(path: string): boolean {
  return path.split('/').includes(NODE_MODULES);
}
