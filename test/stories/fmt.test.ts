/** fmt formats files, or changes none of them. */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { FORMATS, makeFolder, reportOf, run } from './harness.ts';

const MESSY = `# yaml-language-server: $schema=x
version: 1
defaults: { region: eu1, tokenEnv: T }

bots:
    support-bot: # the team's
        # who wrote to us
        numbers:
        - +44 7700 900123   # spam  
        - number: 447700900124
          reason: |
            Threats
`;
const TIDY = `# yaml-language-server: $schema=x
version: 1
defaults: { region: eu1, tokenEnv: T }

bots:
  support-bot: # the team's
    # who wrote to us
    numbers:
      - "+447700900123"   # spam
      - number: "+447700900124"
        reason: |
          Threats
`;

let cwd: string;
const path = (name = 'blacklist.yaml') => join(cwd, name);
const read = (name?: string) => readFileSync(path(name), 'utf8');
const fmt = (...args: string[]) => run(['fmt', ...args], { cwd });

beforeEach(() => {
  cwd = makeFolder();
  writeFileSync(path(), MESSY);
});

test('fmt formats a file, and changes nothing the second time', async () => {
  expect(await fmt()).toMatchObject({
    code: 0,
    stderr: '',
    stdout: 'blacklist.yaml: formatted\nFormatted: 1 of 1 file rewritten\n',
  });
  expect(read()).toBe(TIDY);
  const written = statSync(path()).mtimeMs;
  expect(await fmt()).toMatchObject({ code: 0, stdout: 'Already formatted: 1 file\nNothing to do.\n' });
  expect(await fmt('--check')).toMatchObject({ code: 0 });
  expect(statSync(path()).mtimeMs).toBe(written);
});

test('fmt --check writes nothing, shows a patch and exits with 2', async () => {
  const { code, stdout } = await fmt('--check');
  expect(code).toBe(2);
  expect(stdout).toContain('--- blacklist.yaml\n+++ blacklist.yaml\n@@ -3,10 +3,10 @@\n');
  expect(stdout).toContain('\n-        - +44 7700 900123   # spam  \n');
  expect(stdout).toContain('\n+      - "+447700900123"   # spam\n');
  expect(stdout).toMatch(/Not formatted: 1 of 1 file\n.*Run the same command without --check to format the files\.\n$/);
  expect(read()).toBe(MESSY);
});

test.each(FORMATS.map((format) => [format]))(
  'fmt --check with masked output shows no number, as %s',
  async (format) => {
    const { code, output } = await run(['fmt', '--check', '--format', format], { cwd, env: { CI: 'true' } });
    expect(code).toBe(2);
    expect(output).not.toMatch(/7700|900.?12/);
  },
);

test('JSON output of fmt contains the changes, and show prints them', async () => {
  const checked = await fmt('--check', '--format', 'json');
  expect(checked.code).toBe(2);
  const report = reportOf(checked) as unknown as {
    outcome: string;
    files: { name: string; hunks: { lines: string[] }[] }[];
  };
  expect(report.outcome).toBe('changes');
  expect(report.files[0]).toMatchObject({ name: 'blacklist.yaml', changed: true });
  expect(report.files[0]!.hunks[0]!.lines).toContain('+      - "+447700900123"   # spam');
  writeFileSync(path('report.json'), checked.stdout);
  const shown = await run(['show', 'report.json', '--format', 'diff'], { cwd });
  expect(shown.stdout).toBe((await fmt('--check', '--format', 'diff')).stdout);
});

describe('--prune-expired', () => {
  const AGED = `${TIDY}      # the wave of May
      - number: "+447700900125" # spam
        expires: 2001-12-31 # a month
      - { number: "+447700900126", expires: 2099-12-31 }
`;
  const PRUNED = `${TIDY}      # the wave of May
      # spam
      # a month
      - { number: "+447700900126", expires: 2099-12-31 }
`;

  test('removes expired entries, and keeps comments', async () => {
    writeFileSync(path(), AGED);
    const { code, stdout } = await fmt('--prune-expired', '--check');
    expect(code).toBe(2);
    expect(stdout).toContain('\n-        expires: 2001-12-31 # a month\n');
    expect(stdout).toContain('\n+      # a month\n');
    expect(stdout).toContain('\nNot formatted: 1 of 1 file, 1 expired entry to remove\n');
    expect(read()).toBe(AGED);
    expect(await fmt()).toMatchObject({ code: 0, stdout: expect.stringContaining('Already formatted: ') });
    const pruned = 'blacklist.yaml: formatted\nFormatted: 1 of 1 file rewritten, 1 expired entry removed\n';
    expect(await fmt('--prune-expired')).toMatchObject({ code: 0, stdout: pruned, stderr: '' });
    expect(read()).toBe(PRUNED);
    expect(await fmt('--prune-expired', '--check')).toMatchObject({ code: 0 });
  });
});

describe('fmt changes no file because of', () => {
  test.each<[string, string, RegExp]>([
    ['an invalid number', MESSY.replace('447700900124', '12'), /other\.yaml:10:19: the number has 2 digits/],
    ['an unknown key', `${MESSY}x: 1\n`, /other\.yaml:13:1: unknown key "x"/],
    ['invalid YAML', `${MESSY}  "x\n`, /other\.yaml:13:/],
    ['an anchor', MESSY.replace('numbers:', 'numbers: &l'), /other\.yaml:8:18: anchors, aliases and merge keys/],
  ])('%s', async (_, text, says) => {
    writeFileSync(path('other.yaml'), text);
    for (const args of [['--check'], ['--prune-expired'], []]) {
      const { code, stderr } = await fmt('.', ...args);
      expect(code).toBe(6);
      expect(stderr).toMatch(says);
    }
    expect(read()).toBe(MESSY);
    expect(read('other.yaml')).toBe(text);
  });

  test('a folder that cannot be written to', async () => {
    mkdirSync(path('sub'));
    writeFileSync(path('sub/a.yaml'), MESSY);
    chmodSync(path('sub'), 0o500);
    const { code, stderr } = await fmt('sub');
    chmodSync(path('sub'), 0o700);
    if (process.getuid!() === 0) return; // root can write everywhere
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'error: sub/a.yaml: cannot write: permission denied\n' });
    expect(read('sub/a.yaml')).toBe(MESSY);
  });
});

test('fmt keeps file modes and byte order marks, and leaves no temporary file', async () => {
  mkdirSync(path('real'));
  writeFileSync(path('real/file.yaml'), `\ufeff${MESSY}`);
  chmodSync(path('real/file.yaml'), 0o640);
  expect((await fmt('real/file.yaml')).code).toBe(0);
  expect(read('real/file.yaml')).toBe(`\ufeff${TIDY}`);
  expect(statSync(path('real/file.yaml')).mode & 0o777).toBe(0o640);
  expect(readdirSync(path('real'))).toEqual(['file.yaml']);
});

describe('fmt writes through no link', () => {
  const LINK = 'this is a symbolic link; name its target instead';

  test.each([
    ['within its folder', 'other/file.yaml', `link.yaml: cannot write: ${LINK}`, 1],
    ['out of its folder', '../file.yaml', 'link.yaml: leads out of its folder through a link', 6],
  ])('%s, and then writes no file', async (_, target, message, expected) => {
    mkdirSync(path('in/other'), { recursive: true });
    writeFileSync(path('in/a.yaml'), MESSY);
    writeFileSync(join(path('in'), target), MESSY.replace('a-bot', 'b-bot'));
    symlinkSync(target, path('in/link.yaml'));
    const { code, stderr } = await fmt('in/a.yaml', 'in/link.yaml');
    expect(stderr).toContain(message);
    expect(code).toBe(expected);
    expect(read('in/a.yaml')).toBe(MESSY);
    expect(read(`in/${target}`)).toBe(MESSY.replace('a-bot', 'b-bot'));
    expect(lstatSync(path('in/link.yaml')).isSymbolicLink()).toBe(true);
  });

  test('but writes the files below a folder that is one', async () => {
    mkdirSync(path('revision'));
    writeFileSync(path('revision/a.yaml'), MESSY);
    symlinkSync('revision', path('current'));
    expect((await fmt('current')).code).toBe(0);
    expect(read('revision/a.yaml')).toBe(TIDY);
  });
});
