import { isDeepStrictEqual } from 'node:util';
import { type Declared, type DeclaredBot, declare } from '../../desired/declare.ts';
import { type Addition, insertNumbers } from '../../desired/edit/insert.ts';
import { addWaIds } from '../../desired/edit/wa-ids.ts';
import { resolve } from '../../desired/resolve.ts';
import type { RawSettings } from '../../desired/schema/settings.ts';
import { MAX_BYTES } from '../../desired/source/tree.ts';
import { type SourceFile, STDIN } from '../../desired/source/yaml-files.ts';
import type { Bot } from '../../model/bot.ts';
import type { Declaration } from '../../model/declaration.ts';
import { InvalidError } from '../../model/errors.ts';
import { type Fault, written } from '../../model/fault.ts';
import type { Warning } from '../../model/warnings.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import type { Pair } from '../../numbers/same-user.ts';
import type { Context } from '../../steps/context.ts';
import { warnOfPlusless } from '../../steps/no-plus.ts';
import { load } from '../../steps/read-desired.ts';
import type { UsersOf } from '../../steps/users.ts';

/** The file that import writes, and the desired state of all files. */
export interface Target {
  readonly file: SourceFile;
  /** The file does not exist yet. */
  readonly isNew: boolean;
  readonly defaults: RawSettings;
  /** The bots of the file itself. */
  readonly own: ReadonlyMap<string, Bot>;
  /** The bots of all files. */
  readonly all: ReadonlyMap<string, Bot>;
  readonly declared: Declared;
  readonly warnings: readonly Warning[];
  readonly usersOf: UsersOf;
  /** The pairs of numbers that the files declare as one user. */
  readonly pairs: readonly Pair[];
  /** Returns where the files declare some numbers for a bot. */
  declarations(id: string, numbers: NumberSet): readonly Declaration[];
  /** Returns where another file declares a bot; null if none does. */
  placeElsewhere(id: string): string | null;
  /** Returns the desired state with another text of the file, without reading files again. */
  withText(text: string): Pick<Target, 'declared' | 'all'> & { readonly faults: readonly Fault[] };
}

/**
 * @param fresh makes the file to begin with if it does not exist.
 * @throws InvalidError with every error of every file.
 */
export async function readTarget(
  name: string,
  others: readonly string[],
  fresh: () => SourceFile,
  context: Context,
): Promise<Target> {
  if (name === STDIN) throw new InvalidError('import cannot write to standard input; pass a file');
  const isNew = !context.files.exists(name);
  // All at once, so that a file that is also in one of the folders is read once.
  const { files, faults } = await context.files.readDesired(isNew ? others : [name, ...others]);
  const file = isNew ? fresh() : files.find((each) => each.name === name);
  if (!file) {
    const folder = `${name}: this is a folder; pass the file to write`;
    throw new InvalidError(faults.length > 0 ? faults : folder);
  }
  if (file.encrypted) {
    const remedy = 'import into another file, then encrypt it';
    throw new InvalidError(`${name}: this file is encrypted, and import would write plain text; ${remedy}`);
  }
  const whole = [file, ...files.filter((each) => each !== file)];
  const desired = await load(whole, context, faults);
  const { today, numberFiles, bots, usersOf, pairs, declarations } = desired;
  if (desired.faults.length > 0) throw new InvalidError(desired.faults);
  const warnings = [...desired.warnings, ...(await warnOfPlusless(desired.plusless, context))];

  const [declared, ...rest] = desired.declared as [Declared, ...Declared[]];
  const { defaults = {} } = declared.parsed!.value as { defaults?: RawSettings };
  const own = new Set(declared.bots.map(({ id }) => id));
  return {
    file,
    isNew,
    defaults,
    own: byId(bots.filter(({ id }) => own.has(id))),
    all: byId(bots),
    declared,
    warnings,
    usersOf,
    pairs,
    declarations,
    placeElsewhere(id) {
      for (const { parsed, bots } of rest) {
        const bot = bots.find((each) => each.id === id);
        if (bot) return written(parsed!.locate(bot.path, true).place);
      }
      return null;
    },
    withText(text) {
      const changed = declare({ name: file.name, text }, today);
      const { bots, faults } = resolve([changed, ...rest], numberFiles, today);
      return { declared: changed, all: byId(bots), faults };
    },
  };
}

function byId(bots: readonly Bot[]): ReadonlyMap<string, Bot> {
  return new Map(bots.map((bot) => [bot.id, bot]));
}

/** Returns the bots of all files and new bots, whose settings follow the defaults of the file. */
export function withNew(target: Target, bots: readonly NewBot[]): ReadonlyMap<string, Bot> {
  const fresh = bots.filter(({ id }) => !target.own.has(id));
  if (fresh.length === 0) return target.all;
  const additions = fresh.map(({ id, stated: settings }) => ({ id, settings, numbers: NumberSet.empty }));
  return target.withText(insertNumbers(target.file, additions)).all;
}

type NewBot = Pick<Addition, 'id'> & { readonly stated: Addition['settings'] };

/** Returns the new text. Throws unless it declares exactly the old declarations and the additions. */
export function insertChecked(target: Target, additions: readonly Addition[]): string {
  const { file } = target;
  const text = insertNumbers({ ...file, text: addWaIds(file, additions) }, additions);
  if (Buffer.byteLength(text) > MAX_BYTES) {
    throw new InvalidError(`${file.name}: the file would be larger than 64 MiB; import the bots into several files`);
  }
  const { declared: after, faults } = target.withText(text);
  const added = new Map(additions.map((addition) => [addition.id, addition]));
  const old = new Map(target.declared.bots.map((bot) => [bot.id, bot]));
  const fresh = additions.filter(({ id }) => !old.has(id));
  const holds = ({ pairs, ...bot }: DeclaredBot) => {
    const addition = added.get(bot.id);
    const empty = { ...bot, pairs: [], entries: { ...bot.entries, numbers: NumberSet.empty } };
    const { pairs: oldPairs, ...before } = old.get(bot.id) ?? empty;
    const numbers = before.entries.numbers.or(addition?.numbers ?? NumberSet.empty);
    const allPairs = [...oldPairs.map(pairOf), ...(addition?.names ?? [])];
    return (
      isDeepStrictEqual(bot, { ...before, entries: { ...before.entries, numbers } }) &&
      isDeepStrictEqual(pairs.map(pairOf).sort(byNumber), allPairs.sort(byNumber))
    );
  };
  const isWhole =
    faults.length === 0 &&
    isDeepStrictEqual(after.lists, target.declared.lists) &&
    after.bots.length === old.size + fresh.length &&
    after.bots.every(holds);
  if (!isWhole)
    throw new Error(`${file.name}: import would change other declarations of the file, so nothing was written`);
  return text;
}

const pairOf = ({ number, waId }: DeclaredBot['pairs'][number]): Pair => [number, waId];
const byNumber = ([a, x]: Pair, [b, y]: Pair) => a - b || x - y;
