/** Decides which numbers can be removed. A refusal offers only commands that work. */
import type { Holder } from '../../desired/edit/entry.ts';
import { rowsOf } from '../../desired/number-files/edit.ts';
import type { Declaration } from '../../model/declaration.ts';
import { type Fault, written } from '../../model/fault.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import type { Desired } from '../../steps/read-desired.ts';
import { columnsOf, findEverywhere, groupsOf, nameOf, type Placed } from './places.ts';
import {
  type Found,
  faultOf,
  findTarget,
  flagOf,
  isOneRow,
  placesWords,
  sharersWords,
  type Target,
  whyFixed,
} from './target.ts';

/** A removal of all numbers from a target, or from all bots and lists. */
interface Removal {
  readonly target: Target | null;
  find(number: Msisdn): Found;
  readonly places: readonly Placed[];
  /** The places that protect each number. */
  readonly protecting: ReadonlyMap<Msisdn, readonly Declaration[]>;
  /** The numbers that stay, but are in the same row as a place, by where they are. */
  readonly mates: ReadonlyMap<Placed, ReadonlyMap<string, Msisdn>>;
}

export class Removals {
  readonly #numbers: readonly Msisdn[];
  readonly #desired: Desired;
  readonly #today: string;
  readonly #known = new Map<string | undefined, Removal>();

  constructor(numbers: readonly Msisdn[], desired: Desired, today: string) {
    this.#numbers = numbers;
    this.#desired = desired;
    this.#today = today;
  }

  /** Returns the places to remove, each once. Two numbers may be spellings of one user, and so have the same places. */
  placesOf(target: Target | null): readonly Placed[] {
    return this.#of(target).places;
  }

  /** Returns why numbers cannot be removed. */
  faults(target: Target | null): readonly Fault[] {
    const removal = this.#of(target);
    return this.#numbers.flatMap((number) => this.#whyNot(number, removal)?.() ?? []);
  }

  /** Makes the errors of a run that cannot ask: the places of each number, and the options that choose one. */
  unasked(): readonly Fault[] {
    const { find } = this.#of(null);
    return this.#numbers.map((number) => {
      const places = find(number).own;
      const flags = this.#flagsOf(number, places);
      const where =
        places.length === 1 && flags.length > 0 ? 'is not removed' : `is declared at ${placesWords(places)}`;
      const byHand = places.length === 1 ? 'delete the line by hand' : 'delete the lines by hand';
      const remedy = flags.length > 0 ? `pass ${flags.join(' or ')}` : byHand;
      const message = `${where}, and remove cannot ask for confirmation without a terminal; ${remedy}`;
      return faultOf(number, message, places);
    });
  }

  #of(target: Target | null): Removal {
    const removal = this.#known.get(target?.name) ?? this.#look(target);
    this.#known.set(target?.name, removal);
    return removal;
  }

  #from({ kind, name }: Holder): Removal {
    const chosen = { path: [], ...(kind === 'bots' ? { bots: [name] } : { list: name }) };
    return this.#known.get(nameOf({ kind, name })) ?? this.#of(findTarget(chosen, this.#desired, this.#today));
  }

  #look(target: Target | null): Removal {
    const desired = this.#desired;
    const numbers = this.#numbers;
    const find = target?.find(numbers) ?? anywhere(numbers, desired, this.#today);
    const places = [...new Set(numbers.flatMap((number) => find(number).own))];
    const mates = matesOf(places, desired);
    const others = Array.from(mates.values(), (each) => [...each.values()]);
    const all = NumberSet.of([numbers, places.map(({ number }) => number), ...others].flat());
    return { target, find, places, mates, protecting: groupsOf(desired.protecting(all), ({ number }) => number) };
  }

  /** Returns the wording of why a number cannot be removed; null if it can be. */
  #whyNot(number: Msisdn, { target, find, protecting, mates }: Removal): (() => Fault) | null {
    const { own, others } = find(number);
    const refuse = (place: Placed | undefined, message: () => string) => () =>
      faultOf(number, message(), place && [place]);
    if (own.length === 0) {
      return refuse(undefined, () => (target ? this.#notDeclaredBy(target, number) : 'is not declared in these files'));
    }
    const protectors = [...new Set([number, ...own.map((each) => each.number)])].flatMap(
      (one) => protecting.get(one) ?? [],
    );
    if (protectors.length > 0) {
      const at = protectors.map(({ place }) => written(place)).join(', ');
      return refuse(own[0], () => `is protected at ${at}; remove "protected: true" there first`);
    }
    const fixed = own.find((each) => whyFixed(each) !== null);
    if (fixed) return refuse(fixed, () => whyFixed(fixed)!);
    const all = [...own, ...others];
    if (others.length > 0 && !isOneRow(all)) {
      const times = `is declared ${all.length} times for ${target!.name}: ${placesWords(all)}`;
      return refuse(own[0], () => `${times}; remove the others first${this.#orAll(number, target)}`);
    }
    const isOthers = (place: Placed) => isIgnored(place) || (target !== null && isShared(place));
    const joined = own.find((each) => mates.has(each));
    if (joined) {
      const beside = mates.get(joined)!;
      const canAll = !isOthers(joined) && ![...beside.values()].some((mate) => protecting.has(mate));
      return refuse(joined, () => rowWords([...beside.keys()], canAll));
    }
    const shared = own.find(isIgnored) ?? own.find(isOthers);
    if (!shared) return null;
    const { holder, readers } = shared;
    const which = `is declared in a number file that ${nameOf(holder)} shares with ${sharersWords(holder, readers)}`;
    return refuse(shared, () => `${which}; delete the line by hand for all of them${this.#orAll(number, target)}`);
  }

  /** Words the command without a target, if it removes the number. */
  #orAll(number: Msisdn, target: Target | null): string {
    if (!target || this.#whyNot(number, this.#of(null))) return '';
    return `, or omit ${target.holder.kind === 'bots' ? '--bot' : '--list'} to remove the number everywhere`;
  }

  /**
   * Words that other bots or lists declare a number. Only a list that the bot uses is another way to do what was asked:
   * the number of another bot is blocked for another reason.
   */
  #notDeclaredBy({ name, lists }: Target, number: Msisdn): string {
    const which = `is not declared by ${name}`;
    const places = this.#of(null).find(number).own;
    if (places.length === 0) return which;
    const used = places.filter(({ holder }) => holder.kind === 'lists' && lists.has(holder.name));
    const flags = this.#flagsOf(number, used);
    const those = flags.length === 1 ? 'the list' : 'these lists';
    const remedy = flags.length > 0 ? `; to remove it for every bot of ${those}, pass ${flags.join(', then ')}` : '';
    return `${which}, but at ${placesWords(places)}${remedy}`;
  }

  /** Returns the options that choose one of these places, and remove the number there. */
  #flagsOf(number: Msisdn, places: readonly Placed[]): readonly string[] {
    const holders = new Map(places.map(({ holder }) => [flagOf(holder), holder]));
    return [...holders].flatMap(([flag, holder]) => (this.#whyNot(number, this.#from(holder)) ? [] : flag));
  }
}

/** Checks if an edit of a place is also one of another bot, list or ignore rule. */
const isShared = ({ holder, readers }: Placed) => readers.some(({ name }) => name !== nameOf(holder));

/** Checks if an edit of a place is also one of an ignore rule. No option chooses it, as a rule declares nothing. */
const isIgnored = ({ readers }: Placed) => readers.some(({ holder }) => holder === null);

function anywhere(numbers: readonly Msisdn[], desired: Desired, today: string): Removal['find'] {
  const find = findEverywhere(numbers, desired, today);
  return (number) => ({ own: find(number), others: [] });
}

/** Words that a row declares other numbers. By hand, none of its cells can become empty. */
function rowWords(others: readonly string[], canAll: boolean): string {
  const isOne = others.length === 1;
  const which = `is declared in a row that declares ${isOne ? 'another number' : 'other numbers'} at ${others.join(', ')}`;
  const all = canAll ? `remove ${isOne ? 'both' : 'all of them'}, or ` : '';
  const them = isOne ? 'the other number' : 'the other numbers';
  return `${which}; ${all}declare ${them} elsewhere and delete the row by hand`;
}

/** Finds the numbers that stay in the rows of places. Only columns of one file share its rows. */
function matesOf(places: readonly Placed[], desired: Desired): Removal['mates'] {
  const mates = new Map<Placed, Map<string, Msisdn>>();
  const gone = NumberSet.of(places.map(({ number }) => number));
  for (const [name, some] of groupsOf(places, ({ place }) => place.file)) {
    const columns = columnsOf(name, desired);
    if (columns.length < 2) continue;
    const rowOf = rowsOf(columns[0]!.file);
    const rows = groupsOf(some, ({ place }) => rowOf(place.line));
    for (const { file } of columns) {
      for (const [n, number] of file.numbers.entries()) {
        if (gone.has(number)) continue;
        const at = file.placeOf(n);
        for (const each of rows.get(rowOf(at.line)) ?? []) {
          mates.set(each, (mates.get(each) ?? new Map<string, Msisdn>()).set(written(at), number));
        }
      }
    }
  }
  return mates;
}
