import type { Ignored } from '../model/bot.ts';
import type { Exemption } from '../model/declaration.ts';
import { formatMsisdn, type Msisdn } from '../numbers/msisdn.ts';
import { NumberSet } from '../numbers/number-set.ts';
import type { Declared, IgnoreRule } from './declare.ts';
import type { Path } from './yaml/places.ts';

/** A rule, and the numbers that it names: none where it has a prefix. */
export interface Rule extends IgnoreRule {
  readonly numbers: NumberSet;
}

/** What the rules leave alone, all together. */
export function ignoredBy(rules: readonly Rule[]): Ignored {
  const prefixes = new Set(rules.flatMap(({ prefix }) => prefix ?? []));
  return { numbers: NumberSet.union(rules.map(({ numbers }) => numbers)), prefixes: [...prefixes].sort() };
}

/**
 * What each rule ignores although it is declared for the bot: nobody can tell which of the two is meant.
 *
 * @param placesOf where each of some numbers is declared, as `file:line:column`.
 */
export function conflicts(
  id: string,
  rules: readonly Rule[],
  declared: NumberSet,
  placesOf: (numbers: NumberSet) => ReadonlyMap<Msisdn, string>,
): { readonly at: Path; readonly message: string }[] {
  // Hardly ever any, and then there is nothing to look for rule by rule.
  const named = declared.and(NumberSet.union(rules.map(({ numbers }) => numbers)));
  const found = rules.flatMap(({ at, prefix, numbers }) => {
    const both = prefix === undefined ? named.and(numbers) : declared.startingWith(prefix);
    const [first] = both;
    return first === undefined ? [] : [{ at, first, more: both.size - 1 }];
  });
  if (found.length === 0) return [];
  const places = placesOf(NumberSet.of(found.map(({ first }) => first)));
  return found.map(({ at, first, more }) => {
    const which = more === 0 ? 'is' : `and ${more} more of this rule are`;
    const message = `${formatMsisdn(first)} ${which} declared for the bot "${id}" as well, at ${places.get(first)}; a number is declared or ignored, not both`;
    return { at, message };
  });
}

/**
 * The rules with their places. One that is past and names a file is left out: nobody reads the file any more.
 *
 * @param lapsed rules that are past.
 */
export function exemptions(from: Declared, rules: readonly Rule[], lapsed: readonly IgnoreRule[]): Exemption[] {
  const exemption = ({ at, prefix, reason, until }: IgnoreRule, numbers: NumberSet, past: boolean): Exemption => ({
    place: from.parsed!.fault(at, '').place!,
    numbers,
    ...(prefix !== undefined && { prefix }),
    ...(reason !== undefined && { reason }),
    ...(until !== undefined && { until }),
    past,
    encrypted: from.encrypted,
  });
  const gone = lapsed.filter(({ file }) => file === undefined);
  return [
    ...rules.map((rule) => exemption(rule, rule.numbers, false)),
    ...gone.map((rule) =>
      exemption(rule, rule.number === undefined ? NumberSet.empty : NumberSet.of([rule.number]), true),
    ),
  ];
}
