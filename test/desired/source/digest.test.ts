import { describe, expect, test } from 'vitest';
import { makeDigests } from '../../../src/desired/source/digest.ts';
import * as fc from '../../fast-check.ts';
import { loadDesired } from '../load.ts';

const ASKED = 447_700_900_123;
const { ofYaml, ofNumbers } = makeDigests([ASKED]);
const yaml = (text: string) => ofYaml('f.yaml', Buffer.from(text));
const numbers = (text: string) => ofNumbers('f.txt', Buffer.from(text));
const HEAD = 'version: 1\nbots:\n  a:\n    numbers:\n';
const BASE = `${HEAD}      - "+12015550100"\n      - number: "+44 7700-900123"\n        reason: Spam\n    lists: [fraud]\n`;

describe('the digest of a YAML file', () => {
  test.each([
    ['another number', BASE.replace('numbers:\n', 'numbers:\n      - "+12015550199"\n')],
    ['another entry', BASE.replace('numbers:\n', 'numbers:\n      - reason: x\n\n        number: "+12015550199"\n')],
    ['another entry in braces', BASE.replace('numbers:\n', 'numbers:\n      - { number: 12015550199, reason: x }\n')],
    ['a number less', BASE.replace('      - "+12015550100"\n', '')],
    ['an empty line', BASE.replace('bots:\n', '\nbots:\n')],
  ])('is the same with %s', (_, text) => {
    expect(yaml(text)).toBe(yaml(BASE));
  });

  test.each([
    ['another reason of the number', BASE.replace('Spam', 'Threats')],
    ['without the number', BASE.replace('7700-900123', '7700-900124')],
    ['the number in another form', BASE.replace('44 7700-900123', '447700900123')],
    ['another list', BASE.replace('[fraud]', '[spam]')],
    ['a number file', BASE.replace('    lists', '    files:\n      - 2026-06-15.txt\n    lists')],
    ['another bot', BASE.replace('  a:', '  b:')],
    ['the last day of the number', BASE.replace('reason: Spam', 'expires: 2026-01-01')],
    ['an escape that may hide the number', BASE.replace('"+12015550100"', '"+4477009001\\x323"')],
  ])('differs with %s', (_, text) => {
    expect(yaml(text)).not.toBe(yaml(BASE));
  });

  const flow = (entry: string) => `version: 1\nbots:\n  a:\n    numbers: [{ number: "+447700900123", ${entry} }]\n`;
  test.each([
    ['another last day', 'expires: 2026-03-01', 'expires: 2026-12-30'],
    ['another ticket', 'reason: "Ticket 12345678"', 'reason: "Ticket 87654321"'],
    ['another of several tickets', 'reason: "1234567, 2345678, 3456789"', 'reason: "1234567, 8765432, 3456789"'],
    ['another text in brackets', 'reason: "see [1234567]"', 'reason: "see [7654321]"'],
  ])('differs with %s of an entry in brackets', (_, before, after) => {
    expect(yaml(flow(before))).not.toBe(yaml(flow(after)));
  });

  test.each([
    ['on one line', 'numbers: ["+447700900123", 12015550100]', 'numbers: ["+447700900123", 12015550199]'],
    ['on lines', 'numbers: [\n      "+12015550100", # x\n    ]', 'numbers: [\n      "+12015550199", # y\n    ]'],
  ])('is the same with another number in brackets %s', (_, before, after) => {
    expect(yaml(BASE.replace('lists: [fraud]', before))).toBe(yaml(BASE.replace('lists: [fraud]', after)));
  });

  test('law: files with the same digest declare the same about the number', () => {
    const digits = fc.constantFrom(String(ASKED), '12015550100', '12015550101');
    const item = fc.oneof(
      digits.map((each) => `      - "+${each}"\n`),
      fc
        .tuple(digits, fc.constantFrom('x', 'y'))
        .map(([each, reason]) => `      - number: ${each}\n        reason: ${reason}\n`),
      fc
        .tuple(digits, fc.constantFrom('x', 'y'))
        .map(([each, reason]) => `      - { reason: ${reason}, number: ${each} }\n`),
      fc.constantFrom('      # comment\n', '\n'),
    );
    const bracket = fc.array(digits, { maxLength: 3 }).map((all) => `numbers: [${all.join(', ')}]`);
    const file = fc
      .tuple(fc.array(item, { minLength: 1, maxLength: 4 }), bracket)
      .map(([items, list]) => `${HEAD}      - "+12015550102"\n${items.join('')}  b: { ${list} }\n`);
    const declared = (text: string) => {
      const { bots, declarations } = loadDesired(
        [{ name: 'f.yaml', text: text.replace('bots:', 'defaults: { region: eu1, tokenEnv: T }\nbots:') }],
        '2026-06-15',
      );
      return bots.map(({ id, numbers: all }) =>
        declarations(id, all).flatMap(({ number, entry }) => (number === ASKED ? JSON.stringify(entry) : [])),
      );
    };
    fc.assert(
      fc.property(file, file, (one, other) => {
        fc.pre(yaml(one) === yaml(other));
        expect(declared(one)).toEqual(declared(other));
      }),
    );
  });
});

describe('the digest of a number file', () => {
  test('is empty without the number, and depends only on its lines and the first one', () => {
    expect(numbers('+12015550100\n')).toBe('');
    const one = numbers('number,name\n+447700900123,x\n');
    expect(numbers('number,name\r\n+12015550100,y\r\n+447700900123,x\r\n')).toBe(one);
    expect(numbers('name,number\n+447700900123,x\n')).not.toBe(one);
    expect(numbers('number,name\n+447700900123,y\n')).not.toBe(one);
  });
});
