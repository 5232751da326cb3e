import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { armor, Encrypter, generateHybridIdentity, generateIdentity, identityToRecipient } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isEncrypted, makeDecrypt } from '../../../src/desired/source/decrypt.ts';
import { disk } from '../../../src/desired/source/tree.ts';
import { readFiles } from '../../../src/desired/source/yaml-files.ts';
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

/** What comes of an encrypted file: its text, or what is wrong. Whatever comes, no key is in it. */
async function open(
  bytes: Buffer,
  env: Record<string, string>,
  name = 'x.yaml.age',
  patience?: number,
): Promise<string> {
  const secrets = new Set<string>();
  const decrypt = makeDecrypt({ env, secrets }, patience);
  const said = await decrypt(name, bytes).then(String, (error: Error) => `fault: ${error.message}`);
  expect(said).not.toContain('AGE-SECRET-KEY');
  return said;
}

describe('what is taken for encrypted', () => {
  test.each<[string, string, string, boolean]>([
    ['a name with .age', 'x.yaml.age', 'version: 1\n', true],
    ['an age file by another name', 'x.yaml', 'age-encryption.org/v1\n-> X25519 a\n', true],
    ['an armored age file by another name', 'x.yaml', '-----BEGIN AGE ENCRYPTED FILE-----\n', true],
    ['a SOPS file', 'x.yaml', 'version: ENC[a]\nsops:\n    mac: ENC[b]\n', true],
    ['a SOPS file that begins with its key', 'x.yaml', 'sops:\n    mac: ENC[b]\n', true],
    ['a SOPS file in JSON', 'x.json', '{\n\t"version": "ENC[a]",\n\t"sops": {\n\t\t"mac": "ENC[b]"\n\t}\n}', true],
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

describe('an age file', () => {
  test('is its text again, binary and armored, whatever the text; and a changed one is never another text', async () => {
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
          else expect(come).toMatch(/is damaged|is no age file|does not fit|passphrase/);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('opens with any of several keys, with comments between them, from the variable or from a file', async () => {
    const bytes = await encrypt('text', mine);
    const hybrid = await generateHybridIdentity();
    writeFileSync(join(folder, 'keys.txt'), `# created: 2026-06-15\n# public key: age1…\n\n${mine}\r\n`);
    const file = { SOPS_AGE_KEY_FILE: join(folder, 'keys.txt') };
    expect(await open(bytes, { SOPS_AGE_KEY: mine })).toBe('text');
    expect(await open(bytes, { SOPS_AGE_KEY: `# ours\n${other}\n\n  ${mine}\n` })).toBe('text');
    expect(await open(bytes, file)).toBe('text');
    expect(await open(bytes, { SOPS_AGE_KEY: other, ...file })).toBe('text');
    expect(await open(await encrypt('text', hybrid), { SOPS_AGE_KEY: hybrid })).toBe('text');
    expect(await open(await encrypt('text', other, mine), { SOPS_AGE_KEY: mine })).toBe('text');
  });

  test('leaves its keys among the secrets, a key in the place of its file too', async () => {
    const secrets = new Set<string>();
    writeFileSync(join(folder, 'keys.txt'), `${other}\n`);
    const env = { SOPS_AGE_KEY: `# ours\n${mine}\n`, SOPS_AGE_KEY_FILE: join(folder, 'keys.txt') };
    await makeDecrypt({ env, secrets })('x.age', await encrypt('text', mine));
    expect(secrets).toEqual(new Set([mine, other]));
    secrets.clear();
    const slip = makeDecrypt({ env: { SOPS_AGE_KEY_FILE: mine }, secrets })('x.age', await encrypt('text', mine));
    await expect(slip).rejects.toThrow('a key itself belongs into SOPS_AGE_KEY');
    expect(secrets).toEqual(new Set([mine]));
  });

  test.each<[string, () => Promise<Buffer>, () => Record<string, string>, string]>([
    [
      'without a key',
      () => encrypt('text', mine),
      () => ({ SOPS_AGE_KEY: '# none yet\n' }),
      'is encrypted with age, and no key is here; put one into SOPS_AGE_KEY, or the path of a file with keys into SOPS_AGE_KEY_FILE',
    ],
    [
      'with a key that does not fit',
      () => encrypt('text', mine),
      () => ({ SOPS_AGE_KEY: other }),
      'the key in the environment does not fit; give a key of somebody it is encrypted to, or encrypt it to this one as well',
    ],
    [
      'with keys of which none fits',
      () => encrypt('text', mine),
      () => ({ SOPS_AGE_KEY: `${other}\n${other}` }),
      'none of the 2 keys fits; give a key of somebody it is encrypted to, or encrypt it to this one as well',
    ],
    [
      'with something else as a key',
      () => encrypt('text', mine),
      () => ({ SOPS_AGE_KEY: `# ours\n${mine}\nage1qqqqqq` }),
      'needs a key, and key 2 in SOPS_AGE_KEY is none that age-keygen made',
    ],
    [
      'with a key that lacks its end',
      () => encrypt('text', mine),
      () => ({ SOPS_AGE_KEY: mine.slice(0, -1) }),
      'needs a key, and key 1 in SOPS_AGE_KEY is none that age-keygen made',
    ],
    [
      'with a key file that is not there',
      () => encrypt('text', mine),
      () => ({ SOPS_AGE_KEY_FILE: join(folder, 'keys.txt') }),
      'needs a key, and the file that SOPS_AGE_KEY_FILE names (FOLDER/keys.txt) cannot be read (ENOENT); a key itself belongs into SOPS_AGE_KEY',
    ],
    [
      'with a passphrase',
      () => sealed('text'),
      () => ({ SOPS_AGE_KEY: mine }),
      'is encrypted with a passphrase, which nobody can type here; encrypt it to a key (age -r)',
    ],
    [
      'that was cut',
      async () => (await encrypt('text', mine)).subarray(0, -1),
      () => ({ SOPS_AGE_KEY: mine }),
      'is damaged: age cannot open it; restore it from Git, or encrypt it again',
    ],
    [
      'that is its first line alone',
      async () => Buffer.from('age-encryption.org/v1\n'),
      () => ({ SOPS_AGE_KEY: mine }),
      'is damaged: age cannot open it; restore it from Git, or encrypt it again',
    ],
    [
      'whose armor has no end',
      async () => armored(await encrypt('text', mine)).subarray(0, -10),
      () => ({ SOPS_AGE_KEY: mine }),
      'is damaged: age cannot open it; restore it from Git, or encrypt it again',
    ],
    [
      'that is plain text',
      async () => Buffer.from('version: 1\n'),
      () => ({ SOPS_AGE_KEY: mine }),
      'ends in .age and is no age file; encrypt it with age, or take .age off its name',
    ],
    [
      'that is nothing',
      async () => Buffer.from(''),
      () => ({ SOPS_AGE_KEY: mine }),
      'ends in .age and is no age file; encrypt it with age, or take .age off its name',
    ],
  ])('%s says what to do', async (_, bytes, env, fault) => {
    const said = await open(await bytes(), env());
    expect(said.replace(folder, 'FOLDER')).toBe(`fault: ${fault}`);
  });
});

describe('a SOPS file', () => {
  const YAML = Buffer.from('version: ENC[a]\nsops:\n    mac: ENC[b]\n');
  const JSON_FILE = Buffer.from('{"version": "ENC[a]", "sops": {"mac": "ENC[b]"}}');

  /** A program called sops that is this script. */
  function program(script: string): Record<string, string> {
    writeFileSync(join(folder, 'sops'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'sops'), 0o755);
    return { PATH: `${folder}:/usr/bin:/bin` };
  }

  test('goes through the program on stdin, in its own format', async () => {
    const env = program('echo "$@"; cat');
    expect(await open(YAML, env, 'x.yaml')).toBe(`decrypt --input-type yaml --output-type yaml\n${YAML}`);
    expect(await open(JSON_FILE, env, 'x.json')).toBe(`decrypt --input-type json --output-type json\n${JSON_FILE}`);
  });

  test('is not waited for once the run is interrupted', async () => {
    const stop = new AbortController();
    const decrypt = makeDecrypt({ env: program('exec sleep 1000'), secrets: new Set(), stop: stop.signal });
    const opened = decrypt('x.yaml', YAML);
    stop.abort();
    await expect(opened).rejects.toThrow('was not decrypted: the run was interrupted');
    await expect(decrypt('x.yaml', YAML)).rejects.toThrow('was not decrypted: the run was interrupted');
  });

  test('is given to the program with its keys, which are secrets from then on', async () => {
    const secrets = new Set<string>();
    const env = { ...program('echo "$SOPS_AGE_KEY" >&2; exit 1'), SOPS_AGE_KEY: mine };
    await expect(makeDecrypt({ env, secrets })('x.yaml', YAML)).rejects.toThrow('sops says:');
    expect(secrets).toEqual(new Set([mine]));
  });

  test.each<[string, string | null, string]>([
    [
      'that is not there',
      null,
      'is encrypted with SOPS, and there is no program "sops" on the PATH; install sops 3.10 or newer',
    ],
    [
      'that has no key',
      'printf "Failed to get the data key required to decrypt the SOPS file.\\n\\nGroup 0: FAILED\\n  age1x: FAILED\\n" >&2; exit 128',
      'sops has no key for it; put one into SOPS_AGE_KEY, or give this machine access to its KMS or PGP key; sops says: Failed to get the data key required to decrypt the SOPS file. Group 0: FAILED age1x: FAILED',
    ],
    [
      'that finds other values than it wrote',
      'echo "MAC mismatch. File has A, computed B" >&2; exit 51',
      'sops could not decrypt it; it may be damaged, or edited without sops; sops says: MAC mismatch. File has A, computed B',
    ],
    ['that fails without a word', 'exit 1', 'sops could not decrypt it; it may be damaged, or edited without sops'],
    [
      'that is too old for it',
      'echo "Error: no file specified" >&2; exit 100',
      'this sops does not read from a pipe; install 3.10 or newer; sops says: Error: no file specified',
    ],
    [
      'that says too much',
      'yes word | head -c 100000 >&2; exit 1',
      `sops could not decrypt it; it may be damaged, or edited without sops; sops says: ${'word '.repeat(80)}…`,
    ],
    [
      'that does not end its answer',
      'exec cat /dev/zero',
      'holds more than 64 MiB once it is decrypted; split it into several files',
    ],
  ])('and a program %s', async (_, script, fault) => {
    const env = script === null ? { PATH: folder } : program(script);
    expect(await open(YAML, env, 'x.yaml')).toBe(`fault: ${fault}`);
  });

  test('and a program that never answers', async () => {
    const env = program('trap "" TERM; exec tail -f /dev/null');
    const fault =
      'sops did not answer within 0.05 s and was ended; can it reach its keys, and does it ask for a passphrase?';
    expect(await open(YAML, env, 'x.yaml', 50)).toBe(`fault: ${fault}`);
  });

  test('and a program that is gone before it has read everything', async () => {
    const large = Buffer.concat([YAML, Buffer.alloc(4_000_000, '#')]);
    expect(await open(large, program('exit 1'), 'x.yaml')).toMatch(/^fault: sops could not decrypt it/);
  });
});

describe('what was decrypted', () => {
  const TEXT = 'version: 1\ndefaults: { region: eu1, tokenEnv: T }\nbots:\n  a:\n    numbers:\n      - "+12"\n';
  const stdin = () => Promise.reject(new Error('is not expected'));

  test('is found in folders by its name, and says so', async () => {
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

  test('has its places, and shows no line', () => {
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
