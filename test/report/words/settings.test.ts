import { Ansis } from 'ansis';
import { parsePatch } from 'diff';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../../src/model/report.ts';
import type { ReportedSettings } from '../../../src/model/settings.ts';
import { reporters } from '../../../src/report/index.ts';
import { parseReport } from '../../../src/report/json/read.ts';
import { leftWords, reviewSummary, settingsWords } from '../../../src/report/words/settings.ts';
import {
  type Bot,
  bot,
  counts,
  drift,
  full,
  masked,
  numbers,
  report,
  result,
  reviewedBot,
  settings,
} from '../fixtures.ts';

const words = (some: Partial<ReportedSettings>, clean = full) =>
  settingsWords({ settings: settings(some) }, report(), clean);
const limits = { percent: 25, floor: 10 };
const none = { now: 0, added: 0, removed: 0 };
const noEnd = { now: 0, next: null, changed: 0 };
const ignored = { numbers: none, prefixes: none, ending: noEnd };

describe('the line of a bot', () => {
  test.each<[string, Partial<ReportedSettings>, string | null]>([
    ['nothing, if all are the defaults', {}, null],
    ['nothing, if none changed', { change: 'same' }, null],
    [
      'the guard',
      { guard: { now: { percent: 12.5, floor: 1 }, default: limits, off: false } },
      'guard 12.5 % or 1 removal',
    ],
    [
      'a guard that is practically off',
      { guard: { now: { percent: 100, floor: 1_000_000 }, default: limits, off: true } },
      'guard 100 % or 1,000,000 removals (practically off)',
    ],
    [
      'a guard that was lifted',
      { guard: { now: { percent: 100, floor: 10 }, default: limits, before: limits, off: true } },
      'guard 25 % or 10 removals → 100 % or 10 removals (practically off)',
    ],
    [
      'a guard that is the default again',
      { guard: { now: limits, default: limits, before: { percent: 0, floor: 0 }, off: false } },
      'guard 0 % or 0 removals → 25 % or 10 removals',
    ],
    ['the policy', { policy: { now: 'add-only', default: 'sync' } }, 'policy add-only'],
    ['another policy', { policy: { now: 'sync', default: 'sync', before: 'add-only' } }, 'policy add-only → sync'],
    ['protected numbers', { protected: { ...none, now: 1200 } }, '1,200 numbers protected'],
    [
      'numbers that are protected now, and those that no longer are',
      { protected: { now: 3, added: 1, removed: 2 } },
      '3 numbers protected (1 newly, 2 no longer)',
    ],
    [
      'the last protected numbers',
      { protected: { now: 0, added: 0, removed: 100 } },
      '0 numbers protected (100 no longer)',
    ],
    [
      'ignored numbers and prefixes',
      { ignored: { ...ignored, numbers: { ...none, now: 1 }, prefixes: { ...none, now: 2, added: 2 } } },
      '1 number ignored; 2 prefixes ignored (2 newly)',
    ],
    ['users with two numbers', { pairs: { ...none, now: 1 } }, '1 user with two numbers'],
    [
      'pairs that are new, and those that are gone',
      { pairs: { now: 2, added: 1, removed: 3 } },
      '2 users with two numbers (1 newly, 3 no longer)',
    ],
    [
      'ignore rules that end',
      { ignored: { ...ignored, prefixes: { ...none, now: 1 }, ending: { now: 1, next: '2026-10-05', changed: 1 } } },
      '1 prefix ignored; 1 ignore rule ends within 7 days, on 2026-10-05; the last day of 1 ignore rule changed',
    ],
    [
      'numbers that expire',
      { expiring: { now: 3, next: '2026-10-05', changed: 0 } },
      '3 numbers expire within 7 days, the next on 2026-10-05',
    ],
    [
      'last days that changed, none of them soon',
      { expiring: { now: 0, next: null, changed: 100 } },
      'the last day of 100 numbers changed',
    ],
    [
      "the token's variable",
      { tokenEnv: { now: 'OTHER_TOKEN', default: 'SINCH_WHATSAPP_TOKEN' } },
      'token from the variable OTHER_TOKEN',
    ],
    [
      "another token's variable",
      { tokenEnv: { now: 'B_TOKEN', default: null, before: 'A_TOKEN' } },
      'token from the variable A_TOKEN → B_TOKEN',
    ],
    ['another place', { place: ['region'] }, 'region changed'],
    ['a new bot', { change: 'new', protected: { ...none, now: 1 } }, 'new in the files; 1 number protected'],
  ])('contains %s', (_, some, line) => {
    expect(words(some)).toBe(line && `settings: ${line}`);
  });

  test('does not appear in a result or in a report without settings', () => {
    const changed = { settings: settings({ change: 'new' }) };
    expect(settingsWords(changed, drift(), full)).toBe('settings: new in the files');
    expect(settingsWords(changed, result(), full)).toBe(null);
    expect(settingsWords({}, report(), full)).toBe(null);
  });

  test('masks what may be a number in the name of a variable', () => {
    const tokenEnv = { now: 'T447700900123', default: 'T' };
    expect(words({ tokenEnv }, full)).toBe('settings: token from the variable T447700900123');
    expect(words({ tokenEnv }, masked)).toBe('settings: token from the variable T+44••••••0123');
  });
});

const left = { id: 'gone-bot', count: 2 };
const LEFT = leftWords(left);

describe('a bot that was removed from the files', () => {
  test('is listed with its count of numbers and the fate of its list', () => {
    expect(LEFT).toBe('removed from the files, which declared 2 numbers for it; its live list does not change');
  });
});

describe('the summary', () => {
  test.each<[string, Report, string]>([
    ['nothing without an earlier state', report({ bots: [bot('a', { settings: settings() })] }), ''],
    [
      'nothing if nothing changed',
      report({ bots: [bot('a', { settings: settings({ change: 'same' }) })], leftBots: [] }),
      '',
    ],
    ['changed bots', report({ bots: [reviewedBot('a'), reviewedBot('b'), bot('c')] }), 'settings of 2 bots changed'],
    [
      'new bots and those that left',
      report({ bots: [bot('a', { settings: settings({ change: 'new' }) })], leftBots: [left] }),
      '1 new bot, 1 bot removed from the files',
    ],
  ])('counts %s', (_, what, summary) => {
    expect(reviewSummary(what)).toBe(summary);
  });
});

const say = async (format: string, what: Report, clean = full) =>
  [...reporters[format]!(what, { clean, color: new Ansis(0), verbose: false })].join('');
/** The visible text of a report, without the markup of its format. */
const plain = (said: string) =>
  said
    .replace(/<\/?\w+[^>]*>|`/g, '')
    .replaceAll('&gt;', '>')
    .replaceAll('%25', '%')
    .replaceAll('&#39;', "'");

describe.each(['text', 'markdown', 'html', 'github', 'diff'])('a report as %s', (format) => {
  test('shows changed settings and bots that left, if no number changes', async () => {
    const tokenEnv = { now: 'B_TOKEN', default: null, before: 'A_TOKEN' };
    const changed = settings({ change: 'changed', tokenEnv, protected: { now: 0, added: 0, removed: 9 } });
    const run = report({ outcome: 'in-sync', bots: [bot('a-bot', { settings: changed })], leftBots: [left] });
    for (const clean of [full, masked]) {
      const said = plain(await say(format, run, clean));
      expect(said).toContain('settings: 0 numbers protected (9 no longer); token from the variable A_TOKEN → B_TOKEN');
      for (const part of ['a-bot', 'gone-bot', LEFT]) expect(said).toContain(part);
    }
  });

  test('shows settings that are not the defaults, in drift as well', async () => {
    const bots = [bot('a-bot', { settings: settings({ policy: { now: 'add-only', default: 'sync' } }) })];
    for (const run of [report({ bots }), drift({ bots })]) {
      expect(await say(format, run)).toContain('settings: policy add-only');
    }
  });

  test('omits defaults', async () => {
    expect(await say(format, report({ bots: [bot('a-bot', { settings: settings() })] }))).not.toContain('settings:');
  });
});

test('a patch with settings above it is still a patch', async () => {
  const said = await say('diff', report({ bots: [reviewedBot('a-bot', { add: numbers(1) })], leftBots: [left] }));
  expect(said).toMatch(
    /^# a-bot: settings: policy sync → add-only\n# gone-bot: removed from the files, .*\n--- live\/a-bot/,
  );
  expect(parsePatch(said)).toMatchObject([{ newFileName: 'desired/a-bot', hunks: [{ newLines: 1 }] }]);
});

test('JSON keeps the facts, for show', async () => {
  const run = report({ bots: [reviewedBot('a-bot')], leftBots: [left] });
  const read = parseReport('report.json', await say('json', run, masked));
  expect(read).toMatchObject({ bots: [{ settings: run.bots[0]!.settings }], leftBots: [left] });
  expect(await say('text', read)).toBe(await say('text', run));
  const older = JSON.parse(await say('json', report()));
  expect(older).not.toHaveProperty('leftBots');
  expect(older.bots[0]).not.toHaveProperty('settings');
});

test('JSON masks what may be a number in a name', async () => {
  const named = settings({ place: ['447700900123'], tokenEnv: { now: 'T447700900123', default: null, before: 'T' } });
  const { bots } = JSON.parse(await say('json', report({ bots: [bot('a-bot', { settings: named })] }), masked));
  expect(bots[0].settings).toMatchObject({
    place: ['+44••••••0123'],
    tokenEnv: { now: 'T+44••••••0123', default: null, before: 'T' },
  });
});

describe('bots in sync', () => {
  const quiet = (count: number, some: (index: number) => Partial<ReportedSettings>, name = 'quiet') =>
    Array.from({ length: count }, (_, index) => {
      return bot(`${name}-${index}`, { counts: counts({ unchanged: 100 }), settings: settings(some(index)) });
    });
  const token = (now: string) => ({ tokenEnv: { now, default: 'T' } });
  const policy = { policy: { now: 'add-only', default: 'sync' } } as const;
  const short = (what: Report, format = 'text', verbose = false) =>
    [...reporters[format]!(what, { clean: full, color: new Ansis(0), verbose })].join('');

  test('become one line for each kind of settings', () => {
    const bots = [
      ...quiet(98, (index) => token(`T${index}`)),
      bot('busy', { add: numbers(1), settings: settings(policy) }),
      ...quiet(4, () => policy, 'other'),
    ];
    expect(short(report({ bots }))).toBe(`busy  1 to add, 0 to remove, 214 unchanged
  settings: policy add-only
  add     +447700900000
98 bots in sync, 9,800 numbers
  settings: tokens from the variables T0, T1, T2 and 95 more
4 bots in sync, 400 numbers
  settings: policy add-only

Plan 7d1f0c22: 1 to add, 0 to remove, 10414 unchanged in 103 bots
This plan was not applied.
`);
    const markdown = short(report({ bots }), 'markdown');
    expect(markdown).toContain(
      '| 98 bots in sync | 0 | 0 | 9,800 | settings: tokens from the variables `T0`, `T1`, `T2` and 95 more |',
    );
    expect(markdown).not.toContain('quiet-');
    expect(short(report({ bots }), 'text', true)).toContain(
      '\nquiet-97  in sync, 100 numbers\n  settings: token from the variable T97\n',
    );
  });

  test.each<[string, Partial<Bot>]>([
    ['changed settings', { settings: settings({ change: 'changed', ...policy }) }],
    ['protected numbers that stay', { counts: counts({ protected: 1 }) }],
    ['a list that could not be read', { guard: null, error: { message: 'x' } }],
  ])('keep their lines if they have %s', (_, facts) => {
    const bots = quiet(9, () => ({})).map((each) => ({ ...each, ...facts }));
    expect(short(report({ bots })).match(/^quiet-\d /gm)).toHaveLength(9);
  });

  test('keep their lines if they have warnings, or if there are few of them', () => {
    const warnings = [{ code: 'W-LIVE-REPEATS', bot: 'quiet-3', count: 1, of: 'numbers' }] as const;
    expect(short(report({ bots: quiet(9, () => ({})), warnings }))).toMatch(
      /^quiet-3 .*\n8 bots in sync, 800 numbers\n/,
    );
    expect(short(report({ bots: quiet(3, () => ({})) })).match(/^quiet-\d /gm)).toHaveLength(3);
  });
});
