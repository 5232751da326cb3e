import { createHash } from 'node:crypto';
import { loadDesired } from '../desired/load.ts';
import { InvalidError } from '../errors.ts';
import type { Bot, Fault } from '../model.ts';
import type { Context } from './context.ts';

export const DEFAULT_PATH = 'blacklist.yaml';

/** Which part of the bots a run takes: one of `count` parts, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Which bots of the desired state a run takes. */
export interface Selection {
  /** Only these ids; empty for all. */
  readonly bots: readonly string[];
  readonly shard?: Shard | undefined;
}

/** The desired state that the paths hold, or InvalidError with every fault of every file. */
export function readDesired(
  paths: readonly string[],
  { bots: only, shard }: Selection,
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
  const bots = desired.bots
    .filter(({ id }) => only.length === 0 || only.includes(id))
    .filter(({ id }) => shard === undefined || shardOf(id, shard.count) === shard.index);
  return { bots, warnings: desired.warnings };
}

/**
 * The part that a bot belongs to, from 1 to `count`. It depends on its id alone: the parts cover every bot once, and a new
 * bot moves none of the others.
 */
export function shardOf(id: string, count: number): number {
  return (createHash('sha256').update(id).digest().readUInt32BE(0) % count) + 1;
}
