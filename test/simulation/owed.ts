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
export const OWED: readonly Owed[] = [
  { part: 'names', broken: /promise 10 .* a DELETE of \d+, which is the declared/, seed: 0 },
  { part: 'names', broken: /promise 10 .* a DELETE of \d+, which may be/, seed: 15 },
  { part: 'spellings', broken: /promise 10 .* a DELETE of \d+, which is the declared/, seed: 1 },
  { part: 'saved-plan', broken: /promise 11 .* POST of \d+ goes against the files/, seed: 50 },
  { part: 'saved-plan', broken: /promise 11 .* DELETE of \d+ goes against the files/, seed: 539 },
  { part: 'saved-plan', broken: /promise 11 .* a plan of \d+ hours ago is applied/, seed: 76 },
  { part: 'saved-plan', broken: /promise 11 .* a bot that the files at hand do not declare/, seed: 407 },
  { part: 'unread-bot', broken: /promise 12 .* says in-sync, and 1 bots were never read/, seed: 14 },
  { part: 'unread-bot', broken: /promise 12 .* says applied, and 1 bots were never read/, seed: 31 },
  { part: 'nothing-selected', broken: /promise 12 .* plan says in-sync of files without bots/, seed: 59 },
  { part: 'nothing-selected', broken: /promise 12 .* plan says in-sync of a part without bots/, seed: 16 },
  { part: 'proof', broken: /promise 13 .* \d+ numbers are applied, and right is \d+/, seed: 159 },
  { part: 'lost', broken: /promise 13 .* \d+ is rejected, and right is unknown/, seed: 2 },
  { part: 'lost', broken: /promise 13 .* \d+ numbers are failed, and right is 0/, seed: 474 },
  { part: 'odd-answer', broken: /promise 13 .* \d+ numbers are applied, and right is 0/, seed: 84 },
  { part: 'refused', broken: /promise 4 .* \d+ removes wait, and no add is open/, seed: 11 },
  { part: 'other-writer', broken: /promise 18 .* no warning says that \d+ numbers changed/, seed: 1 },
  { part: 'requests', broken: /promise 17 .* ends \d+ s after its last answer/, seed: 62 },
  { part: 'requests', broken: /promise 2 .* \d+ requests before the end of Retry-After/, seed: 40 },
];

/** Whether a part is played and checked. */
export type Asks = (part: Part) => boolean;

const owed = new Set(OWED.map(({ part }) => part));
export const asksForAllKept: Asks = (part) => !owed.has(part);
