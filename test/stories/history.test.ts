/** What Git says about one number: `explain --history`, `list --at` and `list --on`. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { beforeEach, describe, expect, test } from 'vitest';
import { needs } from '../needs.ts';
import { FORMATS, makeFolder, reportOf, run, uk, yamlOf } from './harness.ts';

needs('git');

const [asked, other, third] = uk(3) as [string, string, string];

let cwd: string;
let noon: number; // the time of the next commit, in seconds since 1970

beforeEach(() => {
  cwd = makeFolder();
  noon = Date.parse('2026-01-01T12:00:00Z') / 1000;
  git('init', '--quiet', '--initial-branch=main');
});

/** The tests of the program run on 2026-06-15; see `clock.ts`. */
function git(...args: string[]): string {
  const when = `${noon} +0000`;
  const env = { ...process.env, GIT_AUTHOR_DATE: when, GIT_COMMITTER_DATE: when };
  const author = ['-c', 'user.name=Ann Example', '-c', 'user.email=ann@example.com', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...author, ...args], { cwd, encoding: 'utf8', env, stdio: 'pipe' }).trim();
}

function write(name: string, text: string | Uint8Array): void {
  mkdirSync(dirname(join(cwd, name)), { recursive: true });
  writeFileSync(join(cwd, name), text);
}

/** Commits all files, one day after the last commit. @returns the first 7 digits of its id. */
function commit(subject: string, files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  for (const [name, text] of Object.entries(files)) write(name, text);
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', `--message=${subject}`);
  noon += 86_400;
  return git('rev-parse', '--short=7', 'HEAD');
}

const entry = (number: string, rest = '') => `      - { number: "+${number}"${rest} }\n`;
const withEntries = (...entries: string[]) =>
  `version: 1\ndefaults: { region: eu1, tokenEnv: T }\nbots:\n  a:\n    numbers:\n${entries.join('')}`;

const explain = (...args: string[]) => run(['explain', `+${asked}`, '--history', ...args], { cwd });

interface Event {
  readonly kind: string;
  readonly day: string;
  readonly commit: {
    readonly id: string;
    readonly author: string;
    readonly subject: string;
    readonly pull: string | null;
    readonly merge: string | null;
  } | null;
  readonly ways: readonly { readonly place: { readonly file: string }; readonly entry: object }[];
}

async function historyOf(...args: string[]) {
  const { explained } = reportOf(await explain('--format', 'json', ...args)) as unknown as {
    explained: {
      history: {
        bots: { id: string; events: Event[] }[];
        commits: number;
        shallow: boolean;
        unread: { commits: number; why: { message: string } } | null;
      };
    };
  };
  return explained.history;
}

/** `declared 2026-01-01 Block #12`, for each event of each bot. */
async function eventsOf(...args: string[]): Promise<Record<string, string[]>> {
  const { bots } = await historyOf(...args);
  const words = ({ kind, day, commit }: Event) =>
    [kind, day, commit?.subject, commit?.pull].filter((each) => each).join(' ');
  return Object.fromEntries(bots.map(({ id, events }) => [id, events.map(words)]));
}

describe('explain --history', () => {
  test('answers why a number is no longer blocked, in one screen', async () => {
    const first = commit('Block a harasser (#7)', {
      'blacklist.yaml': withEntries(entry(other), entry(asked, ', reason: Threats, expires: 2026-01-20')),
    });
    for (let day = 2; day < 40; day++)
      commit(`Other work ${day}`, {
        'blacklist.yaml': withEntries(
          entry(asked, ', reason: Threats, expires: 2026-01-20'),
          ...uk(day, 10).map((number) => entry(number)),
        ),
      });
    const last = commit('Unblock after appeal\n\nPull-Request: https://git.example/lists/pulls/9', {
      'blacklist.yaml': withEntries(entry(other)),
    });
    const { code, stdout, stderr } = await explain();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`+${asked} is not declared for a. To see what the next apply does, pass --live.
a  not declared
  policy: sync
  next apply: if the number is live, removes it; otherwise does nothing
history of a  removed on 2026-02-09
  2026-02-09 removed in ${last} by Ann Example: Unblock after appeal (https://git.example/lists/pulls/9)
    was: blacklist.yaml:6:19; reason: Threats; expires 2026-01-20
  2026-01-21 expired, after its last day
    blacklist.yaml:7:19; reason: Threats; expires 2026-01-20
  2026-01-01 declared in ${first} by Ann Example: Block a harasser (#7)
    blacklist.yaml:7:19; reason: Threats; expires 2026-01-20

Explained: declared for 0 of 1 bot
This is the desired state; no live list was read.
`);
  });

  test('finds every change, in bots, lists, number files and moved files', async () => {
    const lists = (files: string, numbers = '[]') =>
      `version: 1\nlists:\n  fraud:\n    numbers: ${numbers}\n    files: [${files}]\n`;
    const bot = (id: string, rest: string) =>
      `version: 1\nbots:\n  ${id}: { region: eu1, tokenEnv: T, numbers: [], ${rest} }\n`;
    commit('Begin', {
      'lists.yaml': lists(''),
      'a.yaml': bot('a', 'lists: [fraud]'),
      'b.yaml': bot('b', 'lists: []').replace(', lists: []', ''),
    });
    commit('Declare in a number file', {
      'numbers/x.txt': `+${other}\n+44 7700-900 000\n`,
      'lists.yaml': lists('numbers/x.txt'),
    });
    commit('Add another number', { 'numbers/x.txt': `+${other}\n+${third}\n+${asked}\n` });
    commit('Use the list', { 'b.yaml': bot('b', 'lists: [fraud]') });
    git('mv', 'numbers/x.txt', 'numbers/y.txt');
    commit('Rename the number file', { 'lists.yaml': lists('numbers/*.txt') });
    commit('Move into the list', {
      'numbers/y.txt': `+${other}\n`,
      'lists.yaml': lists('numbers/*.txt', `[{ number: "+${asked}", reason: Spam }]`),
    });
    commit('Remove the bot', { 'a.yaml': 'version: 1\nbots: {}\n' });
    commit('Unblock', { 'lists.yaml': lists('numbers/*.txt') });
    expect(await eventsOf('.')).toEqual({
      a: [
        'declared 2026-01-02 Declare in a number file',
        'changed 2026-01-06 Move into the list',
        'removed 2026-01-07 Remove the bot',
      ],
      b: ['declared 2026-01-04 Use the list', 'changed 2026-01-06 Move into the list', 'removed 2026-01-08 Unblock'],
    });
    expect(Object.keys(await eventsOf('.', '--bot', 'b'))).toEqual(['b']);
  });

  test('follows a file and a folder through renames', async () => {
    commit('Block', { 'old.yaml': withEntries(entry(asked), entry(other)) });
    git('mv', 'old.yaml', 'blacklist.yaml');
    commit('Rename');
    mkdirSync(join(cwd, 'lists'));
    git('mv', 'blacklist.yaml', 'lists/a.yaml');
    commit('Move');
    for (const path of ['lists', 'lists/a.yaml', '.', join(cwd, 'lists')]) {
      expect([path, await eventsOf(path)]).toEqual([path, { a: ['declared 2026-01-01 Block'] }]);
    }
  });

  test('reads from a folder of the repository', async () => {
    commit('Block', { 'team/blacklist.yaml': withEntries(entry(asked)), 'blacklist.yaml': 'no desired state' });
    const { stdout } = await run(['explain', asked, '--history'], { cwd: join(cwd, 'team') });
    expect(stdout).toMatch(/declared in .* Block\n {4}blacklist\.yaml:6:19\n/);
  });

  test('attributes a change to the commit of the merged branch, on the day of the merge', async () => {
    commit('Begin', { 'blacklist.yaml': withEntries(entry(other)) });
    git('switch', '--quiet', '--create', 'branch');
    const made = commit('Block a harasser', { 'blacklist.yaml': withEntries(entry(other), entry(asked)) });
    commit('Explain it', { 'README.md': 'blocked' });
    git('switch', '--quiet', 'main');
    commit('Other work', { 'other.txt': 'x' });
    git('merge', '--quiet', '--no-ff', '--message=Merge pull request #12 from octo/branch', 'branch');
    const merge = git('rev-parse', 'HEAD');
    const { bots } = await historyOf();
    expect(bots).toMatchObject([{ id: 'a', events: [{ kind: 'declared', day: '2026-01-05' }] }]);
    expect(bots[0]!.events[0]!.commit).toMatchObject({ subject: 'Block a harasser', pull: '#12', merge });
    expect((await explain()).stdout).toContain(
      `  2026-01-05 declared in ${made} by Ann Example: Block a harasser (#12), merged in ${merge.slice(0, 7)}\n`,
    );
  });

  test('passes over commits with errors, and reports them', async () => {
    commit('Block', { 'blacklist.yaml': withEntries(entry(asked)) });
    commit('Break', { 'blacklist.yaml': `${withEntries(entry(other))}broken\n` });
    const fixed = withEntries(entry(other), entry(asked, ', reason: Spam'));
    commit('Fix', { 'blacklist.yaml': fixed });
    const { bots, unread } = await historyOf();
    expect(bots[0]!.events.map(({ kind, commit }) => `${kind} ${commit!.subject}`)).toEqual([
      'declared Block',
      'changed Fix',
    ]);
    expect(unread).toMatchObject({ commits: 1, why: { message: expect.stringContaining('a key needs a colon') } });
    expect((await explain()).stdout).toMatch(
      /^history {2}not complete\n {2}1 commit could not be read, last [0-9a-f]{7}: blacklist\.yaml:7:1: a key needs a colon/m,
    );
  });

  test('decrypts files, or reports the commits that it cannot read', async () => {
    const key = await generateIdentity();
    const encrypt = async (text: string) => {
      const encrypter = new Encrypter();
      encrypter.addRecipient(await identityToRecipient(key));
      return encrypter.encrypt(text);
    };
    commit('Block', { 'lists/a.yaml.age': await encrypt(withEntries(entry(asked, ', reason: Secret'))) });
    commit('Encrypt again', { 'lists/a.yaml.age': await encrypt(withEntries(entry(asked, ', reason: Secret'))) });
    commit('Unblock', { 'lists/a.yaml.age': await encrypt(withEntries(entry(other))) });
    write('lists/a.yaml.age', withEntries(entry(other)));
    const env = { SOPS_AGE_KEY: key };
    git('checkout', '--quiet', '.');
    const { stdout } = await run(['explain', asked, 'lists', '--history', '--numbers', 'masked'], { cwd, env });
    expect(stdout).toMatch(
      /removed in .*: Unblock\n.*its texts are in an encrypted file\n {2}2026-01-01 declared in .*: Block\n/,
    );
    expect(stdout).not.toContain('Secret');
    write('lists/b.yaml', withEntries(entry(other)).replace('  a:', '  b:'));
    const { code, stdout: without } = await run(['explain', asked, 'lists/b.yaml', 'lists', '--history'], { cwd });
    expect({ code, without }).toMatchObject({ code: 6 });
  });

  test('reports that a clone is shallow', async () => {
    commit('Block', { 'blacklist.yaml': withEntries(entry(asked)) });
    commit('Other work', { 'x.txt': 'x' });
    const clone = makeFolder();
    execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${cwd}`, clone]);
    const { stdout } = await run(['explain', asked, '--history'], { cwd: clone });
    expect(stdout).toContain(
      'history  not complete\n  this clone is shallow, so earlier commits are not known; fetch them (fetch-depth: 0)\n',
    );
  });

  test('appears once for all bots with the same history, and in every format', async () => {
    const bots = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`bot-${at}`, [asked]]));
    commit('Block', { 'blacklist.yaml': yamlOf(bots) });
    const { stdout } = await explain();
    expect(stdout.match(/^history/gm)).toHaveLength(100); // their places differ
    const shared = `version: 1\ndefaults: { region: eu1, tokenEnv: T }\nlists:\n  fraud: { numbers: ["+${asked}"] }\nbots:\n${Object.keys(
      bots,
    )
      .map((id) => `  ${id}: { lists: [fraud] }\n`)
      .join('')}`;
    write('blacklist.yaml', shared);
    git('add', '--all');
    git('commit', '--quiet', '--amend', '--message=Block');
    expect((await explain()).stdout).toContain('history of bot-0, bot-1, bot-10 and 97 more  declared on 2026-01-02\n');
    for (const format of FORMATS.filter((each) => each !== 'json')) {
      const { code, stdout } = await explain('--format', format);
      expect([format, code, stdout]).toEqual([
        format,
        0,
        expect.stringMatching(/declared in [0-9a-f]{7} by Ann Example: Block/),
      ]);
    }
    const { stdout: saved } = await explain('--format', 'json');
    write('report.json', saved);
    expect((await run(['show', 'report.json', '--format', 'json'], { cwd })).stdout).toContain('"subject":"Block"');
  });

  test('withholds subjects and authors that may contain a number from masked output, but not the pull request', async () => {
    commit('Block', { 'blacklist.yaml': withEntries(entry(asked)) });
    const digits = [...asked].join(' ');
    git('commit', '--quiet', '--amend', `--message=Block ${digits} (#7)`, `--author=Ann ${digits} <ann@example.com>`);
    const masked = ['explain', `+${asked}`, '--history', '--numbers', 'masked', '--format'];
    for (const format of FORMATS) {
      const { code, stdout } = await run([...masked, format], { cwd });
      expect([format, code, stdout]).toEqual([
        format,
        0,
        expect.stringContaining('[withheld: it may contain a number]'),
      ]);
      expect(stdout.includes('#7'), format).toBe(true);
      expect(stdout, format).not.toContain(digits);
    }
    expect((await explain()).stdout).toContain(`by Ann ${digits}: Block ${digits} (#7)\n`);
  });

  test('reports edits that are not committed yet', async () => {
    commit('Start', { 'blacklist.yaml': withEntries(entry(other)) });
    write('blacklist.yaml', withEntries(entry(other), entry(asked, ', reason: Spam')));
    const added = await explain('--numbers', 'full');
    expect(added.stdout).toContain(
      'history  the only commit that was read does not declare the number\n  not committed yet: the edit of this number for a\n',
    );
    commit('Block');
    expect((await explain('--numbers', 'full')).stdout).not.toContain('not committed');
    write('blacklist.yaml', withEntries(entry(other)));
    const removed = await explain('--numbers', 'full');
    expect(removed.stdout).toContain(
      'history  covers commits only\n  not committed yet: the edit of this number for a\n',
    );
    const { explained } = JSON.parse((await explain('--format', 'json')).stdout);
    expect(explained.history.uncommitted).toEqual(['a']);
    write('blacklist.yaml', withEntries(entry(asked, ', reason: Spam'), entry(third)));
    expect((await explain('--numbers', 'full')).stdout).not.toContain('not committed'); // it only moved
  });

  test('reports a new last day of an entry in brackets', async () => {
    const until = (day: string) => `${withEntries().trimEnd()} [{ number: "+${asked}", expires: ${day} }]\n`;
    commit('Block', { 'blacklist.yaml': until('2026-03-01') });
    commit('Renew', { 'blacklist.yaml': until('2026-12-30') });
    expect(await eventsOf()).toEqual({ a: ['declared 2026-01-01 Block', 'changed 2026-01-02 Renew'] });
  });

  test('finds the pull request of a branch that another branch brought', async () => {
    commit('Begin', { 'blacklist.yaml': withEntries(entry(other)) });
    git('switch', '--quiet', '--create', 'develop');
    git('switch', '--quiet', '--create', 'feature');
    commit('Block', { 'blacklist.yaml': withEntries(entry(other), entry(asked)) });
    git('switch', '--quiet', 'develop');
    git('merge', '--quiet', '--no-ff', '--message=Merge pull request #12 from octo/feature', 'feature');
    git('switch', '--quiet', 'main');
    git('merge', '--quiet', '--no-ff', '--message=Release (#13)', 'develop');
    expect(await eventsOf()).toEqual({ a: ['declared 2026-01-03 Block #12'] });
    expect((await historyOf()).bots[0]!.events[0]!.commit!.merge).toBe(git('rev-parse', 'HEAD'));
  });

  test.each([
    ['javascript:alert(1)', null],
    ['\u001b[2Jhttps://git.example/9', null],
    ['https://git.example/lists/pulls/9', 'https://git.example/lists/pulls/9'],
    ['group/lists!34', 'group/lists!34'],
    ['9', '#9'],
  ])('takes the trailer "Pull-Request: %j" for %j', async (trailer, pull) => {
    commit(`Block\n\nPull-Request: ${trailer}`, { 'blacklist.yaml': withEntries(entry(asked)) });
    expect((await historyOf()).bots[0]!.events[0]!.commit!.pull).toBe(pull);
  });

  test('reports that no commit declares the number', async () => {
    commit('Begin', { 'blacklist.yaml': withEntries(entry(other)) });
    expect((await explain()).stdout).toContain('history: the only commit that was read does not declare the number\n');
  });

  test.each([
    [
      'a folder that is no repository',
      'not-here',
      /^error: --history: this folder is not in a Git repository; run in a clone, or remove --history$/m,
    ],
    [
      'a repository without a commit',
      '.',
      /^error: --history: this repository has no commit yet; commit the files first$/m,
    ],
  ])('in %s is an error', async (_, folder, message) => {
    write('blacklist.yaml', withEntries(entry(other)));
    const elsewhere = folder === '.' ? cwd : makeFolder();
    writeFileSync(join(elsewhere, 'blacklist.yaml'), withEntries(entry(other)));
    const { code, stderr } = await run(['explain', asked, '--history'], { cwd: elsewhere });
    expect(code).toBe(6);
    expect(stderr).toMatch(message);
  });
});

test.each([
  ['an absolute path through a link to the repository', (link: string) => link, ''],
  ['a path through a link to one of its folders', (link: string) => link, 'team'],
  ['a path that leaves the repository and enters it again', () => join('..', basename(cwd)), ''],
])('reads number files of a commit by %s', async (_, folderOf, below) => {
  const yaml = withEntries(entry(other)).replace('numbers:', 'files: ["n/*.txt", x.csv]\n    numbers:');
  const files = { 'blacklist.yaml': yaml, 'n/a.txt': `+${asked}\n`, 'x.csv': `number\n+${third}\n` };
  commit('Block', Object.fromEntries(Object.entries(files).map(([name, text]) => [join(below, name), text])));
  const link = join(makeFolder(), 'link');
  symlinkSync(join(cwd, below), link);
  const path = join(folderOf(link), 'blacklist.yaml');
  const listed = await run(['list', '--at', 'HEAD', path], { cwd });
  expect(listed.stdout, listed.stderr).toContain(`a  3 numbers\n  +${asked}\n  +${other}\n  +${third}\n`);
  expect(await eventsOf(path)).toEqual({ a: ['declared 2026-01-01 Block'] });
  const planned = await run(['plan', '--base', 'HEAD', '--sandbox', path], { cwd });
  expect(planned.stdout, planned.stderr).toContain('3 to add (0 config, 3 drift)');
});

describe('list', () => {
  const list = (...args: string[]) => run(['list', ...args], { cwd });

  test('--at prints what was in force when the commit was made, and --on on a day', async () => {
    commit('Block', { 'old.yaml': withEntries(entry(asked, ', expires: 2026-01-20'), entry(other)) });
    git('tag', 'v1');
    git('mv', 'old.yaml', 'blacklist.yaml');
    commit('Unblock', { 'blacklist.yaml': withEntries(entry(other), entry(third, ', expires: 2099-12-31')) });
    const now = await list('--at', 'HEAD');
    expect(now.stdout).toContain(`a  2 numbers\n  +${other}\n  +${third}\n`);
    const { code, stdout, stderr } = await list('--at', 'v1', '--verbose');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`a  2 numbers
  +${asked}
      old.yaml:6:19; expires 2026-01-20
  +${other}
      old.yaml:7:19

Listed: 2 numbers in 1 bot
These are the entries of the files of v1 that have not expired on 2026-01-01; no live list was read.
`);
    expect((await list('--at', 'v1', '--on', '2026-01-21')).stdout).toContain(`a  1 number\n  +${other}\n`);
    expect((await list('--on', '2100-01-01')).stdout).toContain(
      `a  1 number\n  +${other}\n\nListed: 1 number in 1 bot\nThese are the entries of the current files that have not expired on 2100-01-01; no live list was read.\n`,
    );
    const report = reportOf(await list('--at', 'v1', '--format', 'json'));
    expect(report).toMatchObject({ past: { commit: 'v1', day: '2026-01-01' } });
  });

  test('ignores what the files of a commit require', async () => {
    commit('Begin', { 'blacklist.yaml': withEntries(entry(other)).replace('\n', '\nrequires: ">=99"\n') });
    expect((await list('--at', 'HEAD')).code).toBe(0);
    expect((await list()).code).toBe(6);
  });

  test.each([
    [
      ['--at', 'nowhere'],
      'error: --at nowhere: this repository has no such commit; if the checkout is shallow, fetch the commit (fetch-depth: 0)',
    ],
    ...['HEAD~1..HEAD', '^HEAD', 'HEAD^{tree}'].map((ref): [string[], string] => [
      ['--at', ref],
      `error: --at ${ref}: this is not one commit; pass a branch, a tag or the id of a commit`,
    ]),
    [['--at=--output=x'], 'error: --at --output=x: this repository has no such commit'],
    [
      ['--at', 'HEAD', 'absent.yaml'],
      'error: --at HEAD: the commit does not contain absent.yaml; pass the paths of its files',
    ],
    [['--at', 'HEAD', '--live'], 'error: --live lists the current numbers; remove --live, or remove --at'],
    [['--on', '2026-02-30'], 'error: --on takes a day such as 2026-12-31, not "2026-02-30"'],
    [['--on', '2026-02-28', '--live'], 'error: --live lists the current numbers; remove --live, or remove --on'],
  ])('refuses %j', async (args, message) => {
    commit('Begin', { 'blacklist.yaml': withEntries(entry(other)) });
    const { code, stderr } = await list(...args);
    expect(code).toBe(6);
    expect(stderr).toContain(message);
  });
});
