/**
 * Why there is no value: `Value | Invalid` is "this, or why not", told apart by `instanceof`. Reading a million good numbers
 * allocates nothing, as a value is not wrapped.
 */
export class Invalid<Why = string> {
  /** A text is the rest of a sentence, such as "has 16 digits, …". */
  readonly why: Why;

  constructor(why: Why) {
    this.why = why;
  }
}
