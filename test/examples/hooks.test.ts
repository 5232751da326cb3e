/** The hooks of docs/operations.md and of .pre-commit-hooks.yaml. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { needs } from '../needs.ts';
import { makeFolder, root, run, yamlOf } from '../stories/harness.ts';
import { CLI } from '../stories/process.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const page = read('docs/operations.md');
const [, section = ''] = /^## Check before each commit$([\s\S]*?)^## /m.exec(page) ?? [];
const blockOf = (language: string) => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(section)?.[1] ?? '';

const GOOD = yamlOf({ a: [] }).replace('"a"', 'a');
const WRONG = GOOD.replace('[]', '["12"]');
const UNFORMATTED = GOOD.replace('numbers: []', 'numbers:\n    - +447700900123');

describe('the Git hook', () => {
  needs('git');

  let cwd: string;
  let env: NodeJS.ProcessEnv;
  beforeEach(() => {
    cwd = makeFolder();
    const programs = makeFolder();
    writeFileSync(join(programs, 'blacklistctl'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
    chmodSync(join(programs, 'blacklistctl'), 0o755);
    env = { PATH: `${programs}${delimiter}${process.env.PATH}`, HOME: cwd };
    mkdirSync(join(cwd, '.githooks'));
    writeFileSync(join(cwd, '.githooks/pre-commit'), blockOf('sh'));
    chmodSync(join(cwd, '.githooks/pre-commit'), 0o755);
    git('init', '--quiet');
    for (const [key, value] of [
      ['core.hooksPath', '.githooks'],
      ['user.name', 'Test'],
      ['user.email', 'test@example.com'],
    ])
      git('config', key!, value!);
  });

  const git = (...args: string[]) => execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: 'pipe' });
  const write = (text: string) => writeFileSync(join(cwd, 'blacklist.yaml'), text);
  const commit = () => {
    const { status, stderr } = spawnSync('git', ['commit', '--message=x'], { cwd, env, encoding: 'utf8' });
    return { isCommitted: status === 0, stderr };
  };

  test('lets a commit of correct files pass, although an edit that is not staged is wrong', () => {
    write(GOOD);
    git('add', '--all');
    write(WRONG);
    expect(commit().isCommitted).toBe(true);
  });

  test.each([
    ['wrong files', WRONG, /error: blacklist\.yaml:5:\d+: the number /],
    ['files that are not formatted', UNFORMATTED, /^/],
  ])('stops a commit of %s, although the working tree is correct', (_, text, message) => {
    write(text);
    git('add', '--all');
    write(GOOD);
    const { isCommitted, stderr } = commit();
    expect(isCommitted).toBe(false);
    expect(stderr).toMatch(message);
  });
});

describe('.pre-commit-hooks.yaml', () => {
  interface Hook {
    readonly id: string;
    readonly entry: string;
    readonly language: string;
    readonly pass_filenames: boolean;
  }
  const hooks: readonly Hook[] = parse(read('.pre-commit-hooks.yaml'));

  test('has the hooks of the docs, which get no names of files', () => {
    const { repos } = parse(blockOf('yaml')) as { repos: { hooks: { id: string; args: string[] }[] }[] };
    expect(hooks.map(({ id }) => id)).toEqual(repos[0]!.hooks.map(({ id }) => id));
    for (const { language, pass_filenames, entry } of hooks) {
      expect({ language, pass_filenames }).toEqual({ language: 'node', pass_filenames: false });
      expect(Object.keys(JSON.parse(read('package.json')).bin)).toContain(entry.split(' ')[0]);
    }
  });

  test.each([
    ['correct files', GOOD, [0, 0]],
    ['wrong files', WRONG, [6, 6]],
    ['files that are not formatted', UNFORMATTED, [0, 2]],
  ])('%s', async (_, text, codes) => {
    const cwd = makeFolder();
    mkdirSync(join(cwd, 'lists'));
    writeFileSync(join(cwd, 'lists/a.yaml'), text);
    const ran = [];
    for (const { entry } of hooks) ran.push((await run([...entry.split(' ').slice(1), 'lists/'], { cwd })).code);
    expect(ran).toEqual(codes);
  });
});
