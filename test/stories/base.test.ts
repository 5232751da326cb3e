/** `plan --base`: what this change of the files causes, and what had drifted before it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needs } from '../needs.ts';
import { type Api, makeFolder, reportOf, run, startApi, uk, yamlOf } from './harness.ts';

needs('git');

const [kept, gone, added, taken, foreign, expired] = uk(6) as [string, string, string, string, string, string];

function git(folder: string, ...args: string[]): string {
  const author = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...author, ...args], { cwd: folder, encoding: 'utf8' }).trim();
}

/** A repository with one commit of these files. */
function commit(files: Readonly<Record<string, string>>, folder = makeFolder()): string {
  git(folder, 'init', '--quiet', '--initial-branch=main');
  write(folder, files);
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message=before');
  return folder;
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
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
  test('tells this change from drift, and says why each number is removed', async () => {
    const folder = commit({ 'blacklist.yaml': before });
    write(folder, { 'blacklist.yaml': now });
    const api = await apiWith(kept, taken, foreign, expired);
    expect((await causes(folder, api, '--base', 'HEAD')).said).toEqual([
      `remove +${taken}: config removed`,
      `remove +${foreign}: drift undeclared`,
      `remove +${expired}: drift expired 2026-01-31`,
      `add +${added}: config`,
      `add +${gone}: drift`,
    ]);
    const { stdout } = await run(['plan', '--base-url', api.url, '--base', 'main', '--numbers', 'masked'], {
      cwd: folder,
    });
    expect(stdout).toContain('2 to add (1 config, 1 drift), 3 to remove (1 config, 2 drift), 1 unchanged');
    expect(stdout).toContain('  config: removed from the file\n');
    expect(stdout).toContain(': 2 to add, 3 to remove, 3 of these by drift, 1 unchanged in 1 bot');
  });

  test.each([
    ['an entry with its pair', [added], [`remove +${taken}: config removed`]],
    ['the pair of an entry', [added, gone], [`remove +${taken}: config removed`, `add +${gone}: config`]],
  ])('knows the pairs of the earlier state, if this change takes out %s', async (_, numbers, expected) => {
    const pair = `      - { number: "+${gone}", waId: "+${taken}" }\n`;
    const folder = commit({ 'blacklist.yaml': yamlOf({ 'support-bot': [added] }) + pair });
    write(folder, { 'blacklist.yaml': yamlOf({ 'support-bot': numbers }) });
    expect((await causes(folder, await apiWith(taken, added), '--base', 'HEAD')).said).toEqual(expected);
  });

  test('is the same plan: the label changes no fingerprint', async () => {
    const folder = commit({ 'blacklist.yaml': before });
    write(folder, { 'blacklist.yaml': now });
    const api = await apiWith(kept, taken);
    const plain = reportOf(await run(['plan', '--format', 'json', '--base-url', api.url], { cwd: folder }));
    const labelled = reportOf(
      await run(['plan', '--format', 'json', '--base-url', api.url, '--base', 'HEAD'], { cwd: folder }),
    );
    expect(labelled.fingerprint).toBe(plain.fingerprint);
  });

  test('without it only an expired number has a cause', async () => {
    const folder = makeFolder();
    write(folder, { 'blacklist.yaml': now });
    const api = await apiWith(kept, gone, added, foreign, expired);
    expect((await causes(folder, api)).said).toEqual([
      `remove +${foreign}: `,
      `remove +${expired}: expired 2026-01-31`,
    ]);
  });

  test('reads folders as they stood, from a folder below the root, too', async () => {
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

  test('a file that the commit does not have makes all changes config', async () => {
    const folder = commit({ 'README.md': 'nothing yet\n' });
    write(folder, { 'blacklist.yaml': now });
    const api = await apiWith(foreign);
    expect((await causes(folder, api, '--base', 'HEAD')).said).toEqual([
      `remove +${foreign}: config undeclared`,
      `add +${kept} +${gone} +${added}: config`,
    ]);
    const { warnings } = await causes(folder, api, '--base', 'HEAD');
    expect(warnings.join()).toContain('W-BASE-ABSENT --base HEAD: that commit has nothing at blacklist.yaml');
  });

  test('files that were not valid then are a warning, and the plan holds', async () => {
    const folder = commit({ 'blacklist.yaml': 'version: 1\nbots: { a: { numbers: [x] } }\n' });
    write(folder, { 'blacklist.yaml': before });
    const { said, warnings, code } = await causes(folder, await apiWith(kept, gone), '--base', 'HEAD');
    expect(code).toBe(0);
    expect(said).toEqual([]);
    expect(warnings.join()).toContain('W-BASE-INVALID --base HEAD: the files were not valid then (blacklist.yaml:2:');
  });

  test('files that had anchors then are such files', async () => {
    const folder = commit({ 'blacklist.yaml': before.replace('numbers:', 'numbers: &all') });
    write(folder, { 'blacklist.yaml': before });
    const { warnings, code } = await causes(folder, await apiWith(kept, gone, taken), '--base', 'HEAD');
    expect({ warnings, code }).toEqual({
      warnings: [expect.stringMatching(/^W-BASE-INVALID .*\(blacklist\.yaml:5: anchors, aliases and merge keys /)],
      code: 0,
    });
  });

  const wrong: [string, (folder: string) => string[], string][] = [
    ['no such commit', () => ['--base', 'nowhere'], '--base nowhere: names no commit of this repository'],
    ['an option in its place', () => ['--base=--all'], '--base --all: names no commit of this repository'],
    [
      'no repository',
      (folder) => {
        rmSync(join(folder, '.git'), { recursive: true });
        return ['--base', 'HEAD'];
      },
      '--base HEAD: not a git repository',
    ],
    [
      'a link in the commit',
      (folder) => {
        symlinkSync('blacklist.yaml', join(folder, 'link.yaml'));
        git(folder, 'add', 'link.yaml');
        git(folder, 'commit', '--quiet', '--message=link');
        return ['link.yaml', '--base', 'HEAD'];
      },
      '--base HEAD: link.yaml is a symbolic link there',
    ],
  ];
  test.each(wrong)('%s: an error, and nothing is sent', async (_, prepare, message) => {
    const folder = commit({ 'blacklist.yaml': before });
    const api = await apiWith();
    const { code, stderr } = await run(['plan', '--base-url', api.url, ...prepare(folder)], { cwd: folder });
    expect(stderr).toContain(message);
    expect(code).toBe(6);
    expect(api.seen).toEqual([]);
  });
});
