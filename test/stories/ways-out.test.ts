/** Follows each way out that a refusal of remove offers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Decrypter, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { needs } from '../needs.ts';
import { makeFolder, reportOf, run } from './harness.ts';
import { PROGRAM, startProcess } from './process.ts';

const KEY = await generateIdentity();
const RECIPIENT = await identityToRecipient(KEY);
const ENV = { SOPS_AGE_KEY: KEY };
const [GONE, MATE, OTHER, LAST] = ['+447700900123', '+447700900124', '+447700900125', '+447700900126'];

/** Writes lists, `x` and `z`, and bots. */
function yaml(parts: Readonly<Record<string, string>>): string {
  const lines = (isList: boolean) =>
    Object.entries(parts).map(([name, text]) => (/[xz]/.test(name) === isList ? `  ${name}: { ${text} }\n` : ''));
  const head = 'version: 1\ndefaults: { region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN }\n';
  return `${head}lists:\n  none: { numbers: [] }\n${lines(true).join('')}bots:\n${lines(false).join('')}`;
}

const has = (...numbers: string[]) => `numbers: [${numbers.map((number) => `"${number}"`).join(', ')}]`;
const reads = (...columns: string[]) =>
  `${has()}, files: [${columns.map((column) => `{ path: s.csv, column: ${column} }`).join(', ')}]`;
const SHARED = `${has()}, files: [s.txt]`;
const SECRET = `${has()}, files: [e.txt.age]`;
const LINE = { 's.txt': `${OTHER}\n${GONE} # spam\n` };
const LINES = { 's.txt': `${GONE}\n${OTHER}\n${GONE}\n` };
const SEALED = { 'e.txt.age': `${OTHER}\n${GONE}\n` };
const ROW = { 's.csv': `p,q\n${GONE},${MATE}\n${OTHER},${OTHER}\n` };
const SAME = { 's.csv': `p,q\n${GONE},${GONE}\n${OTHER},${OTHER}\n` };
const THREE = { 's.csv': `p,q,r\n${GONE},${MATE},${LAST}\n` };
const LONG = { 's.csv': `p,note,q\n${GONE},"two\nlines",${MATE}\n${OTHER},,${OTHER}\n` };

const FOR_ALL = 'delete the line by hand for all of them';
const EVERYWHERE = 'omit --bot to remove the number everywhere';
const ROW_BY_HAND = 'declare the other number elsewhere and delete the row by hand';
const SEALED_BY_HAND = 'decrypt the file, edit it, and encrypt it again';
const TWO_COLUMNS = { a: reads('p'), b: reads('q') };
const OWN_ROW = { a: reads('p', 'q'), b: has(GONE, MATE) };

type Files = Readonly<Record<string, string>>;
/** The words of a way out, and the bots that lose the number. */
type Way = readonly [words: string, losers: string];
type Row = [name: string, parts: Readonly<Record<string, string>>, files: Files, target: string, ways: Way[]];

const ROWS: Row[] = [
  [
    'a line of two bots',
    { a: SHARED, b: SHARED },
    LINE,
    '--bot a',
    [
      [FOR_ALL, 'ab'],
      [EVERYWHERE, 'ab'],
    ],
  ],
  [
    'a line of two lists',
    { x: SHARED, z: SHARED, a: 'lists: [x]', b: 'lists: [z]', c: has(GONE) },
    LINE,
    '--list x',
    [
      [FOR_ALL, 'ab'],
      [EVERYWHERE.replace('bot', 'list'), 'abc'],
    ],
  ],
  ['a line of a rule', { a: SHARED, b: 'numbers: [], ignore: [{ file: s.txt }]' }, LINE, '--bot a', [[FOR_ALL, 'a']]],
  [
    'a line of two bots, and a row',
    { a: SHARED, b: SHARED, c: reads('p', 'q') },
    { ...LINE, ...ROW },
    '--bot a',
    [[FOR_ALL, 'ab']],
  ],
  [
    'a line of two bots, and an encrypted one',
    { a: SHARED, b: SHARED, c: SECRET },
    { ...LINE, ...SEALED },
    '--bot a',
    [[FOR_ALL, 'ab']],
  ],
  [
    'a number in columns of two bots',
    TWO_COLUMNS,
    SAME,
    '--bot a',
    [
      [FOR_ALL, 'ab'],
      [EVERYWHERE, 'ab'],
    ],
  ],
  ['a row of two bots', TWO_COLUMNS, ROW, '--bot a', [[ROW_BY_HAND, 'a']]],
  [
    'a row of two bots, for all',
    TWO_COLUMNS,
    ROW,
    '',
    [
      ['remove both', 'ab'],
      [ROW_BY_HAND, 'a'],
    ],
  ],
  [
    'a row of a rule',
    { a: reads('p'), b: `numbers: [], ignore: [{ file: s.csv, column: q }]` },
    ROW,
    '--bot a',
    [[ROW_BY_HAND, 'a']],
  ],
  [
    'a row',
    OWN_ROW,
    ROW,
    '--bot a',
    [
      ['remove both', 'a'],
      [ROW_BY_HAND, 'a'],
    ],
  ],
  [
    'a row of three numbers',
    { ...OWN_ROW, a: reads('p', 'q', 'r') },
    THREE,
    '--bot a',
    [
      ['remove all of them', 'a'],
      [ROW_BY_HAND.replace('number', 'numbers'), 'a'],
    ],
  ],
  [
    'a row of two lines',
    OWN_ROW,
    LONG,
    '--bot a',
    [
      ['remove both', 'a'],
      [ROW_BY_HAND, 'a'],
    ],
  ],
  [
    'a row with a protected number',
    { a: reads('p', 'q'), b: `numbers: [{ number: "${MATE}", protected: true }]` },
    ROW,
    '--bot a',
    [[ROW_BY_HAND, 'a']],
  ],
  [
    'an entry of a bot and of its list',
    { x: has(GONE), a: `${has(GONE)}, lists: [x]`, b: has() },
    {},
    '--bot a',
    [
      ['remove the others first', 'a'],
      [EVERYWHERE, 'a'],
    ],
  ],
  [
    'an entry of a list',
    { x: has(GONE), a: 'lists: [x]', b: has(GONE) },
    {},
    '--bot a',
    [['to remove it for every bot of the list, pass --list x', 'a']],
  ],
  ['an encrypted line', { a: SECRET, b: has(GONE) }, SEALED, '--bot a', [[SEALED_BY_HAND, 'a']]],
  ['an encrypted line of two bots', { a: SECRET, b: SECRET }, SEALED, '--bot a', [[SEALED_BY_HAND, 'ab']]],
  [
    'entries of two bots',
    { a: has(GONE), b: has(GONE) },
    {},
    '',
    [
      ['pass --bot a', 'a'],
      ['--bot b', 'b'],
    ],
  ],
  ['two entries of a bot', { a: has(GONE, GONE), b: has() }, {}, '', [['pass --bot a', 'a']]],
  ['two lines of a bot', { a: SHARED }, LINES, '', [['pass --bot a', 'a']]],
  [
    'entries of a bot and of its list',
    { x: has(GONE), a: `${has(GONE)}, lists: [x]`, b: 'lists: [x]' },
    {},
    '',
    [['pass --list x', 'b']],
  ],
  ['a line of two bots, for all', { a: SHARED, b: SHARED }, LINE, '', [['delete the line by hand', 'ab']]],
  ['two lines of two bots, for all', { a: SHARED, b: SHARED }, LINES, '', [['delete the lines by hand', 'ab']]],
];

const open = async (text: Buffer) => {
  const decrypter = new Decrypter();
  decrypter.addIdentity(KEY);
  return decrypter.decrypt(text, 'text');
};
const seal = async (text: string) => {
  const encrypter = new Encrypter();
  encrypter.addRecipient(RECIPIENT);
  return encrypter.encrypt(text);
};

/** Runs remove at a terminal, and confirms it if it asks. */
async function confirmed(args: readonly string[], cwd: string) {
  const words = [...PROGRAM, ...args].map((word) => `'${word}'`).join(' ');
  const env = { ...ENV, TERM: 'xterm', SHELL: '/bin/sh' };
  const running = startProcess([], { cwd, env, through: ['script', '-qefc', words, '/dev/null'] });
  if (!args.some((word) => /^--(?:bot|list)$/.test(word))) {
    await Promise.race([running.said(/Only "yes" is accepted: /), running.done]);
    running.type('yes\r');
  }
  return running.done;
}

describe('each way out of a refusal by remove works for', () => {
  needs('script of util-linux');

  test.each(ROWS)('%s', async (_, parts, files, target, ways) => {
    const words = target.split(' ').filter(Boolean);
    const makeWorld = async () => {
      const cwd = makeFolder();
      writeFileSync(join(cwd, 'blacklist.yaml'), yaml(parts));
      for (const [name, text] of Object.entries(files)) {
        writeFileSync(join(cwd, name), name.endsWith('.age') ? await seal(text) : text);
      }
      return cwd;
    };
    const numbersIn = async (cwd: string) => {
      const { bots } = reportOf(await run(['list', '--format', 'json'], { cwd, env: ENV }));
      return bots.map(({ id, numbers }: { id: string; numbers?: readonly string[] }) => [id, numbers!] as const);
    };

    /** Does what the words of a way out say. */
    const follow = async (way: string, message: string, cwd: string) => {
      const also = way.startsWith('remove both') ? [MATE] : way.startsWith('remove all') ? [MATE, LAST] : [];
      const flags = /(--(?:bot|list)) (\w)$/.exec(way)?.slice(1) ?? (way.startsWith('omit') ? [] : words);
      if (/ edit it|by hand/.test(way)) {
        for (const name of Object.keys(files).filter((each) => message.includes(each))) {
          const path = join(cwd, name);
          const text = name.endsWith('.age') ? await open(readFileSync(path)) : readFileSync(path, 'utf8');
          const left = text.replaceAll(new RegExp(`^\\${GONE}.*(?:\\nlines.*)?\\n`, 'gm'), '');
          writeFileSync(path, name.endsWith('.age') ? await seal(left) : left);
        }
        if (!way.includes('elsewhere')) return;
        const readers = Object.entries(parts).filter(([, text]) => /column: q/.test(text) && !text.includes('ignore'));
        const mates = files === THREE ? [MATE, LAST] : [MATE];
        for (const [bot] of readers)
          expect(await run(['add', ...mates, '--bot', bot], { cwd })).toMatchObject({ code: 0 });
        return;
      }
      if (way.includes('first')) expect((await run(['remove', GONE, '--list', 'x'], { cwd })).code).toBe(0);
      const { code, output } = await confirmed(['remove', GONE, ...also, ...flags], cwd);
      expect({ code, output }).toEqual({ code: 0, output });
    };

    const first = await makeWorld();
    const { code, stderr } =
      target === '' && ways[0]![0] === 'remove both'
        ? await run(['remove', GONE, '--dry-run'], { cwd: first, env: ENV })
        : await run(['remove', GONE, ...words], { cwd: first, env: ENV });
    expect(code).toBe(6);
    const offered = stderr.split('\n')[0]!.split('; ').at(-1)!;
    expect(offered.split(/, or | or (?=--)/)).toEqual(ways.map(([way]) => way));
    for (const [way, losers] of ways) {
      const cwd = await makeWorld();
      const before = await numbersIn(cwd);
      await follow(way, stderr, cwd);
      const lost = way === 'remove both' ? [GONE, MATE] : way === 'remove all of them' ? [GONE, MATE, LAST] : [GONE];
      const expected = before.map(([id, numbers]) => {
        return [id, losers.includes(id) ? numbers.filter((number) => !lost.includes(number)) : numbers];
      });
      expect([way, await numbersIn(cwd)]).toEqual([way, expected]);
    }
  });
});
