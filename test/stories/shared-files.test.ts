/** Edits numbers with add and remove if several bots, lists, rules or columns use the same number file. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needs } from '../needs.ts';
import { FORMATS, makeFolder, run, SEVEN_DIGITS } from './harness.ts';
import { PROGRAM, startProcess } from './process.ts';

const HEAD = 'version: 1\ndefaults: { region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN }\n';
const A = 'bots: { a: { files: [shared.txt] } }\n';
const BOTS = `bots:
  a: { files: [shared.txt] }
  b: { files: [shared.txt] }
`;
const LISTS = `lists:
  fraud: { files: [shared.txt] }
  spam: { files: ["*.txt"] }
bots:
  a: { lists: [fraud, spam] }
`;
const LIST_AND_BOT = `lists:
  fraud: { files: [shared.txt] }
bots:
  a: { files: [shared.txt] }
  b: { lists: [fraud], numbers: [] }
`;
const LINES = '# export\n+447700900123 # spam\n';
const CSV = 'phone,other\n+447700900123,+447700900124\n';

/** A folder with files, and a function that reads them all. */
function makeWorld(files: Readonly<Record<string, string>>) {
  const cwd = makeFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), content);
  }
  const read = () =>
    Object.fromEntries(Object.keys(files).map((name) => [name, readFileSync(join(cwd, name), 'utf8')]));
  return { cwd, read };
}

type Row = [name: string, files: Readonly<Record<string, string>>, target: string[], sharers: string, file?: string];
const ROWS: Row[] = [
  ['two bots', { 'a.yaml': HEAD + BOTS }, ['--bot', 'a'], 'the bot "a" shares with the bot "b"'],
  [
    'two lists, one by a pattern',
    { 'a.yaml': HEAD + LISTS },
    ['--list', 'fraud'],
    'the list "fraud" shares with the list "spam"',
  ],
  [
    'two lists, the target by a pattern',
    { 'a.yaml': HEAD + LISTS },
    ['--list', 'spam'],
    'the list "spam" shares with the list "fraud"',
  ],
  ['a bot and a list', { 'a.yaml': HEAD + LIST_AND_BOT }, ['--bot', 'a'], 'the bot "a" shares with the list "fraud"'],
  [
    'a list and a bot',
    { 'a.yaml': HEAD + LIST_AND_BOT },
    ['--list', 'fraud'],
    'the list "fraud" shares with the bot "a"',
  ],
  [
    'bots of two YAML files',
    { 'a.yaml': HEAD + A, 'b.yaml': HEAD + A.replace('a:', 'b:') },
    ['--bot', 'a'],
    'the bot "a" shares with the bot "b"',
  ],
  [
    'bots of YAML files in two folders',
    {
      'x/a.yaml': HEAD + A,
      'b.yaml': HEAD + A.replace('a:', 'b:').replace('shared', 'x/shared'),
      'x/shared.txt': LINES,
    },
    ['--bot', 'a'],
    'the bot "a" shares with the bot "b"',
    'x/shared.txt',
  ],
  [
    'two bots with a column each',
    {
      'a.yaml': `${HEAD}bots:
  a: { files: [{ path: s.csv, column: phone }] }
  b: { files: [{ path: s.csv, column: other }] }
`,
      's.csv': 'phone,other\n+447700900123,+447700900123\n',
    },
    ['--bot', 'a'],
    'the bot "a" shares with the bot "b"',
    's.csv',
  ],
  [
    'thirty bots',
    {
      'a.yaml': `${HEAD}bots:\n${Array.from({ length: 30 }, (_, n) => `  b${n}: { files: [shared.txt] }\n`).join('')}`,
    },
    ['--bot', 'b0'],
    `the bot "b0" shares with ${Array.from({ length: 20 }, (_, n) => `the bot "b${n + 1}"`).join(', ')} and 9 more`,
  ],
];

describe('a number file of', () => {
  test.each(ROWS)('%s is not edited for one of them', async (_, files, target, sharers, file = 'shared.txt') => {
    const { cwd, read } = makeWorld({ 'shared.txt': LINES, ...files });
    const before = read();
    const paths = Object.keys(files).flatMap((name) => (name.endsWith('.yaml') ? ['--path', name] : []));
    const removed = await run(['remove', '+447700900123', ...target, ...paths], { cwd });
    const added = await run(['add', '+447700900199', ...target, ...paths], { cwd });
    const [line, column] = file === 's.csv' ? [2, 1] : [2, 1];
    expect([removed.code, added.code]).toEqual([6, 6]);
    expect(removed.stderr).toContain(
      `${file}:${line}:${column}: +447700900123 is declared in a number file that ${sharers}; delete the line by hand for all of them, or omit ${target[0]} to remove the number everywhere\n`,
    );
    const [name, others] = sharers.split(' shares with ') as [string, string];
    expect(added.stderr).toContain(
      `${file}: ${name} takes its numbers from this file, which it shares with ${others}; edit the file by hand, or add "numbers: []" to ${name}\n`,
    );
    expect(read()).toEqual(before);
  });

  test('one list is edited for all of its bots', async () => {
    const text = `${HEAD}lists: { fraud: { files: [shared.txt, "*.txt"] } }
bots: { a: { lists: [fraud] }, b: { lists: [fraud] } }
`;
    const { cwd, read } = makeWorld({ 'blacklist.yaml': text, 'shared.txt': LINES });
    expect((await run(['remove', '+447700900123', '--list', 'fraud'], { cwd })).code).toBe(0);
    expect(read()['shared.txt']).toBe('# export\n');
  });
});

describe('a number file read by', () => {
  const rule = (keys: string) => `ignore: [{ ${keys} }]`;
  const ignoring = (keys = 'file: shared.txt') => `${HEAD}lists: { fraud: { files: [shared.txt] } }
bots:
  b: { numbers: [], ${rule(keys)} }
`;

  test.each([
    [
      'a list, and a rule of a bot',
      { 'a.yaml': ignoring() },
      ['--list', 'fraud'],
      'the list "fraud" shares with the ignore rule at a.yaml:5:38',
    ],
    [
      'a bot, and a rule by a pattern in the defaults of another file',
      { 'a.yaml': HEAD + A, 'b.yaml': HEAD.replace(' }\n', `, ${rule('file: "*.txt"')} }\nbots: {}\n`) },
      ['--bot', 'a'],
      'the bot "a" shares with the ignore rule at b.yaml:2:75',
    ],
  ])('%s is edited neither for the target nor for all', async (_, files, target, sharers) => {
    const { cwd, read } = makeWorld({ 'shared.txt': LINES, ...files });
    const before = read();
    const paths = Object.keys(files).flatMap((name) => ['--path', name]);
    for (const how of [target, ['--dry-run']]) {
      const { code, stderr } = await run(['remove', '+447700900123', ...how, ...paths], { cwd });
      expect(code).toBe(6);
      expect(stderr).toContain(
        `is declared in a number file that ${sharers}; delete the line by hand for all of them\n`,
      );
    }
    const { code, stderr } = await run(['add', '+447700900199', ...target, ...paths], { cwd });
    expect(code).toBe(6);
    const [name, others] = sharers.split(' shares with ');
    expect(stderr).toContain(`${name} takes its numbers from this file, which it shares with ${others}; edit the file`);
    expect(read()).toEqual(before);
  });

  test('a list, and a rule that has expired, is edited', async () => {
    const text = ignoring('file: shared.txt, until: 2020-01-01');
    const { cwd, read } = makeWorld({ 'blacklist.yaml': text, 'shared.txt': LINES });
    expect((await run(['remove', '+447700900123', '--list', 'fraud'], { cwd })).code).toBe(0);
    expect(read()['shared.txt']).toBe('# export\n');
  });

  test('one bot, by its path and by a pattern, gets a new number', async () => {
    const text = `${HEAD}bots: { a: { files: [shared.txt, "*.txt"] } }\n`;
    const { cwd, read } = makeWorld({ 'blacklist.yaml': text, 'shared.txt': LINES });
    expect((await run(['add', '+447700900199', '--bot', 'a'], { cwd })).code).toBe(0);
    expect(read()['shared.txt']).toBe(`${LINES}+447700900199\n`);
  });

  test('one bot, with the default column and by its name, gets a new number', async () => {
    const text = `${HEAD}bots: { a: { files: [s.csv, { path: s.csv, column: number }] } }\n`;
    const { cwd, read } = makeWorld({ 'blacklist.yaml': text, 's.csv': 'number\n+447700900123\n' });
    expect((await run(['add', '+447700900199', '--bot', 'a'], { cwd })).code).toBe(0);
    expect(read()['s.csv']).toBe('number\n+447700900123\n+447700900199\n');
  });
});

describe('a row with numbers in two columns', () => {
  const columns = (of: string, second = 's.csv') =>
    `${HEAD}${of}: { x: { files: [{ path: s.csv, column: phone }, { path: ${second}, column: other }] } }\n`;
  const apart = (kind: string) => `${HEAD}${kind}:
  x: { files: [{ path: s.csv, column: phone }] }
  y: { files: [{ path: s.csv, column: other }] }
`;
  const message =
    's.csv:2:1: +447700900123 is declared in a row that declares another number at s.csv:2:15; remove both, or declare the other number elsewhere and delete the row by hand\n';

  test.each([
    ['a bot', columns('bots'), ['--bot', 'x']],
    ['a list', columns('lists'), ['--list', 'x']],
    ['a bot, through a link', columns('bots', 'link.csv'), ['--bot', 'x']],
    ['a bot, without a target', columns('bots'), ['--dry-run']],
    ['two bots, without a target', apart('bots'), ['--dry-run']],
    ['two lists, without a target', apart('lists'), ['--dry-run']],
  ])('is not removed for one of the numbers: %s', async (_, text, target) => {
    const { cwd, read } = makeWorld({ 'blacklist.yaml': text, 's.csv': CSV });
    symlinkSync('s.csv', join(cwd, 'link.csv'));
    const { code, stderr } = await run(['remove', '+447700900123', ...target], { cwd });
    expect(code).toBe(6);
    expect(stderr).toContain(message);
    expect(read()['s.csv']).toBe(CSV);
    const masked = await run(['remove', '+447700900123', ...target, '--numbers', 'masked'], { cwd });
    expect(masked.output).not.toMatch(SEVEN_DIGITS);
  });

  const BRAZIL = 'defaults: { provider: whatsapp-cloud, tokenEnv: TOKEN }';
  test.each([
    ['both numbers are removed', columns('bots'), CSV, ['+447700900123', '+447700900124']],
    ['both are the same number', columns('bots'), 'phone,other\n+447700900123,447700900123\n', ['+447700900123']],
    [
      'both are spellings of one user',
      columns('bots')
        .replace(/defaults.*/, BRAZIL)
        .replace('x: {', 'x: { phoneNumberId: "123456", '),
      'phone,other\n+5511912345678,+551112345678\n',
      ['+551112345678'],
    ],
  ])('is removed if %s', async (_, text, csv, numbers) => {
    const { cwd, read } = makeWorld({ 'blacklist.yaml': text, 's.csv': csv });
    expect(await run(['remove', ...numbers, '--bot', 'x'], { cwd })).toMatchObject({ code: 0 });
    expect(read()['s.csv']).toBe('phone,other\n');
  });

  test('is not removed for the number on one of its lines', async () => {
    const csv = 'phone,note,other\n+447700900123,"two\nlines",+447700900124\n';
    const { cwd, read } = makeWorld({ 'blacklist.yaml': columns('bots'), 's.csv': csv });
    const { code, stderr } = await run(['remove', '+447700900124', '--bot', 'x'], { cwd });
    expect(code).toBe(6);
    expect(stderr).toContain(
      's.csv:3:8: +447700900124 is declared in a row that declares another number at s.csv:2:1; remove both, or ',
    );
    expect(read()['s.csv']).toBe(csv);
  });

  test.each([
    ['begins', 'note,phone\n"l1\nl2",+447700900123\nsay 5",+447700900124\n', 'note,phone\nsay 5",+447700900124\n'],
    ['ends', 'phone,note\n+447700900124,y\n+447700900123,"x\ny"', 'phone,note\n+447700900124,y'],
  ])('is removed with all of its lines if it %s on another line', async (_, csv, left) => {
    const text = `${HEAD}bots: { x: { files: [{ path: s.csv, column: phone }] } }\n`;
    const { cwd, read } = makeWorld({ 'blacklist.yaml': text, 's.csv': csv });
    expect(await run(['remove', '+447700900123', '--bot', 'x'], { cwd })).toMatchObject({ code: 0 });
    expect(read()['s.csv']).toBe(left);
  });

  test('is reported for each bot at its own column', async () => {
    const csv = 'phone,other\n+447700900123,+447700900124\n+447700900124,+447700900123\n';
    const { cwd } = makeWorld({ 'blacklist.yaml': apart('bots'), 's.csv': csv });
    const args = ['remove', '+447700900123', '+447700900124', '--dry-run', '--format', 'json'];
    const { entries } = JSON.parse((await run(args, { cwd })).stdout);
    const places = entries.map((each: { bot: string; place: { line: number; column: number } }) => {
      return `${each.bot} ${each.place.line}:${each.place.column}`;
    });
    expect(places.sort()).toEqual(['x 2:1', 'x 3:1', 'y 2:15', 'y 3:15']);
  });

  test('is not added by add, which would leave one of the columns empty', async () => {
    const { cwd, read } = makeWorld({ 'blacklist.yaml': columns('bots'), 's.csv': CSV });
    const { code, stderr } = await run(['add', '+447700900199', '--bot', 'x'], { cwd });
    expect(code).toBe(6);
    expect(stderr).toContain(
      'several number files or columns, so add cannot choose one: s.csv (column "phone"), s.csv (column "other"); edit one by hand\n',
    );
    expect(read()['s.csv']).toBe(CSV);
  });

  test('is removed for the bots of each column, whose other numbers are checked by column', async () => {
    const text = apart('bots').replace('other }]', 'other }], ignore: ["+447700900125"]');
    const csv = 'phone,other\n+447700900123,+447700900123\n+447700900125,+447700900126\n';
    const { cwd } = makeWorld({ 'blacklist.yaml': text, 's.csv': csv });
    const { code, stdout } = await run(['remove', '+447700900123', '--dry-run', '--format', 'json'], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).files[0].hunks[0].lines).toContain('-+447700900123,+447700900123');
  });
});

test('add writes to the numbers of a bot that shares its number file', async () => {
  const text = HEAD + BOTS.replace('a: { files: [shared.txt] }', 'a: { files: [shared.txt], numbers: [] }');
  const { cwd, read } = makeWorld({ 'blacklist.yaml': text, 'shared.txt': LINES });
  expect((await run(['add', '+447700900199', '--bot', 'a'], { cwd })).code).toBe(0);
  expect(read()).toEqual({
    'blacklist.yaml': text.replace('numbers: []', 'numbers: ["+447700900199"]'),
    'shared.txt': LINES,
  });
});

test('add changes nothing if a shared number file declares the number', async () => {
  const { cwd, read } = makeWorld({ 'blacklist.yaml': HEAD + BOTS, 'shared.txt': LINES });
  const { code, stdout } = await run(['add', '+447700900123', '--bot', 'b'], { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain('+447700900123  declared by the bot b at shared.txt:2:1\n');
  expect(read()['shared.txt']).toBe(LINES);
});

test('the errors mask the number if the report is masked, in each format', async () => {
  const { cwd } = makeWorld({ 'blacklist.yaml': HEAD + BOTS, 'shared.txt': LINES });
  for (const format of FORMATS) {
    for (const target of [['--bot', 'a'], []]) {
      const args = ['remove', '+447700900123', ...target, '--numbers', 'masked', '--format', format, '--verbose'];
      const { code, output } = await run(args, { cwd });
      expect(code).toBe(6);
      expect(output).not.toMatch(SEVEN_DIGITS);
    }
  }
});

describe('remove without a target', () => {
  const other = `${HEAD + BOTS}  c: { numbers: ["+447700900123"] }\n`;

  test.each([
    ['text', /^Would edit 2 files: 2 to remove\n/m],
    ['html', /<dt>Removed<\/dt><dd[^>]*>2<\/dd>/],
  ])('counts a line once, however many bots use it: %s', async (format, count) => {
    const { cwd } = makeWorld({ 'blacklist.yaml': other, 'shared.txt': LINES });
    const { stdout } = await run(['remove', '+447700900123', '--dry-run', '--format', format], { cwd });
    expect(stdout).toMatch(count);
  });

  test('lists every bot and list that uses the line with --dry-run', async () => {
    const { cwd } = makeWorld({ 'blacklist.yaml': other, 'shared.txt': LINES });
    const { code, stdout } = await run(['remove', '+447700900123', '--dry-run', '--format', 'json'], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).entries).toMatchObject([
      { change: 'removed', bot: 'a', list: null, place: { file: 'shared.txt', line: 2 } },
      { change: 'removed', bot: 'b', list: null, place: { file: 'shared.txt', line: 2 } },
      { change: 'removed', bot: 'c', list: null, place: { file: 'blacklist.yaml', line: 6 } },
    ]);
  });

  test.each([
    [
      'only a shared line',
      HEAD + BOTS,
      'shared.txt:2:1: +447700900123 is declared at shared.txt:2:1 (the bot "a", the bot "b"), and remove cannot ask for confirmation without a terminal; delete the line by hand\n',
    ],
    [
      'a shared line and an entry',
      other,
      'is declared at shared.txt:2:1 (the bot "a", the bot "b"), blacklist.yaml:6:18 (the bot "c"), and remove cannot ask for confirmation without a terminal; pass --bot c\n',
    ],
  ])('and without a terminal offers no target that it refuses: %s', async (_, text, message) => {
    const { cwd, read } = makeWorld({ 'blacklist.yaml': text, 'shared.txt': LINES });
    const { code, stderr } = await run(['remove', '+447700900123'], { cwd });
    expect(code).toBe(6);
    expect(stderr).toContain(message);
    expect(read()['shared.txt']).toBe(LINES);
  });

  test('offers no list that it refuses for a number of a shared file', async () => {
    const text = HEAD + LIST_AND_BOT;
    const { cwd } = makeWorld({ 'blacklist.yaml': text, 'shared.txt': LINES });
    const { stderr } = await run(['remove', '+447700900123', '--bot', 'b'], { cwd });
    expect(stderr).toContain('is not declared by the bot "b", but at shared.txt:2:1 (the list "fraud", the bot "a")\n');
  });

  describe('at a terminal', () => {
    needs('script of util-linux');

    test('does not ask about a number file that is a link, which it would not write', async () => {
      const text = `${HEAD}bots: { a: { files: [link.txt] } }\n`;
      const { cwd, read } = makeWorld({ 'blacklist.yaml': text, 'shared.txt': LINES });
      symlinkSync('shared.txt', join(cwd, 'link.txt'));
      const words = [...PROGRAM, 'remove', '+447700900123'].map((word) => `'${word}'`).join(' ');
      const through = ['script', '-qefc', words, '/dev/null'];
      const { code, output } = await startProcess([], { cwd, env: { TERM: 'xterm', SHELL: '/bin/sh' }, through }).done;
      expect([code, output]).toEqual([
        1,
        expect.stringContaining('link.txt: cannot write: this is a symbolic link; name its target instead'),
      ]);
      expect(output).not.toContain('Only "yes" is accepted');
      expect(read()['shared.txt']).toBe(LINES);
    });

    test('counts the bots in its question, after it has listed them', async () => {
      const { cwd, read } = makeWorld({ 'blacklist.yaml': HEAD + LIST_AND_BOT, 'shared.txt': LINES });
      const words = [...PROGRAM, 'remove', '+447700900123'].map((word) => `'${word}'`).join(' ');
      const through = ['script', '-qefc', words, '/dev/null'];
      const running = startProcess([], { cwd, env: { TERM: 'xterm', SHELL: '/bin/sh' }, through });
      await running.said(/Remove 1 number from 1 place of 1 bot and 1 list\? Only "yes" is accepted: /);
      running.type('yes\r');
      const { code, output } = await running.done;
      expect(code).toBe(0);
      expect(output).toContain('declared by the list fraud at shared.txt:2:1');
      expect(output).toContain('declared by the bot a at shared.txt:2:1');
      expect(read()['shared.txt']).toBe('# export\n');
    });
  });
});
