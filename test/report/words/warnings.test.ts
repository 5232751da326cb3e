import { describe, expect, test } from 'vitest';
import { WARNING_CODES, type Warning, type WarningCode } from '../../../src/model/warnings.ts';
import { warningWords } from '../../../src/report/words/warnings.ts';
import * as fc from '../../fast-check.ts';
import { full, masked } from '../fixtures.ts';

const A = 447_700_900_123;
const B = 447_700_900_124;
const one = { count: 1, numbers: [A] };
const two = { count: 2, numbers: [A, B] };
const LENGTH = 'of a length that no number of their country has, or with a 0 too many behind the country code,';
const fault = { message: '"version" must be 1', place: { file: 'blacklist.yaml', line: 4, column: 1 } };
const declared = { message: 'is declared for the bot "a" as well', number: A };

/** Every wording of every code. */
const WORDS: readonly (readonly [warning: Warning, words: string])[] = [
  [
    { code: 'W-DUPLICATE', name: 'spam', first: 6 },
    'the number stands twice for "spam", first in line 6; it counts once',
  ],
  [
    { code: 'W-DUPLICATE', name: 'spam', more: 3 },
    'from here on, 3 more of the entries of "spam" repeat numbers; each counts once',
  ],
  [
    { code: 'W-DUPLICATE', count: 1, first: 2 },
    'the number stands more than once in this file, first in line 2; it counts once',
  ],
  [
    { code: 'W-DUPLICATE', count: 3, first: 1_000_002 },
    'this number and 2 more stand more than once in this file, first in line 1000002; each counts once',
  ],
  [{ code: 'W-EMPTY-FILE' }, 'this file holds no number'],
  [
    { code: 'W-QUOTED-ROW', count: 1, opens: 2 },
    'this line looks like a row, and stands in quotes, which open in line 2: its number is not read; is a quote missing?',
  ],
  [
    { code: 'W-QUOTED-ROW', count: 5, opens: 2 },
    'this line and 4 more look like rows, and stand in quotes, which open in line 2: their numbers are not read; is a quote missing?',
  ],
  [
    { code: 'W-NO-PLUS', count: 1, callingCode: 20, country: 'EG' },
    'this number has no +, and is read as a number of Egypt (+20); write it with + and its country code',
  ],
  [
    { code: 'W-NO-PLUS', count: 42, callingCode: 800, country: null },
    'this number and 41 more have no +, and this one is read as a number (+800); write each with + and its country code',
  ],
  [
    { code: 'W-NO-PLUS', count: 1, callingCode: null, country: null },
    'this number has no +, and is read as a number with a country code that does not exist; write it with + and its country code',
  ],
  [
    { code: 'W-IMPOSSIBLE-NUMBER', bot: 'a', ...one },
    `a: 1 number is ${LENGTH} to libphonenumber, such as +447700900123; the server may reject them`,
  ],
  [
    { code: 'W-INVALID-NUMBER', bot: 'a', ...two },
    'a: 2 numbers are not valid to libphonenumber, such as +447700900123, +447700900124; the server may reject them',
  ],
  [
    { code: 'W-EXPIRED', what: 'entry', last: '2026-05-31', days: -15 },
    'the entry has expired: its last day was 2026-05-31',
  ],
  [{ code: 'W-EXPIRED', what: 'entry', more: 80 }, 'from here on, 80 more of the entries of this file have expired'],
  [
    { code: 'W-EXPIRED', what: 'ignore rule', last: '2026-05-31', days: -15, decrypted: true },
    'the ignore rule has expired: its last day was 2026-05-31; it leaves nothing alone any more (decrypted)',
  ],
  [
    { code: 'W-EXPIRED', what: 'ignore rule', more: 1 },
    'from here on, 1 more of the ignore rules of this file have expired',
  ],
  [
    { code: 'W-EXPIRING', what: 'entry', last: '2026-06-15', days: 0 },
    'the entry expires: its last day is 2026-06-15, today',
  ],
  [
    { code: 'W-EXPIRING', what: 'entry', last: '2026-06-16', days: 1 },
    'the entry expires: its last day is 2026-06-16, tomorrow',
  ],
  [
    { code: 'W-EXPIRING', what: 'ignore rule', last: '2026-06-29', days: 14 },
    'the ignore rule expires: its last day is 2026-06-29, in 14 days',
  ],
  [{ code: 'W-EXPIRING', what: 'entry', more: 2 }, 'from here on, 2 more of the entries of this file expire'],
  [{ code: 'W-UNUSED-LIST', list: 'fraud' }, 'no bot takes the list "fraud", so its numbers block nobody'],
  [
    { code: 'W-SAME-USER', count: 1 },
    'this waId is the number of another entry, so both count as one user; correct the waId if they are two people, as one of them may never be blocked',
  ],
  [
    { code: 'W-SAME-USER', count: 3 },
    'this waId and 2 more are numbers of other entries, so each two count as one user; correct the waId if they are two people, as one of them may never be blocked',
  ],
  [
    { code: 'W-PROTECTED', bot: 'a', ...one },
    'a: 1 number is live and not desired, and stays because it is protected, such as +447700900123',
  ],
  [
    { code: 'W-PROTECTED', bot: 'a', count: 9, numbers: one.numbers },
    'a: 9 numbers are live and not desired, and stay because they are protected, such as +447700900123',
  ],
  [
    { code: 'W-LIVE-REPEATS', bot: 'a', count: 1, of: 'numbers' },
    'a: the live list holds 1 number twice; each counts once',
  ],
  [
    { code: 'W-LIVE-REPEATS', bot: 'a', count: 2, of: 'entries' },
    'a: the live list repeats 2 entries; each number counts once',
  ],
  [
    { code: 'W-LIVE-FOREIGN', bot: 'a', count: 1 },
    'a: the live list holds 1 entry without a phone number; they are never removed',
  ],
  [
    { code: 'W-OTHER-WRITER', bot: 'a', ...one },
    'a: after the writes the live list differs from the plan in 1 number, such as +447700900123; another run or a person may have written to it, or it is an older copy: run plan to check',
  ],
  [
    { code: 'W-NOT-LIVE', bot: 'a', ...one, adds: true },
    'a: 1 number of the files is not live, such as +447700900123: the next apply adds it',
  ],
  [
    { code: 'W-NOT-LIVE', bot: 'a', ...two, adds: false },
    'a: 2 numbers of the files are not live, such as +447700900123, +447700900124: the policy remove-only leaves them so',
  ],
  [
    { code: 'W-NOT-LIVE', bot: 'a', ...one, from: 'b' },
    'a: of b: 1 number that the files give it is not live there, and not imported, such as +447700900123',
  ],
  [
    { code: 'W-EXPIRED-LIVE', bot: 'a', ...one, removes: true },
    'a: the number of 1 expired entry is still live, and not imported again, such as +447700900123; the next apply removes what has expired',
  ],
  [
    { code: 'W-EXPIRED-LIVE', bot: 'a', ...two, removes: false },
    'a: the numbers of 2 expired entries are still live, and not imported again, such as +447700900123, +447700900124',
  ],
  [
    { code: 'W-IGNORED-IMPORT', bot: 'a', ...one },
    'a: 1 live number is ignored, and not imported, such as +447700900123',
  ],
  [
    { code: 'W-IGNORED-IMPORT', bot: 'a', ...two, rulesOf: 'b' },
    'a: 2 live numbers are ignored by the rules of b, and not imported, such as +447700900123, +447700900124',
  ],
  [
    { code: 'W-BARE-IMPORT', bot: 'a', ...one, from: 'b', keys: ['lists', 'reason'] },
    'a: of b: 1 number comes without what the files say there (lists, reason), such as +447700900123; to keep that, undo this import, and give the bot the same lists and entries first',
  ],
  [
    { code: 'W-BASE-ABSENT', ref: 'main', paths: ['lists', 'a.yaml'] },
    '--base main: that commit has nothing at lists, a.yaml (a link or a submodule on the way is not followed), so all changes there count as config',
  ],
  [
    { code: 'W-BASE-INVALID', ref: 'main', fault },
    '--base main: the files were not valid then (blacklist.yaml:4: "version" must be 1), so config and drift are not told apart, and no changed setting is shown',
  ],
  [
    { code: 'W-BASE-INVALID', ref: 'main', fault: declared },
    '--base main: the files were not valid then (+447700900123 is declared for the bot "a" as well), so config and drift are not told apart, and no changed setting is shown',
  ],
  [
    { code: 'W-SINCE-ABSENT', file: 'drift-20260131.json' },
    'drift-20260131.json: there is no earlier report, so this is the first run: every difference is new',
  ],
  [
    { code: 'W-SINCE-LEFT-OUT', file: 'drift.json', bots: ['b', 'c'] },
    'drift.json: also contains differences or live numbers of b, c, which this run does not read; its report omits them',
  ],
  [{ code: 'W-NOT-VERIFIED' }, 'not verified: the tokens of its bots are not in the environment'],
  [
    { code: 'W-NO-TOKENS', encrypted: [] },
    'this pull request comes from a fork or from Dependabot and gets no secrets: the files were checked, and nothing was planned',
  ],
  [
    { code: 'W-NO-TOKENS', encrypted: ['a.yaml.age', 'vip.txt.age'] },
    'this pull request comes from a fork or from Dependabot and gets no secrets: the files were checked except the encrypted a.yaml.age, vip.txt.age, and nothing was planned',
  ],
  [{ code: 'W-ENCRYPTED-SKIPPED', file: 'legal.yaml.age' }, 'legal.yaml.age: is encrypted and was left as it is'],
];

describe('a warning', () => {
  test.each(WORDS)('$code reads in full, and masked but for its numbers', (warning, words) => {
    expect(warningWords(warning, full)).toBe(words);
    expect(warningWords(warning, masked)).toBe(words.replace(/\+44770090(\d{4})/g, '+44••••••$1'));
  });

  test('of every code has its words here', () => {
    expect([...new Set(WORDS.map(([{ code }]) => code))]).toEqual(WARNING_CODES);
  });

  test('of an earlier report keeps its words, which are masked by pattern', () => {
    const warning = { code: 'W-PROTECTED', message: 'a: such as +447700900123' } as const;
    expect(warningWords(warning, full)).toBe('a: such as +447700900123');
    expect(warningWords(warning, masked)).toBe('a: such as +44••••••0123');
  });

  test('shows no control character of a name, and no number that a name holds', () => {
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

  test.each(WARNING_CODES)('%s: all are shown in full output, and none in masked output', (code) => {
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
