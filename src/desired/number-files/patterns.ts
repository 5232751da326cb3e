import { basename, dirname, join } from 'node:path';
import type { Search } from '../source/tree.ts';

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
async function matcherOf(pattern: string): Promise<(path: string) => boolean> {
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

/** What a search below `baseOf` looks at. It fails if a folder cannot be read. */
export async function searchFor(pattern: string): Promise<Search> {
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
