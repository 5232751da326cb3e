/** The output of each format for removals that were withheld. */
import { Ansis } from 'ansis';
import { describe, expect, test } from 'vitest';
import type { Withheld } from '../../src/model/ledger.ts';
import type { Report, ResultReport } from '../../src/model/report.ts';
import { reporters } from '../../src/report/index.ts';
import { parseReport } from '../../src/report/json/read.ts';
import { makeSanitizer } from '../../src/report/voice/index.ts';
import { adds, bot, full, masked, numbers, report as plan, result } from './fixtures.ts';

const DECLARED = 525_550_100_123;
const LISTED = 5_215_550_100_123;
const by = (because: Withheld['because'], number = LISTED): Withheld => ({ number, declared: DECLARED, because });

function applied(withheld: readonly Withheld[], rest: Partial<ResultReport> = {}): ResultReport {
  const { results, ...support } = bot('support-bot', {
    add: numbers(1, DECLARED),
    remove: numbers(withheld.length, LISTED),
  });
  return result({
    outcome: 'applied',
    bots: [{ ...support, results: { ...results, applied: adds(1), withheld } }],
    ...rest,
  });
}

async function say(format: string, report: Report, { clean = full, verbose = false } = {}): Promise<string> {
  return [...reporters[format]!(report, { clean, verbose, color: new Ansis(0) })].join('');
}

describe('the reason and the remedy', () => {
  test.each<[Withheld['because'], string]>([
    ['answer', '+525550100123 is listed as +5215550100123; add waId: "+5215550100123" to the entry of +525550100123'],
    [
      'digits',
      'WhatsApp may list +525550100123 as +5215550100123, because the last seven digits are equal; if both are one person, add waId: "+5215550100123" to the entry of +525550100123',
    ],
    ['spelling', '+525550100123 is listed as +5215550100123, another spelling; write the number as it is listed'],
    [
      'edit',
      '+525550100123 was refused, and the listed +5215550100123 differs from it by one edit; check +525550100123, which may be misspelled',
    ],
  ])('%s', async (because, words) => {
    const report = applied([by(because)]);
    expect(await say('text', report)).toContain(`  withheld: ${words}\n`);
    expect(await say('github', report)).toContain(`::warning title=blacklistctl apply%3A support-bot::${words}\n`);
    expect((await say('markdown', report)).replaceAll('`', '')).toContain(`> - support-bot: ${words}\n`);
    expect(await say('html', report)).toContain(`<li><b>support-bot</b> ${words.replaceAll('"', '&quot;')}</li>`);
    expect(JSON.parse(await say('json', report)).bots[0].results).toMatchObject({
      applied: 1,
      withheld: 1,
      withheldNumbers: [{ number: '+5215550100123', declared: '+525550100123', because }],
    });
  });
});

describe('two numbers that look alike when masked', () => {
  const ALIKE = 525_551_110_123;
  const pair = { number: ALIKE, declared: DECLARED, because: 'digits' } as const;
  const HINT =
    'another number, which looks the same when masked; to see both numbers and what to do, pass --numbers full';
  const listedAs = [{ number: DECLARED, waId: ALIKE }];
  const listed = { ...applied([]), bots: applied([]).bots.map((each) => ({ ...each, listedAs })) };

  test.each<[Withheld['because'], string]>([
    ['answer', 'is'],
    ['spelling', 'is'],
    ['digits', 'may be'],
    ['edit', 'may be'],
  ])('have a hint how to see both, and no remedy with either: %s', async (because, is) => {
    const said = await say('text', applied([{ ...pair, because }]), { clean: masked });
    expect(said).toContain(`  withheld: +52••••••0123 ${is} listed as ${HINT}\n`);
    expect(said).not.toContain('waId');
  });

  test('have the hint if the user is listed under the other one', async () => {
    const said = await say('text', listed, { clean: masked });
    expect(said).toContain(`  other number: WhatsApp knows +52••••••0123 as ${HINT}\n`);
    expect(said).not.toContain('waId');
  });

  test('have no hint in full, with tags, or in a report that has only masked numbers', async () => {
    const tagged = makeSanitizer({ masked: true, maskKey: 'k'.repeat(32), secrets: new Set() });
    const before = { ...pair, number: '+52•••••0123', declared: '+52•••••0123' };
    for (const [report, clean] of [
      [applied([pair]), full],
      [applied([pair]), tagged],
      [applied([before]), masked],
      [listed, full],
      [listed, tagged],
    ] as const) {
      const said = await say('text', report, { clean });
      expect(said).not.toContain(HINT);
      expect(said).toContain('add waId: "');
    }
  });
});

test('text counts withheld removals next to the applied changes', async () => {
  expect(await say('text', applied([by('answer')]))).toBe(`support-bot  1 added, 0 removed, 1 removal withheld
  withheld: +525550100123 is listed as +5215550100123; add waId: "+5215550100123" to the entry of +525550100123

Apply complete: 1 added, 0 removed in 1 of 1 bot; 1 removal withheld.
1 removal was withheld, because its number may be a second number of a declared user.
`);
});

test.each<[Withheld['because'][], string]>([
  [['edit'], 'its number may be a declared number that is misspelled.'],
  [['edit', 'edit'], 'each number may be a declared number that is misspelled.'],
  [
    ['digits', 'edit'],
    'each number may be a second number of a declared user, or a declared number that is misspelled.',
  ],
])('the verdict reports whose numbers they may be: %j', async (reasons, words) => {
  const said = await say('text', applied(reasons.map((because, at) => by(because, LISTED + at))));
  expect(said).toContain(`withheld, because ${words}\n`);
});

test.each(['markdown', 'github', 'html'])(
  '%s counts withheld removals, and reports none as a failure',
  async (format) => {
    const said = await say(format, applied([by('answer'), by('digits', LISTED + 1)]));
    expect(said).toContain('2 removals were withheld, because each number may be a second number of a declared user.');
    expect(said).toMatch(
      format === 'html'
        ? /<dt>Removals withheld<\/dt><dd class="">2</
        : /1 added, 0 removed in 1 of 1 bot; 2 removals withheld/,
    );
    expect(said).not.toMatch(/::error|CAUTION|Needs attention/);
  },
);

test.each(['text', 'markdown', 'github', 'html'])(
  '%s does not mention withheld removals if there are none',
  async (format) => {
    expect(await say(format, applied([]))).not.toMatch(/withheld/i);
  },
);

describe('many withheld removals', () => {
  const many = applied(Array.from({ length: 25_000 }, (_, n) => by('answer', LISTED + n)));
  const listed = (said: string) => said.match(/ is listed as /g)?.length ?? 0;

  test('are cut after 20 in text, unless --verbose is given', async () => {
    const said = await say('text', many);
    expect(listed(said)).toBe(20);
    expect(said).toContain('  withheld: … and 24980 more (--verbose shows all)\n');
    expect(listed(await say('text', many, { verbose: true }))).toBe(25_000);
  });

  test('are cut and counted in the other formats', async () => {
    expect(await say('github', many)).toContain('and 24990 more warnings, without an annotation\n');
    expect(await say('html', many)).toContain('<li>and 24,980 more</li>');
    const said = await say('markdown', many);
    expect(said).toMatch(/> - and 24,9\d\d more\n/);
    expect(said.length).toBeLessThanOrEqual(60_000);
  });

  test('are all in JSON', async () => {
    const { results } = JSON.parse(await say('json', many)).bots[0];
    expect([results.withheld, results.withheldNumbers.length]).toEqual([25_000, 25_000]);
  });
});

test.each(Object.keys(reporters))('%s masks both numbers', async (format) => {
  const said = await say(format, applied([by('answer'), by('edit')]), { clean: masked });
  expect(said).not.toMatch(/\d{7}(?![0-9a-f]*["<`])/);
  if (format !== 'diff') expect(said).toContain('+52•••••••0123');
});

describe('a JSON report', () => {
  test.each([
    ['in full', full],
    ['masked', masked],
  ])('is read as it was written: %s', async (_, clean) => {
    const written = await say('json', applied([by('answer'), by('spelling')]), { clean });
    const read = parseReport('report.json', written) as ResultReport;
    expect(read.bots[0]!.results.withheld).toHaveLength(2);
    expect(await say('json', read, { clean })).toBe(written);
  });

  test('of an older version has none', async () => {
    const document = JSON.parse(await say('json', applied([])));
    delete document.bots[0].results.withheld;
    delete document.bots[0].results.withheldNumbers;
    const read = parseReport('report.json', JSON.stringify(document)) as ResultReport;
    expect(read.bots[0]!.results.withheld).toEqual([]);
  });
});

describe('before apply', () => {
  const { results, ...support } = bot('support-bot', {
    add: numbers(1, DECLARED),
    remove: numbers(1, LISTED),
    causes: [{ direction: 'remove', origin: null, reason: 'undeclared', expires: null, numbers: numbers(1, LISTED) }],
  });
  const planned = plan({ bots: [{ ...support, mayWithhold: [by('digits')] }] });
  const WORDS =
    'apply may withhold the removal of +5215550100123: WhatsApp may list +525550100123 as +5215550100123, because the last seven digits are equal';

  test('text shows that the removal may be withheld, and why', async () => {
    const said = await say('text', planned);
    expect(said).toContain('  remove  +5215550100123  not declared: apply may withhold its removal\n');
    expect(said).toContain(
      '  may be withheld: WhatsApp may list +525550100123 as +5215550100123, because the last seven digits',
    );
  });

  test.each(['markdown', 'github', 'html'])('%s warns of it', async (format) => {
    expect((await say(format, planned)).replaceAll('`', '')).toContain(WORDS);
  });

  test.each([full, masked])('a JSON report is read as it was written', async (clean) => {
    const written = await say('json', planned, { clean });
    expect(JSON.parse(written).bots[0].mayWithhold).toMatchObject([{ because: 'digits' }]);
    expect(await say('json', parseReport('report.json', written), { clean })).toBe(written);
  });
});

describe('users whom WhatsApp knows under another number', () => {
  const OTHER = 447_700_900_999;
  const report = (withheld: readonly Withheld[], ...waIds: number[]) => {
    const { bots, ...rest } = applied(withheld);
    const listedAs = waIds.map((waId) => ({ number: DECLARED, waId }));
    return { ...rest, bots: bots.map((each) => ({ ...each, listedAs })) };
  };

  test('text shows each pair that no withheld removal shows', async () => {
    const said = await say('text', report([by('answer')], LISTED, OTHER));
    expect(said).toContain('  withheld: +525550100123 is listed as +5215550100123; add waId');
    expect(said).toContain(
      '  other number: WhatsApp knows +525550100123 as +447700900999; add waId: "+447700900999" to the entry of +525550100123\n',
    );
    expect(said).not.toContain('other number: WhatsApp knows +525550100123 as +5215550100123');
  });

  test.each(Object.keys(reporters))('%s does not say that a pending number is listed', async (format) => {
    const { bots, ...rest } = report([], OTHER);
    const pending = bots.map((each) => ({ ...each, results: { ...each.results, applied: adds(0), pending: 1 } }));
    expect(await say(format, { ...rest, bots: pending })).not.toMatch(/(is|are) listed/);
  });

  test('text shows at most 20 pairs unless verbose', async () => {
    const many = report([], ...Array.from({ length: 22 }, (_, at) => OTHER + at));
    expect(await say('text', many)).toContain('  other number: … and 2 more (--verbose shows all)\n');
    expect(await say('text', many, { verbose: true })).not.toContain('more (--verbose');
  });

  test.each(['markdown', 'github', 'html'])('%s counts them, and says what to do', async (format) => {
    expect(await say(format, report([], OTHER))).toContain(
      'WhatsApp knows 1 number as another number; to declare both, pass the JSON report to import --from',
    );
    expect(await say(format, report([], OTHER, OTHER + 1))).toContain('WhatsApp knows 2 numbers as other numbers;');
    expect(await say(format, report([]))).not.toContain('WhatsApp knows');
  });

  test.each([full, masked])('a JSON report is read as it was written', async (clean) => {
    const written = await say('json', report([], OTHER), { clean });
    const { listedAs } = JSON.parse(written).bots[0];
    expect(listedAs).toEqual([{ number: clean.number(DECLARED), waId: clean.number(OTHER) }]);
    expect(await say('json', parseReport('report.json', written), { clean })).toBe(written);
  });
});
