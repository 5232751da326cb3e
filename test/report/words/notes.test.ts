import { Ansis } from 'ansis';
import { describe, expect, test } from 'vitest';
import { reporters } from '../../../src/report/index.ts';
import { parseReport } from '../../../src/report/json/read.ts';
import { bot, full, masked, report } from '../fixtures.ts';

const WORDS = ['text', 'markdown', 'html', 'github'];
const say = async (format: string, what = report(), clean = full) =>
  [...reporters[format]!(what, { clean, color: new Ansis(0), verbose: false })].join('');
/** What is read of it, without the marks of its format. */
const plain = (said: string) => said.replace(/<\/?\w+[^>]*>|`/g, '').replaceAll('&#39;', "'");
const at = (origin: string, by: '--sandbox' | '--base-url' | 'BLACKLISTCTL_BASE_URL' | null) =>
  report({ overrides: [{ origin, by }] });

describe('a run that did not go to the bots’ own API', () => {
  test.each(WORDS)('%s says so, once', async (format) => {
    const run = at('http://127.0.0.1:8480', 'BLACKLISTCTL_BASE_URL');
    const words = "Not the bots' own API: their base URL is http://127.0.0.1:8480, from BLACKLISTCTL_BASE_URL.";
    for (const clean of [full, masked]) expect(plain(await say(format, run, clean)).split(words)).toHaveLength(2);
    const saved = plain(await say(format, at('https://proxy.example', null)));
    expect(saved).toContain("Not the bots' own API: their base URL is https://proxy.example.");
    const sandbox = plain(await say(format, at('http://sandbox.localhost', '--sandbox')));
    expect(sandbox).toContain('Sandbox: no live list was read or written.');
    expect(sandbox).not.toContain('base URL');
  });

  test.each(WORDS)('%s says nothing of any other run', async (format) => {
    expect(await say(format)).not.toMatch(/Sandbox|own API/);
    expect(await say(format, report({ overrides: [] }))).not.toMatch(/Sandbox|own API/);
  });

  test.each([...WORDS, 'json'])('%s masks what may be a number in it', async (format) => {
    const said = await say(format, at('https://447700900123.example', '--base-url'), masked);
    expect(said).toContain('0123.example');
    expect(said).not.toContain('447700900123');
  });

  test.each(WORDS)('%s escapes what a report from elsewhere says', async (format) => {
    const said = await say(format, at('</code>`<img src=x>\u001b##[error]', '--base-url'));
    for (const mark of ['\u001b', '##[']) expect(said).not.toContain(mark);
    if (format === 'html') expect(said).not.toContain('<img');
    if (format === 'markdown') expect(said).toContain('`` </code>`<img src=x>');
  });

  test('keeps that in JSON, for show', async () => {
    const run = { ...at('http://127.0.0.1:8480', '--base-url'), bots: [bot('support-bot')] };
    expect(parseReport('report.json', await say('json', run))).toMatchObject({ overrides: run.overrides });
    expect(JSON.parse(await say('json'))).not.toHaveProperty('elsewhere');
  });
});
