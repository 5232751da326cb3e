import { type Dirent, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Whether a path, by its names from a folder on, is one that is meant. */
export type Matches = (path: string) => boolean;

const NODE_MODULES = 'node_modules';

/**
 * More of them in a pattern than anybody needs. With each the regular expression that picomatch makes tries more ways to match
 * a long name: 20 ms with three, a minute with five.
 */
const MAX_STARS = 3;

/** Whether a path holds something that stands for several names. */
export function isPattern(path: string): boolean {
  return /[*?[{]/.test(path);
}

/**
 * Says which files a pattern means. `*`, `?`, `[ab]`, `[!ab]` and `{a,b}` stand for parts of a name, `**` for any folders, and every
 * other character for itself. A hidden name needs its dot, and `node_modules` its name in full.
 *
 * @throws Error as the rest of a sentence about the pattern, if to match it could take for ever.
 */
export async function matcherOf(pattern: string): Promise<Matches> {
  const stars = pattern.match(/\*+/g) ?? [];
  const folders = stars.filter((run) => run === '**').length;
  if (folders > MAX_STARS || stars.length - folders > MAX_STARS) {
    throw new Error(`has more than ${MAX_STARS} *, which takes too long to match; make several patterns of it`);
  }
  const { default: picomatch } = await import('picomatch'); // only a run with patterns loads it
  // It would read these as groups and such, and knows "none of these" as [^ab] alone.
  const escaped = pattern.replace(/[()|+@$]/g, '\\$&').replaceAll('[!', '[^');
  const matches = picomatch(escaped, { windows: false, noextglob: true, nonegate: true, strictSlashes: true });
  return (path) => matches(path) && (namesModules(pattern) || !namesModules(dirname(path)));
}

/** The folder that everything is in which the pattern can mean: its names up to the first that is a pattern. */
export function baseOf(pattern: string): string {
  const names = pattern.split('/');
  return names.slice(0, names.findIndex(isPattern)).join('/') || '.';
}

/**
 * The files below a folder that a pattern means, sorted, by their paths from there on. Links to folders are not followed.
 *
 * @throws the error of the file system if a folder cannot be read.
 */
export function filesMatching(folder: string, pattern: string, matches: Matches): string[] {
  const depth = pattern.includes('**') ? Number.POSITIVE_INFINITY : pattern.split('/').length;
  const entersHidden = /(?:^|[/{,])\./.test(pattern);
  const isSearched = (name: string) =>
    (entersHidden || !name.startsWith('.')) && (namesModules(pattern) || name !== NODE_MODULES);

  function below(path: string): string[] {
    return entriesOf(join(folder, path)).flatMap((entry) => {
      const name = path === '.' ? entry.name : `${path}/${entry.name}`;
      if (!entry.isDirectory()) return matches(name) ? name : [];
      return isSearched(entry.name) && name.split('/').length < depth ? below(name) : [];
    });
  }
  return below(baseOf(pattern)).sort();
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR'].includes(code)) return [];
    throw error;
  }
}

function namesModules(path: string): boolean {
  return path.split('/').includes(NODE_MODULES);
}
