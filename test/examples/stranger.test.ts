/** A stranger with an empty repository follows docs/github.md to the first plan comment. Only their token is filled in. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { startGitHub } from '../action/github.ts';
import { type Ran, runBuilt } from '../action/runner.ts';
import { needs } from '../needs.ts';
import { type Api, makeFolder, root } from '../stories/harness.ts';
import { CLI, runProcess, startProcess } from '../stories/process.ts';

needs('bash');
needs('git');

const STRANGER_TOKEN = 'Stranger-7b3f9a-token';
/** The ID of the phone number in the page. */
const ID = '106540352242922';

const page = readFileSync(join(root, 'docs/github.md'), 'utf8');
const [, setUp = ''] = page.split('\n## ');
const script = [...setUp.matchAll(/^ {3}```sh\n([\s\S]*?)^ {3}```$/gm)].map(([, block]) =>
  block!.replace(/^ {3}/gm, ''),
);

/** A stand-in for gh: repositories are folders, and secrets are files. It fails at any other command. */
const GH = `#!/usr/bin/env bash
set -euo pipefail
case "$*" in
  'api user --jq .login') echo octo ;;
  'repo create octo/blacklistctl --private') git init --quiet --bare "$REMOTES/octo/blacklistctl.git" ;;
  'api --method PUT repos/octo/blacklistctl/actions/permissions/access -f access_level=user') touch "$REMOTES/access" ;;
  'repo clone octo/lists') git clone --quiet "$REMOTES/octo/lists.git" lists 2> /dev/null ;;
  'secret set '*) cat > "$REMOTES/secret-$3" ;;
  'pr create --fill') git branch --show-current > "$REMOTES/pull" ;;
  *) echo "gh: unknown: $*" >&2; exit 1 ;;
esac
`;

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

test('the first plan comment reports that everything is in sync, without an edit of any file', async () => {
  const home = makeFolder();
  const remotes = join(home, 'remotes');
  const bin = join(home, 'bin');
  for (const folder of [join(remotes, 'octo'), bin, join(home, 'blacklistctl')]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(bin, 'gh'), GH, { mode: 0o755 });
  symlinkSync(CLI, join(bin, 'blacklistctl'));
  const identity = '[user]\n\tname = Stranger\n\temail = stranger@example.com\n[init]\n\tdefaultBranch = main\n';
  writeFileSync(join(home, '.gitconfig'), `${identity}[url "${remotes}/"]\n\tinsteadOf = https://github.com/\n`);
  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', args, { cwd, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: home } }).trim();
  git(remotes, 'init', '--quiet', '--bare', 'octo/lists.git'); // the empty repository
  const clone = join(home, 'blacklistctl');
  git(clone, 'init', '--quiet');
  for (const path of ['LICENSE', 'action.yml', 'package.json', 'dist/action', '.github', 'README.md']) {
    cpSync(join(root, path), join(clone, path), { recursive: true });
  }
  git(clone, 'add', '--all');
  git(clone, 'commit', '--quiet', '--message=The clone of this project');

  const only = ['--bot', `${ID}=${STRANGER_TOKEN}`, '--provider', 'whatsapp-cloud'];
  const sandbox = startProcess(['sandbox', '--seed', '--port', '0', ...only], { cwd: home });
  const [, url = ''] = await sandbox.said(/Listening on (\S+)\n/);

  expect(script).toHaveLength(6);
  const typed = ['set -eo pipefail', ...script].join('\n').replace('TOKEN=…', `TOKEN=${STRANGER_TOKEN}`);
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: home,
    REMOTES: remotes,
    BLACKLISTCTL_BASE_URL: url,
    SINCH_WHATSAPP_TOKEN: undefined,
  };
  const { code, output } = await runProcess([typed], { cwd: clone, env, through: ['bash', '-c'], input: '' });
  expect(code, output).toBe(0);
  expect(output).toContain('In sync: nothing to do.');
  expect(readFileSync(join(remotes, 'pull'), 'utf8')).toBe('blacklist\n');
  expect(existsSync(join(remotes, 'access'))).toBe(true);
  const copy = join(home, 'copy');
  git(home, 'clone', '--quiet', '--branch', 'main', join(remotes, 'octo/blacklistctl.git'), copy);
  expect(readdirSync(copy).sort()).toEqual(['.git', 'LICENSE', 'action.yml', 'dist', 'package.json']);

  // GitHub starts the workflows of the pull request on its test merge.
  const lists = join(remotes, 'octo/lists.git');
  const checkout = join(home, 'checkout');
  git(home, 'clone', '--quiet', '--branch', 'main', lists, checkout);
  git(checkout, 'merge', '--quiet', '--no-ff', '--message=Test merge', 'origin/blacklist');
  const text = readFileSync(join(checkout, '.github/workflows/blacklist-pull-request.yml'), 'utf8');
  const { jobs } = parse(text) as { jobs: Record<string, { steps: readonly Step[] }> };
  const action = `octo/blacklistctl@${git(copy, 'rev-parse', 'main')}`;
  const secret = (name: string) => {
    const path = join(remotes, `secret-${name}`);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  const github = await startGitHub();
  const pull = github.pull();
  const event = github.repository.pullEvent(pull);
  const ran: Record<string, Ran> = {};
  for (const [name, { steps }] of Object.entries(jobs)) {
    const [first, second, ...others] = steps;
    expect([first!.uses!.split('@')[0], second!.uses, others]).toEqual(['actions/checkout', action, []]);
    const own = Object.entries(second!.env ?? {}).map(([key, value]) => {
      return [key, value.replace(/^\$\{\{ secrets\.(\w+) \}\}$/, (_, secretName: string) => secret(secretName))];
    });
    const given = { SINCH_WHATSAPP_TOKEN: undefined, ...Object.fromEntries(own) };
    const [inputs, api] = [second!.with!, { url } as Api];
    ran[name] = await runBuilt({ cwd: checkout, api, github, inputs, event, env: given, action: copy });
  }
  expect(Object.entries(ran).map(([name, each]) => [name, each.code, each.log])).toEqual([
    ['validate', 0, expect.any(String)],
    ['plan', 0, expect.any(String)],
  ]);
  expect(ran.plan!.outputs).toMatchObject({ changed: 'false', outcome: 'in-sync' });
  expect(pull.comments.map(({ body }) => body)).toEqual([
    expect.stringContaining('0 to add, 0 to remove, 5 unchanged'),
  ]);
  expect(pull.comments[0]!.body).not.toContain(STRANGER_TOKEN);
});
