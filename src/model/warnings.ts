/**
 * Every warning there is, by its code. A code is stable: workflows name it with `--error-on` and `--ignore`, and
 * `docs/warnings.md` has a section of each.
 */
export const WARNINGS = {
  'W-DUPLICATE': 'A number stands twice in one list or in one number file.',
  'W-EMPTY-FILE': 'A number file holds no number.',
  'W-QUOTED-ROW': 'A line within the quotes of a CSV file looks like a row.',
  'W-IMPOSSIBLE-NUMBER':
    'Numbers have a length that no number of their country has, or a zero behind the country code that is not dialled from abroad.',
  'W-INVALID-NUMBER': 'Numbers that a plan adds are not valid to libphonenumber.',
  'W-EXPIRED': 'An entry or an ignore rule has expired.',
  'W-EXPIRING': 'An entry or an ignore rule expires within the time of `--expiring`.',
  'W-UNUSED-LIST': 'No bot uses a list.',
  'W-PROTECTED': 'A live number is no longer desired, and stays because it is protected.',
  'W-LIVE-REPEATS': 'A live list holds the same number more than once.',
  'W-LIVE-FOREIGN': 'A live list holds entries without a phone number.',
  'W-NOT-LIVE': 'Numbers that the files give a bot are not live; said by `import`.',
  'W-EXPIRED-LIVE': 'Numbers of expired entries are still live, and `import` does not bring them back.',
  'W-IGNORED-IMPORT': 'Live numbers are ignored by the files, and `import` leaves them out.',
  'W-BARE-IMPORT': 'Numbers come from another bot without what the files say of them there.',
  'W-BASE-ABSENT': 'The commit of `--base` has nothing at one of the paths.',
  'W-BASE-INVALID': 'The files were not valid at the commit of `--base`.',
  'W-SINCE-ABSENT': 'The report of `--since` does not exist.',
  'W-SINCE-LEFT-OUT': 'The report of `--since` holds differences of bots that this run does not look at.',
  'W-NOT-VERIFIED': 'A saved plan is shown without a check of who made it.',
  'W-NO-TOKENS': 'The workflow of a pull request was given no tokens, so nothing was planned.',
  'W-ENCRYPTED-SKIPPED': '`fmt` leaves encrypted files alone.',
} as const;

export type WarningCode = keyof typeof WARNINGS;

export const WARNING_CODES = Object.keys(WARNINGS) as readonly WarningCode[];
