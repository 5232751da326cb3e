/** Finds where bots and lists declare numbers, and which of them use the same number files. */
import type { Holder } from '../../desired/edit/entry.ts';
import type { DeclaredNumbers } from '../../desired/entries.ts';
import { isInForce } from '../../desired/expiry.ts';
import { columnOf } from '../../desired/number-files/edit.ts';
import type { NumberFile } from '../../desired/number-files/number-file.ts';
import { declarationsIn, type NumberSource } from '../../desired/provenance.ts';
import type { Declaration } from '../../model/declaration.ts';
import { written } from '../../model/fault.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import { spelledAs, type UserOf, withPairs } from '../../numbers/same-user.ts';
import type { Desired } from '../../steps/read-desired.ts';

/** A declaration, and the bot or the list that contains it. */
export interface Placed extends Declaration {
  readonly holder: Holder;
  /** All that declare the number here: several bots and lists may use one number file. */
  readonly holders: readonly Holder[];
  readonly isInForce: boolean;
}

/** A number file, and the column of its numbers; null for a text file. */
export interface NumberColumn {
  readonly file: NumberFile;
  readonly column: string | null;
}

/** A number file, and all bots and lists that use it. */
interface UsedFile extends NumberColumn {
  readonly holders: readonly Holder[];
}

/** A source of numbers, and the bot or the list that it is. */
export interface HeldSource extends NumberSource {
  readonly holder: Holder;
}

export function sourcesIn({ declared }: Pick<Desired, 'declared'>): readonly HeldSource[] {
  return declared.flatMap((from) => [
    ...from.lists.map((list) => ({ list: list.name, from, declared: list, holder: holderOf('lists', list.name) })),
    ...from.bots.map((bot) => ({ list: null, from, declared: bot, holder: holderOf('bots', bot.id) })),
  ]);
}

const holderOf = (kind: Holder['kind'], name: string): Holder => ({ kind, name });

/** Finds every place that declares the users of numbers, for any bot. */
export function findEverywhere(numbers: readonly Msisdn[], desired: Desired, today: string) {
  return findIn(sourcesIn(desired), numbers, desired, today);
}

/** Finds where sources declare the users of numbers, each place once. Walks through each source once. */
export function findIn(
  sources: readonly HeldSource[],
  wanted: readonly Msisdn[],
  desired: Desired,
  today: string,
): (number: Msisdn) => readonly Placed[] {
  const files = usedFiles(desired);
  const found = new Map<Msisdn, Map<string, Placed>>(wanted.map((number) => [number, new Map()]));
  for (const { holder, ...source } of sources) {
    const askedBy = spelledAs(wanted, numbersOf(source, desired), userOfHolder(holder, desired));
    if (askedBy.size === 0) continue;
    for (const each of declarationsIn(source, NumberSet.of(askedBy.keys()), desired.numberFiles)) {
      const { holders = [holder] } = files.get(each.place.file) ?? {};
      const placed = { ...each, holder, holders, isInForce: isInForce(each.entry.expires, today) };
      for (const asked of askedBy.get(each.number)!) {
        const places = found.get(asked)!;
        if (!places.has(written(each.place))) places.set(written(each.place), placed);
      }
    }
  }
  return (number) => [...found.get(number)!.values()];
}

/** Returns the number files of a source. */
export function numberFilesOf({ from, declared }: NumberSource, { numberFiles }: Desired): readonly NumberColumn[] {
  return declared.files.flatMap((name) => {
    const { files } = numberFiles({ from: from.file, ...name });
    return files.map((file) => ({ file, column: columnOf(file.name, name.column) }));
  });
}

const used = new WeakMap<Desired, ReadonlyMap<string, UsedFile>>();

/** Maps the name of each number file to the file, with all bots and lists that use it. */
export function usedFiles(desired: Desired): ReadonlyMap<string, UsedFile> {
  const found = used.get(desired);
  if (found) return found;
  const files = new Map<string, NumberColumn & { readonly holders: Holder[] }>();
  for (const source of sourcesIn(desired)) {
    for (const each of numberFilesOf(source, desired)) {
      const { name } = each.file;
      if (!files.has(name)) files.set(name, { ...each, holders: [] });
      const { holders } = files.get(name)!;
      if (holders.at(-1) !== source.holder) holders.push(source.holder); // it may name the file twice
    }
  }
  used.set(desired, files);
  return files;
}

const known = new WeakMap<DeclaredNumbers, NumberSet>();

/** Returns all numbers of a source, expired ones included. Joins them once, as there may be a million. */
function numbersOf(source: NumberSource, desired: Desired): NumberSet {
  const { declared } = source;
  const found = known.get(declared);
  if (found) return found;
  const { numbers, expired } = declared.entries;
  const files = numberFilesOf(source, desired).map(({ file }) => file.set);
  const all = NumberSet.union([numbers, NumberSet.of(expired.keys()), ...files]);
  known.set(declared, all);
  return all;
}

/** A list has no provider, so only declared pairs join its numbers. */
export function userOfHolder({ kind, name }: Holder, { bots, usersOf, pairs }: Desired): UserOf | undefined {
  const bot = kind === 'bots' ? bots.find(({ id }) => id === name) : undefined;
  return bot ? usersOf(bot.provider) : withPairs(undefined, pairs);
}
