import { describe, expect, test } from 'vitest';
import { WARNING_CODES, type Warning, type WarningCode } from '../../../src/model/warnings.ts';
import { warningWords } from '../../../src/report/words/warnings.ts';
import * as fc from '../../fast-check.ts';
import { full, masked } from '../fixtures.ts';

const A = 447_700_900_123;
const B = 447_700_900_124;
const one = { count: 1, numbers: [A] };
const two = { count: 2, numbers: [A, B] };
const fault = { message: '"version" must be 1', place: { file: 'blacklist.yaml', line: 4, column: 1 } };
const declared = { message: 'is also declared for the bot "a"', number: A };

/** Every wording of every code. */
const WORDS: readonly (readonly [warning: Warning, words: string])[] = [
  [
    { code: 'W-DUPLICATE', name: 'spam', first: 6 },
    'the number appears twice in "spam", first on line 6; it counts once',
  ],
  [
    { code: 'W-DUPLICATE', name: 'spam', more: 3 },
    'from this line on, 3 more entries of "spam" repeat numbers; each number counts once',
  ],
  [
    { code: 'W-DUPLICATE', name: 'spam', more: 1 },
    'from this line on, 1 more entry of "spam" repeats a number; each number counts once',
  ],
  [
    { code: 'W-DUPLICATE', count: 1, first: 2 },
    'the number appears more than once in this file, first on line 2; it counts once',
  ],
  [
    { code: 'W-DUPLICATE', count: 3, first: 1_000_002 },
    'this number and 2 more appear more than once in this file, first on line 1000002; each counts once',
  ],
  [
    {
      code: 'W-DUPLICATE',
      spelling: 447_700_900_123,
      of: 447_700_900_123,
      at: { file: 'blacklist.yaml', line: 6, column: 9 },
    },
    '+447700900123 is the same WhatsApp user as +447700900123 at blacklist.yaml:6:9; remove one of the two',
  ],
  [
    { code: 'W-DUPLICATE', spellings: 1 },
    'from this line on, 1 more number of this file repeats a WhatsApp user in another spelling; remove one spelling of each',
  ],
  [
    { code: 'W-DUPLICATE', spellings: 2 },
    'from this line on, 2 more numbers of this file repeat WhatsApp users in another spelling; remove one spelling of each',
  ],
  [{ code: 'W-EMPTY-FILE' }, 'this file contains no numbers; check that it is complete'],
  [
    { code: 'W-QUOTED-ROW', count: 1, opens: 2 },
    'this line looks like a row but is in quotes that open on line 2, so its number is not read; check for a missing quote',
  ],
  [
    { code: 'W-QUOTED-ROW', count: 5, opens: 2 },
    'this line and 4 more look like rows but are in quotes that open on line 2, so their numbers are not read; check for a missing quote',
  ],
  [
    { code: 'W-NO-PLUS', count: 1, callingCode: 20, country: 'EG' },
    'this number has no + and is read as a number of Egypt (+20); write it with + and its country code',
  ],
  [
    { code: 'W-NO-PLUS', count: 42, callingCode: 800, country: null },
    'this number and 41 more have no +, and this one is read as a number (+800); write each with + and its country code',
  ],
  [
    { code: 'W-NO-PLUS', count: 1, callingCode: null, country: null },
    'this number has no + and is read as a number with a country code that does not exist; write it with + and its country code',
  ],
  [
    { code: 'W-IMPOSSIBLE-NUMBER', bot: 'a', ...one },
    'a: 1 number is not valid according to libphonenumber, because of the length or a 0 after the country code (+447700900123); check for a missing or wrong digit, because the server may reject it',
  ],
  [
    { code: 'W-INVALID-NUMBER', bot: 'a', ...two },
    'a: 2 numbers are not valid according to libphonenumber (+447700900123, +447700900124); check for a missing or wrong digit, because the server may reject them',
  ],
  [
    { code: 'W-EXPIRED', what: 'entry', last: '2026-05-31', days: -15 },
    'the entry has expired (last day 2026-05-31); remove it, or give it a later day',
  ],
  [{ code: 'W-EXPIRED', what: 'entry', more: 80 }, 'from this line on, 80 more entries of this file have expired'],
  [
    { code: 'W-EXPIRED', what: 'ignore rule', last: '2026-05-31', days: -15, decrypted: true },
    'the ignore rule has expired (last day 2026-05-31), so it no longer ignores numbers; remove it, or give it a later day (decrypted)',
  ],
  [
    { code: 'W-EXPIRED', what: 'ignore rule', more: 1 },
    'from this line on, 1 more ignore rule of this file has expired',
  ],
  [
    { code: 'W-EXPIRING', what: 'entry', last: '2026-06-15', days: 0 },
    'the entry expires today (last day 2026-06-15); give it a later day to keep it',
  ],
  [
    { code: 'W-EXPIRING', what: 'entry', last: '2026-06-16', days: 1 },
    'the entry expires tomorrow (last day 2026-06-16); give it a later day to keep it',
  ],
  [
    { code: 'W-EXPIRING', what: 'ignore rule', last: '2026-06-29', days: 14 },
    'the ignore rule expires in 14 days (last day 2026-06-29); give it a later day to keep it',
  ],
  [{ code: 'W-EXPIRING', what: 'entry', more: 2 }, 'from this line on, 2 more entries of this file expire soon'],
  [
    { code: 'W-UNUSED-LIST', list: 'fraud' },
    'no bot uses the list "fraud", so it blocks no number; add it to the "lists" of a bot, or remove it',
  ],
  [
    { code: 'W-NUMBER-NAME', what: 'list', name: '447700900123' },
    'the list "447700900123" has a name that may be a phone number, and reports never mask names; give it another name',
  ],
  [
    { code: 'W-SAME-USER', count: 1 },
    'this waId is the number of another entry, so both entries count as one user; if they are two people, correct the waId, or one of them may never be blocked',
  ],
  [
    { code: 'W-SAME-USER', count: 3 },
    'this waId and 2 more are numbers of other entries, so each pair of entries counts as one user; if they are two people, correct the waId, or one of them may never be blocked',
  ],
  [
    { code: 'W-API-VERSION', version: 'v19.0', newer: 'v27.0', last: null, days: null },
    'the Graph API no longer has the version v19.0; set "apiVersion" to a newer one, such as v27.0',
  ],
  [
    { code: 'W-API-VERSION', version: 'v20.0', newer: 'v27.0', last: '2026-09-24', days: -65 },
    'the Graph API no longer has the version v20.0 (last day 2026-09-24); set "apiVersion" to a newer one, such as v27.0',
  ],
  [
    { code: 'W-API-VERSION', version: 'v21.0', newer: 'v27.0', last: '2027-01-21', days: 54 },
    'the version v21.0 of the Graph API ends in 54 days (last day 2027-01-21); set "apiVersion" to a newer one, such as v27.0',
  ],
  [
    { code: 'W-API-VERSION', version: 'v21.0', newer: 'v27.0', last: '2027-01-21', days: 1 },
    'the version v21.0 of the Graph API ends tomorrow (last day 2027-01-21); set "apiVersion" to a newer one, such as v27.0',
  ],
  [
    { code: 'W-API-VERSION', version: 'v21.0', newer: 'v27.0', last: '2027-01-21', days: 0 },
    'the version v21.0 of the Graph API ends today (last day 2027-01-21); set "apiVersion" to a newer one, such as v27.0',
  ],
  [
    { code: 'W-PROTECTED', bot: 'a', ...one },
    'a: 1 live number is not declared but stays, because it is protected (+447700900123); to remove it, first remove "protected" from the entry',
  ],
  [
    { code: 'W-PROTECTED', bot: 'a', count: 9, numbers: one.numbers },
    'a: 9 live numbers are not declared but stay, because they are protected (such as +447700900123); to remove them, first remove "protected" from the entry',
  ],
  [
    { code: 'W-LIVE-REPEATS', bot: 'a', count: 1, of: 'numbers' },
    'a: the live list contains 1 number more than once; each counts once',
  ],
  [
    { code: 'W-LIVE-REPEATS', bot: 'a', count: 2, of: 'entries' },
    'a: the live list repeats 2 entries; each number counts once',
  ],
  [
    { code: 'W-LIVE-FOREIGN', bot: 'a', count: 1 },
    'a: the live list contains 1 entry without a phone number; it is never removed',
  ],
  [
    { code: 'W-OTHER-WRITER', bot: 'a', ...one },
    'a: after the writes, the live list differs from the plan in 1 number (+447700900123). Another run or a person may have changed the list, or the API returned an older copy. Run plan to check.',
  ],
  [
    { code: 'W-NOT-LIVE', bot: 'a', ...one, adds: true },
    'a: 1 declared number is not live (+447700900123); the next apply adds it',
  ],
  [
    { code: 'W-NOT-LIVE', bot: 'a', ...two, adds: false },
    'a: 2 declared numbers are not live (+447700900123, +447700900124); the policy remove-only never adds them',
  ],
  [
    { code: 'W-NOT-LIVE', bot: 'a', ...one, from: 'b' },
    'a: 1 number declared for b is not live, so it was not imported (+447700900123)',
  ],
  [
    { code: 'W-EXPIRED-LIVE', bot: 'a', ...one, removes: true },
    'a: the number of 1 expired entry is still live but not imported again (+447700900123); the next apply removes it',
  ],
  [
    { code: 'W-EXPIRED-LIVE', bot: 'a', ...two, removes: false },
    'a: the numbers of 2 expired entries are still live but not imported again (+447700900123, +447700900124)',
  ],
  [{ code: 'W-IGNORED-IMPORT', bot: 'a', ...one }, 'a: 1 live number is ignored and not imported (+447700900123)'],
  [
    { code: 'W-IGNORED-IMPORT', bot: 'a', ...two, rulesOf: 'b' },
    'a: 2 live numbers are ignored by the rules of b and not imported (+447700900123, +447700900124)',
  ],
  [
    { code: 'W-BARE-IMPORT', bot: 'a', ...one, from: 'b', keys: ['lists', 'reason'] },
    'a: 1 number is imported from b (+447700900123) without the details that the files declare (lists, reason); to keep the details, undo the import and first give this bot the same lists and entries',
  ],
  [
    { code: 'W-BASE-ABSENT', ref: 'main', paths: ['lists', 'a.yaml'] },
    '--base main: the commit does not contain "lists", "a.yaml" (links and submodules are not followed), so the plan cannot mark drift for the bots in "lists", "a.yaml"',
  ],
  [
    { code: 'W-BASE-INVALID', ref: 'main', fault },
    '--base main: the files of that commit are not valid (blacklist.yaml:4: "version" must be 1), so the plan shows neither which changes are drift nor which settings changed',
  ],
  [
    { code: 'W-BASE-INVALID', ref: 'main', fault: declared },
    '--base main: the files of that commit are not valid (+447700900123 is also declared for the bot "a"), so the plan shows neither which changes are drift nor which settings changed',
  ],
  [
    { code: 'W-SINCE-ABSENT', file: 'drift-20260131.json' },
    'drift-20260131.json: no earlier report exists, so this first run cannot mark what is new',
  ],
  [
    { code: 'W-SINCE-LEFT-OUT', file: 'drift.json', bots: ['b', 'c'] },
    'drift.json: contains differences or live numbers of b, c, which this run does not read, so the new report omits them; use a separate file for each --bot or --shard',
  ],
  [
    { code: 'W-NOT-VERIFIED' },
    'the plan was not verified, because the tokens of its bots are not set; set them to verify the plan',
  ],
  [
    { code: 'W-NO-TOKENS', encrypted: [] },
    'this pull request is from a fork or Dependabot and gets no secrets, so nothing was planned; the files were checked',
  ],
  [
    { code: 'W-NO-TOKENS', encrypted: ['a.yaml.age', 'vip.txt.age'] },
    'this pull request is from a fork or Dependabot and gets no secrets, so nothing was planned; the files were checked except the encrypted a.yaml.age, vip.txt.age',
  ],
  [{ code: 'W-ENCRYPTED-SKIPPED', file: 'legal.yaml.age' }, 'legal.yaml.age: is encrypted, so it was not formatted'],
];

describe('a warning', () => {
  test.each(WORDS)('$code has these words, with its numbers masked or not', (warning, words) => {
    expect(warningWords(warning, full)).toBe(words);
    expect(warningWords(warning, masked)).toBe(words.replace(/\+44770090(\d{4})/g, '+44••••••$1'));
  });

  test('has a row in the table for every code', () => {
    expect([...new Set(WORDS.map(([{ code }]) => code))]).toEqual(WARNING_CODES);
  });

  test('from an earlier report keeps its words, with numbers masked by pattern', () => {
    const warning = { code: 'W-PROTECTED', message: 'a: such as +447700900123' } as const;
    expect(warningWords(warning, full)).toBe('a: such as +447700900123');
    expect(warningWords(warning, masked)).toBe('a: such as +44••••••0123');
  });

  test('escapes control characters and masks numbers in a name', () => {
    expect(warningWords({ code: 'W-UNUSED-LIST', list: 'a\u001b[2J' }, full)).toContain('"a\\u001b[2J"');
    expect(warningWords({ code: 'W-UNUSED-LIST', list: 'of +447700900123' }, masked)).toContain('of +44••••••0123');
  });
});

describe('law: the numbers of a warning', () => {
  const number = fc.integer({ min: 10_000_000, max: 999_999_999_999_999 });
  const name = fc.stringMatching(/^[a-z][a-z .-]{0,20}$/);
  const count = fc.nat();
  const sample = fc.record({ count, numbers: fc.array(number, { minLength: 1, maxLength: 3 }) });
  const facts = fc
    .record({ name, names: fc.array(name), count, flag: fc.boolean(), sample, number })
    .map(({ name, names, count, flag, sample, number }) => ({
      ...{ ...sample, bot: name, name, list: name, from: name, ref: name, file: name },
      ...{
        bots: names,
        keys: names,
        paths: names,
        encrypted: names,
        first: count,
        opens: count,
        more: count,
        adds: flag,
        removes: flag,
      },
      ...{ what: 'entry', of: 'numbers', fault: { message: 'is declared', number }, rulesOf: name },
      ...{ callingCode: 44, country: 'GB' },
      ...{ version: name, newer: 'v27.0', last: '2027-01-21', days: count },
    }));
  const NUMBERED: readonly WarningCode[] = [
    'W-IMPOSSIBLE-NUMBER',
    'W-INVALID-NUMBER',
    'W-PROTECTED',
    'W-NOT-LIVE',
    'W-EXPIRED-LIVE',
    'W-IGNORED-IMPORT',
    'W-BARE-IMPORT',
  ];

  test.each(WARNING_CODES)('%s: full output contains all of them, masked output none', (code) => {
    fc.assert(
      fc.property(facts, (some) => {
        const warning = { code, ...some } as unknown as Warning;
        const [shown, hidden] = [warningWords(warning, full), warningWords(warning, masked)];
        const shownNumbers = NUMBERED.includes(code)
          ? some.numbers
          : code === 'W-BASE-INVALID'
            ? [some.fault.number]
            : [];
        for (const each of shownNumbers) expect(shown).toContain(`+${each}`);
        for (const each of [...some.numbers, some.fault.number]) expect(hidden).not.toContain(String(each));
      }),
      { numRuns: 100 },
    );
  });
});
