import { describe, expect, test } from 'vitest';
import { readNumberLines } from '../../../src/desired/number-files/lines.ts';
import { warningsOf } from '../../../src/desired/number-files/number-file.ts';
import { STRANGE_END } from '../../../src/desired/source/line-ends.ts';
import type { Fault } from '../../../src/model/fault.ts';
import { parseWritten } from '../../../src/numbers/written.ts';
import * as fc from '../../fast-check.ts';
import { inChunks } from './chunks.ts';

const read = (content: string | Buffer, sizes?: readonly number[]) => {
  const { file, faults } = readNumberLines('n.txt', inChunks(content, sizes));
  const places = [...file.numbers.keys()].map((n) => file.placeOf(n)).map(({ line, column }) => `${line}:${column}`);
  return { numbers: [...file.numbers], places, faults };
};
const format = ({ message, place, source }: Fault) => `${place!.line}:${place!.column}: ${message} | ${source}`;
const faultsOf = (content: string | Buffer) => read(content).faults.map(format);

describe('a number file is read with', () => {
  test.each<[string, string, readonly string[]]>([
    ['a number', '+46732001122\n', ['1:1']],
    ['no line end', '+46732001122', ['1:1']],
    ['no plus', '46732001122\n', ['1:1']],
    ['separators', '+46 (732) 00-11.22\n', ['1:1']],
    ['CRLF', '\r\n+46732001122\r\n', ['2:1']],
    ['blanks around it', ' \t+46732001122 \t\n', ['1:3']],
    ['blank lines', '\n  \n\t\n+46732001122\n\n', ['4:1']],
    ['comments', '# of 2026\n  # é\n+46732001122 # Threats, +46732001123\n+46732001122#x\n', ['3:1', '4:1']],
    ['a byte order mark', '\ufeff+46732001122\n', ['1:1']],
    ['an apostrophe, as in a spreadsheet', "'+46732001122\n", ['1:1']],
    ['a formula that keeps it as text', '="+46732001122"\n', ['1:1']],
    ['repeats', '+46732001122\n46732001122\n', ['1:1', '2:1']],
    ['no text', '', []],
    ['only a byte order mark', '\ufeff', []],
    ['only comments', '# no number\n', []],
  ])('%s', (_, text, places) => {
    expect(read(text)).toEqual({ numbers: places.map(() => 46732001122), places, faults: [] });
  });

  test('numbers of 7 to 15 digits', () => {
    expect(read('+1234567\n+999999999999999\n').numbers).toEqual([1234567, 999999999999999]);
  });

  test('a national number without a plus, also after an apostrophe', () => {
    const plusless = (text: string) => readNumberLines('n.txt', inChunks(text)).file.plusless;
    expect(plusless("'6065550123\n")).toEqual(plusless('6065550123\n'));
    expect(plusless("'+6065550123\n")).toEqual(plusless('+6065550123\n'));
  });

  test('its numbers in a set', () => {
    const { file } = readNumberLines('n.txt', inChunks('+46732001122\n+12015550123\n+46732001122\n'));
    expect([...file.set]).toEqual([12015550123, 46732001122]);
    expect(file.placeOf(1)).toEqual({ file: 'n.txt', line: 2, column: 1 });
  });
});

describe('a line is refused with', () => {
  test.each<[string, string, string | RegExp]>([
    ['6 digits', '+46732\n+467320\n', /^1:1: the number has 5 digits; .* \| \+46732$/],
    ['16 digits', '+4673200112212345\n', /^1:1: the number has 16 digits; /],
    ['a national number', '0732001122\n', /^1:1: the number starts with 0; /],
    ['a plus and a zero', '+0732001122\n', /^1:1: the number starts with 0; /],
    ['a word', '+12015550123\n  Anna # a friend\n', /^2:3: the number has the character "A" .* \| {3}Anna # a friend$/],
    [
      'two numbers',
      '+46732001122, +46732001123\r\n',
      /^1:1: the number has another number after it; .* \| \+46732001122, \+46732001123$/,
    ],
    ['a number of a data frame', '447700900123.0\n', /^1:1: the number has decimals, /],
    ['a range', '+447700900100-199\n', /^1:1: the number looks like a range; /],
    ['a trunk zero', '+46 (0) 73 200 1122\n', /^1:1: the number has a 0 after the country code /],
    ['in quotes', '"+46732001122"\n', /^1:1: .* at position 1; /],
    ['a no-break space', '+46\u00a0732001122\n', /U\+00A0 at position 4; /],
    [
      'a number that a spreadsheet made short',
      '4.67E+10\n',
      '1:1: the number is in scientific notation, such as 4.67E+10, and its last digits may be lost; format the column as text and enter the number again | 4.67E+10',
    ],
    ['the same with a comma', '4,67e+10\n', /scientific notation/],
  ])('%s', (_, text, fault) => {
    const [first = ''] = faultsOf(text);
    expect(first).toMatch(fault);
  });

  test('a byte order mark after the start of the file', () => {
    for (const sizes of [[], [1], [16]]) {
      const { faults } = read('\ufeff+46732001122\n\ufeff+46732001123\n', sizes);
      expect(faults.map(format)).toEqual([expect.stringMatching(/^2:1: .* U\+FEFF at position 1; /)]);
    }
  });

  test('an error for each bad line', () => {
    expect(faultsOf('1\n+46732001122\n2\n\n3').map((fault) => fault.slice(0, 3))).toEqual(['1:1', '3:1', '5:1']);
  });

  test('100,000 errors, and a count of the others', () => {
    const { faults } = read('x\n'.repeat(102_345));
    expect(faults).toHaveLength(100_001);
    expect(new Set(faults.map(({ place }) => place!.line)).size).toBe(100_000);
    expect(faults.at(-1)).toEqual({
      message: '2,345 more errors after line 100000; check that this is the right file',
      place: { file: 'n.txt', line: 100_000, column: 1 },
      counts: 2345,
    });
  });

  test('the lines of the first errors only, as reports show no others', () => {
    const { faults } = read('x\n'.repeat(1002));
    expect(faults.map(({ source }) => source ?? null)).toEqual([...Array(1000).fill('x'), null, null]);
  });

  test('its text cut to the length that a report shows', () => {
    const [fault] = read(`${'x'.repeat(5000)}\n`).faults;
    expect(fault!.source).toBe('x'.repeat(2000));
    const [deep] = read(`${' '.repeat(5000)}x\n`).faults;
    expect(deep).toMatchObject({ place: { line: 1, column: 5001 } });
    expect(deep!.source).toBeUndefined();
  });

  test('an error without its text if the file is encrypted', () => {
    const { faults } = readNumberLines('n.txt.age', inChunks('Anna\n'), true);
    expect(faults).toHaveLength(1);
    expect(faults[0]!.source).toBeUndefined();
    expect(JSON.stringify(faults)).not.toContain('nna');
  });
});

describe('a file that is not text', () => {
  const NOT_UTF8 = 'this is not UTF-8 text; save the file as UTF-8, or export a workbook as CSV';
  const ZERO = 'this is a zero byte, as in UTF-16 and binary files; save the file as UTF-8 text';
  const LONE = 'this carriage return has no line feed after it; save the file with LF or CRLF line ends';
  const hidden = (code: string) =>
    `the character U+${code} ends a line in some editors only; replace it with a line feed, or remove it`;
  const utf16 = Buffer.from('+46732001122\n', 'utf16le');
  test.each<[string, string | Buffer, string, string]>([
    ['Latin-1', Buffer.from('+46732001122 # caf\xe9\n', 'latin1'), '1:19', NOT_UTF8],
    ['half a surrogate pair', Buffer.from([0x23, 0xed, 0xa0, 0x80, 0x0a]), '1:2', NOT_UTF8],
    ['a character cut in half', Buffer.from('+46732001122\n# é').subarray(0, 16), '2:3', NOT_UTF8],
    ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), '1:1', NOT_UTF8],
    ['UTF-16 without a mark', utf16, '1:2', ZERO],
    ['UTF-16, big-endian', Buffer.from(utf16).swap16(), '1:1', ZERO],
    ['a workbook', Buffer.from('504b0304140006000800000021007f', 'hex'), '1:6', ZERO],
    ['a zero byte after other characters', '+46732001122\n# é😀\0\n', '2:6', ZERO],
    ['CR line ends', '+46732001122\r+46732001123\r', '1:13', LONE],
    ['a next-line character in a comment', '# a\u0085+46732001122\n', '1:4', hidden('0085')],
    ['a line separator in a comment', '+46732001122\n# é😀\u2028+46732001123\n', '2:6', hidden('2028')],
    ['a paragraph separator in a last line', '+46732001122\n# a\u2029', '2:4', hidden('2029')],
    ['a lone carriage return among CRLF', '+46732001122\r\n+46732001122\r\n# a\rb\r\n', '3:4', LONE],
  ])('is refused at the place of %s', (_, content, place, message) => {
    expect(faultsOf(content).map((fault) => fault.split(' | ')[0])).toEqual([`${place}: ${message}`]);
  });

  test.each([
    ['both sides', '+46732001122\n<<<<<<< HEAD\n+46732001123\n=======\n+46732001124\n>>>>>>> of-them\n', '2:1'],
    ['in the first line', '<<<<<<< HEAD\nx\n=======\n>>>>>>> x\n', '1:1'],
    ['CRLF', '+46732001122\r\n<<<<<<< HEAD\r\n=======\r\n>>>>>>> x\r\n', '2:1'],
    ['only the last mark', '+46732001122\n>>>>>>> of-them', '2:1'],
  ])('is reported once for conflict markers: %s', (_, text, place) => {
    for (const sizes of [[], [1], [16]]) {
      expect(read(text, sizes).faults.map((fault) => format(fault).split(' | ')[0])).toEqual([
        `${place}: this is a conflict marker of a merge; choose between the two sides, and remove the markers`,
      ]);
    }
  });

  test('does not include conflict markers in a comment', () => {
    expect(read('# <<<<<<< HEAD\n#=======\n+46732001122 # >>>>>>> x\n')).toMatchObject({
      numbers: [46732001122],
      faults: [],
    });
  });

  test('is read up to the error only', () => {
    expect(read('+46732001122\nx\n\0\ny\n+46732001123\n')).toMatchObject({
      numbers: [46732001122],
      faults: [{ place: { line: 2 } }, { place: { line: 3 }, message: ZERO }],
    });
  });

  const MIB = 1024 * 1024;
  const TOO_LONG = '2:1: the line is longer than 1 MiB; check that this is the right file';
  test.each([[[64 * 1024]], [[MIB]], [[100, MIB]]])(
    'is one with a line of more than 1 MiB, in chunks of %j',
    (sizes) => {
      const line = (length: number) => `\n${'#'.repeat(length)}`;
      for (const end of ['', '\n', '\n+46732001122']) {
        const { faults } = read(line(MIB + 1) + end, sizes);
        expect(faults.map(({ place, message }) => `${place!.line}:${place!.column}: ${message}`)).toEqual([TOO_LONG]);
        expect(read(line(MIB) + end, sizes).faults).toEqual([]);
      }
    },
  );
});

describe('warningsOf', () => {
  const place = { file: 'n.txt', line: 3, column: 1 };
  test.each<[string, readonly number[], object[]]>([
    ['finds no repeats', [1, 2, 3], []],
    ['finds a repeated number', [1, 2, 1], [{ code: 'W-DUPLICATE', count: 1, first: 1, place }]],
    ['reports the first repeat', [5, 9, 5, 9, 5], [{ code: 'W-DUPLICATE', count: 2, first: 1, place }]],
    [
      'reports the earliest repeat, not the number that is repeated first',
      [5, 9, 9, 5],
      [{ code: 'W-DUPLICATE', count: 2, first: 2, place }],
    ],
  ])('%s', (_, numbers, warnings) => {
    const text = numbers.map((number) => `+1201555000${number}\n`).join('');
    expect(warningsOf(readNumberLines('n.txt', inChunks(text)).file)).toEqual(warnings);
  });
});

/** Reads the whole file as text, line by line, as a reference. */
function naively(text: string) {
  const numbers: number[] = [];
  const places: string[] = [];
  const faults: [string, string][] = [];
  const lines = text.replace(/^\ufeff/, '').split('\n');
  for (const [index, ended] of lines.entries()) {
    const line = ended.replace(/\r$/, '');
    const said = line.split('#')[0]!;
    const written = said.replace(/^[ \t]+|[ \t]+$/g, '');
    if (written === '') continue;
    const place = `${index + 1}:${said.indexOf(written) + 1}`;
    const number = parseWritten(withoutTextMarks(written));
    if (typeof number !== 'number') {
      faults.push([place, line]);
    } else {
      numbers.push(number);
      places.push(place);
    }
  }
  return { numbers, places, faults };
}

/** Removes an apostrophe at the start or both ends, or `="…"`, as a spreadsheet's export writes a number as text. */
function withoutTextMarks(written: string): string {
  const marks = "'’`";
  const formula = written.length > 2 && written.startsWith('="') && written.endsWith('"');
  if (!formula && !marks.includes(written[0]!)) return written;
  const isClosed = formula || (written.length > 1 && marks.includes(written.at(-1)!));
  const inner = written.slice(formula ? 2 : 1, isClosed ? -1 : undefined);
  return (formula ? /"/ : /['’`]/).test(inner) ? written : inner.trim();
}

const digits = fc.stringMatching(/^[0-9][0-9]{5,16}$/);
const junk = fc.oneof(
  fc.string({ unit: fc.constantFrom('+', '0', '1', '9', ' ', '\t', '-', '.', '(', ')', '#', 'é', '😀', ',', '"') }),
  fc.string({ unit: 'grapheme' }).filter((text) => !/[\0\r\n]/.test(text) && !STRANGE_END.test(text)),
);
const mark = fc.constantFrom('', "'", '’', '`', '="', '"');
const line = fc.oneof(
  { weight: 4, arbitrary: digits },
  { weight: 4, arbitrary: digits.map((number) => `+${number}`) },
  { weight: 1, arbitrary: digits.map((number) => `="${number}"`) },
  { weight: 1, arbitrary: fc.tuple(mark, digits, mark).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.tuple(junk, digits, junk).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: junk },
);
const ended = fc.tuple(line, fc.constantFrom('\n', '\r\n')).map((parts) => parts.join(''));
const text = fc
  .tuple(fc.constantFrom('', '\ufeff'), fc.array(ended), fc.oneof(fc.constant(''), line))
  .map(([mark, lines, last]) => mark + lines.join('') + last);
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

describe('laws', () => {
  test('the reader finds the same numbers and errors as a plain reader', () => {
    const law = (content: string) => {
      const { faults, ...good } = read(content);
      const found = faults.map(({ place, source }) => [`${place!.line}:${place!.column}`, source]);
      expect({ ...good, faults: found }).toEqual(naively(content));
    };
    fc.assert(fc.property(text, law), { numRuns: 1000 });
  });

  test('the size of chunks makes no difference', () => {
    fc.assert(
      fc.property(text, sizes, (content, chunks) => {
        expect(read(content, chunks)).toEqual(read(content));
      }),
      { numRuns: 1000 },
    );
  });

  test('the size of chunks makes no difference to a broken file', () => {
    const broken = fc.tuple(text, fc.constantFrom('\0', '\r', '\xff', '\xc3'), text).map(([before, byte, after]) => {
      return Buffer.concat([Buffer.from(before), Buffer.from(byte, 'latin1'), Buffer.from(after)]);
    });
    fc.assert(
      fc.property(broken, sizes, (content, chunks) => {
        expect(read(content, chunks)).toEqual(read(content));
      }),
    );
  });
});
