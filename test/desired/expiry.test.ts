import { describe, expect, test } from 'vitest';
import { expiryWarnings } from '../../src/desired/expiry.ts';
import { type ParsedFile, parseYaml } from '../../src/desired/yaml/parse.ts';
import type { Warning } from '../../src/model/warnings.ts';
import * as fc from '../fast-check.ts';
import { loadDesired } from './load.ts';

const TODAY = '2026-06-15';
const HEAD = 'version: 1\ndefaults: { region: eu1, tokenEnv: T }\n';
const day = (from: number) => new Date(Date.parse(TODAY) + from * 86_400_000).toISOString().slice(0, 10);
const entry = (expires: string, number = '+447700900123') => `      - { number: "${number}", expires: ${expires} }\n`;
/** A file with one bot; its first number is on line 6. */
const bot = (...entries: string[]) => `${HEAD}bots:\n  a:\n    numbers:\n${entries.join('')}`;

function look(text: string, within: number | null = null) {
  const parsed = parseYaml({ name: 'f.yaml', text }) as ParsedFile;
  return factsOf(expiryWarnings(parsed, TODAY, within));
}

/** Without the name of the file and its lines. */
const factsOf = (warnings: readonly Warning[]) =>
  warnings.map(({ place, source, ...facts }) => ({ at: `${place!.line}:${place!.column}`, ...facts }));

describe('one entry', () => {
  test.each<[string, number, number | null, string | null]>([
    ['expired long ago', -900, null, 'W-EXPIRED'],
    ['expired yesterday', -1, null, 'W-EXPIRED'],
    ['has expired, so it does not expire soon', -1, 14, 'W-EXPIRED'],
    ['its last day is today', 0, null, null],
    ['its last day is today, within 0 days', 0, 0, 'W-EXPIRING'],
    ['its last day is tomorrow', 1, 14, 'W-EXPIRING'],
    ['its last day is tomorrow, within 0 days', 1, 0, null],
    ['its last day is the last within 14 days', 14, 14, 'W-EXPIRING'],
    ['its last day is one later', 15, 14, null],
  ])('%s', (_, from, within, code) => {
    const warning = { at: '6:19', code, what: 'entry', last: day(from), days: from };
    expect(look(bot(entry(day(from))), within)).toEqual(code === null ? [] : [warning]);
  });

  test.each([
    ['only a number', '      - "+447700900123"\n'],
    ['an entry without a day', '      - { number: "+447700900123", reason: x }\n'],
  ])('gives no warning if it is %s', (_, line) => {
    expect(look(bot(line), 3660)).toEqual([]);
  });

  test.each([
    ['a file without bots', HEAD],
    ['bots that are a text', `${HEAD}bots: none\n`],
    ['a bot that is a text', `${HEAD}bots: { a: none }\n`],
    ['numbers that are a text', `${HEAD}bots: { a: { numbers: none } }\n`],
    ['a file that is a list', '- a\n'],
    ['a day that is a list', bot('      - { number: "+447700900123", expires: [2020-01-01] }\n')],
  ])('gives no warning if the schema reports it: %s', (_, text) => {
    expect(look(text, 14)).toEqual([]);
  });
});

test('entries of shared lists give warnings too', () => {
  const text = `${HEAD}lists:\n  fraud:\n    numbers:\n${entry(day(-1))}bots:\n  a:\n    numbers:\n${entry(day(-2))}`;
  expect(look(text).map(({ at }) => at)).toEqual(['6:19', '10:19']);
});

test.each([
  ['20', 20, 20, { last: day(-1), days: -1 }],
  ['21', 21, 21, { at: '26:19', more: 1 }],
  ['100', 100, 21, { at: '26:19', more: 80 }],
])('%s expired entries give 20 warnings, and one that counts the rest', (_, count, shown, last) => {
  const warnings = look(bot(...Array.from({ length: count }, () => entry(day(-1)))));
  expect(warnings).toHaveLength(shown);
  expect(warnings.at(-1)).toMatchObject({ code: 'W-EXPIRED', what: 'entry', ...last });
});

test('entries and rules are counted separately', () => {
  expect(look(bot(...Array.from({ length: 30 }, (_, at) => entry(day(at % 2 ? 3 : -3)))), 7)).toHaveLength(30);
});

describe('ignore rules', () => {
  const rule = (until: string) => `{ prefix: "+1202", until: ${until} }`;
  /** The first rule is on line 5, and its day in column 40. */
  const rules = (...all: string[]) =>
    `${HEAD}bots:\n  a:\n    ignore: [${all.join(', ')}]\n    numbers: []\n  b: { numbers: [] }\n`;
  const past = (text: string) => factsOf(loadDesired([{ name: 'f.yaml', text }], TODAY).warnings);

  test.each([
    ['expired long ago', -900],
    ['expired yesterday', -1],
    ['its last day is today', 0],
    ['its last day is tomorrow', 1],
  ])('give a warning in the desired state if expired: %s', (_, from) => {
    const warning = { at: '5:40', code: 'W-EXPIRED', what: 'ignore rule', last: day(from), days: from };
    expect(past(rules(rule(day(from))))).toEqual(from < 0 ? [warning] : []);
    expect(look(rules(rule(day(from))))).toEqual([]);
  });

  test.each([
    ['past', -1, 14, false],
    ['its last day is today', 0, 0, true],
    ['the last that counts', 14, 14, true],
    ['one later', 15, 14, false],
  ])('give a warning if they expire soon: %s', (_, from, within, isSoon) => {
    const warning = { at: '5:40', code: 'W-EXPIRING', what: 'ignore rule', last: day(from), days: from };
    expect(look(rules(rule(day(from))), within)).toEqual(isSoon ? [warning] : []);
  });

  test.each([
    ['a number', `{ number: "+447700900123", until: ${day(-1)} }`],
    ['first digits', rule(day(-1))],
    ['a file, which is not read', `{ file: gone.txt, until: ${day(-1)} }`],
  ])('give a warning for %s', (_, one) => {
    expect(past(rules(one))).toHaveLength(1);
  });

  test('of the defaults give one warning, with or without bots', () => {
    const head = HEAD.replace('tokenEnv: T', `tokenEnv: T, ignore: [${rule(day(-1))}]`);
    const bots = 'bots: { a: { numbers: [] }, b: { numbers: [] } }\n';
    for (const rest of [bots, 'lists: { fraud: { numbers: [] } }\n']) {
      expect(past(head + rest).filter(({ code }) => code === 'W-EXPIRED')).toMatchObject([
        { at: '2:74', last: day(-1) },
      ]);
    }
  });

  test('without a day give no warning', () => {
    expect(past(rules('"+447700900123"', '{ prefix: "+1202" }'))).toEqual([]);
  });

  test('give 20 warnings a file, and one that counts the rest', () => {
    const warnings = past(rules(...Array.from({ length: 30 }, () => rule(day(-1)))));
    expect(warnings).toHaveLength(21);
    expect(warnings.at(-1)).toMatchObject({ code: 'W-EXPIRED', what: 'ignore rule', more: 10 });
  });

  test('of an encrypted file give warnings without a line', () => {
    const file = { name: 'f.yaml', text: rules(rule(day(-1))), encrypted: true as const };
    const [warning] = loadDesired([file], TODAY).warnings;
    expect(warning).toMatchObject({ decrypted: true });
    expect(warning).not.toHaveProperty('source');
  });
});

test('law: the warning of an entry matches the state of its number in the bot', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -40, max: 40 }), { maxLength: 20 }), fc.nat(40), (offsets, within) => {
      const number = (index: number) => `+4477009000${10 + index}`;
      const text = bot(...offsets.map((from, index) => entry(day(from), number(index))), '      - "+447700900199"\n');
      const file = { name: 'f.yaml', text };
      const { bots } = loadDesired([file], TODAY);
      const warnings = expiryWarnings(parseYaml(file) as ParsedFile, TODAY, within);
      const count = (code: string) => warnings.filter((each) => each.code === code).length;
      expect(count('W-EXPIRED')).toBe(bots[0]!.expired.size);
      expect(count('W-EXPIRING')).toBe(offsets.filter((from) => from >= 0 && from <= within).length);
    }),
  );
});
