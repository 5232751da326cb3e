import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Report } from '../../../src/model/report.ts';
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
  explained,
  failedBot,
  full,
  HOSTILE,
  invalid,
  ledger,
  listed,
  listedBot,
  masked,
  numbers,
  raw,
  refusedBot,
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
  /** What the page asked for besides itself, and what it complained of. */
  readonly requests: string[];
  readonly complaints: string[];
}

/** The page as a file, as people open it. */
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

/** What the page says to screen readers of the list, and the list. */
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

test('the data of a page has no long lines, however many numbers there are', () => {
  const page = render(report({ bots: [bot('a-bot', { add: numbers(5000) })] }));
  const [, data] = /id="data">(.*?)<\/script>/s.exec(page)!;
  expect(JSON.parse(data!)[0].groups[0].numbers).toHaveLength(5000);
  expect(Math.max(...data!.split('\n').map((line) => line.length))).toBeLessThan(20_000);
});

describe('a page that stands alone', () => {
  needs('chromium');

  test('asks for nothing, complains of nothing, and says it all', async () => {
    const { page, requests, complaints } = await open(
      render({ ...plan, warnings: [{ code: 'W-DUPLICATE', message: 'listed twice' }] }),
    );
    expect(await page.title()).toContain('Plan 7d1f0c22: 120 to add, 9 to remove');
    const said = (await page.locator('header, main').allInnerTexts()).join();
    expect(said).toContain('7d1f0c22'.repeat(8));
    expect(said).toContain('--approve 7d1f0c22');
    expect(said).toContain('loyalty-bot could not be read: page 3 failed; the server said: 503 busy');
    expect(said).toContain('support-bot refused: would remove 9 of 12 (75 %)');
    expect(said).toContain('listed twice');
    expect(await bodyRow(page, 'support-bot')).toBe('support-bot\t\t9\t0\t3');
    expect(await bodyRow(page, 'loyalty-bot')).toBe('loyalty-bot\t\t–\t–\t–');
    expect([requests, complaints]).toEqual([[], []]);
  });

  test('the fingerprint is one click to select', async () => {
    const { page } = await open(render(plan));
    await page.locator('.fingerprint code').click();
    expect(await page.evaluate('String(getSelection())')).toBe('7d1f0c22'.repeat(8));
  });

  test('lets no script run but its own', async () => {
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

  test('shows what was asked for, of list, plan --verbose and explain', async () => {
    const numbersOf = async (what: Report) => {
      const { page } = await open(render(what));
      await page.locator('summary').first().click();
      return (await page.locator('main').allInnerTexts()).join();
    };
    const declarations = [way()];
    const list = await numbersOf(listed(listedBot('support-bot', 2, { declarations })));
    expect(list).toContain(
      'support-bot: 2 numbers listed\n+447700900000\n    lists.yaml:5:17, list fraud of Trust & Safety; reason',
    );
    expect(list).toContain('\n+447700900001\n');
    const plan = await numbersOf(report({ bots: [bot('b', { add: numbers(1), declarations })] }));
    expect(plan).toContain('b: 1 number added, and where they stand\n+447700900000\n    lists.yaml:5:17');
    const { page } = await open(render(explained([answer('a'), answer('b', { declared: false, declarations: [] })])));
    const said = (await page.locator('main').allInnerTexts()).join().replace(/\n+/g, '\n');
    expect(said).toContain(
      '+447700900000\n+447700900000 is declared for 1 of 2 bots (a). To see what the next apply does, pass --live.\na: declared\ndeclared: lists.yaml:5:17, list fraud',
    );
    expect(said).toContain('b: not declared\npolicy: sync\n');
  });

  test('masked, no number is whole, and its end can be searched', async () => {
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
    await page.getByLabel('Number, bot or cause').fill('0119');
    expect(await status(page)).toBe('1 of 129 changes');
    expect(await rows(page)).toEqual(['+ add\t+44••••••0119\tbilling-bot']);
  });

  test('other reports: faults alone, valid files, what was rejected', async () => {
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
      '+ add\t+447700900000\ta-bot\t',
      '+ add\t+447700900001\ta-bot\tnot a WhatsApp number',
    ]);
    expect([...faults.complaints, ...valid.complaints, ...done.complaints]).toEqual([]);
  });
});

describe('search and filters', () => {
  needs('chromium');

  test('by keyboard alone', async () => {
    const { page } = await open(render(plan));
    const { keyboard } = page;
    const focused = () =>
      page.evaluate('document.activeElement.id || document.activeElement.textContent') as Promise<string>;
    const tabTo = async (name: string) => {
      for (let tabs = 0; tabs < 30 && (await focused()) !== name; tabs++) await keyboard.press('Tab');
      expect(await focused()).toBe(name);
    };
    await keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the changes');
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
    expect(await focused()).toBe('next'); // the last page: the focus stays where it is
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
    expect(await rows(page)).toContain('− remove\t+447700900500\tsupport-bot');
  });

  test("a bot's row shows its changes", async () => {
    const { page } = await open(render(plan));
    await page.getByRole('button', { name: 'support-bot' }).press('Enter');
    expect(await status(page)).toBe('9 of 129 changes');
    expect(await page.getByRole('combobox', { name: 'Bot' }).inputValue()).toBe('1');
  });

  test('what causes each change, where it is known', async () => {
    const { page } = await open(
      render(report({ bots: [causedBot('support-bot'), bot('a-bot', { add: numbers(1) })] })),
    );
    expect(await page.locator('#changes ~ div thead').last().textContent()).toContain('Why');
    await page.getByLabel('Number, bot or cause').fill('drift');
    expect(await status(page)).toBe('3 of 36 changes');
    expect(await rows(page)).toEqual([
      '− remove\t+447700900600\tsupport-bot\tnot declared before or now (drift)',
      '− remove\t+447700900700\tsupport-bot\texpired 2026-12-31 (drift)',
      '+ add\t+447700900900\tsupport-bot\tdeclared before and now (drift)',
    ]);
  });

  test('100,000 changes', async () => {
    const many = Array.from({ length: 10 }, (_, index) =>
      bot(`Bot-${index}`, {
        add: numbers(5_000, 447_700_000_000 + index * 10_000),
        remove: numbers(5_000, 15_550_000_000 + index * 10_000),
      }),
    );
    const { page, complaints } = await open(render(report({ bots: many })));
    expect(await status(page)).toBe('100,000 changes, showing 1–100');
    expect(await rows(page)).toHaveLength(100);
    await page.getByLabel('Number, bot or cause').fill('+1555');
    expect(await status(page)).toBe('50,000 of 100,000 changes, showing 1–100');
    await page.getByLabel('Number, bot or cause').fill('bot-9');
    expect(await status(page)).toBe('10,000 of 100,000 changes, showing 1–100');
    await page.getByLabel('Number, bot or cause').fill('447700094999');
    expect(await rows(page)).toEqual(['+ add\t+447700094999\tBot-9']);
    expect(complaints).toEqual([]);
  });
});

describe('for everybody', () => {
  needs('chromium');

  test('all controls have names, and the page has its landmarks', async () => {
    const { page } = await open(render(plan));
    const session = await page.context().newCDPSession(page);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    const all = nodes
      .filter(({ ignored }) => !ignored)
      .map(({ role, name }) => [String(role?.value), String(name?.value ?? '')] as const);
    const named = (...roles: string[]) => all.flatMap(([role, name]) => (roles.includes(role) ? [name] : [])).sort();
    expect(named('banner', 'main')).toHaveLength(2);
    expect(named('search', 'navigation', 'group')).toEqual(['Direction', 'Filter the changes', 'Pages']);
    expect(named('searchbox', 'combobox', 'radio')).toEqual(['Add', 'Bot', 'Both', 'Number, bot or cause', 'Remove']);
    expect(named('button')).toEqual(['Next', 'Previous', 'billing-bot', 'support-bot']);
    expect(named('columnheader').join()).toBe('Add,Bot,Bot,Change,Number,Remove,Share,Unchanged');
    expect(named('image')).toEqual([
      '0 % to remove, 36 % to add, 64 % unchanged',
      '75 % to remove, 0 % to add, 25 % unchanged',
    ]);
    expect(await page.getByRole('status').getAttribute('aria-live')).toBe('polite');
  });

  test('a change that is one in a million is still visible in its bar', async () => {
    const { page } = await open(
      render(report({ bots: [bot('a-bot', { counts: counts({ unchanged: 999_999 }), remove: numbers(1) })] })),
    );
    const width = await page.locator('td rect.remove').evaluate((rect) => rect.getBoundingClientRect().width);
    expect(width).toBeGreaterThan(2);
    expect(await page.getByRole('img').getAttribute('aria-label')).toContain('under 1 % to remove');
  });

  test.each([400, 1600])('nothing is wider than a window of %i pixels', async (width) => {
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

  test.each(['light', 'dark'] as const)('in %s, text stands out from its ground', async (colorScheme) => {
    const { page } = await open(render({ ...plan, warnings: [{ code: 'W-DUPLICATE', message: 'x' }] }), {
      colorScheme,
    });
    const pairs = (await page.evaluate(CONTRASTS)) as [string, number][];
    expect(pairs.length).toBeGreaterThan(50);
    expect(pairs.filter(([, contrast]) => contrast < 4.5)).toEqual([]);
  });

  test('without scripts, the counts are there and the list says what it needs', async () => {
    const { page } = await open(render(plan), { javaScriptEnabled: false });
    expect(await page.getByText('The list needs JavaScript.').isVisible()).toBe(true);
    expect(await page.getByLabel('Number, bot or cause').isVisible()).toBe(false);
    expect(await bodyRow(page, 'billing-bot')).toBe('billing-bot\t\t0\t120\t214');
  });
});

/** Runs in the page: each element with text of its own, and the contrast of that text (WCAG 2) to what is behind it. */
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
