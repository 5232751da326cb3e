import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadDesired } from '../load.ts';

const HEAD = 'version: 1\ndefaults: { region: eu1, tokenEnv: T }\nbots:\n';
/** A file with one bot; its keys start on line 5, column 5. */
const bot = (...lines: string[]) => `${HEAD}  a:\n${lines.map((line) => `    ${line}\n`).join('')}`;
const load = (text: string) => loadDesired([{ name: 'f.yaml', text }], '2026-06-15');
const faultsOf = (text: string) =>
  load(text).faults.map(({ message, place }) => `${place!.file}:${place!.line}:${place!.column}: ${message}`);

type Row = readonly [name: string, text: string, ...faults: RegExp[]];

function holds(rows: readonly Row[]): void {
  test.each(rows.map(([name, text, ...faults]) => ({ name, text, faults })))('$name', ({ text, faults }) => {
    expect(faultsOf(text)).toEqual(faults.map((fault) => expect.stringMatching(fault)));
  });
}

describe('the file', () => {
  const FOREIGN = /^f\.yaml:1:1: this file has neither "bots" nor "lists", so it is not desired state; /;
  const MAPPING = /^f\.yaml:1:1: the file must be a mapping of keys to values/;
  holds([
    ['a workflow', 'name: plan\non: push\njobs:\n  plan: { runs-on: x, steps: [] }\n', FOREIGN],
    ['a compose file', 'services:\n  web: { image: x }\nvolumes: {}\n', FOREIGN],
    ['an old compose file', 'version: "3.8"\nservices: {}\n', FOREIGN],
    ['manifests', 'apiVersion: v1\nkind: Secret\n---\napiVersion: v1\nkind: Pod\n', FOREIGN],
    ['a typo of "bots"', 'bot:\n  a: {}\n', /needs "bots"/, /needs "version: 1"/, /did you mean "bots"\?/],
    ['a file with version 1', 'version: 1\nservices: {}\n', /needs "bots"/, /unknown key "services"/],
    ['a file with a later version', 'version: 2\n', /needs "bots"/, /"version" must be 1/],
    ['a file with "bots"', 'bots: {}\nservices: {}\n', /needs "version: 1"/, /unknown key "services"/],
    ['a list', '- a\n', MAPPING],
    ['a word', 'hello\n', MAPPING],
    ['a number', '+46732001122\n', MAPPING],
    [
      'a file without the required keys',
      'defaults: {}\n',
      /^f\.yaml:1:1: the file needs "bots" or "lists"$/,
      /^f\.yaml:1:1: the file needs "version: 1"$/,
    ],
    [
      'an unknown key',
      'version: 1\nbot: {}\nbots: {}\n',
      /^f\.yaml:2:1: unknown key "bot"; did you mean "bots"\? The file can have: version, requires, defaults, lists, bots$/,
    ],
    ['a base URL', 'version: 1\nbaseUrl: https://x.test\nbots: {}\n', /^f\.yaml:2:1: unknown key "baseUrl"/],
    ['__proto__', '__proto__: { version: 1 }\nversion: 1\nbots: {}\n', /^f\.yaml:1:1: unknown key "__proto__"/],
    ['no bots at all', 'version: 1\nbots: {}\n'],
    ['quoted keys', '"version": "1"\n\'bots\': {}\n'],
  ]);
});

describe('version', () => {
  const ONE = '"version" must be 1$';
  holds([
    ['2', 'version: 2\nbots: {}\n', new RegExp(`^f.yaml:1:10: ${ONE}`)],
    ['text', 'version: one\nbots: {}\n', new RegExp(`^f.yaml:1:10: ${ONE}`)],
    ['1.1', 'version: 1.1\nbots: {}\n', new RegExp(`^f.yaml:1:10: ${ONE}`)],
    ['true', 'version: true\nbots: {}\n', new RegExp(`^f.yaml:1:10: ${ONE}`)],
    ['empty', 'version:\nbots: {}\n', new RegExp(`^f.yaml:1:1: ${ONE}`)],
    ['empty quotes', 'version: ""\nbots: {}\n', new RegExp(`^f.yaml:1:10: ${ONE}`)],
    ['a list', 'version: [1]\nbots: {}\n', new RegExp(`^f.yaml:1:10: ${ONE}`)],
    ['Infinity', 'version: Infinity\nbots: {}\n', new RegExp(`^f.yaml:1:10: ${ONE}`)],
  ]);
});

describe('bots', () => {
  const MAPPING = 'must be a mapping of keys to values, each written as "key: value"';
  holds([
    ['empty', 'version: 1\nbots:\n', new RegExp(`^f.yaml:2:1: "bots" ${MAPPING}`)],
    ['a list', `${HEAD}  - a\n`, new RegExp(`^f.yaml:4:3: "bots" ${MAPPING}`)],
    ['a word', 'version: 1\nbots: a\n', new RegExp(`^f.yaml:2:7: "bots" ${MAPPING}`)],
    ['an empty bot', `${HEAD}  a:\n`, new RegExp(`^f.yaml:4:3: the bot "a" ${MAPPING}`)],
    ['a bot without a value', 'version: 1\nbots: { a }\n', new RegExp(`^f.yaml:2:9: the bot "a" ${MAPPING}`)],
    ['a bot that is a list', bot('- +46732001122'), new RegExp(`^f.yaml:5:5: the bot "a" ${MAPPING}`)],
    ['a bot that is a number', `${HEAD}  a: +46732001122\n`, new RegExp(`^f.yaml:4:6: the bot "a" ${MAPPING}`)],
    ['a bot called number', `${HEAD}  number:\n`, new RegExp(`^f.yaml:4:3: the bot "number" ${MAPPING}`)],
    [
      'a bot called numbers, with a key 0',
      `${HEAD}  numbers: { numbers: [], 0: 1 }\n`,
      /^f\.yaml:4:27: unknown key "0"; the bot "numbers" can have/,
    ],
    [
      'bots called 0 and token',
      `${HEAD}  0: { numbers: 1 }\n  token: 1\n`,
      /^f\.yaml:4:17: "numbers" must be a list/,
      /^f\.yaml:5:10: the bot "token"/,
    ],
    ['no space after the colon', bot('numbers:[]'), new RegExp(`^f.yaml:5:5: the bot "a" ${MAPPING}`)],
    [
      'a typo in a key',
      bot('numbes: []'),
      /^f\.yaml:4:3: the bot "a" needs "numbers", "files" or "lists" \("numbers: \[\]" blocks no number\)$/,
      /^f\.yaml:5:5: unknown key "numbes"; did you mean "numbers"\? .*, numbers$/,
    ],
    ['a base URL', bot('numbers: []', 'baseUrl: https://x.test'), /^f\.yaml:6:5: unknown key "baseUrl"/],
    ['a key with slashes and tildes', bot('numbers: []', 'a/b~c~1: 1'), /^f\.yaml:6:5: unknown key "a\/b~c~1"/],
    [
      'an invalid bot id and an error in its bot',
      `${HEAD}  a~1b: { numbers: [], x: 1 }\n`,
      /^f\.yaml:4:3: the bot id "a~1b" is not allowed/,
      /^f\.yaml:4:24: unknown key "x"; the bot "a~1b" can have/,
    ],
  ]);
});

describe('bot ids', () => {
  const long = 'x'.repeat(64);
  const RULE = 'use 1 to 64 of the characters A-Z a-z 0-9 \\. _ -, of which at least one is not a dot$';
  const refused: [string, string][] = [
    ['.', '.'],
    ['..', '..'],
    ['...', '...'],
    ['../../x', '../../x'],
    ['a/b', 'a/b'],
    ['a\\b', 'a\\b'],
    ['%2e%2e', '"%2e%2e"'],
    ['a?x', 'a?x'],
    ['a#b', 'a#b'],
    ['a b', 'a b'],
    ['', '""'],
    ['a\n', '"a\\n"'],
    ['ü', 'ü'],
    ['a~1b', 'a~1b'],
    [`${long}x`, `${long}x`],
  ];
  test.each(refused)('%j is refused', (id, written) => {
    const [fault, ...rest] = faultsOf(`${HEAD}  good: { numbers: [] }\n  ${written}: { numbers: [] }\n`);
    expect(fault).toContain(`f.yaml:5:3: the bot id "${id}" is not allowed;`);
    expect(fault).toMatch(new RegExp(RULE));
    expect(rest).toEqual([]);
  });

  const read = [
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '.a',
    'a..b',
    '-',
    '_',
    long,
    '0123',
    '1e3',
    '0x1F',
    '10',
    '2',
    'null',
    'true',
    '2026-01-01',
  ];
  test.each(read)('%s is read as written', (id) => {
    const { bots, faults } = load(`${HEAD}  ${id}: { numbers: [+46732001122] }\n`);
    expect(faults).toEqual([]);
    expect(bots.map((each) => [each.id, [...each.numbers]])).toEqual([[id, [46732001122]]]);
  });
});

describe('numbers', () => {
  const LIST = '"numbers" must be a list, with a space after each dash \\("numbers: \\[\\]" blocks no number\\)';
  const PHONE = 'expected a phone number such as "\\+447700900123"';
  const EMPTY = 'the number is empty; write a phone number such as';
  holds([
    [
      'missing',
      bot('policy: sync'),
      /^f\.yaml:4:3: the bot "a" needs "numbers", "files" or "lists" \("numbers: \[\]" blocks no number\)$/,
    ],
    ['nothing after the colon', bot('numbers:'), new RegExp(`^f.yaml:5:5: ${LIST}`)],
    ['null', bot('numbers: null'), new RegExp(`^f.yaml:5:14: ${LIST}`)],
    ['a tilde', bot('numbers: ~'), new RegExp(`^f.yaml:5:14: ${LIST}`)],
    ['empty quotes', bot('numbers: ""'), new RegExp(`^f.yaml:5:14: ${LIST}`)],
    ['one number', bot('numbers: +46732001122'), new RegExp(`^f.yaml:5:14: ${LIST}`)],
    ['a mapping', bot('numbers: { +46732001122: spam }'), new RegExp(`^f.yaml:5:14: ${LIST}`)],
    ['an empty mapping', bot('numbers: {}'), new RegExp(`^f.yaml:5:14: ${LIST}`)],
    ['lines of text', bot('numbers: |', '  +46732001122'), new RegExp(`^f.yaml:5:14: ${LIST}`)],
    ['no dashes', bot('numbers:', '  +46732001122', '  +46732002244'), new RegExp(`^f.yaml:6:7: ${LIST}`)],
    ['no space after the dash', bot('numbers:', '  -+46732001122'), new RegExp(`^f.yaml:6:7: ${LIST}`)],
    ['a nested list', bot('numbers:', '  - [+46732001122]'), new RegExp(`^f.yaml:6:9: ${PHONE}`)],
    ['an empty item', bot('numbers:', '  -', '  - +46732001122'), new RegExp(`^f.yaml:6:8: ${EMPTY}`)],
    ['an item that is a comment', bot('numbers:', '  - # +46732001122'), new RegExp(`^f.yaml:6:9: ${EMPTY}`)],
    ['a long form without number', bot('numbers:', '  - reason: spam'), /^f\.yaml:6:9: the entry needs "number"$/],
    ['an empty long form', bot('numbers:', '  - {}'), /^f\.yaml:6:9: the entry needs "number"$/],
    [
      'a long form with an empty number',
      bot('numbers:', '  - number:', '    reason: x'),
      new RegExp(`^f.yaml:6:9: ${EMPTY}`),
    ],
    ['a long form with a list', bot('numbers:', '  - number: [+46732001122]'), new RegExp(`^f.yaml:6:17: ${PHONE}`)],
    [
      'a typo in a key',
      bot('numbers:', '  - { number: +46732001122, expire: x }'),
      /^f\.yaml:6:33: unknown key "expire"; did you mean "expires"\? The entry can have: number, waId, reason, owner, added, expires, labels, protected$/,
    ],
    [
      'a comment as a value',
      bot('numbers:', '  - +46732001122: spam'),
      /^f\.yaml:6:9: the entry needs "number"/,
      /^f\.yaml:6:9: unknown key "\+46732001122"/,
    ],
    [
      'a reason that is a list',
      bot('numbers:', '  - { number: +46732001122, reason: [x] }'),
      /^f\.yaml:6:41: "reason" must be text$/,
    ],
    [
      'a waId that is a list',
      bot('numbers:', '  - { number: +46732001122, waId: [+46732001122] }'),
      /^f\.yaml:6:39: expected a phone number such as "\+447700900123"$/,
    ],
    [
      'an empty waId',
      bot('numbers:', '  - { number: +46732001122, waId: }'),
      /^f\.yaml:6:33: the waId is empty; write a phone number such as/,
    ],
    [
      'a waId without its number',
      bot('numbers:', '  - { waId: +46732001122 }'),
      /^f\.yaml:6:9: the entry needs "number"$/,
    ],
    [
      'a waId in a rule',
      bot('numbers: []', 'ignore: [{ number: +46732001122, waId: +46732002244 }]'),
      /^f\.yaml:6:38: unknown key "waId"/,
    ],
    [
      'reasons that look like something else',
      bot('numbers:', '  - { number: +46732001122, reason: 007 }', '  - { number: +46732002244, reason: }'),
    ],
  ]);
});

describe('settings', () => {
  holds([
    ['an unknown region', bot('numbers: []', 'region: eu2'), /^f\.yaml:6:13: "region" must be one of: eu1, us1$/],
    ['a region in capitals', bot('numbers: []', 'region: EU1'), /^f\.yaml:6:13: "region" must be one of/],
    ['an empty region', bot('numbers: []', 'region:'), /^f\.yaml:6:5: "region" must be one of/],
    [
      'an unknown policy',
      bot('numbers: []', 'policy: delete'),
      /^f\.yaml:6:13: "policy" must be one of: sync, add-only, remove-only$/,
    ],
    ['an empty policy', bot('numbers: []', 'policy: ""'), /^f\.yaml:6:13: "policy" must be one of/],
    ['empty defaults', 'version: 1\ndefaults:\nbots: {}\n', /^f\.yaml:2:1: "defaults" must be a mapping/],
    ['defaults that are a list', 'version: 1\ndefaults: []\nbots: {}\n', /^f\.yaml:2:11: "defaults" must be a mapping/],
    [
      'numbers in the defaults',
      'version: 1\ndefaults: { numbers: [] }\nbots: {}\n',
      /^f\.yaml:2:13: unknown key "numbers"; "defaults" can have: provider, region, apiVersion, tokenEnv, policy, guard, require, ignore$/,
    ],
    [
      'prototypes in the defaults',
      'version: 1\ndefaults: { __proto__: { region: eu1 } }\nbots: {}\n',
      /^f\.yaml:2:13: unknown key "__proto__"/,
    ],
    ['an empty guard', bot('numbers: []', 'guard:'), /^f\.yaml:6:5: "guard" must be a mapping/],
    ['a guard that is a number', bot('numbers: []', 'guard: 25'), /^f\.yaml:6:12: "guard" must be a mapping/],
    [
      'an unknown key in a guard',
      bot('numbers: []', 'guard: { max: 1 }'),
      /^f\.yaml:6:14: unknown key "max"; "guard" can have: percent, floor$/,
    ],
    [
      'the same in the defaults',
      'version: 1\ndefaults: { guard: { max: 1 } }\nbots: {}\n',
      /^f\.yaml:2:22: unknown key "max"; "guard" can have: percent, floor$/,
    ],
  ]);

  const percent = '"percent" must be';
  const floor = '"floor" must be';
  holds(
    (
      [
        ['percent', '101', `${percent} at most 100`],
        ['percent', '-1', `${percent} at least 0`],
        ['percent', '25%', `${percent} a number`],
        ['percent', 'ten', `${percent} a number`],
        ['percent', 'true', `${percent} a number`],
        ['percent', '""', `${percent} a number`],
        ['percent', '[25]', `${percent} a number`],
        ['percent', '.nan', `${percent} a number`],
        // A limit of Infinity would switch the guard off.
        ['percent', 'Infinity', `${percent} a finite number`],
        ['percent', '1e999', `${percent} a finite number`],
        ['percent', '-Infinity', `${percent} a finite number`],
        ['floor', '1e999', `${floor} a finite number`],
        ['floor', '-1', `${floor} at least 0`],
        ['floor', '1.5', `${floor} a whole number`],
        ['floor', 'false', `${floor} a whole number`],
      ] as const
    ).flatMap(([key, value, message]): Row[] => [
      [
        `${key}: ${value}`,
        bot('numbers: []', 'guard:', `  ${key}: ${value}`),
        new RegExp(`^f.yaml:7:${key.length + 9}: ${message}$`),
      ],
      [
        `${key}: ${value} in the defaults`,
        `version: 1\ndefaults: { guard: { ${key}: ${value} } }\nbots: {}\n`,
        new RegExp(`^f.yaml:2:${key.length + 24}: ${message}$`),
      ],
    ]),
  );
});

describe('a token in a file', () => {
  const secret = 'eyJhbGciOi.not-a-name';
  test.each([
    [
      'as the name of its variable',
      bot('numbers: []', `tokenEnv: ${secret}`),
      /^f\.yaml:6:15: "tokenEnv" must be the NAME of an environment variable, such as SUPPORT_BOT_TOKEN, never the token itself$/,
    ],
    [
      'in the defaults',
      `version: 1\ndefaults: { tokenEnv: ${secret} }\nbots: {}\n`,
      /^f\.yaml:2:23: "tokenEnv" must be the NAME/,
    ],
    ['as a list', bot('numbers: []', `tokenEnv: [${secret}]`), /^f\.yaml:6:15: "tokenEnv" must be text/],
    [
      'under a key of its own',
      bot('numbers: []', `token: ${secret}`),
      /^f\.yaml:6:5: unknown key "token"; remove the token, and write "tokenEnv"/,
    ],
    ['at the top', `version: 1\nauthorization: ${secret}\nbots: {}\n`, /^f\.yaml:2:1: unknown key "authorization"/],
  ])('is refused without showing its line: %s', (_, text, message) => {
    expect(faultsOf(text)).toEqual([expect.stringMatching(message)]);
    expect(JSON.stringify(load(text).faults)).not.toContain(secret);
  });

  test('does not hide the line of a bot with "token" in its name', () => {
    expect(load(`${HEAD}  token-bot:\n`).faults[0]!.source).toBe('  token-bot:');
  });

  test.each(['1X', 'a-b', 'a b', '""', '$TOKEN', 'TÖKEN'])(
    'is assumed if tokenEnv is not the name of a variable: %s',
    (name) => {
      expect(faultsOf(bot('numbers: []', `tokenEnv: ${name}`))).toEqual([
        expect.stringMatching(/"tokenEnv" must be the NAME/),
      ]);
    },
  );
});

test('a message about an unknown key lists the keys of the schema', () => {
  const schema = JSON.parse(readFileSync(new URL('../../../schemas/blacklist.schema.json', import.meta.url), 'utf8'));
  const { bot: ofBot, entry, guard } = schema.definitions;
  const named = (text: string) => /can have: (.*)$/.exec(faultsOf(text).join('\n'))?.[1]?.split(', ');
  const keys = (of: { properties: object }) => Object.keys(of.properties);
  expect(named('version: 1\nbots: {}\nx: 1\n')).toEqual(keys(schema));
  expect(named('version: 1\nbots: {}\ndefaults: { x: 1 }\n')).toEqual(keys(schema.properties.defaults));
  expect(named(bot('numbers: []', 'x: 1'))).toEqual(keys(ofBot));
  expect(named(bot('numbers: []', 'guard: { x: 1 }'))).toEqual(keys(guard));
  expect(named(bot('numbers:', '  - { number: +46732001122, x: 1 }'))).toEqual(keys(entry));
});

describe('lists, files and ignore rules', () => {
  const lists = (...lines: string[]) => `version: 1\nlists:\n  spam:\n${lines.map((line) => `    ${line}\n`).join('')}`;
  const rule = (text: string) => bot('numbers: []', 'ignore:', `  - ${text}`);
  const NAME = 'use 1 to 64 of the characters A-Z a-z 0-9 \\. _ -, of which at least one is not a dot';
  const RULE = 'expected a phone number such as "\\+447700900123", or a rule with "number", "prefix" or "file"$';
  holds([
    ['a file with a list only', lists('numbers: [+46732001122]')],
    [
      'an empty list',
      'version: 1\nlists: { spam: {} }\n',
      /^f\.yaml:2:10: the list "spam" needs "numbers" or "files"$/,
    ],
    [
      'a list without a value',
      'version: 1\nlists: { spam }\n',
      /^f\.yaml:2:10: the list "spam" must be a mapping of keys to values, each written as "key: value"$/,
    ],
    [
      'lists that are a list',
      'version: 1\nlists: [spam]\n',
      /^f\.yaml:2:8: "lists" must be a mapping of keys to values, each written as "key: value"$/,
    ],
    [
      'a name with a slash',
      'version: 1\nlists: { a/b: { numbers: [] } }\n',
      new RegExp(`^f.yaml:2:10: the list name "a/b" is not allowed; ${NAME}$`),
    ],
    [
      'a name of dots',
      'version: 1\nlists: { ..: { numbers: [] } }\n',
      /^f.yaml:2:10: the list name ".." is not allowed/,
    ],
    [
      'an unknown key of a list',
      lists('numbers: []', 'region: eu1'),
      /^f\.yaml:5:5: unknown key "region"; the list "spam" can have: owner, require, files, numbers$/,
    ],
    [
      'an entry of a list',
      lists('numbers: [{ numer: 1 }]'),
      /^f\.yaml:4:15: the entry needs "number"$/,
      /^f\.yaml:4:17: unknown key "numer"; did you mean "number"\? The entry can have: number, /,
    ],
    ['a bad number of a list', lists('numbers: [12]'), /^f\.yaml:4:15: the number has 2 digits/],
    ['no list named', bot('lists: []'), /^f\.yaml:5:12: "lists" is empty; name a list, or remove the key$/],
    ['a word for lists', bot('lists: spam'), /^f\.yaml:5:12: "lists" must be a list$/],
    ['a list for a name', bot('lists: [[spam]]'), /^f\.yaml:5:13: expected the name of a list$/],
    ['no file named', bot('files: []'), /^f\.yaml:5:12: "files" is empty; name a file, or remove the key$/],
    [
      'an empty path',
      bot('files: [""]'),
      /^f\.yaml:5:13: the path is empty; write the path of a number file, such as lists\/fraud\.txt$/,
    ],
    ['a path that is a list', bot('files: [[a]]'), /^f\.yaml:5:13: expected the path of a number file, such as/],
    ['a file without its path', bot('files: [{ column: a }]'), /^f\.yaml:5:13: the path needs "path"$/],
    [
      'an unknown key of a file',
      bot('files: [{ path: "12", colum: a }]'),
      /^f\.yaml:5:21: "12": is not read here$/,
      /^f\.yaml:5:27: unknown key "colum"; did you mean "column"\? The path can have: path, column$/,
    ],
    [
      'an empty column',
      bot('files: [{ path: "12", column: "" }]'),
      /^f\.yaml:5:21: "12": is not read here$/,
      /^f\.yaml:5:35: "column" is empty; write the name of a column$/,
    ],
    ['an empty rule', rule('{}'), /^f\.yaml:7:9: the rule needs "number", "prefix" or "file"$/],
    [
      'a rule with a number and a prefix',
      rule('{ number: +46732001122, prefix: "+46" }'),
      /^f\.yaml:7:9: the rule has more than one of "number", "prefix" and "file"; write one rule for each$/,
    ],
    ['a rule without a value', bot('numbers: []', 'ignore:', '  -'), /^f\.yaml:7:8: the number is empty/],
    ['a rule that is a list', rule('[]'), new RegExp(`^f.yaml:7:9: ${RULE}`)],
    [
      'an unknown key of a rule',
      rule('{ prefix: "+46", expires: 2026-12-31 }'),
      /^f\.yaml:7:26: unknown key "expires"; the rule can have: number, prefix, file, column, reason, until$/,
    ],
    [
      'a column without a file',
      rule('{ prefix: "+46", column: a }'),
      /^f\.yaml:7:9: "column" is allowed only with "file"; remove it$/,
    ],
    [
      'a prefix with a zero',
      rule('{ prefix: "046" }'),
      /^f\.yaml:7:19: "prefix" must be the first digits of numbers, such as "\+1202"$/,
    ],
    ['a prefix with spaces', rule('{ prefix: "+1 202" }'), /^f\.yaml:7:19: "prefix" must be/],
    ['a prefix as long as a number', rule('{ prefix: "+123456789012345" }'), /^f\.yaml:7:19: "prefix" must be/],
    ['a bad number to ignore', rule('12'), /^f\.yaml:7:9: the number has 2 digits/],
    ['a bad number to ignore, long', rule('{ number: 12 }'), /^f\.yaml:7:19: the number has 2 digits/],
    [
      'not a date',
      rule('{ prefix: "+46", until: soon }'),
      /^f\.yaml:7:33: "until" must be a date as YYYY-MM-DD, such as 2026-12-31$/,
    ],
    [
      'a date that does not exist',
      rule('{ prefix: "+46", until: 2026-02-30 }'),
      /^f\.yaml:7:33: "2026-02-30" is not a calendar date; use a date that exists$/,
    ],
    [
      'a list that is called "ignore"',
      'version: 1\nlists: { ignore: { numbers: [[], { numer: 1 }] } }\n',
      /^f\.yaml:2:30: expected a phone number such as "\+447700900123"$/,
      /^f\.yaml:2:34: the entry needs "number"$/,
      /^f\.yaml:2:36: unknown key "numer"; did you mean "number"\? The entry can have: number, waId, reason, /,
    ],
    [
      'a bot that is called "ignore"',
      `${HEAD}  ignore: { numbers: [{}], ignore: [{}] }\n`,
      /^f\.yaml:4:23: the entry needs "number"$/,
      /^f\.yaml:4:37: the rule needs "number", "prefix" or "file"$/,
    ],
    [
      'ignore in the defaults',
      'version: 1\ndefaults: { ignore: [{}] }\nbots: {}\n',
      /^f\.yaml:2:22: the rule needs "number", "prefix" or "file"$/,
    ],
  ]);
});

describe('the keys of an entry', () => {
  const entry = (text: string) => bot('numbers:', `  - { number: +46732001122, ${text} }`);
  holds([
    [
      'all keys',
      entry(
        'reason: Threats, owner: "T&S", added: 2026-01-31, expires: 2026-12-31, labels: { ticket: 4711, "a b": "" }, protected: true',
      ),
    ],
    ['added on its last day', entry('added: 2026-01-31, expires: 2026-01-31')],
    [
      'added after it expired',
      entry('added: 2026-02-01, expires: 2026-01-31'),
      /^f\.yaml:6:40: "added" is after "expires" \(2026-01-31\); correct one of the two$/,
    ],
    [
      'added is not a date',
      entry('added: 31.1.2026'),
      /^f\.yaml:6:40: "added" must be a date as YYYY-MM-DD, such as 2026-12-31$/,
    ],
    [
      'added on a date that does not exist',
      entry('added: 2026-02-30'),
      /^f\.yaml:6:40: "2026-02-30" is not a calendar date; use a date that exists$/,
    ],
    [
      'labels that are a list',
      entry('labels: [a]'),
      /^f\.yaml:6:41: "labels" must be a mapping of keys to values, each written as "key: value"$/,
    ],
    ['a label that is a list', entry('labels: { a: [b] }'), /^f\.yaml:6:46: "a" must be text$/],
    ['protected is not a boolean', entry('protected: yes'), /^f\.yaml:6:44: "protected" must be true or false$/],
  ]);
});
