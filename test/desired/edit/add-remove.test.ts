import { describe, expect, test } from 'vitest';
import { addEntries } from '../../../src/desired/edit/add.ts';
import {
  type Change,
  changesOnly,
  type Entries,
  entriesOf,
  withoutNumbers,
} from '../../../src/desired/edit/contents.ts';
import type { Details, Holder, NewEntry } from '../../../src/desired/edit/entry.ts';
import { formatLines } from '../../../src/desired/edit/format.ts';
import { removeEntries } from '../../../src/desired/edit/remove.ts';
import { renewEntries } from '../../../src/desired/edit/renew.ts';
import { joinLines } from '../../../src/desired/edit/text.ts';
import { readTokens } from '../../../src/desired/yaml/cst.ts';
import { type ParsedFile, parseYaml } from '../../../src/desired/yaml/parse.ts';
import { NumberSet } from '../../../src/numbers/number-set.ts';
import { changeOf } from '../../../src/plan/diff.ts';
import * as fc from '../../fast-check.ts';
import { loadDesired } from '../load.ts';
import { messyFiles, TODAY } from '../messy.ts';

const load = (text: string) => loadDesired([{ name: 'f', text }], TODAY);
const format = (text: string) => joinLines({ name: 'f', text }, formatLines({ name: 'f', text }));
const parse = (text: string) => parseYaml({ name: 'f', text }) as ParsedFile;

/** The comments of a file, without text that looks like one. */
function commentsOf(text: string): string[] {
  const comments: string[] = [];
  readTokens(text, ({ type, source }) => {
    if (type === 'comment') comments.push(source.trimEnd());
  });
  return comments;
}

function holdersOf(text: string): Holder[] {
  const { lists, bots } = parse(text).parts;
  return [
    ...Array.from(lists.keys(), (name) => ({ kind: 'lists' as const, name })),
    ...Array.from(bots.keys(), (name) => ({ kind: 'bots' as const, name })),
  ];
}

const add = (text: string, holder: Holder, entries: readonly NewEntry[]) =>
  addEntries({ name: 'f', text }, holder, entries);

/** Removes numbers as `remove` does: the first form counts that declares the same as before without them. */
function remove(text: string, holder: Holder, numbers: NumberSet): string | undefined {
  const file = { name: 'f', text };
  const change = only(holder, (entries) => withoutNumbers(entries, numbers));
  return [...removeEntries(file, [{ ...holder, numbers }])].find((form) => changesOnly(file, form, change))?.text;
}

/** A change of one holder only. */
function only(holder: Holder, change: (entries: Entries) => Entries): Change {
  return (entries, of) => (of.kind === holder.kind && of.name === holder.name ? change(entries) : entries);
}

interface Row {
  readonly number: number;
  readonly keys: Record<string, unknown>;
}

const rowsOf = ({ numbers, keys }: Entries) =>
  Array.from(numbers, (number, at): Row => ({ number, keys: { ...keys.get(at) } }));

const entriesFrom = (rows: readonly Row[]): Entries => ({
  numbers: Float64Array.from(rows, ({ number }) => number),
  keys: new Map(rows.flatMap(({ keys }, at) => (Object.keys(keys).length > 0 ? [[at, keys] as const] : []))),
});

const words = fc.oneof(
  fc.constantFrom(
    'Threats, ticket 4711',
    'yes',
    '12',
    'a: b',
    '# x',
    "it's",
    'x #y',
    '- a',
    '[',
    '"q"',
    'ü \u2028ü',
    '+447700900123',
  ),
  fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() === text && !/\p{Cc}/u.test(text)),
);
const details: fc.Arbitrary<Details> = fc.record(
  {
    reason: words,
    owner: words,
    expires: fc.constantFrom('2026-12-31', '9999-12-31'),
    labels: fc.dictionary(words, words, { maxKeys: 2 }),
  },
  { requiredKeys: [] },
);
const entries = fc.uniqueArray(
  fc.record({ number: fc.integer({ min: 447_700_800_000, max: 447_700_800_099 }), details }),
  { selector: ({ number }) => number, minLength: 1, maxLength: 3 },
);
const story = fc
  .tuple(messyFiles, fc.nat(), entries, fc.boolean())
  .map(([messy, at, added, formatted]) => {
    const text = formatted ? format(messy) : messy;
    const holders = holdersOf(text);
    return holders.length === 0 ? null : { text, formatted, holder: holders[at % holders.length]!, added };
  })
  .filter((each) => each !== null);

describe('laws of add and remove', () => {
  test('add, then remove, leaves a canonical file as it was, byte by byte', () => {
    fc.assert(
      fc.property(story, ({ text, formatted, holder, added }) => {
        if (!formatted) return;
        const longer = add(text, holder, added);
        expect(format(longer), 'canonical').toBe(longer);
        expect(remove(longer, holder, NumberSet.of(added.map(({ number }) => number)))).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  test('add declares exactly the new entries, with all of their details', () => {
    fc.assert(
      fc.property(story, ({ text, holder, added }) => {
        const longer = add(text, holder, added);
        const keysOf = ({ labels = {}, ...rest }: Details) => ({
          ...rest,
          ...(Object.keys(labels).length > 0 && { labels }),
        });
        const fresh = added.map(({ number, details }) => ({
          number,
          keys: JSON.parse(JSON.stringify(keysOf(details))),
        }));
        const change = only(holder, (entries) => entriesFrom([...rowsOf(entries), ...fresh]));
        expect(changesOnly({ name: 'f', text }, { name: 'f', text: longer }, change), longer).toBe(true);
        expect(commentsOf(longer)).toEqual(expect.arrayContaining(commentsOf(text)));
      }),
      { numRuns: 500 },
    );
  });

  test('the plan after add has exactly the new numbers, for exactly the bots that get them', () => {
    fc.assert(
      fc.property(story, ({ text, holder, added }) => {
        const before = new Map(load(text).bots.map((bot) => [bot.id, bot.numbers]));
        const usersOf = new Set(
          Array.from(parse(text).parts.bots.values())
            .filter(({ lists }) => lists.items.some((item) => item.text === holder.name))
            .map(({ name }) => name),
        );
        const fresh = added.map(({ number }) => number).sort();
        for (const bot of load(add(text, holder, added)).bots) {
          const isUser = holder.kind === 'bots' ? bot.id === holder.name : usersOf.has(bot.id);
          const { add, remove } = changeOf(bot, before.get(bot.id)!, undefined);
          expect([[...add], [...remove]], bot.id).toEqual([isUser ? fresh : [], []]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('remove takes only the entry from any file, and keeps its comments', () => {
    fc.assert(
      fc.property(messyFiles, fc.nat(), fc.boolean(), (messy, at, formatted) => {
        const text = formatted ? format(messy) : messy;
        const all = holdersOf(text).flatMap((holder) => {
          const { numbers } = load(text).bots.find(({ id }) => id === holder.name && holder.kind === 'bots') ?? {
            numbers: [],
          };
          return Array.from(numbers, (number) => ({ holder, number }));
        });
        if (all.length === 0) return;
        const { holder, number } = all[at % all.length]!;
        const left = remove(text, holder, NumberSet.of([number]));
        expect(left, text).toBeDefined();
        expect(commentsOf(left!)).toEqual(commentsOf(text));
        if (formatted) expect(format(left!)).toBe(left);
      }),
      { numRuns: 500 },
    );
  });

  test('renew changes only the details of one entry', () => {
    const renewal = fc.record(
      {
        reason: words,
        owner: words,
        expires: fc.constantFrom('9999-12-30', null),
        labels: fc.dictionary(fc.oneof(words, fc.constant('ticket')), words, { minKeys: 1, maxKeys: 2 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(messyFiles, fc.nat(), fc.nat(), renewal, (messy, at, nth, changes) => {
        const text = format(messy.replace(/!!str ?/g, '').replace(/!!map ?/g, '')); // tagged numbers are refused
        const holders = holdersOf(text);
        const holder = holders[at % holders.length];
        if (!holder) return;
        const { numbers } = entriesOf(parse(text).parts[holder.kind].get(holder.name)!);
        const number = numbers[nth % numbers.length];
        if (number === undefined) return;
        const renewed = renewEntries({ name: 'f', text }, holder, new Map([[number, changes]]));
        const { expires, labels, ...rest } = changes;
        const renew = ({ expires: old, ...keys }: Record<string, unknown>) => {
          const day = expires === undefined ? old : (expires ?? undefined);
          const tags = labels && { labels: { ...(keys.labels as object), ...labels } };
          return { ...keys, ...rest, ...(day !== undefined && { expires: day }), ...tags };
        };
        const change = only(holder, (entries) =>
          entriesFrom(rowsOf(entries).map((row) => (row.number === number ? { number, keys: renew(row.keys) } : row))),
        );
        expect(changesOnly({ name: 'f', text }, { name: 'f', text: renewed }, change), `${text}\n${renewed}`).toBe(
          true,
        );
        expect(commentsOf(renewed)).toEqual(commentsOf(text));
      }),
      { numRuns: 500 },
    );
  });
});

const HEAD = 'version: 1\ndefaults: { region: eu1, tokenEnv: T }\nlists: { fraud: { numbers: [] } }\nbots:\n';
const A = { kind: 'bots', name: 'a' } as const;

/** Bots without numbers of their own, which get the key and lose it again. */
describe('add, then remove, restores', () => {
  test.each([
    ['a bot in braces', '  a: { lists: [fraud] }\n'],
    ['a bot in braces with a last comma', '  a: { lists: [fraud], }\n'],
    ['a bot in braces without blanks', '  a: {lists: [fraud]}\n'],
    ['a bot in braces on several lines', '  a: {\n      lists: [fraud] # shared\n    }\n'],
    ['a bot in braces on several lines with a last comma', '  a: {\n      lists: [fraud], # shared\n    }\n'],
    ['a bot in braces with an empty list', '  a: { lists: [fraud], "numbers": [] }\n'],
    ['a bot in braces with a blank in its empty list', '  a: { lists: [fraud], "numbers": [ ] }\n'],
    ['a bot among others in braces', '  { a: { lists: [fraud] }, b: { lists: [fraud], numbers: ["+12015550199"] } }\n'],
    ['a bot in block style', '  a:\n    lists: [fraud]\n'],
    ['lines with mixed ends', '  a:\r\n    numbers:\n      - "+12015550199"\r\n  b:\n    numbers: []\n'],
    ['a file without a last line end', '  a:\n    numbers:\n      - "+12015550199"'],
  ])('%s', (_, bot) => {
    const text = HEAD + bot;
    for (const details of [{}, { reason: 'Spam, again' }]) {
      const longer = add(text, A, [{ number: 12_015_550_123, details }]);
      expect(load(longer).bots[0]!.numbers.has(12_015_550_123)).toBe(true);
      expect(remove(longer, A, NumberSet.of([12_015_550_123])), longer).toBe(text);
    }
  });

  test('a JSON file', () => {
    const text = `${JSON.stringify({ version: 1, lists: { fraud: { numbers: [] } }, bots: { a: { lists: ['fraud'] } } }, null, 2)}\n`;
    const longer = add(text, A, [{ number: 12_015_550_123, details: { reason: 'Spam' } }]);
    expect(JSON.parse(longer).bots.a.numbers).toEqual([{ number: '+12015550123', reason: 'Spam' }]);
    expect(remove(longer, A, NumberSet.of([12_015_550_123]))).toBe(text);
  });
});

test.each([
  ['as deep as its key', 0],
  ['deeper by four', 4],
])('add, then remove, in a file whose first list is %s', (_, depth) => {
  const dash = `${' '.repeat(4 + depth)}- `;
  const files = `bots:\n  b:\n    lists:\n${dash}fraud\n`;
  const head = HEAD.replace('bots:\n', files);
  const added = [{ number: 12_015_550_123, details: { reason: 'Spam' } }];
  const entry = `${dash}number: "+12015550123"\n${' '.repeat(dash.length)}reason: Spam\n`;
  const after = `${head}  a:\n    numbers:\n${entry}`;
  const empty = `${head}  a:\n    numbers: []\n`;
  expect(add(empty, A, added)).toBe(after);
  expect(remove(after, A, NumberSet.of([12_015_550_123]))).toBe(empty);
  const absent = `${head}  a:\n    lists:\n${dash}fraud\n`;
  const longer = add(absent, A, added);
  expect(longer).toBe(`${absent}    numbers:\n${entry}`);
  expect(remove(longer, A, NumberSet.of([12_015_550_123]))).toBe(absent);
});

describe('renewEntries', () => {
  const renew = (
    bot: string,
    renewal: Parameters<typeof renewEntries>[2] extends ReadonlyMap<number, infer R> ? R : never,
  ) => renewEntries({ name: 'f', text: HEAD + bot }, A, new Map([[12_015_550_103, renewal]])).slice(HEAD.length);

  test('gives keys to a number in a long list of numbers', () => {
    const lines = [1, 2, 3, 4, 5, 6].map((n) => `      - "+1201555010${n}" # ${n}\r\n`);
    const long = `  a:\r\n    numbers:\r\n${lines.join('')}`;
    const at = lines[2]!;
    expect(renew(long, { reason: 'Spam' })).toBe(
      long.replace(at, `${at.replace('"+1', 'number: "+1')}        reason: Spam\r\n`),
    );
  });

  test.each([
    [
      'in block style',
      'labels:\n          ticket: a # first\n',
      'labels:\n          ticket: a # first\n          team: "b"\n',
    ],
    ['in braces', 'labels: { ticket: a }\n', 'labels: { ticket: a, team: "b" }\n'],
  ])('keeps the other labels %s', (_, before, after) => {
    const bot = (labels: string) => `  a:\n    numbers:\n      - number: "+12015550103"\n        ${labels}`;
    expect(renew(bot(before), { labels: { team: 'b' } })).toBe(bot(after));
  });

  test('keeps the comment after the header of a text', () => {
    const bot = (reason: string) => `  a:\n    numbers:\n      - number: "+12015550103"\n        reason: ${reason}\n`;
    expect(renew(bot('| # ticket\n          Spam'), { reason: 'Threats' })).toBe(bot('Threats # ticket'));
  });

  test('removes the last day in braces, and keeps a comment between it and its comma', () => {
    const bot = (rest: string) => `  a:\n    numbers: [{ number: "+12015550103"${rest} }]\n`;
    expect(renew(bot(', expires: 2020-01-01'), { expires: null })).toBe(bot(''));
    expect(renew(bot(', # c\n      expires: 2020-01-01'), { expires: null })).toContain('"+12015550103" # c\n');
  });
});

describe('a list of 200,000 numbers, more than one call can have arguments', () => {
  const numbers = Array.from({ length: 200_000 }, (_, at) => 12_015_000_000 + at);
  const head = `${HEAD}  a:\n    numbers:\n`;
  const text = `${head}${numbers.map((number) => `      - "+${number}"\n`).join('')}`;

  test('is removed at once', () => {
    const [first] = removeEntries({ name: 'f', text }, [{ ...A, numbers: NumberSet.of(numbers) }]);
    expect(first!.text).toBe(head.replace('numbers:\n', 'numbers: []\n'));
  });

  test('gets a reason at once', () => {
    const renewed = renewEntries(
      { name: 'f', text },
      A,
      new Map(numbers.map((number) => [number, { reason: 'Spam' }])),
    );
    expect(renewed.split('reason: Spam\n')).toHaveLength(numbers.length + 1);
  });
});
