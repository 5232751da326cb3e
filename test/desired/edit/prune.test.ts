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
const prune = (text: string) => joinLines({ name: 'f', text }, pruneLines({ name: 'f', text }, TODAY));

/** What stands in texts over several lines looks like a comment and is none. */
function commentsOf(text: string): string[] {
  const found: string[] = [];
  readTokens(text, ({ type, source }) => {
    if (type === 'comment') found.push(source.trimEnd());
  });
  return found;
}

/** What a file says without its expired entries; one with a `waId` stays. */
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
  test('exactly the expired entries go, and every comment stays', () => {
    fc.assert(
      fc.property(messyFiles, (text) => {
        const pruned = prune(text);
        expect(meaningOf(pruned), pruned).toEqual(withoutExpired(text));
        expect(commentsOf(pruned), pruned).toEqual(commentsOf(text));
      }),
      { numRuns: 500 },
    );
  });

  test('once is enough, and formatting before it or after it makes no difference', () => {
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

  test('what is wanted of the bots stays the same, but for what is known to have expired', () => {
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

  test('the patch makes the pruned file of the old one', () => {
    fc.assert(
      fc.property(messyFiles, (text) => {
        const file = { name: 'f', text };
        const hunks = hunksOf(file, pruneLines(file, TODAY)).map((hunk) => ({ ...hunk, lines: [...hunk.lines] }));
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

describe('what becomes of', () => {
  test.each<[string, string, string]>([
    ['the last day', `numbers:\n      - number: ${A}\n        expires: 2026-06-15`, 'as it was'],
    ['the day after it', `numbers:\n      - number: ${A}\n        ${OLD}\n      - ${B}`, `numbers:\n      - ${B}`],
    [
      'a number that another entry still blocks',
      `numbers:\n      - { number: ${A}, ${OLD} }\n      - ${A}`,
      `numbers:\n      - ${A}`,
    ],
    [
      'a list of one',
      `numbers: # c\n      - number: ${A}\n        ${OLD}\n    policy: sync`,
      'numbers: [] # c\n    policy: sync',
    ],
    ['a list with a tag', `numbers: !!seq\n      - { number: ${A}, ${OLD} }`, 'numbers: !!seq []'],
    ['a list behind an explicit key', `? numbers\n    : - { number: ${A}, ${OLD} } # c`, '? numbers\n    : []  # c'],
    [
      'the first of a list behind an explicit key',
      `? numbers\n    : - { number: ${A}, ${OLD} }\n      - ${B}`,
      `? numbers\n    :\n      - ${B}`,
    ],
    [
      'comments on every line of an entry',
      `numbers:\n      # above\n      - number: ${A} # one\n        # between\n        reason: |\n          # text\n        ${OLD} # two\n        # deeper\n      # below\n      - ${B}`,
      `numbers:\n      # above\n      # one\n      # between\n      # two\n      # deeper\n      # below\n      - ${B}`,
    ],
    [
      'a comment and a blank line that a text above would take in',
      `numbers:\n      - number: ${B}\n        reason: |+\n          text\n      - { number: ${A}, ${OLD} }\n\n          # c\n\n      - ${A}`,
      `numbers:\n      - number: ${B}\n        reason: |+\n          text\n      # c\n      - ${A}`,
    ],
    [
      'several, and a blank line that the text above them would take in',
      `numbers:\n      - number: ${B}\n        reason: |+\n          text\n      - { number: ${A}, ${OLD} }\n      - { number: ${A}, ${OLD} }\n\n      - ${A}`,
      `numbers:\n      - number: ${B}\n        reason: |+\n          text\n      - ${A}`,
    ],
    [
      'a blank line below a text that goes, and one that takes none in',
      `numbers:\n      - number: ${B}\n        reason: |\n          text\n      - number: ${A}\n        ${OLD}\n        reason: |+\n          text\n      - { number: ${A}, ${OLD} }\n\n      - ${A}`,
      `numbers:\n      - number: ${B}\n        reason: |\n          text\n\n      - ${A}`,
    ],
    [
      'blanks within the text below',
      `numbers:\n      - { number: ${A}, ${OLD} }\n      - reason: "a  \n          b"\n        number: ${B}`,
      `numbers:\n      - reason: "a  \n          b"\n        number: ${B}`,
    ],
    [
      'blank lines around',
      `numbers:\n      - ${B}\n\n      - number: ${A}\n\n        ${OLD}\n\n      - ${A}`,
      `numbers:\n      - ${B}\n\n\n      - ${A}`,
    ],
    ['the first in brackets', `numbers: [{ number: ${A}, ${OLD} }, ${B}]`, `numbers: [${B}]`],
    ['the last in brackets', `numbers: [ ${B}, { number: ${A}, ${OLD} } ] # c`, `numbers: [ ${B} ] # c`],
    ['the last with a comma behind', `numbers: [ ${B}, { number: ${A}, ${OLD} }, ]`, `numbers: [ ${B}, ]`],
    [
      'all in brackets',
      `numbers: [ { number: ${A}, ${OLD} },\n      # c\n      {number: ${B}, ${OLD}} # d\n      ] # e`,
      'numbers: []\n      # c\n      # d\n      # e',
    ],
    [
      'a comment behind a bracket',
      `numbers: [{ number: ${A}, # c\n      ${OLD} }, ${B}]`,
      `numbers: [ # c\n      ${B}]`,
    ],
    ['what is ignored', `ignore: [{ number: ${A}, until: 2001-01-01 }]`, 'as it was'],
  ])('%s', (_, before, after) => {
    const pruned = `${HEAD}    ${after === 'as it was' ? before : after}\n`;
    expect(prune(`${HEAD}    ${before}\n`)).toBe(pruned);
    expect(prune(`${HEAD}    ${before}\n`.replaceAll('\n', '\r\n'))).toBe(pruned.replaceAll('\n', '\r\n'));
  });

  test('an entry between long runs of numbers', () => {
    const run = Array.from({ length: 30 }, (_, at) => `      - "+4477009001${10 + at}"\n`).join('');
    const text = (between: string) => `${HEAD}    numbers:\n${run}${between}${run}`;
    expect(prune(text(`      - number: ${A} # c\n        ${OLD}\n`))).toBe(text('      # c\n'));
  });
});
