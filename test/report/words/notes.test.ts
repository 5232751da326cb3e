import { Ansis } from 'ansis';
import { describe, expect, test } from 'vitest';
import { reporters } from '../../../src/report/index.ts';
import { parseReport } from '../../../src/report/json/read.ts';
import { lasting } from '../../../src/report/words/text.ts';
import { bot, full, masked, report } from '../fixtures.ts';

const WORDS = ['text', 'markdown', 'html', 'github'];
const say = async (format: string, what = report(), clean = full) =>
  [...reporters[format]!(what, { clean, color: new Ansis(0), verbose: false })].join('');
/** The visible text of a report, without the markup of its format. */
const plain = (said: string) => said.replace(/<\/?\w+[^>]*>|`/g, '').replaceAll('&#39;', "'");
const at = (origin: string, by: '--sandbox' | '--base-url' | 'BLACKLISTCTL_BASE_URL' | null) =>
  report({ overrides: [{ origin, by }] });

describe('a run that did not go to the bots’ own API', () => {
  test.each(WORDS)('is reported once in %s', async (format) => {
    const run = at('http://127.0.0.1:8480', 'BLACKLISTCTL_BASE_URL');
    const words = "This run uses http://127.0.0.1:8480 (BLACKLISTCTL_BASE_URL), not the vendor's API.";
    for (const clean of [full, masked]) expect(plain(await say(format, run, clean)).split(words)).toHaveLength(2);
    const saved = plain(await say(format, at('https://proxy.example', null)));
    expect(saved).toContain("This plan uses https://proxy.example, not the vendor's API.");
    const sandbox = plain(await say(format, at('http://sandbox.localhost', '--sandbox')));
    expect(sandbox).toContain('Sandbox: no live list was read or written.');
    expect(sandbox).not.toContain('base URL');
  });

  test.each(WORDS)('is the only run for which %s reports it', async (format) => {
    expect(await say(format)).not.toMatch(/Sandbox|vendor's API/);
    expect(await say(format, report({ overrides: [] }))).not.toMatch(/Sandbox|vendor's API/);
  });

  test.each([...WORDS, 'json'])('has possible numbers in its address masked in %s', async (format) => {
    const said = await say(format, at('https://447700900123.example', '--base-url'), masked);
    expect(said).toContain('0123.example');
    expect(said).not.toContain('447700900123');
  });

  test.each(WORDS)('has an address that %s escapes', async (format) => {
    const said = await say(format, at('</code>`<img src=x>\u001b##[error]', '--base-url'));
    for (const mark of ['\u001b', '##[']) expect(said).not.toContain(mark);
    if (format === 'html') expect(said).not.toContain('<img');
    if (format === 'markdown') expect(said).toContain('`` </code>`<img src=x>');
  });

  test('is kept in JSON, for show', async () => {
    const run = { ...at('http://127.0.0.1:8480', '--base-url'), bots: [bot('support-bot')] };
    expect(parseReport('report.json', await say('json', run))).toMatchObject({ overrides: run.overrides });
    expect(JSON.parse(await say('json'))).not.toHaveProperty('elsewhere');
  });
});

describe('a saved plan', () => {
  const saved = { made: '2026-06-15T12:00:00Z', age: 90_061 };

  test.each(WORDS)('%s prints once when it was made, and its age', async (format) => {
    for (const clean of [full, masked]) {
      const said = plain(await say(format, report({ command: 'show', saved }), clean));
      expect(said.split('Saved plan, made 2026-06-15T12:00:00Z, 25 h 1 min ago.')).toHaveLength(2);
    }
    expect(await say(format)).not.toContain('Saved plan');
  });

  test.each(WORDS)('%s reports that the plan was verified', async (format) => {
    const run = report({ command: 'show', saved: { ...saved, verified: true } });
    expect(plain(await say(format, run))).toContain('25 h 1 min ago, and verified with the tokens of its bots.');
  });

  test('keeps its time and age in JSON, for show', async () => {
    const run = report({ command: 'show', saved });
    expect(JSON.parse(await say('json', run)).savedPlan).toEqual({ made: saved.made, ageSeconds: saved.age });
    expect(parseReport('report.json', await say('json', run))).toMatchObject({ saved });
    expect(parseReport('report.json', await say('json'))).not.toHaveProperty('saved');
  });

  test.each(WORDS)('%s lists the bots that it was made without, and why', async (format) => {
    const error = { kind: 'unread', why: 'not found (404): +447700900123' } as const;
    const unread = bot('gone', { guard: null, error });
    const said = plain(
      await say(format, report({ command: 'show', outcome: 'failed', bots: [bot('a'), unread] }), masked),
    );
    expect(said).toMatch(/gone[\s\S]*the plan was made without this bot: not found \(404\): \+44••••••0123/);
    expect(said).toContain('1 bot could not be read');
  });
});

test.each([
  [0, '0 s'],
  [59, '59 s'],
  [3600, '1 h'],
  [3661, '1 h 1 min'],
  [86_430, '24 h 30 s'],
  [172_799, '47 h 59 min'],
  [172_800, '2 d'],
  [1_000_000, '11 d 13 h'],
])('%i seconds are written as %s', (seconds, words) => {
  expect(lasting(seconds)).toBe(words);
});
