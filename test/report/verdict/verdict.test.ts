import { describe, expect, test } from 'vitest';
import type { EditReport, ImportReport, PlanReport, Report } from '../../../src/model/report.ts';
import { TONES, verdict } from '../../../src/report/verdict/index.ts';
import {
  adds,
  answer,
  drift as anyDrift,
  result as anyResult,
  type Bot,
  bot,
  check,
  counts,
  explained,
  failedBot,
  format,
  full,
  imported,
  init,
  invalid,
  listed,
  listedBot,
  live,
  liveBot,
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
/** The report of an add that found every number declared. */
const already = (...added: string[]): EditReport => ({
  ...fmt({ outcome: 'unchanged' }),
  kind: 'edit',
  command: 'add',
  outcome: 'unchanged',
  files: [],
  entries: added.map((number) => ({ number, change: 'unchanged', bot: 'a', list: null, place: null })),
});
const NONE = { add: numbers(0), remove: numbers(0) };
const SINCE = { new: NONE, still: NONE, resolved: NONE, unknown: NONE };
const waiting = (count: number) => bot('a', { addNeedsContact: true, add: numbers(count) });
const unblocked = (count: number) => ({
  ...waiting(count),
  causes: [{ direction: 'add', origin: null, reason: 'unblocked', expires: null, numbers: numbers(count) } as const],
});
const FILES_ONLY =
  'The files changed or entries expired, and no apply has changed the lists yet. To change them, run plan, then apply.';
const RESTORE =
  'The live lists differ from the files. To restore the lists, run plan, then apply. To keep a change, make it in the files.';
/** A bot of which no apply has added one number and removed another one. */
const unapplied = () => {
  const [add, remove] = [numbers(1), numbers(1, 447_700_900_700)];
  return bot('a', {
    add,
    remove,
    causes: [
      { direction: 'remove', origin: null, reason: 'expired', expires: '2026-12-31', numbers: remove },
      { direction: 'add', origin: null, reason: 'added', expires: null, numbers: add },
    ],
  });
};
const stillBlocked = (id: string) =>
  bot(id, {
    remove: numbers(1),
    causes: [{ direction: 'remove', origin: null, reason: 'blocked', expires: null, numbers: numbers(1) }],
  });
const overfull = refusedBot('a', {
  guard: { ...bot('a').guard!, tripped: 'capacity', overflow: { end: 64_010, capacity: 64_000 } },
});
const warning = { code: 'W-EXPIRED', message: 'the entry has expired' } as const;
const unread = { ...answer('a'), error: { message: 'page 3 failed' } };

const WITHHELD = { number: 447_700_900_001, declared: 447_700_900_002, because: 'answer' } as const;
const ONE_WITHHELD = '1 removal was withheld, because its number may be a second number of a declared user.';
const REMOVALS = 'Refused: too many removals for a.';
const UNWRITTEN = 'Refused: too many removals for a; nothing was written to it.';
const CHECK = 'Check the desired state first. If the removals are intended,';
const FIX = 'Fix the reported errors, then run again to finish.';
const FULL = 'Remove numbers from the files: --approve does not override this limit.';
const NOT_VERIFIED = 'Not verified: the list of 1 bot could not be read after the writes. Run plan to check.';
const CONSENT = `${CHECK} approve exactly this plan with --approve 7d1f0c22.`;
const apply = (rest: Partial<PlanReport>) => report({ command: 'apply', state: 'skipped', ...rest });
const NEXT = ['apply', '--approve', '12345678', '--bot', 'a', 'my lists'];

const postponing = (rest: Partial<Bot> = {}) => bot('a', { counts: counts({ postponed: 3 }), ...rest });
const POSTPONED = '3 removals wait, because --adds-only sends none.';
const REVIEW = 'Run plan without --adds-only to review them.';
const overfullWith = (capacity: number) =>
  postponing({ guard: { ...overfull.guard!, overflow: { end: 64_010, capacity } }, add: numbers(20) });

const ROWS: Readonly<Record<string, readonly Row[]>> = {
  'removals that wait': [
    ['a plan', plan('changes', { bots: [postponing()] }), 'pending', `${POSTPONED} This plan was not applied.`],
    [
      'a plan with the command that applies it',
      plan('changes', { bots: [postponing()], next: NEXT }),
      'pending',
      `${POSTPONED} To apply this plan: blacklistctl apply --approve 12345678 --bot a 'my lists'`,
    ],
    [
      'an apply without adds',
      apply({ outcome: 'partial', bots: [postponing()] }),
      'unfinished',
      `Nothing to add. ${POSTPONED} ${REVIEW}`,
    ],
    [
      'an apply that added',
      result('partial', postponing({ ...ended({ applied: adds(2) }), counts: counts({ postponed: 3 }) })),
      'unfinished',
      `${POSTPONED} ${REVIEW}`,
    ],
    [
      'an apply that added in part',
      result('partial', postponing({ ...ended({ failed: adds(2) }), counts: counts({ postponed: 3 }) })),
      'bad',
      `${FIX} ${POSTPONED} ${REVIEW}`,
    ],
    [
      'a full list in which the removals make room',
      plan('refused', { bots: [overfullWith(64_007)] }),
      'bad',
      `Refused: too many numbers for a. Run without --adds-only, because the removals that wait make room: --approve does not override this limit. ${POSTPONED}`,
    ],
    [
      'a full list in which they make too little room',
      plan('refused', { bots: [overfullWith(64_006)] }),
      'bad',
      `Refused: too many numbers for a. ${FULL} ${POSTPONED}`,
    ],
  ],
  'a plan': [
    ['nothing to change', plan('in-sync'), 'good', 'In sync: nothing to do.'],
    ['no bot to look at', plan('nothing-selected'), 'empty', 'Nothing selected: no live list was read.'],
    ['changes', plan('changes'), 'pending', 'This plan was not applied.'],
    [
      'changes, and the command that applies them',
      plan('changes', { next: NEXT }),
      'pending',
      "To apply this plan: blacklistctl apply --approve 12345678 --bot a 'my lists'",
    ],
    [
      'changes that are shown before the question',
      report({ command: 'apply' }),
      'pending',
      'Nothing is written before you confirm.',
    ],
    ['changes that are being applied', plan('changes', { state: 'applying' }), 'plain', 'Applying.'],
    [
      'refused bots and others that are being applied',
      plan('refused', { state: 'applying', bots: 'abcdefg'.split('').map((id) => refusedBot(id)) }),
      'plain',
      'Applying, but not to a, b, c, d, e and 2 more bots: the guard refuses them.',
    ],
    ['too many removals', plan('refused', { bots: [refusedBot('a')] }), 'bad', `${REMOVALS} ${CONSENT}`],
    [
      'too many removals in joined parts, each of which has its own fingerprint',
      plan('refused', { bots: [refusedBot('a')], fingerprint: null }),
      'bad',
      `${REMOVALS} ${CHECK} approve the plan of each part with its own fingerprint.`,
    ],
    [
      'too many removals, and the command that approves them',
      plan('refused', { bots: [refusedBot('a')], next: NEXT }),
      'bad',
      `${REMOVALS} ${CHECK} run: blacklistctl apply --approve 12345678 --bot a 'my lists'`,
    ],
    [
      'too many removals of some bots, by apply',
      apply({ outcome: 'refused', bots: [refusedBot('a'), refusedBot('b'), bot('c')] }),
      'bad',
      `Refused: too many removals for a, b; nothing was written to them. ${CONSENT}`,
    ],
    [
      'a refusal next to a list that could not be read',
      apply({ outcome: 'refused', bots: [refusedBot('a'), failedBot('b')] }),
      'bad',
      `${UNWRITTEN} Also, the plan does not include b, which could not be read. ${CONSENT}`,
    ],
    [
      'too many removals of some bots, before the question of apply',
      apply({ outcome: 'refused', state: 'open', bots: [refusedBot('a'), bot('c')] }),
      'bad',
      `${UNWRITTEN} If you confirm, only the other bots are written. ${CONSENT}`,
    ],
    [
      'a refusal that was overridden, and one that was not',
      plan('refused', { bots: [refusedBot('a'), refusedBot('b', { approvedBy: '7d1f0c22' })] }),
      'bad',
      `${REMOVALS} ${CONSENT}`,
    ],
    [
      'more numbers than the list can hold',
      plan('refused', { bots: [overfull] }),
      'bad',
      `Refused: too many numbers for a. ${FULL}`,
    ],
    [
      'too many removals, and more numbers than a list can hold',
      plan('refused', { bots: [refusedBot('b'), overfull] }),
      'bad',
      `Refused: too many removals for b, and too many numbers for a. ${FULL} ${CONSENT}`,
    ],
    ['a plan that could not be saved', plan('failed'), 'bad', 'Failed: fix the reported errors.'],
    [
      'a bot that cannot be read, and one that can',
      plan('failed', { bots: [bot('a'), failedBot('b')] }),
      'bad',
      'Failed: 1 of 2 live lists could not be read, so this plan is incomplete. Fix the reported errors, then run again.',
    ],
    [
      'no bot that can be read',
      plan('failed', { bots: [failedBot('a'), failedBot('b')], fingerprint: null }),
      'bad',
      'Failed: there is nothing to approve. Fix the reported errors, then run again.',
    ],
    [
      'no bot that can be read, by apply',
      apply({ outcome: 'failed', bots: [failedBot('a')], fingerprint: null }),
      'bad',
      'Failed: there is nothing to approve. Nothing was written. Fix the reported errors, then run again.',
    ],
    ['a plan that was not confirmed', apply({ outcome: 'failed' }), 'bad', 'Failed: nothing was written.'],
    [
      'another plan than the approved one',
      plan('stale'),
      'bad',
      'Stale: nothing was written. The guard does not refuse the plan that is shown. If that plan is right, apply it with --approve 7d1f0c22.',
    ],
    [
      'another plan than the approved one, which the guard refuses',
      plan('stale', { bots: [bot('b'), refusedBot('a')] }),
      'bad',
      'Stale: nothing was written. The guard refuses the plan that is shown: a would remove 9 of 12 numbers (75 %), more than the limit of 3 (the larger of 25 % of the live list and 3). Check the desired state first: --approve 7d1f0c22 would override the guard and apply these removals.',
    ],
    [
      'another plan than the approved one, which no approval lifts',
      plan('stale', { bots: [overfull] }),
      'bad',
      'Stale: nothing was written. The guard refuses the plan that is shown: a would end with 64,010 entries, and the list can hold at most 64,000. Remove numbers from the files: --approve does not override this limit.',
    ],
    [
      'joined parts with a stale one, and another one that was written',
      result('stale', ended({ applied: adds(2) })),
      'bad',
      'Stale: a part of the run wrote nothing, because its plan was not the approved one.',
    ],
    ['joined parts with a stale one', plan('stale', { fingerprint: null }), 'bad', 'Stale: nothing was written.'],
    ['a warning that is an error', plan('invalid'), 'bad', 'Invalid: fix the reported errors.'],
    [
      'a warning that is an error, by apply',
      apply({ outcome: 'invalid' }),
      'bad',
      'Invalid: nothing was written. Fix the reported errors.',
    ],
    ['Ctrl-C', plan('changes', { interrupted: true }), 'unfinished', 'Interrupted. Run again.'],
    [
      'Ctrl-C, by apply',
      apply({ outcome: 'changes', interrupted: true }),
      'unfinished',
      'Interrupted: nothing was written. Run again.',
    ],
  ],
  'a look for drift': [
    ['no drift', drift('in-sync', bot('a')), 'good', 'In sync: nothing to do.'],
    ['no bot to look at', drift('nothing-selected'), 'empty', 'Nothing selected: no live list was read.'],
    ['drift', drift('changes', bot('a')), 'differs', RESTORE],
    ['only changes of the files', drift('changes', unapplied()), 'differs', FILES_ONLY],
    [
      'changes of the files, and a number that was added outside Git',
      drift('changes', unapplied(), bot('b', { remove: numbers(1) })),
      'differs',
      RESTORE,
    ],
    [
      'changes of the files, and a number that was removed outside Git',
      drift('changes', unapplied(), bot('b', { add: numbers(1) })),
      'differs',
      RESTORE,
    ],
    [
      'changes of the files, and a number that is still blocked',
      drift('changes', unapplied(), stillBlocked('b')),
      'differs',
      RESTORE,
    ],
    [
      'changes of the files, and a number that waits for its user',
      drift('changes', unapplied(), bot('b', { addNeedsContact: true, add: numbers(1) })),
      'differs',
      `${FILES_ONLY} 1 declared number is not live. It may be pending, not applied yet, or unblocked outside Git. To find numbers that are unblocked from now on, pass --report FILE --since FILE to each drift.`,
    ],
    [
      'drift, and numbers that wait for their users',
      drift('changes', { ...waiting(2), remove: numbers(1) }),
      'differs',
      `${RESTORE} 2 declared numbers are not live. They may be pending, not applied yet, or unblocked outside Git. To find numbers that are unblocked from now on, pass --report FILE --since FILE to each drift.`,
    ],
    [
      'only numbers that wait for their users, with --fail-on-pending',
      drift('changes', waiting(1)),
      'differs',
      'Declared numbers are not live. To add them, run plan, then apply. 1 declared number is not live. It may be pending, not applied yet, or unblocked outside Git. To find numbers that are unblocked from now on, pass --report FILE --since FILE to each drift.',
    ],
    [
      'Ctrl-C',
      { ...drift('changes', bot('a')), interrupted: true },
      'unfinished',
      'Interrupted: the differences are not confirmed. Run again.',
    ],
    ['users who were unblocked', drift('changes', unblocked(2)), 'differs', RESTORE],
    [
      'one number that waits for its user',
      drift('in-sync', waiting(1)),
      'good',
      'Not counted as drift: 1 declared number is not live. It may be pending, not applied yet, or unblocked outside Git. To find numbers that are unblocked from now on, pass --report FILE --since FILE to each drift.',
    ],
    [
      'a number that waits for its user, and that no earlier report shows live',
      drift('in-sync', { ...waiting(1), since: SINCE }),
      'good',
      'Not counted as drift: 1 declared number is not live. It may be pending, not applied yet, or unblocked outside Git before a report showed it live.',
    ],
    [
      'numbers that wait for their users, and that no earlier report shows live',
      drift('in-sync', { ...waiting(2), since: SINCE }),
      'good',
      'Not counted as drift: 2 declared numbers are not live. They may be pending, not applied yet, or unblocked outside Git before a report showed them live.',
    ],
    [
      'a number that waits, beside a user without a number who may hide that a report showed it live',
      drift('in-sync', { ...waiting(1), since: SINCE, foreign: 1 }),
      'good',
      'Not counted as drift: 1 declared number is not live. It may be pending, not applied yet, or unblocked outside Git.',
    ],
    [
      'a number that waits for its user, in the first run with --since',
      { ...drift('in-sync', { ...waiting(1), since: SINCE }), firstRun: true },
      'good',
      'Not counted as drift: 1 declared number is not live. It may be pending, not applied yet, or unblocked outside Git (no earlier report exists).',
    ],
    [
      'numbers that wait for their users',
      drift('in-sync', waiting(2)),
      'good',
      'Not counted as drift: 2 declared numbers are not live. They may be pending, not applied yet, or unblocked outside Git. To find numbers that are unblocked from now on, pass --report FILE --since FILE to each drift.',
    ],
  ],
  'an apply': [
    ['nothing to change', result('in-sync', bot('a')), 'good', 'In sync: nothing to do.'],
    ['all applied', result('applied', ended({ applied: adds(2) })), 'good', ''],
    [
      'adds that wait for their users, and --fail-on-pending',
      result('partial', ended({ applied: adds(1), pending: 1 })),
      'unfinished',
      "Not finished: 1 number waits for its user's next message; run again after that.",
    ],
    [
      'some applied, to a list that lags',
      result('partial', ended({ applied: adds(1), failed: adds(1) }, { settleSeconds: 300 })),
      'bad',
      `${FIX} A plan may still show these changes for up to 5 minutes.`,
    ],
    [
      'Ctrl-C, after writes to a list that lags',
      anyResult({
        outcome: 'partial',
        interrupted: true,
        bots: [ended({ applied: adds(1), skipped: adds(1) }, { settleSeconds: 300 })],
      }),
      'unfinished',
      'Interrupted: nothing more was sent. Run again to continue. A plan may still show these changes for up to 5 minutes.',
    ],
    [
      'all applied, to a list that lags',
      result('applied', ended({ applied: adds(2) }, { settleSeconds: 300 }), bot('b')),
      'good',
      'A plan may still show these changes for up to 5 minutes.',
    ],
    [
      'a number that waits for its user',
      result('applied', ended({ applied: adds(1), pending: 1 })),
      'good',
      "Done: 1 number waits for its user's next message; run again after that.",
    ],
    [
      'a rejected number',
      result(
        'partial',
        ended({ applied: adds(1), rejected: [{ number: 447_700_900_001, direction: 'add', reason: 'no' }] }),
      ),
      'bad',
      FIX,
    ],
    [
      'a failed number, and one that waits',
      result('partial', ended({ failed: adds(1), pending: 1 })),
      'bad',
      `${FIX} 1 number waits for its user's next message; run again after that.`,
    ],
    [
      'only numbers that wait for their users, with --fail-on-pending',
      result('partial', ended({ applied: adds(1), pending: 2 })),
      'unfinished',
      "Not finished: 2 numbers wait for their users' next message; run again after that.",
    ],
    [
      'numbers that wait for their users, and writes that are not visible yet',
      result('partial', ended({ applied: adds(1), pending: 1 }, { notVisible: 1 })),
      'unfinished',
      "Not finished: 1 number waits for its user's next message; run again after that. All changes were sent, but the live lists do not show all of them yet. Run plan later to check.",
    ],
    [
      'a bot that cannot be read, and one that was written',
      result('partial', ended({ applied: adds(2) }), failedBot('b')),
      'bad',
      FIX,
    ],
    [
      'all written and not all visible',
      result('partial', ended({ applied: adds(2) }, { notVisible: 1 })),
      'unfinished',
      'All changes were sent, but the live lists do not show all of them yet. Run plan later to check.',
    ],
    [
      'a list that could not be read after the writes: not verified',
      result('applied', ended({ applied: adds(2) }, { unverified: { message: 'cut' } })),
      'differs',
      NOT_VERIFIED,
    ],
    [
      'the same with a saved plan, if the files require more',
      {
        ...result('applied', ended({ applied: adds(2) }, { unverified: { message: 'cut' } })),
        saved: { made: '2026-06-15T12:00:00Z', age: 60, more: true },
      },
      'differs',
      `${NOT_VERIFIED} The files require more changes: run plan.`,
    ],
    [
      'everything was done, but a part of the run failed before it read a list',
      { ...result('partial', ended({ applied: adds(2) })), errors: [{ message: 'no token' }] },
      'bad',
      FIX,
    ],
    [
      'a report that cannot be written after an apply that leaves pending adds',
      { ...result('failed', ended({ applied: adds(1), pending: 2 })), errors: [{ message: 'no space' }] },
      'bad',
      'All changes were sent, but the run failed after that. Fix the reported errors.',
    ],
    [
      'the same with --wait',
      result('partial', ended({ applied: adds(2) }, { unverified: { message: 'cut' } })),
      'unfinished',
      NOT_VERIFIED,
    ],
    [
      'the same with a number that failed',
      result('partial', ended({ applied: adds(1), failed: adds(1) }, { unverified: { message: 'cut' } })),
      'bad',
      `${FIX} ${NOT_VERIFIED}`,
    ],
    [
      'a withheld removal',
      result('applied', ended({ applied: adds(1), withheld: [WITHHELD] })),
      'differs',
      ONE_WITHHELD,
    ],
    [
      'a withheld removal, and a number that waits',
      result('applied', ended({ pending: 1, withheld: [WITHHELD] })),
      'differs',
      `Done: 1 number waits for its user's next message; run again after that. ${ONE_WITHHELD}`,
    ],
    [
      'withheld removals, and a failed number',
      result('partial', ended({ failed: adds(1), withheld: [WITHHELD, WITHHELD] })),
      'bad',
      `${FIX} 2 removals were withheld, because each number may be a second number of a declared user.`,
    ],
    [
      'a withheld removal, and all else written and not all visible',
      result('partial', ended({ applied: adds(1), withheld: [WITHHELD] }, { notVisible: 1 })),
      'unfinished',
      `All changes were sent, but the live lists do not show all of them yet. Run plan later to check. ${ONE_WITHHELD}`,
    ],
    ['too many removals', result('refused', refusedBot('a')), 'bad', `${UNWRITTEN} ${CONSENT}`],
    [
      'too many removals of one bot, and another one written',
      result('refused', refusedBot('a'), { ...ended({ unknown: adds(1) }), id: 'b' }),
      'bad',
      `${UNWRITTEN} ${CHECK} run plan again and approve its new fingerprint: the writes to other bots changed it.`,
    ],
    [
      'nothing applied',
      result('failed', ended({ failed: adds(2) })),
      'bad',
      'Nothing was applied. Fix the reported errors, then run again.',
    ],
    [
      'a lost answer: a number may be applied',
      result('failed', ended({ failed: adds(1), unknown: adds(1) })),
      'bad',
      'The answers for 1 number were lost, so these changes may be applied. Run again.',
    ],
    [
      'all applied, and a report that could not be written',
      result('failed', ended({ applied: adds(2) })),
      'bad',
      'All changes were applied, but the run failed after that. Fix the reported errors.',
    ],
    [
      'Ctrl-C',
      { ...result('partial', ended({ applied: adds(1), skipped: adds(1) })), interrupted: true },
      'unfinished',
      'Interrupted: nothing more was sent. Run again to continue.',
    ],
  ],
  'an apply whose consent was for this one plan': [
    [
      'a number that waits for its user',
      { ...result('applied', ended({ applied: adds(1), pending: 1 })), once: true },
      'good',
      "Done: 1 number waits for its user's next message; a new plan adds it after that.",
    ],
    [
      'a failed number',
      { ...result('partial', ended({ applied: adds(1), failed: adds(1) })), once: true },
      'bad',
      'Fix the reported errors, then run plan again and approve the new plan to finish.',
    ],
    [
      'Ctrl-C',
      { ...result('partial', ended({ applied: adds(1), skipped: adds(1) })), once: true, interrupted: true },
      'unfinished',
      'Interrupted: nothing more was sent. Run plan again and approve the new plan to continue.',
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
    ['an error', invalid(), 'bad', 'Invalid: fix the reported errors.'],
  ],
  'a question': [
    ['list', listed(listedBot('a', 2)), 'plain', 'This is the desired state; no live list was read.'],
    [
      'list --on',
      { ...listed(listedBot('a', 2)), past: { commit: null, day: '2026-02-01' } },
      'plain',
      'These are the entries of the current files that have not expired on 2026-02-01; no live list was read.',
    ],
    [
      'list --at',
      { ...listed(listedBot('a', 2)), past: { commit: 'v1', day: '2026-02-01' } },
      'plain',
      'These are the entries of the files of v1 that have not expired on 2026-02-01; no live list was read.',
    ],
    [
      'list, with a warning that is an error',
      { ...listed(listedBot('a', 2)), outcome: 'invalid' },
      'bad',
      'Invalid: fix the reported errors.',
    ],
    ['list --live', live([liveBot('a', 2)]), 'plain', 'These are the numbers of the live lists.'],
    [
      'list --live without its only list',
      live([liveBot('a', 0, { error: { message: 'gone' } })]),
      'bad',
      'Failed: the live list could not be read, so this listing is incomplete. Fix the reported errors, then run again.',
    ],
    ['explain', explained([answer('a')]), 'plain', 'This is the desired state; no live list was read.'],
    [
      'explain --live',
      explained([answer('a', { live: [] })]),
      'plain',
      'This answer is from the files and the live lists.',
    ],
    [
      'explain --live, with a list that cannot be read',
      explained([answer('b', { live: [] }), unread], { outcome: 'failed' }),
      'bad',
      'Failed: 1 of 2 live lists could not be read, so this answer is incomplete. Fix the reported errors, then run again.',
    ],
    [
      'explain, with a warning that is an error',
      explained([answer('a')], { outcome: 'invalid' }),
      'bad',
      'Invalid: fix the reported errors.',
    ],
  ],
  'a run that writes files': [
    ['fmt, of files in their form', fmt({ outcome: 'unchanged' }), 'good', 'Nothing to do.'],
    ['fmt', fmt({}), 'good', ''],
    [
      'fmt --check',
      fmt({ outcome: 'changes' }),
      'differs',
      'Nothing was written. Run the same command without --check to format the files.',
    ],
    ['fmt, and Ctrl-C', fmt({ interrupted: true }), 'unfinished', 'Interrupted.'],
    ['fmt in parts, with an error in one', fmt({ outcome: 'invalid' }), 'bad', 'Invalid: fix the reported errors.'],
    ['import', importing('written'), 'good', 'Only the file changed. To see what apply would change, run plan.'],
    [
      'import, with a list that cannot be read',
      imported([{ id: 'a', imported: 0, alreadyThere: 0, error: { message: 'gone' } }], { outcome: 'failed' }),
      'bad',
      'Failed: the live list could not be read, so its numbers were not imported. Fix the reported errors, then run again.',
    ],
    ['import, and Ctrl-C', importing('failed', true), 'bad', 'Interrupted: nothing was written. Run again.'],
    ['import, with nothing new', importing('unchanged'), 'good', 'Nothing to do.'],
    [
      'add, of a number that is declared already',
      already('+447700900001'),
      'good',
      'Nothing to edit. To see whether apply has to send it, run plan.',
    ],
    [
      'add, of numbers that are declared already',
      already('+447700900001', '+447700900002'),
      'good',
      'Nothing to edit. To see whether apply has to send them, run plan.',
    ],
    ['init', init(['a.yaml']), 'good', ''],
  ],
};

describe.each(Object.entries(ROWS))('the verdict on %s', (_, rows) => {
  test.each(rows)('%s', (_, run, tone, text) => {
    expect(verdict(run, full)).toEqual({ tone, text });
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
