/** Runs the scripts of the forms for GitHub and GitLab, with real repositories and a stand-in for `gh` and npm. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { EXAMPLES } from '../../src/numbers/examples.ts';
import { needs } from '../needs.ts';
import { makeFolder, root } from '../stories/harness.ts';
import { CLI } from '../stories/process.ts';

needs('bash');
needs('git');
needs('jq');

const YAML = `version: 1
defaults: { region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN }
lists:
  fraud: { numbers: ["+447700900001"] }
bots:
  support:
    numbers: [] # the desk
`;

const GH = `#!/usr/bin/env bash
printf '%s\\n' "$@" >> "$CALLS"
`;

interface Step {
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A clone of a repository whose branch main has the files. */
function makeWorld() {
  const folder = makeFolder();
  const [remote, clone, bin, calls] = ['remote.git', 'clone', 'bin', 'calls'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: existsSync(clone) ? clone : folder, stdio: 'pipe' }).toString();
  git('init', '--quiet', '--bare', '--initial-branch=main', remote);
  git('-C', remote, 'config', 'receive.advertisePushOptions', 'true');
  git('clone', '--quiet', remote, clone);
  git('switch', '--quiet', '--create', 'main');
  writeFileSync(join(clone, 'blacklist.yaml'), YAML);
  git('add', '.');
  git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--message', 'Start');
  git('push', '--quiet', 'origin', 'main');
  mkdirSync(bin);
  symlinkSync(CLI, join(bin, 'blacklistctl'));
  for (const name of ['gh', 'npm']) {
    writeFileSync(join(bin, name), GH);
    chmodSync(join(bin, name), 0o755);
  }
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: folder, CALLS: calls, CI: 'true' };
  return { folder, clone, git, env, calls: () => (existsSync(calls) ? readFileSync(calls, 'utf8') : '') };
}

const bash = (script: string, cwd: string, env: Record<string, string>) =>
  spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], { cwd, env, encoding: 'utf8' });

/** Runs a script as the runner of GitLab does, which passes it by standard input. */
const piped = (script: string, cwd: string, env: Record<string, string>) =>
  spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail'], { cwd, env, encoding: 'utf8', input: script });

describe('the form for GitHub', () => {
  const { jobs } = parse(readFileSync(join(root, 'examples/github/block.yml'), 'utf8')) as {
    jobs: { edit: { steps: Step[] } };
  };

  /** Runs the scripts of all steps as the runner does, up to the first one that fails. */
  function submit(inputs: Readonly<Record<string, string>>) {
    const world = makeWorld();
    const event = join(world.folder, 'event.json');
    writeFileSync(event, JSON.stringify({ inputs }));
    const github = {
      GITHUB_EVENT_PATH: event,
      RUNNER_TEMP: world.folder,
      GITHUB_RUN_ID: '7',
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_ACTOR: 'ada',
    };
    let output = '';
    for (const { run, env = {} } of jobs.edit.steps) {
      if (run === undefined) continue;
      const values = Object.entries(env).map(([name, value]) => {
        const [, input] = /^\$\{\{ inputs\.(\w+) \}\}$/.exec(value) ?? [];
        return [name, input === undefined ? 'token' : (inputs[input] ?? '')];
      });
      const done = bash(run, world.clone, { ...world.env, ...github, ...Object.fromEntries(values) });
      output += done.stdout + done.stderr;
      if (done.status !== 0) return { ...world, output, status: done.status };
    }
    return { ...world, output, status: 0 };
  }

  const logged = (output: string) => output.replace(/^::add-mask::.*$/gm, '');

  test('opens a pull request that adds the number, and shows it masked only', () => {
    const { status, output, git, calls } = submit({
      action: 'block',
      number: '+44 7700 900123',
      bot: 'support',
      list: '',
      reason: 'Threats, ticket 4711',
      days: '30',
    });
    expect(status, output).toBe(0);
    const text = git('show', 'origin/blacklist/block-7-1:blacklist.yaml');
    expect(text).toMatch(
      /numbers: # the desk\n {6}- number: "\+447700900123"\n {8}reason: Threats, ticket 4711\n {8}expires: \d{4}-/,
    );
    expect(output).toContain('::add-mask::+44 7700 900123\n::add-mask::+447700900123\n::add-mask::447700900123\n');
    expect(logged(output) + calls() + git('log', '--all', '--format=%B%D')).not.toMatch(/900123|\d{7}/);
    expect(calls()).toMatch(/--title\nBlock \+.*•.* for the bot support\n--body\nRequested by @ada/);
  });

  test('opens a pull request that removes a number', () => {
    const { status, output, git } = submit({ action: 'unblock', number: '447700900001', list: 'fraud' });
    expect(status, output).toBe(0);
    expect(git('show', 'origin/blacklist/unblock-7-1:blacklist.yaml')).toContain('fraud: { numbers: [] }');
  });

  test('opens none for a number that is declared already', () => {
    const { status, output, calls } = submit({ action: 'block', number: '+447700900001', list: 'fraud' });
    expect(status, output).toBe(0);
    expect(calls()).not.toContain('pr\ncreate');
  });

  test.each([
    ['a number that is too short', { number: '+44 77' }, /the number/],
    ['a national number', { number: '+44 (0) 7700 900123' }, /\(0\)|0 after/],
    ['text instead of a number', { number: 'call $(touch made)' }, /characters that no phone number has/],
    [
      'a line break that would end the mask',
      { number: '+447700900123\n::warning::x' },
      /characters that no phone number has/,
    ],
    ['an unknown bot', { number: '+447700900123', bot: 'suport' }, /did you mean support/],
    ['a command instead of a bot', { number: '+447700900123', bot: '$(touch made)' }, /do not declare/],
    [
      'a command instead of a reason',
      { number: '+447700900123', reason: 'a\nb $(touch made)' },
      /--reason has a line break/,
    ],
    ['a reason of 10,000 characters', { number: '+447700900123', reason: 'x'.repeat(10_000) }, /--reason is longer/],
    ['a reason with an escape', { number: '+447700900123', reason: 'a\u001b[31mb' }, /--reason has a line break or/],
    ['an unknown list', { number: '+447700900123', bot: '', list: 'fruad' }, /did you mean fraud/],
    ['an option instead of a list', { number: '+447700900123', bot: '', list: '--help' }, /define no such list/],
    ['neither bot nor list', { number: '+447700900123', bot: '' }, /add needs a target/],
    ['a bot and a list', { number: '+447700900123', list: 'fraud' }, /not both/],
    ['a dash, which would read standard input', { number: '-' }, /characters that no phone number has/],
    ['two numbers', { number: '+447700900123 +447700900124' }, /the number/],
    ['days that are no number', { number: '+447700900123', days: '3; touch made' }, /--expires takes/],
    ['0 days', { number: '+447700900123', days: '0' }, /--expires is out of range/],
    ['-1 days', { number: '+447700900123', days: '-1' }, /--expires takes/],
    ['99,999 days', { number: '+447700900123', days: '99999' }, /--expires is out of range/],
    ['1e3 days', { number: '+447700900123', days: '1e3' }, /--expires takes/],
  ])('ends with one clear error for %s', (_, inputs: Record<string, string>, message) => {
    const { status, output, clone, calls, git } = submit({ action: 'block', bot: 'support', ...inputs });
    expect(status).toBe(1);
    const errors = output.split('\n').filter((line) => line.startsWith('::error'));
    expect(errors, output).toHaveLength(1);
    expect(errors[0]).toMatch(message);
    expect(output).not.toContain('\n::warning');
    expect([existsSync(join(clone, 'made')), calls().includes('create')]).toEqual([false, false]);
    expect(git('status', '--porcelain')).toBe('');
  });

  test('keeps a reason with the characters of a shell as it is', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell must not expand it
    const reason = '"; touch made; echo $(id) `id` ${HOME} \' [a](http://x) <img> **b** ::error::c %0A @octo';
    const { status, output, git, clone } = submit({ action: 'block', number: '+447700900123', bot: 'support', reason });
    expect(status, output).toBe(0);
    expect(parse(git('show', 'origin/blacklist/block-7-1:blacklist.yaml')).bots.support.numbers[0].reason).toBe(reason);
    expect(existsSync(join(clone, 'made'))).toBe(false);
  });
});

describe('the form for GitLab', () => {
  const page = readFileSync(join(root, 'docs/daily.md'), 'utf8');
  const job = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)]
    .map(([, text]) => text!)
    .find((text) => text.includes('CI_PIPELINE_ID'))!;
  const { script } = (parse(job) as Record<string, { script: string[] }>)['blacklist form']!;

  function submit(variables: Readonly<Record<string, string>>) {
    const world = makeWorld();
    const target = {
      CI_SERVER_PROTOCOL: 'file',
      CI_SERVER_HOST: 'host',
      CI_PROJECT_PATH: 'remote',
      FORM_TOKEN: 'secret',
    };
    // The URL of the project leads to the repository of this test.
    world.git('config', `url.${join(world.folder, 'remote.git')}.insteadOf`, 'file://form:secret@host/remote.git');
    const all = { ACTION: 'block', BOT: '', LIST: '', REASON: '', DAYS: '', ...variables };
    const env = { ...world.env, ...target, CI_PIPELINE_ID: '9', CI_DEFAULT_BRANCH: 'main', ...all };
    const { status, stdout, stderr } = piped(script.join('\n'), world.clone, env);
    return { ...world, status, output: stdout + stderr };
  }

  test('pushes a branch with the change, and asks for a merge request', () => {
    const { status, output, git, folder } = submit({
      NUMBER: '+447700900123',
      BOT: 'support',
      REASON: '$(id); x',
      DAYS: '7',
    });
    expect(status, output).toBe(0);
    const text = git('-C', join(folder, 'remote.git'), 'show', 'blacklist/form-9:blacklist.yaml');
    expect(parse(text).bots.support.numbers[0]).toMatchObject({ number: '+447700900123', reason: '$(id); x' });
    expect(output).not.toMatch(/\d{7}|secret/);
  });

  test('pushes the removal of a number', () => {
    const { status, output, git, folder } = submit({ ACTION: 'unblock', NUMBER: '+447700900001', LIST: 'fraud' });
    expect(status, output).toBe(0);
    expect(git('-C', join(folder, 'remote.git'), 'show', 'blacklist/form-9:blacklist.yaml')).toContain('numbers: []');
  });

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['a command instead of a number', { NUMBER: '$(touch made)' }, /the number/],
    ['a line break in the number', { NUMBER: '+447700900123\nerror: x' }, /the number/],
    ['a dash, which would read the script', { NUMBER: '-' }, /contains no number/],
    ['an option instead of a number', { NUMBER: '--help' }, /the number/],
    ['a command instead of a bot', { BOT: '$(touch made)' }, /do not declare/],
    ['an unknown list', { BOT: '', LIST: 'fruad' }, /did you mean fraud/],
    ['neither bot nor list', { BOT: '' }, /add needs a target/],
    ['a reason of 10,000 characters', { REASON: 'x'.repeat(10_000) }, /--reason is longer/],
    ['a reason with a line break', { REASON: 'a\nb `touch made`' }, /--reason has a line break/],
    ['99,999 days', { DAYS: '99999' }, /--expires is out of range/],
    ['1e3 days', { DAYS: '1e3; touch made' }, /--expires takes/],
  ])('ends with one clear error for %s, and pushes nothing', (_, variables, message) => {
    const { status, output, git, folder, clone } = submit({ NUMBER: '+447700900123', BOT: 'support', ...variables });
    expect(status).toBe(1);
    expect(output.match(/^error: .*/gm), output).toHaveLength(1);
    expect(output).toMatch(message);
    const given = EXAMPLES.reduce((text, example) => text.replaceAll(example, ''), output);
    expect(given).not.toMatch(/\d{7}/);
    expect(existsSync(join(clone, 'made'))).toBe(false);
    expect(git('-C', join(folder, 'remote.git'), 'branch', '--list').trim()).toBe('* main');
  });
});
