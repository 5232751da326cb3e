import type { Msisdn } from './msisdn.ts';
import { NumberSet, NumberSetBuilder } from './number-set.ts';

/** Returns the same for all numbers that are one user. */
export interface UserOf {
  (number: Msisdn): Msisdn;
  /** Set if files declare pairs of numbers that are one user. */
  readonly declared?: DeclaredUsers;
}

interface DeclaredUsers {
  /** Decides without the pairs; undefined if each number is a user of its own. */
  readonly rule: UserOf | undefined;
  /** The declared numbers of each user with a pair. */
  readonly names: ReadonlyMap<Msisdn, readonly Msisdn[]>;
  /** All of these numbers. */
  readonly all: NumberSet;
}

/** A number, and the one under which WhatsApp lists its user. */
export type Pair = readonly [number: Msisdn, waId: Msisdn];

/**
 * The users of three countries are listed under another spelling than their phone number, or may be: Mexico with a 1
 * after 52, Argentina with a 9 after 54, Brazil with a ninth digit after 55 and the area code.
 */
export function whatsAppUserOf(number: Msisdn): Msisdn {
  const digits = String(number);
  if (digits.length !== 13) return number;
  if (digits.startsWith('521')) return Number(`52${digits.slice(3)}`);
  if (digits.startsWith('549')) return Number(`54${digits.slice(3)}`);
  return /^55..9/.test(digits) ? Number(digits.slice(0, 4) + digits.slice(5)) : number;
}

/**
 * Joins the rule of an API with declared pairs. Numbers are one user if the rule, the pairs or a chain of both lead from
 * one to the other. Made once for all bots of an API, as a million pairs take a while.
 */
export function withPairs(rule: UserOf | undefined, declared: readonly Pair[]): UserOf | undefined {
  const pairs = declared.filter(([number, waId]) => number !== waId);
  if (pairs.length === 0) return rule;
  const byRule: UserOf = rule ?? ((number) => number);
  const parents = new Map<Msisdn, Msisdn>();
  function rootOf(user: Msisdn): Msisdn {
    let root = user;
    for (let next = parents.get(root); next !== undefined; next = parents.get(root)) root = next;
    // Shortens the way for the next search, or a chain of pairs would take quadratic time.
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

/** The numbers whose users may have other numbers. Without a rule only the declared ones are looked at: it is fast. */
function ambiguous(numbers: NumberSet, { declared }: UserOf): NumberSet {
  return declared && !declared.rule ? numbers.and(declared.all) : numbers;
}

/** Adds to numbers those that files declare for the same users. */
export function withNames(numbers: NumberSet, userOf: UserOf | undefined): NumberSet {
  if (!userOf?.declared) return numbers;
  const { names } = userOf.declared;
  const users = [...byUser(ambiguous(numbers, userOf), userOf).keys()];
  return numbers.or(NumberSet.of(users.flatMap((user) => names.get(user) ?? [])));
}

/** Leaves one number of each user for whom files declare several, so that a user is counted and written once. */
export function oneOfEach(numbers: NumberSet, userOf: UserOf | undefined): NumberSet {
  if (!userOf?.declared) return numbers;
  const { names } = userOf.declared;
  const users = [...byUser(ambiguous(numbers, userOf), userOf)];
  return numbers.minus(NumberSet.of(users.flatMap(([user, [, ...others]]) => (names.has(user) ? others : []))));
}

/** The numbers that are the same user as this one. */
export function spellingsOf(number: Msisdn, among: NumberSet, userOf: UserOf | undefined): NumberSet {
  return respell(NumberSet.of([number]), among, userOf).and(among);
}

/**
 * Spells each number as `known` spells its user, in several ways if `known` does. A number whose user `known` does not
 * hold stays as it is. Stages that compare the result need to know nothing of spellings.
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
