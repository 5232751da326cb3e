/** Encrypted desired state and standard input: output shows their errors, but no decrypted text. */
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { armor, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { needs } from '../needs.ts';
import { FORMATS, makeFolder, reportOf, run, startApi, uk, yamlOf } from './harness.ts';
import { CLI, PROGRAM, runProcess, startProcess } from './process.ts';

const KEY = await generateIdentity();
const RECIPIENT = await identityToRecipient(KEY);
const SOPS = join(import.meta.dirname, 'sops.mjs');
const ENV = { SOPS_AGE_KEY: KEY };

async function age(text: string): Promise<Buffer> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(RECIPIENT);
  return Buffer.from(await encrypter.encrypt(text));
}

const sealed = new Map<string, string>();

function sops(text: string, type = 'yaml'): string {
  const args = [SOPS, 'encrypt', '--age', RECIPIENT, '--input-type', type, '--output-type', type];
  const secret = sealed.get(text) ?? execFileSync(process.execPath, args, { input: text, encoding: 'utf8' });
  sealed.set(text, secret);
  return secret;
}

/** A PATH on which a stand-in has the name sops. */
function pathWithSops(): string {
  const folder = makeFolder();
  writeFileSync(join(folder, 'sops'), `#!/bin/sh\nexec "${process.execPath}" "${SOPS}" "$@"\n`);
  chmodSync(join(folder, 'sops'), 0o755);
  return `${folder}:${process.env.PATH}`;
}

function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = makeFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

const [kept, added, removed] = uk(3) as [string, string, string];
const TEXT = yamlOf({ 'support-bot': [kept, added] });

const KINDS: [string, string, () => Promise<string | Buffer>][] = [
  ['age, binary', 'blacklist.yaml.age', () => age(TEXT)],
  ['age, armored', 'blacklist.yml.age', async () => armor.encode(await age(TEXT))],
  ['SOPS, YAML', 'blacklist.yaml', async () => sops(TEXT)],
  [
    'SOPS, JSON',
    'blacklist.json',
    async () => {
      const bot = { region: 'eu1', tokenEnv: 'SINCH_WHATSAPP_TOKEN', numbers: [`+${kept}`, `+${added}`] };
      return sops(JSON.stringify({ version: 1, bots: { 'support-bot': bot } }), 'json');
    },
  ],
];

describe.each(KINDS)('a desired state that is encrypted with %s', (_, name, content) => {
  test('is planned, reviewed as a masked plan, and applied', async () => {
    const api = await startApi();
    api.sandbox.set('support-bot', [kept, removed]);
    const cwd = folderOf({ [name]: await content() });
    const env = {
      ...ENV,
      PATH: pathWithSops(),
      CI: 'true',
      BLACKLISTCTL_MASK_KEY: 'a key of the reviewers of this team',
    };
    const options = { cwd, env: { ...env, BLACKLISTCTL_BASE_URL: api.url } };
    const plan = await run(['plan', name, '--format', 'json'], options);
    expect(plan.code, plan.output).toBe(0);
    const report = reportOf(plan);
    expect(report.bots[0]).toMatchObject({ add: [expect.stringMatching(/^\+44•+0001~[0-9a-f]{6}$/)] });
    for (const number of [kept, added, removed]) expect(plan.output).not.toContain(number);
    const applied = await run(['apply', name, '--approve', report.fingerprint!.slice(0, 8)], options);
    expect(applied.code, applied.output).toBe(0);
    expect(api.list('support-bot')).toEqual([kept, added]);
  });

  test('can be piped in', async () => {
    const cwd = folderOf({ [name]: await content() });
    const through = ['sh', '-c', 'cat "$0" | "$@"', join(cwd, name), ...PROGRAM];
    const env = { ...ENV, PATH: pathWithSops() };
    const finished = await runProcess(['validate', '-', '--format', 'json'], { env, through, input: '' });
    expect(finished.code, finished.output).toBe(0);
    expect(reportOf(finished).bots).toMatchObject([{ count: 2 }]);
  });
});

describe('encrypted text', () => {
  const SECRET = `${TEXT}      - { number: "+${removed}", reason: Threats from Mallory, expires: soon }\n      - +4477009\n`;

  test.each(FORMATS)('is not shown with an error, only its place, as %s', async (format) => {
    const cwd = folderOf({ 'a.yaml.age': await age(SECRET), 'b.yaml': sops(SECRET) });
    for (const env of [{ CI: 'true' }, { CI: undefined }]) {
      const options = { cwd, env: { ...ENV, ...env, PATH: pathWithSops() } };
      const finished = await run(['validate', '.', '--format', format], options);
      expect(finished.code).toBe(6);
      expect(finished.output).toContain('(decrypted)');
      expect(finished.output).not.toMatch(/Mallory|4477009/);
      expect(finished.output).not.toContain(KEY.slice(16));
    }
  });

  test('is never written to the disk as plain text', async () => {
    const folders = { TMPDIR: makeFolder(), HOME: makeFolder(), XDG_CONFIG_HOME: makeFolder() };
    const cwd = folderOf({ 'a.yaml.age': await age(TEXT), 'b.yaml': sops(TEXT.replace('support-bot', 'sales-bot')) });
    for (const folder of Object.values(folders)) chmodSync(folder, 0o500);
    const before = readdirSync(cwd);
    const finished = await run(['validate', '.'], { cwd, env: { ...ENV, ...folders, PATH: pathWithSops() } });
    expect(finished.code, finished.output).toBe(0);
    expect(readdirSync(cwd)).toEqual(before);
    for (const folder of Object.values(folders)) expect(readdirSync(folder)).toEqual([]);
  });
});

describe('an encrypted file is reported, and no request sent, with', () => {
  const PATH = dirname(process.execPath);

  test.each<[string, string, () => Promise<string | Buffer>, Record<string, string | undefined>, string]>([
    ['no key for age', 'a.yaml.age', () => age(TEXT), {}, 'a.yaml.age: is encrypted with age, but no age key is set'],
    [
      'no program sops',
      'a.yaml',
      async () => sops(TEXT),
      { ...ENV, PATH: makeFolder() },
      'a.yaml: is encrypted with SOPS, but "sops" is not on the PATH',
    ],
    [
      'no key for sops',
      'a.yaml',
      async () => sops(TEXT),
      { PATH: pathWithSops() },
      'a.yaml: sops cannot decrypt it with the keys that are set; put an age key into SOPS_AGE_KEY',
    ],
    [
      'an edit without sops',
      'a.yaml',
      async () => sops(TEXT).replace('support-bot', 'other-bot'),
      { ...ENV, PATH: pathWithSops() },
      'a.yaml: sops could not decrypt it; if it is damaged or was edited without sops, restore it from Git',
    ],
  ])('%s', async (_, name, content, env, fault) => {
    const api = await startApi();
    const cwd = folderOf({ [name]: await content() });
    const options = { cwd, env: { PATH, ...env, BLACKLISTCTL_BASE_URL: api.url } };
    const finished = await run(['plan', name, '--format', 'json'], options);
    expect(finished.code).toBe(6);
    expect(reportOf(finished).errors.map(({ message }) => message)).toEqual([expect.stringContaining(fault)]);
    expect(api.seen).toEqual([]);
  });
});

describe('editing encrypted files', () => {
  const MESSY = TEXT.replaceAll('      - ', '          - ');

  test('fmt skips an encrypted file in a folder, and refuses it by name', async () => {
    const secret = await age(MESSY.replace('support-bot', 'sales-bot'));
    const cwd = folderOf({ 'a.yaml': MESSY, 'b.yaml.age': secret });
    const all = await run(['fmt', '.'], { cwd }); // without a key, as fmt does not open files that it skips
    expect(all.code, all.output).toBe(0);
    expect(all.stderr).toBe('warning: b.yaml.age: is encrypted, so it was not formatted [W-ENCRYPTED-SKIPPED]\n');
    expect(readFileSync(join(cwd, 'a.yaml'), 'utf8')).toBe(TEXT);
    writeFileSync(join(cwd, 'a.yaml'), MESSY);
    const named = await run(['fmt', 'a.yaml', 'b.yaml.age'], { cwd, env: ENV });
    expect(named.code).toBe(6);
    expect(named.stderr).toContain('b.yaml.age: this file is encrypted, and fmt would write plain text');
    expect(readFileSync(join(cwd, 'a.yaml'), 'utf8')).toBe(MESSY);
    expect(readFileSync(join(cwd, 'b.yaml.age'))).toEqual(secret);
  });

  test('import refuses it before any request', async () => {
    const api = await startApi();
    const secret = await age(TEXT);
    const cwd = folderOf({ 'a.yaml.age': secret });
    const env = { ...ENV, BLACKLISTCTL_BASE_URL: api.url };
    const finished = await run(['import', 'a.yaml.age', '--bot', 'support-bot'], { cwd, env });
    expect(finished.code).toBe(6);
    expect(finished.stderr).toContain('a.yaml.age: this file is encrypted, and import would write plain text');
    expect(readFileSync(join(cwd, 'a.yaml.age'))).toEqual(secret);
    expect(api.seen).toEqual([]);
  });

  test.each([
    ['fmt', ['fmt', '-']],
    ['import', ['import', '-', '--bot', 'support-bot']],
  ])('%s refuses standard input, which it cannot write to', async (command, args) => {
    const cwd = makeFolder();
    const finished = await run(args, { cwd, input: TEXT });
    expect(finished.code).toBe(6);
    expect(finished.stderr).toMatch(new RegExp(`^error: ${command} cannot write to standard input; pass a file`));
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('standard input', () => {
  const OTHER = yamlOf({ 'sales-bot': [removed] });

  test('can be one of several files', async () => {
    const cwd = folderOf({ 'other.yaml': OTHER });
    const finished = await run(['validate', '-', 'other.yaml', '--format', 'json'], { cwd, input: TEXT });
    expect(reportOf(finished).bots.map(({ id }) => id)).toEqual(['sales-bot', 'support-bot']);
  });

  test.each([
    ['an error in it', TEXT.replace('numbers', 'nubmers'), ['-'], '<stdin>:5:5: unknown key "nubmers"'],
    ['empty input', '', ['-'], '<stdin>:1:1: the file is empty'],
    ['using it twice', TEXT, ['-', '-'], 'error: -: standard input can be read only once; pass - once'],
    ['input that is not text', '\0\0', ['-'], 'error: <stdin>: is not UTF-8 text; save it as UTF-8'],
  ])('is refused for %s', async (_, input, args, fault) => {
    const finished = await run(['validate', ...args], { input });
    expect(finished.code).toBe(6);
    expect(finished.stderr).toContain(fault);
  });

  test('is refused without reading further if it is too long', async () => {
    const through = ['sh', '-c', 'cat /dev/zero | "$@"', 'sh', ...PROGRAM];
    const finished = await runProcess(['validate', '-'], { through, input: '' });
    expect(finished.stderr).toBe('error: <stdin>: is larger than 64 MiB; split it into several files\n');
  });

  test('can be interrupted if it does not end', async () => {
    const running = startProcess(['plan', '-'], { through: PROGRAM });
    // More than a pipe can hold: if all of it is written, the program is reading.
    await new Promise((resolve) => running.child.stdin!.write('#'.repeat(1_000_000), resolve));
    running.kill('SIGINT');
    const { code, stderr } = await running.done;
    expect(code).toBe(130);
    expect(stderr).toContain('<stdin>: was not read completely');
  });

  test('is refused if it is a terminal', async (context) => {
    needs('script of util-linux', context);
    const through = ['script', '-qec', `"${process.execPath}" "${CLI}" validate -`, '/dev/null'];
    const finished = await runProcess([], { through, input: '' });
    expect(finished.output).toContain('<stdin>: standard input is a terminal; pipe a file into it');
  });

  test('makes apply require --yes, as it cannot ask for confirmation', async () => {
    const api = await startApi();
    const options = { input: TEXT, env: { BLACKLISTCTL_BASE_URL: api.url } };
    const asked = await run(['apply', '-'], options);
    expect(asked.code).toBe(6);
    expect(asked.stderr).toContain('cannot ask for confirmation without a terminal');
    expect(api.writes()).toEqual([]);
    const told = await run(['apply', '-', '--yes'], options);
    expect(told.code, told.output).toBe(0);
    expect(api.list('support-bot')).toEqual([kept, added]);
  });
});

describe('plan --base', () => {
  needs('git');

  function git(cwd: string, ...args: string[]): void {
    const author = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
    execFileSync('git', [...author, ...args], { cwd });
  }

  test.each([
    ['age', 'b.yaml.age', age],
    ['SOPS', 'b.yaml', async (text: string) => sops(text)],
  ])('decrypts files that were committed with %s', async (_, name, encrypt) => {
    const api = await startApi();
    api.sandbox.set('support-bot', [kept, removed]);
    const cwd = folderOf({ [name]: await encrypt(yamlOf({ 'support-bot': [kept] })) });
    git(cwd, 'init', '--quiet');
    git(cwd, 'add', '--all');
    git(cwd, 'commit', '--quiet', '--message=before');
    writeFileSync(join(cwd, name), await encrypt(TEXT));
    const env = { ...ENV, PATH: pathWithSops(), BLACKLISTCTL_BASE_URL: api.url };
    const finished = await run(['plan', '.', '--base', 'HEAD', '--format', 'json'], { cwd, env });
    const [bot] = reportOf(finished).bots as unknown as { causes: { direction: string; origin: string }[] }[];
    expect(bot!.causes.map(({ direction, origin }) => `${direction} ${origin}`).sort()).toEqual([
      'add config',
      'remove drift',
    ]);
  });

  test('has no earlier version of standard input', async () => {
    const api = await startApi();
    const cwd = folderOf({ 'other.yaml': yamlOf({ 'sales-bot': [] }) });
    git(cwd, 'init', '--quiet');
    git(cwd, 'add', '--all');
    git(cwd, 'commit', '--quiet', '--message=before');
    const options = { cwd, input: TEXT, env: { BLACKLISTCTL_BASE_URL: api.url } };
    const finished = await run(['plan', '-', 'other.yaml', '--base', 'HEAD'], options);
    expect(finished.code).toBe(0);
    expect(finished.stderr).toContain('the commit does not contain "<stdin>"');
  });
});
