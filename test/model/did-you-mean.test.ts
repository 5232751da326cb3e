import { describe, expect, test } from 'vitest';
import { didYouMean, nearest } from '../../src/model/did-you-mean.ts';
import * as fc from '../fast-check.ts';

const KEYS = ['numbers', 'number', 'files', 'lists', 'guard', 'tokenEnv'];

describe('what may have been meant', () => {
  test.each([
    ['a letter too many', 'filess', 'files'],
    ['a letter too few', 'numbes', 'numbers'],
    ['another letter', 'listz', 'lists'],
    ['two letters swapped are one slip', 'gaurdd', 'guard'],
    ['two slips', 'toknEnw', 'tokenEnv'],
    ['the nearer one of two', 'numbr', 'number'],
    ['another case', 'TOKENENV', 'tokenEnv'],
    ['three slips', 'toknEw', null],
    ['one slip in a short word', 'list', 'lists'],
    ['half of a short word', 'lt', null],
    ['another word', 'colour', null],
    ['nothing', '', null],
  ])('%s: %j', (_, typed, expected) => {
    expect(nearest(typed, KEYS)).toBe(expected);
    expect(didYouMean(typed, KEYS)).toBe(expected === null ? '' : `did you mean "${expected}"? `);
  });

  test('nothing, where there are no words', () => {
    expect(nearest('numbers', [])).toBeNull();
  });

  test('a law: a word with one slip is found, whatever the slip', () => {
    const word = fc.stringMatching(/^[a-z]{4,12}$/);
    const slip = fc.tuple(fc.nat(), fc.stringMatching(/^[a-z]?$/), fc.nat(1));
    fc.assert(
      fc.property(word, slip, (word, [place, letter, width]) => {
        const at = place % word.length;
        const typed = word.slice(0, at) + letter + word.slice(at + width);
        expect(nearest(typed, [word])).toBe(word);
      }),
    );
  });

  /** As the book has it: every way to make one of the other. */
  function slips(from: string, to: string): number {
    if (from === '' || to === '') return from.length + to.length;
    const [same, rest] = [from[0] === to[0], [from.slice(1), to.slice(1)] as const];
    const ways = [slips(...rest) + (same ? 0 : 1), slips(rest[0], to) + 1, slips(from, rest[1]) + 1];
    const swapped = from.length > 1 && to.length > 1 && from[0] === to[1] && from[1] === to[0];
    return Math.min(...ways, ...(swapped ? [slips(from.slice(2), to.slice(2)) + 1] : []));
  }

  test('a law: a word is meant just if it is near enough, by the definition', () => {
    const word = fc.stringMatching(/^[abc]{0,6}$/);
    fc.assert(
      fc.property(word, word, (typed, word) => {
        const isNear = slips(typed, word) <= Math.min(2, Math.ceil(typed.length / 2) - 1);
        expect(nearest(typed, [word])).toBe(isNear ? word : null);
      }),
      { numRuns: 1000 },
    );
  });

  test('a law: nothing is meant that is more than two letters longer or shorter', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (typed, word) => {
        const found = nearest(typed, [word]);
        if (found !== null) expect(Math.abs(word.length - typed.length)).toBeLessThanOrEqual(2);
      }),
    );
  });
});
