import { Ansis } from 'ansis';
import { describe, expect, test } from 'vitest';
import type { BotAnswer, Effect } from '../../../src/model/answer.ts';
import type { Report } from '../../../src/model/report.ts';
import { reporters } from '../../../src/report/index.ts';
import { joinReports } from '../../../src/report/json/join.ts';
import { parseReport } from '../../../src/report/json/read.ts';
import { makeSanitizer, type Sanitizer } from '../../../src/report/voice/index.ts';
import * as fc from '../../fast-check.ts';
import {
  answer,
  bot,
  explained,
  failedBot,
  full,
  listed,
  listedBot,
  live,
  liveBot,
  masked,
  numbers,
  refusedBot,
  report,
  rule,
  way,
} from '../fixtures.ts';

const say = async (format: string, what: Report, clean: Sanitizer = full) =>
  [...reporters[format]!(what, { clean, color: new Ansis(0), verbose: true })].join('');
const FORMATS = Object.keys(reporters);

const WAY =
  'lists.yaml:5:17, list fraud of Trust & Safety; reason: Threats, ticket 4711; owner: support; added 2026-01-31; expires 2099-12-31; label ticket: 4711; protected';

describe('the text of list', () => {
  const declarations = [way(), way({ list: null, place: { file: 'a.txt', line: 3, column: 1 }, entry: {} })];

  test('has every number on a line of its own', async () => {
    const said = await say('text', listed(listedBot('support-bot', 2), listedBot('quiet-bot', 0)));
    expect(said).toBe(`support-bot  2 numbers
  +447700900000
  +447700900001
quiet-bot  0 numbers

Listed: 2 numbers in 2 bots
This is the desired state; no live list was read.
`);
  });

  test('shows where each number is declared', async () => {
    const said = await say('text', listed(listedBot('b', 2, { declarations })));
    expect(said).toContain(`  +447700900000\n      ${WAY}\n      a.txt:3:1\n  +447700900001\n\n`);
  });

  test('is a new file in a patch', async () => {
    const said = await say('diff', listed(listedBot('support-bot', 2, { declarations }), listedBot('quiet-bot', 0)));
    expect(said).toBe('--- /dev/null\n+++ desired/support-bot\n@@ -0,0 +1,2 @@\n++447700900000\n++447700900001\n');
  });

  test('is invalid if warnings are errors', async () => {
    const what = { ...listed(listedBot('b', 1)), outcome: 'invalid' as const };
    expect(await say('text', what)).toContain('\nChecked: 1 number in 1 bot\nInvalid: fix the reported errors.\n');
  });
});

describe('list --live for people', () => {
  const bots = [
    liveBot('support-bot', 2, { foreign: 1 }),
    liveBot('quiet-bot', 0),
    liveBot('lost-bot', 0, { error: { message: 'gone; check it', detail: 'bye' } }),
  ];

  test('has every number on a line of its own, and why a list could not be read', async () => {
    expect(await say('text', live(bots))).toBe(`support-bot  2 numbers, 1 user without a number
  +447700900000
  +447700900001
quiet-bot  0 numbers
lost-bot  could not be read
  error: gone; check it
  the server answered: bye

Live: 2 numbers in 2 bots; 1 bot could not be read
Failed: 1 of 3 live lists could not be read, so this listing is incomplete. Fix the reported errors, then run again.
`);
  });

  test('is a patch of new files, after the lists that could not be read', async () => {
    expect(await say('diff', live(bots))).toBe(
      'live/lost-bot could not be read: gone; check it\n' +
        '--- /dev/null\n+++ live/support-bot\n@@ -0,0 +1,2 @@\n++447700900000\n++447700900001\n',
    );
  });
});

test('plan --verbose shows where each added number is declared', async () => {
  const changing = bot('b', {
    add: numbers(2),
    remove: numbers(1, 447_700_900_500),
    declarations: [way(), way({ number: 447_700_900_500 })],
  });
  expect(await say('text', report({ bots: [changing] }))).toContain(
    `  remove  +447700900500\n  add     +447700900000\n      ${WAY}\n  add     +447700900001\n`,
  );
});

describe('the text of explain', () => {
  /** Returns the headline and the lines of one bot, and the two lines below. */
  async function said(facts: Partial<BotAnswer>): Promise<{ block: string[]; end: string[] }> {
    const [number, ...lines] = (await say('text', explained([answer('b', facts)]))).trimEnd().split('\n');
    expect(number).toMatch(
      /^\+447700900000 is ((ignored|live)( and live)?, but )?(not |no longer )?declared for b\b.*\.$/,
    );
    const blank = lines.indexOf('');
    return { block: lines.slice(0, blank).map((line) => line.trim()), end: lines.slice(blank + 1) };
  }

  const NONE = { declared: false, declarations: [] } as const;
  const SYNC = 'policy: sync';
  const [SAME, ADDS] = ['next apply: does nothing, because the number is declared', 'next apply: adds it'];
  const NEITHER = 'does nothing, because the number is neither declared nor live';
  const EXPIRED = 'does nothing, because the number is not live and its declaration has expired';
  const UNDECLARED = { declared: false, ifLive: 'remove', ifNotLive: 'nothing' } as const;
  const REMOVES = (otherwise: string) => `next apply: if the number is live, removes it; otherwise ${otherwise}`;
  const ASK = 'next apply: if the number is live, does nothing, because the number is declared; otherwise adds it';

  test.each<[string, Partial<BotAnswer>, string[]]>([
    ['declared', {}, ['b  declared', `declared: ${WAY}`, SYNC, ASK]],
    [
      'by two declarations, one of them of the bot itself',
      { declarations: [way({ list: null, entry: {} }), way()] },
      ['b  declared', 'declared: lists.yaml:5:17', `declared: ${WAY}`, SYNC, ASK],
    ],
    [
      'by a list without an owner',
      { declarations: [{ ...way({ entry: {} }), listOwner: undefined as never }] },
      ['b  declared', 'declared: lists.yaml:5:17, list fraud', SYNC, ASK],
    ],
    [
      'in another spelling',
      { declarations: [way({ number: 447_700_900_009, entry: {} })] },
      ['b  declared', 'declared as +447700900009: lists.yaml:5:17, list fraud of Trust & Safety', SYNC, ASK],
    ],
    [
      'and expired',
      { ...UNDECLARED, declarations: [way({ list: null, entry: { expires: '2020-01-31' } })] },
      [
        'b  no longer declared (expired)',
        'declared: lists.yaml:5:17; expires 2020-01-31',
        SYNC,
        REMOVES('does nothing'),
      ],
    ],
    ['not at all', { ...UNDECLARED, declarations: [] }, ['b  not declared', SYNC, REMOVES('does nothing')]],
    [
      'ignored by its first digits',
      { ...NONE, rules: [rule()] },
      [
        'b  not declared, ignored',
        'ignored: blacklist.yaml:9:17, prefix +4477; until 2099-06-30; reason: Test phones',
        SYNC,
        ASK,
      ],
    ],
    [
      'ignored by its name, for no reason and ever',
      { ...NONE, rules: [{ place: way().place, past: false, encrypted: false }] },
      ['b  not declared, ignored', 'ignored: lists.yaml:5:17', SYNC, ASK],
    ],
    [
      'by a rule that is past',
      { ...NONE, rules: [rule({ past: true, until: '2020-01-31' })] },
      [
        'b  not declared',
        'no longer ignored: blacklist.yaml:9:17, prefix +4477; until 2020-01-31; reason: Test phones',
        SYNC,
        ASK,
      ],
    ],
    [
      'protected by another bot',
      { ...NONE, protection: [way({ list: null, entry: { protected: true } })] },
      ['b  not declared', 'protected elsewhere: lists.yaml:5:17; protected', SYNC, ASK],
    ],
    [
      'not at all, and not live',
      { ...NONE, live: [], ifNotLive: 'nothing' },
      ['b  not declared, not live', SYNC, `next apply: ${NEITHER}`],
    ],
    [
      'not at all, on any live list',
      { ...NONE, ifLive: 'remove', ifNotLive: 'nothing' },
      ['b  not declared', SYNC, 'next apply: if the number is live, removes it; otherwise does nothing'],
    ],
    [
      'and expired, and not live',
      { declared: false, declarations: [way({ list: null, entry: {} })], live: [], ifNotLive: 'nothing' },
      ['b  no longer declared (expired), not live', 'declared: lists.yaml:5:17', SYNC, `next apply: ${EXPIRED}`],
    ],
    ['live', { live: [447_700_900_000] }, ['b  declared, live', `declared: ${WAY}`, SYNC, SAME]],
    ['not live', { live: [] }, ['b  declared, not live', `declared: ${WAY}`, SYNC, ADDS]],
    [
      'live in other spellings',
      { ...UNDECLARED, declarations: [], live: [447_700_900_000, 447_700_900_009] },
      ['b  not declared, live', SYNC, 'live as +447700900009', 'next apply: removes it'],
    ],
    [
      'and refused by the guard',
      { ...NONE, live: [], guard: refusedBot('b').guard },
      [
        'b  not declared, not live',
        SYNC,
        'next apply: does nothing, because the guard refuses the plan of this bot, which would remove 9 of 12 numbers (75 %), more than the limit of 3 (the larger of 25 % of the live list and 3) (without the guard: adds it)',
      ],
    ],
    [
      'and the list could not be read',
      { ...NONE, error: failedBot('b', 'page 3 failed', 'try \u001b[31mlater').error },
      [
        'b  not declared, could not be read',
        SYNC,
        'error: page 3 failed',
        'the server answered: try \\u001b[31mlater',
        ASK,
      ],
    ],
  ])('describes a number: %s', async (_, facts, block) => {
    expect((await said(facts)).block).toEqual(block);
  });

  test.each<[Partial<BotAnswer>, string]>([
    [{ live: [447_700_900_000] }, 'is declared for b and live. The next apply changes nothing for it.'],
    [
      { ...NONE, rules: [rule()], live: [] },
      'is ignored, but not declared for b and not live. The next apply adds it to b.',
    ],
    [
      { ...NONE, rules: [rule()], live: [447_700_900_000] },
      'is ignored and live, but not declared for b. The next apply changes nothing for it.',
    ],
    [
      { declared: false, live: [447_700_900_000], ifLive: 'remove' },
      'is live, but no longer declared for b (expired). The next apply removes it from b.',
    ],
    [{ live: [] }, 'is declared for b, but not live. The next apply adds it to b.'],
    [{ error: { message: 'x' } }, 'is declared for b. Its live list could not be read.'],
  ])('leads with one sentence on one bot: %j', async (facts, sentence) => {
    const [first] = (await say('text', explained([answer('b', facts)]))).split('\n');
    expect(first).toBe(`+447700900000 ${sentence}`);
  });

  test.each<[Effect, string]>([
    ['add', 'adds it'],
    ['remove', 'removes it'],
    ['ignored', 'does nothing, because the number is ignored'],
    ['protected', 'does nothing, because the number is protected'],
    ['add-only', 'does nothing, because the policy is add-only'],
    ['remove-only', 'does nothing, because the policy is remove-only'],
    ['nothing', 'does nothing, because the number is declared'],
  ])('reports what an apply does: %s', async (effect, words) => {
    const lines = (await said({ live: [447_700_900_000], ifLive: effect, ifNotLive: 'add' })).block;
    expect(lines.at(-1)).toBe(`next apply: ${words}`);
    expect((await said({ ifLive: effect, ifNotLive: effect })).block.at(-1)).toBe(`next apply: ${words}`);
  });

  const UNREAD = 'This is the desired state; no live list was read.';
  test.each<[string, BotAnswer[], string, string]>([
    ['no bot', [answer('a', NONE), answer('b', NONE)], 'Explained: declared for 0 of 2 bots', UNREAD],
    [
      'some',
      [answer('a'), answer('b', { ...NONE, rules: [rule()] })],
      'Explained: declared for 1 of 2 bots, ignored for 1',
      UNREAD,
    ],
    [
      'live nowhere',
      [answer('a', { live: [] })],
      'Explained: declared for 1 of 1 bot, not live',
      'This answer is from the files and the live lists.',
    ],
    [
      'one that could not be read',
      [answer('a', { live: [1] }), answer('b', { error: { message: 'x' } })],
      'Explained: declared for 2 of 2 bots, live for 1, not known for 1',
      'Failed: 1 of 2 live lists could not be read, so this answer is incomplete. Fix the reported errors, then run again.',
    ],
    [
      'none that could be read',
      [answer('a', { error: { message: 'x' } }), answer('b', { error: { message: 'x' } })],
      'Explained: declared for 2 of 2 bots, not known for 2',
      'Failed: no live list could be read, so this answer is incomplete. Fix the reported errors, then run again.',
    ],
  ])('ends with a summary: %s', async (_, bots, summary, verdict) => {
    const outcome = bots.some(({ error }) => error) ? 'failed' : 'answered';
    const end = (await say('text', explained(bots, { outcome }))).trimEnd().split('\n').slice(-2);
    expect(end).toEqual([summary, verdict]);
  });

  test('is the same in a patch, without the summary', async () => {
    const what = explained([answer('b', { rules: [rule()] })]);
    expect(await say('text', what)).toBe(
      `${await say('diff', what)}\nExplained: declared for 1 of 1 bot, ignored for 1\n${UNREAD}\n`,
    );
  });

  test('is the same in color', async () => {
    const what = explained([answer('a'), answer('b', { error: { message: 'x' } })], { outcome: 'failed' });
    const painted = [...reporters.text!(what, { clean: full, color: new Ansis(1), verbose: true })].join('');
    expect(painted).toContain('\u001b[31mdeclared, could not be read');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test removes colors
    expect(painted.replace(/\u001b\[\d+m/g, '')).toBe(await say('text', what));
  });
});

describe('explain with 100 bots', () => {
  const ids = Array.from({ length: 98 }, (_, index) => `bot-${index}`);
  const none = { declared: false, declarations: [], ifLive: 'remove', ifNotLive: 'nothing' } as const;
  const looked = (live: BotAnswer['live']) => [
    answer('sales', { live: live && [] }),
    ...ids.map((id) => answer(id, { ...none, live })),
    answer('shop', { live: live && [447_700_900_000] }),
  ];
  const ANSWER =
    '+447700900000 is declared for 2 of 100 bots (sales, shop), live for 1 (shop). The next apply adds it to sales.';
  const OTHERS = '98 other bots: not declared, not live';

  test.each(['text', 'diff'])('leads with the answer and counts uninvolved bots in one line: %s', async (format) => {
    const what = explained(looked([]));
    const said = [...reporters[format]!(what, { clean: full, color: new Ansis(0), verbose: false })].join('');
    const lines = said.split('\n');
    expect(lines[0]).toBe(ANSWER);
    expect(lines).toContain(OTHERS);
    expect(said).toMatch(/^sales {2}declared, not live$[\s\S]*^shop {2}declared, live$/m);
    expect(said).not.toContain('bot-');
    if (format === 'text') expect(await say('text', what)).toContain('\nbot-97  not declared, not live\n');
  });

  test.each(['markdown', 'html', 'github'])('does so in the format %s', async (format) => {
    const said = (await say(format, explained(looked([])))).replaceAll('`', '');
    expect(said).toContain(ANSWER);
    expect(said).toContain(OTHERS);
    expect(said).not.toContain('bot-97');
  });

  test('refers to --live for the next apply if no list was read', async () => {
    const said = [
      ...reporters.text!(explained(looked(null)), { clean: full, color: new Ansis(0), verbose: false }),
    ].join('');
    expect(said).toContain('(sales, shop). To see what the next apply does, pass --live.\n');
    expect(said).toContain('\n98 other bots: not declared\n');
  });

  test.each<[string, Partial<BotAnswer>, string]>([
    ['a removal', { live: [447_700_900_000] }, 'The next apply removes it from a, b, c and 1 more.'],
    ['no change', { live: [] }, 'The next apply changes nothing for it.'],
    [
      'a refusal',
      { live: [447_700_900_000], guard: refusedBot('b').guard },
      'The next apply is refused by the guard for a, b, c and 1 more.',
    ],
    ['an unread list', { error: { message: 'x' } }, 'not known for 4 (a, b, c and 1 more).'],
    [
      'a removal that may be withheld',
      {
        live: [447_700_900_000],
        mayWithhold: [{ number: 447_700_900_000, declared: 4_407_700_900_000, because: 'spelling' }],
      },
      'The next apply may withhold its removal from a, b, c and 1 more.',
    ],
  ])('answers for %s', async (_, facts, sentence) => {
    const bots = ['a', 'b', 'c', 'd'].map((id) => answer(id, { ...none, ...facts }));
    expect((await say('text', explained(bots))).split('\n')[0]).toContain(sentence);
  });
});

describe('an encrypted file', () => {
  const secret = way({
    listOwner: 'owner-of-list',
    entry: {
      reason: 'secret-reason',
      owner: 'secret-owner',
      expires: '2099-12-31',
      labels: { 'secret-key': 'secret-value' },
    },
    encrypted: true,
  });
  const reports = [
    listed(listedBot('b', 1, { declarations: [secret] })),
    report({ bots: [bot('b', { add: numbers(1), declarations: [secret] })] }),
    explained([
      answer('b', {
        declarations: [secret],
        protection: [secret],
        rules: [rule({ reason: 'secret-rule', encrypted: true })],
      }),
    ]),
  ];

  test.each(FORMATS)('shows no texts of its entries if numbers are masked: %s', async (format) => {
    for (const what of reports) {
      const said = await say(format, what, masked);
      expect(said).not.toMatch(/secret-|owner-of-list/);
      const places = format === 'github' || format === 'diff' ? what.command === 'explain' : true;
      if (places && format !== 'json')
        expect(said).toContain('lists.yaml:5:17, list fraud; expires 2099-12-31; its texts are in an encrypted file');
    }
  });

  test('shows the texts of its entries if numbers are not masked', async () => {
    for (const format of ['text', 'json', 'markdown', 'html']) {
      const said = (await Promise.all(reports.map((what) => say(format, what)))).join('');
      for (const text of [
        'owner-of-list',
        'secret-reason',
        'secret-owner',
        'secret-key',
        'secret-value',
        'secret-rule',
      ])
        expect(said, format).toContain(text);
    }
  });
});

describe('a masked answer', () => {
  const note = 'call +44 7700 900123 or 447700900456';
  const entry = { reason: note, owner: note, labels: { [note]: note } };
  const declarations = [way({ entry, listOwner: note, list: note, place: { file: note, line: 1, column: 1 } })];
  const reports = [
    listed(listedBot('b', 3, { declarations })),
    report({ bots: [bot('b', { add: numbers(1), declarations })] }),
    explained([
      answer('b', {
        declarations,
        protection: declarations,
        rules: [rule({ reason: note, prefix: '447700900789' })],
        live: [447_700_900_001],
      }),
    ]),
  ];

  test.each(FORMATS)('shows no number in full in the format %s', async (format) => {
    for (const what of reports) {
      const said = (await say(format, what, masked)).replace(
        /<style>[\s\S]*?<\/style>|7d1f0c22(\w{56})?|"fingerprint":"\w+"/g,
        '',
      );
      expect(said).not.toMatch(/7700[ ]?900/);
      expect(await say(format, what)).toMatch(/7700[ ]?900|^$|::notice/);
    }
  });
});

describe('an answer in JSON', () => {
  const places = fc.record({ file: fc.string(), line: fc.integer({ min: 1 }), column: fc.integer({ min: 1 }) });
  const days = fc.constantFrom('2026-01-31', '2099-12-31');
  const entries = fc.record(
    {
      reason: fc.string(),
      owner: fc.string(),
      added: days,
      expires: days,
      labels: fc.dictionary(fc.string(), fc.string()),
      protected: fc.constant(true),
    },
    { requiredKeys: [] },
  );
  const some = fc.constantFrom(...numbers(9));
  const declarations = fc.array(
    fc.record(
      {
        number: some,
        list: fc.option(fc.string()),
        listOwner: fc.string(),
        place: places,
        entry: entries,
        encrypted: fc.boolean(),
      },
      { requiredKeys: ['number', 'list', 'place', 'entry', 'encrypted'] },
    ),
    { maxLength: 3 },
  );
  const rules = fc.array(
    fc.record(
      {
        place: places,
        prefix: fc.constantFrom('4477', '1'),
        reason: fc.string(),
        until: days,
        past: fc.boolean(),
        encrypted: fc.boolean(),
      },
      { requiredKeys: ['place', 'past', 'encrypted'] },
    ),
    { maxLength: 3 },
  );
  const effect = fc.constantFrom<Effect>('add', 'remove', 'ignored', 'protected', 'add-only', 'remove-only', 'nothing');
  const answers = fc.array(
    fc.record({
      id: fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,20}$/),
      policy: fc.constantFrom('sync' as const, 'add-only' as const, 'remove-only' as const),
      declared: fc.boolean(),
      declarations,
      rules,
      protection: declarations,
      ifLive: effect,
      ifNotLive: effect,
      live: fc.option(fc.uniqueArray(some)),
      guard: fc.constantFrom(null, refusedBot('b').guard),
      error: fc.constantFrom(null, { message: 'm', detail: 'd' }),
    }),
    { maxLength: 3 },
  );
  const reports = fc.oneof(
    answers.map((bots) => explained(bots)),
    fc
      .tuple(fc.nat(2_500), declarations)
      .map(([count, declarations]) => listed(listedBot('a', count, { declarations }), listedBot('b', 1))),
    declarations.map((declarations) => report({ bots: [bot('a', { add: numbers(3), declarations })] })),
  );
  const read = (text: string) => joinReports([{ name: 'r.json', report: parseReport('r.json', text) }]);

  test.each([
    ['full', full],
    ['masked', masked],
    ['masked with a key', makeSanitizer({ masked: true, maskKey: 'k', secrets: new Set() })],
  ])('fits the schema and is read as it was written: %s', async (_, clean) => {
    const saying = (what: Report) =>
      [...reporters.json!(what, { clean, color: new Ansis(0), verbose: false })].join('');
    fc.assert(
      fc.property(reports, (what) => {
        expect(saying(read(saying(what)))).toBe(saying(what)); // parseReport has validated it against the schema
      }),
      { numRuns: 150 },
    );
  });

  test('is joined from shards only if all are about one number', async () => {
    const part = async (name: string, what: Report) => ({ name, report: parseReport(name, await say('json', what)) });
    const [a, b] = [explained([answer('a')]), explained([answer('b', { live: [] })])];
    const joined = joinReports([await part('1.json', a), await part('2.json', b)]);
    expect(joined).toMatchObject({ explained: { bots: [{ id: 'a' }, { id: 'b' }] } });
    const other = explained([answer('c')]);
    const files = [
      await part('1.json', a),
      await part('2.json', { ...other, explained: { ...other.explained, number: 447_700_900_777 } }),
    ];
    expect(() => joinReports(files)).toThrow('2.json: is about another number than 1.json');
  });
});
