import { providerOf } from '../api/providers/index.ts';
import type { Declaration } from '../model/declaration.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import { type Pair, type UserOf, withPairs } from '../numbers/same-user.ts';

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
