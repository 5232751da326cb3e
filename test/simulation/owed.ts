/** Parts of the rules that the program does not keep yet. They are neither played nor checked but by `owed.test.ts`. */
export type Part =
  /** A user of the second provider who is listed under another number stays blocked. */
  | 'names'
  /** So does a user of the first one whose number is listed in libphonenumber's spelling. */
  | 'spellings'
  /** A saved plan never goes against the files at hand, and is never older than a day. */
  | 'saved-plan'
  /** An applied plan counts the bots that could not be read when it was saved. */
  | 'unread-bot'
  /** A run that looks at no bot is never in sync. */
  | 'nothing-selected'
  /** A list proves nothing before the settle time is over. */
  | 'proof'
  /** A write whose answer was lost stays unknown when its repeat is refused. */
  | 'lost'
  /** A 200 whose body is an error is an error. */
  | 'odd-answer'
  /** A number that is refused for good holds no other removal back. */
  | 'refused'
  /** A warning reports what another writer did. */
  | 'other-writer'
  /** A run ends soon after its last answer, and no request starts while the server asks to wait. */
  | 'requests';

export interface Owed {
  readonly part: Part;
  /** What the simulation says of the program as it is. */
  readonly broken: RegExp;
  /** A schedule that shows it. */
  readonly seed: number;
}

/** Remove a part from here when the program keeps it: then every schedule plays it, and a mutant has to prove it. */
export const OWED: readonly Owed[] = [];

/** Whether a part is played and checked. */
export type Asks = (part: Part) => boolean;

const owed = new Set(OWED.map(({ part }) => part));
export const asksForAllKept: Asks = (part) => !owed.has(part);
