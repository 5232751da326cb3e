import { describe, expect, test } from 'vitest';
import { formatLines } from '../../../src/desired/edit/format.ts';
import { type Addition, insertNumbers } from '../../../src/desired/edit/insert.ts';
import { joinLines, scalar } from '../../../src/desired/edit/text.ts';
import { NumberSet } from '../../../src/numbers/number-set.ts';
import * as fc from '../../fast-check.ts';
import { loadDesired } from '../load.ts';
import { bots, commentsOf, meaningOf, numbers, pick, writeMessy } from '../messy.ts';

const load = (text: string) => loadDesired([{ name: 'f', text }], '0000-01-01');
const format = (text: string) => joinLines({ name: 'f', text }, formatLines({ name: 'f', text }));
const insert = (text: string, additions: readonly Addition[]) => insertNumbers({ name: 'f', text }, additions);

interface Meaning {
  bots?: Record<string, { numbers?: unknown[] }>;
}

/** Returns the expected values of a file after numbers are added to it. */
function meaningWith(text: string, additions: readonly Addition[]): Meaning {
  const whole = meaningOf(text) as Meaning;
  const { bots = {} } = whole;
  for (const { id, numbers, settings } of additions) {
    if (!Object.hasOwn(bots, id)) bots[id] = { ...settings, numbers: [...numbers] };
    else if (numbers.size > 0) bots[id]!.numbers = [...(bots[id]!.numbers ?? []), ...numbers];
  }
  return { ...whole, bots };
}

/** Reports whether the new text contains all characters of the old one in their order. */
function holdsAll(whole: string, old: string): boolean {
  let at = -1;
  return [...old].every((character) => {
    at = whole.indexOf(character, at + 1);
    return at >= 0;
  });
}

/** A file, and additions to it: numbers that a list does not contain, and new bots. */
const messyText = fc.tuple(bots, pick).map(([list, choice]) => writeMessy(list, choice));
/** Numbers that no generated file ignores. */
const importable = numbers.map((all) => all.filter((number) => !/^120[23]|^44770091000/.test(String(number))));
const story = fc
  .tuple(messyText, fc.array(importable, { minLength: 8, maxLength: 8 }), fc.boolean())
  .map(([messy, live, formatted]) => {
    if (load(messy).faults.length > 0) return null;
    const text = formatted ? format(messy) : messy;
    const known = load(text).bots.map(({ id, numbers: there }, at): Addition => {
      return { id, numbers: NumberSet.of(live[at]!).minus(there), settings: {} };
    });
    const fresh = ['new-bot', 'false'].map((id, at): Addition => {
      return { id, numbers: NumberSet.of(live[5 + at]!), settings: at === 0 ? { region: 'us1' } : {} };
    });
    return { text, formatted, additions: [...known.filter((_, at) => live[7]!.length % (at + 2) < 2), ...fresh] };
  })
  .filter((each) => each !== null);

describe('laws of adding', () => {
  test('the file contains exactly the old and the added numbers', () => {
    fc.assert(
      fc.property(story, ({ text, additions }) => {
        const added = insert(text, additions);
        expect(load(added).faults, added).toEqual([]);
        expect(meaningOf(added), added).toEqual(meaningWith(text, additions));
      }),
      { numRuns: 250 },
    );
  });

  test('all old content stays in its order', () => {
    fc.assert(
      fc.property(story, ({ text, additions }) => {
        const added = insert(text, additions);
        expect(commentsOf(added)).toEqual(commentsOf(text));
        expect(holdsAll(added, text.replace(/ *(\[ *\]|\{\})/g, '')), added).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('a formatted file stays formatted', () => {
    fc.assert(
      fc.property(story, ({ text, formatted, additions }) => {
        const added = insert(text, additions);
        if (formatted) expect(format(added)).toBe(added);
      }),
      { numRuns: 300 },
    );
  });
});

const HEAD = 'version: 1\nbots:\n  a:\n    region: eu1\n    tokenEnv: T\n';
const TWO = [447700900123, 447700900124];

describe('insertNumbers adds two numbers to', () => {
  test.each<[string, string, string]>([
    ['an empty list', '    numbers: []\n', '    numbers:\n      - "+447700900123"\n      - "+447700900124"\n'],
    [
      'an empty list with a comment after it',
      '    numbers: [ ] # none\n    policy: sync\n',
      '    numbers: # none\n      - "+447700900123"\n      - "+447700900124"\n    policy: sync\n',
    ],
    [
      'an empty list with a comment in it',
      '    numbers: [ # none\n    ]\n',
      '    numbers: [ # none\n      "+447700900123", "+447700900124"\n    ]\n',
    ],
    [
      'a bot with shared lists only',
      '    lists: [fraud] # c\n',
      '    lists: [fraud] # c\n    numbers:\n      - "+447700900123"\n      - "+447700900124"\n',
    ],
    [
      'a bot with files only, and a comment below',
      '    files:\n      - a.txt\n      - path: b.csv # c\n      # d\n\n# e\n',
      '    files:\n      - a.txt\n      - path: b.csv # c\n    numbers:\n      - "+447700900123"\n      - "+447700900124"\n      # d\n\n# e\n',
    ],
    [
      'a bot that ends in a text over several lines, without an end of line',
      '    ignore:\n      - prefix: "+1202"\n        reason: |\n          x\n    lists:\n    - fraud',
      '    ignore:\n      - prefix: "+1202"\n        reason: |\n          x\n    lists:\n    - fraud\n    numbers:\n      - "+447700900123"\n      - "+447700900124"',
    ],
    [
      'an empty list in a file whose first list is as deep as its key',
      '    lists:\n    - fraud\n    numbers: []\n',
      '    lists:\n    - fraud\n    numbers:\n    - "+447700900123"\n    - "+447700900124"\n',
    ],
    ['an empty list below its key', '    numbers:\n      []', '    numbers:\n      ["+447700900123", "+447700900124"]'],
    [
      'a block list',
      '    numbers:\n      - "+447700900100" # x\n      # y\n',
      '    numbers:\n      - "+447700900100" # x\n      - "+447700900123"\n      - "+447700900124"\n      # y\n',
    ],
    [
      'a list as deep as its key, without an end of line',
      '    numbers:\n    - "+447700900100"',
      '    numbers:\n    - "+447700900100"\n    - "+447700900123"\n    - "+447700900124"',
    ],
    [
      'a list that ends in a text over several lines',
      '    numbers:\n      - number: "+447700900100"\n        reason: |\n          x\n\n    policy: sync\n',
      '    numbers:\n      - number: "+447700900100"\n        reason: |\n          x\n      - "+447700900123"\n      - "+447700900124"\n\n    policy: sync\n',
    ],
    [
      'a list in brackets',
      '    numbers: ["+447700900100"] # x\n',
      '    numbers: ["+447700900100", "+447700900123", "+447700900124"] # x\n',
    ],
    [
      'brackets over several lines',
      '    numbers: [\n      "+447700900100" # x\n    ]\n',
      '    numbers: [\n      "+447700900100", # x\n      "+447700900123",\n      "+447700900124"\n    ]\n',
    ],
    [
      'brackets with a comma at the end',
      '    numbers: [\n      "+447700900100",\n    ]\n',
      '    numbers: [\n      "+447700900100",\n      "+447700900123",\n      "+447700900124",\n    ]\n',
    ],
  ])('%s', (_, before, after) => {
    const additions = [{ id: 'a', numbers: NumberSet.of(TWO), settings: {} }];
    expect(insert(HEAD + before, additions)).toBe(HEAD + after);
    const crlf = (text: string) => (HEAD + text).replaceAll('\n', '\r\n');
    expect(insert(crlf(before), additions)).toBe(crlf(after));
  });

  test('a long list, whose lines are folded', () => {
    const items = Array.from({ length: 50 }, (_, at) => `      - "+4477009002${10 + at}" # x\n`).join('');
    const text = `${HEAD}    numbers:\n${items}    policy: sync\n`;
    expect(insert(text, [{ id: 'a', numbers: NumberSet.of(TWO), settings: {} }])).toBe(
      `${HEAD}    numbers:\n${items}      - "+447700900123"\n      - "+447700900124"\n    policy: sync\n`,
    );
  });

  test('a new bot in a file without bots', () => {
    const additions = [
      { id: 'a', numbers: NumberSet.of(TWO), settings: { region: 'us1' } },
      { id: '1e5', numbers: NumberSet.empty, settings: {} },
    ];
    expect(insert('version: 1\nbots: {} # none\n', additions)).toBe(
      'version: 1\nbots: # none\n  a:\n    region: us1\n    numbers:\n      - "+447700900123"\n      - "+447700900124"\n  "1e5":\n    numbers: []\n',
    );
  });

  test('a new bot in a file with shared lists only', () => {
    const text = 'version: 1\nlists:\n  fraud:\n    numbers: []\n';
    const additions = [{ id: 'a', numbers: NumberSet.of(TWO), settings: {} }];
    expect(insert(text, additions)).toBe(
      `${text}bots:\n  a:\n    numbers:\n      - "+447700900123"\n      - "+447700900124"\n`,
    );
    expect(insert('{ "version": 1 }\n', additions)).toBe(
      '{ "version": 1, "bots": { "a": { "numbers": ["+447700900123", "+447700900124"] } } }\n',
    );
  });

  test('a new bot in JSON', () => {
    const [start, end] = ['{"version":1,"bots":{"a":{"region":"eu1","tokenEnv":"T","numbers":[]}', '}}'];
    const additions = [{ id: 'b', numbers: NumberSet.of(TWO), settings: { region: 'us1', tokenEnv: 'T' } }];
    const added = insert(start + end, additions);
    expect(added).toBe(
      `${start}, "b": { "region": "us1", "tokenEnv": "T", "numbers": ["+447700900123", "+447700900124"] }${end}`,
    );
    expect(JSON.parse(added).bots.b.region).toBe('us1');
  });
});

test('insertNumbers adds a list to a bot in braces', () => {
  const additions = [{ id: 'a', numbers: NumberSet.of(TWO), settings: {} }];
  const numbers = '"numbers": ["+447700900123", "+447700900124"]';
  const inBraces = (bot: string) => insert(`version: 1\nbots: { a: ${bot} }\n`, additions);
  expect(inBraces('{ lists: [x] }')).toBe(`version: 1\nbots: { a: { lists: [x], ${numbers} } }\n`);
  expect(inBraces('{\n  files: [y], # c\n  }')).toBe(
    `version: 1\nbots: { a: {\n  files: [y], # c\n  ${numbers},\n  } }\n`,
  );
});

test.each(['123', '1e5', '0x1F', 'true', 'Null', 'NO', 'y', '.inf', '-', '1.2.3', '_.', 'a"b', 'a\\b'])(
  '%s in or out of quotes is text',
  (id) => {
    expect(scalar(id)).toBe(id === '_.' ? id : JSON.stringify(id));
  },
);
