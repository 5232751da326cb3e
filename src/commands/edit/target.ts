import type { DeclaredBot } from '../../desired/declare.ts';
import type { Holder } from '../../desired/edit/entry.ts';
import { type Requirement, requirementOf } from '../../desired/schema/require.ts';
import type { SourceFile } from '../../desired/source/yaml-files.ts';
import type { ParsedFile } from '../../desired/yaml/parse.ts';
import type { Part } from '../../desired/yaml/parts.ts';
import type { Declaration } from '../../model/declaration.ts';
import { listNames, nearest } from '../../model/did-you-mean.ts';
import { InvalidError } from '../../model/errors.ts';
import { type Fault, type Place, written } from '../../model/fault.ts';
import type { EditedEntry } from '../../model/report.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import type { UserOf } from '../../numbers/same-user.ts';
import type { Context } from '../../steps/context.ts';
import { type Desired, readDesired } from '../../steps/read-desired.ts';
import { refuseStdin } from '../write-files.ts';
import type { EditOptions } from './options.ts';
import {
  findIn,
  type HeldSource,
  type NumberColumn,
  nameOf,
  numberFilesOf,
  type Placed,
  type Reader,
  sourcesIn,
  userOfHolder,
} from './places.ts';

/** The bot or the list whose numbers are edited. */
export interface Target {
  readonly holder: Holder;
  /** `the bot "x"` or `the list "x"`. */
  readonly name: string;
  readonly file: SourceFile;
  readonly parsed: ParsedFile;
  readonly part: Part;
  readonly requirement: Requirement | null;
  readonly userOf: UserOf | undefined;
  /** The bot itself, or the bots that use the list. */
  readonly bots: readonly DeclaredBot[];
  /** The names of the lists that a bot uses. */
  readonly lists: ReadonlySet<string>;
  readonly numberFiles: readonly NumberColumn[];
  /**
   * Finds where the users of numbers are declared: by the target itself, and for a bot by its lists if they are in force.
   * Walks through all entries once, however many numbers are wanted.
   */
  find(numbers: readonly Msisdn[]): (number: Msisdn) => Found;
}

export interface Found {
  readonly own: readonly Placed[];
  readonly others: readonly Placed[];
}

/** Reads the desired state. @throws InvalidError with every error of every file. */
export async function readState({ path, bots = [] }: EditOptions, command: string, context: Context): Promise<Desired> {
  refuseStdin(path, command);
  if (bots.length > 1) throw new InvalidError(`${command} takes one --bot; to share numbers, pass --list with a list`);
  return readDesired(path, { bots }, context);
}

export function editedEntry(
  number: Msisdn,
  change: EditedEntry['change'],
  { kind, name }: Holder,
  place: Place | null,
): EditedEntry {
  return { number, change, bot: kind === 'bots' ? name : null, list: kind === 'lists' ? name : null, place };
}

/** Words places, each with what declares the number there. */
export const placesWords = (all: readonly Placed[]) =>
  all.map((each) => `${written(each.place)} (${listNames(each.holders.map(nameOf))})`).join(', ');

/** Words all that share a number file with a holder; empty if nothing else reads the file. */
export const sharersWords = (holder: Holder, readers: readonly Reader[]) =>
  listNames([...new Set(readers.map(({ name }) => name))].filter((name) => name !== nameOf(holder)));

/** Checks if places are parts of one row of a number file. */
export function isOneRow(all: readonly Placed[]): boolean {
  const rows = new Set(all.map(({ place }) => `${place.file}:${place.line}`));
  return rows.size === 1 && all.every(({ readers }) => readers.length > 0);
}

/** The most targets that a message lists. */
const MAX_TARGETS = 3;

/** Words the options that choose a target. */
export function targetsIn(desired: Pick<Desired, 'declared'>): string {
  const flags = sourcesIn(desired).map(({ holder }) => flagOf(holder));
  const isFew = flags.length > 0 && flags.length <= MAX_TARGETS;
  return isFew ? flags.sort().join(' or ') : '--bot ID, or --list NAME';
}

export const flagOf = ({ kind, name }: Holder) => (kind === 'bots' ? `--bot ${name}` : `--list ${name}`);

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
  const own: HeldSource = { list: holder.kind === 'lists' ? holder.name : null, from, declared, holder };
  const takes = ({ id, lists }: DeclaredBot) =>
    holder.kind === 'bots' ? id === holder.name : lists.some(({ name }) => name === holder.name);
  const lists = new Set(declared.lists.map(({ name }) => name));
  const used = lists.size === 0 ? [] : sourcesIn(desired).filter(({ list }) => list !== null && lists.has(list));
  return {
    holder,
    name: nameOf(holder),
    file: desired.files.find(({ name }) => name === from.file)!,
    parsed,
    part,
    requirement: requirementOf(part, parsed.parts, parsed),
    userOf: userOfHolder(holder, desired),
    bots: desired.declared.flatMap(({ bots }) => bots.filter(takes)),
    lists,
    numberFiles: numberFilesOf(own, desired),
    find(numbers) {
      const byTarget = findIn([own], numbers, desired, today);
      const byLists = findIn(used, numbers, desired, today);
      return (number) => ({ own: byTarget(number), others: byLists(number).filter((each) => each.isInForce) });
    },
  };
}

function unknownList(name: string, { declared }: Desired): string {
  const known = declared.flatMap(({ lists }) => lists.map((list) => list.name));
  const near = nearest(name, known);
  const meant = near === null ? '' : `; did you mean ${near}?`;
  if (known.length === 0) return `--list ${name}: the files define no lists`;
  return `--list ${name}: the files define no such list${meant || `; they define ${listNames(known)}`}`;
}

/** Returns why a declaration cannot be edited, to follow its number; null if it can be. */
export function whyFixed({ encrypted, place: { file } }: Declaration): string | null {
  if (!encrypted && !file.endsWith('.age')) return null;
  return `is declared in ${file}, which is encrypted; decrypt the file, edit it, and encrypt it again`;
}

/** Makes an error about a number, at the first of its places. */
export function faultOf(number: Msisdn, message: string, [first]: readonly Placed[] = []): Fault {
  return { number, message, ...(first && { place: first.place }) };
}
