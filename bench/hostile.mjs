#!/usr/bin/env node
// node bench/hostile.mjs          runs inputs that an attacker could write, at 1x, 2x and 4x, and prints the processor time
//                        --only x only inputs whose name contains the text
// Exits with 1 if a doubling takes more than three times the time: no input may cost more than linear time.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { CLI } from './machine.mjs';
import { run } from './measure.mjs';

const { values: options } = parseArgs({ options: { only: { type: 'string', default: '' } } });

const HEAD = 'version: 1\ndefaults: { region: eu1, tokenEnv: T }\n';
const times = (count, text) => Array.from({ length: count }, (_, at) => text(at));
const lines = (count, text) => times(count, text).join('\n');
const bots = (text) => `${HEAD}bots:\n${text}\n`;
const items = (count, item) => bots(`  b:\n    numbers:\n${lines(count, (at) => `      - ${item(at)}`)}`);
const line = (text) => bots(`  b: { numbers: [] }\n# ${text}`);
const number = (at) => `"+1201${5550000 + at}"`;
const many = (count, item) => times(count, item).join(', ');

/** Each input by its name, at a size in entries: the text of blacklist.yaml, or the texts of several files. */
const YAML = {
  'entries with unknown keys': (n) => items(n, () => '{ numbr: 1 }'),
  'entries that are no numbers': (n) => items(n, () => 'x'),
  'entries that are no numbers, on one line': (n) => bots(`  b: { numbers: [${many(n, () => 'x')}] }`),
  'entries with a wrong day': (n) => items(n, (at) => `{ number: ${number(at)}, expires: 2026-13-01 }`),
  'expired entries': (n) => items(n, (at) => `{ number: ${number(at)}, expires: 2020-01-01 }`),
  'entries with days of their own': (n) =>
    items(n, (at) => `{ number: ${number(at)}, expires: ${2030 + (at % 6000)}-01-01 }`),
  'the same number': (n) => items(n, () => number(0)),
  'pairs in a chain': (n) => items(n, (at) => `{ number: ${number(at)}, waId: ${number(at + 1)} }`),
  'pairs of one waId': (n) => items(n, (at) => `{ number: ${number(at + 1)}, waId: ${number(0)} }`),
  'long reasons': (n) => items(n / 20, (at) => `{ number: ${number(at)}, reason: "${'x'.repeat(400)}" }`),
  labels: (n) => items(1, () => `{ number: ${number(0)}, labels: { ${many(n, (at) => `l${at}: x`)} } }`),
  'keys at the top': (n) => `${HEAD}${lines(n, (at) => `key${at}: 1`)}\nbots: {}\n`,
  'the same key': (n) => bots(lines(n, () => '  b: { numbers: [] }')),
  bots: (n) => bots(lines(n, (at) => `  b${at}: { numbers: [] }`)),
  'bots without settings': (n) => `version: 1\nbots:\n${lines(n, (at) => `  b${at}: { numbers: [] }`)}\n`,
  'bots with wrong ids': (n) => bots(lines(n, (at) => `  "b ${at}": { numbers: [] }`)),
  'bots with one long list': (n) =>
    `${HEAD}lists: { l: { numbers: [${many(n, number)}] } }\nbots:\n${lines(n / 10, (at) => `  b${at}: { lists: [l], numbers: [] }`)}\n`,
  'bots with a long list and a number': (n) =>
    `${HEAD}lists: { l: { numbers: [${many(n, number)}] } }\nbots:\n${lines(n / 10, (at) => `  b${at}: { lists: [l], numbers: ["+1202${5550000 + at}"] }`)}\n`,
  'bots with expired entries of a list': (n) =>
    `${HEAD}lists: { l: { numbers: [${many(n / 4, (at) => `{ number: ${number(at)}, expires: 2020-01-01 }`)}] } }\nbots:\n${lines(n / 10, (at) => `  b${at}: { lists: [l], numbers: [] }`)}\n`,
  'rules of the defaults': (n) =>
    `version: 1\ndefaults: { region: eu1, tokenEnv: T, ignore: [${many(n / 2, number)}] }\nbots:\n${lines(n / 10, (at) => `  b${at}: { numbers: ["+1202${5550000 + at}"] }`)}\n`,
  'prefixes of the defaults': (n) =>
    `version: 1\ndefaults: { region: eu1, tokenEnv: T, ignore: [${many(n / 2, (at) => `{ prefix: "+44${1000 + at}" }`)}] }\nbots:\n${lines(n / 10, (at) => `  b${at}: { numbers: ["+1202${5550000 + at}"] }`)}\n`,
  'rules against entries': (n) =>
    bots(`  b:\n    numbers: [${many(n / 2, number)}]\n    ignore: [${many(n / 2, number)}]`),
  'unused lists': (n) =>
    `${HEAD}lists:\n${lines(n, (at) => `  l${at}: { numbers: [] }`)}\nbots: { b: { numbers: [] } }\n`,
  'unknown lists': (n) =>
    `${HEAD}lists:\n${lines(n / 2, (at) => `  list${at}: { numbers: [] }`)}\nbots:\n  b: { lists: [${many(n / 2, (at) => `lost${at}`)}] }\n`,
  'missing number files': (n) => bots(`  b: { files: [${many(n, (at) => `f${at}.txt`)}] }`),
  'one missing number file': (n) => bots(`  b: { files: [${many(n, () => 'f.txt')}] }`),
  'errors of syntax': (n) => bots(lines(n, () => '  b: ]')),
  tags: (n) => items(n, () => '!x y'),
  anchors: (n) => items(n, (at) => `&a${at} x`),
  aliases: (n) => items(n, () => '*a'),
  comments: (n) => bots(`  b:\n    numbers:\n${lines(n, () => '      # - x')}\n      - ${number(0)}`),
  'blank lines': (n) => bots(`  b:\n    numbers:\n${'\n'.repeat(n * 8)}      - ${number(0)}`),
  blanks: (n) => bots(`  b:\n    numbers: [${' '.repeat(n * 16)}]`),
  'a text over many lines': (n) => items(1, () => `{ number: ${number(0)}, reason: "${lines(n, () => 'x')}" }`),
  'a block text': (n) => items(1, () => `number: ${number(0)}\n        reason: |\n${lines(n, () => '          x')}`),
  'flow lists': (n) => bots(`  b: { numbers: ${'['.repeat(n)}`),
  'flow lists, closed': (n) => bots(`  b: { numbers: ${'['.repeat(n)}${']'.repeat(n)} }`),
  'flow mappings': (n) => bots(`  b: ${'{a: '.repeat(n)}`),
  'block lists': (n) => bots(`  b: \n${lines(n / 100, (at) => `${' '.repeat(at + 4)}-`)}`),
  dashes: (n) => bots(`  b:\n    numbers:\n      ${'- '.repeat(n)}`),
  'question marks': (n) => bots(`  ${'? '.repeat(n)}`),
  colons: (n) => bots(`  ${': '.repeat(n)}`),
  'keys without values on one line': (n) => bots(`  b: { ${many(n, (at) => `k${at}`)} }`),
  quotes: (n) => bots(`  b: ${'" '.repeat(n)}`),
  escapes: (n) => bots(`  b: "${'\\q'.repeat(n)}"`),
  documents: (n) => `${bots('  b: { numbers: [] }')}${'---\n'.repeat(n)}`,
  directives: (n) => `${'%X y\n'.repeat(n)}---\n${bots('  b: { numbers: [] }')}`,
  'words like tokens': (n) => line('token'.repeat(n * 3)),
  'words like keys of age': (n) => line('AGE-'.repeat(n * 4)),
  'a long name of a bot': (n) => bots(`  ? ${'x'.repeat(n * 4)}\n  :\n${lines(n, (at) => `    k${at}: 1`)}`),
  'short runs of numbers': (n) =>
    bots(`  b:\n    numbers:\n${lines(n, (at) => `${' '.repeat(6)}- ${number(at)}${at % 5 === 0 ? ' # ü' : ''}`)}`),
};

/** The inputs with many errors, warnings, bots or changes, with which every format and other commands run too. */
const FORMATS = ['json', 'markdown', 'html', 'github', 'junit', 'diff'];
const REPORTED = {
  'entries that are no numbers': FORMATS,
  'unused lists': FORMATS,
  bots: FORMATS,
};
const FORMATTED = [
  'short runs of numbers',
  'expired entries',
  'entries with unknown keys',
  'words like tokens',
  'comments',
  'a text over many lines',
  'a block text',
];

function commandsFor(name) {
  const formats = (REPORTED[name] ?? []).map((format) => ['validate', '--format', format]);
  const fmt = FORMATTED.includes(name)
    ? [
        ['fmt', '--check', '--prune-expired'],
        ['fmt', '--check', '--format', 'html'],
        ['list', '--verbose'],
      ]
    : [];
  return [['validate'], ...formats, ...fmt];
}

const FILES = {
  'lines that are no numbers': (n) => [['f.txt', lines(n * 2, () => 'x')]],
  'lines of blanks': (n) => [['f.txt', lines(n, () => ' '.repeat(30))]],
  'long lines': (n) => [['f.txt', lines(n / 100, () => 'x'.repeat(3000))]],
  'one long line': (n) => [['f.txt', '1'.repeat(n * 50)]],
  repeats: (n) => [['f.txt', lines(n * 2, () => '+12015550100')]],
  'a number file of many bots': (n) => [['f.txt', lines(n, (at) => `+1201${5550000 + at}`)]],
  'a wrong number file of many bots': (n) => [['f.txt', lines(n, () => 'x')]],
  'rows without a number': (n) => [['f.csv', `number,x\n${lines(n * 2, () => ',x')}`]],
  'rows of delimiters': (n) => [['f.csv', `number,x\n${lines(n / 10, () => ','.repeat(200))}`]],
  'quotes in cells': (n) => [['f.csv', `number,x\n${lines(n * 2, () => '"1"x,"')}`]],
  'a quote that is never closed': (n) => [['f.csv', `number,x\n1,"${lines(n * 2, () => '+12015550100,x')}`]],
  'a long header': (n) => [['f.csv', `${many(n * 2, (at) => `c${at}`)}\n`]],
  'a header with a quote': (n) => [['f.csv', `"${lines(n * 2, () => 'x')}`]],
  'names of files': (n) => times(n / 20, (at) => [`x/f${at}.txt`, '+12015550100\n']),
};

const cloud = `version: 1\ndefaults: { provider: whatsapp-cloud, tokenEnv: T }\nbots:\n`;
const phone = (at) => `phoneNumberId: "${106540352242922 + at}"`;
const EXPIRED = ', expires: 2020-01-01 }';
const stdin = (n) => ['in.txt', lines(n, number).replaceAll('"', '')];

/**
 * Other commands: the files at a size, the arguments, and the commands that make files before it. The text of `in.txt` is
 * the standard input. Each runs in the folder.
 */
const COMMANDS = {
  'fmt of expired entries': {
    files: (n) => [['blacklist.yaml', items(n, (at) => `{ number: ${number(at)}${EXPIRED}`)]],
    args: ['fmt', '--prune-expired'],
  },
  'fmt of expired entries among others': {
    files: (n) => [['blacklist.yaml', items(n, (at) => (at % 2 ? number(at) : `{ number: ${number(at)}${EXPIRED}`))]],
    args: ['fmt', '--prune-expired', '--verbose'],
  },
  'add to an empty list': {
    files: (n) => [['blacklist.yaml', bots('  b: { numbers: [] }')], stdin(n)],
    args: ['add', '-', '--bot', 'b', '--reason', 'Spam'],
  },
  'add entries that are there': {
    files: (n) => [['blacklist.yaml', items(n, number)], stdin(n)],
    args: ['add', '-', '--bot', 'b', '--expires', '30d'],
  },
  'add between others': {
    files: (n) => [['blacklist.yaml', items(n, (at) => number(2 * at))], stdin(2 * n)],
    args: ['add', '-', '--bot', 'b'],
  },
  'remove all': {
    files: (n) => [['blacklist.yaml', items(n, number)], stdin(n)],
    args: ['remove', '-', '--bot', 'b'],
  },
  'remove from many number files': {
    files: (n) => [
      ['blacklist.yaml', bots('  b: { files: ["f/*.txt"] }')],
      ...times(n / 100, (at) => [`f/${at}.txt`, lines(100, (nth) => number(at * 100 + nth)).replaceAll('"', '')]),
      stdin(n),
    ],
    args: ['remove', '-', '--bot', 'b'],
  },
  'remove from one number file': {
    files: (n) => [['blacklist.yaml', bots('  b: { files: [f.txt] }')], ['f.txt', stdin(n)[1]], stdin(n)],
    args: ['remove', '-', '--bot', 'b'],
  },
  'contacts of one bot': {
    files: (n) => [
      ['blacklist.yaml', `${cloud}  b: { ${phone(0)}, numbers: [${many(n, number)}] }\n`],
      ['c.txt', stdin(n)[1]],
    ],
    args: ['plan', '--sandbox', '--contacts', 'b=c.txt'],
  },
  'contacts that are no numbers': {
    files: (n) => [
      ['blacklist.yaml', `${cloud}  b: { ${phone(0)}, numbers: [] }\n`],
      ['c.txt', lines(n, () => 'x')],
    ],
    args: ['plan', '--sandbox', '--contacts', 'b=c.txt'],
  },
  ...Object.fromEntries(
    ['text', ...FORMATS].flatMap((format) => [
      [
        `a report of many adds as ${format}`,
        {
          files: (n) => [['blacklist.yaml', items(n, number)]],
          before: ['plan', '--sandbox', '--report', 'r.json'],
          args: ['show', 'r.json', '--format', format, '--verbose'],
        },
      ],
      [
        `a report of many bots as ${format}`,
        {
          files: (n) => [['blacklist.yaml', bots(lines(n / 10, (at) => `  b${at}: { numbers: [${number(at)}] }`))]],
          before: ['plan', '--sandbox', '--report', 'r.json'],
          args: ['show', 'r.json', '--format', format, '--verbose'],
        },
      ],
    ]),
  ),
};

const folder = mkdtempSync(join(tmpdir(), 'blacklistctl-hostile-'));
let bad = 0;

/** Runs a command on the files of an input at each size, after another command. */
async function measure(name, size, filesOf, args, before) {
  const found = [];
  for (const factor of [1, 2, 4]) {
    const at = join(folder, `${factor}`);
    rmSync(at, { recursive: true, force: true });
    for (const [file, text] of filesOf(size * factor)) {
      mkdirSync(dirname(join(at, file)), { recursive: true });
      writeFileSync(join(at, file), text);
    }
    const input = filesOf(1).some(([file]) => file === 'in.txt') ? join(at, 'in.txt') : undefined;
    const options = { folder: at, input, env: { T: 'a-token' }, codes: [0, 2, 6] };
    if (before) await run(process.execPath, [CLI, ...before], options);
    const { cpu, rss } = await run(process.execPath, [CLI, ...args], options);
    found.push({ cpu, rss });
  }
  const [one, two, four] = found.map(({ cpu }) => cpu - BASE_TIME);
  const isBad = four > 1000 && four > 3 * Math.max(two, 200);
  if (isBad) bad++;
  const cells = found.map(({ cpu }) => `${(cpu / 1000).toFixed(1)} s`.padStart(7)).join('');
  const growth = `${(two / Math.max(one, 50)).toFixed(1)} ${(four / Math.max(two, 50)).toFixed(1)}`;
  console.log(
    `${isBad ? 'BAD ' : 'ok  '} ${cells}  ${growth.padStart(8)}  ${Math.round(found[2].rss / 2 ** 20)} MiB  ${name}: ${args.join(' ')}`,
  );
}

/** The processor time of a run that does almost nothing, in milliseconds. */
const BASE_TIME = 150;

try {
  for (const [name, text] of Object.entries(YAML)) {
    for (const args of commandsFor(name)) {
      const title = `${name}: ${args.join(' ')}`;
      if (title.includes(options.only)) await measure(name, 5000, (n) => [['blacklist.yaml', text(n)]], args);
    }
  }
  for (const [name, { files, args, before }] of Object.entries(COMMANDS)) {
    if (`${name}: ${args.join(' ')}`.includes(options.only)) await measure(name, 5000, files, args, before);
  }
  for (const [name, files] of Object.entries(FILES)) {
    const wanted = (n) => {
      const path = name === 'names of files' ? '"**/*a*a*f*.txt", "**/*.txt"' : files(1)[0][0];
      const count = name.endsWith('many bots') ? n / 10 : 1;
      return bots(lines(count, (at) => `  b${at}: { files: [${path}] }`));
    };
    for (const args of [['validate'], ['validate', '--format', 'json']]) {
      const title = `${name}: ${args.join(' ')}`;
      if (title.includes(options.only))
        await measure(name, 20_000, (n) => [['blacklist.yaml', wanted(n)], ...files(n)], args);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${bad} inputs cost more than linear time`);
process.exitCode = bad > 0 ? 1 : 0;
