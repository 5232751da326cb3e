import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Invalid } from '../../src/numbers/invalid.ts';
import { formatMsisdn, parseMsisdn } from '../../src/numbers/msisdn.ts';
import { KEPT_ZERO, parseWritten } from '../../src/numbers/written.ts';
import * as fc from '../fast-check.ts';

const root = join(import.meta.dirname, '../..');

/** The number, or the reason why the text is not a number. */
function become(text: string): string {
  const number = parseWritten(text);
  return number instanceof Invalid ? `error: ${number.why}` : formatMsisdn(number);
}

const SHORT = 'error: is in scientific notation, such as 4.67E+10, and its last digits may be lost;';
const DECIMALS = 'error: has decimals';
const DATE = 'error: looks like a date';
const RANGE = 'error: looks like a range';
const SEVERAL = 'error: has another number after it';
const THOUSANDS = 'error: has thousands separators';
const DOT = 'error: has a dot and no plus';
const ZERO = 'error: has a 0 after the country code';
const EMPTY = 'error: is an empty value';
/** The reasons for which text with only the characters of a number is refused. */
const LOOKALIKE = /looks like a (date|range)|has decimals|after the country code/;
const SHEET = 'error: is an error of a spreadsheet';

describe('the table of docs/lists.md', () => {
  const [, section = ''] = readFileSync(join(root, 'docs/lists.md'), 'utf8').split('## What is a number\n');
  const rows = [...section.split('\n## ')[0]!.matchAll(/^\| `(.+?)` \| (?:`(\+\d+)`.*|(error: .*)) \|$/gm)];

  test.each(rows.map(([, written, number, error]) => [written!, (number ?? error)!]))('%s becomes %s', (text, says) => {
    expect(become(text).slice(0, says.length)).toBe(says);
  });

  test('has a row for each kind of number', () => {
    expect(rows.length).toBeGreaterThan(25);
  });
});

describe('parseWritten reads', () => {
  test.each([
    ['+44 7700 900123', 447_700_900_123],
    ['+44.7700.900.123', 447_700_900_123],
    ['+44.7700900123', 447_700_900_123],
    ['+1.7035550100', 17_035_550_100],
    ['1 - (202) - 555 - 0123', 12_025_550_123],
    ['+1 202-555-0100', 12_025_550_100],
    ['+1-202-555-0199', 12_025_550_199],
    ['+49 30 12345-67', 49_301_234_567],
    ['+49 89 1234567-89', 49_891_234_567_89],
    ['+380-67-123-45-67', 380_671_234_567],
    ['+380 (67) 123-45-67', 380_671_234_567],
    ['+62 8123-4567-890', 6_281_234_567_890],
    ['+55 11 91234-5678', 5_511_912_345_678],
    ['+62 8123-4567-8901', 62_812_345_678_901],
    ['+62-812-345-678-901', 62_812_345_678_901],
    ['380-67-123-45-67', 380_671_234_567],
    ['+380-671-2345-67', 380_671_234_567],
    ['+44-7700-900-123', 447_700_900_123],
    ['+49-89-1234567-89', 4_989_123_456_789],
    ['+33-6-12-34-56-78', 33_612_345_678],
    ['+86-138-0013-8000', 8_613_800_138_000],
    ['+54-9-11-1234-5678', 5_491_112_345_678],
    ['+44-7700-900199-100', 447_700_900_199_100], // the ending is not larger
    ['+12015550100 199', 12_015_550_100_199],
    ['+91 98765-43210', 919_876_543_210],
    ['+39 06 12345678', 390_612_345_678],
    ['+39 (06) 12345678', 390_612_345_678],
    ['+225 07 07 12 34 56', 2_250_707_123_456],
    ['+242 06 123 4567', 242_061_234_567],
    ['+229 01 23 45 67 89', 2_290_123_456_789],
    ['+378 0549 886377', 3_780_549_886_377],
    ['+4407700900123', 4_407_700_900_123], // a server may list it
    ['+447 009 001 23', 44_700_900_123],
    ['+120 055 50123', 12_005_550_123],
    ['+31 12 2026', 31_122_026], // with a plus it is not a date
    ['+31-12-2026', 31_122_026],
    ['+32.12.20261', 321_220_261],
    ['20261231', 20_261_231],
    ['+46 73 200 11 22', 46_732_001_122],
  ])('%s', (text, number) => {
    expect(parseWritten(text)).toBe(number);
  });
});

describe('parseWritten refuses', () => {
  test.each([
    ['4.477E+11', SHORT],
    ['4,477E+11', SHORT],
    ['4.47700900123e11', SHORT],
    ['+4.477E+11', SHORT],
    ['447700900123.0', DECIMALS],
    ['447700900123.00', DECIMALS],
    ['447700900123,0', DECIMALS],
    ['+447700900123.0', DECIMALS],
    ['447700900123.5', DECIMALS],
    ['31.12.2026', DATE],
    ['31/12/2026', DATE],
    ['12/31/2026', DATE],
    ['31-12-2026', DATE],
    ['31 12 2026', DATE],
    ['01.02.2026', DATE],
    ['1.2.26', DATE],
    ['2026-12-31', DATE],
    ['2026/12/31', DATE],
    ['2026-12-31T00:00:00.000Z', DATE],
    ['31.12.2026 12:30', DATE],
    ['+31.12.2026', DATE],
    ['+12.31.2026', DATE],
    ['+2026.12.31', DATE],
    ['31-Dec-26', DATE],
    ['31. Dezember 2026', DATE],
    ['Dec 31, 2026', DATE],
    ['+447700900100-199', RANGE],
    ['447700900100-199', RANGE],
    ['+447700900100 - 199', RANGE],
    ['+44 7700 900100-199', RANGE],
    ['+447700900100–199', RANGE],
    ['447700900100..199', RANGE],
    ['+447700900100..199', RANGE],
    ['+447700900100…199', RANGE],
    ['447700900100-447700900199', RANGE],
    ['+1 202 555 0100-99', RANGE],
    ['+44-7700-900100-199', RANGE],
    ['+44-7700-900100-99', RANGE],
    ['+44 7700-900-100-199', RANGE],
    ['+44–7700–900100–199', RANGE],
    ['+447700900100--199', RANGE],
    ['+1-201-555-0100-0199', RANGE],
    ['+1.201.555.0100-0199', RANGE],
    ['+1 201-555-0100-199', RANGE],
    ['+1 (201) 555-0100-99', RANGE],
    ['+1-201-555-0100 - 0199', RANGE],
    ['201-555-0100-199', RANGE],
    ['(201) 555-0100-0199', RANGE],
    ['201 555 0100-99', RANGE],
    ['+447700900100-+447700900199', SEVERAL],
    ['+447700900123 +447700900124', SEVERAL],
    ['+447700900123+447700900124', SEVERAL],
    ['+447700900123, +447700900124', SEVERAL],
    ['447700900123;447700900124', SEVERAL],
    ['447700900123/447700900124', SEVERAL],
    ['447700900123 447700900124', SEVERAL],
    ['+447700900123 and +447700900124', SEVERAL],
    ['+447700900123\n+447700900124', SEVERAL],
    ['447,700,900,123', THOUSANDS],
    ['447.700.900.123', THOUSANDS],
    ['447.700.900.123,00', THOUSANDS],
    ['447’700’900’123', THOUSANDS],
    ['447\u00a0700\u00a0900\u00a0123', THOUSANDS],
    ['447\u202f700\u202f900\u202f123', THOUSANDS],
    ['44770090012300%', 'error: has a percent sign'],
    ['£447700900123', 'error: has a currency sign'],
    ['447700900123 €', 'error: has a currency sign'],
    ["'+447700900123", 'error: begins with an apostrophe'],
    ['="447700900123"', 'error: is a formula'],
    ['#N/A', SHEET],
    ['#REF!', SHEET],
    ['#NAME?', SHEET],
    ['########', SHEET],
    ['nan', EMPTY],
    ['None', EMPTY],
    ['-447700900123', 'error: has a minus sign'],
    ['1.202.555.0123', DOT],
    ['44.7700900123', DOT],
    ['447700900.123', DOT],
    ['447700900123.', DOT],
    ['+46 (0) 73 200 1122', ZERO],
    ['46 (0) 73 200 1122', ZERO],
    ['+44(0)7700900123', ZERO],
    ['+46 0 73 200 1122', ZERO],
    ['+46-0-73-200-1122', ZERO],
    ['+46.0.73.200.1122', ZERO],
    ['+44 (07700) 900123', ZERO],
    ['+44 020 7946 0018', ZERO],
    ['+81 090-1234-5678', ZERO],
    ['+353 ( 0 ) 1 234 5678', ZERO],
    ['+39 (0) 6 12345678', 'error: has (0) after the country code; remove it, or write 0 without parentheses'],
  ])('%s', (text, says) => {
    expect(become(text).slice(0, says.length)).toBe(says);
  });

  test('with a reason that never repeats the text', () => {
    for (const text of ['447700900123.0', '+447700900123, +447700900124', '+46 (0) 73 200 1122']) {
      expect(become(text)).not.toMatch(/\d{4}/);
    }
  });

  test('a long line, for its first wrong character or its length', () => {
    expect(become(`4${'.'.repeat(500_000)}47700900123`)).toMatch(/^error: has more separators than digits/);
    expect(become(`+4${'.'.repeat(80)}47700900123`)).toMatch(/^error: has more separators than digits/);
    expect(become(`${'1.'.repeat(500_000)}x`)).toMatch(/^error: has the character "x"/);
  });
});

describe('laws of written numbers', () => {
  const alphabet = fc.constantFrom(...'+00112299 -.(),/E%', '…', '–');
  const any = fc.oneof(fc.string({ unit: alphabet, maxLength: 24 }), fc.string({ unit: 'binary' }));

  test('an accepted number is the one that parseMsisdn reads', () => {
    fc.assert(
      fc.property(any, (text) => {
        const written = parseWritten(text);
        return written instanceof Invalid || written === parseMsisdn(text);
      }),
      { numRuns: 3000 },
    );
  });

  test('no lookalike is accepted because SUSPECT does not match it', () => {
    const dated = fc.tuple(fc.nat(40), fc.nat(20), fc.nat(2100)).map((parts) => parts.join('-'));
    fc.assert(
      fc.property(fc.oneof(dated, fc.string({ unit: fc.constantFrom(...'+0123 -()'), maxLength: 20 })), (text) => {
        const isDate = /^(0?[1-9]|[12]\d|3[01])([- ])(0?[1-9]|1[0-2])\2((19|20)\d\d|\d\d)$/.test(text);
        expect(isDate && typeof parseWritten(text) === 'number').toBe(false);
        if (/^\+46[- ()]+0/.test(text)) expect(parseWritten(text)).toBeInstanceOf(Invalid);
      }),
      { numRuns: 1000 },
    );
  });

  test('text of only a plus and digits is always a number', () => {
    const number = fc.integer({ min: 1_000_000, max: 999_999_999_999_999 });
    fc.assert(fc.property(number, (value) => parseWritten(formatMsisdn(value)) === value));
    fc.assert(fc.property(number, (value) => parseWritten(String(value)) === value));
  });

  test('text with a dot and no plus is never a number', () => {
    const digits = fc.array(fc.constantFrom(...'0123456789.'), { minLength: 8, maxLength: 18 });
    fc.assert(fc.property(digits, (all) => parseWritten(`1${all.join('')}.1`) instanceof Invalid));
  });

  // Editors check the schema, so it must accept all text that the parser accepts, and in addition only
  // lookalikes.
  const schema = JSON.parse(readFileSync(join(root, 'schemas/blacklist.schema.json'), 'utf8'));
  const pattern = new RegExp(schema.definitions.number.pattern, 'u');
  const agree = (text: string) => {
    const isNumber = typeof parseWritten(text) === 'number';
    return pattern.test(text) === isNumber || (!isNumber && LOOKALIKE.test(become(text)));
  };

  test('the parser and the schema agree on any text', () => {
    fc.assert(fc.property(any, agree), { numRuns: 3000 });
    const close = fc.constantFrom('+', '0', '1', '2', '9', ' ', '-', '.', '(', ')', 'e', 'x', '\n', '٤', '\u200b');
    fc.assert(fc.property(fc.string({ unit: close, maxLength: 24 }), agree), { numRuns: 3000 });
  });

  test('the parser and the schema agree on numbers with one thing wrong', () => {
    const strange = fc.constantFrom(
      ...['', '+', '0', '00', ' ', '-', '(', '\n', '\r', '\0', '\u2028', '４', '٤', 'e', '12'],
    );
    const separator = fc.constantFrom(...['', '', '', ' ', '-', '.', '(', ') ']);
    const digits = fc.array(fc.tuple(fc.nat(9), separator), { minLength: 6, maxLength: 15 });
    const nearMiss = fc
      .tuple(fc.constantFrom('', '+', '+4'), digits, fc.nat(40), fc.nat(2), strange)
      .map(([start, all, at, drop, put]) => {
        const text = start + all.map(([digit, between]) => digit + between).join('');
        return text.slice(0, at) + put + text.slice(at + drop);
      });
    fc.assert(fc.property(nearMiss, agree), { numRuns: 3000 });
  });
});

/** libphonenumber's data of a country: its calling code, the pattern of its national numbers and their lengths. */
type Country = readonly [code: string, idd: unknown, pattern: string, lengths: readonly number[]];

test('KEPT_ZERO has exactly the calling codes for which libphonenumber knows numbers with a first 0', () => {
  const path = join(root, 'node_modules/libphonenumber-js/metadata.max.json');
  const { countries, nonGeographic } = JSON.parse(readFileSync(path, 'utf8'));
  const beginsWithZero = ([, , pattern, lengths]: Country) =>
    lengths.some((length) => {
      const whole = new RegExp(`^(?:${pattern})$`);
      const starts = Array.from({ length: 900 }, (_, at) => `0${100 + at}`);
      return starts.some((start) => [...'0123456789'].some((digit) => whole.test(start.padEnd(length, digit))));
    });
  const all = [...Object.values(countries), ...Object.values(nonGeographic)] as Country[];
  const found = new Set(all.filter(beginsWithZero).map(([code]) => code));
  expect([...KEPT_ZERO].sort()).toEqual([...found].sort());
});
