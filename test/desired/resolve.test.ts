import { describe, expect, test } from 'vitest';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { loadDesired } from './load.ts';

const HEAD = 'version: 1\ndefaults: { region: eu1, tokenEnv: T }\nbots:\n';
/** A file with one bot; its first number is on line 6, column 9. */
const list = (...items: string[]) => `${HEAD}  a:\n    numbers:\n${items.map((item) => `      - ${item}\n`).join('')}`;
const load = (...texts: string[]) =>
  loadDesired(
    texts.map((text, at) => ({ name: `${at + 1}.yaml`, text })),
    '2026-06-15',
  );
const said = (faults: ReturnType<typeof load>['faults']) =>
  faults.map(({ message, place }) => `${place!.file}:${place!.line}:${place!.column}: ${message}`);
/** The numbers of each bot, by id. */
function numbersOf(...texts: string[]): Record<string, number[]> {
  const { bots, faults } = load(...texts);
  expect(said(faults)).toEqual([]);
  return Object.fromEntries(bots.map(({ id, numbers }) => [id, [...numbers]]));
}

describe('a number as YAML spells it', () => {
  test.each([
    ['unquoted, with its plus', '+46732001122'],
    ['unquoted, without', '46732001122'],
    ['in double quotes', '"+46732001122"'],
    ['in single quotes', "'+46732001122'"],
    ['with an escape', '"\\x2b46732001122"'],
    ['with separators', '+46 (73) 200-11.22'],
    ['with a comment', '+46732001122 # spam'],
    ['with much space around it', '   +46732001122   '],
    ['over two lines', '+46 732\n          001122'],
    ['folded', '>-\n        +46732001122'],
    ['literal', '|-\n        +46732001122'],
    ['long', '{ number: +46732001122 }'],
    ['long, over lines', 'number: +46732001122\n        reason: Threats, ticket 4711'],
    ['long, and JSON', '{"number": "46732001122", "reason": null, "expires": "2099-01-01"}'],
  ])('%s', (_, item) => {
    expect(numbersOf(list(item))).toEqual({ a: [46732001122] });
  });

  test.each([
    ['nothing but quotes', '""', /^1\.yaml:6:9: the number is empty; write a phone number such as "\+447700900123"$/],
    [
      'the prefix 00',
      '0046732001122',
      /^1\.yaml:6:9: the number starts with the prefix 00; write \+ and the country code/,
    ],
    ['the prefix 00, quoted', '"0046732001122"', /^1\.yaml:6:9: the number starts with the prefix 00/],
    ['a national number', '046732001122', /^1\.yaml:6:9: the number starts with 0; write it in international form/],
    ['hex', '0x2BD66DB3E2', /^1\.yaml:6:9: the number starts with 0;/],
    ['octal', '0o17', /^1\.yaml:6:9: the number starts with 0;/],
    ['a float', '4.6e10', /^1\.yaml:6:9: the number is in scientific notation/],
    ['a decimal', '447700900123.0', /^1\.yaml:6:9: the number has decimals/],
    ['a day', '2026-12-31', /^1\.yaml:6:9: the number looks like a date/],
    ['a trunk zero', '+46 (0) 73 200 1122', /^1\.yaml:6:9: the number has a 0 after the country code/],
    ['a number with underscores', '46_732_001_122', /^1\.yaml:6:9: .*"_" \(U\+005F\) at position 3/],
    ['sexagesimal', '46:73:20', /^1\.yaml:6:9: .*":" \(U\+003A\)/],
    ['true', 'true', /^1\.yaml:6:9: .*"t" \(U\+0074\) at position 1/],
    ['null', 'null', /^1\.yaml:6:9: the number is an empty value/],
    ['a tilde', '~', /^1\.yaml:6:9: .*"~" \(U\+007E\) at position 1/],
    ['infinity', '.inf', /^1\.yaml:6:9: .*"\." \(U\+002E\) at position 1/],
    ['16 digits', '+4673200112212345', /^1\.yaml:6:9: the number has 16 digits; an E\.164 number has 7 to 15$/],
    ['6 digits', '447700', /^1\.yaml:6:9: the number has 6 digits/],
    ['Arabic digits', '٤٦٧٣٢٠٠١١٢٢', /^1\.yaml:6:9: .*U\+0664 at position 1/],
    ['two numbers on a line', '+46732001122, +46732002244', /^1\.yaml:6:9: the number has another number after it/],
    ['a comment without a space', '+46732001122#spam', /^1\.yaml:6:9: .*"#" \(U\+0023\)/],
    ['a link', 'tel:+46732001122', /^1\.yaml:6:9: .*"t" \(U\+0074\) at position 1/],
    ['folded, with its line feed', '>\n        +46732001122', /^1\.yaml:6:9: .*U\+000A at position 13/],
    [
      'literal, two lines',
      '|-\n        +46732001122\n        +46732002244',
      /^1\.yaml:6:9: .* has another number after it/,
    ],
    ['long', '{ reason: spam, number: 0046732001122 }', /^1\.yaml:6:33: the number starts with the prefix 00/],
    ['long, over lines', 'reason: spam\n        number: 046732001122', /^1\.yaml:7:17: the number starts with 0/],
  ])('%s is refused', (_, item, message) => {
    expect(said(load(list(item)).faults)).toEqual([expect.stringMatching(message)]);
  });

  test('is reported once for each of two equal errors on one line', () => {
    const { faults } = load(`${HEAD}  a: { numbers: [12, 34] }\n`);
    expect(faults.map(({ place }) => place!.column)).toEqual([18, 22]);
  });

  test('is reported with its line as written', () => {
    expect(load(list('12 # short')).faults[0]!.source).toBe('      - 12 # short');
  });
});

describe('lists', () => {
  test.each([
    ['no numbers', `${HEAD}  a: { numbers: [] }\n`, { a: [] }],
    [
      'flow',
      `${HEAD}  a: { numbers: [+46732002244, "46732001122", { number: +447700900123 }] }\n`,
      { a: [46732001122, 46732002244, 447700900123] },
    ],
    [
      'flow over lines, with a comma at the end',
      `${HEAD}  a:\n    numbers: [\n      +46732001122,\n      +46732002244,\n    ]\n`,
      { a: [46732001122, 46732002244] },
    ],
    ['dashes below the key', `${HEAD}  a:\n    numbers:\n    - +46732001122\n`, { a: [46732001122] }],
    [
      'several bots',
      `${HEAD}  b: { numbers: [+46732001122] }\n  a: { numbers: [+46732002244] }\n`,
      { a: [46732002244], b: [46732001122] },
    ],
    [
      'JSON',
      '{"version":1,"defaults":{"region":"eu1","tokenEnv":"T"},"bots":{"a":{"numbers":["+46732001122"]}}}',
      { a: [46732001122] },
    ],
  ])('%s', (_, text, numbers) => {
    expect(numbersOf(text)).toEqual(numbers);
  });

  test('come from all files, with bots sorted by id', () => {
    const [one, two] = [
      `${HEAD}  b: { numbers: [] }\n  10: { numbers: [] }\n`,
      `${HEAD}  a: { numbers: [] }\n  9: { numbers: [] }\n`,
    ];
    expect(load(one, two).bots.map(({ id }) => id)).toEqual(['10', '9', 'a', 'b']);
    expect(load(two, one).bots).toEqual(load(one, two).bots);
  });
});

describe('duplicates', () => {
  test('of a number give a warning with both places, and count once', () => {
    const { bots, faults, warnings } = load(
      list('+46732001122', '"46 732 001 122"', '{ number: 46732001122 }', '46732002244'),
    );
    expect(faults).toEqual([]);
    expect(warnings).toMatchObject([
      { code: 'W-DUPLICATE', name: 'a', first: 6, place: { file: '1.yaml', line: 7, column: 9 } },
      { code: 'W-DUPLICATE', name: 'a', first: 6, place: { file: '1.yaml', line: 8, column: 19 } },
    ]);
    expect([...bots[0]!.numbers]).toEqual([46732001122, 46732002244]);
  });

  describe('many of them in a list', () => {
    /** Numbers, followed by all of them again. */
    const twice = (count: number) => {
      const numbers = Array.from({ length: count }, (_, at) => `"+${447700900000 + at}"`);
      return list(...numbers, ...numbers);
    };

    test.each([
      ['20', 20, 20, { first: 25, place: { line: 45, column: 9 } }],
      ['21', 21, 21, { more: 1, place: { line: 47, column: 9 } }],
      ['5,000', 5000, 21, { more: 4980, place: { line: 5026, column: 9 } }],
    ])('of %s numbers give 20 warnings, and one that counts the rest', (_, count, shown, last) => {
      const { bots, warnings } = load(twice(count));
      expect(warnings).toHaveLength(shown);
      expect(new Set(warnings.map(({ code }) => code))).toEqual(new Set(['W-DUPLICATE']));
      expect(warnings.at(-1)).toMatchObject({ name: 'a', ...last });
      expect(bots[0]!.numbers.size).toBe(count);
    });

    test('are counted for each list', () => {
      const all = Array.from({ length: 31 }, () => '"+447700900001"').join(', ');
      const { warnings } = load(`${HEAD}  a: { numbers: [${all}] }\n  b: { numbers: [${all}] }\n`);
      expect(warnings).toHaveLength(42);
    });
  });

  test('do not include the same number of two bots', () => {
    expect(load(`${HEAD}  a: { numbers: [+46732001122] }\n  b: { numbers: [+46732001122] }\n`).warnings).toEqual([]);
  });

  test('of a bot are an error with both places', () => {
    const { faults } = load(
      `${HEAD}  x: { numbers: [] }\n  a: { numbers: [] }\n`,
      `# two\n${HEAD}  a: { numbers: [] }\n`,
    );
    expect(said(faults)).toEqual([
      '2.yaml:5:3: the bot "a" is already defined at 1.yaml:5:3; rename or remove one of the two',
    ]);
  });

  test.each(['__proto__', 'constructor', '0123'])('of the bot %s in three files are two errors', (id) => {
    const text = `${HEAD}  ${id}: { numbers: [] }\n`;
    expect(said(load(text, text, text).faults)).toEqual([
      `2.yaml:4:3: the bot "${id}" is already defined at 1.yaml:4:3; rename or remove one of the two`,
      `3.yaml:4:3: the bot "${id}" is already defined at 1.yaml:4:3; rename or remove one of the two`,
    ]);
  });

  test('of a bot are found even if it has errors', () => {
    expect(said(load(list('12'), list('+46732001122')).faults)).toEqual([
      expect.stringMatching(/^1\.yaml:6:9: .*2 digits/),
      expect.stringMatching(/^2\.yaml:4:3: the bot "a" is already defined at 1\.yaml:4:3/),
    ]);
  });

  test('do not include ids that differ in case or zeros', () => {
    expect(
      Object.keys(
        numbersOf(`${HEAD}  a: { numbers: [] }\n  A: { numbers: [] }\n  01: { numbers: [] }\n  1: { numbers: [] }\n`),
      ),
    ).toHaveLength(4);
  });
});

describe('expires', () => {
  test('records the last day of an expired number, unless another entry is in force', () => {
    const entries = [
      '{ number: "+447700900001", expires: 2026-01-02 }',
      '{ number: "+447700900001", expires: 2026-01-03 }',
      '{ number: "+447700900001", expires: 2026-01-01 }',
      '{ number: "+447700900002", expires: 2026-01-01 }',
      '"+447700900002"',
    ];
    const [bot] = load(list(...entries)).bots;
    expect([...bot!.expired]).toEqual([[447_700_900_001, '2026-01-03']]);
    expect([...bot!.numbers]).toEqual([447_700_900_002]);
  });

  test.each([
    ['yesterday', '2026-06-14', []],
    ['today: blocked up to and including that day', '2026-06-15', [46732001122]],
    ['tomorrow', '2026-06-16', [46732001122]],
    ['last year, later in the year', '2025-12-31', []],
    ['next year, earlier in the year', '2027-01-01', [46732001122]],
    ['long ago', '0001-01-01', []],
    ['the last day that can be written', '9999-12-31', [46732001122]],
    ['quoted', '"2026-06-14"', []],
    ['a leap day', '2028-02-29', [46732001122]],
  ])('%s', (_, day, numbers) => {
    expect(numbersOf(list(`{ number: +46732001122, expires: ${day} }`))).toEqual({ a: numbers });
  });

  test.each([
    ['2026-02-30', /^1\.yaml:6:42: "2026-02-30" is not a calendar date; use a date that exists$/],
    ['2027-02-29', /^1\.yaml:6:42: "2027-02-29" is not a calendar date; use a date that exists$/],
    ['2026-04-31', /is not a calendar date; use a date that exists/],
    ['2026-13-01', /is not a calendar date; use a date that exists/],
    ['2026-00-10', /is not a calendar date; use a date that exists/],
    ['2026-01-00', /is not a calendar date; use a date that exists/],
    ['2026-6-1', /^1\.yaml:6:42: "expires" must be a date as YYYY-MM-DD, such as 2026-12-31$/],
    ['26-06-15', /must be a date as YYYY-MM-DD/],
    ['15.06.2026', /must be a date as YYYY-MM-DD/],
    ['2026-06-15T12:00:00Z', /must be a date as YYYY-MM-DD/],
    ['never', /must be a date as YYYY-MM-DD/],
    ['""', /^1\.yaml:6:42: "expires" must be a date as YYYY-MM-DD, such as 2026-12-31$/],
    ['', /^1\.yaml:6:33: "expires" must be a date as YYYY-MM-DD, such as 2026-12-31$/],
    ['٢٠٢٦-٠٦-١٥', /must be a date as YYYY-MM-DD/],
    ['[2026-06-15]', /^1\.yaml:6:42: "expires" must be text$/],
    ['{ on: 2026-06-15 }', /^1\.yaml:6:42: "expires" must be text$/],
  ])('%s is refused', (day, message) => {
    expect(said(load(list(`{ number: +46732001122, expires: ${day} }`)).faults)).toEqual([
      expect.stringMatching(message),
    ]);
  });

  test('uses the longer of two entries for a number', () => {
    const [over, lasting] = [
      '{ number: +46732001122, expires: 2026-01-01 }',
      '{ number: +46732001122, expires: 2027-01-01 }',
    ];
    for (const items of [
      [over, lasting],
      [lasting, over],
      [over, '+46732001122'],
    ]) {
      expect([...load(list(...items)).bots[0]!.numbers]).toEqual([46732001122]);
    }
    expect([...load(list(over, over)).bots[0]!.numbers]).toEqual([]);
  });

  test('does not exempt the number of an expired entry from checks', () => {
    expect(said(load(list('{ number: 12, expires: 2020-01-01 }')).faults)).toEqual([expect.stringMatching(/2 digits/)]);
  });
});

describe('settings', () => {
  const settled = (text: string) => load(text).bots.map(({ numbers: _, ...facts }) => facts)[0];

  test('come from the defaults, then from the program, if a bot does not set them', () => {
    expect(settled(`${HEAD}  a: { numbers: [] }\n`)).toEqual({
      id: 'a',
      provider: 'sinch',
      settings: { region: 'eu1' },
      tokenEnv: 'T',
      policy: 'sync',
      guard: { percent: 25, floor: 10 },
      expired: new Map(),
      ignored: { numbers: NumberSet.empty, prefixes: [] },
      protected: NumberSet.empty,
    });
  });

  test('of a bot override the defaults', () => {
    const defaults =
      'version: 1\ndefaults: { region: eu1, tokenEnv: T, policy: add-only, guard: { percent: 50, floor: 5 } }\nbots:\n';
    expect(
      settled(
        `${defaults}  a: { region: us1, tokenEnv: U, policy: sync, guard: { percent: 1, floor: 2 }, numbers: [] }\n`,
      ),
    ).toEqual({
      id: 'a',
      provider: 'sinch',
      settings: { region: 'us1' },
      tokenEnv: 'U',
      policy: 'sync',
      guard: { percent: 1, floor: 2 },
      expired: new Map(),
      ignored: { numbers: NumberSet.empty, prefixes: [] },
      protected: NumberSet.empty,
    });
    expect(settled(`${defaults}  a: { numbers: [] }\n`)).toMatchObject({
      policy: 'add-only',
      guard: { percent: 50, floor: 5 },
    });
  });

  test.each([
    ['{}', '{}', { percent: 25, floor: 10 }],
    ['{ percent: 50 }', '{}', { percent: 50, floor: 10 }],
    ['{ percent: 50 }', '{ floor: 3 }', { percent: 50, floor: 3 }],
    ['{ percent: 50, floor: 5 }', '{ floor: 0 }', { percent: 50, floor: 0 }],
    ['{ percent: 50, floor: 5 }', '{ percent: 0 }', { percent: 0, floor: 5 }],
    ['{ percent: "12.5" }', '{ floor: "7" }', { percent: 12.5, floor: 7 }],
  ])('a guard is merged key by key: defaults %s, bot %s', (defaults, own, guard) => {
    const text = `version: 1\ndefaults: { region: eu1, tokenEnv: T, guard: ${defaults} }\nbots: { a: { guard: ${own}, numbers: [] } }\n`;
    expect(settled(text)!.guard).toEqual(guard);
  });

  test('come from the defaults of the same file only', () => {
    const { bots, faults } = load(
      'version: 1\ndefaults: { region: us1, tokenEnv: U, guard: { floor: 1 } }\nbots: { b: { numbers: [] } }\n',
      'version: 1\nbots: { a: { region: eu1, tokenEnv: T, numbers: [] } }\n',
    );
    expect(faults).toEqual([]);
    expect(bots).toMatchObject([
      { id: 'a', settings: { region: 'eu1' }, tokenEnv: 'T', guard: { percent: 25, floor: 10 } },
      { id: 'b', settings: { region: 'us1' }, tokenEnv: 'U', guard: { percent: 25, floor: 1 } },
    ]);
  });

  test('are reported as missing, at the bot, if neither sets them', () => {
    expect(said(load('version: 1\nbots:\n  a:\n    numbers: []\n').faults)).toEqual([
      '1.yaml:3:3: the bot "a" has no "provider", so it uses sinch, which is retired and needs "region"; set "provider", such as whatsapp-cloud',
      '1.yaml:3:3: the bot "a" has no "tokenEnv"; set it for the bot or in "defaults"',
    ]);
  });
});

describe('the errors of all files', () => {
  test('are in the order of the files and their lines', () => {
    const { faults } = load(
      'version: 2\nbots:\n  a:\n    numbers: [12]\n    region: eu2\n  1: { numbers: x, tokenEnv: T }\n',
      'version: 1\nbots:\n\ta: {}\n',
      `${HEAD}  b:\n    numbers:\n      - { number: 12, expires: 2026-02-30, reason: [], x: 1 }\n    x: 1\n`,
      '',
      'version: 1\nbots:\n  c: { numbers: [true] }\n  c: { numbers: [false], guard: { floor: 1e999, percent: x } }\n',
    );
    expect(said(faults)).toEqual([
      expect.stringMatching(/^1\.yaml:1:10: "version" must be 1/),
      expect.stringMatching(/^1\.yaml:3:3: the bot "a" has no "tokenEnv"/),
      expect.stringMatching(/^1\.yaml:4:15: .*2 digits/),
      expect.stringMatching(/^1\.yaml:5:13: "region" must be one of/),
      expect.stringMatching(/^1\.yaml:6:3: the bot "1" has no "provider"/),
      expect.stringMatching(/^1\.yaml:6:17: "numbers" must be a list/),
      expect.stringMatching(/^2\.yaml:3:1: this line is indented with a tab/),
      expect.stringMatching(/^3\.yaml:6:19: .*2 digits/),
      expect.stringMatching(/^3\.yaml:6:32: "2026-02-30" is not a calendar date/),
      expect.stringMatching(/^3\.yaml:6:52: "reason" must be text/),
      expect.stringMatching(/^3\.yaml:6:56: unknown key "x"; the entry/),
      expect.stringMatching(/^3\.yaml:7:5: unknown key "x"; the bot "b"/),
      expect.stringMatching(/^4\.yaml:1:1: the file is empty/),
      expect.stringMatching(/^5\.yaml:4:3: the key "c" appears twice/),
      expect.stringMatching(/^5\.yaml:4:3: the bot "c" has no "provider"/),
      expect.stringMatching(/^5\.yaml:4:3: the bot "c" has no "tokenEnv"/),
      expect.stringMatching(/^5\.yaml:4:18: .*"f" \(U\+0066\)/),
      expect.stringMatching(/^5\.yaml:4:42: "floor" must be a finite number/),
      expect.stringMatching(/^5\.yaml:4:58: "percent" must be a number/),
    ]);
  });

  // 130,000 are more than the arguments that one call takes.
  test.each([
    ['of the schema', list('[]').concat('      - []\n'.repeat(129_999))],
    ['of the syntax', list('!x y').concat('      - !x y\n'.repeat(129_999))],
    ['of repeated keys', `version: 1\nbots: {}\n${'bots: {}\n'.repeat(130_000)}`],
  ])('can be 130,000 %s', (_, text) => {
    expect(load(text).faults).toHaveLength(130_000);
  });

  test('do not hide the bots and warnings of another file', () => {
    const { bots, faults, warnings } = load(list('12'), `${HEAD}  b: { numbers: [+46732001122, +46732001122] }\n`);
    expect(said(faults)).toHaveLength(1);
    expect(warnings).toMatchObject([{ place: { file: '2.yaml', line: 4, column: 32 } }]);
    expect(bots.find(({ id }) => id === 'b')!.numbers.size).toBe(1);
  });
});

test('no files give an empty desired state', () => {
  expect(load()).toMatchObject({ bots: [], faults: [], warnings: [] });
});
