/** Fingerprints of a sandbox run without tokens: made with the key of the state file, or omitted. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { FORMATS, makeDesired, planFile, reportOf, run, TOKEN, uk, yamlOf } from './harness.ts';

const NO_TOKEN = { SINCH_WHATSAPP_TOKEN: undefined };
const FINGERPRINT = /\b[0-9a-f]{8}\b|[0-9a-f]{56}/;

let cwd: string;
beforeEach(() => {
  cwd = makeDesired({ support: uk(3) });
});
const blacklistctl = (args: readonly string[], env: Record<string, string | undefined> = NO_TOKEN) =>
  run([...args, '--rate', '0'], { cwd, env });
const fingerprint = async (sandbox: string, env: Record<string, string | undefined> = NO_TOKEN) =>
  reportOf(await blacklistctl(['plan', sandbox, '--format', 'json'], env)).fingerprint;

describe('without a state file and a token', () => {
  test.each(FORMATS)('the format %s shows no fingerprint', async (format) => {
    for (const command of [['plan'], ['drift', '--settle', '0s'], ['apply', '--yes']]) {
      const { stdout, output } = await blacklistctl([
        ...command,
        '--sandbox',
        '--numbers',
        'masked',
        '--format',
        format,
      ]);
      // The page of HTML has hashes of its own script and style, in base64.
      expect(output.replace(/'sha256-[^']+'/g, '')).not.toMatch(FINGERPRINT);
      if (format === 'json') expect(JSON.parse(stdout).fingerprint).toBeNull();
    }
  });

  test('a fingerprint cannot be approved: one error before any list is read', async () => {
    const { code, stdout, stderr } = await blacklistctl(['apply', '--sandbox', '--approve', '0123456789abcdef']);
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toBe(
      'error: --approve: a sandbox without a state file has no fingerprints, because any user could compute them; use --sandbox=FILE, or set the token variables\n',
    );
  });

  test('a plan is saved without a fingerprint, shown and applied', async () => {
    expect((await blacklistctl(['plan', '--sandbox', '--out', 'plan.json'])).code).toBe(0);
    expect(planFile(join(cwd, 'plan.json')).fingerprint).toBeNull();
    const shown = await run(['show', 'plan.json'], { cwd, env: NO_TOKEN });
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('\nPlan: 3 to add') });
    const apply = ['apply', '--plan', 'plan.json', '--sandbox'];
    expect((await blacklistctl([...apply, '--approve', '0123456789abcdef'])).code).toBe(6);
    expect((await blacklistctl(apply)).code).toBe(0);
    const text = readFileSync(join(cwd, 'plan.json'), 'utf8');
    writeFileSync(join(cwd, 'plan.json'), text.replace(uk(1)[0]!, uk(1, 700)[0]!));
    expect((await blacklistctl(apply)).code).toBe(5);
  });

  test('each bot needs a token, as one alone would not protect the numbers of the other', async () => {
    writeFileSync(join(cwd, 'blacklist.yaml'), yamlOf({ a: uk(1), b: { numbers: uk(1), tokenEnv: 'B_TOKEN' } }));
    expect(await fingerprint('--sandbox', { ...NO_TOKEN, B_TOKEN: 'the-token-of-b' })).toBeNull();
    expect(await fingerprint('--sandbox', { SINCH_WHATSAPP_TOKEN: TOKEN, B_TOKEN: 'the-token-of-b' })).not.toBeNull();
  });
});

describe('with a state file', () => {
  test('a plan has a fingerprint that can be approved, and that another file does not share', async () => {
    const planned = await fingerprint('--sandbox=lists.json');
    expect(planned).toMatch(/^[0-9a-f]{64}$/);
    expect(await fingerprint('--sandbox=other.json')).not.toBe(planned);
    expect(JSON.parse(readFileSync(join(cwd, 'lists.json'), 'utf8'))).toEqual({
      version: 1,
      key: expect.stringMatching(/^[0-9a-f]{64}$/),
      bots: {},
    });
    expect((await blacklistctl(['apply', '--sandbox=lists.json', '--approve', planned!.slice(0, 8)])).code).toBe(0);
    expect(reportOf(await blacklistctl(['plan', '--sandbox=lists.json', '--format', 'json'])).outcome).toBe('in-sync');
  });

  test('the key is made for a file that was written by hand', async () => {
    writeFileSync(join(cwd, 'lists.json'), `{ "version": 1, "bots": { "support": ["${uk(1)[0]}"] } }`);
    const planned = await fingerprint('--sandbox=lists.json');
    expect(await fingerprint('--sandbox=lists.json')).toBe(planned);
    expect((await blacklistctl(['apply', '--sandbox=lists.json', '--approve', planned!])).code).toBe(0);
  });

  test('a plan is saved and applied', async () => {
    expect((await blacklistctl(['plan', '--sandbox=lists.json', '--out', 'plan.json'])).code).toBe(0);
    expect((await blacklistctl(['apply', '--sandbox=lists.json', '--plan', 'plan.json'])).code).toBe(0);
    expect((await blacklistctl(['apply', '--sandbox=lists.json', '--plan', 'plan.json'])).code).toBe(0);
  });

  test('a token in the environment is used instead of the key', async () => {
    const env = { SINCH_WHATSAPP_TOKEN: TOKEN };
    const planned = await fingerprint('--sandbox', env);
    expect(planned).not.toBeNull();
    expect(await fingerprint('--sandbox=lists.json', env)).toBe(planned);
  });
});
