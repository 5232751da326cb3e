import { describe, expect, test } from 'vitest';
import { resolveEndpoints } from '../../src/api/endpoints.ts';
import { overridesOf } from '../../src/steps/override.ts';

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

  test.each([
    ['--sandbox', { sandbox: '' }, {}],
    ['--base-url', { baseUrl: 'http://sandbox.localhost' }, {}],
    [
      'BLACKLISTCTL_BASE_URL',
      { baseUrl: 'http://sandbox.localhost' },
      { BLACKLISTCTL_BASE_URL: 'http://sandbox.localhost' },
    ],
  ] as const)('attribute the address of a sandbox to %s', (by, options, more) => {
    const bot = { id: 'a', tokenEnv: 'TOKEN', ...sinch('') };
    const sources = {
      env: { TOKEN: 'any-token-1', ...more },
      files: { readToken: () => '' },
      secrets: new Set<string>(),
    };
    const { baseUrl, setBy } = resolveEndpoints([bot], options, sources).get('a')!;
    expect(overridesOf([sinch(baseUrl)], setBy)).toEqual([{ origin: 'http://sandbox.localhost', by }]);
  });

  test('attribute the address of a sandbox in a saved plan to --sandbox', () => {
    const origin = 'http://sandbox.localhost';
    expect(overridesOf([sinch(origin)])).toEqual([{ origin, by: '--sandbox' }]);
  });
});
