import { loadDesired } from '../desired/load.ts';
import { InvalidError } from '../errors.ts';
import type { Bot, Fault } from '../model.ts';
import type { Context } from './context.ts';

const DEFAULT_PATH = 'blacklist.yaml';

/**
 * The desired state that the paths hold, or InvalidError with every fault of every file.
 *
 * @param only the ids of the bots to take; all if empty.
 */
export function readDesired(
  paths: readonly string[],
  only: readonly string[],
  context: Context,
): { bots: readonly Bot[]; warnings: readonly Fault[] } {
  const { files, faults } = context.files.readDesired(paths.length > 0 ? paths : [DEFAULT_PATH]);
  const desired = loadDesired(files, context.clock.today());
  const all = [...faults, ...desired.faults];
  if (all.length > 0) throw new InvalidError(all);
  const known = new Set(desired.bots.map(({ id }) => id));
  const unknown = only.filter((id) => !known.has(id));
  if (unknown.length > 0) {
    throw new InvalidError(
      `--bot ${unknown.join(', ')}: no file defines it; the files define: ${[...known].join(', ')}`,
    );
  }
  const bots = only.length > 0 ? desired.bots.filter(({ id }) => only.includes(id)) : desired.bots;
  return { bots, warnings: desired.warnings };
}
