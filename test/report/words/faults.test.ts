import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../src/model/ledger.ts';
import { failureWords, faultLines } from '../../../src/report/words/faults.ts';
import { full, masked } from '../fixtures.ts';

const END = 'so the list cannot be read to its end';
const QUIET = 'nothing was planned; wait until it is quiet';
const [sinch, graph] = ['https://eu1.whatsapp.api.sinch.com', 'https://192.168.100.12:8443/v23.0/123456789012345'];

/** Every kind of failure, and what may be added to it. */
const WORDS: readonly (readonly [failure: Failure, words: string])[] = [
  [{ kind: 'interrupted' }, 'interrupted'],
  [{ kind: 'page-repeats' }, `the server sends the same page under several page numbers, ${END}`],
  [{ kind: 'cursor-repeats' }, `the server sends the same page or cursor again, ${END}`],
  [{ kind: 'unsteady', reads: 4 }, `the list kept changing while it was read (read 4 times); ${QUIET}`],
  [{ kind: 'hole', reads: 4 }, `the list has an empty page with numbers behind it (read 4 times); ${QUIET}`],
  [
    { kind: 'endless', pages: 1_000_001 },
    'the list has more than 1000001 pages; it does not seem to end, and nothing was planned',
  ],
  [{ kind: 'adds-open' }, 'not every add was known to be done, so no remove was sent; a later run sends them'],
  [{ kind: 'full' }, 'the list is full; nothing more was added'],
  [
    { kind: 'full', holds: { entries: 20, capacity: 64_000, removes: false } },
    'the list is full; nothing more was added; it holds 20 of 64000; take numbers out of the files',
  ],
  [
    { message: 'forbidden (403)', holds: { entries: 20, capacity: 64_000, removes: true } },
    'forbidden (403); it holds 20 of 64000; removes wait for adds: commit the removals alone, apply them, then add again',
  ],
  [
    { message: 'the server failed (500)', detail: 'no', giver: { id: 'old', numbers: 2 } },
    'old: the server failed (500); its 2 numbers of the files come by: blacklistctl list --bot old --format json --numbers full > list.json, then --from list.json',
  ],
  [{ kind: 'refused-requests', count: 117 }, 'the server refused 117 requests in a row; the rest was not sent'],
  [
    { kind: 'refused-batches', count: 3 },
    'the server refused every number of 3 batches in a row; the rest was not sent',
  ],
  [{ kind: 'unread', why: 'the server failed (500)' }, 'the plan was made without this bot: the server failed (500)'],
  [
    { kind: 'forged', file: 'my.plan' },
    'my.plan: this plan cannot be trusted: it was changed after it was made, or made with other tokens; nothing was sent; make the plan again',
  ],
  [
    { kind: 'other-place', file: 'my.plan', bot: 'a', planned: sinch, now: sinch.replace('eu1', 'us1') },
    'my.plan: the plan for the bot "a" was made for https://eu1.whatsapp.api.sinch.com, and this run goes to https://us1.whatsapp.api.sinch.com; nothing was sent',
  ],
  [
    { kind: 'not-approved', file: null, refused: [], unread: [] },
    'this plan is not the approved one: the files or a live list moved since the review, or a run of the approved plan ended early; nothing was written; the guard does not refuse it',
  ],
  [
    { kind: 'not-approved', file: 'my.plan', refused: ['a', 'b'], unread: ['c'] },
    'my.plan: this saved plan is not the approved one; nothing was written; the guard refuses it for a, b; it is without c, which could not be read',
  ],
  [
    { kind: 'no-bots', file: 'my.plan' },
    'my.plan: this plan has no bot, so no token vouches for it; nothing was sent; make the plan again',
  ],
  [
    { kind: 'undeclared', file: 'my.plan', bots: ['a', 'b'] },
    'my.plan: the files do not declare a, b of this plan; nothing was sent; give the paths that plan was given, or make the plan again',
  ],
  [
    { kind: 'redeclared', file: 'my.plan', bots: ['a'] },
    'my.plan: the files give another provider or token variable than this plan to a; nothing was sent; make the plan again',
  ],
  [
    { kind: 'too-old', file: 'my.plan', made: '2026-06-15T12:00:00Z', age: 90_061, limit: 86_400 },
    'my.plan: this plan was made 25 h 1 min ago (2026-06-15T12:00:00Z), and --max-age allows 24 h; nothing was sent; make the plan again',
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
    'my.plan: the files have changed since the plan was made, or entries have expired: the plan goes against them with 1 number of a, 20 numbers of b; nothing was written; make the plan again',
  ],
  [
    { kind: 'moved', file: 'plan-20260131.json', bots: ['a', 'b'] },
    'plan-20260131.json: the live list of a, b moved since this plan was made; nothing was written; make the plan again',
  ],
];

describe('a failure', () => {
  test.each(WORDS)('%o reads alike in full and masked', (failure, words) => {
    expect(failureWords(failure, full)).toBe(words);
    expect(failureWords(failure, masked)).toBe(words);
  });

  test('keeps an address, and hides the ID of a phone number', () => {
    const failure = { kind: 'other-place', file: 'my.plan', bot: 'a', planned: sinch, now: graph } as const;
    expect(failureWords(failure, full)).toContain(graph);
    expect(failureWords(failure, masked)).toContain('https://192.168.100.12:8443/v23.0/+12•••••••••2345');
  });

  test('masks the numbers of a user who was removed instead of another', () => {
    const failure = { kind: 'other-removed', number: 447_700_900_999, stays: 447_700_900_123 } as const;
    const said = (stays: string, number: string) =>
      `the server removed ${stays}, which was to stay, when it was asked to remove ${number}; the rest was not sent; check the list with plan`;
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
      'a.yaml:4:3: warning: no bot uses the list "spam", so it blocks no number; add it to the "lists" of a bot, or remove it [W-UNUSED-LIST]',
      '  4 |   spam:',
      '        ^',
    ]);
  });

  test('show no number in masked output that a fault begins with', () => {
    const fault = { number: 447_700_900_123, message: 'is also declared for the bot "a"', place };
    expect(faultLines(fault, full)).toEqual(['a.yaml:4:3: +447700900123 is also declared for the bot "a"']);
    expect(faultLines(fault, masked)).toEqual(['a.yaml:4:3: +44••••••0123 is also declared for the bot "a"']);
  });

  test('of an encrypted file say so', () => {
    expect(faultLines({ message: 'wrong', place, decrypted: true }, full)).toEqual(['a.yaml:4:3: wrong (decrypted)']);
  });

  test('of a failure are one', () => {
    expect(faultLines({ kind: 'moved', file: 'p', bots: ['a'] }, full, 'error: ')).toEqual([
      'error: p: the live list of a moved since this plan was made; nothing was written; make the plan again',
    ]);
  });
});
