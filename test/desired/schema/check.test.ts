import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadDesired } from '../load.ts';

const HEAD = 'version: 1\ndefaults: { region: eu1, tokenEnv: T }\nbots:\n';
/** A file with one bot; what it says starts in line 5, column 5. */
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
  const FOREIGN = /^f\.yaml:1:1: this does not look like desired state, as it has neither "bots" nor "lists"; /;
  const MAPPING = /^f\.yaml:1:1: the file must be a mapping of keys to values/;
  holds([
    ['a workflow', 'name: plan\non: push\njobs:\n  plan: { runs-on: x, steps: [] }\n', FOREIGN],
    ['a compose file', 'services:\n  web: { image: x }\nvolumes: {}\n', FOREIGN],
    ['a compose file of old', 'version: "3.8"\nservices: {}\n', FOREIGN],
    ['manifests', 'apiVersion: v1\nkind: Secret\n---\napiVersion: v1\nkind: Pod\n', FOREIGN],
    ['a misspelt "bots" is no other file', 'bot:\n  a: {}\n', /needs "bots"/, /needs "version"/, /did you mean "bots"/],
    ['nor is one of our version', 'version: 1\nservices: {}\n', /needs "bots"/, /unknown key "services"/],
    ['nor one of a later version', 'version: 2\n', /needs "bots"/, /"version" must be 1/],
    ['nor one with a bot', 'bots: {}\nservices: {}\n', /needs "version"/, /unknown key "services"/],
    ['a list', '- a\n', MAPPING],
    ['a word', 'hello\n', MAPPING],
    ['a number', '+46732001122\n', MAPPING],
    [
      'nothing that it needs',
      'defaults: {}\n',
      /^f\.yaml:1:1: the file needs "bots" or "lists"$/,
      /^f\.yaml:1:1: the file needs "version"$/,
    ],
    [
      'an unknown key',
      'version: 1\nbot: {}\nbots: {}\n',
      /^f\.yaml:2:1: unknown key "bot"; did you mean "bots"\? the file may have: version, defaults, lists, bots$/,
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
  const MAPPING = 'must be a mapping of keys to values';
  holds([
    ['empty', 'version: 1\nbots:\n', new RegExp(`^f.yaml:2:1: "bots" ${MAPPING}`)],
    ['a list', `${HEAD}  - a\n`, new RegExp(`^f.yaml:4:3: "bots" ${MAPPING}`)],
    ['a word', 'version: 1\nbots: a\n', new RegExp(`^f.yaml:2:7: "bots" ${MAPPING}`)],
    ['a bot that says nothing', `${HEAD}  a:\n`, new RegExp(`^f.yaml:4:3: the bot "a" ${MAPPING}`)],
    ['a bot without a value', 'version: 1\nbots: { a }\n', new RegExp(`^f.yaml:2:9: the bot "a" ${MAPPING}`)],
    ['a bot that is a list', bot('- +46732001122'), new RegExp(`^f.yaml:5:5: the bot "a" ${MAPPING}`)],
    ['a bot that is a number', `${HEAD}  a: +46732001122\n`, new RegExp(`^f.yaml:4:6: the bot "a" ${MAPPING}`)],
    ['a bot called number', `${HEAD}  number:\n`, new RegExp(`^f.yaml:4:3: the bot "number" ${MAPPING}`)],
    [
      'a bot called numbers, with a key 0',
      `${HEAD}  numbers: { numbers: [], 0: 1 }\n`,
      /^f\.yaml:4:27: unknown key "0"; the bot "numbers" may have/,
    ],
    [
      'bots called 0 and token',
      `${HEAD}  0: { numbers: 1 }\n  token: 1\n`,
      /^f\.yaml:4:17: "numbers" must be a list/,
      /^f\.yaml:5:10: the bot "token"/,
    ],
    ['no space behind the colon', bot('numbers:[]'), new RegExp(`^f.yaml:5:5: the bot "a" ${MAPPING}`)],
    [
      'a misspelt key',
      bot('numbes: []'),
      /^f\.yaml:4:3: the bot "a" needs "numbers", "files" or "lists" \("numbers: \[\]" means: block nobody\)$/,
      /^f\.yaml:5:5: unknown key "numbes"; did you mean "numbers"\? .*, numbers$/,
    ],
    ['a base URL', bot('numbers: []', 'baseUrl: https://x.test'), /^f\.yaml:6:5: unknown key "baseUrl"/],
    ['a key with slashes and tildes', bot('numbers: []', 'a/b~c~1: 1'), /^f\.yaml:6:5: unknown key "a\/b~c~1"/],
    [
      'a fault in a bot whose id is one',
      `${HEAD}  a~1b: { numbers: [], x: 1 }\n`,
      /^f\.yaml:4:3: the bot id "a~1b" is not allowed/,
      /^f\.yaml:4:24: unknown key "x"; the bot "a~1b" may have/,
    ],
  ]);
});

describe('bot ids', () => {
  const long = 'x'.repeat(64);
  const RULE = 'a bot id has 1 to 64 of A-Z a-z 0-9 \\. _ - and is not dots alone$';
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
  test.each(read)('%s is read, as it is written', (id) => {
    const { bots, faults } = load(`${HEAD}  ${id}: { numbers: [+46732001122] }\n`);
    expect(faults).toEqual([]);
    expect(bots.map((each) => [each.id, [...each.numbers]])).toEqual([[id, [46732001122]]]);
  });
});

describe('numbers', () => {
  const LIST = '"numbers" must be a list, with a blank behind each dash \\("numbers: \\[\\]" means: block nobody\\)';
  const PHONE = 'a phone number such as "\\+447700900123" is expected here';
  const EMPTY = 'the number is empty; a phone number such as';
  holds([
    [
      'missing',
      bot('policy: sync'),
      /^f\.yaml:4:3: the bot "a" needs "numbers", "files" or "lists" \("numbers: \[\]" means: block nobody\)$/,
    ],
    ['nothing behind the colon', bot('numbers:'), new RegExp(`^f.yaml:5:5: ${LIST}`)],
    ['null', bot('numbers: null'), new RegExp(`^f.yaml:5:14: ${LIST}`)],
    ['a tilde', bot('numbers: ~'), new RegExp(`^f.yaml:5:14: ${LIST}`)],
    ['empty quotes', bot('numbers: ""'), new RegExp(`^f.yaml:5:14: ${LIST}`)],
    ['one number', bot('numbers: +46732001122'), new RegExp(`^f.yaml:5:14: ${LIST}`)],
    ['a mapping', bot('numbers: { +46732001122: spam }'), new RegExp(`^f.yaml:5:14: ${LIST}`)],
    ['an empty mapping', bot('numbers: {}'), new RegExp(`^f.yaml:5:14: ${LIST}`)],
    ['lines of text', bot('numbers: |', '  +46732001122'), new RegExp(`^f.yaml:5:14: ${LIST}`)],
    ['no dashes', bot('numbers:', '  +46732001122', '  +46732002244'), new RegExp(`^f.yaml:6:7: ${LIST}`)],
    ['no space behind the dash', bot('numbers:', '  -+46732001122'), new RegExp(`^f.yaml:6:7: ${LIST}`)],
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
      'a misspelt key',
      bot('numbers:', '  - { number: +46732001122, expire: x }'),
      /^f\.yaml:6:33: unknown key "expire"; did you mean "expires"\? the entry may have: number, waId, reason, owner, added, expires, labels, protected$/,
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
      /^f\.yaml:6:39: a phone number such as "\+447700900123" is expected here$/,
    ],
    [
      'a waId of nothing',
      bot('numbers:', '  - { number: +46732001122, waId: }'),
      /^f\.yaml:6:33: the waId is empty; a phone number such as/,
    ],
    [
      'a waId without its number',
      bot('numbers:', '  - { waId: +46732001122 }'),
      /^f\.yaml:6:9: the entry needs "number"$/,
    ],
    [
      'a waId of a rule',
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
    ['a region that is none', bot('numbers: []', 'region: eu2'), /^f\.yaml:6:13: "region" must be one of: eu1, us1$/],
    ['a region in capitals', bot('numbers: []', 'region: EU1'), /^f\.yaml:6:13: "region" must be one of/],
    ['an empty region', bot('numbers: []', 'region:'), /^f\.yaml:6:5: "region" must be one of/],
    [
      'a policy that is none',
      bot('numbers: []', 'policy: delete'),
      /^f\.yaml:6:13: "policy" must be one of: sync, add-only, remove-only$/,
    ],
    ['an empty policy', bot('numbers: []', 'policy: ""'), /^f\.yaml:6:13: "policy" must be one of/],
    ['defaults that say nothing', 'version: 1\ndefaults:\nbots: {}\n', /^f\.yaml:2:1: "defaults" must be a mapping/],
    ['defaults that are a list', 'version: 1\ndefaults: []\nbots: {}\n', /^f\.yaml:2:11: "defaults" must be a mapping/],
    [
      'numbers in the defaults',
      'version: 1\ndefaults: { numbers: [] }\nbots: {}\n',
      /^f\.yaml:2:13: unknown key "numbers"; "defaults" may have: provider, region, apiVersion, tokenEnv, policy, guard, ignore$/,
    ],
    [
      'prototypes in the defaults',
      'version: 1\ndefaults: { __proto__: { region: eu1 } }\nbots: {}\n',
      /^f\.yaml:2:13: unknown key "__proto__"/,
    ],
    ['a guard that says nothing', bot('numbers: []', 'guard:'), /^f\.yaml:6:5: "guard" must be a mapping/],
    ['a guard that is a number', bot('numbers: []', 'guard: 25'), /^f\.yaml:6:12: "guard" must be a mapping/],
    [
      'an unknown key in a guard',
      bot('numbers: []', 'guard: { max: 1 }'),
      /^f\.yaml:6:14: unknown key "max"; "guard" may have: percent, floor$/,
    ],
    [
      'the same in the defaults',
      'version: 1\ndefaults: { guard: { max: 1 } }\nbots: {}\n',
      /^f\.yaml:2:22: unknown key "max"; "guard" may have: percent, floor$/,
    ],
  ]);

  const percent = '"percent" must be';
  const floor = '"floor" must be';
  holds(
    (
      [
        ['percent', '101', `${percent} 100 or less`],
        ['percent', '-1', `${percent} 0 or more`],
        ['percent', '25%', `${percent} a number`],
        ['percent', 'ten', `${percent} a number`],
        ['percent', 'true', `${percent} a number`],
        ['percent', '""', `${percent} a number`],
        ['percent', '[25]', `${percent} a number`],
        ['percent', '.nan', `${percent} a number`],
        // A guard without end guards nothing.
        ['percent', 'Infinity', `${percent} a finite number`],
        ['percent', '1e999', `${percent} a finite number`],
        ['percent', '-Infinity', `${percent} a finite number`],
        ['floor', '1e999', `${floor} a finite number`],
        ['floor', '-1', `${floor} 0 or more`],
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

describe('a token that stands in a file', () => {
  const secret = 'eyJhbGciOi.not-a-name';
  test.each([
    [
      'as the name of its variable',
      bot('numbers: []', `tokenEnv: ${secret}`),
      /^f\.yaml:6:15: "tokenEnv" takes the NAME of an environment variable, never a token$/,
    ],
    [
      'in the defaults',
      `version: 1\ndefaults: { tokenEnv: ${secret} }\nbots: {}\n`,
      /^f\.yaml:2:23: "tokenEnv" takes the NAME/,
    ],
    ['as a list', bot('numbers: []', `tokenEnv: [${secret}]`), /^f\.yaml:6:15: "tokenEnv" must be text/],
    ['under a key of its own', bot('numbers: []', `token: ${secret}`), /^f\.yaml:6:5: unknown key "token"/],
    ['at the top', `version: 1\nauthorization: ${secret}\nbots: {}\n`, /^f\.yaml:2:1: unknown key "authorization"/],
  ])('%s: is refused, and its line is not shown', (_, text, message) => {
    expect(faultsOf(text)).toEqual([expect.stringMatching(message)]);
    expect(JSON.stringify(load(text).faults)).not.toContain(secret);
  });

  test('a bot whose name tells of tokens has its line shown', () => {
    expect(load(`${HEAD}  token-bot:\n`).faults[0]!.source).toBe('  token-bot:');
  });

  test.each(['1X', 'a-b', 'a b', '""', '$TOKEN', 'TÖKEN'])('%s is no name of a variable', (name) => {
    expect(faultsOf(bot('numbers: []', `tokenEnv: ${name}`))).toEqual([
      expect.stringMatching(/"tokenEnv" takes the NAME/),
    ]);
  });
});

test('the keys that a message names are those of the schema', () => {
  const schema = JSON.parse(readFileSync(new URL('../../../schemas/blacklist.schema.json', import.meta.url), 'utf8'));
  const { bot: ofBot, entry, guard } = schema.definitions;
  const named = (text: string) => /may have: (.*)$/.exec(faultsOf(text).join('\n'))?.[1]?.split(', ');
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
  const NAME = 'the name of a list has 1 to 64 of A-Z a-z 0-9 \\. _ - and is not dots alone';
  const RULE =
    'a phone number such as "\\+447700900123", or a rule with "number", "prefix" or "file", is expected here$';
  holds([
    ['a list alone', lists('numbers: [+46732001122]')],
    [
      'a list that says nothing',
      'version: 1\nlists: { spam: {} }\n',
      /^f\.yaml:2:10: the list "spam" needs "numbers" or "files"$/,
    ],
    [
      'a list without a value',
      'version: 1\nlists: { spam }\n',
      /^f\.yaml:2:10: the list "spam" must be a mapping of keys to values$/,
    ],
    [
      'lists that are a list',
      'version: 1\nlists: [spam]\n',
      /^f\.yaml:2:8: "lists" must be a mapping of keys to values$/,
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
      /^f\.yaml:5:5: unknown key "region"; the list "spam" may have: owner, files, numbers$/,
    ],
    [
      'an entry of a list',
      lists('numbers: [{ numer: 1 }]'),
      /^f\.yaml:4:15: the entry needs "number"$/,
      /^f\.yaml:4:17: unknown key "numer"; did you mean "number"\? the entry may have: number, /,
    ],
    ['a bad number of a list', lists('numbers: [12]'), /^f\.yaml:4:15: the number has 2 digits/],
    ['no list named', bot('lists: []'), /^f\.yaml:5:12: "lists" is empty; name a list, or remove it$/],
    ['a word for lists', bot('lists: spam'), /^f\.yaml:5:12: "lists" must be a list$/],
    ['a list for a name', bot('lists: [[spam]]'), /^f\.yaml:5:13: the name of a list is expected here$/],
    ['no file named', bot('files: []'), /^f\.yaml:5:12: "files" is empty; name a file, or remove it$/],
    [
      'an empty path',
      bot('files: [""]'),
      /^f\.yaml:5:13: the path is empty; the path of a number file is expected, such as lists\/fraud\.txt$/,
    ],
    ['a path that is a list', bot('files: [[a]]'), /^f\.yaml:5:13: the path of a number file is expected, such as/],
    ['a file without its path', bot('files: [{ column: a }]'), /^f\.yaml:5:13: the path needs "path"$/],
    [
      'an unknown key of a file',
      bot('files: [{ path: "12", colum: a }]'),
      /^f\.yaml:5:21: "12": is not read here$/,
      /^f\.yaml:5:27: unknown key "colum"; did you mean "column"\? the path may have: path, column$/,
    ],
    [
      'an empty column',
      bot('files: [{ path: "12", column: "" }]'),
      /^f\.yaml:5:21: "12": is not read here$/,
      /^f\.yaml:5:35: "column" is empty; the name of a column is expected$/,
    ],
    ['a rule that says nothing', rule('{}'), /^f\.yaml:7:9: the rule needs "number", "prefix" or "file"$/],
    [
      'a rule that says two things',
      rule('{ number: +46732001122, prefix: "+46" }'),
      /^f\.yaml:7:9: the rule has more than one of "number", "prefix" or "file"; write a rule for each$/,
    ],
    ['a rule without a value', bot('numbers: []', 'ignore:', '  -'), /^f\.yaml:7:8: the number is empty/],
    ['a rule that is a list', rule('[]'), new RegExp(`^f.yaml:7:9: ${RULE}`)],
    [
      'an unknown key of a rule',
      rule('{ prefix: "+46", expires: 2026-12-31 }'),
      /^f\.yaml:7:26: unknown key "expires"; the rule may have: number, prefix, file, column, reason, until$/,
    ],
    ['a column without a file', rule('{ prefix: "+46", column: a }'), /^f\.yaml:7:9: "column" goes with "file" alone$/],
    [
      'a prefix with a zero',
      rule('{ prefix: "046" }'),
      /^f\.yaml:7:19: "prefix" takes the first digits of numbers, such as "\+1202"$/,
    ],
    ['a prefix with spaces', rule('{ prefix: "+1 202" }'), /^f\.yaml:7:19: "prefix" takes/],
    ['a prefix as long as a number', rule('{ prefix: "+123456789012345" }'), /^f\.yaml:7:19: "prefix" takes/],
    ['a bad number to ignore', rule('12'), /^f\.yaml:7:9: the number has 2 digits/],
    ['a bad number to ignore, long', rule('{ number: 12 }'), /^f\.yaml:7:19: the number has 2 digits/],
    ['no day', rule('{ prefix: "+46", until: soon }'), /^f\.yaml:7:33: "until" takes a day as YYYY-MM-DD$/],
    [
      'a day that the calendar lacks',
      rule('{ prefix: "+46", until: 2026-02-30 }'),
      /^f\.yaml:7:33: "2026-02-30" is no day of the calendar$/,
    ],
    [
      'a list that is called "ignore"',
      'version: 1\nlists: { ignore: { numbers: [[], { numer: 1 }] } }\n',
      /^f\.yaml:2:30: a phone number such as "\+447700900123" is expected here$/,
      /^f\.yaml:2:34: the entry needs "number"$/,
      /^f\.yaml:2:36: unknown key "numer"; did you mean "number"\? the entry may have: number, waId, reason, /,
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

describe('what an entry says', () => {
  const entry = (text: string) => bot('numbers:', `  - { number: +46732001122, ${text} }`);
  holds([
    [
      'everything',
      entry(
        'reason: Threats, owner: "T&S", added: 2026-01-31, expires: 2026-12-31, labels: { ticket: 4711, "a b": "" }, protected: true',
      ),
    ],
    ['added on its last day', entry('added: 2026-01-31, expires: 2026-01-31')],
    [
      'added after it expired',
      entry('added: 2026-02-01, expires: 2026-01-31'),
      /^f\.yaml:6:40: "added" is after "expires", which is 2026-01-31$/,
    ],
    ['added on no day', entry('added: 31.1.2026'), /^f\.yaml:6:40: "added" takes a day as YYYY-MM-DD$/],
    [
      'added on a day that the calendar lacks',
      entry('added: 2026-02-30'),
      /^f\.yaml:6:40: "2026-02-30" is no day of the calendar$/,
    ],
    ['labels that are a list', entry('labels: [a]'), /^f\.yaml:6:41: "labels" must be a mapping of keys to values$/],
    ['a label that is a list', entry('labels: { a: [b] }'), /^f\.yaml:6:46: "a" must be text$/],
    ['protected by a word', entry('protected: yes'), /^f\.yaml:6:44: "protected" must be true or false$/],
  ]);
});
