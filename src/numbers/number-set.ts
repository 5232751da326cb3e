import { LONGEST, type Msisdn, SHORTEST } from './msisdn.ts';

/**
 * A set of phone numbers: a sorted array of doubles, 8 bytes a number. Nothing changes a set after it is made.
 *
 * A million numbers sort in about 0.1 s, and one merge compares two sets. `Set`s take seconds and ten times the memory.
 */
export class NumberSet implements Iterable<Msisdn> {
  static readonly empty = new NumberSet(new Float64Array(0));

  /** Ascending, each number once. Read it, never write it. */
  readonly values: Float64Array;

  private constructor(sorted: Float64Array) {
    this.values = sorted;
  }

  static of(numbers: Iterable<Msisdn>): NumberSet {
    const builder = new NumberSetBuilder();
    for (const number of numbers) builder.add(number);
    return builder.build();
  }

  /** Takes over an array that is ascending and without repeats already. */
  static fromSorted(sorted: Float64Array): NumberSet {
    return new NumberSet(sorted);
  }

  /** The numbers that any of the sets holds. The bots that take one list share its array. */
  static union(sets: readonly NumberSet[]): NumberSet {
    const some = sets.filter(({ size }) => size > 0);
    if (some.length <= 2) return some.reduce((all, set) => all.or(set), NumberSet.empty);
    const builder = new NumberSetBuilder(); // merging thousands of sets one by one would copy them over and over
    for (const { values } of some) builder.addAll(values);
    return builder.build();
  }

  get size(): number {
    return this.values.length;
  }

  has(number: Msisdn): boolean {
    return this.values[this.#indexOf(number)] === number;
  }

  /** Where the number is, or would be. */
  #indexOf(number: Msisdn): number {
    let low = 0;
    let high = this.values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.values[middle]! < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The numbers from the first to the last, both included. They stand side by side, so two look-ups find them. */
  between(first: Msisdn, last: Msisdn): NumberSet {
    return new NumberSet(this.values.subarray(this.#indexOf(first), this.#indexOf(last + 1)));
  }

  /** The numbers that begin with these digits, the first of them not zero: a row of numbers for each length. */
  startingWith(prefix: string): NumberSet {
    const found = new Float64Array(this.size);
    let count = 0;
    for (let more = Math.max(0, SHORTEST - prefix.length); prefix.length + more <= LONGEST; more++) {
      const from = Number(prefix) * 10 ** more;
      const row = this.between(from, from + 10 ** more - 1);
      found.set(row.values, count); // shorter numbers are smaller ones
      count += row.size;
    }
    return new NumberSet(found.slice(0, count));
  }

  [Symbol.iterator](): Iterator<Msisdn> {
    return this.values[Symbol.iterator]();
  }

  /** The numbers of this set that `other` does not hold. */
  minus(other: NumberSet): NumberSet {
    return other.size === 0 ? this : new NumberSet(this.values.filter((number) => !other.has(number)));
  }

  /** The numbers that one of the sets holds, or both: one merge. */
  or(set: NumberSet): NumberSet {
    if (this.size === 0 || set.size === 0) return this.size === 0 ? set : this;
    const own = this.values;
    const other = set.values;
    const all = new Float64Array(own.length + other.length);
    let count = 0;
    for (let a = 0, b = 0; a < own.length || b < other.length; ) {
      // After its end a set gives Infinity, so that the other one is taken to its own end.
      const one = a < own.length ? own[a]! : Number.POSITIVE_INFINITY;
      const two = b < other.length ? other[b]! : Number.POSITIVE_INFINITY;
      if (one <= two) a++;
      if (two <= one) b++;
      all[count++] = Math.min(one, two);
    }
    return new NumberSet(all.slice(0, count));
  }

  /** The numbers that both sets hold. */
  and(other: NumberSet): NumberSet {
    const [few, many] = this.size < other.size ? [this, other] : [other, this];
    return new NumberSet(few.values.filter((number) => many.has(number)));
  }
}

/** Copies an array into a larger one. @returns the larger one. */
export function copyInto<T extends Float64Array | Uint32Array | Uint8Array>(larger: T, array: T): T {
  larger.set(array);
  return larger;
}

/** Collects numbers in any order, repeats included, and sorts them once. */
export class NumberSetBuilder {
  #values = new Float64Array(64);
  #count = 0;

  /** How many numbers were added, repeats included. */
  get count(): number {
    return this.#count;
  }

  add(number: Msisdn): void {
    this.#reserve(1);
    this.#values[this.#count++] = number;
  }

  #reserve(more: number): void {
    if (this.#count + more <= this.#values.length) return;
    const length = Math.max(this.#count + more, this.#count * 2);
    this.#values = copyInto(new Float64Array(length), this.#values.subarray(0, this.#count));
  }

  addAll(numbers: Float64Array): void {
    this.#reserve(numbers.length);
    this.#values.set(numbers, this.#count);
    this.#count += numbers.length;
  }

  /** The set of all that was added. The builder is used up. */
  build(): NumberSet {
    const values = this.#values.subarray(0, this.#count).sort();
    let unique = 0;
    for (let at = 0; at < values.length; at++) {
      if (at === 0 || values[at] !== values[at - 1]) values[unique++] = values[at]!;
    }
    return NumberSet.fromSorted(values.slice(0, unique));
  }
}
