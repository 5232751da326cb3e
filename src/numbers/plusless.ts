import type { Msisdn } from './msisdn.ts';

/** Numbers without a plus that may be national for the same reason. */
export interface PluslessGroup {
  /** Of ten digits that are a number of North America; null for numbers with separators. */
  readonly area: number | null;
  readonly count: number;
  /** The first of them: which of the numbers of its file it is, from 0, and the number. */
  readonly first: number;
  readonly number: Msisdn;
}

/** Above all area codes, of three digits. */
const GROUPS = 1000;
const SEPARATED = 0;

/**
 * Counts the numbers of a file that have no plus and may be national numbers, which are then read as numbers of another
 * country: those with separators, and those of ten digits that have the form of North America. A million numbers take
 * some milliseconds, as arithmetic alone sorts them; libphonenumber can then judge one number of each area code.
 */
export class PluslessNumbers {
  // Not made for the many files that have none.
  #counts: Uint32Array | null = null;
  #firsts: Uint32Array | null = null;
  readonly #numbers: Msisdn[] = [];

  /** @param at which of the numbers of the file it is, from 0. */
  add(number: Msisdn, at: number): void {
    if (hasNorthAmericanForm(number)) this.#count(Math.floor(number / 1e7), number, at);
  }

  /** The same for a number that is not certainly of digits alone. */
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

/** Ten digits: an area code of 2 to 9 and two digits that are not 11, and an exchange that begins with 2 to 9. */
function hasNorthAmericanForm(number: Msisdn): boolean {
  if (number < 2e9 || number >= 1e10) return false;
  return Math.floor(number / 1e7) % 100 !== 11 && Math.floor(number / 1e6) % 10 >= 2;
}
