import { describe, expect, test } from 'vitest';
import { declare } from '../../src/desired/declare.ts';
import { gatherBots, gatherLists, readSets, wantedBy } from '../../src/desired/gather.ts';
import { readNumberLines } from '../../src/desired/number-files/lines.ts';
import type { NumberFiles } from '../../src/desired/number-files/read.ts';
import type { Fault } from '../../src/model/fault.ts';
import type { Warning } from '../../src/model/warnings.ts';

const TODAY = '2026-06-15';
const [A, B, C] = [447700900001, 447700900002, 447700900003];
const HEAD = 'version: 1\ndefaults: { region: eu1, tokenEnv: T }\n';

/** Gathers files. Number files are given by their paths. */
function gather(texts: Readonly<Record<string, string>>, numberFiles: Readonly<Record<string, string>> = {}) {
  const files = Object.entries(texts).map(([name, text]) => declare({ name, text: HEAD + text }, TODAY));
  const found: NumberFiles = ({ path }) => {
    const text = numberFiles[path];
    if (text === undefined) return { files: [], fault: 'there is no such file', faults: [] };
    const { file, faults } = readNumberLines(path, [Buffer.from(text)]);
    return { files: [file], faults };
  };
  const faults: Fault[] = [];
  const warnings: Warning[] = [];
  const absent: Fault[] = [];
  const setOf = readSets(files, found, faults, warnings);
  const lists = gatherLists(files, setOf, faults);
  const bots = gatherBots(files, lists, setOf, faults, absent);
  const numbersOf = (id: string) => [...bots.get(id)!.bot!.numbers];
  const messages = [...faults, ...absent].map(({ message, place }) => `${place!.file}:${place!.line} ${message}`);
  return { files, bots, numbersOf, messages, warnings };
}

describe('the numbers of a bot', () => {
  test.each([
    ['of the bot itself', 'bots: { a: { numbers: ["+447700900001"] } }', [A]],
    ['of a list', 'lists: { l: { numbers: ["+447700900002"] } }\nbots: { a: { lists: [l] } }', [B]],
    ['of a number file', 'bots: { a: { files: [f.txt] } }', [A, C]],
    ['of the number file of a list', 'lists: { l: { files: [f.txt] } }\nbots: { a: { lists: [l] } }', [A, C]],
    [
      'all of them, each once',
      'lists: { l: { numbers: ["+447700900001", "+447700900002"] } }\nbots: { a: { lists: [l], files: [f.txt], numbers: ["+447700900001"] } }',
      [A, B, C],
    ],
  ])('%s', (_, text, numbers) => {
    const { numbersOf, messages } = gather({ 'a.yaml': text }, { 'f.txt': '+447700900001\n+447700900003\n' });
    expect(messages).toEqual([]);
    expect(numbersOf('a')).toEqual(numbers);
  });

  test.each([
    ['one list', '[l]', '[]'],
    ['one list, and numbers of their own', '[l]', '["+12015550100"]'],
    ['several lists', '[l, m, n]', '[]'],
    ['several lists, and numbers of their own', '[l, m, n]', '["+12015550100"]'],
    ['a list that has one of their numbers', '[l]', '["+447700900001"]'],
  ])('share the array of %s', (_, lists, own) => {
    const long = (from: number) => Array.from({ length: 100 }, (_, at) => `"+${from + at}"`).join(', ');
    const text =
      `lists: { l: { numbers: [${long(A)}] }, m: { numbers: [${long(B + 200)}] }, n: { numbers: ["+${C + 500}"] } }\n` +
      `bots: { a: { lists: ${lists}, numbers: ${own} }, b: { lists: ${lists}, numbers: ${own} } }`;
    const { bots } = gather({ 'a.yaml': text });
    const [a, b] = ['a', 'b'].map((id) => bots.get(id)!.bot!.numbers);
    expect(a!.sorted.length).toBeGreaterThanOrEqual(100);
    expect(b!.sorted).toBe(a!.sorted);
  });

  test('search a similar name only for the first unknown lists', () => {
    const names = Array.from({ length: 150 }, (_, at) => `frau${at}x`);
    const { messages } = gather({
      'a.yaml': `lists: { fraud: { numbers: [] } }\nbots: { a: { lists: [${['fraudd', ...names, 'fraudd']}] } }`,
    });
    expect(messages.length).toBe(152);
    expect(messages[0]).toContain('did you mean "fraud"?');
    expect(messages.at(-1)).toMatch(/define no list "fraudd", only fraud\. If/);
  });

  test('include those of a list in another file', () => {
    const texts = { 'a.yaml': 'bots: { a: { lists: [l] } }', 'b.yaml': 'lists: { l: { numbers: ["+447700900002"] } }' };
    expect(gather(texts).numbersOf('a')).toEqual([B]);
  });

  test('are in force if they are in any source', () => {
    const text =
      'lists: { l: { numbers: [{ number: "+447700900001", expires: 2026-01-31 }, { number: "+447700900002", expires: 2026-01-31 }] } }\n' +
      'bots: { a: { lists: [l], numbers: ["+447700900001"] } }';
    const { bots, numbersOf } = gather({ 'a.yaml': text });
    expect(numbersOf('a')).toEqual([A]);
    expect([...bots.get('a')!.bot!.expired]).toEqual([[B, '2026-01-31']]);
  });
});

describe('an error is reported for', () => {
  test.each([
    [
      'a bot defined twice',
      { 'a.yaml': 'bots: { a: { numbers: [] } }', 'b.yaml': 'bots: { a: { numbers: [] } }' },
      ['b.yaml:3 the bot "a" is already defined at a.yaml:3:9; rename or remove one of the two'],
    ],
    [
      'a list defined twice',
      { 'a.yaml': 'lists: { l: { numbers: [] } }\nbots: {}', 'b.yaml': 'lists: { l: { numbers: [] } }\nbots: {}' },
      ['b.yaml:3 the list "l" is already defined at a.yaml:3:10; rename or remove one of the two'],
    ],
    [
      'a missing number file',
      { 'a.yaml': 'bots: { a: { files: [gone.txt] } }' },
      ['a.yaml:3 "gone.txt": there is no such file'],
    ],
  ] as const)('%s', (_, texts, messages) => {
    expect(gather(texts).messages).toEqual(messages);
  });

  test('an unknown list, with a suggestion', () => {
    const { messages } = gather({ 'a.yaml': 'lists: { abuse: { numbers: [] } }\nbots: { a: { lists: [abuze] } }' });
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(/^a\.yaml:4 these files define no list "abuze", only abuse; did you mean "abuse"\?/);
  });

  test('an unknown list, naming at most 20 of the known lists', () => {
    const lists = Array.from({ length: 25 }, (_, index) => `zz${index}: { numbers: [] }`).join(', ');
    const { messages } = gather({ 'a.yaml': `lists: { ${lists} }\nbots: { a: { lists: [quite-another] } }` });
    expect(messages[0]).toContain(' and 5 more');
  });
});

test('an empty number file and one that repeats a number give a warning', () => {
  const text = 'bots: { a: { files: [empty.txt, twice.txt] } }';
  const { warnings } = gather({ 'a.yaml': text }, { 'empty.txt': '\n', 'twice.txt': '+447700900001\n+447700900001\n' });
  expect(warnings).toMatchObject([
    { code: 'W-EMPTY-FILE', place: { file: 'empty.txt' } },
    { code: 'W-DUPLICATE', place: { file: 'twice.txt', line: 2 }, count: 1, first: 1 },
  ]);
});

test('an expired rule needs no number file', () => {
  const text =
    'bots: { a: { numbers: [], ignore: [{ file: old.txt, until: 2026-01-31 }, { file: new.txt, until: 2026-12-31 }] } }';
  const { files } = gather({ 'a.yaml': text }, { 'new.txt': '+447700900002\n' });
  expect(wantedBy(files)).toMatchObject([{ from: 'a.yaml', path: 'new.txt' }]);
});
