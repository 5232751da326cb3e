/**
 * Why there is no value: `Value | Invalid` is "this, or why not", told apart by `instanceof`. A value is not wrapped,
 * so that reading a million good numbers allocates nothing.
 */
export class Invalid<Why = string> {
  /** A text is the rest of a sentence, such as "has 16 digits, …". */
  readonly why: Why;

  constructor(why: Why) {
    this.why = why;
  }
}
