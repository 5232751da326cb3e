import { describe, expect, test } from 'vitest';
import { registerSecret, whatIsWrongWith } from '../../src/api/token.ts';

const QUOTES = /^begins or ends with a quote, which is not part of a token; remove the quotes/;
const SHORT = /^has only 7 characters, too few for a token, so nothing was sent; set the whole token$/;

describe('a token', () => {
  test.each([
    ['is not set', '', /^is not set; export it/, /^is not set; export it/],
    ['ends with a line break', 'Canary-7b3f9a\n', /^contains a space, a line break/, /^contains a space, a line break/],
    [
      'begins with its scheme',
      'bearer Canary-7b3f9a',
      /^begins with "Bearer"; remove/,
      /^begins with "Bearer"; remove/,
    ],
    ['resembles the scheme', 'Bearer-7b3f9a', null, null],
    ['is one character', 'x', /^has only 1 character, too few/, null],
    ['is one character too short', 'Canary7', SHORT, null],
    ['is long enough', 'Canary7b', null, null],
    ['is in double quotes', '"Canary-7b3f9a"', QUOTES, QUOTES],
    ['is in single quotes', "'Canary-7b3f9a'", QUOTES, QUOTES],
    ['ends with a quote', 'Canary-7b3f9a"', QUOTES, QUOTES],
    ['begins with a quote', '"Canary-7b3f9a', QUOTES, QUOTES],
    ['has a quote inside', 'Canary-"7b3f9a', null, null],
    ['contains a blank', 'Canary 7b3f9a', /^contains a space/, /^contains a space/],
    ['is in typographic quotes', '“Canary-7b3f9a”', /^contains a space, .*another character/, /^contains a space/],
  ])('that %s', (_, token, afar, here) => {
    for (const [local, fault] of [
      [false, afar],
      [true, here],
    ] as const) {
      const said = whatIsWrongWith(token, local);
      if (fault) expect(said).toMatch(fault);
      else expect(said).toBeNull();
    }
  });

  test('is redacted if it is long enough', () => {
    const secrets = new Set<string>();
    for (const token of ['', 'an', 'Can', 'Cana']) registerSecret(token, secrets);
    expect([...secrets]).toEqual(['Cana']);
  });
});
