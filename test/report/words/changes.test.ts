import { Ansis } from 'ansis';
import { describe, expect, test } from 'vitest';
import { compare, NO_DIFFERENCE } from '../../../src/commands/drift/since.ts';
import type { Cause } from '../../../src/model/compared.ts';
import type { Report } from '../../../src/model/report.ts';
import { NumberSet } from '../../../src/numbers/number-set.ts';
import { reporters } from '../../../src/report/index.ts';
import { parseReport } from '../../../src/report/json/read.ts';
import { bot, causedBot, drift, failedBot, full, masked, numbers, report } from '../fixtures.ts';

const known = { add: numbers(2), remove: numbers(1, 447_700_900_500) };
const now = { add: numbers(2, 447_700_900_001), remove: known.remove };
const looked = drift({
  bots: [
    bot('noisy', { ...now, since: compare(known, now) }),
    bot('known', { ...known, since: compare(known, known) }),
    bot('quiet', { since: compare(NO_DIFFERENCE, NO_DIFFERENCE) }),
    { ...failedBot('lost'), since: compare(known, null) },
  ],
});
const say = async (format: string, what: Report = looked, clean = full) =>
  [...reporters[format]!(what, { clean, color: new Ansis(0), verbose: false })].join('');

describe('a new difference since an earlier report', () => {
  test.each(['text', 'markdown', 'html', 'github'])('is counted in total in the format %s', async (format) => {
    const sum = 'differences since the earlier report: 1 new, 5 still there, 1 resolved, 3 not known';
    expect(await say(format)).toContain(sum);
    if (format === 'html') expect(await say(format)).toContain('<dt>Not known</dt><dd class="">3</dd>');
  });

  test.each(['text', 'markdown', 'html'])('is counted for each bot in the format %s', async (format) => {
    const said = await say(format);
    for (const words of ['1 new, 2 still there, 1 resolved', '3 still there', '3 not known']) {
      expect(said).toContain(`differences since the earlier report: ${words}`);
    }
  });

  test('precedes the cause', async () => {
    const changing = causedBot('caused');
    const one = { add: numbers(1), remove: numbers(1, 447_700_900_700) };
    const gone = { add: one.add, remove: NumberSet.of([...one.remove, 447_700_900_999]) };
    const since = compare(gone, { add: changing.add as NumberSet, remove: changing.remove as NumberSet });
    const said = await say('text', drift({ bots: [{ ...changing, since }] }));
    expect(said).toContain(`
  added outside Git        +447700900600  new, drift: not declared in the base commit either
  not applied yet: remove  +447700900500  new, removed from the file
  not applied yet: remove  +447700900501  new, removed from the file
  removed outside Git      +447700900900  new, drift: also declared in the base commit
  not applied yet: add     +447700900001  new, added to the file
`);
    expect(said).toContain(`
  not applied yet: add     … and 9 more, new, added to the file (--verbose shows all)
  not applied yet: remove  +447700900700  expired 2026-12-31 (drift)
  not applied yet: add     +447700900000  added to the file
  resolved                 +447700900999  before: live, not declared
`);
  });

  test('omits the causes of masked numbers that look alike', async () => {
    const twins = { size: 2, values: ['+44••••••0500', '+44••••••0500'] };
    const [first, second] = causedBot('').causes.map((cause) => ({
      ...cause,
      numbers: { size: 1, values: twins.values.slice(1) },
    }));
    const none = NO_DIFFERENCE.add;
    const since = { ...compare(NO_DIFFERENCE, NO_DIFFERENCE), new: { add: none, remove: twins } };
    const reasons = [{ number: twins.values[0]!, reason: 'Spam', encrypted: false }];
    const caused = bot('twins', { remove: twins, causes: [first!, second!], since, reasons });
    const said = await say('text', drift({ bots: [caused] }));
    expect(said.match(/^ {2}added outside Git {2}\+44••••••0500 {2}new$/gm)).toHaveLength(2);
  });

  test('is urgent, and known differences are not', async () => {
    const said = await say('markdown');
    expect(said).toMatch(/> - `noisy`: differences since the earlier report: 1 new,/);
    expect(said).not.toMatch(/> - `(known|quiet)`/);
    expect((await say('github')).match(/^::error title=[^:]*/gm)).toHaveLength(2); // the bots noisy and lost
  });

  test('does not appear if nothing was compared', async () => {
    const bots = looked.bots.map((each) => ({ ...each, since: null }));
    for (const format of Object.keys(reporters)) {
      expect(await say(format, { ...looked, bots })).not.toContain('since the earlier');
    }
  });

  test('does not appear on the first run, which has no earlier report', async () => {
    const first = drift({ ...looked, firstRun: true, bots: looked.bots.slice(0, 1) });
    for (const format of ['text', 'markdown', 'html', 'github', 'diff']) {
      expect(await say(format, first), format).not.toMatch(/earlier report|Still there| {2}new$/m);
    }
    const { firstRun, summary } = JSON.parse(await say('json', first));
    expect([firstRun, summary.since.new]).toEqual([true, 1]);
    expect(await say('text', parseReport('r.json', await say('json', first)))).toBe(await say('text', first));
  });
});

const PEOPLE = ['text', 'markdown', 'html', 'github'];

describe('a drift', () => {
  const cause = (rest: Pick<Cause, 'direction' | 'reason' | 'numbers'>, expires: string | null = null): Cause => {
    return { origin: null, expires, ...rest };
  };
  const causes = [
    cause({ direction: 'remove', reason: 'undeclared', numbers: numbers(1, 447_700_900_500) }),
    cause({ direction: 'remove', reason: 'removed', numbers: numbers(1, 447_700_900_501) }),
    cause({ direction: 'remove', reason: 'expired', numbers: numbers(1, 447_700_900_502) }, '2026-01-31'),
    cause({ direction: 'add', reason: 'added', numbers: numbers(1) }),
    cause({ direction: 'add', reason: 'unblocked', numbers: numbers(1, 447_700_900_001) }),
    cause({ direction: 'add', reason: null, numbers: numbers(1, 447_700_900_002) }),
  ];
  const sides = { add: numbers(3), remove: numbers(3, 447_700_900_500), causes };
  const LINES = (last: string) => [
    'added outside Git        +447700900500  not declared',
    'not applied yet: remove  +447700900501  removed from the file',
    'not applied yet: remove  +447700900502  expired 2026-01-31',
    'not applied yet: add     +447700900000  added to the file',
    'removed outside Git      +447700900001',
    `${last.padEnd(23)}  +447700900002`,
  ];

  test.each([
    [
      'users who can be blocked without a message',
      false,
      'removed outside Git',
      '1 added outside Git, 2 removed outside Git, 3 not applied yet (1 to add, 2 to remove)',
    ],
    [
      'users who must write before they can be blocked',
      true,
      'not live',
      '1 added outside Git, 1 removed outside Git, 1 not live, 3 not applied yet (1 to add, 2 to remove)',
    ],
  ])('of %s is named after the cause, in each format', async (_, addNeedsContact, last, counted) => {
    const report = drift({ bots: [bot('b', { ...sides, addNeedsContact })] });
    const said = await say('text', report);
    for (const line of LINES(last)) expect(said).toContain(`\n  ${line}\n`);
    expect(said).toContain(`b  ${counted}, 214 unchanged\n`);
    for (const format of PEOPLE) {
      expect(await say(format, report), format).toContain(`Drift: ${counted}, 214 unchanged in 1 bot`);
      expect(await say(format, report), format).not.toMatch(/>(To add|To remove)<|\| Remove \||fingerprint=/);
    }
    const markdown = await say('markdown', report);
    const waiting = addNeedsContact ? ' Not live |' : '';
    expect(markdown).toContain(
      `| Bot | Added outside Git | Removed outside Git |${waiting} Not applied yet | Unchanged | Note |`,
    );
    expect(markdown).toContain('\n- added outside Git        +447700900500\n');
    expect(markdown).toContain('\n+ removed outside Git      +447700900001\n');
    expect(await say('html', report)).toContain('"term":"added outside Git"');
    expect(await say('html', report)).toContain('<dt>Added outside Git</dt><dd class="add">1</dd>');
  });

  test('without differences is reported as none', async () => {
    expect(await say('text', drift({ outcome: 'in-sync' }))).toContain('\nDrift: none, 214 unchanged in 1 bot\n');
  });

  test('with nothing but adds that wait for their users is none', async () => {
    const waiting = bot('b', { addNeedsContact: true, add: numbers(1) });
    expect(await say('text', drift({ outcome: 'in-sync', bots: [waiting] }))).toContain('\nDrift: none, 1 not live, ');
  });

  test.each([true, false])(
    'of numbers that are only not live is no error of the runner (first run: %s)',
    async (firstRun) => {
      const none = { add: numbers(0), remove: numbers(0) };
      const since = { new: { ...none, add: numbers(1) }, still: none, resolved: none, unknown: none };
      const waiting = bot('b', { addNeedsContact: true, add: numbers(1), since });
      const said = (addNeedsContact: boolean) =>
        say(
          'github',
          drift({ outcome: 'in-sync', ...(firstRun && { firstRun }), bots: [{ ...waiting, addNeedsContact }] }),
        );
      expect(await said(true)).not.toContain('::error');
      expect(await said(false)).toContain('::error');
    },
  );

  test.each(PEOPLE)('without any list that could be read is no comparison: %s', async (format) => {
    const said = await say(format, drift({ outcome: 'failed', bots: [failedBot('b')] }));
    expect(said).toContain('No comparison: 1 bot could not be read');
    expect(said).not.toMatch(/none, 0 unchanged|<dt>Unchanged/);
  });

  test.each([...PEOPLE, 'diff'])(
    'says that a change of the files can look like one outside Git: %s',
    async (format) => {
      const words = 'An edit of the files that is not applied yet can look like a change outside Git.';
      const undeclared = [cause({ direction: 'remove', reason: 'undeclared', numbers: numbers(1) })];
      const differing = bot('b', { remove: numbers(1), causes: undeclared });
      expect(await say(format, drift({ bots: [differing] }))).toContain(words);
      const none = { add: NumberSet.empty, remove: NumberSet.empty };
      const since = { new: none, still: none, resolved: none, unknown: none };
      const known = { ...differing, since, memory: { wasLive: NumberSet.empty, foreign: 0 } };
      expect(await say(format, drift({ bots: [known] }))).not.toContain(words);
      expect(await say(format, drift({ firstRun: true, bots: [known] }))).toContain(words);
      const expired = [cause({ direction: 'remove', reason: 'expired', numbers: numbers(1) }, '2026-01-31')];
      expect(await say(format, drift({ bots: [{ ...differing, causes: expired }] }))).not.toContain(words);
      expect(await say(format, drift({ outcome: 'in-sync' }))).not.toContain(words);
    },
  );

  test.each(PEOPLE)('with --settle 0 is reported as not confirmed: %s', async (format) => {
    const words = 'Not confirmed: with --settle 0, drift reads the lists again without a wait';
    const report = drift({ unsettled: true, bots: [bot('b', sides)] });
    expect(await say(format, report)).toContain(words);
    expect(await say(format, parseReport('r.json', await say('json', report)))).toContain(words);
    expect(await say(format, drift({ bots: [bot('b', sides)] }))).not.toContain('--settle');
  });
});

describe('the reason of an entry', () => {
  const reasons = [
    { number: 447_700_900_000, reason: 'Threats, ticket 4711', encrypted: false },
    { number: 447_700_900_500, reason: 'Spam', encrypted: false },
    { number: 447_700_900_001, reason: 'Secret', encrypted: true },
  ];
  const expired = { direction: 'remove', origin: null, reason: 'expired', expires: '2026-01-31' } as const;
  const added = { direction: 'add', origin: null, reason: null, expires: null } as const;
  const remove = numbers(1, 447_700_900_500);
  const planned = report({
    bots: [
      bot('b', {
        add: numbers(3),
        remove,
        causes: [
          { ...expired, numbers: remove },
          { ...added, numbers: numbers(3) },
        ],
        reasons,
      }),
    ],
  });

  test('follows the cause', async () => {
    expect(await say('text', planned)).toContain(`
  remove  +447700900500  expired 2026-01-31: Spam
  add     +447700900000  Threats, ticket 4711
  add     +447700900001  Secret
  add     +447700900002
`);
    const markdown = await say('markdown', planned);
    expect(markdown).toContain('@@ remove, expired 2026-01-31: 1 @@\n- remove  +447700900500  Spam\n');
    expect(markdown).toContain('+ add     +447700900000  Threats, ticket 4711\n');
    expect(await say('html', planned)).toContain('"why":"expired 2026-01-31: Spam"');
    expect(JSON.parse(await say('json', planned)).bots[0].reasons).toEqual(
      reasons.map((each) => ({ ...each, number: `+${each.number}` })),
    );
  });

  test.each(Object.keys(reporters))(
    'is hidden if it is of an encrypted file and numbers are masked: %s',
    async (format) => {
      expect(await say(format, planned, masked)).not.toContain('Secret');
      if (!['diff', 'github'].includes(format)) expect(await say(format, planned, masked)).toContain('Spam');
      const shown = parseReport('r.json', await say('json', planned));
      expect(await say(format, shown, masked)).not.toContain('Secret');
      expect(await say(format, shown)).toBe(await say(format, planned));
    },
  );
});
