import type { Msisdn } from './msisdn.ts';

/** A group of numbers without a plus that may be national numbers for the same reason. */
export interface PluslessGroup {
  /** The area code of numbers with the form of North America; null for numbers with separators. */
  readonly area: number | null;
  readonly count: number;
  /** The position of the first number of the group among the numbers of its file, from 0. */
  readonly first: number;
  /** The first number of the group. */
  readonly number: Msisdn;
}

/** More than the largest area code, which has three digits. */
const GROUPS = 1000;
const SEPARATED = 0;

/**
 * Counts the numbers of a file that have no plus and may be national numbers, but are read as numbers of
 * another country: numbers with separators, and numbers of ten digits with the form of North America. A
 * million numbers take some milliseconds, as only arithmetic groups them; libphonenumber can then check one
 * number of each area code.
 */
export class PluslessNumbers {
  // Null for the many files without such numbers.
  #counts: Uint32Array | null = null;
  #firsts: Uint32Array | null = null;
  readonly #numbers: Msisdn[] = [];

  /** @param at the position of the number among the numbers of the file, from 0. */
  add(number: Msisdn, at: number): void {
    if (hasNorthAmericanForm(number)) this.#count(Math.floor(number / 1e7), number, at);
  }

  /** Counts a number that may have separators. */
  addText(text: string, number: Msisdn, at: number): void {
    if (/\D/.test(text)) this.#count(SEPARATED, number, at);
    else this.add(number, at);
  }

  #count(group: number, number: Msisdn, at: number): void {
    this.#counts ??= new Uint32Array(GROUPS);
    this.#firsts ??= new Uint32Array(GROUPS);
    if (this.#counts[group]!++ > 0) return;
    this.#firsts[group] = at;
    this.#numbers[group] = number;
  }

  groups(): readonly PluslessGroup[] {
    return Array.from(this.#counts ?? []).flatMap((count, group) => {
      if (count === 0) return [];
      const area = group === SEPARATED ? null : group;
      return { area, count, first: this.#firsts![group]!, number: this.#numbers[group]! };
    });
  }
}

/**
 * Reports whether a number has ten digits, an area code from 2 to 9 that does not end with 11, and an
 * exchange from 2 to 9.
 */
function hasNorthAmericanForm(number: Msisdn): boolean {
  if (number < 2e9 || number >= 1e10) return false;
  return Math.floor(number / 1e7) % 100 !== 11 && Math.floor(number / 1e6) % 10 >= 2;
}
