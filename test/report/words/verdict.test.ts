import { describe, expect, test } from 'vitest';
import type { ImportReport, PlanReport, Report } from '../../../src/model/report.ts';
import { TONES, verdict } from '../../../src/report/words/verdict.ts';
import {
  answer,
  drift as anyDrift,
  result as anyResult,
  type Bot,
  bot,
  check,
  explained,
  failedBot,
  format,
  imported,
  init,
  invalid,
  listed,
  listedBot,
  numbers,
  refusedBot,
  report,
} from '../fixtures.ts';

type Tone = keyof typeof TONES;
type Row = readonly [what: string, run: Report, tone: Tone, text: string];

type Outcome = PlanReport['outcome'];

const plan = (outcome: Outcome, rest: Partial<PlanReport> = {}) => report({ outcome, ...rest });
const drift = (outcome: Outcome, ...bots: Bot[]) => anyDrift({ outcome, bots });
const result = (outcome: Outcome, ...bots: Bot[]) => anyResult({ outcome, bots });
const fmt = (rest: Parameters<typeof format>[1]) => format([{ name: 'a.yaml', changed: true, hunks: [] }], rest);
const importing = (outcome: ImportReport['outcome'], interrupted = false) => imported([], { outcome, interrupted });
/** A bot with two changes that ended like this. */
const ended = (results: Partial<Bot['results']>, rest: Partial<Bot> = {}) => {
  const changing = bot('a', { add: numbers(2), ...rest });
  return { ...changing, results: { ...changing.results, ...results } };
};
const waiting = (count: number) => bot('a', { addNeedsContact: true, add: numbers(count) });
const unblocked = (count: number) => ({
  ...waiting(count),
  causes: [{ direction: 'add', origin: null, reason: 'unblocked', expires: null, numbers: numbers(count) } as const],
});
const overfull = refusedBot('a', {
  guard: { ...bot('a').guard!, tripped: 'capacity', overflow: { end: 64_010, capacity: 64_000 } },
});
const warning = { code: 'W-EXPIRED', message: 'the entry has expired' } as const;
const unread = { ...answer('a'), error: { message: 'page 3 failed' } };

const WITHHELD = { number: 447_700_900_001, declared: 447_700_900_002, because: 'answer' } as const;
const ONE_WITHHELD = '1 removal was withheld, as its number may be a declared user under another name.';
const REMOVALS = 'Refused: too many removals, so nothing is written to the bots named above.';
const NOT_VERIFIED = 'Not verified: the list of 1 bot could not be read after the writes. Run plan to check.';
const CONSENT = 'If this is meant, apply exactly this plan with --approve 7d1f0c22; otherwise check the desired state.';

const ROWS: Readonly<Record<string, readonly Row[]>> = {
  'a plan': [
    ['nothing to change', plan('in-sync'), 'good', 'In sync: nothing to do.'],
    ['no bot to look at', plan('nothing-selected'), 'empty', 'Nothing selected: no live list was looked at.'],
    ['changes', plan('changes'), 'pending', 'Nothing was written yet.'],
    ['changes that are being applied', plan('changes', { state: 'applying' }), 'plain', 'Applying.'],
    [
      'a refused bot beside those that are being applied',
      plan('refused', { state: 'applying' }),
      'plain',
      'Applying; nothing is written to the bots that are refused above.',
    ],
    ['too many removals', plan('refused', { bots: [refusedBot('a')] }), 'bad', `${REMOVALS} ${CONSENT}`],
    [
      'too many removals in joined parts, each of which has its own fingerprint',
      plan('refused', { bots: [refusedBot('a')], fingerprint: null }),
      'bad',
      `${REMOVALS} If this is meant, apply exactly the plan of each part with --approve and its own fingerprint; otherwise check the desired state.`,
    ],
    [
      'more numbers than the list can hold',
      plan('refused', { bots: [overfull] }),
      'bad',
      'Refused: too many numbers, so nothing is written to the bots named above. Take numbers out of the files; no --approve makes a list longer.',
    ],
    [
      'too many removals, and more numbers than a list can hold',
      plan('refused', { bots: [refusedBot('b'), overfull] }),
      'bad',
      `Refused: too many removals, or numbers, so nothing is written to the bots named above. ${CONSENT}`,
    ],
    ['a bot that cannot be read', plan('failed'), 'bad', 'Failed: nothing was written yet.'],
    [
      'another plan than the approved one',
      plan('stale'),
      'bad',
      'Stale: nothing was written. If the plan that is shown is right, apply it with --approve 7d1f0c22.',
    ],
    ['joined parts with a stale one', plan('stale', { fingerprint: null }), 'bad', 'Stale: nothing was written.'],
    ['a warning that is an error', plan('invalid'), 'bad', 'Invalid: nothing was written.'],
    [
      'Ctrl-C',
      plan('changes', { interrupted: true }),
      'unfinished',
      'Interrupted: nothing new was sent. Run again to go on.',
    ],
  ],
  'a look for drift': [
    ['no drift', drift('in-sync', bot('a')), 'good', 'In sync: nothing to do.'],
    ['no bot to look at', drift('nothing-selected'), 'empty', 'Nothing selected: no live list was looked at.'],
    ['drift', drift('changes', bot('a')), 'differs', 'Drift: the live lists differ from the files.'],
    [
      'drift beside numbers that wait for their users',
      drift('changes', { ...waiting(2), remove: numbers(1) }),
      'differs',
      'Drift: the live lists differ from the files. 2 numbers wait for the next message of their users, or are not applied yet.',
    ],
    [
      'users who were unblocked',
      drift('changes', unblocked(2)),
      'differs',
      'Drift: the live lists differ from the files.',
    ],
    [
      'one number that waits for its user',
      drift('in-sync', waiting(1)),
      'good',
      'No drift: 1 number waits for the next message of its user, or is not applied yet.',
    ],
    [
      'numbers that wait for their users',
      drift('in-sync', waiting(2)),
      'good',
      'No drift: 2 numbers wait for the next message of their users, or are not applied yet.',
    ],
  ],
  'an apply': [
    ['nothing to change', result('in-sync', bot('a')), 'good', 'In sync: nothing to do.'],
    ['all applied', result('applied', ended({ applied: 2 })), 'good', 'Done.'],
    [
      'a number that waits for its user',
      result('applied', ended({ applied: 1, pending: 1 })),
      'good',
      'Done: 1 number waits for the next message of its user; run again then.',
    ],
    [
      'a rejected number',
      result('partial', ended({ applied: 1, rejected: [{ number: 447_700_900_001, direction: 'add', reason: 'no' }] })),
      'bad',
      'Applied in part; run again to finish, after mending what the errors name.',
    ],
    [
      'a failed number beside one that waits',
      result('partial', ended({ failed: 1, pending: 1 })),
      'bad',
      'Applied in part; run again to finish, after mending what the errors name. 1 number waits for the next message of its user; run again then.',
    ],
    [
      'a bot that cannot be read beside one that was written',
      result('partial', ended({ applied: 2 }), failedBot('b')),
      'bad',
      'Applied in part; run again to finish, after mending what the errors name.',
    ],
    [
      'all written and not all visible',
      result('partial', ended({ applied: 2 }, { notVisible: 1 })),
      'unfinished',
      'All was written, and the lists do not show all of it yet; look again later.',
    ],
    [
      'a list that could not be read after the writes: not verified',
      result('applied', ended({ applied: 2 }, { unverified: { message: 'cut' } })),
      'unfinished',
      NOT_VERIFIED,
    ],
    [
      'the same with --wait',
      result('partial', ended({ applied: 2 }, { unverified: { message: 'cut' } })),
      'unfinished',
      NOT_VERIFIED,
    ],
    [
      'the same beside a number that failed',
      result('partial', ended({ applied: 1, failed: 1 }, { unverified: { message: 'cut' } })),
      'bad',
      `Applied in part; run again to finish, after mending what the errors name. ${NOT_VERIFIED}`,
    ],
    [
      'a withheld removal',
      result('applied', ended({ applied: 1, withheld: [WITHHELD] })),
      'differs',
      `Done. ${ONE_WITHHELD}`,
    ],
    [
      'a withheld removal, and a number that waits',
      result('applied', ended({ pending: 1, withheld: [WITHHELD] })),
      'differs',
      `Done: 1 number waits for the next message of its user; run again then. ${ONE_WITHHELD}`,
    ],
    [
      'withheld removals beside a failed number',
      result('partial', ended({ failed: 1, withheld: [WITHHELD, WITHHELD] })),
      'bad',
      'Applied in part; run again to finish, after mending what the errors name. 2 removals were withheld, as each number may be a declared user under another name.',
    ],
    [
      'a withheld removal, and all else written and not all visible',
      result('partial', ended({ applied: 1, withheld: [WITHHELD] }, { notVisible: 1 })),
      'unfinished',
      `All was written, and the lists do not show all of it yet; look again later. ${ONE_WITHHELD}`,
    ],
    ['too many removals', result('refused', refusedBot('a')), 'bad', `${REMOVALS} ${CONSENT}`],
    [
      'too many removals of one bot, and another one written',
      result('refused', refusedBot('a'), { ...ended({ unknown: 1 }), id: 'b' }),
      'bad',
      `${REMOVALS} Other bots were written, so the fingerprint has changed: if this is meant, plan again and give --approve the new one; otherwise check the desired state.`,
    ],
    ['nothing applied', result('failed', ended({ failed: 2 })), 'bad', 'Failed: nothing was applied.'],
    [
      'a lost answer: a number may be applied',
      result('failed', ended({ failed: 1, unknown: 1 })),
      'bad',
      'Failed: what became of 1 number is not known; it may be applied. Run again.',
    ],
    [
      'all applied, and a report that could not be written',
      result('failed', ended({ applied: 2 })),
      'bad',
      'Applied, but failed after that; fix what the errors name.',
    ],
    [
      'Ctrl-C',
      { ...result('partial', ended({ applied: 1, skipped: 1 })), interrupted: true },
      'unfinished',
      'Interrupted: nothing new was sent. Run again to go on.',
    ],
  ],
  'an apply whose consent was for this one plan': [
    [
      'a number that waits for its user',
      { ...result('applied', ended({ applied: 1, pending: 1 })), once: true },
      'good',
      'Done: 1 number waits for the next message of its user; a new plan adds what is left.',
    ],
    [
      'a failed number',
      { ...result('partial', ended({ applied: 1, failed: 1 })), once: true },
      'bad',
      'Applied in part; approve a new plan to finish, after mending what the errors name.',
    ],
    [
      'Ctrl-C',
      { ...result('partial', ended({ applied: 1, skipped: 1 })), once: true, interrupted: true },
      'unfinished',
      'Interrupted: nothing new was sent. Approve a new plan to go on.',
    ],
  ],
  'a check of files': [
    ['no error', check([], { warnings: [warning] }), 'good', 'No live list was read.'],
    [
      'a warning that is an error',
      check([], { outcome: 'invalid', errors: [warning] }),
      'bad',
      'No live list was read.',
    ],
    ['an error', invalid(), 'bad', 'Invalid: nothing was written.'],
  ],
  'a question': [
    ['list', listed(listedBot('a', 2)), 'plain', 'That is what the files say; no live list was read.'],
    [
      'list, with a warning that is an error',
      { ...listed(listedBot('a', 2)), outcome: 'invalid' },
      'bad',
      'Invalid: nothing was written.',
    ],
    ['explain', explained([answer('a')]), 'plain', 'That is what the files say; no live list was read.'],
    ['explain --live', explained([answer('a', { live: [] })]), 'plain', 'Nothing was written.'],
    [
      'explain --live, with a list that cannot be read',
      explained([answer('b', { live: [] }), unread], { outcome: 'failed' }),
      'bad',
      'A list could not be read, so nobody knows what is live there; run again.',
    ],
    [
      'explain, with a warning that is an error',
      explained([answer('a')], { outcome: 'invalid' }),
      'bad',
      'That is what the files say; no live list was read.',
    ],
  ],
  'a run that writes files': [
    ['fmt, of files in their form', fmt({ outcome: 'unchanged' }), 'good', 'Nothing to do.'],
    ['fmt', fmt({}), 'good', 'Done.'],
    [
      'fmt --check',
      fmt({ outcome: 'changes' }),
      'differs',
      'Nothing was written; the same command without --check writes it.',
    ],
    ['fmt, and Ctrl-C', fmt({ interrupted: true }), 'unfinished', 'Interrupted.'],
    ['fmt in parts, with an error in one', fmt({ outcome: 'invalid' }), 'bad', 'Nothing to do.'],
    ['import', importing('written'), 'good', 'Done.'],
    [
      'import, with a list that cannot be read',
      importing('failed'),
      'bad',
      'For the bots that could not be read the file stays as it was; run again.',
    ],
    ['import, and Ctrl-C', importing('failed', true), 'bad', 'Interrupted: nothing was written; run again.'],
    ['import, with nothing new', importing('unchanged'), 'good', 'Nothing to do.'],
    ['init', init(['a.yaml']), 'good', 'Done.'],
  ],
};

describe.each(Object.entries(ROWS))('the verdict on %s', (_, rows) => {
  test.each(rows)('%s', (_, run, tone, text) => {
    expect(verdict(run, 'terminal')).toEqual({ tone, text });
    // A document differs in where it points to, and in nothing else.
    const pointed = text.replace('what the errors name', 'what is named here').replace('named above', 'named here');
    expect(verdict(run, 'document')).toEqual({ tone, text: pointed });
  });
});

test.each<[Tone, string | null, string]>([
  ['good', 'green', 'good'],
  ['plain', null, 'good'],
  ['pending', null, 'open'],
  ['differs', 'yellow', 'open'],
  ['unfinished', 'yellow', 'bad'],
  ['bad', 'red', 'bad'],
])('a verdict that is %s is %s in a terminal and %s in a document', (tone, color, kind) => {
  expect(TONES[tone]).toEqual({ color, kind });
});
