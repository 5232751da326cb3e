import { describe, expect, test } from 'vitest';
import { nameOf, registerSecret, whatIsWrongWith } from '../../src/api/token.ts';

const SHORT = /^has only 3 characters, and no token is so short; nothing was sent$/;

describe('a token', () => {
  test.each([
    ['is not set', '', /^is not set; export it/, /^is not set; export it/],
    ['ends in a line break', 'Canary-7b3f9a\n', /^holds a space, a line break/, /^holds a space, a line break/],
    [
      'has its scheme before it',
      'bearer Canary-7b3f9a',
      /^begins with "Bearer"; leave/,
      /^begins with "Bearer"; leave/,
    ],
    ['is like the scheme', 'Bearer-7b3f9a', null, null],
    ['is one letter', 'x', /^has only 1 character, and/, null],
    ['is a letter too short', 'Can', SHORT, null],
    ['may be one', 'Cana', null, null],
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

  test('is hidden, if it may be one', () => {
    const secrets = new Set<string>();
    for (const token of ['', 'an', 'Can', 'Cana']) registerSecret(token, secrets);
    expect([...secrets]).toEqual(['Cana']);
  });

  test('is not told where it stands in place of its name', () => {
    expect(nameOf('Canary7bZq9XwRt5Mn3Pk8')).not.toContain('Canary');
    expect(nameOf('SINCH_WHATSAPP_TOKEN')).toBe('SINCH_WHATSAPP_TOKEN');
  });
});
