/** import creates bots of any provider: from its options and the defaults of the file. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeFolder, run, start } from './harness.ts';

const KAPSO = 'version: 1\ndefaults: { provider: kapso, tokenEnv: SHOP_KEY }\nbots:\n';
const A = '  a: { phoneNumberId: "1", numbers: [] }\n';
const EU = 'version: 1\ndefaults: { region: eu1, tokenEnv: SHOP_KEY }\nlists: {}\n';
const NONE = 'version: 1\nlists: {}\n';
const KEY = ['--token-env', 'SHOP_KEY'];

async function importInto(text: string | null, args: readonly string[]) {
  const cwd = makeFolder();
  const path = join(cwd, 'blacklist.yaml');
  if (text !== null) writeFileSync(path, text);
  const sandbox = start(['sandbox', '--seed', '--port', '0'], { cwd });
  onTestFinished(async () => {
    sandbox.kill('SIGTERM');
    await sandbox.done;
  });
  const [, url = ''] = await sandbox.said(/Listening on (\S+)\n/);
  const env = { BLACKLISTCTL_BASE_URL: url, SHOP_KEY: 'Canary-7b3f9a', A_KEY: 'Canary-8c4e0b', B_KEY: 'Canary-9d5f1c' };
  const done = await run(['import', ...args], { cwd, env });
  return { ...done, file: existsSync(path) ? readFileSync(path, 'utf8') : null };
}

/** The settings of a new file, without its numbers. */
const settingsIn = (text: string | null) =>
  text!
    .split('\n')
    .slice(2)
    .filter((line) => line !== '' && !/^ +(- "|numbers:)/.test(line))
    .map((line) => line.trimEnd())
    .join('\n');

describe('a new file gets', () => {
  test.each<[string, string[], string]>([
    [
      'the provider of --provider, as a default',
      ['--provider', 'whatsapp-cloud', '--bot', 'a', '--phone-number-id', '1', ...KEY],
      'defaults:\n  provider: whatsapp-cloud\n  tokenEnv: SHOP_KEY\nbots:\n  a:\n    phoneNumberId: "1"',
    ],
    [
      'the only provider with the given setting',
      ['--bot', 'a', '--app-id', 'x-1', ...KEY],
      'defaults:\n  provider: gupshup\n  tokenEnv: SHOP_KEY\nbots:\n  a:\n    appId: x-1',
    ],
    [
      'no provider for a region alone, which means sinch as ever',
      ['--bot', 'a', '--region', 'us1', ...KEY],
      'defaults:\n  region: us1\n  tokenEnv: SHOP_KEY\nbots:\n  a:',
    ],
    [
      'a setting of its own for each bot',
      ['--provider', '360dialog', '--bot', 'a', '--bot', 'b', '--token-env', 'A_KEY', '--token-env', 'B_KEY'],
      'defaults:\n  provider: "360dialog"\nbots:\n  a:\n    tokenEnv: A_KEY\n  b:\n    tokenEnv: B_KEY',
    ],
    [
      'an ID for each bot, and a version for all',
      [
        ...['--provider', 'kapso', '--bot', 'a', '--bot', 'b', '--phone-number-id', '1', '--phone-number-id', '2'],
        ...['--api-version', 'v26.0', ...KEY],
      ],
      'defaults:\n  provider: kapso\n  apiVersion: v26.0\n  tokenEnv: SHOP_KEY\nbots:\n  a:\n    phoneNumberId: "1"\n  b:\n    phoneNumberId: "2"',
    ],
  ])('%s', async (_, args, settings) => {
    const { code, stdout, file } = await importInto(null, args);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('a  5 imported') });
    expect(settingsIn(file)).toBe(settings);
  });
});

describe('a bot that is new in a file gets', () => {
  test.each<[string, string, string[], string]>([
    [
      'the provider of its defaults',
      KAPSO + A,
      ['--bot', 'b', '--phone-number-id', '2'],
      '  b:\n    phoneNumberId: "2"\n    numbers:\n',
    ],
    [
      'another provider, which it states',
      KAPSO + A,
      ['--bot', 'b', '--provider', 'sinch', '--region', 'eu1'],
      '  b:\n    provider: sinch\n    region: eu1\n    numbers:\n',
    ],
    ['no provider if the defaults are those of sinch', EU, ['--bot', 'b'], 'bots:\n  b:\n    numbers:\n'],
    [
      'the only provider with the given setting, which it states',
      EU,
      ['--bot', 'b', '--app-id', 'x-1'],
      'bots:\n  b:\n    provider: gupshup\n    appId: x-1\n    numbers:\n',
    ],
  ])('%s', async (_, text, args, bot) => {
    const { code, file } = await importInto(text, args);
    expect(code).toBe(0);
    expect(file).toContain(bot);
  });
});

describe('exit 6 before a request is sent, for', () => {
  test.each<[string, string | null, string[], string]>([
    [
      'a new file without a provider',
      null,
      ['--bot', 'a', ...KEY],
      'cannot tell which API stores the lists of the new bots; pass --provider whatsapp-cloud|360dialog|gupshup|kapso',
    ],
    [
      'a setting of two providers',
      null,
      ['--bot', 'a', '--phone-number-id', '1', ...KEY],
      'stores the lists of the new bots; pass --provider whatsapp-cloud|kapso',
    ],
    ['a file without defaults', NONE, ['--bot', 'a', ...KEY], 'of the new bots; pass --provider whatsapp-cloud|'],
    [
      'a missing ID',
      null,
      ['--provider', 'gupshup', '--bot', 'a', ...KEY],
      'blacklist.yaml does not declare the bot "a" yet; pass --app-id ID',
    ],
    [
      'a missing region',
      NONE,
      ['--provider', 'sinch', '--bot', 'a', ...KEY],
      'does not declare the bot "a" yet; pass --region eu1|us1',
    ],
    [
      'a missing variable',
      null,
      ['--provider', '360dialog', '--bot', 'a'],
      'does not declare the bot "a" yet; pass --token-env NAME',
    ],
    [
      'a setting of another provider',
      KAPSO + A,
      ['--bot', 'b', '--region', 'eu1'],
      '--region is an option for sinch, but the provider is kapso; remove it',
    ],
    [
      'the list of a declared bot',
      KAPSO + A,
      ['--bot', 'b', '--phone-number-id', '1'],
      '--bot b: the bot "a" has the same "phoneNumberId", so both bots would have one list; pass another value',
    ],
    [
      'one token for two bots of 360dialog',
      null,
      ['--provider', '360dialog', '--bot', 'a', '--bot', 'b', ...KEY],
      '--token-env has 1 value for 2 bots; pass it once for each --bot, in the same order',
    ],
    [
      'another ID than that of the file',
      KAPSO + A,
      ['--phone-number-id', '2'],
      '--phone-number-id contradicts blacklist.yaml, which has "phoneNumberId: 1" for the bot "a"; remove the option',
    ],
    [
      'another provider than that of the file',
      KAPSO + A,
      ['--provider', 'whatsapp-cloud'],
      '--provider contradicts blacklist.yaml, which has "provider: kapso" for the bot "a"; remove the option',
    ],
    [
      'two values for one bot',
      KAPSO + A,
      ['--token-env', 'A_KEY', '--token-env', 'B_KEY'],
      '--token-env has 2 values for 1 bot',
    ],
    [
      'a variable of another tool',
      null,
      ['--bot', 'a', '--region', 'eu1', '--token-env', 'AWS_SESSION_TOKEN'],
      '--token-env names a variable of the system, of CI or of another tool',
    ],
    [
      'a pasted token',
      null,
      ['--bot', 'a', '--region', 'eu1', '--token-env', 'Canary7bZq9XwRt5Mn3Pk8'],
      '--token-env must be the NAME of an environment variable, such as SUPPORT_BOT_TOKEN, never the token itself',
    ],
  ])('%s', async (_, text, args, says) => {
    const { code, stderr, output, file } = await importInto(text, args);
    expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringContaining(says) });
    expect(output).not.toContain('Canary');
    expect(file).toBe(text);
  });
});
