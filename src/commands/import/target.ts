import { isDeepStrictEqual } from 'node:util';
import { type Declared, type DeclaredBot, declare } from '../../desired/declare.ts';
import { type Addition, insertNumbers } from '../../desired/edit/insert.ts';
import { resolve } from '../../desired/resolve.ts';
import type { RawSettings } from '../../desired/schema/settings.ts';
import { MAX_BYTES } from '../../desired/source/tree.ts';
import { type SourceFile, STDIN } from '../../desired/source/yaml-files.ts';
import type { Bot } from '../../model/bot.ts';
import type { Declaration } from '../../model/declaration.ts';
import { InvalidError } from '../../model/errors.ts';
import type { Fault } from '../../model/fault.ts';
import type { Warning } from '../../model/warnings.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import type { Context } from '../../steps/context.ts';
import { warnOfPlusless } from '../../steps/no-plus.ts';
import { load } from '../../steps/read-desired.ts';
import type { UsersOf } from '../../steps/users.ts';

/** The file that import writes into, and what all files declare. */
export interface Target {
  readonly file: SourceFile;
  /** The file does not exist yet. */
  readonly isNew: boolean;
  readonly defaults: RawSettings;
  /** The bots that the file itself defines. */
  readonly own: ReadonlyMap<string, Bot>;
  /** The bots of all files. */
  readonly all: ReadonlyMap<string, Bot>;
  readonly declared: Declared;
  readonly warnings: readonly Warning[];
  readonly usersOf: UsersOf;
  /** Where the files declare some of the numbers for a bot. */
  declarations(id: string, numbers: NumberSet): readonly Declaration[];
  /** Where one of the other files defines a bot; null if none does. */
  placeElsewhere(id: string): string | null;
  /** The same with another text of the file. Nothing is read again. */
  withText(text: string): Pick<Target, 'declared' | 'all'> & { readonly faults: readonly Fault[] };
}

/**
 * @param fresh the file to begin with if there is none.
 * @throws InvalidError with every fault of every file.
 */
export async function readTarget(
  name: string,
  others: readonly string[],
  fresh: SourceFile,
  context: Context,
): Promise<Target> {
  if (name === STDIN) throw new InvalidError('-: import writes into a file, and standard input is none; name a file');
  const isNew = !context.files.exists(name);
  // In one go: if the file is also in one of the folders, it is read once.
  const { files, faults } = await context.files.readDesired(isNew ? others : [name, ...others]);
  const file = isNew ? fresh : files.find((each) => each.name === name);
  if (!file) {
    const folder = `${name}: is a folder; import writes into one file, so name the file`;
    throw new InvalidError(faults.length > 0 ? faults : folder);
  }
  if (file.encrypted) {
    const remedy = 'import into another file, then encrypt that';
    throw new InvalidError(`${name}: is encrypted, and import writes plain text; ${remedy}`);
  }
  const whole = [file, ...files.filter((each) => each !== file)];
  const desired = await load(whole, context, faults.length === 0);
  const { today, numberFiles, bots, usersOf, declarations } = desired;
  const wrong = [...faults, ...desired.faults];
  if (wrong.length > 0) throw new InvalidError(wrong);
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
    declarations,
    placeElsewhere(id) {
      for (const { parsed, bots } of rest) {
        const bot = bots.find((each) => each.id === id);
        if (!bot) continue;
        const { file, line, column } = parsed!.locate(bot.path, true).place;
        return `${file}:${line}:${column}`;
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

/** The bots of all files with new ones, each as the defaults of the file will make it. */
export function withNew(target: Target, bots: readonly NewBot[]): ReadonlyMap<string, Bot> {
  const fresh = bots.filter(({ id }) => !target.own.has(id));
  if (fresh.length === 0) return target.all;
  const additions = fresh.map(({ id, stated: settings }) => ({ id, settings, numbers: NumberSet.empty }));
  return target.withText(insertNumbers(target.file, additions)).all;
}

type NewBot = Pick<Addition, 'id'> & { readonly stated: Addition['settings'] };

/** The new text. Throws unless it declares what the file declared and the additions, and nothing else. */
export function insertChecked(target: Target, additions: readonly Addition[]): string {
  const text = insertNumbers(target.file, additions);
  if (Buffer.byteLength(text) > MAX_BYTES) {
    throw new InvalidError(`${target.file.name}: would be larger than 64 MiB; import the bots into several files`);
  }
  const { declared: after, faults } = target.withText(text);
  const added = new Map(additions.map((addition) => [addition.id, addition.numbers]));
  const old = new Map(target.declared.bots.map((bot) => [bot.id, bot]));
  const fresh = additions.filter(({ id }) => !old.has(id));
  const holds = (bot: DeclaredBot) => {
    const more = added.get(bot.id) ?? NumberSet.empty;
    const before = old.get(bot.id) ?? { ...bot, entries: { ...bot.entries, numbers: NumberSet.empty } };
    const numbers = before.entries.numbers.or(more);
    return isDeepStrictEqual(bot, { ...before, entries: { ...before.entries, numbers } });
  };
  const isWhole =
    faults.length === 0 &&
    isDeepStrictEqual(after.lists, target.declared.lists) &&
    after.bots.length === old.size + fresh.length &&
    after.bots.every(holds);
  if (!isWhole) throw new Error('the file would not hold what it should; nothing was written');
  return text;
}
