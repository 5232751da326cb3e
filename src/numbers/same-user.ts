import type { Msisdn } from './msisdn.ts';
import { NumberSet, NumberSetBuilder } from './number-set.ts';

/** Returns the same for all numbers that a server takes for one user. */
export type UserOf = (number: Msisdn) => Msisdn;

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

/** The numbers that are the same user as this one. */
export function spellingsOf(number: Msisdn, among: NumberSet, userOf: UserOf | undefined): NumberSet {
  if (!userOf) return among.between(number, number);
  return NumberSet.of(among.values.filter((other) => userOf(other) === userOf(number)));
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
  if (!userOf || numbers.size === 0) return numbers;
  const spellings = new Map<Msisdn, Msisdn[]>();
  for (const number of known) spellings.set(userOf(number), [...(spellings.get(userOf(number)) ?? []), number]);
  const builder = new NumberSetBuilder();
  for (const number of numbers) for (const one of spellings.get(userOf(number)) ?? [number]) builder.add(one);
  return builder.build();
}
