/** Finds the number files of a path or pattern, only in the folder of the YAML file or below it. */
import { basename, dirname, isAbsolute, join, normalize, relative } from 'node:path';
import { type Search, type Tree, type TreeFile, whyUnread } from '../source/tree.ts';
import { compile } from './pattern.ts';

const KEEP_BELOW = 'number files must be in the folder of the YAML file or below it';
const NODE_MODULES = 'node_modules';

/** The longest pattern, in characters. */
const MAX_PATTERN = 1000;

/**
 * The most work of all patterns of a run: the characters of each pattern times those of each path that it is compared
 * with.
 */
const MAX_WORK = 1_000_000_000;

/** The work that is left for the patterns of a run. */
export class Effort {
  #left = MAX_WORK;

  /** @throws Error whose message follows a pattern. */
  spend(pattern: string, path: string): void {
    this.#left -= pattern.length * path.length;
    if (this.#left < 0)
      throw new Error('takes too long, because the patterns search too many files; write paths instead');
  }
}

/** @throws Error whose message follows the path; see `whyNot`. */
export function findFiles(tree: Tree, folder: string, written: string, effort: Effort): readonly TreeFile[] {
  const path = checked(written);
  if (isPattern(path) && path.length > MAX_PATTERN) {
    throw new Error(`is longer than ${MAX_PATTERN} characters; shorten the pattern`);
  }
  const named = join(folder, path);
  const within = { folder, rule: KEEP_BELOW };
  if (!isPattern(path) || tree.has(named)) {
    const file = tree.open(named, within);
    if (!file) throw new Error(`is a folder; write "${join(path, '*.txt')}" for the files in it`);
    return [file];
  }
  const search = searchFor(path, effort);
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

/** Compiles a pattern, which matches `node_modules` only by its full name. */
function matcherOf(pattern: string): (path: string) => boolean {
  const matches = compile(pattern);
  return (path) => matches(path) && (namesModules(pattern) || !namesModules(dirname(path)));
}

/** Returns the deepest folder of all matches of a pattern: its names before the first with a pattern. */
function baseOf(pattern: string): string {
  const names = pattern.split('/');
  return names.slice(0, names.findIndex(isPattern)).join('/') || '.';
}

/** The search below `baseOf` for a pattern. It fails if a folder cannot be read. */
function searchFor(pattern: string, effort: Effort): Search {
  const base = baseOf(pattern);
  const matches = matcherOf(pattern);
  const depth = pattern.includes('**') ? Number.POSITIVE_INFINITY : pattern.split('/').length;
  const entersHidden = /(?:^|[/{,])\./.test(pattern);
  const isSearched = (name: string) =>
    (entersHidden || !name.startsWith('.')) && (namesModules(pattern) || name !== NODE_MODULES);
  return {
    wants(file) {
      effort.spend(pattern, file);
      return file !== '' && matches(join(base, file));
    },
    enters(folder) {
      effort.spend(pattern, folder);
      return isSearched(basename(folder)) && join(base, folder).split('/').length < depth;
    },
    onError: (_, error) => {
      throw error;
    },
  };
}

function namesModules(path: string): boolean {
  return path.split('/').includes(NODE_MODULES);
}
