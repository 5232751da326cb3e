import { describe, expect, test } from 'vitest';
import { declare } from '../../src/desired/declare.ts';
import { readNumberColumn } from '../../src/desired/number-files/csv.ts';
import { readNumberLines } from '../../src/desired/number-files/lines.ts';
import { pluslessIn } from '../../src/desired/plusless.ts';
import { PluslessNumbers } from '../../src/numbers/plusless.ts';
import * as fc from '../fast-check.ts';

const HEAD = 'version: 1\ndefaults: { region: eu1, tokenEnv: T }\n';

/** The groups of a YAML file: the area code, or null; the count; and the place of the first number. */
function foundIn(text: string) {
  const { plusless, faults } = declare({ name: 'f.yaml', text }, '2026-06-15');
  expect(faults).toEqual([]);
  return plusless!.numbers.groups().map(({ area, count, first }) => {
    const { line, column } = plusless!.locate(first).place;
    return [area, count, `${line}:${column}`];
  });
}

describe('numbers without a plus', () => {
  test.each<[string, string, unknown[]]>([
    ['in which every number has a plus', 'bots:\n  a:\n    numbers: ["+201-555-0123", +2015550123]\n', []],
    ['with separators', 'bots:\n  a:\n    numbers: ["+447700900123", 201-555-0123]\n', [[null, 1, '5:32']]],
    ['with a long form', 'bots:\n  a:\n    numbers: [{ reason: x, number: 6065550123 }]\n', [[606, 1, '5:36']]],
    [
      'with WhatsApp IDs',
      'bots:\n  a:\n    numbers:\n      - { waId: 201-555-0123, number: "+12015550145" }\n      - { number: "+12015550146", waId: 6065550124 }\n',
      [
        [null, 1, '6:17'],
        [606, 1, '7:41'],
      ],
    ],
    [
      'with WhatsApp IDs before a number, as the API writes them',
      'bots:\n  a:\n    numbers: [{ number: "+447700900123", waId: 447700900124 }, 201-555-0123]\n',
      [[null, 1, '5:64']],
    ],
    ['with an ignore rule', 'bots:\n  a:\n    ignore: [201-555-0123]\n    numbers: []\n', [[null, 1, '5:14']]],
    [
      'with an ignored prefix before a number',
      'bots:\n  a:\n    ignore: [{ prefix: "+1" }, 201-555-0123]\n    numbers: []\n',
      [[null, 1, '5:32']],
    ],
    [
      'whose bots come before its lists',
      'bots:\n  a: { lists: [b], numbers: [201-555-0123] }\nlists:\n  b: { numbers: [201-555-0124] }\n',
      [[null, 2, '4:30']],
    ],
    [
      'whose ignored numbers come before the others',
      'bots:\n  a:\n    ignore: [201-555-0123]\n    numbers: [201-555-0124]\n',
      [[null, 2, '5:14']],
    ],
  ])('are counted in a YAML file %s', (_, text, found) => {
    expect(foundIn(HEAD + text)).toEqual(found);
  });

  test('are counted in long runs of lines as in single lines', () => {
    const digits = fc.constantFrom('2015550123', '6065550123', '9115550123', '447700900123', '201-555-0123');
    const item = fc.record({
      digits,
      plus: fc.boolean(),
      quote: fc.constantFrom('', '"'),
      tail: fc.constantFrom('', ' # x'),
    });
    const part = fc.array(item, { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(part, part, part, (ignored, own, listed) => {
        const lines = HEAD.split('\n').slice(0, -1);
        const naive = new PluslessNumbers();
        const places: string[] = [];
        const write = (items: typeof own) => {
          for (const { digits, plus, quote, tail } of items) {
            const text = `${plus ? '+' : ''}${digits}`;
            lines.push(`      - ${quote}${text}${quote}${tail}`);
            if (!plus) naive.addText(text, Number(digits.replaceAll('-', '')), places.length);
            places.push(`${lines.length}:9`);
          }
        };
        lines.push('bots:', '  a:', '    lists: [b]', '    ignore:');
        write(ignored);
        lines.push('    numbers:');
        write(own);
        lines.push('lists:', '  b:', '    numbers:');
        write(listed);
        const { plusless } = declare({ name: 'f.yaml', text: `${lines.join('\n')}\n` }, '2026-06-15');
        expect(plusless!.numbers.groups()).toEqual(naive.groups());
        for (const { first } of naive.groups()) {
          const { line, column } = plusless!.locate(first).place;
          expect(`${line}:${column}`).toBe(places[first]);
        }
      }),
    );
  });

  test('show no line if the file is encrypted', () => {
    const source = {
      name: 'f.yaml.age',
      text: `${HEAD}bots:\n  a: { numbers: [201-555-0123] }\n`,
      encrypted: true as const,
    };
    const { plusless } = declare(source, '2026-06-15');
    expect(plusless!.locate(0)).toEqual({ place: { file: 'f.yaml.age', line: 4, column: 18 }, decrypted: true });
  });
});

describe('numbers without a plus in a number file', () => {
  const found = ({ file }: ReturnType<typeof readNumberLines>) => {
    const { numbers, locate } = pluslessIn(file);
    return numbers.groups().map(({ area, count, first }) => {
      const { line, column } = locate(first).place;
      return [area, count, `${line}:${column}`];
    });
  };
  const lines = (text: string) => found(readNumberLines('n.txt', [Buffer.from(text)]));
  const cells = (text: string) => found(readNumberColumn('n.csv', [Buffer.from(text)]));

  test('are found in text', () => {
    expect(lines('+2015550123\n+1 (201) 555-0123\n447700900123\n')).toEqual([]);
    expect(lines('# x\n+2015550123\n 2015550123\r\n2015550124\n6065550123 # x\n201-555-0123\n')).toEqual([
      [null, 1, '6:1'],
      [201, 2, '3:2'],
      [606, 1, '5:1'],
    ]);
  });

  test('are found in CSV', () => {
    expect(cells('number,name\n+2015550123,2015550123\n"+2015550123",x\n')).toEqual([]);
    expect(cells('name,number\nx,2015550123\nx,"6065550123"\nx,"201-555-0123"\n')).toEqual([
      [null, 1, '4:4'],
      [201, 1, '2:3'],
      [606, 1, '3:4'],
    ]);
  });
});
