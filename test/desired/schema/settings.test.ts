import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import {
  defaultsOf,
  isRetired,
  PROVIDER_KINDS,
  USUAL_PROVIDER,
  whereToFind,
} from '../../../src/desired/schema/settings.ts';
import { loadDesired } from '../load.ts';

const load = (...texts: string[]) =>
  loadDesired(
    texts.map((text, index) => ({ name: `${index + 1}.yaml`, text })),
    '2026-06-15',
  );
const faultsOf = (...texts: string[]) =>
  load(...texts).faults.map(({ message, place }) => `${place!.file}:${place!.line}:${place!.column}: ${message}`);
const file = (defaults: string, bot: string) =>
  `version: 1\ndefaults: { tokenEnv: T${defaults} }\nbots:\n  a: { ${bot}, numbers: [] }\n`;

describe('a bot of whatsapp-cloud', () => {
  test.each([
    ['all of its own', '', 'provider: whatsapp-cloud, phoneNumberId: 1065, apiVersion: v24.0', 'v24.0'],
    ['the version that is pinned', '', 'provider: whatsapp-cloud, phoneNumberId: "1065"', 'v25.0'],
    ['the provider of the defaults', ', provider: whatsapp-cloud', 'phoneNumberId: 1065', 'v25.0'],
    ['a version of the defaults', ', provider: whatsapp-cloud, apiVersion: v26.0', 'phoneNumberId: 1065', 'v26.0'],
    ['defaults for the others', ', region: eu1', 'provider: whatsapp-cloud, phoneNumberId: 1065', 'v25.0'],
  ])('%s', (_, defaults, bot, apiVersion) => {
    const { bots, faults } = load(file(defaults, bot));
    expect(faults).toEqual([]);
    expect(bots).toMatchObject([{ provider: 'whatsapp-cloud', settings: { phoneNumberId: '1065', apiVersion } }]);
    expect(bots[0]!.guard).toEqual({ percent: 10, floor: 5 });
  });

  test('uses the guard that the bot sets', () => {
    const own = 'provider: whatsapp-cloud, phoneNumberId: 1065, guard: { percent: 30 }';
    expect(load(file('', own)).bots[0]!.guard).toEqual({ percent: 30, floor: 5 });
  });
});

test.each([
  ['360dialog', 'provider: 360dialog', {}],
  ['gupshup', 'provider: gupshup, appId: 5f3e-7d42', { appId: '5f3e-7d42' }],
  ['gupshup', 'provider: gupshup, appId: 0123', { appId: '0123' }],
  ['kapso', 'provider: kapso, phoneNumberId: 1065', { phoneNumberId: '1065', apiVersion: 'v25.0' }],
])('a bot of %s has the settings of its provider: %s', (provider, bot, settings) => {
  const { bots, faults } = load(file('', bot));
  expect(faults).toEqual([]);
  expect(bots).toMatchObject([{ provider, guard: { percent: 10, floor: 5 } }]);
  expect(bots[0]!.settings).toEqual(settings);
});

describe('an error is reported for', () => {
  test.each([
    [
      'no phone number ID',
      file('', 'provider: whatsapp-cloud'),
      '4:3: the bot "a" has no "phoneNumberId"; set it, because whatsapp-cloud needs it',
    ],
    [
      'no phone number ID, with the provider of the defaults',
      file(', provider: whatsapp-cloud', 'policy: sync'),
      '4:3: the bot "a" has no "phoneNumberId"; set it, because whatsapp-cloud needs it',
    ],
    [
      'a region',
      file('', 'provider: whatsapp-cloud, phoneNumberId: 1, region: eu1'),
      '4:52: "region" is a key of sinch, but the provider of the bot "a" is whatsapp-cloud; remove it',
    ],
    [
      'a phone number ID without a provider',
      file(', region: eu1', 'phoneNumberId: 1'),
      '4:3: the bot "a" has no "provider", so it uses sinch, which is retired and does not know "phoneNumberId"; set "provider", such as whatsapp-cloud',
    ],
    [
      'an app ID without a provider',
      file('', 'appId: x'),
      '4:3: the bot "a" has no "provider", so it uses sinch, which is retired and does not know "appId"; set "provider", such as gupshup',
    ],
    [
      'neither a provider nor a key of one',
      file('', 'policy: sync'),
      '4:3: the bot "a" has no "provider", so it uses sinch, which is retired and needs "region"; set "provider", such as whatsapp-cloud',
    ],
    [
      'a phone number for its ID',
      file('', 'provider: whatsapp-cloud, phoneNumberId: +447700900123'),
      '4:49: "phoneNumberId" must be the ID of the business phone number (not the phone number itself): digits only, the first one from 1 to 9',
    ],
    ...['0106', '"0106"', '0'].map((id) => [
      `${id}, an ID that starts with 0`,
      file('', `provider: whatsapp-cloud, phoneNumberId: ${id}`),
      '4:49: "phoneNumberId" must be the ID of the business phone number (not the phone number itself): digits only, the first one from 1 to 9',
    ]),
    [
      'an invalid version',
      file('', 'provider: whatsapp-cloud, phoneNumberId: 1, apiVersion: 25'),
      '4:64: "apiVersion" must be the version of the Graph API, such as v25.0',
    ],
    [
      'a phone number ID for every bot',
      file(', phoneNumberId: 1', 'provider: whatsapp-cloud, phoneNumberId: 1'),
      '2:26: unknown key "phoneNumberId"; "defaults" can have: provider, region, apiVersion, tokenEnv, policy, guard, require, ignore',
    ],
    ['no app ID', file('', 'provider: gupshup'), '4:3: the bot "a" has no "appId"; set it, because gupshup needs it'],
    [
      'an app ID that is a path',
      file('', 'provider: gupshup, appId: ../x'),
      '4:34: "appId" must be the ID of the app at Gupshup: 1 to 64 characters of A-Z a-z 0-9 _ -',
    ],
    [
      'no phone number ID at Kapso',
      file('', 'provider: kapso'),
      '4:3: the bot "a" has no "phoneNumberId"; set it, because kapso needs it',
    ],
    [
      'a phone number ID at 360dialog',
      file('', 'provider: 360dialog, phoneNumberId: 1'),
      '4:29: "phoneNumberId" is a key of whatsapp-cloud and kapso, but the provider of the bot "a" is 360dialog; remove it, or set "provider" to whatsapp-cloud or kapso',
    ],
    [
      'an unknown provider',
      file('', 'provider: meta'),
      '4:18: "provider" must be one of: whatsapp-cloud, 360dialog, gupshup, kapso, sinch',
    ],
    [
      'a base URL',
      file('', 'provider: whatsapp-cloud, phoneNumberId: 1, baseUrl: "https://x.test"'),
      '4:52: unknown key "baseUrl"; the bot "a" can have: provider, region, phoneNumberId, apiVersion, appId, tokenEnv, policy, guard, require, lists, files, ignore, numbers',
    ],
  ])('%s', (_, text, fault) => {
    expect(faultsOf(text)).toEqual([`1.yaml:${fault}`]);
  });

  test('two bots with one list, with any API versions', () => {
    const bot = (id: string, version: string) =>
      `version: 1\nbots:\n  ${id}: { provider: whatsapp-cloud, phoneNumberId: 1065, apiVersion: ${version}, tokenEnv: T, numbers: [] }\n`;
    expect(faultsOf(bot('a', 'v25.0'), bot('b', 'v24.0'))).toEqual([
      '2.yaml:3:49: the bots "a" (1.yaml:3:3) and "b" have the same "phoneNumberId", so both would use the same live list; correct one of the two',
    ]);
  });

  test.each([
    ['appId', 'provider: gupshup, appId: x', 'provider: gupshup, appId: x'],
    ['phoneNumberId', 'provider: kapso, phoneNumberId: 1', 'provider: kapso, phoneNumberId: 1'],
    // Kapso passes requests to Meta, where the list is.
    ['phoneNumberId', 'provider: whatsapp-cloud, phoneNumberId: 1', 'provider: kapso, phoneNumberId: 1'],
    ['tokenEnv', 'provider: 360dialog', 'provider: 360dialog'],
  ])('two bots with one list, by %s: %s and %s', (key, one, other) => {
    const text = `version: 1\ndefaults: { tokenEnv: T }\nbots:\n  a: { ${one}, numbers: [] }\n  b: { ${other}, numbers: [] }\n`;
    expect(faultsOf(text)).toEqual([
      expect.stringMatching(
        `^1.yaml:5:\\d+: the bots "a" \\(1.yaml:4:3\\) and "b" have the same "${key}", so both would use the same live list; correct one of the two$`,
      ),
    ]);
  });

  test('no bots that differ in the place of their list', () => {
    const bots = ['provider: gupshup, appId: 1', 'provider: kapso, phoneNumberId: 1', 'provider: 360dialog'];
    const more = [...bots, 'provider: 360dialog, tokenEnv: U', 'region: eu1', 'region: eu1'];
    const lines = more.map((bot, index) => `  b${index}: { ${bot}, numbers: [] }\n`);
    expect(faultsOf(`version: 1\ndefaults: { tokenEnv: T }\nbots:\n${lines.join('')}`)).toEqual([]);
  });
});

test.each([
  ['sinch', { guard: { percent: 25, floor: 10 }, policy: 'sync', tokenEnv: 'SINCH_WHATSAPP_TOKEN' }],
  ['whatsapp-cloud', { guard: { percent: 10, floor: 5 }, policy: 'sync', tokenEnv: 'WHATSAPP_CLOUD_TOKEN' }],
  ['360dialog', { guard: { percent: 10, floor: 5 }, policy: 'sync', tokenEnv: 'D360_API_KEY' }],
  ['gupshup', { guard: { percent: 10, floor: 5 }, policy: 'sync', tokenEnv: 'GUPSHUP_API_KEY' }],
  ['kapso', { guard: { percent: 10, floor: 5 }, policy: 'sync', tokenEnv: 'KAPSO_API_KEY' }],
])('defaultsOf returns the settings of a bot of %s that no file sets', (provider, defaults) => {
  expect(defaultsOf(provider)).toEqual(defaults);
});

test('the schema refuses the keys of another provider, so that editors report them', () => {
  const schema = JSON.parse(readFileSync(new URL('../../../schemas/blacklist.schema.json', import.meta.url), 'utf8'));
  const validate = new Ajv({ allowUnionTypes: true, strictTypes: false }).compile(schema);
  const holds = (bot: object) => validate({ version: 1, bots: { a: { tokenEnv: 'T', numbers: [], ...bot } } });
  expect(holds({ provider: 'whatsapp-cloud', phoneNumberId: 1065 })).toBe(true);
  expect(holds({ provider: 'whatsapp-cloud', phoneNumberId: '1065', region: 'eu1' })).toBe(false);
  expect(holds({ provider: 'whatsapp-cloud' })).toBe(false);
  expect(holds({ provider: 'sinch', region: 'eu1', phoneNumberId: '1' })).toBe(false);
  expect(holds({ region: 'eu1' })).toBe(true);
  expect(holds({ provider: '360dialog' })).toBe(true);
  expect(holds({ provider: '360dialog', appId: 'x' })).toBe(false);
  expect(holds({ provider: 'gupshup', appId: 'x' })).toBe(true);
  expect(holds({ provider: 'gupshup' })).toBe(false);
  expect(holds({ provider: 'kapso', phoneNumberId: '1065', apiVersion: 'v25.0' })).toBe(true);
  expect(holds({ provider: 'kapso', phoneNumberId: '1065', appId: 'x' })).toBe(false);
  expect(holds({ provider: 'whatsapp-cloud', phoneNumberId: 1065, appId: 'x' })).toBe(false);
});

test('a provider is either retired and last, or says where to find what identifies a list', () => {
  const retired = PROVIDER_KINDS.filter(isRetired);
  expect(retired).toEqual(['sinch']);
  expect(PROVIDER_KINDS.at(-1)).toBe('sinch');
  expect(PROVIDER_KINDS[0]).toBe(USUAL_PROVIDER);
  for (const kind of PROVIDER_KINDS) expect([kind, whereToFind(kind) === '']).toEqual([kind, isRetired(kind)]);
});
