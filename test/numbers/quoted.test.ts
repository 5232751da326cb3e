import { describe, expect, test } from 'vitest';
import { quoted, quotedName } from '../../src/numbers/quoted.ts';

describe('a quoted text of a file', () => {
  test.each(['numbr', 'reason 2', 'ticket-4711', '447700900123', 'x44-7700-900.123y', 'vip 2026-12-31 b'])(
    'is in the message: %s',
    (text) => expect(quoted(text)).toBe(`"${text}"`),
  );

  test.each([
    ['letters between its digits', '447x700x900x123'],
    ['words between its digits', '447700 ext 900123'],
    ['commas', '447,700,900,123'],
    ['other digits', '４４７７００９００１２３'],
    ['base64', 'NDQ3NzAwOTAwMTIz'],
    ['base64 of base64', 'TkRRM056QXdPVEF3TVRJeg'],
    ['base32', 'GQ2DONZQGA4TAMBRGIZQ'],
  ])('is omitted if masking may not find a number in it: %s', (_, text) => expect(quoted(text)).toBe('"…"'));
});

describe('a quoted name', () => {
  test.each(['fraud', 'exports/2024/12/batch-0001-of-0012.csv', 'Phone 2', '447x700x900x123'])(
    'is in the message: %s',
    (name) => expect(quotedName(name)).toBe(`"${name}"`),
  );

  test('is omitted if it has characters of no usual name, and may have a number', () => {
    expect(quotedName('447:700:900:123')).toBe('"…"');
  });

  test('may have more letters than one call can have arguments', () => {
    const long = 'ABCDEFG'.repeat(32_000);
    expect(quotedName(long)).toBe(`"${long}"`);
  });
});
