/** A stranger with an empty project follows docs/gitlab.md to the first pipelines. Only their token is filled in. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { needs } from '../needs.ts';
import { makeFolder, root } from '../stories/harness.ts';
import { CLI, runProcess, startProcess } from '../stories/process.ts';

needs('bash');
needs('git');

const STRANGER_TOKEN = 'Stranger-7b3f9a-token';
/** The ID of the phone number in the page. */
const ID = '106540352242922';

const page = readFileSync(join(root, 'docs/gitlab.md'), 'utf8');
const [, setUp = ''] = page.split('\n## ');
const script = [...setUp.matchAll(/^ {3}```sh\n([\s\S]*?)^ {3}```$/gm)].map(([, block]) =>
  block!.replace(/^ {3}/gm, ''),
);

/** A stand-in for glab: projects are folders, and variables are files. It fails at any other command. */
const GLAB = `#!/usr/bin/env bash
set -euo pipefail
case "$*" in
  'repo clone group/lists') git clone --quiet "$REMOTES/group/lists.git" lists 2> /dev/null ;;
  'variable set WHATSAPP_CLOUD_TOKEN --masked --protected') cat > "$REMOTES/variable-$3" ;;
  'variable set BLACKLISTCTL_IMAGE '*) printf %s "$4" > "$REMOTES/variable-$3" ;;
  'mr create --fill --yes') git branch --show-current > "$REMOTES/request" ;;
  *) echo "glab: unknown: $*" >&2; exit 1 ;;
esac
`;

/** A stand-in for docker: an image is a folder. COPY takes only files that the .dockerignore of the context lets through. */
const DOCKER = `#!/usr/bin/env bash
set -euo pipefail
case "$*" in
  'build -t registry.example.com/group/blacklistctl-ci -f - .')
    while read -r name first rest; do
      case "$name" in
        FROM) [ "$first" = node:24-bookworm ] ;;
        COPY)
          mkdir -p "$BUILT$rest"
          for file in $first; do
            if [ -e .dockerignore ] && ! grep -qxF "!$file" .dockerignore; then echo "$file: not found" >&2; exit 1; fi
            cp "$file" "$BUILT$rest"
          done ;;
        RUN) npm_config_prefix="$BUILT/usr/local" npm_config_offline=true sh -ec "$first \${rest// \\/tmp/ $BUILT/tmp}" ;;
        *) echo "$name: unknown" >&2; exit 1 ;;
      esac
    done ;;
  'push registry.example.com/group/blacklistctl-ci') touch "$BUILT/pushed" ;;
  'inspect --format {{index .RepoDigests 0}} registry.example.com/group/blacklistctl-ci') echo "$4@sha256:c0ffee" ;;
  *) echo "docker: unknown: $*" >&2; exit 1 ;;
esac
`;

/** npm itself, without a build: this repository is built, and its clone here has no packages. */
const npm = (real: string) => `#!/bin/sh
if [ "$1" = ci ]; then exit 0; fi
exec '${real}' "$@" --ignore-scripts --no-audit --no-fund
`;

test('the pipelines of the first merge request check the files, and find everything in sync', async () => {
  const home = makeFolder();
  const [remotes, bin, built, clone] = ['remotes', 'bin', 'built', 'blacklistctl'].map((name) => join(home, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const folder of [join(remotes, 'group'), bin, built, clone]) mkdirSync(folder, { recursive: true });
  const real = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
  for (const [name, text] of Object.entries({ glab: GLAB, docker: DOCKER, npm: npm(real) })) {
    writeFileSync(join(bin, name), text, { mode: 0o755 });
  }
  symlinkSync(CLI, join(bin, 'blacklistctl'));
  writeFileSync(join(home, '.gitconfig'), '[user]\n\tname = Stranger\n\temail = stranger@example.com\n');
  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', args, { cwd, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: home } }).trim();
  git(remotes, 'init', '--quiet', '--bare', '--initial-branch=main', 'group/lists.git'); // the empty project
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: string[] };
  for (const path of ['package.json', '.dockerignore', ...files.filter((file) => !file.startsWith('!'))]) {
    cpSync(join(root, path), join(clone, path), { recursive: true });
  }

  const sandbox = startProcess(
    ['sandbox', '--seed', '--port', '0', '--provider', 'whatsapp-cloud', '--bot', `${ID}=${STRANGER_TOKEN}`],
    { cwd: home },
  );
  const [, url = ''] = await sandbox.said(/Listening on (\S+)\n/);
  expect(script).toHaveLength(5);
  const typed = ['set -eo pipefail', ...script].join('\n').replace('TOKEN=…', `TOKEN=${STRANGER_TOKEN}`);
  const own = { HOME: home, BLACKLISTCTL_BASE_URL: url, SINCH_WHATSAPP_TOKEN: undefined };
  const env = { ...own, PATH: `${bin}:${process.env.PATH}`, REMOTES: remotes, BUILT: built };
  const { code, output } = await runProcess([typed], { cwd: clone, env, through: ['bash', '-c'], input: '' });
  expect(code, output).toBe(0);
  expect(existsSync(join(built, 'pushed'))).toBe(true);
  const variable = (name: string) => readFileSync(join(remotes, `variable-${name}`), 'utf8');
  expect(variable('BLACKLISTCTL_IMAGE')).toBe('registry.example.com/group/blacklistctl-ci@sha256:c0ffee');
  expect(readFileSync(join(remotes, 'request'), 'utf8')).toBe('blacklist\n');

  // The jobs run with the program of the image. A protected variable exists only after the merge.
  const checkout = join(home, 'checkout');
  git(home, 'clone', '--quiet', '--branch', 'blacklist', join(remotes, 'group/lists.git'), checkout);
  const jobs = parse(readFileSync(join(checkout, '.gitlab-ci.yml'), 'utf8')) as Record<string, { script: string[] }>;
  const runJob = (name: string, variables: Record<string, string>) =>
    runProcess([['set -eo pipefail', ...jobs[name]!.script].join('\n')], {
      cwd: checkout,
      env: { ...own, ...variables, CI: 'true', PATH: `${built}/usr/local/bin:${process.env.PATH}` },
      through: ['bash', '-c'],
      input: '',
    });
  expect(await runJob('validate', {})).toMatchObject({ code: 0 });
  const plan = await runJob('plan', { WHATSAPP_CLOUD_TOKEN: variable('WHATSAPP_CLOUD_TOKEN') });
  expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining('In sync: nothing to do.') });
  expect(plan.output).not.toContain(STRANGER_TOKEN);
});
