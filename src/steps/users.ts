import { providerOf } from '../api/providers/index.ts';
import { type Users, type Writable, withhold } from '../apply/withhold.ts';
import type { Desired } from '../desired/resolve.ts';
import type { Caps } from '../model/bot.ts';
import type { Declaration } from '../model/declaration.ts';
import type { Located, Place } from '../model/fault.ts';
import type { Withheld } from '../model/ledger.ts';
import type { Snapshot } from '../model/plan.ts';
import type { Warning } from '../model/warnings.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { NumberSet } from '../numbers/number-set.ts';
import { type Pair, type UserOf, withNames, withPairs } from '../numbers/same-user.ts';
import type { Context } from './context.ts';

/**
 * Returns the function that finds numbers of one user for a provider; undefined if each number is a user of
 * its own.
 */
export type UsersOf = (provider: string) => UserOf | undefined;

/** Combines the rule of each provider with the declared pairs. All bots of a provider share one function. */
export function usersBy(pairs: readonly Pair[]): UsersOf {
  const made = new Map<string, UserOf | undefined>();
  return (provider) => {
    if (!made.has(provider)) made.set(provider, withPairs(providerOf(provider).userOf, pairs));
    return made.get(provider);
  };
}

/** The most repeats of a file that get a warning each. One more warning counts the others. */
const SHOWN = 20;

/**
 * Warns if one list or number file declares two spellings of one user for a bot whose API knows both. The same number
 * twice is found without the API (`desired/entries`).
 */
export function warnOfSpellings({ bots, declarations }: Pick<Desired, 'bots' | 'declarations'>): readonly Warning[] {
  const found = new Map<string, Map<string, Repeat>>(); // by file, then by place, as bots may use the same list
  for (const { id, provider, numbers } of bots) {
    const { otherSpelling, userOf } = providerOf(provider);
    if (!otherSpelling || !userOf) continue;
    const isTwice = (number: Msisdn) => {
      const other = otherSpelling(number);
      return other !== null && numbers.has(other);
    };
    const twice = NumberSet.of(numbers.values.filter(isTwice));
    const first = new Map<string, Declaration>();
    for (const each of twice.size > 0 ? declarations(id, twice) : []) {
      const { number, list, place, encrypted } = each;
      const key = JSON.stringify([userOf(number), list, place.file]);
      const { number: of, place: at } = first.get(key) ?? each;
      if (!first.has(key)) first.set(key, each);
      if (of === number) continue;
      const ofFile = found.get(place.file) ?? new Map<string, Repeat>();
      found.set(
        place.file,
        ofFile.set(JSON.stringify(place), { ...(encrypted && { decrypted: true }), place, spelling: number, of, at }),
      );
    }
  }
  return [...found.values()].flatMap((ofFile): Warning[] => {
    const all = [...ofFile.values()];
    const shown = all.slice(0, SHOWN).map((each): Warning => ({ code: 'W-DUPLICATE', ...each }));
    const next = all[SHOWN];
    return next ? [...shown, { code: 'W-DUPLICATE', ...next, spellings: all.length - SHOWN }] : shown;
  });
}

/** A declaration of a user whose other spelling the same list or file declares before it. */
interface Repeat extends Located {
  readonly spelling: Msisdn;
  readonly of: Msisdn;
  readonly at: Place;
}

/** Gives each declaration the number under which the report shows its user. */
export function declaredAs(
  shown: NumberSet,
  declarations: readonly Declaration[],
  userOf: UserOf | undefined,
): readonly Declaration[] {
  if (!userOf?.declared) return declarations;
  const names = new Map(Array.from(shown, (number) => [userOf(number), number]));
  return declarations.map((each) => {
    return shown.has(each.number) ? each : { ...each, number: names.get(userOf(each.number))! };
  });
}

type Spelling = Pick<Context, 'spelledAlike'>;

/**
 * Finds the removals with the same international form as a number that the plan adds or that is missing, with
 * that number.
 */
export function alikeIn(
  { add, missing, remove }: Pick<Writable, 'add' | 'missing' | 'remove'>,
  userOf: UserOf | undefined,
  { spelledAlike }: Spelling,
): Promise<Users['alike']> {
  return spelledAlike(withNames(add.or(missing), userOf), remove);
}

/**
 * Finds the removals that apply may withhold, before it has sent anything: by the pairs in the live list, by
 * their spelling and by their last digits. The answers to adds may add such removals, or show that some are
 * other users.
 */
export async function foreseeWithheld(
  plan: Writable,
  { names }: Pick<Snapshot, 'names'>,
  { mayRename }: Caps,
  userOf: UserOf | undefined,
  context: Spelling,
): Promise<readonly (Withheld & { readonly number: Msisdn })[]> {
  if (plan.remove.size === 0) return [];
  const alike = await alikeIn(plan, userOf, context);
  return withhold(plan, { unsettled: [], listed: new Map() }, { userOf, mayRename, alike, names });
}
