import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  FILE_NAME,
  NAME,
  RESERVED,
  RESERVED_NAME,
  TOKEN_LIKE,
  tokenEnvError,
} from '../../../src/desired/schema/token-env.ts';
import * as fc from '../../fast-check.ts';
import { loadDesired } from '../load.ts';

const root = join(import.meta.dirname, '../../..');
const errorOf = (text: string) => tokenEnvError(text, '"tokenEnv"');
const TOKEN =
  '"tokenEnv" must be the NAME of an environment variable, such as SUPPORT_BOT_TOKEN, never the token itself';
const hasAll = (text: string) => /[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9]/.test(text);
const TAKEN =
  /^"tokenEnv" names a variable of the system, of CI or of another tool; give the variable of the token another name$/;

describe('a name of a variable', () => {
  test.each([
    ...['GITHUB_TOKEN', 'github_token', 'ACTIONS_RUNTIME_TOKEN', 'RUNNER_TEMP', 'CI', 'CI_JOB_TOKEN', 'PATH', 'Path'],
    ...['HOME', 'SOPS_AGE_KEY', 'AWS_SECRET_ACCESS_KEY', 'BLACKLISTCTL_MASK_KEY', 'VAULT_TOKEN', 'NODE_AUTH_TOKEN'],
    ...['npm_config_registry', 'NPM_TOKEN', 'LD_PRELOAD', 'https_proxy', 'SSH_AUTH_SOCK', 'DOCKER_AUTH_CONFIG'],
    ...['KUBERNETES_SERVICE_HOST', 'AZURE_CLIENT_SECRET', 'GOOGLE_APPLICATION_CREDENTIALS', 'GH_TOKEN', 'DEBUG'],
    ...['SYSTEM_ACCESSTOKEN', 'TF_VAR_secret', 'INPUT_TOKEN', 'DATABASE_URL'],
    // With _FILE after it, each of these is a variable of another tool.
    ...['REGISTRY_AUTH', 'registry_auth', 'VAULT', 'SSL'],
  ])('that belongs to the system or a tool is refused: %s', (name) => {
    expect(errorOf(name)).toMatch(TAKEN);
  });

  test.each([
    ...['SINCH_WHATSAPP_TOKEN', 'WHATSAPP_CLOUD_TOKEN', 'D360_API_KEY', 'GUPSHUP_API_KEY', 'KAPSO_API_KEY', 'T', 'TOK'],
    ...['CIRCUS_TOKEN', 'PATH_TOKEN', 'HOME_BOT_TOKEN', 'USER_BOT_KEY', 'TERMS_BOT_KEY', 'ENV_BOT', 'DEBUG_BOT_TOKEN'],
    ...[
      'AWSOME_TOKEN',
      'whatsapp_token',
      'whatsappTokenSupportBot',
      'bot_1_token',
      'WHATSAPP_TOKEN_106540352242922',
      '_T',
    ],
    ...['MYCOMPANYWHATSAPPBOT2TOKEN', 'BOT_1_TOKEN_2_REGION_3_KEY', 'WHATSAPP360DIALOGKEY', 'SHOP_10654035224292201'],
  ])('of a user is accepted: %s', (name) => {
    expect(errorOf(name)).toBeNull();
  });

  test.each([
    ...['EAAGm0PX4ZCpsBAKZAx9Q2', 'Canary7bZq9XwRt5Mn3Pk8', 'a3f9b2c4d1e0f5a6b7c8d9e0f1a2b3c4'],
    ...[
      'sk_0123456789abcdef0123456789abcdef',
      'github_pat_11ABCDEFG0a1B2c3D4e5F6',
      '46732001122',
      'two words',
      '',
      'a-b',
    ],
    ...['eyJhbGciOiJIUzI1NiJ9.e30', '1T', 'abcDEF123_AK', 'Ak7', 'aB_1', 'supportBotToken1'],
  ])('that is probably a token is refused, and the error does not repeat it: %s', (text) => {
    expect(errorOf(text)).toBe(TOKEN);
  });

  test.each(['SUPPORT_BOT_TOKEN_FILE', 'support_bot_token_file'])(
    'that is for the path of a file is refused: %s',
    (name) => {
      expect(errorOf(name)).toMatch(/^"tokenEnv" ends with _FILE, .*; remove _FILE/);
    },
  );

  test('law: a name is refused if it is refused with _FILE after it', () => {
    const names = fc.constantFrom(...Object.values(RESERVED).flat());
    fc.assert(
      fc.property(names, (name) => {
        const base = name.replace(/_FILE$|_$/, '');
        expect(errorOf(base)).toMatch(TAKEN);
        expect(errorOf(`${name}x_FILE`)).not.toBeNull();
      }),
    );
  });

  test('law: a random token is refused', () => {
    const hex = fc.stringMatching(/^[a-f][0-9a-f]{31}$/);
    const mixed = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{2,40}$/).filter(hasAll);
    fc.assert(
      fc.property(fc.oneof(hex, mixed), (token) => {
        expect(errorOf(token)).toBe(TOKEN);
      }),
    );
  });
});

describe('the table', () => {
  const schema = JSON.parse(readFileSync(join(root, 'schemas/blacklist.schema.json'), 'utf8'));

  test('is in the schema', () => {
    expect(schema.definitions.tokenEnv).toMatchObject({
      pattern: NAME,
      not: { anyOf: [{ pattern: TOKEN_LIKE }, { pattern: RESERVED_NAME }, { pattern: FILE_NAME }] },
    });
  });

  test('is in docs/reference.md', () => {
    const text = readFileSync(join(root, 'docs/reference.md'), 'utf8');
    const [, section = ''] = /^## Names that `tokenEnv` cannot have$([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(text) ?? [];
    const rows = [...section.matchAll(/^\| ([^|`]+) \| (`.*`) \|$/gm)].map(([, owner, names]) => {
      return [owner, [...names!.matchAll(/`([^`]+?)\*?`/g)].map(([, name]) => name)];
    });
    expect(Object.fromEntries(rows)).toEqual(RESERVED);
  });

  test('contains each variable that the program reads', () => {
    const text = readFileSync(join(root, 'docs/reference.md'), 'utf8');
    const [, rows = ''] = /^## Environment$([\s\S]*?)^## /m.exec(text)!;
    const names = [...rows.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell]) => cell!.match(/[A-Z][A-Z_]+/g) ?? []);
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) expect([name, errorOf(name)]).toEqual([name, expect.stringMatching(TAKEN)]);
  });

  test('names each variable once', () => {
    const names = Object.values(RESERVED).flat();
    expect(new Set(names).size).toBe(names.length);
    const prefixes = names.filter((name) => name.endsWith('_'));
    expect(names.filter((name) => prefixes.some((prefix) => name !== prefix && name.startsWith(prefix)))).toEqual([]);
  });
});

describe('in a file', () => {
  const faultsOf = (name: string) =>
    loadDesired(
      [{ name: 'f.yaml', text: `version: 1\nbots:\n  a: { region: eu1, tokenEnv: ${name}, numbers: [] }\n` }],
      '2026-06-15',
    ).faults;

  test.each([
    ['GITHUB_TOKEN', TAKEN],
    ['EAAGm0PX4ZCpsBAKZAx9Q2', TOKEN],
    ['"two words"', TOKEN],
  ])('%s is one error, at its place and without its line', (name, says) => {
    const faults = faultsOf(name);
    expect(faults).toEqual([
      { message: typeof says === 'string' ? says : expect.stringMatching(says), place: expect.anything() },
    ]);
    expect(faults[0]!.place).toMatchObject({ file: 'f.yaml', line: 3 });
  });

  test('law: the schema refuses exactly the names that the program refuses', () => {
    const { pattern, not } = JSON.parse(readFileSync(join(root, 'schemas/blacklist.schema.json'), 'utf8')).definitions
      .tokenEnv;
    const known = fc.constantFrom(...Object.values(RESERVED).flat());
    const name = fc.oneof(
      known,
      known.map((each) => `${each.toLowerCase()}x`),
      fc.stringMatching(/^[\w-]{1,40}$/),
    );
    fc.assert(
      fc.property(name, (text) => {
        const allowed =
          new RegExp(pattern).test(text) && not.anyOf.every((each: typeof not) => !new RegExp(each.pattern).test(text));
        expect(errorOf(text) === null).toBe(allowed);
      }),
    );
  });
});
