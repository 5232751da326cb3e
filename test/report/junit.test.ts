import { Ansis } from 'ansis';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { reporters } from '../../src/report/index.ts';
import * as fc from '../fast-check.ts';
import {
  adds,
  answersSaying,
  bot,
  check,
  drift,
  failedBot,
  format,
  full,
  HOSTILE,
  init,
  invalid,
  ledger,
  live,
  liveBot,
  masked,
  numbers,
  raw,
  refusedBot,
  report,
  result,
} from './fixtures.ts';
import { readXml, type Xml } from './xml.ts';

const say = (what: Report, clean = full) =>
  [...reporters.junit!(what, { clean, color: new Ansis(0), verbose: false })].join('');

/** Reads the document as a CI system does, and checks its counts. */
function suiteOf(what: Report, clean = full) {
  const root = readXml(say(what, clean));
  const [suite, ...others] = root.children;
  expect([root.name, suite!.name, others]).toEqual(['testsuites', 'testsuite', []]);
  const cases = suite!.children.filter(({ name }) => name === 'testcase');
  const failing = cases.filter(({ children }) => children[0]?.name === 'failure');
  const skipped = cases.filter(({ children }) => children[0]?.name === 'skipped');
  const counts = { tests: String(cases.length), failures: String(failing.length), errors: '0' };
  expect(root.attributes).toEqual({ name: 'blacklistctl', ...counts });
  expect(suite!.attributes).toEqual({
    name: `blacklistctl ${what.command}`,
    ...counts,
    skipped: String(skipped.length),
  });
  const named = (name: string) => suite!.children.find((child) => child.name === name)!.text;
  return { cases: cases.map(shown), out: named('system-out'), err: named('system-err') };
}

/** A test: its name, and how it ended. */
const shown = ({ attributes, children: [end] }: Xml) =>
  `${attributes.name}${end ? ` ${end.name}: ${end.attributes.message}` : ''}`;

const hunk = { oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: ['-a', '+b'] };

describe('a test', () => {
  test.each<[string, Report, string[]]>([
    ['of a plan passes', report({ bots: [bot('a', { add: numbers(2) }), bot('b')] }), ['a', 'b']],
    [
      'of a bot fails if the guard refuses it, with the reason',
      report({ outcome: 'refused', bots: [bot('a'), refusedBot('b')] }),
      ['a', expect.stringMatching(/^b failure: refused: .*9 of 12/)],
    ],
    [
      'of a bot fails if its list cannot be read, with the words of the server',
      report({ outcome: 'failed', bots: [failedBot('a', 'page 3 failed', 'try "later"'), bot('b')] }),
      ['a failure: could not be read: page 3 failed; the server answered: try "later"', 'b'],
    ],
    [
      'of a bot fails if a part of it was not applied',
      result({
        outcome: 'partial',
        bots: [bot('a', { add: numbers(2), results: ledger({ applied: adds(1), failed: adds(1) }) }), bot('b')],
      }),
      ['a failure: 1 added, 0 removed, 1 failed to add', 'b'],
    ],
    [
      'of a bot passes if its adds are pending',
      result({ outcome: 'applied', bots: [bot('a', { add: numbers(2), results: ledger({ pending: 2 }) })] }),
      ['a'],
    ],
    [
      'of a bot fails if it has drift',
      drift({ bots: [bot('a', { remove: numbers(1) }), bot('b')] }),
      ['a failure: 1 added outside Git', 'b'],
    ],
    [
      'of a bot passes if its missing numbers may be pending',
      drift({ outcome: 'in-sync', bots: [bot('a', { add: numbers(1), addNeedsContact: true })] }),
      ['a'],
    ],
    [
      'of a live list fails if it cannot be read',
      live([liveBot('a', 2), liveBot('b', 0, { error: { message: 'page 1 failed' } })]),
      ['a', 'b failure: could not be read: page 1 failed'],
    ],
    [
      'of a file fails if it is not formatted',
      format(
        [
          { name: 'a.yaml', changed: true, hunks: [hunk] },
          { name: 'b.yaml', changed: false, hunks: [] },
        ],
        { outcome: 'changes' },
      ),
      ['a.yaml failure: not formatted; run the same command without --check', 'b.yaml'],
    ],
    [
      'of the run fails if the plan is stale',
      report({ outcome: 'stale', bots: [bot('a')], errors: [{ message: 'the plan is stale' }] }),
      ['a', 'the whole run failure: the plan is stale'],
    ],
    [
      'of the run fails if the files are invalid',
      invalid({
        errors: [{ message: 'no "version"', place: { file: 'a.yaml', line: 1, column: 2 } }],
      }),
      ['the whole run failure: a.yaml:1:2: no "version"'],
    ],
    [
      'of the run fails if it was interrupted',
      report({ interrupted: true, outcome: 'failed' }),
      ['support-bot', expect.stringMatching(/^the whole run failure: .*Interrupted/)],
    ],
    [
      'of the run fails if writes are not visible and no bot explains it',
      result({ outcome: 'partial', bots: [bot('a', { add: numbers(1), results: ledger({ applied: adds(1) }) })] }),
      ['a', expect.stringMatching(/^the whole run failure: /)],
    ],
    [
      'of the run is skipped if no bot was selected',
      report({ outcome: 'nothing-selected', bots: [] }),
      [expect.stringMatching(/^the whole run skipped: /)],
    ],
    ['of the run passes if there are no bots to show', init(['blacklist.yaml']), ['the whole run']],
    ['of checked files passes for each bot', check([{ id: 'a', count: 1 }]), ['a']],
  ])('%s', (_, what, cases) => {
    expect(suiteOf(what).cases).toEqual(cases);
  });
});

test('the output of the suite is the text report, masked as in every format', () => {
  const planned = report({ bots: [bot('a', { add: numbers(1) })] });
  expect(suiteOf(planned).out).toContain('  add     +447700900000\n');
  expect(suiteOf(planned, masked).out).toContain('+44••••••0000');
  const ids = ['46732001122', '46732991122']; // masked, both would have one name
  expect(suiteOf(report({ bots: ids.map((id) => bot(id)) }), masked).cases).toEqual(ids);
  expect(say(planned, masked)).not.toContain('447700900000');
});

test('a warning is in the errors of the suite, with its code', () => {
  const warned = report({ warnings: [{ code: 'W-UNUSED-LIST', list: 'fraud' } as never] });
  expect(suiteOf(warned).err).toContain('[W-UNUSED-LIST]');
});

describe('a foreign text', () => {
  test('law: is read back by a parser, and breaks no element', () => {
    const text = fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.string({ unit: 'binary' }),
      fc.constant('\ufffe\uffff\0\ud800'),
    );
    fc.assert(
      fc.property(text, (detail) => {
        for (const what of [
          report({ outcome: 'failed', bots: [failedBot('a', detail, detail || 'x')] }),
          invalid({ errors: [{ message: detail }] }),
        ]) {
          for (const clean of [full, raw]) {
            const { cases } = suiteOf(what, clean);
            expect(cases).toHaveLength(1);
            expect(cases[0]).toContain(' failure: ');
          }
        }
        for (const what of answersSaying(detail)) readXml(say(what, raw));
      }),
    );
  });
});
