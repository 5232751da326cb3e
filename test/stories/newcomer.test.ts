/** The first hour of a new user of each provider: only commands, most of them as `init` prints them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeFolder, reportOf, root, run, start } from './harness.ts';

interface Newcomer {
  readonly provider: string;
  /** The answers to the questions of init that differ from provider to provider. */
  readonly flags: readonly string[];
  readonly variable: string;
  /** The name that the sandbox gives to the live list. */
  readonly list: string;
  /** The options of the sandbox, which knows one token. */
  readonly sandbox: string;
  readonly addNeedsContact: boolean;
}

const ID = '106540352242922';
const NEWCOMERS: readonly Newcomer[] = [
  {
    provider: 'whatsapp-cloud',
    flags: ['--phone-number-id', ID],
    variable: 'WHATSAPP_CLOUD_TOKEN',
    list: ID,
    sandbox: ID,
    addNeedsContact: true,
  },
  {
    provider: '360dialog',
    flags: [],
    variable: 'D360_API_KEY',
    list: '360dialog/shop',
    sandbox: 'shop',
    addNeedsContact: true,
  },
  {
    provider: 'gupshup',
    flags: ['--app-id', '5f3e1c9a-7d42'],
    variable: 'GUPSHUP_API_KEY',
    list: 'gupshup/5f3e1c9a-7d42',
    sandbox: '5f3e1c9a-7d42',
    addNeedsContact: true,
  },
  {
    provider: 'kapso',
    flags: ['--phone-number-id', ID],
    variable: 'KAPSO_API_KEY',
    list: ID,
    sandbox: ID,
    addNeedsContact: true,
  },
  {
    provider: 'sinch',
    flags: ['--region', 'eu1'],
    variable: 'SINCH_WHATSAPP_TOKEN',
    list: 'shop',
    sandbox: 'shop',
    addNeedsContact: false,
  },
];
const TOKEN = 'Newcomer-7b3f9a';
const ACTION = `acme/blacklistctl@${'0123456789'.repeat(4)}`;
const USER = '+12015550123'; // of the seed

/** Splits a line of the next steps into words, without its comment. */
const wordsOf = (line: string) => line.replace(/ #.*$/, '').split(' ');

test('each provider of the schema has a newcomer', () => {
  const { definitions } = JSON.parse(readFileSync(join(root, 'schemas/blacklist.schema.json'), 'utf8'));
  expect(NEWCOMERS.map(({ provider }) => provider).sort()).toEqual(definitions.provider.enum.toSorted());
});

describe.each(NEWCOMERS)('a newcomer with a bot of $provider', (newcomer) => {
  const { provider, flags, variable, list, addNeedsContact } = newcomer;

  test('goes from init to an empty second plan without editing a file', async () => {
    const cwd = makeFolder();
    const only = ['--bot', `${newcomer.sandbox}=${TOKEN}`, '--provider', provider, '--contact', 'none'];
    const sandbox = start(['sandbox', '--seed', '--port', '0', ...only], { cwd });
    onTestFinished(async () => {
      sandbox.kill('SIGTERM');
      expect((await sandbox.done).code).toBe(0);
    });
    const [, url = ''] = await sandbox.said(/Listening on (\S+)\n/);
    const env: Record<string, string | undefined> = { BLACKLISTCTL_BASE_URL: url, SINCH_WHATSAPP_TOKEN: undefined };
    const blacklistctl = (...args: string[]) => run(args, { cwd, env });
    const byHand = (...args: string[]) => blacklistctl('sandbox', ...args, '--port', new URL(url).port);

    const answers = ['--provider', provider, '--bot', 'shop', ...flags, '--token-env', variable];
    const init = await blacklistctl(
      'init',
      ...answers,
      '--workflows',
      'github',
      '--action',
      ACTION,
      '--format',
      'json',
    );
    const { next } = reportOf(init) as unknown as { next: readonly string[] };
    expect(next.map((line) => wordsOf(line).slice(0, 2).join(' '))).toEqual([
      `export ${variable}=…`,
      'blacklistctl import',
      'blacklistctl plan',
      'gh secret',
    ]);
    env[variable] = TOKEN; // the first step
    expect(await blacklistctl('validate')).toMatchObject({ code: 0 });
    const [, ...importing] = wordsOf(next[1]!);
    expect(await blacklistctl(...importing)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('shop  5 imported, 0 already declared'),
    });
    const [, ...planning] = wordsOf(next[2]!);
    expect(await blacklistctl(...planning, '--detailed-exitcode')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('In sync: nothing to do.'),
    });

    // A colleague unblocks a user. The next apply blocks them again, at the latest when they have written.
    expect((await byHand('unblock', list, USER)).code).toBe(0);
    expect((await blacklistctl('plan', '--detailed-exitcode')).code).toBe(2);
    if (addNeedsContact) {
      expect(reportOf(await blacklistctl('apply', '--yes', '--format', 'json'))).toMatchObject({
        bots: [{ results: { pending: 1 } }],
      });
      expect((await byHand('message', list, USER)).code).toBe(0);
    }
    expect((await blacklistctl('apply', '--yes')).code).toBe(0);
    expect((await blacklistctl('plan', '--detailed-exitcode')).code).toBe(0);
    expect((await blacklistctl('fmt', '--check')).code).toBe(0);
  });

  test('can import into a new file instead, with the same options', async () => {
    const cwd = makeFolder();
    const sandbox = start(
      ['sandbox', '--seed', '--port', '0', '--bot', `${newcomer.sandbox}=${TOKEN}`, '--provider', provider],
      { cwd },
    );
    const [, url = ''] = await sandbox.said(/Listening on (\S+)\n/);
    const env = { BLACKLISTCTL_BASE_URL: url, SINCH_WHATSAPP_TOKEN: undefined, [variable]: TOKEN };
    const options = ['--provider', provider, '--bot', 'shop', ...flags, '--token-env', variable];
    expect(await run(['import', ...options], { cwd, env })).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'blacklist.yaml'), 'utf8')).toMatch(/^ {2}provider: /m);
    expect(await run(['plan', '--detailed-exitcode'], { cwd, env })).toMatchObject({ code: 0 });
    sandbox.kill('SIGTERM');
    expect((await sandbox.done).code).toBe(0);
  });

  test('gets workflows with the right token variable, and no other', async () => {
    const cwd = makeFolder();
    const answers = ['--provider', provider, '--bot', 'shop', ...flags, '--token-env', variable];
    expect((await run(['init', ...answers, '--workflows', 'github', '--action', ACTION], { cwd })).code).toBe(0);
    for (const name of ['pull-request', 'merge', 'drift']) {
      const text = readFileSync(join(cwd, `.github/workflows/blacklist-${name}.yml`), 'utf8');
      const secrets = [...text.matchAll(/^ +(\w+): \$\{\{ secrets\.(\w+) \}\}$/gm)].map(([, key, secret]) => [
        key,
        secret,
      ]);
      expect(secrets.filter(([key]) => key !== 'BLACKLISTCTL_MASK_KEY')).toEqual([[variable, variable]]);
    }
  });
});
