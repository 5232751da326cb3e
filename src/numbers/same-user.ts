import type { Msisdn } from './msisdn.ts';
import { NumberSet, NumberSetBuilder } from './number-set.ts';

/** Maps all numbers of one user to the same number. */
export interface UserOf {
  (number: Msisdn): Msisdn;
  /** Returns those of the numbers that may be of a user with several. If omitted, each may, which takes longer. */
  readonly several?: (numbers: NumberSet) => NumberSet;
  /** Set if files declare pairs of numbers for one user. */
  readonly declared?: DeclaredUsers;
}

interface DeclaredUsers {
  /** The rule without the pairs; undefined if each number is a user of its own. */
  readonly rule: UserOf | undefined;
  /** The numbers of each user with a pair, by user. */
  readonly names: ReadonlyMap<Msisdn, readonly Msisdn[]>;
  /** The numbers of all pairs. */
  readonly all: NumberSet;
}

/** A number, and the number under which WhatsApp lists its user. */
export type Pair = readonly [number: Msisdn, waId: Msisdn];

/** All numbers with two spellings are between these, in both of them. Most numbers of a long list are not. */
const FIRST = 52e10;
const LAST = 56e11 - 1;

/**
 * Returns the shorter spelling of a WhatsApp user's number. In three countries WhatsApp may list users under another
 * spelling: Mexico with a 1 after 52, Argentina with a 9 after 54, Brazil with a 9 after 55 and the area code.
 */
export const whatsAppUserOf: UserOf = Object.assign(
  (number: Msisdn): Msisdn => {
    if (number < FIRST || number > LAST) return number;
    const digits = String(number);
    if (digits.length !== 13) return number;
    if (digits.startsWith('521')) return Number(`52${digits.slice(3)}`);
    if (digits.startsWith('549')) return Number(`54${digits.slice(3)}`);
    return /^55..9/.test(digits) ? Number(digits.slice(0, 4) + digits.slice(5)) : number;
  },
  { several: (numbers: NumberSet) => numbers.between(FIRST, LAST) },
);

/** Returns the other spelling under which WhatsApp may list the user of a number; null if the country has one only. */
export function otherWhatsAppSpelling(number: Msisdn): Msisdn | null {
  if (number < FIRST || number > LAST) return null;
  const short = whatsAppUserOf(number);
  if (short !== number) return short;
  const digits = String(number);
  if (digits.length !== 12) return null;
  if (digits.startsWith('52')) return Number(`521${digits.slice(2)}`);
  if (digits.startsWith('54')) return Number(`549${digits.slice(2)}`);
  return digits.startsWith('55') ? Number(`${digits.slice(0, 4)}9${digits.slice(4)}`) : null;
}

/**
 * Joins the rule of an API with declared pairs. Numbers are one user if the rule, a pair or a chain of both
 * connects them. Make it once for all bots of an API, as a million pairs take seconds.
 */
export function withPairs(rule: UserOf | undefined, declared: readonly Pair[]): UserOf | undefined {
  const pairs = declared.filter(([number, waId]) => number !== waId);
  if (pairs.length === 0) return rule;
  const byRule: UserOf = rule ?? ((number) => number);
  const parents = new Map<Msisdn, Msisdn>();
  function rootOf(user: Msisdn): Msisdn {
    let root = user;
    for (let next = parents.get(root); next !== undefined; next = parents.get(root)) root = next;
    // Shortens the path for the next search: otherwise a chain of pairs would take quadratic time.
    for (let at = user; at !== root; ) {
      const next = parents.get(at)!;
      parents.set(at, root);
      at = next;
    }
    return root;
  }
  for (const [number, waId] of pairs) {
    const [one, other] = [rootOf(byRule(number)), rootOf(byRule(waId))];
    if (one !== other) parents.set(Math.max(one, other), Math.min(one, other));
  }
  const all = NumberSet.of(pairs.flat());
  const users = new Map(Array.from(all, (number) => [byRule(number), rootOf(byRule(number))]));
  const userOf = (number: Msisdn) => users.get(byRule(number)) ?? byRule(number);
  return Object.assign(userOf, { declared: { rule, names: byUser(all, userOf), all } });
}

/** Returns the numbers whose users may have other numbers, by the rule or by a pair. They are few, so this is fast. */
function ambiguous(numbers: NumberSet, userOf: UserOf): NumberSet {
  const { declared } = userOf;
  const rule = declared ? declared.rule : userOf;
  const byRule = rule ? (rule.several?.(numbers) ?? numbers) : NumberSet.empty;
  return declared ? byRule.or(numbers.and(declared.all)) : byRule;
}

/** Adds the numbers that files declare for the same users. */
export function withNames(numbers: NumberSet, userOf: UserOf | undefined): NumberSet {
  if (!userOf?.declared) return numbers;
  const { names } = userOf.declared;
  const users = [...byUser(ambiguous(numbers, userOf), userOf).keys()];
  return numbers.extend(NumberSet.of(users.flatMap((user) => names.get(user) ?? [])));
}

/** Keeps one number of each user for whom files declare several, so that a user is counted and written once. */
export function oneOfEach(numbers: NumberSet, userOf: UserOf | undefined): NumberSet {
  if (!userOf?.declared) return numbers;
  const { names } = userOf.declared;
  const users = [...byUser(ambiguous(numbers, userOf), userOf)];
  return numbers.minus(NumberSet.of(users.flatMap(([user, [, ...others]]) => (names.has(user) ? others : []))));
}

/** Returns the numbers of the same user as this one. */
export function spellingsOf(number: Msisdn, among: NumberSet, userOf: UserOf | undefined): NumberSet {
  return respell(NumberSet.of([number]), among, userOf).and(among);
}

/** Maps each number of `among` whose user is wanted to the wanted numbers of that user. Takes one pass. */
export function spelledAs(
  wanted: readonly Msisdn[],
  among: NumberSet,
  userOf: UserOf | undefined,
): ReadonlyMap<Msisdn, readonly Msisdn[]> {
  const found = new Map<Msisdn, readonly Msisdn[]>();
  for (const number of wanted) if (among.has(number)) found.set(number, [number]);
  if (!userOf) return found;
  const users = byUser(NumberSet.of(wanted), userOf);
  for (const number of ambiguous(among, userOf)) {
    const asked = users.get(userOf(number));
    if (asked) found.set(number, asked);
  }
  return found;
}

/**
 * Replaces each number with the numbers that `known` has for its user. A number whose user `known` does not
 * contain stays unchanged. Stages can then compare numbers without regard to spellings.
 *
 * | numbers        | known                         | result                        |
 * | -------------- | ----------------------------- | ----------------------------- |
 * | 52 55 5550 0100 | 521 55 5550 0100              | 521 55 5550 0100              |
 * | 52 55 5550 0100 | 52 55 5550 0100, and with 521 | 52 55 5550 0100, and with 521 |
 * | 52 55 5550 0100 | none of them                  | 52 55 5550 0100               |
 */
export function respell(numbers: NumberSet, known: NumberSet, userOf: UserOf | undefined): NumberSet {
  if (!userOf) return numbers;
  const changing = ambiguous(numbers, userOf);
  if (changing.size === 0) return numbers;
  const spellings = byUser(ambiguous(known, userOf), userOf);
  const builder = new NumberSetBuilder();
  for (const [user, written] of byUser(changing, userOf)) {
    for (const one of spellings.get(user) ?? written) builder.add(one);
  }
  return numbers.minus(changing).or(builder.build());
}

function byUser(numbers: NumberSet, userOf: UserOf): ReadonlyMap<Msisdn, readonly Msisdn[]> {
  const found = new Map<Msisdn, Msisdn[]>();
  for (const number of numbers) {
    const user = userOf(number);
    const others = found.get(user);
    if (others) others.push(number);
    else found.set(user, [number]);
  }
  return found;
}
