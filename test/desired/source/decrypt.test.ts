import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { armor, Encrypter, generateHybridIdentity, generateIdentity, identityToRecipient } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tokenEnvError } from '../../../src/desired/schema/token-env.ts';
import { isEncrypted, makeDecrypt, OF_SOPS } from '../../../src/desired/source/decrypt.ts';
import { disk } from '../../../src/desired/source/tree.ts';
import { readFiles } from '../../../src/desired/source/yaml-files.ts';
import type { ProgramError } from '../../../src/model/errors.ts';
import * as fc from '../../fast-check.ts';
import { loadDesired } from '../load.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'decrypt-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const mine = await generateIdentity();
const other = await generateIdentity();

async function encrypt(text: string | Uint8Array, ...keys: string[]): Promise<Buffer> {
  const encrypter = new Encrypter();
  for (const key of keys) encrypter.addRecipient(await identityToRecipient(key));
  return Buffer.from(await encrypter.encrypt(text));
}

async function sealed(text: string): Promise<Buffer> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase('light-original-energy');
  encrypter.setScryptWorkFactor(1);
  return Buffer.from(await encrypter.encrypt(text));
}

const armored = (bytes: Buffer) => Buffer.from(armor.encode(bytes));

/** Returns the text of an encrypted file, or the message of its error. Neither may contain a key. */
async function open(
  bytes: Buffer,
  env: Record<string, string>,
  name = 'x.yaml.age',
  patience?: number,
): Promise<string> {
  const secrets = new Set<string>();
  const decrypt = makeDecrypt({ env, secrets }, patience);
  const said = await decrypt(name, bytes).then(String, (error: Error) => {
    const { detail } = error as Partial<ProgramError>;
    return `fault: ${error.message}${detail === undefined ? '' : ` (${detail})`}`;
  });
  expect(said).not.toContain('AGE-SECRET-KEY');
  return said;
}

describe('isEncrypted checks', () => {
  test.each<[string, string, string, boolean]>([
    ['a name with .age', 'x.yaml.age', 'version: 1\n', true],
    ['an age file by another name', 'x.yaml', 'age-encryption.org/v1\n-> X25519 a\n', true],
    ['an armored age file by another name', 'x.yaml', '-----BEGIN AGE ENCRYPTED FILE-----\n', true],
    ['a SOPS file', 'x.yaml', 'version: ENC[a]\nsops:\n    mac: ENC[b]\n', true],
    ['a SOPS file that begins with its key', 'x.yaml', 'sops:\n    mac: ENC[b]\n', true],
    ['a SOPS file in JSON', 'x.json', '{\n\t"version": "ENC[a]",\n\t"sops": {\n\t\t"mac": "ENC[b]"\n\t}\n}', true],
    [
      'a SOPS file in JSON with a bot of this name',
      'x.json',
      '{"bots": {"sops": {}}, "sops": {"mac": "ENC[b]"}}',
      true,
    ],
    ['a SOPS file in JSON after texts with quotes and braces', 'x.json', '{"a": "\\"{[\\\\", "sops": {}}', true],
    ['a bot sops in JSON', 'x.json', '{ "version": 1, "bots": { "sops": { "numbers": [] } } }', false],
    ['a list sops in JSON after an entry', 'x.json', '{ "bots": [{}], "lists": { "sops": { } } }', false],
    ['sops in a text of JSON', 'x.json', '{ "version": 1, "reason": "\\"sops\\": {" }', false],
    ['plain YAML', 'x.yaml', 'version: 1\n', false],
    ['an empty file', 'x.yaml', '', false],
    ['sops as a key further in', 'x.yaml', 'bots:\n  sops:\n    numbers: []\n', false],
    ['sops as a word', 'x.yaml', '# sops: see the guide\nversion: 1\n', false],
    ['sops as a text in a flow', 'x.yaml', '{ version: 1, bots: { "sops": [] } }', false],
    ['age as a word', 'x.yaml', '# age-encryption.org/v1\n', false],
  ])('%s', (_, name, text, expected) => {
    expect(isEncrypted(name, Buffer.from(text))).toBe(expected);
  });
});

const PLUGIN = 'AGE-PLUGIN-YUBIKEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGP';

describe('an age file', () => {
  test.each([
    ['200 recipients opens', 200, /^version: 1/],
    ['201 recipients is refused', 201, /^fault: is encrypted to more than 200 recipients; encrypt it to fewer$/],
  ])('for %s, binary or armored', async (_, count, said) => {
    const bytes = await encrypt('version: 1', mine, ...Array(count - 1).fill(other));
    expect(await open(bytes, { SOPS_AGE_KEY: mine })).toMatch(said);
    expect(await open(armored(bytes), { SOPS_AGE_KEY: mine })).toMatch(said);
  });

  test('with a header that does not end is refused before it is opened', async () => {
    const header = Buffer.from(`age-encryption.org/v1\n${'-> X25519 a\nb\n'.repeat(100_000)}`);
    expect(await open(header, { SOPS_AGE_KEY: mine })).toMatch(/^fault: is encrypted to more than 200 recipients/);
  });

  test('decrypts to its text, binary or armored, and never to another text if it was changed', async () => {
    const env = { SOPS_AGE_KEY: mine };
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.boolean(),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (text, asArmor, at, flip) => {
          const binary = await encrypt(text, mine);
          const bytes = asArmor ? armored(binary) : binary;
          const decrypt = makeDecrypt({ env, secrets: new Set() });
          expect(await decrypt('x.age', bytes)).toEqual(Buffer.from(text));
          const changed = Buffer.from(bytes);
          changed[at % bytes.length]! ^= flip;
          const come = await decrypt('x.age', changed).catch((error: Error) => error.message);
          if (Buffer.isBuffer(come)) expect(come).toEqual(Buffer.from(text));
          else expect(come).toMatch(/is damaged|is not an age file|cannot be decrypted|passphrase/);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('opens with any of several keys, from the variable or from a file with comments', async () => {
    const bytes = await encrypt('text', mine);
    const hybrid = await generateHybridIdentity();
    writeFileSync(join(folder, 'keys.txt'), `# created: 2026-06-15\n# public key: age1…\n\n${mine}\r\n`);
    const file = { SOPS_AGE_KEY_FILE: join(folder, 'keys.txt') };
    expect(await open(bytes, { SOPS_AGE_KEY: mine })).toBe('text');
    expect(await open(bytes, { SOPS_AGE_KEY: `# ours\n${other}\n\n  ${mine}\n` })).toBe('text');
    expect(await open(bytes, { SOPS_AGE_KEY: `${other}  ${mine}\t\r\n` })).toBe('text');
    expect(await open(bytes, { SOPS_AGE_KEY: `# created: today # ours ${other} # second: ${mine}` })).toBe('text');
    expect(await open(bytes, { SOPS_AGE_KEY: `${PLUGIN}\n${mine}` })).toBe('text');
    expect(await open(bytes, file)).toBe('text');
    expect(await open(bytes, { SOPS_AGE_KEY: other, ...file })).toBe('text');
    expect(await open(await encrypt('text', hybrid), { SOPS_AGE_KEY: hybrid })).toBe('text');
    expect(await open(await encrypt('text', other, mine), { SOPS_AGE_KEY: mine })).toBe('text');
  });

  test('adds its keys to the secrets, also a key that SOPS_AGE_KEY_FILE holds by mistake', async () => {
    const secrets = new Set<string>();
    writeFileSync(join(folder, 'keys.txt'), `${other}\n`);
    const env = { SOPS_AGE_KEY: `# ours\n${mine}\n`, SOPS_AGE_KEY_FILE: join(folder, 'keys.txt') };
    await makeDecrypt({ env, secrets })('x.age', await encrypt('text', mine));
    expect(secrets).toEqual(new Set([mine, other]));
    secrets.clear();
    const slip = makeDecrypt({ env: { SOPS_AGE_KEY_FILE: mine }, secrets })('x.age', await encrypt('text', mine));
    await expect(slip).rejects.toThrow('put the key itself into SOPS_AGE_KEY');
    expect(secrets).toEqual(new Set([mine]));
  });

  test.each<[string, () => Promise<Buffer>, () => Record<string, string>, string]>([
    [
      'without a key',
      () => encrypt('text', mine),
      () => ({ SOPS_AGE_KEY: '# none yet\n' }),
      'is encrypted with age, but no age key is set; put one into SOPS_AGE_KEY, or the path of a key file into SOPS_AGE_KEY_FILE',
    ],
    [
      'with only the key of a plugin',
      () => encrypt('text', mine),
      () => ({ SOPS_AGE_KEY: PLUGIN }),
      'needs an age key, but only keys of age plugins are set; add one from age-keygen',
    ],
    [
      'with the key of no recipient',
      () => encrypt('text', mine),
      () => ({ SOPS_AGE_KEY: other }),
      'cannot be decrypted with the key in the environment; use the key of a recipient, or encrypt it to this key as well',
    ],
    [
      'with several keys of no recipient',
      () => encrypt('text', mine),
      () => ({ SOPS_AGE_KEY: `${other}\n${other}` }),
      'cannot be decrypted with any of the 2 keys in the environment; use the key of a recipient, or encrypt it to this key as well',
    ],
    [
      'with a key that is not an age key',
      () => encrypt('text', mine),
      () => ({ SOPS_AGE_KEY: `# ours\n${mine}\nage1qqqqqq` }),
      'needs an age key, but key 2 in SOPS_AGE_KEY is none; use one from age-keygen',
    ],
    [
      'with a key that lacks its end',
      () => encrypt('text', mine),
      () => ({ SOPS_AGE_KEY: mine.slice(0, -1) }),
      'needs an age key, but key 1 in SOPS_AGE_KEY is none; use one from age-keygen',
    ],
    [
      'with a missing key file',
      () => encrypt('text', mine),
      () => ({ SOPS_AGE_KEY_FILE: join(folder, 'keys.txt') }),
      'needs an age key, but the file in SOPS_AGE_KEY_FILE (FOLDER/keys.txt) cannot be read (ENOENT); correct the path, or put the key itself into SOPS_AGE_KEY',
    ],
    [
      'with a passphrase',
      () => sealed('text'),
      () => ({ SOPS_AGE_KEY: mine }),
      'is encrypted with a passphrase, which cannot be entered; encrypt it to a key (age -r)',
    ],
    [
      'if it was cut off',
      async () => (await encrypt('text', mine)).subarray(0, -1),
      () => ({ SOPS_AGE_KEY: mine }),
      'is damaged, so age cannot open it; restore it from Git, or encrypt it again',
    ],
    [
      'if it has its first line only',
      async () => Buffer.from('age-encryption.org/v1\n'),
      () => ({ SOPS_AGE_KEY: mine }),
      'is damaged, so age cannot open it; restore it from Git, or encrypt it again',
    ],
    [
      'if its armor has no end',
      async () => armored(await encrypt('text', mine)).subarray(0, -10),
      () => ({ SOPS_AGE_KEY: mine }),
      'is damaged, so age cannot open it; restore it from Git, or encrypt it again',
    ],
    [
      'if it is plain text',
      async () => Buffer.from('version: 1\n'),
      () => ({ SOPS_AGE_KEY: mine }),
      'ends in .age but is not an age file; encrypt it with age, or remove .age from its name',
    ],
    [
      'if it is empty',
      async () => Buffer.from(''),
      () => ({ SOPS_AGE_KEY: mine }),
      'ends in .age but is not an age file; encrypt it with age, or remove .age from its name',
    ],
  ])('reports what to do %s', async (_, bytes, env, fault) => {
    const said = await open(await bytes(), env());
    expect(said.replace(folder, 'FOLDER')).toBe(`fault: ${fault}`);
  });
});

describe('a SOPS file', () => {
  const YAML = Buffer.from('version: ENC[a]\nsops:\n    mac: ENC[b]\n');
  const JSON_FILE = Buffer.from('{"version": "ENC[a]", "sops": {"mac": "ENC[b]"}}');

  /** Writes a script as the program sops. */
  function program(script: string): Record<string, string> {
    writeFileSync(join(folder, 'sops'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'sops'), 0o755);
    return { PATH: `${folder}:/usr/bin:/bin` };
  }

  test('is piped through sops in its own format', async () => {
    const env = program('echo "$@"; cat');
    expect(await open(YAML, env, 'x.yaml')).toBe(`decrypt --input-type yaml --output-type yaml\n${YAML}`);
    expect(await open(JSON_FILE, env, 'x.json')).toBe(`decrypt --input-type json --output-type json\n${JSON_FILE}`);
  });

  test('is not decrypted further after an interruption', async () => {
    const stop = new AbortController();
    const decrypt = makeDecrypt({ env: program('exec sleep 1000'), secrets: new Set(), stop: stop.signal });
    const opened = decrypt('x.yaml', YAML);
    stop.abort();
    await expect(opened).rejects.toThrow('was not decrypted: the run was interrupted');
    await expect(decrypt('x.yaml', YAML)).rejects.toThrow('was not decrypted: the run was interrupted');
  });

  test('is passed to sops with the keys, which become secrets', async () => {
    const secrets = new Set<string>();
    const env = { ...program('echo "$SOPS_AGE_KEY" >&2; exit 1'), SOPS_AGE_KEY: mine };
    await expect(makeDecrypt({ env, secrets })('x.yaml', YAML)).rejects.toMatchObject({ detail: `sops: ${mine}` });
    expect(secrets).toEqual(new Set([mine]));
  });

  test('is passed to sops with the variables of keys and of the system only', async () => {
    const given = { SOPS_X: 'y', AWS_PROFILE: 'x', VAULT_TOKEN: 'x', GOOGLE_X: 'x', GNUPGHOME: 'x', HOME: 'x' };
    const others = { SINCH_WHATSAPP_TOKEN: 'x', GITHUB_TOKEN: 'x', INPUT_TOKEN: 'x', BLACKLISTCTL_MASK_KEY: 'x' };
    const env = { ...program('env | cut -d= -f1 >&2; exit 1'), ...given, ...others };
    const said = await open(YAML, env, 'x.yaml');
    for (const name of Object.keys(given)) expect(said).toMatch(new RegExp(`\\b${name}\\b`));
    for (const name of Object.keys(others)) expect(said).not.toContain(name);
  });

  test.each([
    ...['SOPS_AGE_KEY', 'AWS_SECRET_ACCESS_KEY', 'GOOGLE_OAUTH_ACCESS_TOKEN', 'AZURE_CLIENT_SECRET', 'VAULT_TOKEN'],
    ...['HUAWEICLOUD_SDK_SK', 'IDENTITY_HEADER', 'MSI_SECRET', 'GPG_TTY', 'SSH_AUTH_SOCK', 'HTTPS_PROXY'],
  ])('is passed to sops with %s, which cannot be the token of a bot', (name) => {
    expect(name).toMatch(OF_SOPS);
    expect(tokenEnvError(name, 'tokenEnv')).not.toBeNull();
  });

  test.each<[string, string | null, string]>([
    [
      'that is not installed',
      null,
      'is encrypted with SOPS, but "sops" is not on the PATH; install sops 3.10 or newer',
    ],
    [
      'that has no key',
      'printf "Failed to get the data key required to decrypt the SOPS file.\\n\\nGroup 0: FAILED\\n  age1x: FAILED\\n" >&2; exit 128',
      'sops cannot decrypt it with the keys that are set; put an age key into SOPS_AGE_KEY, or give this machine access to the KMS or PGP key (sops: Failed to get the data key required to decrypt the SOPS file. Group 0: FAILED age1x: FAILED)',
    ],
    [
      'that finds changed values',
      'echo "MAC mismatch. File has A, computed B" >&2; exit 51',
      'sops could not decrypt it; if it is damaged or was edited without sops, restore it from Git (sops: MAC mismatch. File has A, computed B)',
    ],
    [
      'that fails without output',
      'exit 1',
      'sops could not decrypt it; if it is damaged or was edited without sops, restore it from Git',
    ],
    [
      'that is too old',
      'echo "Error: no file specified" >&2; exit 100',
      'the installed sops cannot read from a pipe; install sops 3.10 or newer (sops: Error: no file specified)',
    ],
    [
      'that prints too much',
      'yes word | head -c 100000 >&2; exit 1',
      `sops could not decrypt it; if it is damaged or was edited without sops, restore it from Git (sops: ${'word '.repeat(80)}…)`,
    ],
    [
      'whose output never ends',
      'exec cat /dev/zero',
      'is larger than 64 MiB after decryption; split it into several files',
    ],
  ])('reports a sops %s', async (_, script, fault) => {
    const env = script === null ? { PATH: folder } : program(script);
    expect(await open(YAML, env, 'x.yaml')).toBe(`fault: ${fault}`);
  });

  test('reports a sops that never exits', async () => {
    const env = program('trap "" TERM; exec tail -f /dev/null');
    const fault =
      'sops did not finish within 0.05 s and was stopped; check that it can reach its keys and asks for no passphrase';
    expect(await open(YAML, env, 'x.yaml', 50)).toBe(`fault: ${fault}`);
  });

  test('reports a sops that exits before it has read the file', async () => {
    const large = Buffer.concat([YAML, Buffer.alloc(4_000_000, '#')]);
    expect(await open(large, program('exit 1'), 'x.yaml')).toMatch(/^fault: sops could not decrypt it/);
  });
});

describe('a decrypted file', () => {
  const TEXT = 'version: 1\ndefaults: { region: eu1, tokenEnv: T }\nbots:\n  a:\n    numbers:\n      - "+12"\n';
  const stdin = () => Promise.reject(new Error('is not expected'));

  test('is found in folders by its name and marked as encrypted', async () => {
    writeFileSync(join(folder, 'a.yaml.age'), await encrypt(TEXT, mine));
    writeFileSync(join(folder, 'b.yml.age'), armored(await encrypt(TEXT, mine)));
    writeFileSync(join(folder, 'c.txt.age'), 'no desired state');
    const decrypt = makeDecrypt({ env: { SOPS_AGE_KEY: mine }, secrets: new Set() });
    const { files, faults } = await readFiles([folder], { tree: disk, decrypt, stdin });
    expect(faults).toEqual([]);
    expect(files).toEqual(
      ['a.yaml.age', 'b.yml.age'].map((name) => ({ name: join(folder, name), text: TEXT, encrypted: true })),
    );
  });

  test('keeps the places of errors without showing lines', () => {
    const { faults } = loadDesired([{ name: 'a.yaml.age', text: TEXT, encrypted: true }], '2026-06-15');
    expect(faults).toEqual([
      {
        message: 'the number has 2 digits; an E.164 number has 7 to 15',
        place: { file: 'a.yaml.age', line: 6, column: 9 },
        decrypted: true,
      },
    ]);
  });
});
