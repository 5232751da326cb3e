/** Finds the number files of a path or pattern, only in the folder of the YAML file or below it. */
import { basename, dirname, isAbsolute, join, normalize, relative } from 'node:path';
import { type Search, type Tree, type TreeFile, whyUnread } from '../source/tree.ts';

const KEEP_BELOW = 'number files must be in the folder of the YAML file or below it';
const NODE_MODULES = 'node_modules';

/**
 * The most stars of each kind. picomatch takes 20 ms to match a long name with three stars, and a minute with
 * five.
 */
const MAX_STARS = 3;

/** @throws Error whose message follows the path; see `whyNot`. */
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
  throw new Error(tree.commit === null ? `matches no file; ${KEEP_BELOW}` : 'matches no file in that commit');
}

/** Words an error of this module, the file system or decryption, to follow a path and a colon. */
export function whyNot(error: unknown): string {
  const absent = `there is no such file; ${KEEP_BELOW}`;
  return whyUnread(error, { ENOENT: absent, ENOTDIR: absent });
}

/** Normalizes a path. @throws Error if it leads out of its folder. */
function checked(written: string): string {
  if (written === '') throw new Error('is empty; name a file');
  if (written.includes('\0')) throw new Error('contains a zero byte, which no file name has; remove it');
  if (written.includes('\\')) throw new Error('contains a backslash; write / between folders');
  if (isAbsolute(written) || /^[A-Za-z]:/.test(written)) throw new Error(`is an absolute path; ${KEEP_BELOW}`);
  const path = normalize(written);
  if (path.split('/')[0] === '..') throw new Error(`leads out of its folder; ${KEEP_BELOW}`);
  return path;
}

function isPattern(path: string): boolean {
  return /[*?[{]/.test(path);
}

/**
 * Compiles a pattern. `*`, `?`, `[ab]`, `[!ab]` and `{a,b}` match parts of a name, `**` any folders, and
 * every other character itself. Hidden names match only with their dot, and `node_modules` only by its full
 * name.
 *
 * @throws Error whose message follows the pattern, if matching could take too long.
 */
async function matcherOf(pattern: string): Promise<(path: string) => boolean> {
  const stars = pattern.match(/\*+/g) ?? [];
  const folders = stars.filter((run) => run === '**').length;
  if (folders > MAX_STARS || stars.length - folders > MAX_STARS) {
    throw new Error(`has more than ${MAX_STARS} *, so matching it takes too long; split it into several patterns`);
  }
  const { default: picomatch } = await import('picomatch'); // loaded only by a run with patterns
  // picomatch has special meanings for these characters, and negates a set only as [^ab].
  const escaped = pattern.replace(/[()|+@$]/g, '\\$&').replaceAll('[!', '[^');
  const matches = picomatch(escaped, { windows: false, noextglob: true, nonegate: true, strictSlashes: true });
  return (path) => matches(path) && (namesModules(pattern) || !namesModules(dirname(path)));
}

/** Returns the deepest folder of all matches of a pattern: its names before the first with a pattern. */
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
