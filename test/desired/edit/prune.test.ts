import { applyPatch, FILE_HEADERS_ONLY, formatPatch } from 'diff';
import { describe, expect, test } from 'vitest';
import { formatLines } from '../../../src/desired/edit/format.ts';
import { hunksOf } from '../../../src/desired/edit/hunks.ts';
import { pruneLines } from '../../../src/desired/edit/prune.ts';
import { joinLines } from '../../../src/desired/edit/text.ts';
import { readTokens } from '../../../src/desired/yaml/cst.ts';
import * as fc from '../../fast-check.ts';
import { loadDesired } from '../load.ts';
import { meaningOf, messyFiles, TODAY, valuesIn } from '../messy.ts';

const load = (text: string) => loadDesired([{ name: 'f', text }], TODAY);
const format = (text: string) => joinLines({ name: 'f', text }, formatLines({ name: 'f', text }));
const prune = (text: string) => joinLines({ name: 'f', text }, pruneLines({ name: 'f', text }, TODAY).lines);

/** Finds the comments, but not text over several lines that looks like one. */
function commentsOf(text: string): string[] {
  const found: string[] = [];
  readTokens(text, ({ type, source }) => {
    if (type === 'comment') found.push(source.trimEnd());
  });
  return found;
}

/** Returns the values of a file without its expired entries, except those with a `waId`. */
function withoutExpired(text: string): unknown {
  const value = valuesIn(text) as Record<
    'lists' | 'bots',
    Record<string, { numbers?: { expires?: string; waId?: string }[] }>
  >;
  for (const part of [value.lists, value.bots].flatMap((parts) => Object.values(parts ?? {}))) {
    if (part.numbers)
      part.numbers = part.numbers.filter(({ expires = TODAY, waId }) => expires >= TODAY || waId !== undefined);
  }
  return meaningOf(JSON.stringify(value));
}

describe('laws of pruning', () => {
  test('exactly the expired entries are removed, and every comment stays', () => {
    fc.assert(
      fc.property(messyFiles, (text) => {
        const pruned = prune(text);
        expect(meaningOf(pruned), pruned).toEqual(withoutExpired(text));
        expect(commentsOf(pruned), pruned).toEqual(commentsOf(text));
      }),
      { numRuns: 500 },
    );
  });

  test('pruning again, or formatting before or after it, changes nothing', () => {
    fc.assert(
      fc.property(messyFiles, (text) => {
        const pruned = prune(text);
        expect(prune(pruned)).toBe(pruned);
        expect(format(pruned)).toBe(pruned);
        expect(prune(format(text))).toBe(pruned);
      }),
      { numRuns: 300 },
    );
  });

  test('the desired numbers stay the same; only expired ones are forgotten', () => {
    fc.assert(
      fc.property(messyFiles, (text) => {
        const before = load(text);
        const after = load(prune(text));
        expect(after.faults).toEqual([]);
        const lasting = (desired: typeof before) => desired.bots.map(({ expired: _, ...bot }) => bot);
        expect(lasting(after)).toEqual(lasting(before));
        const named = new Set(after.pairs.map(([number]) => number));
        expect(after.bots.flatMap(({ expired }) => [...expired.keys()]).filter((each) => !named.has(each))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('the patch turns the old file into the pruned one', () => {
    fc.assert(
      fc.property(messyFiles, (text) => {
        const file = { name: 'f', text };
        const hunks = hunksOf(file, pruneLines(file, TODAY).lines).map((hunk) => ({ ...hunk, lines: [...hunk.lines] }));
        const names = { oldFileName: 'f', newFileName: 'f', oldHeader: undefined, newHeader: undefined };
        const patch = formatPatch({ ...names, hunks }, FILE_HEADERS_ONLY);
        expect(hunks.length === 0 ? text : applyPatch(text, patch, { autoConvertLineEndings: false })).toBe(
          prune(text),
        );
      }),
      { numRuns: 200 },
    );
  });
});

const HEAD = 'version: 1\nbots:\n  a:\n    region: eu1\n    tokenEnv: T\n';
const A = '"+447700900123"';
const B = '"+447700900124"';
const OLD = 'expires: 2026-06-14';

describe('pruning', () => {
  test.each<[string, string, string]>([
    ['the last day', `numbers:\n      - number: ${A}\n        expires: 2026-06-15`, 'as it was'],
    ['the day after it', `numbers:\n      - number: ${A}\n        ${OLD}\n      - ${B}`, `numbers:\n      - ${B}`],
    [
      'a number of another entry in force',
      `numbers:\n      - { number: ${A}, ${OLD} }\n      - ${A}`,
      `numbers:\n      - ${A}`,
    ],
    [
      'a list of one',
      `numbers: # c\n      - number: ${A}\n        ${OLD}\n    policy: sync`,
      'numbers: [] # c\n    policy: sync',
    ],
    ['a list with a tag', `numbers: !!seq\n      - { number: ${A}, ${OLD} }`, 'numbers: !!seq []'],
    ['a list after an explicit key', `? numbers\n    : - { number: ${A}, ${OLD} } # c`, '? numbers\n    : []  # c'],
    [
      'the first of a list after an explicit key',
      `? numbers\n    : - { number: ${A}, ${OLD} }\n      - ${B}`,
      `? numbers\n    :\n      - ${B}`,
    ],
    [
      'comments on every line of an entry',
      `numbers:\n      # above\n      - number: ${A} # one\n        # between\n        reason: |\n          # text\n        ${OLD} # two\n        # deeper\n      # below\n      - ${B}`,
      `numbers:\n      # above\n      # one\n      # between\n      # two\n      # deeper\n      # below\n      - ${B}`,
    ],
    [
      'a comment and a blank line that the text above would include',
      `numbers:\n      - number: ${B}\n        reason: |+\n          text\n      - { number: ${A}, ${OLD} }\n\n          # c\n\n      - ${A}`,
      `numbers:\n      - number: ${B}\n        reason: |+\n          text\n      # c\n      - ${A}`,
    ],
    [
      'several entries, and a blank line that the text above would include',
      `numbers:\n      - number: ${B}\n        reason: |+\n          text\n      - { number: ${A}, ${OLD} }\n      - { number: ${A}, ${OLD} }\n\n      - ${A}`,
      `numbers:\n      - number: ${B}\n        reason: |+\n          text\n      - ${A}`,
    ],
    [
      'a blank line below removed text, and text that includes none',
      `numbers:\n      - number: ${B}\n        reason: |\n          text\n      - number: ${A}\n        ${OLD}\n        reason: |+\n          text\n      - { number: ${A}, ${OLD} }\n\n      - ${A}`,
      `numbers:\n      - number: ${B}\n        reason: |\n          text\n\n      - ${A}`,
    ],
    [
      'blanks within the text below',
      `numbers:\n      - { number: ${A}, ${OLD} }\n      - reason: "a  \n          b"\n        number: ${B}`,
      `numbers:\n      - reason: "a\n          b"\n        number: ${B}`, // YAML ignores them there
    ],
    [
      'blanks that are a part of the text below',
      `numbers:\n      - { number: ${A}, ${OLD} }\n      - reason: |\n          a  \n          b\n        number: ${B}`,
      `numbers:\n      - reason: |\n          a  \n          b\n        number: ${B}`,
    ],
    [
      'blank lines around',
      `numbers:\n      - ${B}\n\n      - number: ${A}\n\n        ${OLD}\n\n      - ${A}`,
      `numbers:\n      - ${B}\n\n\n      - ${A}`,
    ],
    ['the first in brackets', `numbers: [{ number: ${A}, ${OLD} }, ${B}]`, `numbers: [${B}]`],
    ['the last in brackets', `numbers: [ ${B}, { number: ${A}, ${OLD} } ] # c`, `numbers: [ ${B} ] # c`],
    ['the last with a trailing comma', `numbers: [ ${B}, { number: ${A}, ${OLD} }, ]`, `numbers: [ ${B}, ]`],
    [
      'all in brackets',
      `numbers: [ { number: ${A}, ${OLD} },\n      # c\n      {number: ${B}, ${OLD}} # d\n      ] # e`,
      'numbers: []\n      # c\n      # d\n      # e',
    ],
    [
      'a comment after a bracket',
      `numbers: [{ number: ${A}, # c\n      ${OLD} }, ${B}]`,
      `numbers: [ # c\n      ${B}]`,
    ],
    ['ignore rules', `ignore: [{ number: ${A}, until: 2001-01-01 }]`, 'as it was'],
  ])('handles %s', (_, before, after) => {
    const pruned = `${HEAD}    ${after === 'as it was' ? before : after}\n`;
    expect(prune(`${HEAD}    ${before}\n`)).toBe(pruned);
    expect(prune(`${HEAD}    ${before}\n`.replaceAll('\n', '\r\n'))).toBe(pruned.replaceAll('\n', '\r\n'));
  });

  test('removes an entry between long runs of numbers', () => {
    const run = Array.from({ length: 30 }, (_, at) => `      - "+4477009001${10 + at}"\n`).join('');
    const text = (between: string) => `${HEAD}    numbers:\n${run}${between}${run}`;
    expect(prune(text(`      - number: ${A} # c\n        ${OLD}\n`))).toBe(text('      # c\n'));
  });
});
