import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { github } from '../../src/report/github.ts';
import { clip } from '../../src/report/words/text.ts';
import * as fc from '../fast-check.ts';
import {
  adds,
  answer,
  answersSaying,
  bot,
  counts,
  explained,
  failedBot,
  full,
  HOSTILE,
  invalid,
  ledger,
  listed,
  listedBot,
  live,
  liveBot,
  masked,
  numbers,
  raw,
  refusedBot,
  report,
  result,
  reviewedBot,
  rule,
} from './fixtures.ts';

const say = (what: Report, clean = full) => [...github(what, { clean })].join('');

interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

const COMMANDS = ['error', 'warning', 'notice', 'add-mask', 'set-output', 'stop-commands', 'group', 'debug'];

/**
 * Parses a line as the runner does: the rules of TryParseV2 and TryParse in actions/runner, ActionCommand.cs.
 */
function runnerReads(line: string): Command | null {
  const unescaped = (text: string, more = {}) =>
    Object.entries({ '%0D': '\r', '%0A': '\n', ...more, '%25': '%' }).reduce(
      (all, [from, to]) => all.replaceAll(from, to as string),
      text,
    );
  const trimmed = line.trimStart();
  const end = trimmed.indexOf('::', 2);
  if (trimmed.startsWith('::') && end >= 0) {
    const info = trimmed.slice(2, end);
    const space = info.indexOf(' ');
    const name = space < 0 ? info : info.slice(0, space);
    if (COMMANDS.includes(name.toLowerCase())) {
      const pairs = (
        space > 0
          ? info
              .slice(space + 1)
              .trim()
              .split(',')
          : []
      )
        .filter(Boolean)
        .map((pair) => {
          const equals = pair.indexOf('=');
          return [pair.slice(0, equals), unescaped(pair.slice(equals + 1), { '%3A': ':', '%2C': ',' })];
        });
      return { name, properties: Object.fromEntries(pairs), message: unescaped(trimmed.slice(end + 2)) };
    }
  }
  const old = /##\[([^ \]]*)[^\]]*\](.*)/s.exec(line);
  return old && COMMANDS.includes(old[1]!.toLowerCase()) ? { name: old[1]!, properties: {}, message: old[2]! } : null;
}

/** The runner reads lines, and accepts any line end. */
const lines = (said: string) => said.split(/\r\n|\r|\n/).slice(0, -1);
const commands = (said: string) => lines(said).map(runnerReads);

describe('annotations for GitHub', () => {
  test('have errors at their place, and the summary', () => {
    const place = { file: 'bots/a, b: c.yaml', line: 4, column: 9 };
    const said = say(
      invalid({
        errors: [{ message: 'has 5 digits: 100 %', place }],
        warnings: [{ code: 'W-DUPLICATE', message: 'listed twice' }],
      }),
    );
    expect(
      said,
    ).toBe(`::error file=bots/a%2C b%3A c.yaml,line=4,col=9,title=blacklistctl validate::has 5 digits: 100 %25
::warning title=blacklistctl validate%3A W-DUPLICATE::listed twice
::notice title=blacklistctl validate::1 error in 1 file, 1 warning. Invalid: fix the reported errors.
`);
  });

  test('report bots that failed or were refused, with the remedy', () => {
    const bots = [
      bot('fine-bot', { add: numbers(3), counts: counts({ surplus: 2 }), policy: 'add-only' }),
      failedBot('sales-bot', 'page 3 failed', 'busy'),
      refusedBot('support-bot'),
    ];
    expect(commands(say(report({ outcome: 'refused', bots })))).toEqual([
      {
        name: 'error',
        properties: { title: 'blacklistctl plan: support-bot' },
        message: expect.stringContaining('refused: would remove 9 of 12 numbers (75 %), more than the limit of 3'),
      },
      {
        name: 'error',
        properties: { title: 'blacklistctl plan: sales-bot' },
        message: 'could not be read: page 3 failed; the server answered: busy',
      },
      {
        name: 'notice',
        properties: { title: 'blacklistctl plan' },
        message: expect.stringMatching(/^Plan 7d1f0c22: 3 to add, 9 to remove.*with --approve 7d1f0c22\./),
      },
    ]);
  });

  test('a warning, and no error, if an apply that succeeded could not be verified', () => {
    const bots = [bot('a', { results: ledger({ applied: adds(1) }), unverified: { message: 'page 3 failed' } })];
    expect(commands(say(result({ outcome: 'applied', bots })))).toMatchObject([
      {
        name: 'warning',
        properties: { title: 'blacklistctl apply: a' },
        message: expect.stringMatching(/^not verified, .*: page 3 failed$/),
      },
      {
        name: 'notice',
        message: expect.stringContaining('Not verified: the list of 1 bot could not be read after the writes.'),
      },
    ]);
    expect(commands(say(result({ outcome: 'partial', bots })))).toMatchObject([
      { name: 'error', message: expect.stringMatching(/^not verified/) },
      { name: 'notice' },
    ]);
  });

  test('a command to paste, alone on its line of the summary', () => {
    const next = ['apply', '--approve', '7d1f0c22'];
    const overrides = [{ origin: 'http://127.0.0.1:8480', by: '--base-url' }] as const;
    const bots = [bot('a-bot', { add: numbers(1) })];
    const [summary] = commands(say(report({ outcome: 'changes', bots, next, overrides }))).slice(-1);
    expect(summary?.message.split('\n')).toEqual([
      expect.stringMatching(/^Plan 7d1f0c22: .*\.$/),
      'To apply this plan: blacklistctl apply --approve 7d1f0c22',
      expect.stringMatching(/^This run uses .*, not the vendor's API\.$/),
    ]);
  });

  test('the summary as an error if the run ends badly and nothing else is one', () => {
    const planned = bot('a-bot', { add: numbers(1), addNeedsContact: true });
    const bots = [{ ...planned, results: { ...planned.results, skipped: { add: 0, remove: 0 }, pending: 1 } }];
    expect(commands(say(result({ outcome: 'partial', bots })))).toMatchObject([
      { name: 'error', message: expect.stringMatching(/^Apply not finished: /) },
    ]);
    expect(commands(say(result({ outcome: 'applied', bots })))).toMatchObject([
      { name: 'notice', message: expect.stringMatching(/^Apply complete: /) },
    ]);
  });

  test('are at most ten of a kind, and one line counts the others', () => {
    const faults = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ code: 'W-DUPLICATE', message: `fault ${index}` }) as const);
    const bots = Array.from({ length: 3 }, (_, index) => failedBot(`bot-${index}`));
    const said = lines(say(report({ bots, errors: faults(9), warnings: faults(10) })));
    expect(said.filter((line) => line.startsWith('::error '))).toHaveLength(10);
    expect(said.filter((line) => line.startsWith('::warning '))).toHaveLength(10);
    expect(said.filter((line) => !line.startsWith('::'))).toEqual(['and 2 more errors, without an annotation']);
  });

  test('are up to ten notices of changed settings before the summary, and the log lists all settings', () => {
    const said = say(report({ bots: Array.from({ length: 12 }, (_, index) => reviewedBot(`bot-${index}`)) }));
    const notices = commands(said).filter((command) => command?.name === 'notice');
    expect(notices).toHaveLength(10);
    expect(notices[0]).toMatchObject({ message: 'settings: policy sync → add-only' });
    expect(notices[9]!.message).toMatch(/; settings of 12 bots changed\. /);
    expect(lines(said)).toContain('and 3 more notices, without an annotation');
    expect(lines(said)).toContain('bot-11: settings: policy sync → add-only');
  });

  test('mask numbers', () => {
    expect(say(report({ warnings: [{ code: 'W-DUPLICATE', message: 'odd: +447700900123' }] }), masked)).toContain(
      '::odd: +44••••••0123\n',
    );
  });

  test('cut a long message', () => {
    const said = say(report({ bots: [failedBot('a-bot', 'x'.repeat(100_000))] }));
    expect(said).toContain('… [cut: 100,000 characters]\n');
    expect(said.length).toBeLessThan(2_000);
  });
});

const part = fc.oneof(
  fc.constantFrom(
    ...HOSTILE,
    '::',
    '##[',
    ']',
    '\r',
    '\n',
    '%',
    '%0A',
    '%3A',
    '%25',
    ',',
    ':',
    '=',
    ' ',
    '::error::',
    '##[add-mask]',
  ),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
// The runner removes an empty property, and blanks at the end of the last one.
const hostile = fc.array(part, { maxLength: 6 }).map((parts) => `<${parts.join('').slice(0, 400)}>`);

describe('the runner treats foreign text as text', () => {
  test.each([
    ['the sanitizer', full],
    ['a sanitizer that changes nothing', raw],
  ])('with %s', (_, clean) => {
    fc.assert(
      fc.property(hostile, hostile, (text, other) => {
        const place = { file: other, line: 1, column: 2 };
        const bots = [failedBot(other, text, text)];
        const said = say(
          report({ bots, errors: [{ message: text, place }], warnings: [{ code: 'W-DUPLICATE', message: text }] }),
          clean,
        );
        const [message, name] = [clip(clean.text(text)), clean.text(other)];
        const title = 'blacklistctl plan';
        expect(commands(said)).toEqual([
          { name: 'error', properties: { file: name, line: '1', col: '2', title }, message },
          {
            name: 'error',
            properties: { title: `${title}: ${name}` },
            message: `could not be read: ${message}; the server answered: ${message}`,
          },
          { name: 'warning', properties: { title: `${title}: W-DUPLICATE` }, message },
          {
            name: 'notice',
            properties: { title },
            message: expect.stringContaining('No plan: 1 bot could not be read'),
          },
        ]);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('an answer in a folded part of the log', () => {
  test('lists the numbers of list', () => {
    expect(say(listed(listedBot('support-bot', 2), listedBot('quiet-bot', 0)))).toBe(`::group::support-bot: 2 numbers
+447700900000
+447700900001
::endgroup::
::group::quiet-bot: 0 numbers
::endgroup::
::notice title=blacklistctl list::Listed: 2 numbers in 2 bots. This is the desired state; no live list was read.
`);
  });

  test('lists the numbers of list --live, with an error for each list that could not be read', () => {
    const lost = liveBot('lost-bot', 0, { error: { message: 'gone; check it', detail: 'bye' } });
    expect(say(live([liveBot('support-bot', 1), lost]))).toBe(`::group::support-bot: 1 number
+447700900000
::endgroup::
::error title=blacklistctl list%3A lost-bot::could not be read: gone; check it; the server answered: bye
::notice title=blacklistctl list::Live: 1 number in 1 bot; 1 bot could not be read. Failed: 1 of 2 live lists could not be read, so this listing is incomplete. Fix the reported errors, then run again.
`);
  });

  test('lists the facts of explain', () => {
    const bots = [
      answer('support-bot', {
        declared: false,
        declarations: [],
        rules: [rule()],
        ifLive: 'ignored',
        live: [447_700_900_000],
      }),
    ];
    expect(
      say(explained(bots)),
    ).toBe(`+447700900000 is ignored and live, but not declared for support-bot. The next apply changes nothing for it.
::group::+447700900000, support-bot: not declared, ignored, live
ignored: blacklist.yaml:9:17, prefix +4477; until 2099-06-30; reason: Test phones
policy: sync
next apply: does nothing, because the number is ignored
::endgroup::
::notice title=blacklistctl explain::Explained: declared for 0 of 1 bot, ignored for 1, live for 1. This answer is from the files and the live lists.
`);
  });

  test.each([
    ['the sanitizer', full],
    ['a sanitizer that changes nothing', raw],
  ])('contains no command in foreign text, with %s', (_, clean) => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const what of answersSaying(text)) {
          const names = commands(say(what, clean)).flatMap((command) => command?.name ?? []);
          const reviews = what.command === 'plan' ? ['notice', 'notice'] : []; // a changed bot, and one that left
          expect(names).toEqual(['group', ...reviews, 'notice']);
        }
      }),
      { numRuns: 500 },
    );
  });
});

test('a plan with --contacts reports how many users can be blocked now', () => {
  const plan = report({
    bots: [
      bot('a', { addNeedsContact: true, add: numbers(5), contact: { now: 3, waiting: 2 } }),
      bot('b', { addNeedsContact: true, add: numbers(4), contact: { now: 1, waiting: 3 } }),
      bot('c', { addNeedsContact: true, add: numbers(1) }),
    ],
  });
  const said = "4 of the numbers to add can be blocked now; 5 wait for their users' next message.";
  expect([...github(plan, { clean: full })].at(-1)).toContain(said);
  expect([...github(report({}), { clean: full })].join('')).not.toContain('can be blocked');
});
