import { Ansis } from 'ansis';
import { describe, expect, test } from 'vitest';
import { compare } from '../../src/commands/drift/since.ts';
import type { Report } from '../../src/model/report.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { github } from '../../src/report/github.ts';
import { html } from '../../src/report/html/index.ts';
import { json } from '../../src/report/json/write.ts';
import { markdown } from '../../src/report/markdown/index.ts';
import { problemLines, text } from '../../src/report/text.ts';
import type { Sanitizer } from '../../src/report/voice/index.ts';
import {
  adds,
  result as applied,
  bot,
  causedBot,
  check,
  counts,
  drift,
  failedBot,
  full,
  init,
  invalid,
  ledger,
  masked,
  numbers,
  refusedBot,
  report,
} from './fixtures.ts';

const options = (rest = {}) => ({
  clean: full,
  color: new Ansis(0),
  verbose: false,
  ...rest,
});
const say = (what: Report, rest = {}) => [...text(what, options(rest))].join('');

describe('a report for people', () => {
  test('lists the numbers of a plan by direction, with a sum', () => {
    const bots = [
      bot('quiet-bot', { counts: counts({ unchanged: 12 }) }),
      bot('support-bot', { add: numbers(2), remove: numbers(1, 447_700_900_500) }),
    ];
    expect(say(report({ bots }))).toBe(
      `quiet-bot  in sync, 12 numbers
support-bot  2 to add, 1 to remove, 214 unchanged
  remove  +447700900500
  add     +447700900000
  add     +447700900001

Plan 7d1f0c22: 2 to add, 1 to remove, 226 unchanged in 2 bots
This plan was not applied.
`,
    );
  });

  test('lists at most 20 numbers a direction, and all with --verbose', () => {
    const bots = [bot('support-bot', { add: numbers(23) })];
    expect(say(report({ bots })).match(/^ {2}add {5}\+/gm)).toHaveLength(20);
    expect(say(report({ bots }))).toContain('  add     … and 3 more (--verbose shows all)\n');
    expect(say(report({ bots }), { verbose: true }).match(/^ {2}add {5}\+/gm)).toHaveLength(23);
  });

  test('gives each change its cause, drift first and in full', () => {
    const changing = causedBot('support-bot');
    const said = say(report({ bots: [changing] }));
    expect(said).toContain(
      'support-bot  31 to add (30 config, 1 drift), 4 to remove (2 config, 2 drift), 214 unchanged\n',
    );
    expect(said).toContain(`
  remove  +447700900600  drift: not declared in the base commit either
  remove  +447700900700  expired 2026-12-31 (drift)
  add     +447700900900  drift: also declared in the base commit
  remove  +447700900500  removed from the file
  remove  +447700900501  removed from the file
  add     +447700900000  added to the file
`);
    expect(said).toContain('  add     … and 10 more, added to the file (--verbose shows all)\n');
    expect(said).toContain(
      'Plan 7d1f0c22: 31 to add, 4 to remove (3 of the changes are drift), 214 unchanged in 1 bot\n',
    );
  });

  test('shows all drift of a plan before config changes', () => {
    const [drifted, config] = [numbers(25), numbers(25, 447_700_900_500)];
    const cause = { direction: 'remove', reason: 'undeclared', expires: null } as const;
    const causes = [
      { ...cause, origin: 'drift', numbers: drifted },
      { ...cause, origin: 'config', numbers: config },
    ] as const;
    const said = say(report({ bots: [bot('b', { remove: drifted.or(config), causes })] }));
    expect(said.match(/ {2}drift: not declared in the base commit either$/gm)).toHaveLength(25);
    expect(said).toContain('  remove  … and 5 more, not declared (--verbose shows all)\n');
  });

  test.each([
    [0, 'Valid: 214 numbers in 1 bot'],
    [1, 'Valid: 214 numbers in 1 bot, 1 warning'],
    [3, 'Valid: 214 numbers in 1 bot, 3 warnings'],
  ])('counts numbers, bots and %i warnings of valid files', (count, said) => {
    const warning = { code: 'W-EXPIRED', message: 'the entry has expired' } as const;
    const checked = check([{ id: 'a', count: 214 }], { warnings: Array(count).fill(warning) });
    expect(say(checked)).toBe(`a  214 numbers\n\n${said}\nNo live list was read.\n`);
    for (const format of [markdown, html, github]) expect([...format(checked, options())].join('')).toContain(said);
  });

  test('shows the share, the limit and the remedy of a refusal', () => {
    const guard = { tripped: 'share', removals: 40, live: 100, limit: 25, limits: { percent: 25, floor: 10 } } as const;
    const said = say(report({ outcome: 'refused', bots: [bot('support-bot', { remove: numbers(40), guard })] }));
    expect(said).toContain(
      'would remove 40 of 100 numbers (40 %), more than the limit of 25 (the larger of 25 % of the live list and 10)',
    );
    expect(said).toContain('--approve 7d1f0c22');
  });

  test.each([
    ['nothing was written', {}, true],
    ['all of another bot was rejected', { rejected: [{ number: 1, direction: 'add', reason: 'no' }] as const }, true],
    ['another bot was written', { applied: adds(3) }, false],
    ['another bot may have been written', { unknown: adds(3) }, false],
  ])('offers the fingerprint for a refusal only while it is valid: %s', (_, results, holds) => {
    const other = bot('other-bot', { add: numbers(3) });
    const bots = [refusedBot('support-bot'), { ...other, results: { ...other.results, ...results } }];
    const refused = applied({ outcome: 'refused', bots });
    for (const said of [
      say(refused),
      ...[markdown, html, github].map((say) => [...say(refused, options())].join('')),
    ]) {
      expect(/--approve `?7d1f0c22/.test(said)).toBe(holds);
      expect(said.includes('run plan again and approve its new fingerprint')).toBe(!holds);
    }
  });

  test('shows the result of every number, and the message of the server', () => {
    const rejected = [{ number: 447_700_900_007, direction: 'add' as const, reason: 'not a WhatsApp number' }];
    const support = bot('support-bot', {
      add: numbers(45),
      results: ledger({ applied: adds(40), failed: adds(1), unknown: adds(2), skipped: adds(1), rejected }),
      error: { message: 'the server failed (500)', detail: 'Request could not be processed' },
      notVisible: 3,
    });
    expect(say(applied({ outcome: 'partial', bots: [support, bot('quiet-bot')] }))).toBe(
      `support-bot  40 added, 0 removed, 1 add rejected, 1 failed to add, 2 adds unknown, 1 add not sent
  rejected: add +447700900007: not a WhatsApp number
  error: the server failed (500)
  the server answered: Request could not be processed
  3 numbers not visible yet; this can take up to 5 minutes
quiet-bot  in sync

Applied in part: 40 added, 0 removed in 1 of 2 bots; not done, or not known: 1 add rejected, 1 add failed, 2 adds unknown, 1 add not sent.
Fix the reported errors, then run again to finish.
`,
    );
  });

  test('a result: a bot whose list could not be read is called so, as in a plan', () => {
    const said = say(applied({ outcome: 'partial', bots: [failedBot('b-bot')] }));
    expect(said).toMatch(/^b-bot {2}could not be read\n {2}error: page 3 failed\n/);
  });

  test('counts numbers that wait for their users in a plan, a result and a drift', () => {
    const waiting = bot('b', { addNeedsContact: true, add: numbers(3), remove: numbers(1, 447_700_900_900) });
    const planned = say(report({ bots: [waiting] }));
    expect(planned).toContain(
      'note: only users who wrote in the last 24 hours can be blocked now, and the others stay pending; to count both, use plan --contacts',
    );
    const guard = { tripped: 'emptied', removals: 1, live: 1, limit: 5, limits: { percent: 10, floor: 5 } } as const;
    const note =
      'note: the guard checks the list as it would be without the adds of this bot, because each may stay pending';
    expect(planned).not.toContain(note);
    expect(say(report({ bots: [{ ...waiting, guard }] }))).toContain(note);
    expect(say(report({ bots: [{ ...waiting, contact: { now: 2, waiting: 1 } }] }))).toContain(
      "note: 2 of the numbers to add can be blocked now; 1 waits for its user's next message",
    );
    expect(planned).toContain('note: a removed user can be blocked again only after writing');
    const results = ledger({ applied: adds(2), pending: 2 });
    const result = applied({ outcome: 'applied', bots: [{ ...waiting, results }] });
    expect(say(result)).toContain('b  2 added, 0 removed, 2 adds pending');
    expect(say(result)).toContain("Done: 2 numbers wait for their users' next message; run again after that.");
    const drifted = drift({ outcome: 'in-sync', bots: [{ ...waiting, remove: numbers(0) }] });
    expect(say(drifted)).toContain(
      'Not counted as drift: 3 declared numbers are not live. They may be pending, not applied yet, or unblocked outside Git. To find numbers that are unblocked from now on, pass --report FILE --since FILE to each drift.',
    );
  });

  test('offers no approval for a plan that does not fit into the list', () => {
    const overflow = { end: 64_010, capacity: 64_000 };
    const guard = {
      tripped: 'capacity',
      removals: 0,
      live: 0,
      limit: 5,
      limits: { percent: 10, floor: 5 },
      overflow,
    } as const;
    const said = say(report({ outcome: 'refused', bots: [bot('b', { add: numbers(40), guard })] }));
    expect(said).toContain('refused: would end with 64,010 entries, and the list can hold at most 64,000');
    expect(said).toContain('Refused: too many numbers for b.');
    expect(said).not.toContain('--approve 7d');
  });

  test('reports that all was written and the lists do not show it yet', () => {
    const results = ledger({ applied: adds(5) });
    const late = bot('support-bot', { add: numbers(5), results, notVisible: 2 });
    const said = say(applied({ outcome: 'partial', bots: [late] }));
    expect(said).toContain(
      'All changes were sent, but the live lists do not show all of them yet. Run plan later to check.',
    );
    expect(said).not.toContain('in part');
  });

  test.each([
    [
      'a policy that never removes',
      { counts: counts({ surplus: 3 }), policy: 'add-only' },
      '3 undeclared numbers kept (policy add-only)',
    ],
    [
      'a policy that never adds',
      { counts: counts({ missing: 2 }), policy: 'remove-only' },
      '2 missing numbers not added (policy remove-only)',
    ],
    ['ignore rules', { counts: counts({ ignored: 1 }) }, '1 ignored number kept'],
    ['protection', { counts: counts({ protected: 1 }) }, '1 protected number kept'],
    [
      'all that can be at once',
      { counts: counts({ ignored: 4, protected: 3, missing: 2 }), policy: 'remove-only' },
      '4 ignored numbers kept, 3 protected numbers kept, 2 missing numbers not added (policy remove-only)',
    ],
  ] as const)('shows what is unchanged, and why: %s', (_, facts, words) => {
    expect(say(report({ bots: [bot('b', facts)] }))).toContain(`in sync, 214 numbers, ${words}\n`);
    const changing = report({ bots: [bot('b', { ...facts, remove: numbers(1) })] });
    expect(say(changing)).toContain(`0 to add, 1 to remove, 214 unchanged, ${words}\n`);
  });

  test('shows the place, the line and a caret of an error', () => {
    const fault = {
      message: 'the number has 3 digits',
      place: { file: 'a.yaml', line: 12, column: 9 },
      source: '      - "+44"',
    };
    expect(problemLines(report({ errors: [fault] }), options())).toEqual([
      'error: a.yaml:12:9: the number has 3 digits',
      '  12 |       - "+44"',
      '               ^',
    ]);
  });

  test('shows the line of a table with an error only if numbers are not masked', () => {
    const place = { file: 'a.csv', line: 2, column: 10 };
    const fault = { message: 'the number has 3 digits', place, source: 'Ann Berg,+44', row: true } as const;
    const lines = (clean: Sanitizer) => problemLines(report({ errors: [fault] }), options({ clean }));
    expect(lines(full)).toEqual([
      'error: a.csv:2:10: the number has 3 digits',
      '  2 | Ann Berg,+44',
      '               ^',
    ]);
    expect(lines(masked)).toEqual(['error: a.csv:2:10: the number has 3 digits']);
  });

  test('marks errors and warnings, sorts them by place, and counts those of a run that failed', () => {
    const at = (file: string, line: number, column: number) => ({ place: { file, line, column } });
    const warning = { code: 'W-DUPLICATE', message: 'twice' } as const;
    const failed = invalid({
      errors: [
        { message: 'none' },
        { message: 'late', ...at('b.yaml', 1, 1) },
        { message: 'ten', ...at('a.yaml', 10, 2) },
      ],
      warnings: [
        { ...warning, ...at('a.yaml', 10, 1) },
        { ...warning, ...at('a.yaml', 9, 5) },
      ],
    });
    const lines = [
      'warning: a.yaml:9:5: twice [W-DUPLICATE]',
      'warning: a.yaml:10:1: twice [W-DUPLICATE]',
      'error: a.yaml:10:2: ten',
      'error: b.yaml:1:1: late',
      'error: none',
    ];
    expect(problemLines(failed, options())).toEqual([...lines, '3 errors, 2 warnings']);
    const placed = failed.errors.slice(1);
    expect(problemLines({ ...failed, errors: placed }, options()).at(-1)).toBe('2 errors in 2 files, 2 warnings');
    expect(problemLines({ ...failed, errors: [placed[0]!], warnings: [] }, options()).at(-1)).toBe('1 error in 1 file');
    expect(problemLines({ ...failed, errors: [{ message: 'none' }], warnings: [] }, options())).toEqual([
      'error: none',
    ]);
  });

  test('shows a part of a long line around an error far right in it', () => {
    const source = `${'x'.repeat(5000)}HERE${'y'.repeat(5000)}`;
    const [, line, caret] = problemLines(
      report({ errors: [{ message: 'm', place: { file: 'a', line: 1, column: 5001 }, source }] }),
      options(),
    );
    expect(line!.length).toBeLessThan(140);
    expect(line![caret!.indexOf('^')]).toBe('H');
  });
});

describe('color', () => {
  test('does not change the text', () => {
    const bots = [bot('support-bot', { add: numbers(2), remove: numbers(2, 447_700_900_500) })];
    const painted = say(report({ bots }), { color: new Ansis(1) });
    expect(painted).toContain('\u001b[32madd     +447700900000');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test removes colors
    expect(painted.replace(/\u001b\[\d+m/g, '')).toBe(say(report({ bots })));
  });
});

describe('the report of written files', () => {
  const written = init(['a.yaml', 'b\u001b[31m.yaml'], {
    next: ['blacklistctl plan # look', 'blacklistctl import --bot 447700900000'],
  });

  test('lists each file, their count, and the commands to run next', () => {
    expect(say(written)).toBe(`a.yaml: written
b\\u001b[31m.yaml: written
Written: 2 files

Next:
  blacklistctl plan # look
  blacklistctl import --bot 447700900000
`);
  });

  test('masks numbers', () => {
    for (const format of [text, json, markdown, html]) {
      const said = [...format(written, options({ clean: masked }))].join('');
      expect(said).toContain('blacklistctl plan');
      expect(said).not.toContain('447700900000');
    }
  });
});

describe('json', () => {
  test('contains the fields of the contract', () => {
    const document = JSON.parse([...json(report({ bots: [bot('b', { add: numbers(1) })] }), options())].join(''));
    expect(document).toMatchObject({
      formatVersion: 1,
      command: 'plan',
      outcome: 'changes',
      bots: [
        {
          id: 'b',
          add: ['+447700900000'],
          remove: [],
          unchanged: 214,
          guard: { tripped: false, reason: null },
          error: null,
          results: { applied: 0, failed: 0, unknown: 0, skipped: 0, rejected: [] },
        },
      ],
      summary: { add: 1, remove: 0, unchanged: 214, requests: { read: 4, write: 1, retries: 0 } },
      warnings: [],
    });
  });

  test('marks each difference as new, still there or resolved', () => {
    const earlier = { add: numbers(2), remove: numbers(2, 447_700_900_500) };
    const now = { add: numbers(2, 447_700_900_001), remove: NumberSet.empty };
    const bots = [
      bot('a', { ...now, since: compare(earlier, now) }),
      { ...bot('b', { guard: null, error: { message: 'gone' } }), since: compare(earlier, null) },
    ];
    const document = JSON.parse([...json(drift({ bots }), options())].join(''));
    expect(document.bots[0].since).toEqual({
      new: { add: ['+447700900002'], remove: [] },
      still: { add: ['+447700900001'], remove: [] },
      resolved: { add: ['+447700900000'], remove: ['+447700900500', '+447700900501'] },
      unknown: { add: [], remove: [] },
    });
    expect(document.summary.since).toEqual({ new: 1, still: 1, resolved: 3, unknown: 4 });
    expect(say(drift({ bots }))).toBe(`a  2 removed outside Git, 214 unchanged
  differences since the earlier report: 1 new, 1 still there, 3 resolved
  removed outside Git  +447700900002  new
  removed outside Git  +447700900001
  resolved             +447700900500  before: live, not declared
  resolved             +447700900501  before: live, not declared
  resolved             +447700900000  before: declared, not live
b  could not be read
  differences since the earlier report: 4 not known
  error: gone

Drift: 2 removed outside Git, 428 unchanged in 1 bot; 1 bot could not be read; differences since the earlier report: 1 new, 1 still there, 3 resolved, 4 not known
The live lists differ from the files. To restore the lists, run plan, then apply. To keep a change, make it in the files.
An edit of the files that is not applied yet can look like a change outside Git. To see which it is, run plan --base with the commit of the last apply.
`);
  });

  test('writes a long list in pieces', () => {
    const pieces = [...json(report({ bots: [bot('b', { add: numbers(100_000, 12_015_550_000) })] }), options())];
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(20_000);
    expect(JSON.parse(pieces.join('')).bots[0].add).toHaveLength(100_000);
  });
});
