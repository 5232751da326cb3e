import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Ledger } from '../../../src/model/ledger.ts';
import type { Report } from '../../../src/model/report.ts';
import { NumberSet } from '../../../src/numbers/number-set.ts';
import { html } from '../../../src/report/html/index.ts';
import { CHROMIUM, has, needs } from '../../needs.ts';
import {
  adds,
  answer,
  answersSaying,
  bot,
  causedBot,
  check,
  counts,
  drift,
  explained,
  failedBot,
  format,
  full,
  HOSTILE,
  imported,
  init,
  invalid,
  ledger,
  listed,
  listedBot,
  live,
  liveBot,
  masked,
  numbers,
  RUN,
  raw,
  refusedBot,
  removes,
  report,
  result,
  way,
} from '../fixtures.ts';

const ARGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

let browser: Browser;
beforeAll(async () => {
  if (has('chromium')) browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS.split(' ') });
});
afterAll(() => browser?.close());

const render = (what: Report, clean = full) => [...html(what, { clean })].join('');

interface Opened {
  readonly page: Page;
  /** Requests for anything but the page, and messages of its console. */
  readonly requests: string[];
  readonly complaints: string[];
}

/** Opens the page from a file, as users do. */
async function open(text: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'blacklistctl-'));
  const context = await browser.newContext(options);
  onTestFinished(async () => {
    await context.close();
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, 'report.html');
  writeFileSync(file, text);
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`file://${file}`);
  expect(requests.splice(0)).toEqual([`file://${file}`]);
  return { page, requests, complaints };
}

/** The live region for screen readers, and the list. */
const status = (page: Page) => page.getByRole('status').textContent();
const rows = (page: Page) => page.locator('#rows tr').allInnerTexts();

const bodyRow = async (page: Page, name: string) =>
  (await page.getByRole('row', { name }).allInnerTexts())[0]!.replace('\n', '');

const bots = [
  bot('billing-bot', { add: numbers(120) }),
  failedBot('loyalty-bot', 'page 3 failed', '503 busy'),
  refusedBot('support-bot'),
];
const plan = report({ outcome: 'refused', bots });

test('data of many numbers has no long lines', () => {
  const page = render(report({ bots: [bot('a-bot', { add: numbers(5000) })] }));
  const [, data] = /id="data">(.*?)<\/script>/s.exec(page)!;
  expect(JSON.parse(data!)[0].groups[0].numbers).toHaveLength(5000);
  expect(Math.max(...data!.split('\n').map((line) => line.length))).toBeLessThan(20_000);
});

describe('a page', () => {
  needs('chromium');

  test('shows the whole report without a request and without a console message', async () => {
    const { page, requests, complaints } = await open(
      render({ ...plan, warnings: [{ code: 'W-DUPLICATE', message: 'listed twice' }] }),
    );
    expect(await page.title()).toContain('Plan 7d1f0c22: 120 to add, 9 to remove');
    const said = (await page.locator('header, main').allInnerTexts()).join();
    expect(said).toContain('7d1f0c22'.repeat(8));
    expect(said).toContain('--approve 7d1f0c22');
    expect(said).toContain('loyalty-bot could not be read: page 3 failed; the server answered: 503 busy');
    expect(said).toContain('support-bot refused: would remove 9 of 12 numbers (75 %)');
    expect(said).toContain('listed twice');
    expect(await bodyRow(page, 'support-bot')).toBe('support-bot\t\t9\t0\t3');
    expect(await bodyRow(page, 'loyalty-bot')).toBe('loyalty-bot\t\t–\t–\t–');
    expect([requests, complaints]).toEqual([[], []]);
  });

  test('selects the whole fingerprint with one click', async () => {
    const { page } = await open(render(plan));
    await page.locator('.fingerprint code').click();
    expect(await page.evaluate('String(getSelection())')).toBe('7d1f0c22'.repeat(8));
  });

  test('runs no script and no style but its own', async () => {
    const injected =
      '<script>window.hacked = 1</script><svg onload="window.hacked = 1"></svg><style>h1{display:none}</style>';
    const { page, complaints } = await open(render(plan).replace('<main>', `<main>${injected}`));
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(await page.locator('h1').isVisible()).toBe(true);
    expect(complaints.filter((said) => said.includes('Content Security Policy'))).toHaveLength(3);
    expect(await status(page)).toContain('129 changes');
  });

  test.each([
    ['the sanitizer', full],
    ['a sanitizer that lets everything through', raw],
  ])('shows hostile text as text, with %s', async (_, clean) => {
    const hostile = HOSTILE.filter((text) => text.trim() !== '' && !/\p{Cs}/u.test(text));
    const rejected = [{ number: 447_700_900_000, direction: 'add' as const, reason: hostile.join(' ') }];
    const results = ledger({ rejected });
    const what = result({
      outcome: 'partial',
      bots: [
        ...hostile.map((text) => failedBot(text, text, text)),
        ...hostile.map((text) => bot(text, { add: numbers(1), results })),
      ],
      errors: hostile.map((message) => ({ message, place: { file: message, line: 1, column: 1 }, source: message })),
      warnings: hostile.map((message) => ({ code: 'W-DUPLICATE', message })),
    });
    const { page, requests, complaints } = await open(render(what, clean));
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(await page.locator('img, a[href^="http"], main script').count()).toBe(0);
    expect([requests, complaints]).toEqual([[], []]);
    const flat = (text: string) => text.replace(/\s+/g, ' ').trim();
    const shown = flat((await page.locator('header, main').allTextContents()).join());
    for (const text of hostile) expect(shown).toContain(flat(clean.text(text)));
    const listed = await page.locator('#rows tr td:nth-child(3)').allTextContents();
    expect(listed.map(flat)).toEqual(hostile.map((text) => flat(clean.text(text))));
  });

  test.each([
    ['the sanitizer', full],
    ['a sanitizer that lets everything through', raw],
  ])('shows hostile text in answers as text, with %s', async (_, clean) => {
    const hostile = HOSTILE.filter((text) => text.trim() !== '' && !/\p{Cs}/u.test(text)).join(' ');
    for (const what of answersSaying(hostile)) {
      const { page, requests, complaints } = await open(render(what, clean));
      expect(await page.evaluate('window.hacked')).toBeUndefined();
      expect(await page.locator('img, a[href^="http"], main script').count()).toBe(0);
      expect([requests, complaints]).toEqual([[], []]);
    }
  });

  test('shows the numbers of list, the declarations of plan --verbose and the answer of explain', async () => {
    const numbersOf = async (what: Report) => {
      const { page } = await open(render(what));
      await page.locator('summary').first().click();
      return (await page.locator('main').allInnerTexts()).join();
    };
    const declarations = [way()];
    const list = await numbersOf(listed(listedBot('support-bot', 2, { declarations })));
    expect(list).toContain(
      'support-bot: 2 numbers\n+447700900000\n    lists.yaml:5:17, list fraud of Trust & Safety; reason',
    );
    expect(list).toContain('\n+447700900001\n');
    const plan = await numbersOf(report({ bots: [bot('b', { add: numbers(1), declarations })] }));
    expect(plan).toContain('b: declarations of 1 number\n+447700900000\n    lists.yaml:5:17');
    const { page } = await open(render(explained([answer('a'), answer('b', { declared: false, declarations: [] })])));
    const said = (await page.locator('main').allInnerTexts()).join().replace(/\n+/g, '\n');
    expect(said).toContain(
      '+447700900000\n+447700900000 is declared for 1 of 2 bots (a). To see what the next apply does, pass --live.\na: declared\ndeclared: lists.yaml:5:17, list fraud',
    );
    expect(said).toContain('b: not declared\npolicy: sync\n');
  });

  test('masks every number, and finds numbers by their last digits', async () => {
    const text = render(
      {
        ...plan,
        warnings: [
          {
            code: 'W-DUPLICATE',
            message: '+44 7700 900123',
            place: { file: 'a', line: 1, column: 1 },
            source: '447700900123',
          },
        ],
      },
      masked,
    );
    expect(text).not.toMatch(/44 ?7700/);
    const { page } = await open(text);
    await page.getByLabel('Number, bot or reason').fill('0119');
    expect(await status(page)).toBe('1 of 129 changes');
    expect(await rows(page)).toEqual(['add\t+44••••••0119\tbilling-bot']);
  });

  test('shows errors without a table, counts of valid files, and reasons of rejections', async () => {
    const faults = await open(
      render(invalid({ errors: [{ message: 'has 5 digits', place: { file: 'a.yaml', line: 4, column: 9 } }] })),
    );
    expect(await faults.page.locator('main').allInnerTexts()).toEqual([
      expect.stringContaining('a.yaml:4:9: has 5 digits'),
    ]);
    expect(await faults.page.getByRole('table').count()).toBe(0);
    const valid = await open(render(check([{ id: 'a-bot', count: 1204 }])));
    expect(await valid.page.getByRole('row').allInnerTexts()).toEqual(['Bot\tNumbers', 'a-bot\t1,204']);
    const rejected = [{ number: 447_700_900_001, direction: 'add' as const, reason: 'not a WhatsApp number' }];
    const results = ledger({ applied: adds(1), rejected });
    const done = await open(render(result({ outcome: 'partial', bots: [bot('a-bot', { add: numbers(2), results })] })));
    expect(await rows(done.page)).toEqual([
      'added\t+447700900000\ta-bot\t',
      'add rejected\t+447700900001\ta-bot\tnot a WhatsApp number',
    ]);
    expect([...faults.complaints, ...valid.complaints, ...done.complaints]).toEqual([]);
  });
});

describe('search and filters', () => {
  needs('chromium');

  test('work with only the keyboard', async () => {
    const { page } = await open(render(plan));
    const { keyboard } = page;
    const focused = () =>
      page.evaluate('document.activeElement.id || document.activeElement.textContent') as Promise<string>;
    const tabTo = async (name: string) => {
      for (let tabs = 0; tabs < 30 && (await focused()) !== name; tabs++) await keyboard.press('Tab');
      expect(await focused()).toBe(name);
    };
    await keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the list');
    await keyboard.press('Enter');
    await expect.poll(focused).toBe('changes');
    await tabTo('search');
    await keyboard.type('+44 7700 900-50');
    expect(await status(page)).toBe('9 of 129 changes');
    await keyboard.press('Escape');
    await keyboard.type('BILLING');
    expect(await status(page)).toBe('120 of 129 changes, showing 1–100');
    await tabTo('next');
    await keyboard.press('Enter');
    expect(await status(page)).toBe('120 of 129 changes, showing 101–120');
    expect(await rows(page)).toHaveLength(20);
    await keyboard.press('Enter');
    expect(await focused()).toBe('next'); // the last page keeps the focus
    expect(await page.locator('#page').textContent()).toBe('Page 2 of 2');
    await page.reload();
    await tabTo('bot');
    await keyboard.press('s');
    expect(await status(page)).toBe('9 of 129 changes');
    await keyboard.press('Tab');
    await keyboard.press('ArrowRight');
    await keyboard.press('ArrowRight');
    expect(await page.getByLabel('Add', { exact: true }).isChecked()).toBe(true);
    expect(await status(page)).toBe('No change matches');
    await keyboard.press('ArrowLeft');
    expect(await status(page)).toBe('9 of 129 changes');
    expect(await rows(page)).toContain('remove\t+447700900500\tsupport-bot');
  });

  test('show the changes of a bot after a click on its row', async () => {
    const { page } = await open(render(plan));
    await page.getByRole('button', { name: 'support-bot' }).press('Enter');
    expect(await status(page)).toBe('9 of 129 changes');
    expect(await page.getByRole('combobox', { name: 'Bot' }).inputValue()).toBe('1');
  });

  test('find changes by their cause', async () => {
    const { page } = await open(
      render(report({ bots: [causedBot('support-bot'), bot('a-bot', { add: numbers(1) })] })),
    );
    expect(await page.locator('#changes ~ div thead').last().textContent()).toContain('Why');
    await page.getByLabel('Number, bot or reason').fill('drift');
    expect(await status(page)).toBe('3 of 36 changes');
    expect(await rows(page)).toEqual([
      'remove\t+447700900600\tsupport-bot\tdrift: not declared in the base commit either',
      'remove\t+447700900700\tsupport-bot\texpired 2026-12-31 (drift)',
      'add\t+447700900900\tsupport-bot\tdrift: also declared in the base commit',
    ]);
  });

  test('show 100,000 changes in pages', async () => {
    const many = Array.from({ length: 10 }, (_, index) =>
      bot(`Bot-${index}`, {
        add: numbers(5_000, 447_700_000_000 + index * 10_000),
        remove: numbers(5_000, 15_550_000_000 + index * 10_000),
      }),
    );
    const { page, complaints } = await open(render(report({ bots: many })));
    expect(await status(page)).toBe('100,000 changes, showing 1–100');
    expect(await rows(page)).toHaveLength(100);
    await page.getByLabel('Number, bot or reason').fill('+1555');
    expect(await status(page)).toBe('50,000 of 100,000 changes, showing 1–100');
    await page.getByLabel('Number, bot or reason').fill('bot-9');
    expect(await status(page)).toBe('10,000 of 100,000 changes, showing 1–100');
    await page.getByLabel('Number, bot or reason').fill('447700094999');
    expect(await rows(page)).toEqual(['add\t+447700094999\tBot-9']);
    expect(complaints).toEqual([]);
  });
});

const since = {
  new: { add: numbers(1), remove: NumberSet.empty },
  still: { add: numbers(1, 447_700_900_001), remove: numbers(1, 447_700_900_500) },
  resolved: { add: numbers(1, 447_700_900_002), remove: NumberSet.empty },
  unknown: { add: NumberSet.empty, remove: NumberSet.empty },
};
const drifted = drift({ bots: [bot('a-bot', { add: numbers(2), remove: numbers(1, 447_700_900_500), since })] });
const place = { file: 'bots/a.yaml', line: 20, column: 60 };
const source = `    numbers: { number: "+447700900001", reason: ${'long '.repeat(20)}}`;
const faulty = invalid({ errors: [{ message: `has ${'many '.repeat(20)}faults`, place, source }] });
const EVERY_KIND: readonly Report[] = [
  plan,
  result({ outcome: 'applied' }),
  drifted,
  check([{ id: 'a-bot', count: 2 }]),
  listed(listedBot('a-bot', 2)),
  live([
    liveBot('a-bot', 2, { foreign: 1 }),
    liveBot('lost-bot', 0, { error: { message: 'gone; check it', detail: 'bye' } }),
  ]),
  explained([answer('a-bot')]),
  format([{ name: 'a.yaml', changed: true, hunks: [] }]),
  init(['blacklist.yaml'], { next: ['blacklistctl plan'] }),
  imported([{ id: 'a-bot', imported: 2, alreadyThere: 1, error: null, numbers: numbers(2) }]),
  faulty,
];

describe('the head of a page', () => {
  const part = (name: string, text: string) => new RegExp(`<${name}[^>]*>(.*?)</${name}>`, 's').exec(text)![1]!;
  const plain = (text: string) => text.replace(/<[^>]*>/g, '').trim();

  const halfDone = bot('a', { results: ledger({ applied: adds(1), failed: adds(1) }) });
  test.each<[heading: string, title: string, Report]>([
    ['Plan 7d1f0c22 refused', 'Plan 7d1f0c22: 120 to add, 9 to remove', plan],
    ['Plan 7d1f0c22 changes', 'Plan 7d1f0c22: 0 to add', report({ command: 'show' })],
    [
      'Apply 7d1f0c22 refused',
      'Apply 7d1f0c22: 120 to add, 9 to remove',
      { ...plan, command: 'apply', state: 'skipped' },
    ],
    ['Apply 7d1f0c22 applied', 'Apply complete: 0 added', result({ outcome: 'applied' })],
    ['Apply 7d1f0c22 not finished', 'Apply not finished: 0 added', result({ outcome: 'partial' })],
    ['Apply 7d1f0c22 applied in part', 'Applied in part', result({ outcome: 'partial', bots: [halfDone] })],
    ['Drift 7d1f0c22 drift', 'Drift: ', drifted],
    ['Drift in sync', 'Drift: none', drift({ fingerprint: null, outcome: 'in-sync' })],
    ['Validate valid', 'Valid: 0 numbers', check([])],
    ['Validate invalid', 'Validate: 1 error', faulty],
    ['List listed', 'Listed: 0 numbers', listed()],
    ['List listed', 'Live: 0 numbers', live([])],
    ['Explain answered', 'Explained: ', explained([])],
    ['Format formatted', 'Already formatted: 0 files', format([])],
    ['Init written', 'Init: 0 files', init([])],
    ['Import written', 'Imported: 0 numbers', imported([])],
    ['Import failed', 'Import: failed', invalid({ command: 'import', outcome: 'failed' })],
  ])('has the heading %s and a title that fits', (heading, title, what) => {
    const text = render(what);
    expect(plain(part('h1', text))).toBe(heading);
    expect(part('title', text).startsWith(title), part('title', text)).toBe(true);
  });

  test('folds bots in sync that are alike into one row', () => {
    const bots = Array.from({ length: 100 }, (_, index) => bot(`bot-${index}`));
    const text = render(report({ outcome: 'in-sync', bots: [...bots, refusedBot('support-bot')] }));
    expect(plain(part('tbody', text))).toMatch(/100 bots in sync.*21,400$/);
    expect(text).not.toContain('bot-57');
    expect(plain(part('tbody', text))).toContain('support-bot');
  });

  test('counts nothing of lists that were not read', () => {
    const unread = { fingerprint: null, outcome: 'failed', bots: [failedBot('a-bot')] } as const;
    expect(plain(part('dl', render(report(unread))))).toBe('Bots1');
    const skipped = report({
      command: 'apply',
      state: 'skipped',
      outcome: 'stale',
      bots: [bot('a', { add: numbers(1) })],
    });
    expect(render(skipped)).not.toContain('Writes needed');
  });

  test('shows version, time, commit and paths of the run', () => {
    const text = render({ ...plan, run: { ...RUN, paths: ['<b>', 'c', 'd', 'e', 'f'] } });
    const words = 'blacklistctl 0.1.0 · 2026-06-15 12:00 UTC · commit 1a2b3c4 · &lt;b&gt;, c, d and 2 more';
    expect(plain(part('header', text))).toMatch(new RegExp(`${words}$`));
    expect(plain(part('header', render(plan)))).toMatch(/7d1f0c22$/);
  });

  test('masks the paths', () => {
    const text = render({ ...plan, run: { ...RUN, paths: ['+447700900123.yaml'] } }, masked);
    expect(text).not.toContain('447700900123');
  });
});

describe('the list of changes of an apply', () => {
  needs('chromium');
  const rejected = [{ number: 447_700_900_001, direction: 'add', reason: 'no' }] as const;
  const withheld = [{ number: 447_700_900_500, declared: 447_700_900_600, because: 'digits' }] as const;
  const both = { add: numbers(2), remove: numbers(2, 447_700_900_500) };

  test.each<[string, Partial<Ledger>, string[]]>([
    ['all done', { applied: { add: 2, remove: 2 } }, ['removed', 'removed', 'added', 'added']],
    [
      'rejected and withheld',
      { applied: { add: 1, remove: 1 }, rejected, withheld },
      ['removal withheld', 'removed', 'added', 'add rejected'],
    ],
    [
      'failed and not sent',
      { failed: adds(2), skipped: removes(2) },
      ['removal not sent', 'removal not sent', 'add failed', 'add failed'],
    ],
    [
      'counted only',
      { applied: adds(1), failed: adds(1), unknown: removes(1), skipped: removes(1) },
      ['unknown or not sent', 'unknown or not sent', 'added or failed', 'added or failed'],
    ],
    ['pending', { applied: { add: 0, remove: 2 }, pending: 2 }, ['removed', 'removed', 'add pending', 'add pending']],
  ])('shows the result of each number: %s', async (_, results, expected) => {
    const bots = [bot('a-bot', { ...both, results: ledger(results) })];
    const { page } = await open(render(result({ outcome: 'partial', bots })));
    expect((await rows(page)).map((row) => row.split('\t')[0])).toEqual(expected);
    const undone = expected.filter((words) => words !== 'added' && words !== 'removed');
    expect(await page.locator('.open-cell').allTextContents()).toEqual(undone);
  });

  test('has counts of added and removed numbers', async () => {
    const results = ledger({ applied: { add: 2, remove: 1 }, failed: removes(1) });
    const { page } = await open(render(result({ outcome: 'partial', bots: [bot('a-bot', { ...both, results })] })));
    expect(await page.locator('.counts').textContent()).toBe('Removed1Added2Removals failed1Unchanged214Bots1');
    expect((await page.getByRole('row').allInnerTexts())[0]).toBe('Bot\tShare\tRemoved\tAdded\tUnchanged');
    expect(await bodyRow(page, 'a-bot')).toBe('a-bot\t\t1\t2\t214');
    expect(await page.locator('main').textContent()).not.toContain('to add');
  });
});

describe('the list of changes of a plan', () => {
  needs('chromium');

  test('shows the cause and the reason of the entry, except for masked numbers of encrypted files', async () => {
    const reasons = [
      { number: 447_700_900_000, reason: 'Threats', encrypted: false },
      { number: 447_700_900_500, reason: 'Spam', encrypted: true },
    ];
    const causes = [
      {
        direction: 'remove',
        origin: null,
        reason: 'expired',
        expires: '2026-01-31',
        numbers: numbers(1, 447_700_900_500),
      },
      { direction: 'add', origin: null, reason: null, expires: null, numbers: numbers(2) },
    ] as const;
    const what = report({
      bots: [bot('a-bot', { add: numbers(2), remove: numbers(1, 447_700_900_500), causes, reasons })],
    });
    const { page } = await open(render(what));
    const why = async (page: Page) => (await rows(page)).map((row) => row.split('\t').at(-1)).sort();
    expect(await why(page)).toEqual(['', 'Threats', 'expired 2026-01-31: Spam']);
    await page.getByLabel('Number, bot or reason').fill('spam');
    expect(await status(page)).toBe('1 of 3 changes');
    const hidden = await open(render(what, masked));
    expect(await why(hidden.page)).toEqual(['', 'Threats', 'expired 2026-01-31']);
  });
});

describe('the list of changes of a drift', () => {
  needs('chromium');

  test('does not call differences new if there was no earlier report', async () => {
    const { page } = await open(render({ ...drifted, firstRun: true }));
    expect(await page.locator('#list th').allTextContents()).toEqual(['Change', 'Number', 'Bot']);
    expect(await page.locator('body').textContent()).not.toContain('earlier');
  });

  test('names what happened outside Git, and filters by where a number was found', async () => {
    const { page } = await open(render(drifted));
    const terms = async () => (await rows(page)).map((row) => row.split('\t')[0]);
    expect(await terms()).toEqual(['added outside Git', 'removed outside Git', 'removed outside Git']);
    expect(await page.locator('.add-cell').allTextContents()).toEqual(['added outside Git']);
    await page.getByLabel('Live only').check();
    expect(await terms()).toEqual(['added outside Git']);
  });

  test('shows which differences are new and which are still there', async () => {
    const { page } = await open(render(drifted));
    expect(await page.locator('#list th').allTextContents()).toEqual([
      'Change',
      'Number',
      'Bot',
      'Since the earlier report',
    ]);
    expect((await rows(page)).map((row) => row.split('\t').at(-1))).toEqual(['still there', 'new', 'still there']);
    await page.getByLabel('Number, bot or reason').fill('still there');
    expect(await status(page)).toBe('2 of 3 differences');
  });
});

describe('the layout', () => {
  needs('chromium');
  const phone = { viewport: { width: 390, height: 800 } };

  test('keeps the change, the number and the id of a bot in one line on a phone', async () => {
    const wide = causedBot('customer-service-bot-of-the-shop');
    const { page } = await open(render(report({ bots: [wide] })), phone);
    const lines = await linesOf(page, '#rows td:not(:last-child)');
    expect(lines.length).toBeGreaterThan(50);
    expect(lines.filter((count) => count !== 1)).toEqual([]);
    expect(await linesOf(page, 'tbody th button')).toEqual([1]);
  });

  test('keeps the caret below its column on a phone', async () => {
    const { page } = await open(render(faulty), phone);
    expect(await linesOf(page, '.errors pre')).toEqual([2]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });

  test('keeps text away from the edges of its panel', async () => {
    const { page } = await open(render(plan));
    for (const what of EVERY_KIND) {
      await page.setContent(render(what));
      await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
      const gaps = (await page.evaluate(GAPS)) as [string, number][];
      expect(gaps.filter(([, gap]) => gap < 8)).toEqual([]);
    }
  });

  test('explains the bars', async () => {
    const { page } = await open(render(plan));
    expect(await page.locator('.legend').textContent()).toBe('Share of the list:  remove  add  unchanged');
    expect(await page.locator('.legend svg').count()).toBe(3);
  });
});

describe('accessibility', () => {
  needs('chromium');

  test.each([390, 1280])('has headings in order and scopes of all heads at %i pixels', async (width) => {
    const { page } = await open(render(plan), { viewport: { width, height: 800 } });
    for (const what of EVERY_KIND) {
      await page.setContent(render(what));
      const levels = await page.locator('h1, h2, h3, h4').evaluateAll((all) => all.map(({ tagName }) => +tagName[1]!));
      expect(levels[0]).toBe(1);
      expect(levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1)).toEqual([]);
      expect(await page.locator('th:not([scope])').count()).toBe(0);
    }
  });

  // The layout for phones is no table, which takes the roles away in some browsers.
  test('names the roles of its tables', async () => {
    const { page } = await open(render(report({ bots: [causedBot('a-bot')] })));
    const html = 'table, thead, tbody, tr, th, td';
    expect(await page.locator(html).count()).toBe(await page.locator(html).and(page.locator('[role]')).count());
    const list = page.locator('#list [role=table]');
    expect(await list.locator('[role=columnheader]').allTextContents()).toEqual(['Change', 'Number', 'Bot', 'Why']);
    expect(await list.locator('[role=rowgroup] > [role=row]').count()).toBe(36);
    expect(await list.locator('[role=row] > [role=cell]').count()).toBe(35 * 4);
  });

  test('gives all controls names, and the page landmarks', async () => {
    const { page } = await open(render(plan));
    const session = await page.context().newCDPSession(page);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    const all = nodes
      .filter(({ ignored }) => !ignored)
      .map(({ role, name }) => [String(role?.value), String(name?.value ?? '')] as const);
    const named = (...roles: string[]) => all.flatMap(([role, name]) => (roles.includes(role) ? [name] : [])).sort();
    expect(named('banner', 'main')).toHaveLength(2);
    expect(named('search', 'navigation', 'group')).toEqual(['Direction', 'Filter the changes', 'Pages']);
    expect(named('searchbox', 'combobox', 'radio')).toEqual(['Add', 'Bot', 'Both', 'Number, bot or reason', 'Remove']);
    expect(named('button')).toEqual(['Next', 'Previous', 'billing-bot', 'support-bot']);
    expect(named('columnheader').join()).toBe('Add,Bot,Bot,Change,Number,Remove,Share,Unchanged');
    expect(named('image')).toEqual(['0 % remove, 36 % add, 64 % unchanged', '75 % remove, 0 % add, 25 % unchanged']);
    expect(await page.getByRole('status').getAttribute('aria-live')).toBe('polite');
  });

  test('draws a change of one in a million at least 2 pixels wide', async () => {
    const { page } = await open(
      render(report({ bots: [bot('a-bot', { counts: counts({ unchanged: 999_999 }), remove: numbers(1) })] })),
    );
    const width = await page.locator('td rect.remove').evaluate((rect) => rect.getBoundingClientRect().width);
    expect(width).toBeGreaterThan(2);
    expect(await page.getByRole('img').getAttribute('aria-label')).toContain('under 1 % remove');
  });

  test.each([390, 1280])('shows no text wider than a window of %i pixels', async (width) => {
    const long = bot('x'.repeat(64), {
      add: numbers(1, 999_999_999_999_999),
      counts: counts({ unchanged: 1_000_000 }),
    });
    const what = report({ ...plan, bots: [...bots, long, failedBot('z-bot', 'y'.repeat(400))] });
    const { page } = await open(render(what), { viewport: { width, height: 900 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(
      await page.evaluate('[...document.querySelectorAll(".scroll")].every((e) => e.scrollWidth <= e.clientWidth)'),
    ).toBe(true);
  });

  test.each(['light', 'dark'] as const)('has a contrast of at least 4.5 in the %s theme', async (colorScheme) => {
    const { page } = await open(render(plan), { colorScheme });
    for (const what of EVERY_KIND) {
      await page.setContent(render({ ...what, run: RUN, warnings: [{ code: 'W-DUPLICATE', message: 'x' }] }));
      const pairs = (await page.evaluate(CONTRASTS)) as [string, number][];
      expect(pairs.length).toBeGreaterThan(5);
      expect(pairs.filter(([, contrast]) => contrast < 4.5)).toEqual([]);
    }
  });

  test('shows the counts and a hint without JavaScript', async () => {
    const { page } = await open(render(plan), { javaScriptEnabled: false });
    expect(await page.getByText('The list needs JavaScript.').isVisible()).toBe(true);
    expect(await page.getByLabel('Number, bot or reason').isVisible()).toBe(false);
    expect(await bodyRow(page, 'billing-bot')).toBe('billing-bot\t\t0\t120\t214');
  });
});

/** Counts the lines of text in each element. */
const linesOf = (page: Page, selector: string) =>
  page.evaluate(`[...document.querySelectorAll('${selector}')].map((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return new Set(Array.from(range.getClientRects(), ({ top }) => Math.round(top))).size;
  })`) as Promise<number[]>;

/** Runs in the page. Returns each text in a panel, and its distance from the left edge of the panel in pixels. */
const GAPS = `[...document.querySelectorAll('.panel')].flatMap((panel) => {
  const edge = panel.getBoundingClientRect();
  return [...panel.querySelectorAll('*')]
    .filter((element) => element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .map((element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      return [element.outerHTML.slice(0, 80), range.getBoundingClientRect().left - edge.left];
    });
})`;

/** Runs in the page. Returns each element that has text, and the contrast (WCAG 2) of the text to its background. */
const CONTRASTS = `(() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => channels(color).slice(0, 3)
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const ground = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return channels(color)[3] === 0 ? ground(element.parentElement) : color;
  };
  return [...document.body.querySelectorAll('*')]
    .filter((element) => element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .map((element) => {
      const [a, b] = [light(getComputedStyle(element).color), light(ground(element))];
      return [element.outerHTML.slice(0, 80), (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
    });
})()`;
