import type { Holder } from '../../desired/edit/entry.ts';
import type { DeclaredNumbers } from '../../desired/entries.ts';
import { isInForce } from '../../desired/expiry.ts';
import { columnOf } from '../../desired/number-files/edit.ts';
import type { NumberFile } from '../../desired/number-files/number-file.ts';
import { declarationsIn, type NumberSource } from '../../desired/provenance.ts';
import { type Requirement, requirementOf } from '../../desired/schema/require.ts';
import { type SourceFile, STDIN } from '../../desired/source/yaml-files.ts';
import type { ParsedFile } from '../../desired/yaml/parse.ts';
import type { Part } from '../../desired/yaml/parts.ts';
import type { Declaration } from '../../model/declaration.ts';
import { nearest } from '../../model/did-you-mean.ts';
import { InvalidError } from '../../model/errors.ts';
import type { Fault } from '../../model/fault.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import { spellingsOf, type UserOf, withPairs } from '../../numbers/same-user.ts';
import type { Context } from '../../steps/context.ts';
import { type Desired, readDesired } from '../../steps/read-desired.ts';
import { refuseStdin } from '../write-files.ts';
import type { EditOptions } from './options.ts';

/** A declaration, and the bot or the list that contains it. */
export interface Placed extends Declaration {
  readonly holder: Holder;
  readonly isInForce: boolean;
}

/** The bot or the list whose numbers are edited. */
export interface Target {
  readonly holder: Holder;
  /** `the bot "x"` or `the list "x"`. */
  readonly name: string;
  readonly file: SourceFile;
  readonly parsed: ParsedFile;
  readonly part: Part;
  readonly requirement: Requirement | null;
  /** Its number files, each with the column of its numbers; null for text files. */
  readonly numberFiles: readonly { readonly file: NumberFile; readonly column: string | null }[];
  /**
   * Finds where the user of a number is declared: by the target itself, and for a bot by its lists if they are in force.
   */
  find(number: Msisdn): { readonly own: readonly Placed[]; readonly others: readonly Placed[] };
}

/** Reads the desired state. @throws InvalidError with every error of every file. */
export async function readState({ path, bots = [] }: EditOptions, command: string, context: Context): Promise<Desired> {
  refuseStdin(path, command);
  if (bots.length > 1) throw new InvalidError(`${command} takes one --bot; to share numbers, pass --list with a list`);
  return readDesired(path, { bots }, context);
}

export const nameOf = ({ kind, name }: Holder) => `the ${kind === 'bots' ? 'bot' : 'list'} "${name}"`;

export const written = ({ place: { file, line, column } }: Pick<Declaration, 'place'>) => `${file}:${line}:${column}`;

/** Words places, each with what declares the number there. */
export const placesWords = (all: readonly Placed[]) =>
  all.map((each) => `${written(each)} (${nameOf(each.holder)})`).join(', ');

/** Finds every place that declares the user of a number, for any bot. */
export function findEverywhere(number: Msisdn, desired: Desired, today: string): readonly Placed[] {
  const places = new Map<string, Placed>();
  for (const from of desired.declared) {
    const sources = [
      ...from.lists.map((list) => ({ list: list.name, from, declared: list, name: list.name })),
      ...from.bots.map((bot) => ({ list: null, from, declared: bot, name: bot.id })),
    ];
    for (const { name, ...source } of sources) {
      const holder: Holder = { kind: source.list === null ? 'bots' : 'lists', name };
      for (const each of placedIn(source, holder, number, desired, today)) {
        if (!places.has(written(each))) places.set(written(each), each);
      }
    }
  }
  return [...places.values()];
}

function placedIn(source: NumberSource, holder: Holder, number: Msisdn, desired: Desired, today: string): Placed[] {
  const userOf = userOfHolder(holder, desired);
  const all = numbersOf(source, desired);
  const numbers = spellingsOf(number, all, userOf);
  if (numbers.size === 0) return [];
  return Array.from(declarationsIn(source, numbers, desired.numberFiles), (each) => {
    return { ...each, holder, isInForce: isInForce(each.entry.expires, today) };
  });
}

const known = new WeakMap<DeclaredNumbers, NumberSet>();

/** Returns all numbers of a source, expired ones included. Joins them once, as there may be a million. */
function numbersOf({ from, declared }: NumberSource, { numberFiles }: Desired): NumberSet {
  const found = known.get(declared);
  if (found) return found;
  const { numbers, expired } = declared.entries;
  const files = declared.files.flatMap((name) => numberFiles({ from: from.file, ...name }).files);
  const all = NumberSet.union([numbers, NumberSet.of(expired.keys()), ...files.map(({ set }) => set)]);
  known.set(declared, all);
  return all;
}

/** A list has no provider, so only declared pairs join its numbers. */
function userOfHolder({ kind, name }: Holder, { bots, usersOf, pairs }: Desired): UserOf | undefined {
  const bot = kind === 'bots' ? bots.find(({ id }) => id === name) : undefined;
  return bot ? usersOf(bot.provider) : withPairs(undefined, pairs);
}

/** Finds the target of the options; null if they name none. @throws InvalidError if they name two, or an unknown one. */
export function findTarget({ bots = [], list }: EditOptions, desired: Desired, today: string): Target | null {
  const [bot] = bots;
  if (bot !== undefined && list !== undefined) throw new InvalidError('pass --bot or --list, not both');
  if (bot === undefined && list === undefined) return null;
  const holder: Holder = bot === undefined ? { kind: 'lists', name: list! } : { kind: 'bots', name: bot };
  const from = desired.declared.find(({ parsed }) => parsed?.parts[holder.kind].has(holder.name));
  if (!from?.parsed) throw new InvalidError(unknownList(holder.name, desired));
  const { parsed } = from;
  const part = parsed.parts[holder.kind].get(holder.name)!;
  const declared =
    holder.kind === 'bots'
      ? from.bots.find(({ id }) => id === holder.name)!
      : from.lists.find(({ name }) => name === holder.name)!;
  const numberFiles = declared.files.flatMap((name) => {
    const { files } = desired.numberFiles({ from: from.file, ...name });
    return files.map((file) => ({ file, column: columnOf(file.name, name.column) }));
  });
  const own: NumberSource = { list: holder.kind === 'lists' ? holder.name : null, from, declared };
  return {
    holder,
    name: nameOf(holder),
    file: desired.files.find(({ name }) => name === from.file)!,
    parsed,
    part,
    requirement: requirementOf(part, parsed.parts, parsed),
    numberFiles,
    find(number) {
      const used = declared.lists.map(({ name }) => name);
      const others =
        used.length === 0
          ? []
          : findEverywhere(number, desired, today).filter((each) => {
              return each.isInForce && each.holder.kind === 'lists' && used.includes(each.holder.name);
            });
      return { own: placedIn(own, holder, number, desired, today), others };
    },
  };
}

function unknownList(name: string, { declared }: Desired): string {
  const known = declared.flatMap(({ lists }) => lists.map((list) => list.name));
  const near = nearest(name, known);
  const meant = near === null ? '' : `; did you mean ${near}?`;
  const shown = known.length === 0 ? 'no list' : known.slice(0, 20).join(', ');
  return `--list ${name}: the files define no such list${meant || `; they define ${shown}`}`;
}

/** Returns why a declaration cannot be edited, to follow its number; null if it can be. */
export function whyFixed({ encrypted, place: { file } }: Declaration): string | null {
  if (file === STDIN) return 'is declared on standard input, which cannot be edited; pass a file';
  if (!encrypted && !file.endsWith('.age')) return null;
  return `is declared in ${file}, which is encrypted; decrypt the file, edit it, and encrypt it again`;
}

/** Makes an error about a number, at the first of its places. */
export function faultOf(number: Msisdn, message: string, [first]: readonly Placed[] = []): Fault {
  return { number, message, ...(first && { place: first.place }) };
}
