/** Presses Tab in real shells, each in a terminal of its own. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import * as fc from '../fast-check.ts';
import { needs } from '../needs.ts';
import { type Finished, makeDesired, makeFolder, run, uk } from './harness.ts';
import { CLI, type RunningProcess, runProcess, startProcess } from './process.ts';

/** A command line, and the result of Tab after it. */
const LINES: readonly (readonly [string, RegExp])[] = [
  ['blacklistctl val', /blacklistctl validate/],
  ['blacklistctl plan --det', /--detailed-exitcode/],
  ['blacklistctl plan --format mar', /--format markdown/],
  ['blacklistctl plan --numbers=ma', /--numbers=masked/],
  ['blacklistctl apply --bot sup', /--bot support-bot/],
  ['blacklistctl init --region u', /--region us1/],
  ['blacklistctl completion z', /completion zsh/],
  ['blacklistctl validate black', /validate blacklist\.yaml/], // a file
];

function makeWorld() {
  const cwd = makeDesired({ 'support-bot': uk(1), 'sales-bot': uk(1) });
  const bin = makeFolder();
  writeFileSync(join(bin, 'blacklistctl'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`, { mode: 0o755 });
  return { cwd, env: { PATH: `${bin}:${process.env.PATH}`, TERM: 'dumb', HOME: cwd, SHELL: '/bin/sh' } };
}

/** The completion library prints to the console of its process. */
async function runWithConsole(args: readonly string[], cwd?: string): Promise<Finished> {
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(`${line}\n`));
  const finished = await run(args, { ...(cwd && { cwd }) });
  log.mockRestore();
  return { ...finished, stdout: finished.stdout + lines.join('') };
}

/** Returns the suggestions of the program without a shell. The last line is for the shell scripts. */
async function offered(words: readonly string[], cwd = makeWorld().cwd): Promise<string[]> {
  const { code, stdout, stderr } = await runWithConsole(['complete', '--', ...words], cwd);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  expect(lines.pop()).toBe(':0'); // the shell suggests files if nothing matches
  return lines.map((line) => line.split('\t')[0]!);
}

describe('completion suggests', () => {
  test('the commands of the help', async () => {
    const help = (await run(['--help'])).stdout;
    const commands = help.slice(help.indexOf('Commands:'), help.indexOf('Examples:'));
    const listed = [...commands.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name);
    expect(await offered([''])).toEqual(listed);
    expect(listed).not.toContain('complete');
  });

  test.each([
    [
      ['plan', '--format', ''],
      ['text', 'json', 'markdown', 'github', 'html', 'diff', 'junit'],
    ],
    [
      ['apply', '--bot', ''],
      ['sales-bot', 'support-bot'],
    ],
    [['apply', '--format', 'json', '--bot=su'], ['support-bot']],
    [
      ['list', '--bot', ''],
      ['sales-bot', 'support-bot'],
    ],
    [['explain', '+447700900000', '--bot', 'sal'], ['sales-bot']],
    [['explain', '--li'], ['--live']],
    [['list', '--li'], ['--live']],
    [['add', '+447700900000', '--re'], ['--reason']],
    [['remove', '+447700900000', '--bot', 'sal'], ['sales-bot']],
    [['add', '+447700900000', '--list', ''], []],
    [['sandbox', '--bot', ''], []], // new subcommands do not have this option
    [['init', '--bot', ''], []],
    [
      ['init', '--workflows', ''],
      ['github', 'gitlab', 'none'],
    ],
    [['plan', ''], []],
    [['plan', '--out', ''], []],
    [['plan', '--detail'], ['--detailed-exitcode']],
    [['apply', '--detail'], []],
    [['frobnicate', ''], []],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
  ])('after %o', async (words, candidates) => {
    expect(await offered(words)).toEqual(candidates);
  });

  test('the bots of a file, even if its lists and number files have errors', async () => {
    const cwd = makeFolder();
    const bots = '{ b-bot: { lists: [gone] }, a-bot: { files: [gone.txt] }, c-bot: { colour: red, numbers: [12] } }';
    writeFileSync(join(cwd, 'blacklist.yaml'), `version: 1\nlists: { own: { files: [gone.csv] } }\nbots: ${bots}\n`);
    expect(await offered(['plan', '--bot', ''], cwd)).toEqual(['a-bot', 'b-bot', 'c-bot']);
  });

  test('the lists of a file', async () => {
    const cwd = makeFolder();
    writeFileSync(
      join(cwd, 'blacklist.yaml'),
      'version: 1\nlists: { fraud: { numbers: [] }, "a b": { numbers: [] } }\n',
    );
    expect(await offered(['add', '--list', ''], cwd)).toEqual(['fraud']);
  });

  test('no invalid id, as a shell would insert it into the command line', async () => {
    const cwd = makeFolder();
    const special = [...' \t\n"\'`$\\;&|<>(){}[]*?!~#=%:,@^+/\u00e9\u202e'].map((character) => `a${character}b`);
    const ids = fc.oneof(
      fc.constantFrom('x$(touch\tmade)', '`touch made`', ':0', '..', '', 'a\\', ...special),
      fc.string({ unit: 'binary' }),
    );
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(ids, { maxLength: 10 }), async (hostile) => {
        const bots = Object.fromEntries([...hostile, 'good-bot'].map((id) => [id, { numbers: [] }]));
        writeFileSync(join(cwd, 'blacklist.yaml'), JSON.stringify({ version: 1, bots }));
        const known = await offered(['plan', '--bot', ''], cwd);
        expect(known).toContain('good-bot');
        expect(known.filter((id) => !/^[A-Za-z0-9._-]{1,64}$/.test(id))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['no file', undefined],
    ['a broken file', 'bots: [\n'],
    ['a file that is not desired state', 'version: 1\nbots: 3\n'],
    ['no text', '\0\0\0'],
  ])('no bot and no error with %s', async (_, text) => {
    const cwd = makeFolder();
    if (text !== undefined) writeFileSync(join(cwd, 'blacklist.yaml'), text);
    expect(await offered(['plan', '--bot', ''], cwd)).toEqual([]);
  });
});

describe('completion', () => {
  test.each(['bash', 'zsh', 'fish'])('%s prints a script', async (shell) => {
    const { code, stdout, stderr } = await runWithConsole(['completion', shell]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      new RegExp(`^#.*\\b(${shell} completion|compdef) .*blacklistctl|^#.*completion for blacklistctl`, 'm'),
    );
  });

  test.each([['tcsh'], ['powershell'], ['']])('refuses %j, and lists the shells', async (shell) => {
    const { code, stdout, stderr } = await run(['completion', shell]);
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toContain('error: <shell> takes one of bash, zsh, fish, not');
  });
});

describe('in a shell', () => {
  needs('script of util-linux');

  /** An interactive shell that prints READY when it has read the script. */
  async function shell(command: string, setUp: string) {
    const { cwd, env } = makeWorld();
    const running = startProcess([], { cwd, env, through: ['script', '-qefc', command, '/dev/null'] });
    running.type(`${setUp}; echo REA''DY\r`);
    await running.said(/READY\r?\n/);
    return { cwd, running };
  }

  async function leave({ child, done }: RunningProcess): Promise<void> {
    child.kill('SIGKILL'); // ends the terminal, and then the shell
    await done;
  }

  // Each line gets its own shell, because a terminal would mix the output of several.
  const bash = 'bash --norc --noprofile -i';
  const zsh = 'zsh -f -i';
  // Zsh takes seconds to start. A command, a bot and a file show that its script works.
  const few = LINES.filter(([line]) => /val$|sup$|black$/.test(line));
  const SHELLS: ['bash' | 'zsh', string, string, typeof LINES][] = [
    ['bash', bash, 'source <(blacklistctl completion bash)', LINES],
    ['zsh', zsh, 'autoload -U compinit; compinit -u; source <(blacklistctl completion zsh)', few],
  ];

  for (const [name, command, setUp, lines] of SHELLS) {
    describe(name, () => {
      needs(name);

      test.each(lines)('completes %s', async (line, becomes) => {
        const { running } = await shell(command, setUp);
        running.type(`${line}\t`);
        await running.said(becomes);
        await leave(running);
      });

      test('does not run the line', async () => {
        const { cwd, running } = await shell(command, setUp);
        writeFileSync(join(cwd, 'out.json'), 'precious');
        running.type('blacklistctl plan $(touch made) > out.json --detail\t');
        await running.said(/--detailed-exitcode/);
        await leave(running);
        expect(existsSync(join(cwd, 'made'))).toBe(false);
        expect(readFileSync(join(cwd, 'out.json'), 'utf8')).toBe('precious');
      });
    });
  }

  test('works in bash if the script is loaded twice, without a package', async (context) => {
    needs('bash', context);
    const { cwd, env } = makeWorld();
    const script =
      'set -eu; source <(blacklistctl completion bash); source <(blacklistctl completion bash); complete -p blacklistctl';
    const { code, stdout, stderr } = await runProcess([], {
      cwd,
      env,
      through: ['bash', '--norc', '-c', script],
      input: '',
    });
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'complete -o default -F _blacklistctl blacklistctl\n',
      stderr: '',
    });
  });
});

describe('fish', () => {
  needs('fish');

  test.each(LINES)('completes %s', async (line, becomes) => {
    const { cwd, env } = makeWorld();
    const script = `blacklistctl completion fish | source; complete -C '${line}'`;
    const { stdout, stderr } = await runProcess([], {
      cwd,
      env,
      through: ['fish', '--no-config', '-c', script],
      input: '',
    });
    expect(stderr).toBe('');
    // Fish shows only the last word.
    const words = stdout
      .split('\n')
      .map((candidate) => `${line.slice(0, line.lastIndexOf(' ') + 1)}${candidate.split('\t')[0]}`);
    expect(words.join('\n')).toMatch(becomes);
  });
});
