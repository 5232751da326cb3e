import { describe, expect, test } from 'vitest';
import { overriddenBy, overridesOf } from '../../src/steps/override.ts';

const sinch = (baseUrl: string) => ({ provider: 'sinch', settings: { region: 'eu1' }, baseUrl });
const cloud = (baseUrl: string) => ({
  provider: 'whatsapp-cloud',
  settings: { phoneNumberId: '106540352242922', apiVersion: 'v23.0' },
  baseUrl,
});

describe('the overrides of a run', () => {
  test.each([
    ['a bot at its own region', [sinch('https://eu1.whatsapp.api.sinch.com')], []],
    ['a plan of an earlier API version', [cloud('https://graph.facebook.com/v22.0/106540352242922')], []],
    ['no bot', [], []],
    [
      'a forged plan whose region makes no host',
      [{ ...sinch('https://a.example'), settings: { region: 'xn--' } }],
      ['https://a.example'],
    ],
    ['another region', [sinch('https://us1.whatsapp.api.sinch.com')], ['https://us1.whatsapp.api.sinch.com']],
    ['this machine', [sinch('http://127.0.0.1:8480')], ['http://127.0.0.1:8480']],
    ['do not contain a path', [cloud('http://[::1]:8480/a/v23.0/106540352242922')], ['http://[::1]:8480']],
    [
      "contain a host that begins like the bot's own",
      [cloud('https://graph.facebook.com.example/v23.0/1')],
      ['https://graph.facebook.com.example'],
    ],
  ])('%s', (_, bots, origins) => {
    expect(overridesOf(bots, '--base-url')).toEqual(origins.map((origin) => ({ origin, by: '--base-url' })));
  });

  test('attribute the sandbox to --sandbox only if this run started it', () => {
    const line = { bots: [], concurrency: 8, parallel: 4, rate: 20, timeout: 30_000, retries: 5 };
    const [url, origin] = ['http://sandbox.localhost', 'http://sandbox.localhost'];
    const by = (options: { baseUrl?: string; sandbox?: string }) => overriddenBy({ ...line, ...options }, {});
    expect(overridesOf([sinch(url)], by({ sandbox: '' }))).toEqual([{ origin, by: '--sandbox' }]);
    expect(overridesOf([sinch(url)], by({ baseUrl: url }))).toEqual([{ origin, by: '--base-url' }]);
    expect(overridesOf([sinch(url)])).toEqual([{ origin, by: '--sandbox' }]); // a plan that was saved in a run with --sandbox
  });
});
