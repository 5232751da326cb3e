import { createHash } from 'node:crypto';
import { providerOf } from '../api/providers/index.ts';
import { registerSecret } from '../api/token.ts';
import { type Declared, declare } from '../desired/declare.ts';
import { wantedBy } from '../desired/gather.ts';
import type { NumberFiles } from '../desired/number-files/read.ts';
import { type Desired as Resolved, resolve } from '../desired/resolve.ts';
import type { SourceFile } from '../desired/source/yaml-files.ts';
import type { Bot } from '../model/bot.ts';
import { nearest } from '../model/did-you-mean.ts';
import { InvalidError } from '../model/errors.ts';
import { type Fault, onceEach } from '../model/fault.ts';
import type { Warning } from '../model/warnings.ts';
import type { Context } from './context.ts';
import { warnOfPlusless } from './no-plus.ts';
import { type ApiOptions, DEFAULT_PATH, type Selection } from './options.ts';
import { type UsersOf, usersBy, warnOfSpellings } from './users.ts';

/** The desired state, and an earlier one for comparison. */
export interface Desired extends Omit<Resolved, 'faults'> {
  readonly declared: readonly Declared[];
  readonly files: readonly SourceFile[];
  readonly numberFiles: NumberFiles;
  readonly usersOf: UsersOf;
  /** Undefined if no earlier state is known. */
  readonly before?: Before;
}

/** An earlier desired state. */
export interface Before extends Pick<Resolved, 'ends' | 'pairs' | 'reasons'> {
  /** By bot id. */
  readonly bots: ReadonlyMap<string, Bot>;
  readonly usersOf: UsersOf;
  /** The selected bots that the files no longer declare. */
  readonly left: readonly Bot[];
}

const NO_FILE = `${DEFAULT_PATH}: there is no such file or folder; run init or import to create it, or pass the paths of your files`;

/** Reads the desired state of the paths. @throws InvalidError with every error of every file. */
export async function readDesired(
  paths: readonly string[],
  { bots: only, shard, sandbox }: Selection & Pick<ApiOptions, 'sandbox'>,
  context: Context,
): Promise<Desired> {
  const wanted = paths.length > 0 ? paths : [DEFAULT_PATH];
  const { files, faults } = await context.files.readDesired(wanted);
  const desired = await load(files, context, faults.length === 0);
  const all = [...faults, ...desired.faults];
  const isNew = wanted.every((path) => path === DEFAULT_PATH) && !context.files.exists(DEFAULT_PATH);
  if (all.length > 0 && isNew) throw new InvalidError(NO_FILE);
  if (all.length > 0) throw new InvalidError([...all, ...takenForPaths(paths, sandbox)]);
  const known = new Set(desired.bots.map(({ id }) => id));
  const unknown = only.filter((id) => !known.has(id));
  if (unknown.length > 0) {
    const near = [...new Set(unknown.flatMap((id) => nearest(id, known) ?? []))];
    const meant = near.length > 0 ? `; did you mean ${near.join(' and ')}?` : '.';
    const shown = [...known].slice(0, MAX_NAMED).join(', ') || 'no bot';
    const more = known.size > MAX_NAMED ? ` and ${known.size - MAX_NAMED} more` : '';
    const which = unknown.length === 1 ? 'this bot' : 'these bots';
    throw new InvalidError(
      `--bot ${unknown.join(', ')}: the files do not declare ${which}${meant} They declare ${shown}${more}`,
    );
  }
  const warnings = [...desired.warnings, ...(await warnOfPlusless(desired.plusless, context))];
  return { ...desired, bots: desired.bots.filter(isSelected({ bots: only, shard })), warnings };
}

/** The most bots that a message names. */
const MAX_NAMED = 20;

function isSelected({ bots: only, shard }: Selection) {
  return ({ id }: { readonly id: string }) =>
    (only.length === 0 || only.includes(id)) && (shard === undefined || shardOf(id, shard.count) === shard.index);
}

/**
 * Reads the desired state for a run that compares live lists: without a bot, it would check nothing and succeed.
 *
 * @throws InvalidError if no file declares a bot. A selection by `--shard` may still be empty.
 */
export async function readCompared(...given: Parameters<typeof readDesired>): Promise<Desired> {
  const desired = await readDesired(...given);
  if (desired.declared.some(({ bots }) => bots.length > 0)) return desired;
  throw new InvalidError(
    'the files declare no bot, so there is no live list to read; declare one under "bots:", or pass the file that does',
  );
}

/** Finds a path that may be a state file: `--sandbox lists.json` is `--sandbox` and a path. */
function takenForPaths(paths: readonly string[], sandbox: string | undefined): readonly Fault[] {
  const state = sandbox === '' ? paths.find((path) => path.endsWith('.json')) : undefined;
  if (state === undefined) return [];
  const remedy = `to keep the lists of a sandbox in it, pass --sandbox=${state}`;
  return [{ message: `${state} was read as desired state; ${remedy}` }];
}

/** Resolves files and their number files, as of commit `ref` or now. `complete`: every file could be read. */
export async function load(files: readonly SourceFile[], context: Context, complete: boolean, ref?: string) {
  const today = context.clock.today();
  const declared = files.map((file) => declare(file, today));
  // Before any error is reported: a file or the command line may contain a token by mistake.
  const tokens = declared.flatMap(({ tokenEnvs }) => tokenEnvs.map((name) => context.env[name] ?? ''));
  for (const token of tokens) registerSecret(token, context.secrets);
  const numberFiles = await context.files.readNumbers(wantedBy(declared), ref);
  const desired = resolve(declared, numberFiles, today, complete);
  const warnings = [...desired.warnings, ...warnOfSpellings(desired), ...warnOfVersions(desired.bots, declared, today)];
  return { today, files, declared, numberFiles, usersOf: usersBy(desired.pairs), ...desired, warnings };
}

/** Warns once for each place that sets a version of an API that has ended, or ends soon. */
function warnOfVersions(bots: readonly Bot[], declared: readonly Declared[], today: string): readonly Warning[] {
  const ends = new Map(
    bots.flatMap(({ id, provider, settings }) => {
      const end = providerOf(provider).versionEnd?.(settings, today);
      return end ? [[id, end] as const] : [];
    }),
  );
  return onceEach(
    declared.flatMap(({ parsed, bots }) =>
      bots.flatMap(({ id, path }): Warning[] => {
        const end = ends.get(id);
        if (!end || !parsed) return [];
        const isOwn = parsed.parts.bots.get(id)!.settings.apiVersion !== undefined;
        const isShared = !isOwn && parsed.parts.defaults.settings.apiVersion !== undefined;
        return [
          { code: 'W-API-VERSION', ...parsed.locate([...(isShared ? ['defaults'] : path), 'apiVersion']), ...end },
        ];
      }),
    ),
  );
}

/**
 * Adds the desired state of a commit, or a warning if it is invalid: then the changes of the files are
 * unknown.
 */
export async function compareWith(
  ref: string,
  now: Desired,
  paths: readonly string[],
  selection: Selection,
  context: Context,
): Promise<Desired> {
  const { files, faults, absent } = await context.files.readDesiredAt(ref, paths.length > 0 ? paths : [DEFAULT_PATH]);
  const desired = await load(files, context, faults.length === 0, ref);
  const [fault] = [...faults, ...desired.faults];
  if (fault) return { ...now, warnings: [...now.warnings, { code: 'W-BASE-INVALID', ref, fault }] };
  const warnings: Warning[] = absent.length > 0 ? [{ code: 'W-BASE-ABSENT', ref, paths: absent }] : [];
  const declared = new Set(now.declared.flatMap(({ bots }) => bots.map(({ id }) => id)));
  const left = desired.bots.filter(({ id }) => !declared.has(id)).filter(isSelected(selection));
  const bots = new Map(desired.bots.map((bot) => [bot.id, bot]));
  const { usersOf, ends, pairs, reasons } = desired;
  const before = { bots, usersOf, ends, pairs, reasons, left };
  return { ...now, warnings: [...now.warnings, ...warnings], before };
}

/** Returns the part of a bot, from 1 to `count`. It depends only on the id, so that a new bot moves no other bot. */
export function shardOf(id: string, count: number): number {
  return (createHash('sha256').update(id).digest().readUInt32BE(0) % count) + 1;
}
