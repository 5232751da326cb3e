import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commitTree } from '../../../src/desired/source/git.ts';
import type { Env } from '../../../src/model/world.ts';
import { needs } from '../../needs.ts';
import { makeFolder } from '../../stories/harness.ts';

const NOWHERE = { folder: '.', rule: '' }; // links are not followed

test('commitTree asks to install git if it is not on the PATH', () => {
  const tree = commitTree('main', { PATH: '' });
  expect(() => tree.has('a.yaml')).toThrow('--base main: "git" is not on the PATH; install git');
});

describe('commitTree', () => {
  needs('git');

  const cwd = process.cwd();
  let above: string; // the folder of the repository "victim" and of others
  const at = (name: string) => join(above, name);

  function git(folder: string, ...args: string[]): string {
    const author = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
    return execFileSync('git', [...author, ...args], { cwd: at(folder), encoding: 'utf8', stdio: 'pipe' }).trim();
  }

  beforeEach(() => {
    above = makeFolder();
    mkdirSync(at('victim'));
    git('victim', 'init', '--quiet');
    writeFileSync(at('victim/a.yaml'), 'version: 1\n');
    git('victim', 'add', '--all');
    git('victim', 'commit', '--quiet', '--message=x');
  });
  afterEach(() => process.chdir(cwd));

  const readAt = (folder: string, env: Env = {}) => {
    process.chdir(at(folder));
    const tree = commitTree('HEAD', { ...process.env, ...env });
    return tree.open('a.yaml', NOWHERE)?.bytes().toString();
  };

  /** A program that leaves a file behind. */
  function trap(): string {
    writeFileSync(at('trap'), `#!/bin/sh\ntouch '${at('sprung')}'\n`);
    chmodSync(at('trap'), 0o755);
    return at('trap');
  }

  /** Settings with which git fetches a missing file from a remote repository, by a program. */
  const fetching = (program: string, url = 'ssh://attacker.example/x') =>
    `[extensions]\n\tpartialClone = origin\n[remote "origin"]\n\turl = ${url}\n\tpromisor = true\n\tuploadpack = ${program}\n` +
    `[core]\n\trepositoryformatversion = 1\n\tsshCommand = ${program}\n[protocol]\n\tallow = always\n[protocol "ext"]\n\tallow = always\n[protocol "ssh"]\n\tallow = always\n`;

  const loseBlob = (objects: string) => {
    const blob = git('victim', 'rev-parse', 'HEAD:a.yaml');
    rmSync(join(objects, blob.slice(0, 2), blob.slice(2)));
  };

  test('refuses a folder of a pull request that looks like a bare repository', () => {
    const program = trap();
    cpSync(at('victim/.git'), at('victim/lists'), { recursive: true });
    loseBlob(at('victim/lists/objects'));
    writeFileSync(at('victim/lists/config'), `[core]\n\tbare = true\n${fetching(program)}`);
    expect(() => readAt('victim/lists')).toThrow(
      /^--base HEAD: the folder .*\/victim\/lists looks like a bare Git repository, whose settings can run programs; run from the root of your clone, or set GIT_DIR$/,
    );
    expect(existsSync(at('sprung'))).toBe(false);
  });

  test.each([
    ['ssh', undefined],
    ['a program as a protocol', 'ext::PROGRAM'],
    ['a folder', '/'],
  ])('fetches no missing file, also if the repository allows it: by %s', (_, url) => {
    const program = trap();
    loseBlob(at('victim/.git/objects'));
    writeFileSync(at('victim/.git/config'), fetching(program, url?.replace('PROGRAM', program)));
    expect(() => readAt('victim')).toThrow(
      '--base HEAD: this clone lacks files of that commit, which are not fetched here; clone without --filter, or run first: git archive HEAD > /dev/null',
    );
    expect(existsSync(at('sprung'))).toBe(false);
  });

  test('runs no hook and no file system monitor', () => {
    const program = trap();
    git('victim', 'config', 'core.fsmonitor', program);
    git('victim', 'config', 'core.hooksPath', at('hooks'));
    mkdirSync(at('hooks'));
    for (const hook of ['post-index-change', 'fsmonitor-watchman', 'reference-transaction']) {
      cpSync(program, join(at('hooks'), hook));
    }
    expect(readAt('victim')).toBe('version: 1\n');
    expect(existsSync(at('sprung'))).toBe(false);
  });

  test('reports a repository of another user with the remedy, in any language', () => {
    const env = { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1', LC_ALL: 'de_DE.UTF-8' };
    expect(() => readAt('victim', env)).toThrow(
      /^--base HEAD: another user owns the repository (.*\/victim), so git does not read it; run as that user, or run first: git config --global --add safe\.directory \1$/,
    );
  });
});
