/**
 * Runs every shell block of the pages in bash, in which `blacklistctl` only records its arguments and other programs do
 * nothing. So quotes, pipes and variables are those of a shell, and each recorded command line is parsed as a real one.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeProgram } from '../../src/cli/program/index.ts';
import type { Invocation } from '../../src/cli/program/options.ts';
import { defaultsOf, USUAL_PROVIDER } from '../../src/desired/schema/settings.ts';
import { needs } from '../needs.ts';
import { makeFolder, root, run } from '../stories/harness.ts';
import { blocksOf, pages } from './blocks.ts';

/** Returns the commands of a block: all lines, or those after a prompt. */
const commandsIn = (block: string) =>
  /^\$ /m.test(block) ? [...block.matchAll(/^\$ (.*)$/gm)].map(([, line]) => line).join('\n') : block;

const PRELUDE = `
blacklistctl() { printf '%s\\0' "$@" >&3; printf '\\n' >&3; }
docker() {
  [ "$1" = run ] || return 0
  while [ $# -gt 0 ] && [ "$1" != blacklistctl ]; do shift; done
  if [ $# -gt 0 ]; then blacklistctl "\${@:2}"; fi
}
command_not_found_handle() { :; }
PATH=/nowhere
ACTION=octo/blacklistctl@${'0123456789'.repeat(4)} # set in an earlier block of docs/github.md
`;

/** Runs a block, and returns the arguments of each call of the program. */
function callsIn(block: string): string[][] {
  const done = spawnSync('/usr/bin/env', ['bash', '-c', `${PRELUDE}${commandsIn(block)}\n`], {
    cwd: makeFolder(),
    encoding: 'utf8',
    timeout: 10_000,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  expect(done.error).toBeUndefined();
  expect(done.stderr).not.toMatch(/syntax error|unexpected EOF/);
  const lines = (done.output[3] ?? '').split('\0\n').slice(0, -1);
  return lines.map((line) => line.split('\0'));
}

/** Parses a command line as the program does, and runs nothing. @throws an error with the message of the program. */
async function parseLine(args: readonly string[]): Promise<void> {
  const found: (Invocation | string)[] = [];
  const handlers = {
    invoke: async (invocation: Invocation) => void found.push(invocation),
    sandbox: async () => void found.push('sandbox'),
    completion: async () => void found.push('completion'),
  };
  const said: string[] = [];
  const output = {
    writeOut: (text: string) => void found.push(text),
    writeErr: (text: string) => void said.push(text),
  };
  const env = { JOB_COMPLETION_INDEX: '0' };
  const program = makeProgram(env, handlers as never, output);
  await program.parseAsync([...args], { from: 'user' }).catch((error: Error) => {
    const isPrinted = /^(0\.0\.0|\(outputHelp\))$/.test(error.message); // --version and --help
    if (!isPrinted) throw new Error(`blacklistctl ${args.join(' ')}: ${said.join('') || error.message}`);
  });
  expect(found).toHaveLength(1);
}

describe('shell blocks', () => {
  needs('bash');
  const withCommands = pages.filter((page) => blocksOf(page, /^(sh|console)\b/).length > 0);

  test('are found in many pages', () => {
    expect(withCommands.length).toBeGreaterThan(10);
    expect(withCommands).toEqual(expect.arrayContaining(['README.md', 'docs/containers.md', 'docs/gitlab.md']));
  });

  test.each(withCommands)('of %s call the program only with arguments that it accepts', async (page) => {
    const calls = blocksOf(page, /^(sh|console)\b/).flatMap(callsIn);
    for (const args of calls) await parseLine(args);
    const count =
      blocksOf(page, /^(sh|console)\b/)
        .join('')
        .match(/\bblacklistctl [a-z]+/g)?.length ?? 0;
    expect(calls.length).toBeGreaterThan(count / 2); // a comment can name commands as well
  });

  test.each([
    ['an option that does not exist', 'blacklistctl plan --bot a --shart 1/2'],
    ['a value that does not exist', 'blacklistctl plan --format "xml" | cat'],
    ['a command that does not exist', 'true && blacklistctl plans'],
  ])('with %s are found', async (_, line) => {
    const [call] = callsIn(line);
    await expect(parseLine(call!)).rejects.toThrow(/blacklistctl/);
  });

  test('with an open quote are found', () => {
    expect(() => callsIn("blacklistctl explain '+1")).toThrow(/unexpected EOF|not to match/);
  });
});

/** The test that runs or type-checks each folder of the examples; each of them fails at a file that it does not know. */
const TESTS: Readonly<Record<string, string>> = {
  github: 'test/examples/github.test.ts',
  gitlab: 'test/examples/gitlab.test.ts',
  kubernetes: 'test/examples/kubernetes.test.ts',
  prometheus: 'test/examples/prometheus.test.ts',
  team: 'test/examples/team.test.ts',
};

const FILES = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.yaml'));

test.each(FILES)('the file %s of the examples is valid', async (name) => {
  expect(await run(['validate', name], { cwd: join(root, 'examples') })).toMatchObject({ code: 0, stderr: '' });
});

test.each(['github', 'gitlab', 'kubernetes'])(
  'the examples for %s take the token of the first provider of init',
  (name) => {
    const folder = join(root, 'examples', name);
    const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
    const variables = texts.flatMap((text) => text.match(/\b[A-Z][A-Z0-9_]*_TOKEN\b/g) ?? []);
    const own = /^(BLACKLIST(CTL)?_\w+|GH_TOKEN)$/; // of the form, and of the note in a merge request
    expect([...new Set(variables)].filter((variable) => !own.test(variable))).toEqual([
      defaultsOf(USUAL_PROVIDER).tokenEnv,
    ]);
  },
);

test('every folder of the examples has a test', () => {
  const folders = readdirSync(join(root, 'examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(TESTS));
  expect(readdirSync(join(root, 'examples'))).toHaveLength(folders.length + FILES.length);
  for (const path of Object.values(TESTS)) expect(existsSync(join(root, path)), path).toBe(true);
});
