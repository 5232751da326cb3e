import { applyPatch, FILE_HEADERS_ONLY, formatPatch } from 'diff';
import { describe, expect, test } from 'vitest';
import { formatLines } from '../../../src/desired/edit/format.ts';
import { hunksOf } from '../../../src/desired/edit/hunks.ts';
import { joinLines } from '../../../src/desired/edit/text.ts';
import { placedNumbers } from '../../../src/desired/entries.ts';
import { readTokens } from '../../../src/desired/yaml/cst.ts';
import { type ParsedFile, parseYaml } from '../../../src/desired/yaml/parse.ts';
import * as fc from '../../fast-check.ts';
import { loadDesired } from '../load.ts';
import { commentsOf, meaningOf, messyFiles, TODAY } from '../messy.ts';

const load = (text: string) => loadDesired([{ name: 'f', text }], TODAY);
const format = (text: string) => joinLines({ name: 'f', text }, formatLines({ name: 'f', text }));

describe('laws of the canonical form', () => {
  test('formatting keeps the meaning and all comments, and changes nothing the second time', () => {
    fc.assert(
      fc.property(messyFiles, (text) => {
        const formatted = format(text);
        const after = load(formatted);
        expect(after.faults, formatted).toEqual([]);
        expect(after.bots).toEqual(load(text).bots);
        expect(after.pairs).toEqual(load(text).pairs);
        expect(meaningOf(formatted), formatted).toEqual(meaningOf(text));
        expect(commentsOf(formatted)).toEqual(commentsOf(text));
        expect(format(formatted), 'formatted again').toBe(formatted);
      }),
      { numRuns: 500 },
    );
  });

  test('formatting writes all numbers the same way, except in texts', () => {
    fc.assert(
      fc.property(messyFiles, (text) => {
        const formatted = format(text);
        const lines = formatted.split('\n');
        const parsed = parseYaml({ name: 'f', text: formatted }) as ParsedFile;
        for (const list of parsed.parts.all.flatMap((part) => [part.numbers, part.ignore])) {
          for (const { number, locate } of placedNumbers(list, parsed)) {
            const { line, column } = locate().place;
            expect(lines[line - 1]!.slice(column - 1)).toMatch(new RegExp(`^"\\+${number}"`));
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('the patch turns the old file into the formatted one', () => {
    fc.assert(
      fc.property(messyFiles, (text) => {
        const file = { name: 'f', text };
        const hunks = hunksOf(file, formatLines(file)).map((hunk) => ({ ...hunk, lines: [...hunk.lines] }));
        const patch = formatPatch(
          { oldFileName: 'f', newFileName: 'f', oldHeader: undefined, newHeader: undefined, hunks },
          FILE_HEADERS_ONLY,
        );
        expect(hunks.length === 0 ? text : applyPatch(text, patch, { autoConvertLineEndings: false })).toBe(
          format(text),
        );
      }),
      { numRuns: 200 },
    );
  });

  test('the tokens of a file make up its text', () => {
    fc.assert(
      fc.property(messyFiles, (text) => {
        let read = '';
        readTokens(text, ({ offset, source }) => {
          expect(offset).toBe(read.length);
          read += source;
        });
        expect(read).toBe(text);
      }),
      { numRuns: 100 },
    );
  });
});

const HEAD = 'version: 1\nbots:\n  a:\n    region: eu1\n    tokenEnv: T\n';
const LONG = Array.from({ length: 30 }, (_, at) => `4477009001${10 + at}`);

describe('formatting', () => {
  test.each<[string, string, string]>([
    ['short forms', 'numbers: [+44 7700 900123, 447700900124]', 'numbers: ["+447700900123", "+447700900124"]'],
    [
      'long forms',
      "numbers:\n      - number: '44-7700-900123' # c\n        reason: 'as it is'",
      'numbers:\n      - number: "+447700900123" # c\n        reason: \'as it is\'',
    ],
    [
      'a waId',
      "numbers:\n      - { waId: 5215 5501 00123, number: '525550100123' }",
      'numbers:\n      - { waId: "+5215550100123", number: "+525550100123" }',
    ],
    [
      'a number as a block scalar',
      'numbers:\n      - >- # c\n        447700\n        900123',
      'numbers:\n      - "+447700900123" # c',
    ],
    [
      'a number over two lines',
      'numbers: [447700\n      900123, 447700\n      900124 ] # c',
      'numbers: ["+447700900123", "+447700900124" ] # c',
    ],
    ['tags', 'numbers: [!!str 447700900123]', 'numbers: [!!str "+447700900123"]'],
    [
      'a list as deep as its key',
      'numbers:\n    # c\n    - "+447700900123"',
      'numbers:\n      # c\n      - "+447700900123"',
    ],
    ['blanks after a dash', 'numbers:\n      -   "+447700900123"', 'numbers:\n      - "+447700900123"'],
    ['blanks at line ends', 'numbers: []  \n\t  ', 'numbers: []'],
    [
      'a comment that continues below',
      'numbers: [] # one\n                # two',
      'numbers: [] # one\n                # two',
    ],
    [
      'a commented-out item',
      'numbers:\n          - "+447700900123"\n          # - "+447700900124"\n    # end',
      'numbers:\n      - "+447700900123"\n      # - "+447700900124"\n    # end',
    ],
    [
      'blanks that YAML ignores in a text over several lines',
      'numbers:\n      - number: "+447700900123"\n        reason: "a  \n        \n         b\\ \n         c"\n        owner: >2\n           d  \n         \n',
      'numbers:\n      - number: "+447700900123"\n        reason: "a\n\n         b\\ \n         c"\n        owner: >2\n           d  ',
    ],
    [
      'a text over several lines',
      'numbers:\n    - number: "+447700900123"\n      reason: |\n         a  \n           b\n\n      # c',
      'numbers:\n      - number: "+447700900123"\n        reason: |\n           a  \n             b\n\n        # c',
    ],
    [
      'a long list',
      `numbers:\n${LONG.map((one, at) => `    - ${at % 2 ? one : `"+${one}"`}${at % 3 ? '' : '  # c  '}\n`).join('')}`,
      `numbers:\n${LONG.map((one, at) => `      - "+${one}"${at % 3 ? '' : '  # c'}\n`).join('')}`.trimEnd(),
    ],
    [
      'a text that ends in blanks and without a line end',
      'numbers:\n      - number: "+447700900123"\n        reason: |\n          x  ',
      'numbers:\n      - number: "+447700900123"\n        reason: |\n          x  ',
    ],
    ['no missing schema line', 'numbers: []', 'numbers: []'],
    [
      'ignore rules',
      'ignore:\n    - 447700900123\n    - { number: +44 7700 900124, until: 2099-12-31 }\n    - prefix: +44 7\n    - { file: 447700900125 }',
      'ignore:\n      - "+447700900123"\n      - { number: "+447700900124", until: 2099-12-31 }\n      - prefix: +44 7\n      - { file: 447700900125 }',
    ],
    [
      'names that look like numbers',
      `lists:\n${LONG.map((one) => `      - ${one}\n`).join('')}    files:\n${LONG.map((one) => `      - ${one}\n`).join('')}`,
      `lists:\n${LONG.map((one) => `      - ${one}\n`).join('')}    files:\n${LONG.map((one) => `      - ${one}\n`).join('')}`.trimEnd(),
    ],
  ])('rewrites %s', (_, before, after) => {
    expect(format(`${HEAD}    ${before}`)).toBe(`${HEAD}    ${after}\n`);
  });

  test('rewrites shared lists and the rules of the defaults', () => {
    const long = (number: (digits: string) => string) => LONG.map((one) => `      - ${number(one)}\n`).join('');
    const text = (number: (digits: string) => string) =>
      `defaults: { ignore: [${number('447700900100')}] }\nlists:\n  fraud:\n    owner: 447700900101\n    numbers:\n${long(number)}`;
    expect(format(text((digits) => digits))).toBe(
      text((digits) => `"+${digits}"`).replace('"+447700900101"', '447700900101'),
    );
  });

  test.each<[string, string]>([
    ['a file in CRLF', `${HEAD}    numbers:\n      - "+447700900123"\n`.replaceAll('\n', '\r\n')],
    ['a file in JSON', '{"version":1,"bots":{"a":{"region":"eu1","tokenEnv":"T","numbers":["+447700900123"]}}}\n'],
    ['blank lines, quotes and comments', `# a\n\n\n# b\n${HEAD}    numbers: []   # c\n\n\n#d\n  # e\n`],
    [
      'a kept end of a text',
      `${HEAD}    numbers:\n      - number: "+447700900123"\n        reason: |+\n          x\n\n\n`,
    ],
  ])('does not change %s', (_, text) => {
    expect(format(text)).toBe(text);
  });

  test('makes mixed line ends uniform', () => {
    expect(format(`${HEAD}    numbers: []\r\n`)).toBe(`${HEAD}    numbers: []\n`);
  });
});
