import { Ansis } from 'ansis';
import { describe, expect, test } from 'vitest';
import type { EditReport, Report } from '../../../src/model/report.ts';
import { NumberSet } from '../../../src/numbers/number-set.ts';
import { reporters } from '../../../src/report/index.ts';
import { joinReports } from '../../../src/report/json/join.ts';
import { parseReport } from '../../../src/report/json/read.ts';
import { json } from '../../../src/report/json/write.ts';
import type { Sanitizer } from '../../../src/report/voice/index.ts';
import { summary } from '../../../src/report/words/summary.ts';
import {
  adds,
  bot,
  counts,
  drift,
  failedBot,
  full,
  invalid,
  ledger,
  listed,
  listedBot,
  live,
  liveBot,
  masked,
  numbers,
  RUN,
  refusedBot,
  report,
  result,
} from '../fixtures.ts';

const file = (name: string, what: Report, clean: Sanitizer = full) => ({
  name,
  report: parseReport(name, [...json(what, { clean })].join('')),
});
const say = async (format: string, what: Report, clean: Sanitizer) =>
  [...reporters[format]!(what, { clean, color: new Ansis(0), verbose: true })].join('');

const first = report({
  bots: [
    bot('a', { add: numbers(3) }),
    refusedBot('c', { policy: 'remove-only', counts: counts({ ignored: 4, protected: 5, missing: 6 }) }),
  ],
  outcome: 'refused',
  requests: { read: 5, write: 2, retries: 1 },
});
const second = report({
  bots: [failedBot('b'), bot('d', { remove: numbers(1) })],
  outcome: 'failed',
  requests: { read: 4, write: 1, retries: 2 },
});

const LATER = { ...RUN, started: '2026-06-15T13:00:00Z', paths: ['more', 'bots'] };
const SAVED = { made: '2026-06-15T12:00:00Z', age: 60 };

describe('the reports of the parts of a run', () => {
  test('keep the codes of their warnings, and of warnings that became errors', () => {
    const place = { file: 'a.yaml', line: 2, column: 9 };
    const part = report({
      warnings: [{ code: 'W-DUPLICATE', message: 'twice', place }],
      errors: [{ code: 'W-LIVE-REPEATS', message: 'twice' }, { message: 'another error' }],
    });
    const { warnings, errors } = joinReports([file('1.json', part)]);
    expect({ warnings, errors }).toEqual({ warnings: part.warnings, errors: part.errors });
  });

  test('list each bot that was removed from the files once, and none that the files of another part declare', () => {
    const part = (id: string, ...left: string[]) =>
      report({ bots: [bot(id)], leftBots: left.map((each) => ({ id: each, count: 1 })) });
    const parts = [part('a', 'c', 'b'), part('b', 'c'), report({ bots: [bot('d')] })];
    const joined = joinReports(parts.map((each, at) => file(`${at}.json`, each)));
    expect(joined).toMatchObject({ leftBots: [{ id: 'c', count: 1 }] });
    expect(joinReports([file('1.json', parts[2]!), file('2.json', parts[0]!)])).toMatchObject({
      leftBots: [{ id: 'b' }, { id: 'c' }],
    });
    expect(joinReports([file('1.json', report())])).not.toHaveProperty('leftBots');
  });

  test.each([
    ['have the earliest start and all paths', [RUN, LATER], { ...RUN, paths: ['bots', 'lists.yaml', 'more'] }],
    ['name no run if one part names none', [RUN, null], null],
    ['name no run if their versions differ', [RUN, { ...LATER, version: '0.2.0' }], null],
    ['name no run if their commits differ', [RUN, { ...LATER, commit: null }], null],
  ])('%s', (_, runs, expected) => {
    const parts = runs.map((run, at) => file(`${at}.json`, report({ run, bots: [bot(`bot-${at}`)] })));
    expect(joinReports(parts).run).toEqual(expected);
    expect(joinReports(parts.toReversed()).run?.started).toEqual(expected?.started);
  });

  test('count the removals that wait beside those of a part without --adds-only', () => {
    const adds = report({ addsOnly: true, bots: [bot('a', { counts: counts({ postponed: 3 }) })] });
    const whole = report({ bots: [bot('b', { remove: numbers(2) })] });
    for (const parts of [
      [adds, whole],
      [whole, adds],
    ]) {
      const joined = joinReports(parts.map((part, at) => file(`${at}.json`, part)));
      expect(joined).toMatchObject({ addsOnly: true });
      expect(summary(joined)).toContain('0 to add, 2 to remove, 3 removals wait');
    }
  });

  test('keep the time of a saved plan if there is only one part', () => {
    const part = (id: string) => file(id, report({ command: 'show', saved: SAVED, bots: [bot(id)] }));
    expect(joinReports([part('a')])).toMatchObject({ saved: SAVED });
    expect(joinReports([part('a'), part('b')])).toMatchObject({ saved: undefined });
  });

  test('list each warning about the files once, in order', () => {
    const twice = (line: number) =>
      ({ code: 'W-DUPLICATE', message: 'twice', place: { file: 'a.yaml', line, column: 9 } }) as const;
    const live = (id: string) => ({ code: 'W-LIVE-REPEATS', message: `${id}: the live list holds it twice` }) as const;
    const parts = ['a', 'b'].map((id) =>
      file(
        `${id}.json`,
        report({
          bots: [bot(id)],
          warnings: [twice(2), twice(3), live(id)],
          errors: [{ message: 'wrong', place: { file: 'a.yaml', line: 4, column: 9 } }, { message: `${id}: wrong` }],
        }),
      ),
    );
    const { warnings, errors } = joinReports(parts);
    expect(warnings).toEqual([twice(2), twice(3), live('a'), live('b')]);
    expect(errors).toMatchObject(['wrong', 'a: wrong', 'b: wrong'].map((message) => ({ message })));
  });

  test('become one report: bots in order, the sum of the requests, and the most urgent outcome', () => {
    const joined = joinReports([file('1.json', first), file('2.json', second)]);
    expect(joined).toMatchObject({
      command: 'plan',
      kind: 'plan',
      bots: ['a', 'b', 'c', 'd'].map((id) => ({ id })),
      outcome: 'refused',
      fingerprint: null,
      requests: { read: 9, write: 3, retries: 3 },
    });
  });

  test.each(Object.keys(reporters))('render a single report unchanged in the format %s', async (format) => {
    for (const clean of [full, masked]) {
      expect(await say(format, joinReports([file('1.json', first, clean)]), clean)).toBe(
        await say(format, first, clean),
      );
    }
  });

  test.each(Object.keys(reporters))('stay masked in the format %s', async (format) => {
    const joined = joinReports([file('1.json', first, masked), file('2.json', second, masked)]);
    expect(await say(format, joined, full)).not.toContain('447700900');
  });

  test('mask full reports on request', async () => {
    expect(await say('text', joinReports([file('1.json', first)]), masked)).toContain('+44••••••0000');
  });

  test.each([
    [['applied', 'in-sync'], 'applied'],
    [['applied', 'failed'], 'partial'],
    [['in-sync', 'failed'], 'failed'],
    [['changes', 'in-sync'], 'changes'],
    [['partial', 'refused'], 'refused'],
    [['in-sync', 'in-sync'], 'in-sync'],
    [['in-sync', 'nothing-selected'], 'in-sync'],
    [['nothing-selected', 'applied'], 'applied'],
    [['nothing-selected', 'nothing-selected'], 'nothing-selected'],
  ] as const)('with the outcomes %o have the outcome %s', (outcomes, outcome) => {
    const files = outcomes.map((each, index) =>
      file(`${index}.json`, report({ outcome: each, bots: [bot(`bot-${index}`)] })),
    );
    expect(joinReports(files).outcome).toBe(outcome);
  });
});

test('live lists are joined, and their requests added', () => {
  const parts = [file('1.json', live([liveBot('b', 2)])), file('2.json', live([liveBot('a', 1)]))];
  expect(joinReports(parts)).toMatchObject({
    kind: 'live',
    outcome: 'listed',
    bots: [{ id: 'a' }, { id: 'b' }],
    requests: { read: 4, retries: 0 },
  });
});

describe('the drifts of parts', () => {
  const none = { add: NumberSet.empty, remove: NumberSet.empty };
  const since = { new: { ...none, add: numbers(1) }, still: none, resolved: none, unknown: none };
  const isNew = (id: string) => bot(id, { add: numbers(1), since });
  const orders = (one: Report, two: Report) => [
    [one, two],
    [two, one],
  ];

  test('are not confirmed if one of them is not', () => {
    const [one, two] = [drift({ bots: [bot('a')] }), drift({ bots: [isNew('b')], unsettled: true })];
    for (const parts of orders(one, two)) {
      expect(joinReports(parts.map((part, at) => file(`${at}.json`, part)))).toMatchObject({ unsettled: true });
    }
  });

  test('without an earlier report count nothing as new beside one that has it', () => {
    const [one, two] = [drift({ bots: [isNew('a')], firstRun: true }), drift({ bots: [isNew('b')] })];
    for (const parts of orders(one, two)) {
      const joined = joinReports(parts.map((part, at) => file(`${at}.json`, part)));
      expect(joined).not.toHaveProperty('firstRun');
      expect(summary(joined)).toContain('differences since the earlier report: 1 new');
    }
    const both = ['a', 'b'].map((id) => file(id, drift({ bots: [isNew(id)], firstRun: true })));
    expect(joinReports(both)).toMatchObject({ firstRun: true, bots: [{ since: {} }, { since: {} }] });
  });
});

const edited: EditReport = {
  kind: 'edit',
  command: 'add',
  outcome: 'changes',
  interrupted: false,
  run: RUN,
  warnings: [],
  errors: [],
  files: [{ name: 'a.yaml', changed: true, pruned: 0, hunks: [] }],
  entries: [{ number: 447_700_900_000, change: 'added', bot: 'a', list: null, place: null }],
};

test('the report of an edit is shown alone', () => {
  expect(summary(joinReports([file('1.json', edited)]))).toBe('Would edit 1 file: 1 to add');
});

test('a part that failed before it wrote leaves the apply unfinished', () => {
  const done = result({ outcome: 'applied', bots: [bot('a', { results: ledger({ applied: adds(1) }) })] });
  const joined = joinReports([
    file('1.json', done),
    file('2.json', invalid({ command: 'apply', errors: [{ message: 'the token is not set' }] })),
  ]);
  expect(summary(joined)).toContain('Apply not finished: 1 added');
  expect(joined.outcome).toBe('invalid');
});

describe('joinReports refuses', () => {
  test.each([
    [
      'a bot in two parts',
      [file('1.json', first), file('2.json', first)],
      '2.json: the bot "a" is also in 1.json; pass each part of the run once',
    ],
    [
      'reports of two commands',
      [file('1.json', first), file('2.json', drift({ bots: [] }))],
      '2.json: is a report of drift',
    ],
    [
      'two edits of one file',
      [file('1.json', edited), file('2.json', edited)],
      '1.json: is a report of add, which has no shards; pass it alone',
    ],
    [
      'an edit, and a run that failed',
      [file('1.json', invalid({ command: 'add', errors: [] })), file('2.json', edited)],
      '2.json: is a report of add, which has no shards; pass it alone',
    ],
    [
      'the lists of the files and the live lists',
      [file('1.json', listed(listedBot('a', 1))), file('2.json', live([liveBot('b', 1)]))],
      '2.json: is a report of list --live, and 1.json is one of list; join reports of one command',
    ],
    [
      'lists of two days',
      [
        file('1.json', listed(listedBot('a', 1))),
        file('2.json', { ...listed(listedBot('b', 1)), past: { commit: null, day: '2026-01-01' } } as Report),
      ],
      '2.json: is a list of other files or of another day than 1.json; join reports of one run',
    ],
  ])('%s', (_, files, message) => {
    expect(() => joinReports(files)).toThrow(message);
  });
});
