import { withoutNumbers } from '../../desired/edit/contents.ts';
import { type Removal, removeEntries } from '../../desired/edit/remove.ts';
import { removeLines } from '../../desired/number-files/edit.ts';
import type { NumberFile } from '../../desired/number-files/number-file.ts';
import type { Declaration } from '../../model/declaration.ts';
import { InvalidError } from '../../model/errors.ts';
import { type Fault, written } from '../../model/fault.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import type { Context } from '../../steps/context.ts';
import type { Desired } from '../../steps/read-desired.ts';
import { Edits, finish } from './edits.ts';
import { readAsked } from './numbers.ts';
import type { EditOptions } from './options.ts';
import { columnsOf, findEverywhere, nameOf, type Placed } from './places.ts';
import {
  editedEntry,
  type Found,
  faultOf,
  findTarget,
  flagOf,
  isOneRow,
  placesWords,
  readState,
  sharersWords,
  type Target,
  whyFixed,
} from './target.ts';

/**
 * Removes numbers from a bot or a list, unless they are in a number file that others use too. Without a target it asks,
 * and removes them everywhere. Writes nothing if one number cannot be removed.
 */
export async function remove(texts: readonly string[], options: EditOptions, context: Context) {
  const today = context.clock.today();
  const asked = await readAsked(texts, context);
  const desired = await readState(options, 'remove', context);
  const target = findTarget(options, desired, today);
  const find = target ? target.find(asked.numbers) : anywhere(asked.numbers, desired, today);
  // Two numbers may be spellings of one user, and so have the same places.
  const places = [...new Set(asked.numbers.flatMap((number) => find(number).own))];
  const absent = asked.numbers.filter((number) => find(number).own.length === 0);
  const protecting = protectedBy(asked.numbers, places, desired);
  const elsewhere = findEverywhere(absent, desired, today);
  const faults = asked.numbers.flatMap((number) => {
    return whyNot(number, find(number), { target, elsewhere, protecting }) ?? [];
  });
  if (faults.length > 0) throw new InvalidError(faults);
  if (!target && !context.confirm && !options.dryRun) {
    throw new InvalidError(asked.numbers.map((number) => unasked(number, find(number).own)));
  }

  const edits = new Edits(desired, context);
  for (const [file, some] of groupsOf(places, ({ place }) => place.file)) removeFrom(file, some, desired, edits);
  const entries = places.flatMap(({ number, place, holders }) =>
    holders.map((holder) => editedEntry(number, 'removed', holder, place)),
  );
  const question = target ? null : questionFor(asked.numbers.length, places);
  return finish('remove', edits, entries, asked.warnings, question, options, context);
}

/** Words the question of a removal without a target. The report before it names the bots and lists. */
function questionFor(numbers: number, places: readonly Placed[]): string {
  const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
  const holders = new Map(places.flatMap((place) => place.holders.map((holder) => [nameOf(holder), holder.kind])));
  const whose = [['bots', 'bot'] as const, ['lists', 'list'] as const].flatMap(([kind, what]) => {
    const size = [...holders.values()].filter((each) => each === kind).length;
    return size > 0 ? count(size, what) : [];
  });
  return `Remove ${count(numbers, 'number')} from ${count(places.length, 'place')} of ${whose.join(' and ')}? Only "yes" is accepted: `;
}

function anywhere(numbers: readonly Msisdn[], desired: Desired, today: string): ReturnType<Target['find']> {
  const find = findEverywhere(numbers, desired, today);
  return (number) => ({ own: find(number), others: [] });
}

/** Finds the places that protect each of the numbers. */
function protectedBy(numbers: readonly Msisdn[], places: readonly Placed[], desired: Desired) {
  const all = NumberSet.of([...numbers, ...places.map(({ number }) => number)]);
  return groupsOf(desired.protecting(all), ({ number }) => number);
}

function groupsOf<K, T>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

interface Looked {
  readonly target: Target | null;
  elsewhere(number: Msisdn): readonly Placed[];
  readonly protecting: ReadonlyMap<Msisdn, readonly Declaration[]>;
}

/** Checks if an edit of a place is also one of another bot, list or ignore rule. */
const isShared = ({ holder, readers }: Placed) => readers.some(({ name }) => name !== nameOf(holder));

/** Checks if an edit of a place is also one of an ignore rule. No option chooses it, as a rule declares nothing. */
const isIgnored = ({ readers }: Placed) => readers.some(({ holder }) => holder === null);

/** Returns why a number cannot be removed; null if it can be. */
function whyNot(number: Msisdn, { own, others }: Found, { target, elsewhere, protecting }: Looked): Fault | null {
  if (own.length === 0) {
    return faultOf(number, target ? notDeclaredBy(target, elsewhere(number)) : 'is not declared in these files');
  }
  const protectors = [...new Set([number, ...own.map((each) => each.number)])].flatMap(
    (one) => protecting.get(one) ?? [],
  );
  if (protectors.length > 0) {
    const at = protectors.map(({ place }) => written(place)).join(', ');
    return faultOf(number, `is protected at ${at}; remove "protected: true" there first`, own);
  }
  const option = target?.holder.kind === 'bots' ? '--bot' : '--list';
  const orAll = `, or omit ${option} to remove the number everywhere`;
  const ignored = own.find(isIgnored);
  const shared = ignored ?? (target ? own.find(isShared) : undefined);
  if (shared) {
    const { holder, readers } = shared;
    const which = `is declared in a number file that ${nameOf(holder)} shares with ${sharersWords(holder, readers)}`;
    return faultOf(number, `${which}; delete the line by hand${ignored ? '' : orAll}`, [shared]);
  }
  const all = [...own, ...others];
  if (target && all.length > 1 && !isOneRow(all)) {
    const times = `is declared ${all.length} times for ${target.name}: ${placesWords(all)}`;
    return faultOf(number, `${times}; remove the others first${orAll}`, all);
  }
  const fixed = own.find((each) => whyFixed(each) !== null);
  return fixed ? faultOf(number, whyFixed(fixed)!, [fixed]) : null;
}

/**
 * Words that other bots or lists declare a number. Only a list that the bot uses is another way to do what was asked:
 * the number of another bot is blocked for another reason.
 */
function notDeclaredBy({ name, lists }: Target, places: readonly Placed[]): string {
  const which = `is not declared by ${name}`;
  if (places.length === 0) return which;
  const used = places.filter(({ holder }) => holder.kind === 'lists' && lists.has(holder.name));
  const flags = flagsOf(used);
  const those = flags.length === 1 ? 'the list' : 'these lists';
  const remedy = flags.length > 0 ? `; to remove it for every bot of ${those}, pass ${flags.join(', then ')}` : '';
  return `${which}, but at ${placesWords(places)}${remedy}`;
}

/** Returns the options that choose one of these places. No option chooses a shared one. */
const flagsOf = (places: readonly Placed[]) => [
  ...new Set(places.flatMap((each) => (isShared(each) ? [] : flagOf(each.holder)))),
];

/** Makes the error of a run that cannot ask: the places of a number, and the options that choose one. */
function unasked(number: Msisdn, places: readonly Placed[]): Fault {
  const flags = flagsOf(places);
  const where = places.length === 1 && flags.length === 1 ? 'is not removed' : `is declared at ${placesWords(places)}`;
  const remedy = flags.length > 0 ? `pass ${flags.join(' or ')}` : 'delete the line by hand';
  const message = `${where}, and remove cannot ask for confirmation without a terminal; ${remedy}`;
  return faultOf(number, message, places);
}

function removeFrom(name: string, places: readonly Placed[], desired: Desired, edits: Edits): void {
  const file = desired.files.find((each) => each.name === name);
  if (!file) return void removeRows(name, places, desired, edits);
  const removals = new Map(
    Array.from(
      groupsOf(places, ({ holder }) => nameOf(holder)),
      ([key, some]): [string, Removal] => {
        return [key, { ...some[0]!.holder, numbers: NumberSet.of(some.map(({ number }) => number)) }];
      },
    ),
  );
  edits.yaml(file, removeEntries(file, [...removals.values()]), (all, holder) => {
    const removal = removals.get(nameOf(holder));
    return removal ? withoutNumbers(all, removal.numbers) : all;
  });
}

/** Removes rows of a number file, unless another column of a row declares a number that stays. */
function removeRows(name: string, places: readonly Placed[], desired: Desired, edits: Edits): void {
  const columns = columnsOf(name, desired);
  const lines = new Map(places.map((each) => [each.place.line, each]));
  const gone = NumberSet.of(places.map(({ number }) => number));
  const faults = columns.flatMap(({ file }) =>
    Array.from(file.numbers).flatMap((number, n) => {
      const place = file.placeOf(n);
      const removed = lines.get(place.line);
      if (!removed || gone.has(number)) return [];
      const which = `is declared in a row that declares another number at ${written(place)}`;
      return faultOf(removed.number, `${which}; remove both, or edit the row by hand`, [removed]);
    }),
  );
  if (faults.length > 0) throw new InvalidError(faults);
  const kept = ({ numbers, placeOf }: NumberFile) => Array.from(numbers).filter((_, n) => !lines.has(placeOf(n).line));
  edits.numberFile(name, columns, kept, (text) => removeLines(text, lines));
}
