import { applyPatch, FILE_HEADERS_ONLY, formatPatch } from 'diff';
import { describe, expect, test } from 'vitest';
import { hunksBetween } from '../../../src/desired/edit/hunks.ts';
import * as fc from '../../fast-check.ts';

const patchOf = (before: string, after: string) => {
  const hunks = hunksBetween(before, after).map((hunk) => ({ ...hunk, lines: [...hunk.lines] }));
  const names = { oldFileName: 'f', newFileName: 'f', oldHeader: undefined, newHeader: undefined };
  return formatPatch({ ...names, hunks }, FILE_HEADERS_ONLY);
};

/** Texts of few different lines, so that most lines appear again elsewhere, with either line end or none. */
const line = fc.tuple(
  fc.constantFrom('', 'a', 'b', 'c', '- 1', '- 2', '- 3'),
  fc.constantFrom('\n', '\n', '\n', '\r\n'),
);
const lines = fc.array(line, { maxLength: 30 });
const texts = fc
  .tuple(lines, lines, lines, lines, fc.constantFrom('', 'x'), fc.constantFrom('', 'x'))
  .map(([head, old, now, tail, ...ends]) => {
    const [before, after] = [
      [...head, ...old, ...tail],
      [...head, ...now, ...tail],
    ].map((all, n) => {
      return all.map((each) => each.join('')).join('') + ends[n];
    });
    return { before: before!, after: after! };
  });

describe('hunksBetween', () => {
  test('makes a patch that turns any text into any other', () => {
    fc.assert(
      fc.property(texts, ({ before, after }) => {
        expect(applyPatch(before, patchOf(before, after), { autoConvertLineEndings: false })).toBe(after);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['a line added at the end', 'a\nb\nc\nd\n', 'a\nb\nc\nd\ne\n', ['@@ -2,3 +2,4 @@', ' b', ' c', ' d', '+e']],
    [
      'a line after a last one without end',
      'a\nb',
      'a\nb\nc',
      ['@@ -1,2 +1,3 @@', ' a', '-b', '\\ No newline at end of file', '+b', '+c', '\\ No newline at end of file'],
    ],
    ['a first line removed', 'a\nb\nc\nd\ne\n', 'b\nc\nd\ne\n', ['@@ -1,4 +1,3 @@', '-a', ' b', ' c', ' d']],
    ['every line', 'a\nb\n', 'c\nd\n', ['@@ -1,2 +1,2 @@', '-a', '-b', '+c', '+d']],
    [
      'two hunks',
      '1\n2\n3\n4\n5\n6\n7\n8\n9\n',
      '2\n3\n4\n5\n6\n7\n8\n',
      ['@@ -1,4 +1,3 @@', '-1', ' 2', ' 3', ' 4', '@@ -6,4 +5,3 @@', ' 6', ' 7', ' 8', '-9'],
    ],
  ])('shows %s', (_, before, after, expected) => {
    expect(patchOf(before, after).trimEnd().split('\n').slice(2)).toEqual(expected);
  });

  test('keeps the numbers that stay as context, where details repeat', () => {
    const entry = (n: number, reason: string) => `- number: ${n}\n  reason: ${reason}\n`;
    const before = [1, 2, 3, 4].map((n) => entry(n, 'A')).join('');
    const after = [1, 2, 3, 4].map((n) => entry(n, n === 2 ? 'B' : 'A')).join('');
    expect(patchOf(before, after)).toContain(' - number: 2\n-  reason: A\n+  reason: B\n - number: 3\n');
  });
});
