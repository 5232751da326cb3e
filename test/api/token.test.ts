import { describe, expect, test } from 'vitest';
import { nameOf, registerSecret, whatIsWrongWith } from '../../src/api/token.ts';

const SHORT = /^has only 3 characters, too few for a token, so nothing was sent; set the whole token$/;

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
    ['is one character too short', 'Can', SHORT, null],
    ['is long enough', 'Cana', null, null],
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

  test("is not printed if it was written instead of its variable's name", () => {
    expect(nameOf('Canary7bZq9XwRt5Mn3Pk8')).not.toContain('Canary');
    expect(nameOf('SINCH_WHATSAPP_TOKEN')).toBe('SINCH_WHATSAPP_TOKEN');
  });
});
