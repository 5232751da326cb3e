/** `plan --base`: labels each change as a result of this edit or as earlier drift. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { needs } from '../needs.ts';
import { type Api, FORMATS, makeFolder, reportOf, run, startApi, uk, yamlOf } from './harness.ts';

needs('git');

const [kept, gone, added, taken, foreign, expired] = uk(6) as [string, string, string, string, string, string];

function git(folder: string, ...args: string[]): string {
  const author = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...author, ...args], { cwd: folder, encoding: 'utf8' }).trim();
}

/** A repository with one commit of these files. */
function commit(files: Readonly<Record<string, string | Buffer>>, folder = makeFolder()): string {
  git(folder, 'init', '--quiet', '--initial-branch=main');
  write(folder, files);
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message=before');
  return folder;
}

function write(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

async function apiWith(...numbers: string[]): Promise<Api> {
  const api = await startApi();
  api.sandbox.set('support-bot', numbers);
  return api;
}

async function causes(folder: string, api: Api, ...args: string[]) {
  const finished = await run(['plan', '--format', 'json', '--base-url', api.url, ...args], { cwd: folder });
  const { bots, warnings } = reportOf(finished) as unknown as {
    bots: { causes: { direction: string; origin: string; reason: string; expires: string; numbers: string[] }[] }[];
    warnings: { code: string; message: string }[];
  };
  const said = bots.flatMap((bot) =>
    bot.causes.map(
      ({ direction, origin, reason, expires, numbers }) =>
        `${direction} ${numbers.join(' ')}: ${[origin, reason, expires].filter(Boolean).join(' ')}`,
    ),
  );
  return { said, warnings: warnings.map(({ code, message }) => `${code} ${message}`), code: finished.code };
}

const before = yamlOf({ 'support-bot': [kept, gone, taken] });
const now = `${yamlOf({ 'support-bot': [kept, gone, added] })}      - { number: "+${expired}", expires: 2026-01-31 }\n`;

describe('plan --base', () => {
  test('labels drift, and gives each number its cause', async () => {
    const folder = commit({ 'blacklist.yaml': before });
    write(folder, { 'blacklist.yaml': now });
    const api = await apiWith(kept, taken, foreign, expired);
    expect((await causes(folder, api, '--base', 'HEAD')).said).toEqual([
      `remove +${foreign}: drift undeclared`,
      `remove +${expired}: drift expired 2026-01-31`,
      `add +${gone}: drift`,
      `remove +${taken}: config removed`,
      `add +${added}: config added`,
    ]);
    const { stdout } = await run(['plan', '--base-url', api.url, '--base', 'main', '--numbers', 'masked'], {
      cwd: folder,
    });
    expect(stdout).toContain('2 to add (1 config, 1 drift), 3 to remove (1 config, 2 drift), 1 unchanged');
    expect(stdout).toContain('  removed from the file\n');
    expect(stdout).toContain(': 2 to add, 3 to remove (3 of the changes are drift), 1 unchanged in 1 bot');
  });

  test.each([
    ['an entry with its pair', [added], [`remove +${taken}: config removed`]],
    ['the pair of an entry', [added, gone], [`remove +${taken}: config removed`, `add +${gone}: config`]],
  ])('knows the pairs of the earlier state if this change removes %s', async (_, numbers, expected) => {
    const pair = `      - { number: "+${gone}", waId: "+${taken}" }\n`;
    const folder = commit({ 'blacklist.yaml': yamlOf({ 'support-bot': [added] }) + pair });
    write(folder, { 'blacklist.yaml': yamlOf({ 'support-bot': numbers }) });
    expect((await causes(folder, await apiWith(taken, added), '--base', 'HEAD')).said).toEqual(expected);
  });

  test.each(FORMATS)('counts a new pair that cancels changes: %s', async (format) => {
    const folder = commit({ 'blacklist.yaml': yamlOf({ 'support-bot': [added, kept] }) });
    write(folder, {
      'blacklist.yaml': `${yamlOf({ 'support-bot': [added] })}      - { number: "+${kept}", waId: "+${taken}" }\n`,
    });
    const api = await apiWith(added, taken);
    const args = ['plan', '--format', format, '--base-url', api.url, '--base', 'HEAD'];
    const finished = await run(args, { cwd: folder });
    if (format !== 'json') expect(finished.output).toContain('1 user with two numbers (1 newly)');
    else
      expect(reportOf(finished)).toMatchObject({ bots: [{ settings: { pairs: { now: 1, added: 1, removed: 0 } } }] });
  });

  test('does not change the fingerprint', async () => {
    const folder = commit({ 'blacklist.yaml': before });
    write(folder, { 'blacklist.yaml': now });
    const api = await apiWith(kept, taken);
    const plain = reportOf(await run(['plan', '--format', 'json', '--base-url', api.url], { cwd: folder }));
    const labelled = reportOf(
      await run(['plan', '--format', 'json', '--base-url', api.url, '--base', 'HEAD'], { cwd: folder }),
    );
    expect(labelled.fingerprint).toBe(plain.fingerprint);
  });

  test('is needed for causes other than expired and not declared', async () => {
    const folder = makeFolder();
    write(folder, { 'blacklist.yaml': now });
    const api = await apiWith(kept, gone, added, foreign, expired);
    expect((await causes(folder, api)).said).toEqual([
      `remove +${foreign}: undeclared`,
      `remove +${expired}: expired 2026-01-31`,
    ]);
  });

  test('reads folders as they were in the commit, also from a folder below the root', async () => {
    const folder = commit({
      'lists/bots/a.yaml': before,
      'lists/bots/.hidden/b.yaml': 'nonsense',
      'lists/bots/note.txt': 'nonsense',
    });
    write(folder, { 'lists/bots/a.yaml': yamlOf({ 'support-bot': [kept] }) });
    const api = await apiWith(kept, gone);
    const expected = [`remove +${gone}: config removed`];
    expect((await causes(join(folder, 'lists'), api, 'bots', '--base', 'HEAD')).said).toEqual(expected);
    expect((await causes(join(folder, 'lists'), api, './bots/a.yaml', '--base', 'HEAD')).said).toEqual(expected);
    expect((await causes(folder, api, join(folder, 'lists'), '--base', 'HEAD')).said).toEqual(expected);
  });

  test('treats all changes as config if the commit does not have the file', async () => {
    const folder = commit({ 'README.md': 'nothing yet\n' });
    write(folder, { 'blacklist.yaml': now });
    const api = await apiWith(foreign);
    expect((await causes(folder, api, '--base', 'HEAD')).said).toEqual([
      `remove +${foreign}: config undeclared`,
      `add +${kept} +${gone} +${added}: config added`,
    ]);
    const { warnings } = await causes(folder, api, '--base', 'HEAD');
    expect(warnings.join()).toContain('W-BASE-ABSENT --base HEAD: the commit does not contain "blacklist.yaml"');
  });

  test('warns if the files of the commit are invalid, and still shows the plan', async () => {
    const folder = commit({ 'blacklist.yaml': 'version: 1\nbots: { a: { numbers: [x] } }\n' });
    write(folder, { 'blacklist.yaml': before });
    const { said, warnings, code } = await causes(folder, await apiWith(kept, gone), '--base', 'HEAD');
    expect(code).toBe(0);
    expect(said).toEqual([]);
    expect(warnings.join()).toContain(
      'W-BASE-INVALID --base HEAD: the files of that commit are not valid (blacklist.yaml:2:',
    );
  });

  test('treats files with anchors in the commit as invalid', async () => {
    const folder = commit({ 'blacklist.yaml': before.replace('numbers:', 'numbers: &all') });
    write(folder, { 'blacklist.yaml': before });
    const { warnings, code } = await causes(folder, await apiWith(kept, gone, taken), '--base', 'HEAD');
    expect({ warnings, code }).toEqual({
      warnings: [expect.stringMatching(/^W-BASE-INVALID .*\(blacklist\.yaml:5: anchors, aliases and merge keys /)],
      code: 0,
    });
  });

  const wrong: [string, (folder: string) => string[], string][] = [
    ['a commit that does not exist', () => ['--base', 'nowhere'], '--base nowhere: this repository has no such commit'],
    ['an option instead of a commit', () => ['--base=--all'], '--base --all: this repository has no such commit'],
    [
      'no repository',
      (folder) => {
        rmSync(join(folder, '.git'), { recursive: true });
        return ['--base', 'HEAD'];
      },
      '--base HEAD: this folder is not in a Git repository',
    ],
    [
      'a link in the commit',
      (folder) => {
        symlinkSync('blacklist.yaml', join(folder, 'link.yaml'));
        git(folder, 'add', 'link.yaml');
        git(folder, 'commit', '--quiet', '--message=link');
        return ['link.yaml', '--base', 'HEAD'];
      },
      '--base HEAD: link.yaml is a symbolic link in that commit',
    ],
  ];
  test.each(wrong)('refuses %s, and sends nothing', async (_, prepare, message) => {
    const folder = commit({ 'blacklist.yaml': before });
    const api = await apiWith();
    const { code, stderr } = await run(['plan', '--base-url', api.url, ...prepare(folder)], { cwd: folder });
    expect(stderr).toContain(message);
    expect(code).toBe(6);
    expect(api.seen).toEqual([]);
  });
});

const KEY = await generateIdentity();

async function age(text: string): Promise<Buffer> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(KEY));
  return Buffer.from(await encrypter.encrypt(text));
}

describe('the settings in a plan', () => {
  const TODAY = new Date().toISOString().slice(0, 10);
  const head = 'version: 1\ndefaults: { region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN }\nbots:\n';
  const entries = (rest: string) => [kept, gone].map((number) => `{ number: "+${number}"${rest} }`);
  const safe = `${head}  support-bot: { numbers: [${entries(', reason: Threats from Mallory, protected: true')}] }\n`;
  const guard = 'guard: { percent: 100, floor: 1000000 }';
  const ignore = `ignore: ["+${foreign}", { prefix: "+4620", reason: Mallory }]`;
  const loose = `${head}  support-bot: { ${guard}, ${ignore}, policy: add-only, numbers: [${entries(`, expires: ${TODAY}`)}] }\n`;
  const SECRET = 'blacklist.yaml.age';

  async function planned(folder: string, api: Api, ...args: string[]) {
    const env = { BLACKLISTCTL_BASE_URL: api.url, SOPS_AGE_KEY: KEY, CI: 'true' };
    const finished = await run(['plan', ...args], { cwd: folder, env });
    expect(finished.code, finished.output).toBe(0);
    for (const secret of [kept, gone, foreign, '+4620', 'Mallory']) expect(finished.output).not.toContain(secret);
    return finished;
  }

  test.each(FORMATS)('are shown if only those of an encrypted file change, as %s', async (format) => {
    const api = await apiWith(kept, gone);
    const folder = commit({ [SECRET]: await age(safe) });
    const comment = (...args: string[]) => planned(folder, api, SECRET, '--format', format, ...args);
    const before = await comment();
    write(folder, { [SECRET]: await age(loose) });
    expect((await comment()).stdout).not.toBe(before.stdout);
    const { stdout } = await comment('--base', 'HEAD');
    if (format === 'json') return expect(stdout).toContain('"change":"changed"');
    const words = [
      'guard 25 % or 10 removals → 100 % or 1,000,000 removals (practically off)',
      'policy sync → add-only',
      '0 numbers protected (2 no longer)',
      '1 number ignored (1 newly); 1 prefix ignored (1 newly)',
      `2 numbers expire within 7 days, the next on ${TODAY}; the last day of 2 numbers changed`,
    ];
    expect(stdout.replaceAll('&gt;', '>').replaceAll('%25', '%')).toContain(`settings: ${words.join('; ')}`);
    if (format !== 'diff') expect(stdout).toContain('settings of 1 bot changed');
  });

  test('show no change if a commit with the same settings is the base', async () => {
    const folder = commit({ 'blacklist.yaml': yamlOf({ 'support-bot': [kept] }) });
    const { stdout } = await planned(folder, await apiWith(kept), '--base', 'HEAD');
    expect(stdout).toMatch(/^support-bot {2}in sync, 1 number\n\nPlan [0-9a-f]{8}: [^;]* in 1 bot\nIn sync/);
  });

  test('are shown for a bot whose list could not be read', async () => {
    const api = await startApi({ fault: () => ({ status: 404 }) });
    const folder = makeFolder();
    write(folder, { 'blacklist.yaml': `${head}  support-bot: { policy: add-only, numbers: [] }\n` });
    const { stdout } = await run(['plan', '--base-url', api.url], { cwd: folder });
    expect(stdout).toContain('support-bot  could not be read\n  settings: policy add-only\n  error: ');
  });

  test('are shown by apply with its plan, and not with its result', async () => {
    const folder = makeFolder();
    write(folder, { 'blacklist.yaml': `${head}  support-bot: { policy: add-only, numbers: ["+${kept}"] }\n` });
    const { stdout } = await run(['apply', '--yes', '--base-url', (await apiWith()).url], { cwd: folder });
    expect(stdout.match(/settings: policy add-only\n/g)).toHaveLength(1);
  });
});

describe('bots that were removed from the files', () => {
  const all = { a: [kept], b: [kept, gone], c: [added] };

  async function left(...args: string[]) {
    const folder = commit({ 'blacklist.yaml': yamlOf(all) });
    write(folder, { 'blacklist.yaml': yamlOf({ a: all.a, d: [] }) });
    const api = await startApi();
    for (const [bot, numbers] of Object.entries(all)) api.sandbox.set(bot, numbers);
    const options = { cwd: folder, env: { BLACKLISTCTL_BASE_URL: api.url } };
    const json = reportOf(await run(['plan', '--base', 'HEAD', '--format', 'json', ...args], options));
    const { stdout } = await run(['plan', '--base', 'HEAD', ...args], options);
    expect(new Set(api.seen.map(({ bot }) => bot))).toEqual(new Set(json.bots.map(({ id }) => id)));
    return { leftBots: (json as unknown as { leftBots: readonly object[] }).leftBots, stdout };
  }

  test('are listed with their counts, and their live lists are neither read nor changed', async () => {
    const { leftBots, stdout } = await left();
    expect(leftBots).toEqual([
      { id: 'b', count: 2 },
      { id: 'c', count: 1 },
    ]);
    expect(stdout).toContain('b  removed from the files, which declared 2 numbers for it; ');
    expect(stdout).toContain('d  in sync, 0 numbers\n  settings: new in the files\n');
    expect(stdout).toContain(' in 2 bots; 1 new bot, 2 bots removed from the files\n');
  });

  test('belong to exactly one shard each, and to no run with --bot', async () => {
    const parts: unknown[] = [];
    for (const shard of ['1/2', '2/2']) parts.push(...(await left('--shard', shard)).leftBots);
    expect(parts).toHaveLength(2);
    expect((await left('--bot', 'a')).leftBots).toEqual([]);
  });

  test('are unknown if the files of the commit are invalid', async () => {
    const folder = commit({ 'blacklist.yaml': 'version: 1\nbots: { b: { numbers: [x] } }\n' });
    write(folder, { 'blacklist.yaml': before });
    const options = { cwd: folder, env: { BLACKLISTCTL_BASE_URL: (await apiWith()).url } };
    const document = reportOf(await run(['plan', '--base', 'HEAD', '--format', 'json'], options));
    expect(document).not.toHaveProperty('leftBots');
    expect(document.bots).toMatchObject([{ settings: { change: null } }]);
  });
});
