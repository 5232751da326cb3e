import { describe, expect, test } from 'vitest';
import type { Invalid } from '../../src/numbers/invalid.ts';
import { formatMsisdn, parseMsisdn, readPlainCodes } from '../../src/numbers/msisdn.ts';
import * as fc from '../fast-check.ts';

const whyNot = (text: string) => (parseMsisdn(text) as Invalid).why;

describe('a phone number', () => {
  test.each([
    ['+46732001122', 46732001122],
    ['46732001122', 46732001122],
    ['+44 7700 900123', 447700900123],
    ['+44 (7700) 900-123', 447700900123],
    ['+1.202.555.0123', 12025550123],
    ['1 - (202) - 555 - 0123', 12025550123],
    ['+1234567', 1234567],
    ['+999999999999999', 999999999999999],
  ])('%s is read', (text, number) => {
    expect(parseMsisdn(text)).toBe(number);
  });

  test.each([
    ['nothing', '', /^is empty; .*"\+447700900123"/],
    ['only a plus', '+', /^has 0 digits; .* 7 to 15$/],
    ['one digit', '7', /^has 1 digit;/],
    ['6 digits', '+447700', /^has 6 digits;/],
    ['16 digits', '+4477009001231234', /^has 16 digits;/],
    ['more digits than a double can represent', '9'.repeat(400), /^has 400 digits;/],
    ['the prefix 00', '0046732001122', /^starts with the prefix 00; write \+ and the country code/],
    ['the prefix 00 after a plus', '+0046732001122', /^starts with the prefix 00;/],
    ['a national number', '0732001122', /^starts with 0; write it in international form/],
    ['zero', '0', /^starts with 0;/],
    ['hex', '0x1F', /^starts with 0;/],
    ['a float', '4.6e10', /^has the character "e" \(U\+0065\) at position 4;/],
    ['two pluses', '++46732001122', /"\+" \(U\+002B\) at position 2/],
    ['a plus in the middle', '46+732001122', /"\+" \(U\+002B\) at position 3/],
    ['a plus at the end', '46732001122+', /"\+" \(U\+002B\) at position 12/],
    ['a separator first', '(46) 732001122', /"\(" \(U\+0028\) at position 1/],
    ['a separator after the plus', '+ 46732001122', /U\+0020 at position 2/],
    ['a separator last', '+46732001122-', /"-" \(U\+002D\) at position 13/],
    ['separators last, of which the first is reported', '+46732001122 )-', /U\+0020 at position 13/],
    ['only separators', '+-.', /"-" \(U\+002D\) at position 2/],
    ['a space first', ' +46732001122', /U\+0020 at position 1/],
    ['a line feed last', '+46732001122\n', /U\+000A at position 13/],
    ['a tab', '+46\t732001122', /U\+0009 at position 4/],
    ['a slash', '+46/732001122', /"\/" \(U\+002F\) at position 4/],
    ['an extension', '+46732001122x5', /"x" \(U\+0078\) at position 13/],
    ['Arabic digits', '٤٦٧٣٢٠٠١١٢٢', /U\+0664 at position 1/],
    ['full-width digits', '+４６７３２００１１２２', /U\+FF14 at position 2/],
    ['a full-width plus', '＋46732001122', /U\+FF0B at position 1/],
    ['a zero-width space', '+46732\u200b001122', /U\+200B at position 7/],
    ['a no-break space', '+46\u00a0732001122', /U\+00A0 at position 4/],
    ['a mark that turns the direction', '\u202e46732001122', /U\+202E at position 1/],
    ['a byte order mark', '\ufeff46732001122', /U\+FEFF at position 1/],
    ['NUL', '+46732001122\0', /U\+0000 at position 13/],
    ['an emoji', '+46732😀', /U\+1F600 at position 7/],
    ['half an emoji', '+46732\ud83d', /U\+D83D at position 7/],
    ['a word', 'true', /"t" \(U\+0074\) at position 1/],
    ['a typographic dash', '+46–732001122', /U\+2013 at position 4/],
  ])('%s is refused, and the reason names it', (_, text, reason) => {
    expect(whyNot(text)).toMatch(reason);
  });

  test('has a reason that never repeats the text', () => {
    expect(whyNot(`+46732001122\u001b]8;;http://x`)).not.toContain('http');
  });
});

const number = fc.integer({ min: 1_000_000, max: 999_999_999_999_999 });
const separators = fc.string({ unit: fc.constantFrom(' ', '-', '.', '(', ')'), maxLength: 3 });
const spelling = fc
  .tuple(number, fc.boolean(), fc.array(separators, { minLength: 15, maxLength: 15 }))
  .map(([value, plus, between]) => {
    const digits = [...String(value)].map((digit, index) => (index > 0 ? between[index]! : '') + digit).join('');
    return { value, text: (plus ? '+' : '') + digits };
  });

describe('laws of phone numbers', () => {
  test('a formatted number is parsed to the same number', () => {
    fc.assert(fc.property(number, (value) => parseMsisdn(formatMsisdn(value)) === value));
  });

  test('a formatted number is a plus and 7 to 15 digits', () => {
    fc.assert(fc.property(number, (value) => /^\+[1-9][0-9]{6,14}$/.test(formatMsisdn(value))));
  });

  test('separators between digits do not change the number', () => {
    fc.assert(fc.property(spelling, ({ value, text }) => parseMsisdn(text) === value));
  });

  test('the fast readers of text and of bytes agree with the parser', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 18 });
    fc.assert(
      fc.property(fc.constantFrom('', '+', '++'), digits, fc.constantFrom('', ' ', '"', '\n'), (plus, some, end) => {
        const [text, found, other] = [`${plus}${some}`, { number: 0 }, { number: 0 }];
        const expected = parseMsisdn(text);
        const at = readPlainCodes(Buffer.from(`x${text}${end}`), 1, found);
        const units = Uint16Array.from(`x${text}${end}`, (character) => character.charCodeAt(0));
        expect(readPlainCodes(units, 1, other)).toBe(at);
        if (typeof expected === 'number') {
          expect([at, found.number, other.number]).toEqual([text.length + 1, expected, expected]);
        } else expect(at).toBe(-1);
      }),
      { numRuns: 1000 },
    );
  });
});
