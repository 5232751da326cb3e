/**
 * Explains why a function has no value. Such a function returns `Value | Invalid`, and `instanceof`
 * distinguishes the two. Values are not wrapped, so that reading a million good numbers allocates nothing.
 */
export class Invalid<Why = string> {
  /** If it is text, the rest of a sentence whose subject is the value, such as "has 16 digits; …". */
  readonly why: Why;

  constructor(why: Why) {
    this.why = why;
  }
}
