/** Finds the folder in which Node 22 and later may keep the compiled program, so that it starts faster. */
import { existsSync, lstatSync, mkdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Env } from '../model/world.ts';

/**
 * Returns a folder in the cache of the user, and makes it if it is missing. Node runs the code in it, so it and the
 * folder around it must belong to the user, and no other user may write to them.
 *
 * @param user the id of the user; undefined on Windows, which has none.
 * @returns null if there is no such folder, and in CI, where each run would only write it.
 */
export function compileCacheFolder(
  { CI, HOME = '', XDG_CACHE_HOME = '' }: Env,
  user: number | undefined,
): string | null {
  const caches = isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(HOME, '.cache');
  if (CI || user === undefined || !isAbsolute(caches)) return null;
  const folder = join(caches, 'blacklistctl');
  const isSafe = (path: string, others: number) => {
    const stats = lstatSync(path);
    return stats.isDirectory() && stats.uid === user && (stats.mode & others) === 0;
  };
  try {
    // One by one: with `recursive`, Node never returns if a file system refuses them as /proc does.
    for (const path of [caches, folder]) if (!existsSync(path)) mkdirSync(path, { mode: 0o700 });
    return isSafe(caches, 0o022) && isSafe(folder, 0o077) ? folder : null;
  } catch {
    return null; // as for a read-only home
  }
}
