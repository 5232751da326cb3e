import { createHash } from 'node:crypto';
import { providerOf } from '../api/providers/index.ts';
import { findToken, registerSecret } from '../api/token.ts';
import { type Declared, declare } from '../desired/declare.ts';
import { wantedBy } from '../desired/gather.ts';
import type { NumberFiles } from '../desired/number-files/read.ts';
import { type Desired as Resolved, resolve } from '../desired/resolve.ts';
import { unmetBy } from '../desired/schema/requires.ts';
import type { SourceFile } from '../desired/source/yaml-files.ts';
import type { Bot } from '../model/bot.ts';
import { listNames, nearest } from '../model/did-you-mean.ts';
import { InvalidError } from '../model/errors.ts';
import { type Fault, onceEach } from '../model/fault.ts';
import type { Warning } from '../model/warnings.ts';
import type { Context } from './context.ts';
import type { CommitName } from './files.ts';
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
interface Before extends Pick<Resolved, 'ends' | 'pairs' | 'reasons'> {
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
  when: When = {},
): Promise<Desired> {
  const wanted = paths.length > 0 ? paths : [DEFAULT_PATH];
  const desired = await (when.at === undefined ? loadNow : loadAt)(wanted, when, context);
  const all = desired.faults;
  const isNew =
    when.at === undefined && wanted.every((path) => path === DEFAULT_PATH) && !context.files.exists(DEFAULT_PATH);
  if (all.length > 0 && isNew) throw new InvalidError(NO_FILE);
  if (all.length > 0) throw new InvalidError([...all, ...takenForPaths(paths, sandbox)]);
  const known = new Set(desired.bots.map(({ id }) => id));
  const unknown = only.filter((id) => !known.has(id));
  if (unknown.length > 0) {
    const near = [...new Set(unknown.flatMap((id) => nearest(id, known) ?? []))];
    const meant = near.length > 0 ? `; did you mean ${near.join(' and ')}?` : '.';
    const shown = listNames([...known]) || 'no bot';
    const which = unknown.length === 1 ? 'this bot' : 'these bots';
    throw new InvalidError(
      `--bot ${unknown.join(', ')}: the files do not declare ${which}${meant} The files declare ${shown}`,
    );
  }
  const warnings = [...desired.warnings, ...(await warnOfPlusless(desired.plusless, context))];
  return { ...desired, bots: desired.bots.filter(isSelected({ bots: only, shard })), warnings };
}

/** The time for which files are read: a commit, or now if there is none, and a day as YYYY-MM-DD. */
interface When {
  readonly at?: string;
  readonly day?: string;
}

async function loadNow(paths: readonly string[], { day }: When, context: Context) {
  const { files, faults } = await context.files.readDesired(paths);
  return load(files, context, faults, undefined, day);
}

/** Also reads files that were renamed after the commit. */
async function loadAt(paths: readonly string[], { at: ref = '', day }: When, context: Context) {
  const at = { ref, option: '--at' } as const;
  const { files, faults, absent } = await context.files.readDesiredAt(at, context.files.pathsAt(at, paths));
  if (files.length === 0 && faults.length === 0) {
    throw new InvalidError(
      `--at ${ref}: the commit does not contain ${absent.join(', ')}; pass the paths of its files`,
    );
  }
  return load(files, context, faults, at, day);
}

export function isSelected({ bots: only, shard }: Selection) {
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

/**
 * Resolves files and their number files, as of a commit or now, for a day. If a file now requires another version of this
 * program, only that is a fault.
 *
 * @param unread the faults of files that could not be read.
 */
export async function load(
  files: readonly SourceFile[],
  context: Context,
  unread: readonly Fault[],
  at?: CommitName,
  today = context.clock.today(),
) {
  const declared = files.map((file) => declare(file, today));
  // Before any error is reported: a file or the command line may contain a token by mistake.
  const tokens = declared.flatMap(({ tokenEnvs }) => tokenEnvs.map((name) => findToken(name, context).token));
  for (const token of tokens) registerSecret(token, context.secrets);
  const numberFiles = await context.files.readNumbers(wantedBy(declared), at);
  const desired = joinFiles(declared, numberFiles, today, unread.length === 0);
  const unmet = at === undefined ? unmetIn(declared, context) : [];
  const faults = unmet.length > 0 ? unmet : [...unread, ...desired.faults];
  return { today, files, declared, numberFiles, usersOf: usersBy(desired.pairs), ...desired, faults };
}

/** Resolves files, with the warnings that depend on the provider of a bot. */
export function joinFiles(...given: Parameters<typeof resolve>): Resolved {
  const [declared, , today] = given;
  const desired = resolve(...given);
  const warnings = [...desired.warnings, ...warnOfSpellings(desired), ...warnOfVersions(desired.bots, declared, today)];
  return { ...desired, warnings };
}

/** Finds the files that require another version of this program. */
export function unmetIn(declared: readonly Declared[], { version }: Pick<Context, 'version'>): readonly Fault[] {
  return declared.flatMap(({ parsed }) => (parsed && unmetBy(version, parsed)) ?? []);
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
  const at = { ref, option: '--base' } as const;
  const { files, faults, absent } = await context.files.readDesiredAt(at, paths.length > 0 ? paths : [DEFAULT_PATH]);
  const desired = await load(files, context, faults, at);
  const [fault] = desired.faults;
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
