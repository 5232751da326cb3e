import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { describe, expect, test } from 'vitest';
import { makeFolder, reportOf, uk, yamlOf } from '../stories/harness.ts';
import { runProcess } from '../stories/process.ts';

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
  const lines = text.split('\n').filter((line) => /^[A-Z]/.test(line));
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
    const [image = ''] = from!.words;
    if (image.endsWith(':latest') || !image.includes(':')) return [`${image}: which version?`];
    return /\d/.test(image) ? [] : [`${image}: no major version`];
  });
  const user = stages.at(-1)!.findLast(({ name }) => name === 'USER')?.words[0] ?? '';
  if (!/^[1-9]\d*(:\d+)?$/.test(user)) own.push(`ends as the user "${user}"`);
  return [...linted, ...own];
}

/** Returns the files that the last stage copies: the path in the project, and the path in the image. */
function copiesOf(text: string): { from: string; to: string }[] {
  return stagesOf(text)
    .at(-1)!
    .filter(({ name }) => name === 'COPY')
    .map(({ words }) => {
      const [from = '', to = ''] = words.filter((word) => !word.startsWith('--'));
      return { from: from.replace(/^\/src\//, ''), to: to.endsWith('/') ? to + basename(from) : to };
    });
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

  test('makes an image whose files are all that the program needs', async () => {
    const image = makeFolder();
    for (const { from, to } of copiesOf(dockerfile)) cpSync(join(root, from), join(image, to), { recursive: true });
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
});
