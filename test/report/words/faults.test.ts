import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/model/fault.ts';
import type { Failure } from '../../../src/model/ledger.ts';
import { countOf, failureWords, faultLines, firstOfEach } from '../../../src/report/words/faults.ts';
import { full, masked } from '../fixtures.ts';

const CHECK = 'check the base URL, or report it to the vendor';
const QUIET = 'run again when nothing else writes to it';
const NOT_SENT = 'so the rest were not sent; check the token and the bot';
const AGAIN = 'Nothing was sent; run plan --out again.';
const [sinch, graph] = ['https://eu1.whatsapp.api.sinch.com', 'https://192.168.100.12:8443/v23.0/123456789012345'];

/** Every kind of failure, with each optional fact. */
const WORDS: readonly (readonly [failure: Failure, words: string])[] = [
  [{ kind: 'interrupted' }, 'interrupted'],
  [
    { kind: 'page-repeats' },
    `the server returned the same page under several page numbers, so the end of the list is unknown; ${CHECK}`,
  ],
  [
    { kind: 'cursor-repeats' },
    `the server returned the same page or cursor again, so the end of the list is unknown; ${CHECK}`,
  ],
  [{ kind: 'unsteady', reads: 4 }, `the list changed during each of 4 reads; ${QUIET}`],
  [
    { kind: 'hole', reads: 4 },
    `the list has an empty page before other numbers, so its end is unknown (read 4 times); ${QUIET}`,
  ],
  [
    { kind: 'endless', entries: 1_000_100 },
    `the list has more than 1,000,100 entries and seems to have no end; ${CHECK}`,
  ],
  [{ kind: 'endless', pages: 1_000_001 }, `the list has more than 1,000,001 pages and seems to have no end; ${CHECK}`],
  [
    { kind: 'adds-open' },
    'some adds failed or have an unknown result, so no removals were sent; run again to send them',
  ],
  [{ kind: 'changes-open' }, 'some changes failed or have an unknown result; run again to finish them'],
  [{ kind: 'full' }, 'the list is full, so no more numbers were added'],
  [
    { kind: 'full', holds: { entries: 20, capacity: 64_000, removes: false, waiting: false } },
    'the list is full, so no more numbers were added. The list has 20 users, and the documented limit is 64,000; remove numbers from the files.',
  ],
  [
    { message: 'forbidden (403)', holds: { entries: 20, capacity: 64_000, removes: true, waiting: false } },
    'forbidden (403). The list has 20 users, and the documented limit is 64,000; run again, because the removals that are left make room.',
  ],
  [
    { message: 'not found (404). It may be gone.', detail: 'no', giver: { id: 'old', numbers: 2 } },
    'old: not found (404). It may be gone. To copy the 2 numbers that the files declare, pass --from list.json after this command: blacklistctl list --bot old --format json --numbers full > list.json',
  ],
  [{ kind: 'refused-requests', count: 117 }, `the server refused 117 requests in a row, ${NOT_SENT}`],
  [{ kind: 'refused-batches', count: 3 }, `the server refused every number of 3 batches in a row, ${NOT_SENT}`],
  [{ kind: 'unread', why: 'the server failed (500)' }, 'the plan was made without this bot: the server failed (500)'],
  [
    { kind: 'forged', file: 'my.plan' },
    `my.plan: the plan cannot be trusted, because it was changed after it was made, or was made with other tokens. ${AGAIN}`,
  ],
  [
    { kind: 'other-place', file: 'my.plan', bot: 'a', planned: sinch, now: sinch.replace('eu1', 'us1') },
    'my.plan: the plan for the bot "a" was made for https://eu1.whatsapp.api.sinch.com, but this run uses https://us1.whatsapp.api.sinch.com. Nothing was sent; run plan and apply with the same --base-url and files.',
  ],
  [
    { kind: 'not-approved', file: null, refused: [], unread: [] },
    'this plan is not the approved one, so nothing was written. The fingerprint is wrong, the files or a live list changed after the review, or a run of the approved plan ended early.',
  ],
  [
    { kind: 'not-approved', file: 'my.plan', refused: ['a', 'b'], unread: ['c'] },
    'my.plan: this saved plan is not the approved one, so nothing was written. Check the fingerprint and the file. The guard refuses this plan for a, b. The plan does not include c, which could not be read.',
  ],
  [{ kind: 'no-bots', file: 'my.plan' }, `my.plan: the plan has no bot, so no token can verify it. ${AGAIN}`],
  [
    { kind: 'undeclared', file: 'my.plan', bots: ['a', 'b'] },
    'my.plan: the plan contains a, b, but the files do not declare these bots. Nothing was sent; pass the same paths as to plan, or run plan --out again.',
  ],
  [
    { kind: 'undeclared', file: 'my.plan', bots: ['a'] },
    'my.plan: the plan contains a, but the files do not declare this bot. Nothing was sent; pass the same paths as to plan, or run plan --out again.',
  ],
  [
    { kind: 'redeclared', file: 'my.plan', bots: ['a'] },
    `my.plan: the files declare another provider or token variable than the plan for a. ${AGAIN}`,
  ],
  [
    { kind: 'too-old', file: 'my.plan', made: '2026-06-15T12:00:00Z', age: 90_061, limit: 86_400 },
    `my.plan: the plan was made 25 h 1 min ago (2026-06-15T12:00:00Z), and --max-age allows at most 24 h. ${AGAIN}`,
  ],
  [
    {
      kind: 'outdated',
      file: 'my.plan',
      bots: [
        { id: 'a', numbers: 1 },
        { id: 'b', numbers: 20 },
      ],
    },
    'my.plan: the files changed after the plan was made, or entries expired, so 1 change to the bot "a", 20 changes to the bot "b" are no longer needed. Nothing was written; run plan --out again.',
  ],
  [
    { kind: 'moved', file: 'plan-20260131.json', bots: ['a', 'b'] },
    'plan-20260131.json: the live list of a, b changed after the plan was made. Nothing was written; run plan --out again.',
  ],
];

describe('a failure', () => {
  test.each(WORDS)('%o has the same words in full and masked', (failure, words) => {
    expect(failureWords(failure, full)).toBe(words);
    expect(failureWords(failure, masked)).toBe(words);
  });

  test('shows a host address and masks the ID of a phone number', () => {
    const failure = { kind: 'other-place', file: 'my.plan', bot: 'a', planned: sinch, now: graph } as const;
    expect(failureWords(failure, full)).toContain(graph);
    expect(failureWords(failure, masked)).toContain('https://192.168.100.12:8443/v23.0/+12•••••••••2345');
  });

  test('masks both numbers when the server removed another user', () => {
    const failure = { kind: 'other-removed', number: 447_700_900_999, stays: 447_700_900_123 } as const;
    const said = (stays: string, number: string) =>
      `the server removed ${stays}, although the request was to remove ${number}, and ${stays} must stay; no more removals were sent. If both are one user, add waId: "${number}" to the entry of ${stays}, then run plan.`;
    expect(failureWords(failure, full)).toBe(said('+447700900123', '+447700900999'));
    expect(failureWords(failure, masked)).toBe(said('+44••••••0123', '+44••••••0999'));
  });

  test('of an API is masked by pattern', () => {
    expect(failureWords({ message: 'odd: +447700900123' }, masked)).toBe('odd: +44••••••0123');
  });
});

describe('the lines of a problem', () => {
  const place = { file: 'a.yaml', line: 4, column: 3 };

  test('begin with its place and end with the code of a warning', () => {
    const warning = { code: 'W-UNUSED-LIST', list: 'spam', place, source: '  spam:' } as const;
    expect(faultLines(warning, full, 'warning: ')).toEqual([
      'warning: a.yaml:4:3: no bot uses the list "spam", so it blocks no number; add it to the "lists" of a bot, or remove it [W-UNUSED-LIST]',
      '  4 |   spam:',
      '        ^',
    ]);
  });

  test('mask the number at the beginning of a message', () => {
    const fault = { number: 447_700_900_123, message: 'is also declared for the bot "a"', place };
    expect(faultLines(fault, full)).toEqual(['a.yaml:4:3: +447700900123 is also declared for the bot "a"']);
    expect(faultLines(fault, masked)).toEqual(['a.yaml:4:3: +44••••••0123 is also declared for the bot "a"']);
  });

  test('of an encrypted file end with (decrypted)', () => {
    expect(faultLines({ message: 'wrong', place, decrypted: true }, full)).toEqual(['a.yaml:4:3: wrong (decrypted)']);
  });

  test('of a failure without a place are one line', () => {
    expect(faultLines({ kind: 'moved', file: 'p', bots: ['a'] }, full, 'error: ')).toEqual([
      'error: p: the live list of a changed after the plan was made. Nothing was written; run plan --out again.',
    ]);
  });
});

describe('firstOfEach', () => {
  const faults = (file: string, count: number): Fault[] =>
    Array.from({ length: count }, (_, at) => ({ message: 'wrong', place: { file, line: at + 1, column: 1 } }));
  const more = (file: string, message: string): Fault => ({ message, place: { file, line: 101, column: 1 } });

  test.each<[string, Fault[], Fault[]]>([
    ['keeps all of 100', faults('a.yaml', 100), faults('a.yaml', 100)],
    [
      'counts one more',
      faults('a.yaml', 101),
      [...faults('a.yaml', 100), more('a.yaml', '1 more error in this file; --format json lists all')],
    ],
    [
      'counts those of each file',
      [...faults('a.yaml', 1500), ...faults('b.yaml', 2), ...faults('c.yaml', 102)],
      [
        ...faults('a.yaml', 100),
        more('a.yaml', '1,400 more errors in this file; --format json lists all'),
        ...faults('b.yaml', 2),
        ...faults('c.yaml', 100),
        more('c.yaml', '2 more errors in this file; --format json lists all'),
      ],
    ],
    [
      'adds errors that are only counted',
      [...faults('a.txt', 102), { message: '9 more', place: { file: 'a.txt', line: 102, column: 1 }, counts: 9 }],
      [...faults('a.txt', 100), more('a.txt', '11 more errors in this file; --format json lists all')],
    ],
    ['keeps all without a file', Array(300).fill({ message: 'unread' }), Array(300).fill({ message: 'unread' })],
  ])('%s', (_, all, shown) => {
    expect(firstOfEach(all, 'error')).toEqual(shown);
  });

  test('counts errors with those that one of them only counts', () => {
    expect(countOf([{ message: 'wrong' }, { message: '9 more', counts: 9 }])).toBe(10);
  });
});
