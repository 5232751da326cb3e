import { describe, expect, test } from 'vitest';
import { readNumberColumn } from '../../../src/desired/number-files/csv.ts';
import type { Fault } from '../../../src/model/fault.ts';
import { parseWritten } from '../../../src/numbers/written.ts';
import * as fc from '../../fast-check.ts';
import { inChunks } from './chunks.ts';

const read = (content: string | Buffer, column?: string, sizes?: readonly number[]) => {
  const { file, faults } = readNumberColumn('n.csv', inChunks(content, sizes), column);
  const places = [...file.numbers.keys()].map((n) => file.placeOf(n)).map(({ line, column }) => `${line}:${column}`);
  return { numbers: [...file.numbers], places, faults };
};
const format = ({ message, place, source }: Fault) => `${place!.line}:${place!.column}: ${message} | ${source}`;
const faultsOf = (content: string | Buffer, column?: string) => read(content, column).faults.map(format);

describe('a CSV file is read with', () => {
  test.each<[string, string, readonly string[], string?]>([
    ['the column "number"', 'id,number,name\n1,+46732001122,Anna\n', ['2:3']],
    ['the only column', 'number\n+46732001122\n', ['2:1']],
    ['the column that is named', 'number,phone\n7,+46732001122\n', ['2:3'], 'phone'],
    ['a column with blanks in its name', 'id, The phone \n7,+46732001122\n', ['2:3'], 'The phone'],
    ['semicolons', 'id;number\n1;+46732001122\n', ['2:3']],
    ['semicolons, with commas in a name', 'a,b,c,d;number\n1;+46732001122\n', ['2:3']],
    ['tabs', 'id\tnumber\n1\t+46732001122\n', ['2:3']],
    ['tabs, with commas in the cells', 'id\tnumber\n1,2\t+46732001122\n', ['2:5']],
    ['without a last line end', 'id,number\n1,+46732001122', ['2:3']],
    ['CRLF', 'id,number\r\n1,+46732001122\r\n\r\n2,46732001122\r\n', ['2:3', '4:3']],
    ['CRLF after quotes', '"id","number"\r\n"1","+46732001122"\r\n', ['2:6']],
    ['blank lines', '\n\nnumber\n\n+46732001122\n\n', ['5:1']],
    ['a byte order mark', '\ufeffnumber,x\n+46732001122,1\n', ['2:1']],
    ['a number as people write it', 'number,x\n+46 (732) 00-11.22,1\n', ['2:1']],
    ['blanks around a number', 'x,number\n1, \t+46732001122 \n', ['2:5']],
    ['a number in quotes', 'x,number\n1,"+46 732 001122"\n2,"+46732001122"\n', ['2:4', '3:4']],
    ['blanks in the quotes', 'x,number\n1," +46732001122 "\n', ['2:5']],
    ['delimiters in quotes', 'x,number\n"a,b",+46732001122\n', ['2:7']],
    ['quotes in quotes', 'x,number\n"a ""b"", c",+46732001122\n', ['2:14']],
    ['empty quotes', 'x,number,y\n"",+46732001122,""\n', ['2:4']],
    ['a quote in the middle of a cell', 'x,number\n5" pipe,+46732001122\n', ['2:9']],
    ['line breaks in quotes', 'x,number,y\n"a\n\nb",+46732001122,"c\nd"\n1,+46732001122,2\n', ['4:4', '6:3']],
    ['columns after letters of many bytes', 'x,number\né😀,+46732001122\n', ['2:5']],
    ['a row without its last cells', 'number,x,y\n+46732001122\n+46732001122,1\n', ['2:1', '3:1']],
    ['a header in quotes', '"id","number","a ""b"""\n1,+46732001122,2\n', ['2:3']],
    ['a header with a line break', '"id of\nthe user",number\n1,+46732001122\n', ['3:3']],
    ...[',', ';', '\t', '|'].flatMap((d): [string, string, readonly string[]][] =>
      [`"no\nte"${d}id${d}number`, `id${d}"no\nte"${d}number`, `number${d}"no\nte"`].map((header, at) => {
        const sep = d === '|' ? 'sep=|\n' : '';
        const row = at === 2 ? `+46732001122${d}` : `${d}${d}+46732001122`;
        return [
          `a line break in name ${at} of a header with ${JSON.stringify(d)}`,
          `${sep}${header}\n${row}\n`,
          [`${d === '|' ? 4 : 3}:${at === 2 ? 1 : 3}`],
        ];
      }),
    ),
    ['a header with a lone quote', '5" pipe,number\n1,+46732001122\n', ['2:3']],
    ['no rows', 'number\n', []],
    ['rows of nothing but delimiters', 'number,a,b\n+46732001122,1,\n,,\n,,\n', ['2:1']],
    ['such rows with blanks, empty quotes and CRLF', 'a;number\r\n1;+46732001122\r\n ;\r\n"";""\r\n', ['2:3']],
    ['such rows of more cells than the header', 'a,number\n,,,,\n1,+46732001122\n', ['3:3']],
    ['such rows of a single column', 'number\n""\n+46732001122\n \t\n', ['3:1']],
    ['such rows above the header', ',,\n;\n\n"",\na,number\n1,+46732001122\n', ['6:3']],
    ['a line that declares semicolons', 'sep=;\na,b;number\n1,2;+46732001122\n', ['3:5']],
    ['a byte order mark before that line', '\ufeff"sep=,";;\r\na;b,number\r\n1,+46732001122\r\n', ['3:3']],
    ['a delimiter that only that line knows', 'SEP=|\na|number\n1|+46732001122\n', ['3:3']],
    ['an apostrophe before a number', "a,number\n1,'+46732001122\n2,'46732001122'\n", ['2:3', '3:3']],
    ['a number that a formula keeps as text', 'a,number\n1,="+46732001122"\n2,"=""+46732001122"""\n', ['2:3', '3:4']],
    ['no rows, nor a line end', 'number', []],
  ])('%s', (_, text, places, column) => {
    expect(read(text, column)).toEqual({ numbers: places.map(() => 46732001122), places, faults: [] });
  });
});

describe('conflict markers', () => {
  test.each([
    ['among the rows', 'id,number\n1,+46732001122\n<<<<<<< HEAD\n2,1\n=======\n3,1\n>>>>>>> x\n', '3:1'],
    ['around the header', '<<<<<<< HEAD\nnumber\n=======\nphone\n>>>>>>> x\n+46732001122\n', '1:1'],
  ])('%s are reported once', (_, text, place) => {
    expect(faultsOf(text).map((fault) => fault.split(';')[0])).toEqual([
      `${place}: this is a conflict marker of a merge`,
    ]);
  });

  test('do not include a line of = in a quoted cell', () => {
    const { numbers, faults } = read('number,note\n+46732001122,"Threats\n=======\nTicket 4711"\n');
    expect({ numbers, faults }).toEqual({ numbers: [46732001122], faults: [] });
  });
});

describe('a header is refused for', () => {
  const EMPTY = 'the file is empty; add a header such as "number"';
  const UNCLOSED = 'a quote that opens on this line is never closed; add the closing quote';
  test.each<[string, string, string, string?]>([
    ['an empty file', '', `1:1: ${EMPTY} | `],
    ['a file of blank lines', '\n\r\n', `1:1: ${EMPTY} | `],
    [
      'a missing column',
      'id,phone\n1,+46732001122\n',
      '1:1: the header has no column "number"; set "column:" next to the path of the file | id,phone',
    ],
    [
      'a missing column that the YAML file names',
      '\nid;number\n1;2\n',
      '2:1: the header has no column "phone"; set "column:" next to the path of the file | id;number',
      'phone',
    ],
    [
      'a name in another case',
      'Number\n+46732001122\n',
      '1:1: the header has no column "number"; did you mean "Number"? Set "column:" next to the path of the file | Number',
    ],
    [
      'a typo in the name',
      'Id;Fone\n1;+46732001122\n',
      '1:1: the header has no column "phone"; did you mean "Fone"? Set "column:" next to the path of the file | Id;Fone',
      'phone',
    ],
    [
      'no header and no similar name',
      'Anna;x\nBo;y\n',
      '1:1: the header has no column "number"; set "column:" next to the path of the file | Anna;x',
    ],
    [
      'two columns of the name',
      'number,id,number\n',
      '1:1: two columns are called "number"; rename one of them | number,id,number',
    ],
    [
      'numbers in the first line',
      'Anna,+46 732 001122\nBo,+46732001123\n',
      '1:1: the first line must be a header but contains a number; add a line such as "number" above it | Anna,+46 732 001122',
    ],
    ['an open quote', 'number,"id\n+46732001122,1\n+46732001123,1\n', `1:1: ${UNCLOSED} | number,"id`],
    ['an open quote after a blank line', '\n"number\n+46732001122', `2:1: ${UNCLOSED} | "number`],
  ])('%s', (_, text, fault, column) => {
    expect(read(text, column).numbers).toEqual([]);
    expect(faultsOf(text, column)).toEqual([fault]);
  });

  test.each([
    ['100 lines', 13],
    ['64 KiB', 1000],
  ])('a quote that is open for %s stops reading', (_, length) => {
    const text = (lines: number) => `"number\n${`${'x'.repeat(length - 1)}\n`.repeat(lines)}",number\n1,+46732001122\n`;
    expect(read(text(60)).faults).toHaveLength(0);
    expect(faultsOf(text(100))).toEqual([`1:1: ${UNCLOSED} | "number`]);
  });
});

describe('a row is refused for', () => {
  const MORE =
    'the row has more cells than the header, which has 2; put quotes around each cell that contains a comma or another delimiter';
  const AFTER = 'text follows the closing quote; write each quote within a cell as two quotes';
  const OPEN = 'the quote that opens here is never closed; add the closing quote';
  test.each<[string, string, readonly (string | RegExp)[]]>([
    ['no number', 'x,Anna\n', [/^2:3: the number has the character "A" .* \| x,Anna$/]],
    ['no number, in quotes', 'x,"Anna"\n', [/^2:4: the number has the character "A" .* at position 1; /]],
    ['no number, after letters of many bytes', 'é😀,Anna\n', [/^2:5: the number has the character "A" /]],
    ['a short number at the end of the line', 'x,+4673\r\n', [/^2:3: the number has 4 digits; .* \| x,\+4673$/]],
    ['a number and more', 'x,+46732001122x\n', [/^2:3: .* "x" \(U\+0078\) at position 13; /]],
    ['a number of a spreadsheet', 'x,4.67E+10\n', [/^2:3: the number is in scientific notation, /]],
    ['a number of a data frame', 'x,447700900123.0\n', [/^2:3: the number has decimals, /]],
    ['a day', 'x,31.12.2026\n', [/^2:3: the number looks like a date, /]],
    ['a range', 'x,"+447700900100-199"\n', [/^2:4: the number looks like a range; /]],
    ['a formula', 'x,"=A1&""+46732001122"""\n', [/^2:4: the number is a formula of a spreadsheet; /]],
    ['a number of a data frame as a formula', 'x,="46732001122.0"\n', [/^2:3: the number has decimals, /]],
    ['a national number after an apostrophe', "x,'07700900123\n", [/^2:3: the number starts with 0; /]],
    ['an empty cell', '1,\n', [/^2:3: the number is empty; /]],
    ['an empty cell and CRLF', '1,\r\n', [/^2:3: the number is empty; .* \| 1,$/]],
    ['a cell of blanks', '1,  \n', [/^2:5: the number is empty; /]],
    ['an empty cell in quotes', '1,""\n', [/^2:4: the number is empty; /]],
    ['a row that is too short', '1\n', ['2:1: the row ends before the column "number"; add the missing cells | 1']],
    ['a row that is too long', '1,+46732001122,2,3\n', [`2:16: ${MORE} | 1,+46732001122,2,3`]],
    ['a delimiter at the end', '1,+46732001122,\n', [`2:16: ${MORE} | 1,+46732001122,`]],
    [
      'a row that is too long by a quote of two lines',
      '1,+46732001122,"2\n3"\n',
      [`2:16: ${MORE} | 1,+46732001122,"2`],
    ],
    [
      'a line break in a number',
      '1,"+46732\n001122"\n',
      ['2:3: the number contains a line break; write it on one line | 1,"+46732'],
    ],
    ['text after a quote', '"a"b,+46732001122\n', [`2:4: ${AFTER} | "a"b,+46732001122`]],
    ['a blank after a quote', '"a" ,+46732001122\n', [`2:4: ${AFTER} | "a" ,+46732001122`]],
    ['a quote that is never closed', '1,+46732001122\n"2,+46732001123\n\n', [`3:1: ${OPEN} | "2,+46732001123`]],
    [
      'a number whose quote is never closed',
      '1,"+46732001122',
      [/^2:3: the number contains a line break; /, `2:3: ${OPEN} | 1,"+46732001122`],
    ],
    ['a line separator in quotes', '"a\u2028b",+46732001122\n', [/^2:3: the character U\+2028 ends a line/]],
    [
      'a lone carriage return in quotes',
      '"a\rb",+46732001122\n',
      [/^2:3: this carriage return has no line feed after it; /],
    ],
  ])('%s', (_, rows, faults) => {
    const found = faultsOf(`id,number\n${rows}`);
    expect(found).toHaveLength(faults.length);
    for (const [index, fault] of faults.entries()) expect(found[index]).toMatch(fault);
  });

  test('a quote that is never closed, with its line even after further chunks', () => {
    const [fault] = read('id,number\n"1,2\n3,4\n5,6\n7,8\n', undefined, [15, 4]).faults;
    expect(format(fault!)).toBe(`2:1: ${OPEN} | "1,2`);
  });

  test('an invalid number, with its line marked as a row of personal data', () => {
    const { faults } = read('name,number\nAnna Berg,12\n');
    expect(faults).toMatchObject([{ source: 'Anna Berg,12', row: true }]);
    expect(read('Anna Berg,12\n').faults).toMatchObject([{ source: 'Anna Berg,12', row: true }]);
  });

  test('an error, and the rows after it are still read', () => {
    const { numbers, faults } = read('id,number\n"a"b,7\n1\n2,,\n3,+46732001122\n');
    expect(numbers).toEqual([46732001122]);
    expect(faults.map(({ place }) => place!.line)).toEqual([2, 3, 4, 4]);
  });

  test('an error in an encrypted file, without showing its line', () => {
    const { faults } = readNumberColumn('n.csv.age', inChunks('number,name\n07,Anna\n'), undefined, true);
    expect(faults.map(({ source, decrypted }) => ({ source, decrypted }))).toEqual([{ decrypted: true }]);
    const { faults: unnamed } = readNumberColumn('n.csv.age', inChunks('Bo;Anna\n'), undefined, true);
    expect(unnamed.map(({ message }) => message)).toEqual([
      'the header has no column "number"; set "column:" next to the path of the file',
    ]);
    const { faults: near } = readNumberColumn('n.csv.age', inChunks('Bo;Nubmer\n'), undefined, true);
    expect(near.map(({ message }) => message)).toEqual([
      'the header has no column "number"; did you mean "Nubmer"? Set "column:" next to the path of the file',
    ]);
  });
});

describe('lines within quotes that look like rows', () => {
  const rowsIn = (content: string) => readNumberColumn('n.csv', inChunks(content)).file.quotedRows;
  test.each<[string, string, [count: number, line: number, opens: number]]>([
    ['rows that two lone quotes swallow', '1,+46732001122,"a\n2,+46732001123,b\n3,+46732001124,c"\n', [2, 3, 2]],
    ['with CRLF', '1,+46732001122,"a\r\n2,+46732001123,b\r\n3,+46732001124,c"\r\n', [2, 3, 2]],
    ['one row, which ends with the second quote', '1,+46732001122,"a\n2,+46732001123,b"\n', [1, 3, 2]],
    ['numbers as people write them', '1,+46732001122,"a\n2, +46 732 001123,b\n"\n', [1, 3, 2]],
    [
      'rows that end early, as the last ones of an export may',
      '1,+46732001122,"a\n2,+46732001123\n3,+46732001124,c"\n',
      [2, 3, 2],
    ],
    [
      'the row in which the quote closes, although more cells follow',
      '"a\n2,+46732001123,b",+46732001122\n',
      [1, 3, 2],
    ],
    ['the row in which the quote opens before its number', '"a,+46732001122,b\nc",+46732001123\n', [1, 2, 2]],
    [
      'rows of two cells',
      '"1,2,3\n2,+46732001123,b\n",+46732001122,\n1,+46732001122,"\n3,+46732001123,b"\n',
      [2, 3, 2],
    ],
  ])('%s', (_, rows, [count, line, opens]) => {
    expect(rowsIn(`id,number,note\n${rows}`)).toEqual({ count, line, opens });
    expect(read(`id,number,note\n${rows}`).faults).toEqual([]);
  });

  test.each([
    ['text of several lines', '1,+46732001122,"a\nb, c, d\n\ne"\n'],
    ['a number that is the only text of its line', '1,+46732001122,"call\n+46732001123\nnow"\n'],
    ['a number in another column', '1,+46732001122,"a\n+46732001123,b,c\n"\n'],
    ['the end of a quoted cell before the number', '"a\nb",+46732001122,c\n'],
    ['a row after a quote that closes', '1,+46732001122,"a\n"\n2,+46732001123,b\n'],
  ])('do not include %s', (_, rows) => {
    expect(rowsIn(`id,number,note\n${rows}`)).toBeUndefined();
  });

  test('do not include lines of a number, which are an error', () => {
    const text = 'id,number\n1,"+46732001122\n2,+46732001123"\n';
    expect(rowsIn(text)).toBeUndefined();
    expect(read(text).faults).toHaveLength(1);
  });
});

/** Reads the whole file as text, cell by cell, as a reference. The header is `HEAD`, with its delimiter. */
function naively(text: string, delimiter: string, wanted: number, columns: number) {
  const numbers: number[] = [];
  const places: string[] = [];
  const faults: string[] = [];
  let at = text.indexOf('\n') + 1;
  const place = (offset: number) => {
    const before = text.slice(0, offset).split('\n');
    return `${before.length}:${before.at(-1)!.length + 1}`;
  };
  const endOfLine = (from: number) => (text.indexOf('\n', from) < 0 ? text.length : text.indexOf('\n', from));
  const number = (offset: number, written: string) => {
    const trimmed = written.replace(/^[ \t]+|[ \t]+$/g, '');
    const blanks = written.length - written.replace(/^[ \t]+/, '').length;
    const value = parseWritten(trimmed);
    if (typeof value !== 'number') faults.push(place(offset + blanks));
    else numbers.push(value);
    if (typeof value === 'number') places.push(place(offset + blanks));
  };
  row: while (at < text.length) {
    const cells = text.slice(at, endOfLine(at)).replace(/\r$/, '').split(delimiter);
    if (cells.every((cell) => /^[ \t]*$|^""$/.test(cell))) {
      at = endOfLine(at) + 1;
      continue;
    }
    for (let cell = 0; ; cell++) {
      if (cell === columns) faults.push(place(at));
      if (text[at] === '"') {
        const [whole, inside = '', closing] = /^"((?:[^"]|"")*)("?)/.exec(text.slice(at))!;
        const breaks = inside.includes('\n') || (closing === '' && !inside.includes('\n'));
        if (cell === wanted && breaks) faults.push(place(at));
        if (closing === '') {
          faults.push(place(at));
          return { numbers, places, faults };
        }
        if (cell === wanted && !breaks) number(at + 1, inside.replaceAll('""', '"'));
        at += whole.length;
        if (!/^(?:\r?\n|$)/.test(text.slice(at)) && text[at] !== delimiter) {
          faults.push(place(at));
          at = endOfLine(at) + 1;
          continue row;
        }
        if (text[at] === '\r') at++;
      } else {
        const end = Math.min(endOfLine(at), text.includes(delimiter, at) ? text.indexOf(delimiter, at) : text.length);
        if (cell === wanted) number(at, text.slice(at, end).replace(/\r$/, ''));
        at = end;
      }
      if (text[at] !== delimiter) {
        if (cell < wanted) faults.push(`${place(at).split(':')[0]}:1`);
        at++;
        continue row;
      }
      at++;
    }
  }
  return { numbers, places, faults };
}

const digits = fc.stringMatching(/^\+?[0-9]{6,17}$/);
const wild = fc.string({
  unit: fc.constantFrom('"', '""', ',', ';', '\t', '\n', '\r\n', ' ', 'a', 'é', '😀', '1', '+4673200'),
});
const quoted = wild.map((text) => `"${text.replaceAll('"', '""')}"`);
const plain = fc.string({ unit: fc.constantFrom(' ', 'a', 'é', '😀', '7', '"') });
const cell = fc.oneof(
  { weight: 6, arbitrary: digits },
  { weight: 2, arbitrary: digits.map((number) => ` "${number}"`.slice(1)) },
  { weight: 2, arbitrary: plain },
  { weight: 2, arbitrary: quoted },
  { weight: 1, arbitrary: wild },
);
const table = fc
  .record({
    delimiter: fc.constantFrom(',', ';', '\t'),
    wanted: fc.integer({ min: 0, max: 2 }),
    rows: fc.array(fc.tuple(fc.array(cell, { minLength: 1, maxLength: 4 }), fc.constantFrom('\n', '\r\n'))),
    isEnded: fc.boolean(),
  })
  .map(({ delimiter, wanted, rows, isEnded }) => {
    const names = ['a', '"b"', 'c'].map((name, index) => (index === wanted ? 'number' : name));
    const lines = rows.map(([cells, end]) => cells.join(delimiter) + end).join('');
    const text = `${names.join(delimiter)}\n${isEnded ? lines : lines.trimEnd()}`;
    return { text, delimiter, wanted };
  });

describe('laws', () => {
  test('the reader finds the same numbers and errors as a plain reader', () => {
    const law = ({ text, delimiter, wanted }: { text: string; delimiter: string; wanted: number }) => {
      const { faults, ...good } = read(text);
      const found = faults.map(({ place }) => `${place!.line}:${place!.column}`);
      expect({ ...good, faults: found }).toEqual(naively(text, delimiter, wanted, 3));
    };
    fc.assert(fc.property(table, law), { numRuns: 2000 });
  });

  test('the size of chunks makes no difference', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
    const law = ({ text }: { text: string }, chunks: readonly number[]) => {
      expect(read(text, undefined, chunks)).toEqual(read(text));
    };
    fc.assert(fc.property(table, sizes, law), { numRuns: 1000 });
  });
});
