import { describe, expect, test, vi } from 'vitest';
import { type SourceFile, textFile } from '../../../src/desired/source/yaml-files.ts';
import { codesOf, fold } from '../../../src/desired/yaml/fold.ts';
import { type ParsedFile, parseYaml } from '../../../src/desired/yaml/parse.ts';
import * as fc from '../../fast-check.ts';
import { loadDesired } from '../load.ts';

const HEAD = 'version: 1\ndefaults: { region: eu1, tokenEnv: T }\nbots:\n  a:\n    numbers:\n';
const item = (number: number, indent = 6) => `${' '.repeat(indent)}- "+${447_700_900_000 + number}"\n`;
const items = (count: number, from = 0, indent = 6) =>
  Array.from({ length: count }, (_, index) => item(from + index, indent)).join('');

const codes = (text: string) => codesOf({ name: 'a.yaml', text });

const parser = vi.hoisted(() => ({ folds: true }));
vi.mock('../../../src/desired/yaml/fold.ts', async (original) => {
  const real = await original<typeof import('../../../src/desired/yaml/fold.ts')>();
  const fold: typeof real.fold = (text, kept) => (parser.folds ? real.fold(text, kept) : real.unfolded(text));
  return { ...real, fold };
});

function load(file: SourceFile, folding: boolean) {
  parser.folds = folding;
  const desired = loadDesired([file], '2026-06-15');
  parser.folds = true;
  return desired;
}

/** Returns all bots, errors and warnings of a file. */
function meaning(file: SourceFile, folding: boolean) {
  const { bots, faults, warnings } = load(file, folding);
  return { bots: bots.map(({ numbers, ...bot }) => ({ ...bot, numbers: [...numbers] })), faults, warnings };
}

function expectSame(text: string): void {
  const expected = meaning({ name: 'a.yaml', text }, false);
  expect(meaning({ name: 'a.yaml', text }, true)).toEqual(expected);
  // Files on the disk are folded as bytes. A byte order mark is not part of their text.
  if (!text.startsWith('\ufeff')) expect(meaning(textFile('a.yaml', Buffer.from(text)), true)).toEqual(expected);
}

describe('a run of lines', () => {
  test.each([
    ['quoted', '- "+447700900001"'],
    ['plain', '- +447700900001'],
    ['without a plus', '- 447700900001'],
    ['with a comment', '- "+447700900001" # spam wave, ticket 4711'],
    ['with trailing blanks', '- "+447700900001"  '],
  ])('is folded: %s', (_, line) => {
    const { text, runs } = fold(codes(`x:\n${`  ${line}\n`.repeat(10)}`));
    expect(text).toBe(`x:\n  ${line}\n  ${line}\n`);
    expect([...runs.values()].map(({ numbers }) => numbers.length)).toEqual([9]);
  });

  test.each([
    ['single quotes', "- '+447700900001'"],
    ['separators', '- "+44 7700 900001"'],
    ['an anchor', '- &a "+447700900001"'],
    ['a tag', '- !!str "+447700900001"'],
    ['the long form', '- number: "+447700900001"'],
    ['two blanks', '-  "+447700900001"'],
    ['a tab', '- "+447700900001"\t# x'],
    ['a comment that is not ASCII', '- "+447700900001" # é'],
    ['a comment without a blank', '- "+447700900001"#x'],
    ['six digits', '- "+447700"'],
    ['16 digits', '- "+4477009000010000"'],
    ['a leading zero', '- "0447700900001"'],
    ['an open quote', '- "+447700900001'],
    ['a nested list', '- - "+447700900001"'],
    ['text after the number', '- +447700900001 x'],
  ])('is not folded with %s', (_, line) => {
    expect(fold(codes(`x:\n${`  ${line}\n`.repeat(10)}`)).runs.size).toBe(0);
  });

  test('maps offsets back to the source', () => {
    const source = `${HEAD}${items(50)}  b: { numbers: [] }\n`;
    const { text, toSource } = fold(codes(source));
    for (const [offset] of [...text].entries()) expect(source[toSource(offset)]).toBe(text[offset]);
    expect(toSource(text.indexOf('  b:'))).toBe(source.indexOf('  b:'));
  });

  test('is folded even if the lines of ignore rules are not', () => {
    const text = `${HEAD}${items(50)}    ignore:\n${items(5, 90)}  b:\n    numbers:\n${items(70)}`;
    const { folded } = parseYaml({ name: 'a.yaml', text }) as ParsedFile;
    expect([...folded.runs.values()].map(({ numbers }) => numbers.length)).toEqual([49, 69]);
  });
});

describe('folding changes nothing but the time', () => {
  test('the reference is not folded', () => {
    parser.folds = false;
    const { folded } = parseYaml({ name: 'a.yaml', text: HEAD + items(20) }) as ParsedFile;
    parser.folds = true;
    expect(folded.runs.size).toBe(0);
  });

  test.each([
    ['one run', HEAD + items(20)],
    ['a run to the end of the file, without a line end', (HEAD + items(20)).trimEnd()],
    ['CRLF', (HEAD + items(20)).replaceAll('\n', '\r\n')],
    ['CRLF in places', HEAD + items(5) + items(5, 5).replaceAll('\n', '\r\n') + items(5, 10)],
    [
      'runs with other lines between',
      `${HEAD + items(5)}      - number: "+447700900500"\n        expires: 2020-01-01\n${items(9, 50)}`,
    ],
    ['an error after a run', `${HEAD}${items(20)}      - "+4477"\n${items(9, 50)}`],
    ['an unknown key after a run', `${HEAD}${items(20)}    nubmers: []\n`],
    ['a syntax error after a run', `${HEAD}${items(20)}  b: ]\n`],
    ['an open quote before a run', `${HEAD}      - "+447700900999\n${items(20)}`],
    ['repeats within a run', HEAD + items(9) + items(9, 3)],
    ['repeats across runs and long forms', `${HEAD + items(9)}      - number: "+447700900003"\n${items(9, 3)}`],
    ['a repeat that has expired', `${HEAD + items(9)}      - { number: "+447700900003", expires: 2020-01-01 }\n`],
    ['a run in a literal', `version: 1\nbots:\n  a:\n    region: |\n${items(9)}    numbers: []\n`],
    ['a run in a folded text', `version: 1\nbots:\n  a:\n    region: >\n${items(9)}    numbers: []\n`],
    ['a run in a flow list', `${HEAD.trimEnd()} [\n${items(9)}    ]\n`],
    ['a run in quotes', `version: 1\nbots: { "\n${items(9)}": {} }\n`],
    [
      'a run in a plain text of several lines',
      `version: 1\nbots:\n  a:\n    tokenEnv: text\n${items(9)}    numbers: []\n`,
    ],
    ['a run that is continued', `${HEAD}${items(9).replaceAll('"', '')}          and more\n`],
    ['a run whose first line is continued', `${HEAD}      - +447700900999\n        1\n${items(9)}`],
    ['a run at the root', items(9, 0, 0)],
    [
      'a run as a value at the same indent',
      `version: 1\nbots:\n  a:\n    numbers:\n${items(9, 0, 4)}    region: eu1\n    tokenEnv: T\n`,
    ],
    ['a run after an empty item', `${HEAD}      -\n${items(9)}`],
    ['a run as the value of an item', `${HEAD}      -\n${items(9, 0, 8)}`],
    ['a run after an anchor', `${HEAD.trimEnd()} &l\n${items(9)}  b: { numbers: *l }\n`],
    ['an anchor before the first item', `${HEAD}      - &x\n${items(9)}`],
    ['an alias after a run', `${HEAD}${items(9)}      - *x\n${items(9)}`],
    ['a run in a second document', `${HEAD}${items(9)}---\n${HEAD}${items(9)}`],
    ['a run in an explicit key', `version: 1\n?\n${items(9, 0, 2)}: x\n`],
    ['runs of two indents', HEAD + items(9) + items(9, 50, 8)],
    ['a run under another key', `version: 1\nbots:\n  a:\n    region:\n${items(9)}    numbers: []\n`],
    ['a byte order mark within', `${HEAD}\ufeff${items(9)}`],
  ])('%s', (_, text) => {
    expectSame(text);
  });

  test('any file of plain lists', () => {
    const list = fc.array(fc.nat(60), { maxLength: 30 });
    fc.assert(
      fc.property(fc.array(list, { maxLength: 4 }), fc.constantFrom(6, 4, 8), (lists, indent) => {
        const bots = lists.map(
          (numbers, index) =>
            `  bot${index}:\n    numbers:${numbers.length === 0 ? ' []' : ''}\n${numbers.map((number) => item(number, indent)).join('')}`,
        );
        expectSame(
          `version: 1\ndefaults: { region: eu1, tokenEnv: T }\nbots:${bots.length === 0 ? ' {}' : ''}\n${bots.join('')}`,
        );
      }),
    );
  });

  test('any mix of lines', () => {
    const run = fc
      .tuple(fc.integer({ min: 3, max: 9 }), fc.nat(30), fc.constantFrom(0, 2, 4, 6, 6, 6, 8))
      .map(([count, from, indent]) => items(count, from, indent));
    const noise = fc.constantFrom(
      '    numbers:\n',
      '    ignore:\n',
      '    files:\n',
      '  b:\n    numbers:\n',
      '      - |\n',
      '      - >-\n',
      '      -\n',
      '      - "+4477009\n',
      "      - '\n",
      '      - [\n',
      '      ]\n',
      '      - {\n',
      '      }\n',
      '    reason: |\n',
      '    reason: text\n',
      '        continued\n',
      '      continued\n',
      '\n',
      '# comment\n',
      '      # comment\n',
      '---\n',
      '...\n',
      '%YAML 1.1\n',
      '      - &a "+447700900001"\n',
      '      - - "+447700900001"\n',
      '      - number: "+447700900001"\n',
      '        expires: 2020-01-01\n',
      '      - "+44"\n',
      '\t- "+447700900001"\n',
      '      ? x\n',
      '      : y\n',
      '      - !!str\n',
      '      - "+447700900001" "\n',
    );
    const heap = fc.array(fc.oneof({ weight: 2, arbitrary: run }, { weight: 3, arbitrary: noise }), { maxLength: 12 });
    fc.assert(
      fc.property(heap, fc.boolean(), (lines, crlf) => {
        const text = HEAD + lines.join('');
        expectSame(crlf ? text.replaceAll('\n', '\r\n') : text);
      }),
      { numRuns: 3000 },
    );
  });
});

test('each line of a run of ignore rules is a rule', () => {
  const text = `version: 1\ndefaults:\n  region: eu1\n  tokenEnv: T\n  ignore:\n${items(6)}bots:\n  a:\n    numbers: []\n    ignore:\n${items(5, 50)}`;
  const said = (folding: boolean) => load({ name: 'a.yaml', text }, folding).bots[0]!.ignored.numbers;
  expect(said(true).size).toBe(11);
  expect(said(true)).toEqual(said(false));
});

test.each(['files', 'lists'])('each line of a run of %s is a name', (key) => {
  const text = HEAD.replace('numbers:\n', `${key}:\n`) + items(6);
  const { value } = parseYaml({ name: 'a.yaml', text }) as ParsedFile;
  expect((value as { bots: { a: Record<string, unknown[]> } }).bots.a[key]).toHaveLength(6);
});
