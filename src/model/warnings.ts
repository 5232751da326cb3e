import type { Msisdn } from '../numbers/msisdn.ts';
import type { Fault, Located, Place } from './fault.ts';

/** All warnings, by code. Codes are stable: users pass them to `--error-on` and `--ignore`. */
export const WARNINGS = {
  'W-DUPLICATE': 'A number appears more than once in one list or number file, or one user appears in two spellings.',
  'W-EMPTY-FILE': 'A number file contains no numbers.',
  'W-QUOTED-ROW': 'A line within the quotes of a CSV file looks like a row.',
  'W-NO-PLUS': 'Numbers without a plus may be national, but are read as numbers of another country.',
  'W-IMPOSSIBLE-NUMBER':
    'Numbers have a length that does not exist in their country, or an extra zero after the country code.',
  'W-INVALID-NUMBER': 'Numbers that a plan adds are not valid according to libphonenumber.',
  'W-EXPIRED': 'An entry or an ignore rule has expired.',
  'W-EXPIRING': 'An entry or an ignore rule expires within the period of `--expiring`.',
  'W-UNUSED-LIST': 'No bot uses a list.',
  'W-NUMBER-NAME': 'The id of a bot or the name of a list may be a phone number, and names are never masked.',
  'W-SAME-USER': 'The `waId` of an entry is the number of another entry.',
  'W-API-VERSION': 'A bot uses a version of its API that has ended, or ends within 90 days.',
  'W-PROTECTED': 'A live number is no longer declared but stays, because it is protected.',
  'W-LIVE-REPEATS': 'A live list contains the same number more than once.',
  'W-LIVE-FOREIGN': 'A live list contains entries without a phone number.',
  'W-OTHER-WRITER': 'After a write, a live list differs from the plan in numbers that the run did not change.',
  'W-NOT-LIVE': 'Numbers that the files declare for a bot are not in its live list.',
  'W-EXPIRED-LIVE': 'Numbers of expired entries are still live, but `import` does not add them again.',
  'W-IGNORED-IMPORT': 'Live numbers match an ignore rule, so `import` omits them.',
  'W-BARE-IMPORT': 'Numbers are imported from another bot without the details of their declarations.',
  'W-BASE-ABSENT': 'The commit of `--base` does not contain one of the paths.',
  'W-BASE-INVALID': 'The files are not valid in the commit of `--base`.',
  'W-SINCE-ABSENT': 'The report of `--since` does not exist.',
  'W-SINCE-LEFT-OUT':
    'The report of `--since` contains differences or live numbers of bots that this run does not read.',
  'W-NOT-VERIFIED': 'A saved plan is shown without a check of its origin.',
  'W-NO-TOKENS': 'The workflow of a pull request has no tokens, so nothing was planned.',
  'W-ENCRYPTED-SKIPPED': '`fmt` does not format encrypted files.',
} as const;

export type WarningCode = keyof typeof WARNINGS;

export const WARNING_CODES = Object.keys(WARNINGS) as readonly WarningCode[];

/** How many numbers a warning is about, and the first three. */
export interface Sample {
  readonly count: number;
  readonly numbers: readonly Msisdn[];
}

export function sampleOf(numbers: readonly Msisdn[] | Float64Array): Sample {
  return { count: numbers.length, numbers: Array.from(numbers.slice(0, 3)) };
}

/** The last day of an entry or a rule, as YYYY-MM-DD, and the days until it; or the count of further ones. */
export type Dated = { what: 'entry' | 'ignore rule' } & ({ last: string; days: number } | { more: number });

/**
 * The end of a version of an API: its last day as YYYY-MM-DD and the days until then, which are below 0 if it has
 * ended. Both are null if it ended long ago. `newer`: a version that works.
 */
export type VersionEnd = { readonly version: string; readonly newer: string } & (
  | { readonly last: string; readonly days: number }
  | { readonly last: null; readonly days: null }
);

/** `callingCode` is null if there is no such code. `country` is an ISO code, null if no country has the code. */
export interface Origin {
  readonly callingCode: number | null;
  readonly country: string | null;
}

/** The facts of a warning besides its place and bot. `report/words/warnings.ts` words them. */
interface Facts {
  /**
   * `first`: the line of the first one. Duplicates of a number file are only counted. `spelling`: a number of the same
   * user as `of`, which is declared at `at`; `spellings` counts further ones.
   */
  'W-DUPLICATE':
    | { name: string; first: number }
    | { name: string; more: number }
    | { count: number; first: number }
    | { spelling: Msisdn; of: Msisdn; at: Place }
    | { spellings: number };
  /** `opens`: the line in which the quote opens. */
  'W-QUOTED-ROW': { count: number; opens: number };
  /** The country of the first number. */
  'W-NO-PLUS': { count: number } & Origin;
  'W-IMPOSSIBLE-NUMBER': Sample;
  'W-INVALID-NUMBER': Sample;
  'W-EXPIRED': Dated;
  'W-EXPIRING': Dated;
  'W-UNUSED-LIST': { list: string };
  'W-NUMBER-NAME': { what: 'bot' | 'list'; name: string };
  'W-SAME-USER': { count: number };
  'W-API-VERSION': VersionEnd;
  'W-PROTECTED': Sample;
  'W-LIVE-REPEATS': { count: number; of: 'numbers' | 'entries' };
  'W-LIVE-FOREIGN': { count: number };
  'W-OTHER-WRITER': Sample;
  /** `from`: the other bot whose list is imported. `adds`: the next apply adds the numbers. */
  'W-NOT-LIVE': Sample & ({ adds: boolean } | { from: string });
  'W-EXPIRED-LIVE': Sample & { removes: boolean };
  'W-IGNORED-IMPORT': Sample & { rulesOf?: string };
  'W-BARE-IMPORT': Sample & { from: string; keys: readonly string[] };
  'W-BASE-ABSENT': { ref: string; paths: readonly string[] };
  'W-BASE-INVALID': { ref: string; fault: Fault };
  'W-SINCE-ABSENT': { file: string };
  'W-SINCE-LEFT-OUT': { file: string; bots: readonly string[] };
  /** `encrypted`: the files that could not be checked. */
  'W-NO-TOKENS': { encrypted: readonly string[] };
  'W-ENCRYPTED-SKIPPED': { file: string };
}

export type WarningOf<Code extends WarningCode> = Partial<Located> & {
  readonly code: Code;
  readonly bot?: string;
} & (Code extends keyof Facts ? Readonly<Facts[Code]> : unknown);

/** A warning of an earlier report. */
export type WordedWarning = Fault & { readonly code: WarningCode };

export type Warning = { [Code in WarningCode]: WarningOf<Code> }[WarningCode] | WordedWarning;
