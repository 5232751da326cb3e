/** Tokens in files: the variable with `_FILE` after the name that `tokenEnv` gives. */
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Api, makeDesired, planFile, run, startApi, TOKEN, uk } from './harness.ts';

let api: Api;
let cwd: string;
const numbers = uk(3);

beforeEach(async () => {
  api = await startApi();
  cwd = makeDesired({ a: numbers });
});

const blacklistctl = (args: readonly string[], env: Readonly<Record<string, string | undefined>>) =>
  run(args, { cwd, env: { BLACKLISTCTL_BASE_URL: api.url, SINCH_WHATSAPP_TOKEN: undefined, ...env } });

/** Writes a token file, and returns the variable that names it. */
function tokenFile(text: string, name = 'token'): { SINCH_WHATSAPP_TOKEN_FILE: string } {
  writeFileSync(join(cwd, name), text);
  return { SINCH_WHATSAPP_TOKEN_FILE: join(cwd, name) };
}

describe('a token file', () => {
  test.each([
    ['without a line break', TOKEN],
    ['with a final line break', `${TOKEN}\n`],
    ['with a final line break of Windows', `${TOKEN}\r\n`],
  ])('%s is used by plan, apply and show', async (_, text) => {
    const env = tokenFile(text);
    expect((await blacklistctl(['plan', '--out', 'plan.json'], env)).code).toBe(0);
    expect(planFile(join(cwd, 'plan.json')).bots).toHaveLength(1);
    const shown = await blacklistctl(['show', 'plan.json'], env);
    expect(shown.output).not.toContain('W-NOT-VERIFIED');
    expect((await blacklistctl(['apply', '--plan', 'plan.json'], env)).code).toBe(0);
    expect(api.list('a')).toEqual(numbers);
    expect(new Set(api.seen.map(({ headers }) => headers.authorization))).toEqual(new Set([`Bearer ${TOKEN}`]));
  });

  test('is read in each run and through links, as Kubernetes replaces it', async () => {
    tokenFile('An-old-token', 'first');
    tokenFile(TOKEN, 'second');
    symlinkSync('first', join(cwd, 'data'));
    const env = { SINCH_WHATSAPP_TOKEN_FILE: 'data' };
    expect((await blacklistctl(['plan'], env)).code).toBe(0);
    expect(api.seen.at(-1)!.headers.authorization).toBe('Bearer An-old-token');
  });

  test('counts as not set if its variable is empty, and so does the token', async () => {
    const { code } = await blacklistctl(['plan'], { ...tokenFile(TOKEN), SINCH_WHATSAPP_TOKEN: '' });
    expect(code).toBe(0);
    const neither = await blacklistctl(['plan'], { SINCH_WHATSAPP_TOKEN_FILE: '' });
    expect(neither).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('SINCH_WHATSAPP_TOKEN (token of the bot "a") is not set'),
    });
  });

  test.each([
    ['empty', '', 'is empty; write the token into it'],
    ['only a line break', '\n', 'is empty; write the token into it'],
    [
      'two lines',
      `${TOKEN}\n${TOKEN}\n`,
      'contains a space, a line break or another character that no token has; set only the token',
    ],
    ['a token in quotes', `"${TOKEN}"`, 'begins or ends with a quote, which is not part of a token'],
    [
      'more than 64 KiB',
      'x'.repeat(70_000),
      'cannot be read: it is larger than 64 KiB, so it is no token; set the variable to the path',
    ],
  ])('with %s is an error, and nothing is sent', async (_, text, why) => {
    const { code, output } = await blacklistctl(['plan'], tokenFile(text));
    expect(code).toBe(6);
    expect(output).toContain(`error: the file of SINCH_WHATSAPP_TOKEN_FILE (token of the bot "a") ${why}`);
    expect(output).not.toContain(cwd);
    expect(api.seen).toEqual([]);
  });

  test('is an error if the variable of the token is set as well', async () => {
    const env = { ...tokenFile(TOKEN), SINCH_WHATSAPP_TOKEN: 'Another-token' };
    const { code, output } = await blacklistctl(['plan'], env);
    expect(code).toBe(6);
    expect(output).toContain(
      'error: the environment variable SINCH_WHATSAPP_TOKEN (token of the bot "a") is set, and SINCH_WHATSAPP_TOKEN_FILE as well; unset one of the two',
    );
    expect(output).not.toContain('Another-token');
    expect(api.seen).toEqual([]);
  });

  test('that is not there is an error without the path, which may be a token by mistake', async () => {
    const { code, output } = await blacklistctl(['plan'], { SINCH_WHATSAPP_TOKEN_FILE: 'Canary-7b3f9a' });
    expect(code).toBe(6);
    expect(output).toContain(
      'the file of SINCH_WHATSAPP_TOKEN_FILE (token of the bot "a") cannot be read: there is no such file or folder; set the variable to the path of a file with the token',
    );
    expect(output).not.toContain('Canary');
  });

  test('is redacted in the errors of files that contain the token by mistake', async () => {
    const env = tokenFile('Canary-7b3f9a\n');
    writeFileSync(
      join(cwd, 'blacklist.yaml'),
      'version: 1\nbots:\n  a: { tokenEnv: SINCH_WHATSAPP_TOKEN, Canary-7b3f9a: x }\n',
    );
    const { code, output } = await blacklistctl(['validate'], env);
    expect(code).toBe(6);
    expect(output).not.toContain('Canary-7b3f9a');
  });
});
