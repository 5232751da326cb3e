/** Checks the Dockerfile, and runs its steps where no container engine is. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { describe, expect, test } from 'vitest';
import { imageContextInto } from '../../scripts/release/image.mjs';
import { needs } from '../needs.ts';
import { makeFolder, reportOf, startApi, uk, yamlOf } from '../stories/harness.ts';
import { CLI, runProcess, startProcess } from '../stories/process.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const dockerfile = read('Dockerfile');
const ignored = read('.dockerignore');

interface Instruction {
  readonly name: string;
  readonly words: readonly string[];
}

/** Returns the instructions of each stage. */
function stagesOf(text: string): Instruction[][] {
  const lines = text
    .replaceAll('\\\n', '')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line));
  const stages: Instruction[][] = [];
  for (const line of lines) {
    const [name = '', ...words] = line.split(/\s+/);
    if (name === 'FROM') stages.push([]);
    stages.at(-1)!.push({ name, words });
  }
  return stages;
}

/** Returns all errors of a Dockerfile: those of the linter, and our own. */
function faultsOf(text: string): string[] {
  const linted = validate(text).map(({ message, range }) => `${range.start.line + 1}: ${message}`);
  const stages = stagesOf(text);
  const own = stages.flatMap(([from]) => {
    const image = from!.words.find((word) => !word.startsWith('--')) ?? '';
    if (image.endsWith(':latest') || !image.includes(':')) return [`${image}: which version?`];
    return /\d/.test(image) ? [] : [`${image}: no major version`];
  });
  const user = stages.at(-1)!.findLast(({ name }) => name === 'USER')?.words[0] ?? '';
  if (!/^[1-9]\d*(:\d+)?$/.test(user)) own.push(`ends as the user "${user}"`);
  return [...linted, ...own];
}

/**
 * Runs the steps of a stage in a folder that is its root: COPY copies from the context or another stage, and RUN runs in
 * its WORKDIR. The packages are linked instead of installed, as tests use no network.
 */
function runStage(instructions: readonly Instruction[], folder: string, sources: Readonly<Record<string, string>>) {
  let work = folder;
  for (const { name, words } of instructions) {
    const paths = words.filter((word) => !word.startsWith('--'));
    if (name === 'WORKDIR') {
      work = join(folder, paths[0]!);
      mkdirSync(work, { recursive: true });
    } else if (name === 'COPY') {
      const [, stage = ''] = /^--from=(.*)/.exec(words[0]!) ?? [];
      const to = paths.at(-1)!;
      for (const from of paths.slice(0, -1)) {
        const target = join(to.startsWith('/') ? folder : work, to, to.endsWith('/') ? basename(from) : '');
        mkdirSync(dirname(target), { recursive: true });
        cpSync(join(sources[stage]!, from), target, { recursive: true });
      }
    } else if (name === 'RUN') {
      const command = words.join(' ');
      if (command.startsWith('npm ci ')) symlinkSync(join(root, 'node_modules'), join(work, 'node_modules'));
      else expect(spawnSync('sh', ['-c', command], { cwd: work, encoding: 'utf8' })).toMatchObject({ status: 0 });
    }
  }
}

describe('the Dockerfile', () => {
  test('has no error', () => {
    expect(faultsOf(dockerfile)).toEqual([]);
  });

  test.each<[string, string | RegExp, string, RegExp]>([
    ['an instruction that does not exist', 'RUN npm run', 'RAN npm run', /Unknown instruction: RAN/],
    ['a flag that does not exist', '--from=build', '--frm=build', /Unknown flag: frm/],
    ['the latest image', ':24-bookworm-slim', ':latest', /node:latest: which version/],
    ['no version', 'node:24-bookworm-slim', 'node', /node: which version/],
    ['root', 'USER 65532:65532', 'USER root', /ends as the user "root"/],
    ['no user', 'USER 65532:65532\n', '', /ends as the user ""/],
  ])('with %s is refused', (_, from, to, says) => {
    const broken = dockerfile.replace(from, to);
    expect(broken).not.toBe(dockerfile);
    expect(faultsOf(broken).join('\n')).toMatch(says);
  });

  test('copies exactly the files that .dockerignore lets through', () => {
    const copied = stagesOf(dockerfile)
      .flat()
      .filter(({ name, words }) => name === 'COPY' && !words.some((word) => word.startsWith('--from')))
      .flatMap(({ words }) => words.slice(0, -1));
    const lines = ignored.split('\n');
    expect(lines).toContain('*');
    const passed = lines.flatMap((line) => (line.startsWith('!') ? line.slice(1) : []));
    expect(passed.sort()).toEqual([...new Set(copied)].sort());
  });

  test('labels the image with its source, version, commit and license', () => {
    const labels = [...dockerfile.matchAll(/org\.opencontainers\.image\.(\w+)=/g)].map(([, label]) => label);
    expect(labels).toEqual(['title', 'description', 'licenses', 'version', 'revision', 'source']);
  });

  test('runs commands only on the platform of the builder, and takes git of the other one', () => {
    const stages = stagesOf(dockerfile);
    const running = stages.filter((stage) => stage.some(({ name }) => name === 'RUN'));
    expect(running.map(([from]) => from!.words[0])).toEqual(running.map(() => '--platform=$BUILDPLATFORM'));
    const script = running[1]!.find(({ name }) => name === 'RUN')!.words.join(' ');
    expect(spawnSync('sh', ['-n', '-c', script]).status).toBe(0);
    expect(script).toContain('"git:$TARGETARCH"');
    expect(stages.at(-1)!.map(({ words }) => words.join(' '))).toContain('--from=git /git/root /');
  });
});

describe('the image', () => {
  test('is built from an empty folder with its context alone, and has all that the program needs', async () => {
    const context = makeFolder();
    imageContextInto(context, root);
    const files = readdirSync(context, { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => /key\.txt$|^(?:test|dist|node_modules|\.git)\b/.test(file))).toEqual([]);
    const [build, , last] = stagesOf(dockerfile);
    const [built, git, image] = [makeFolder(), makeFolder(), makeFolder()];
    runStage(build!, built, { '': context });
    mkdirSync(join(git, 'git/root'), { recursive: true }); // the packages of Debian need a network
    runStage(last!, image, { '': context, build: built, git });
    expect(readdirSync(join(image, 'app')).sort()).toEqual(['LICENSE', 'dist', 'examples', 'package.json', 'schemas']);
    expect(existsSync(join(image, 'app/dist/THIRD_PARTY_NOTICES'))).toBe(true);
    expect(existsSync(join(image, 'app/dist/action'))).toBe(false);

    const [, program] = /ENTRYPOINT \["\/nodejs\/bin\/node", "(.+)"\]/.exec(dockerfile)!;
    const work = join(image, 'work');
    mkdirSync(work);
    const blacklistctl = (args: string[]) =>
      runProcess(args, { cwd: work, through: [process.execPath, join(image, program!)], input: '' });

    expect((await blacklistctl(['--version'])).stdout).toBe(`${JSON.parse(read('package.json')).version}\n`);
    const init = ['init', '--bot', 'a', '--region', 'eu1', '--token-env', 'A_TOKEN', '--workflows', 'github'];
    expect((await blacklistctl(init)).code).toBe(0);
    writeFileSync(join(work, 'blacklist.yaml'), yamlOf({ a: uk(3) }));
    expect((await blacklistctl(['apply', '--yes', '--sandbox=lists.json'])).code).toBe(0);
    for (const format of ['text', 'markdown', 'html', 'github', 'diff']) {
      expect((await blacklistctl(['plan', '--sandbox', '--format', format])).code).toBe(0);
    }
    const again = reportOf(await blacklistctl(['plan', '--sandbox=lists.json', '--format', 'json']));
    expect(again.outcome).toBe('in-sync');
  });

  // The kernel ignores a signal to process 1 that the program does not handle.
  test('ends by SIGTERM as process 1 with 130 and a whole report, as in a container', async (context) => {
    needs('unshare', context);
    const api = await startApi({ fault: () => 'hang' });
    const cwd = makeFolder();
    writeFileSync(join(cwd, 'blacklist.yaml'), yamlOf({ a: uk(3) }));
    const running = startProcess(['plan', '--format', 'json'], {
      cwd,
      env: { BLACKLISTCTL_BASE_URL: api.url },
      through: ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--kill-child', process.execPath, CLI],
      input: '',
    });
    await api.arrival(() => true);
    const [child] = readFileSync(`/proc/${running.child.pid}/task/${running.child.pid}/children`, 'utf8').split(' ');
    process.kill(Number(child), 'SIGTERM');
    const finished = await running.done;
    expect(finished.code).toBe(130);
    expect(reportOf(finished)).toMatchObject({ interrupted: true });
  });
});
