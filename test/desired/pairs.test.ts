import { describe, expect, test } from 'vitest';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { loadDesired } from './load.ts';

const [A, B, C] = [525_550_100_123, 12_015_550_123, 12_015_550_145];
const [LISTED, OTHER] = [5_215_550_100_123, 12_015_550_199];
const HEAD = 'version: 1\ndefaults: { region: eu1, tokenEnv: T }\n';
const load = (...texts: string[]) =>
  loadDesired(
    texts.map((text, at) => ({ name: `${at + 1}.yaml`, text: HEAD + text })),
    '2026-06-15',
  );
const entry = (number: number, waId: number, rest = '') => `{ number: +${number}, waId: +${waId}${rest} }`;
/** The bots have only these numbers. */
const bot = (...entries: string[]) =>
  `bots:\n  a:\n    numbers:\n${entries.map((each) => `      - ${each}\n`).join('')}`;

describe('the waId of an entry', () => {
  test.each([
    ['with its plus', '+5215550100123'],
    ['without', '5215550100123'],
    ['with separators', '"+52 (1) 5550-100.123"'],
    ['folded', '>-\n          +5215550100123'],
  ])('is read %s', (_, written) => {
    const { pairs, faults, bots } = load(bot(`number: +${B}\n        waId: ${written}`));
    expect(faults).toEqual([]);
    expect(pairs).toEqual([[B, LISTED]]);
    expect([...bots[0]!.numbers]).toEqual([B]);
  });

  test.each([
    ['a prefix', '0046732001122', /^the waId starts with the prefix 00; write \+ and the country code instead$/],
    ['too short', '+4673', /^the waId has 4 digits; an E\.164 number has 7 to 15$/],
    ['a username', 'some.user', /^the waId has the character "s"/],
  ])('is refused at its place: %s', (_, written, message) => {
    const { faults } = load(bot(`{ number: +${B}, waId: ${written} }`));
    expect(faults).toMatchObject([{ message: expect.stringMatching(message), place: { line: 6, column: 39 } }]);
  });

  test('counts for every bot and list, in force or not', () => {
    const list = `lists:\n  fraud: { numbers: [${entry(A, LISTED, ', expires: 2020-01-01')}] }\n`;
    const { pairs, faults } = load(list, bot(entry(B, OTHER, ', protected: true')));
    expect(faults).toEqual([]);
    expect(pairs).toEqual([
      [A, LISTED],
      [B, OTHER],
    ]);
  });

  test('is part of its declaration', () => {
    const declared = load(bot(entry(A, LISTED), `"+${B}"`)).declarations('a', NumberSet.of([A, B]));
    expect(declared.map(({ entry }) => entry)).toEqual([{ waId: LISTED }, {}]);
  });

  test('can be the number itself, and the same in two places', () => {
    const { faults, pairs } = load(bot(entry(B, B), entry(C, B)), `lists: { x: { numbers: [${entry(C, B)}] } }\n`);
    expect(faults).toEqual([]);
    expect(pairs).toHaveLength(3);
  });

  test('can be the same for two spellings of one user', () => {
    expect(load(bot(entry(A, OTHER), entry(LISTED, OTHER))).faults).toEqual([]);
    expect(load(bot(entry(A, LISTED), entry(B, A))).faults).toEqual([]);
  });

  test.each([
    ['of one bot', [bot(entry(B, OTHER), entry(C, OTHER))], '1.yaml:7:39', '1.yaml:6:39'],
    [
      'of two files',
      [bot(entry(B, OTHER)), `lists: { x: { numbers: [${entry(C, OTHER)}] } }\n`],
      '2.yaml:3:55',
      '1.yaml:6:39',
    ],
    ['in two spellings', [bot(entry(B, A), entry(C, LISTED))], '1.yaml:7:39', '1.yaml:6:39'],
  ])('is refused for two users, with both places: %s', (_, files, at, first) => {
    const [fault, ...others] = load(...files).faults;
    const { file, line, column } = fault!.place!;
    expect(`${file}:${line}:${column}`).toBe(at);
    expect(fault!.number).toBe(files[0]!.includes(`+${OTHER}`) ? OTHER : LISTED);
    expect(fault!.message).toBe(`is also the waId of another number, at ${first}; correct one of the two`);
    expect(others).toEqual([]);
  });
});

describe('two waIds of one user', () => {
  test.each([
    ['of one bot', [bot(entry(B, OTHER), entry(B, C))], '1.yaml:7:39', '1.yaml:6:39', B],
    [
      'of two files',
      [bot(entry(B, OTHER)), `lists: { x: { numbers: [${entry(B, C)}] } }\n`],
      '2.yaml:3:55',
      '1.yaml:6:39',
      B,
    ],
    ['in two spellings of the number', [bot(entry(A, OTHER), entry(LISTED, C))], '1.yaml:7:41', '1.yaml:6:40', LISTED],
    ['one of them the number itself', [bot(entry(B, B), entry(B, C))], '1.yaml:7:39', '1.yaml:6:39', B],
  ])('are refused with both places: %s', (_, files, at, first, number) => {
    const [fault, ...others] = load(...files).faults;
    const { file, line, column } = fault!.place!;
    expect(`${file}:${line}:${column}`).toBe(at);
    expect(fault!.number).toBe(number);
    expect(fault!.message).toBe(`has a different waId at ${first}; correct one of the two`);
    expect(others).toEqual([]);
  });

  test('are allowed as two spellings of one waId', () => {
    expect(load(bot(entry(B, A), entry(B, LISTED))).faults).toEqual([]);
  });
});

describe('a waId that is the number of another entry', () => {
  const pair = entry(B, OTHER);
  test.each([
    ['of the bot', [bot(pair, `"+${OTHER}"`)], '1.yaml:6:39'],
    ['of a list in another file', [`lists: { x: { numbers: ["+${OTHER}"] } }\n`, bot(pair)], '2.yaml:6:39'],
    ['in another spelling', [bot(entry(B, LISTED), `"+${A}"`)], '1.yaml:6:39'],
  ])('gives a warning at its place: %s', (_, files, at) => {
    const { faults, warnings } = load(...files);
    expect(faults).toEqual([]);
    const same = warnings.filter(({ code }) => code === 'W-SAME-USER');
    expect(same).toMatchObject([{ code: 'W-SAME-USER', count: 1 }]);
    const { file, line, column } = same[0]!.place!;
    expect(`${file}:${line}:${column}`).toBe(at);
  });

  test('gives one warning a file, with the count and the first place', () => {
    const { warnings } = load(bot(pair, entry(C, A), `"+${OTHER}"`, `"+${A}"`));
    expect(warnings).toMatchObject([{ code: 'W-SAME-USER', count: 2, place: { line: 6, column: 39 } }]);
  });

  test.each([
    ['if that entry has expired', bot(pair, `{ number: +${OTHER}, expires: 2020-01-01 }`)],
    ['if the entry with the waId has expired', bot(entry(B, OTHER, ', expires: 2020-01-01'), `"+${OTHER}"`)],
    ['if it is its own', bot(entry(B, B))],
    ['if no entry declares it', bot(pair)],
  ])('gives no warning %s', (_, text) => {
    expect(load(text).warnings.filter(({ code }) => code === 'W-SAME-USER')).toEqual([]);
  });
});

describe('a user who is declared and ignored', () => {
  const both = 'declare or ignore a number, not both';
  const ignoring = (rule: string, ...entries: string[]) => `${bot(...entries)}    ignore: [${rule}]\n`;
  const elsewhere = `lists: { x: { numbers: [${entry(C, OTHER)}] } }\n`;

  test.each([
    ['by the waId', [ignoring(`+${OTHER}`, entry(B, OTHER))], '7:14', OTHER, 'is', '1.yaml:6:19'],
    [
      'by a prefix of the waId',
      [ignoring('{ prefix: "+521" }', entry(B, LISTED))],
      '7:24',
      LISTED,
      'is',
      '1.yaml:6:19',
    ],
    [
      'as a waId, and ignored as the number',
      [ignoring(`+${C}`, `"+${OTHER}"`), elsewhere],
      '7:14',
      C,
      'is',
      '1.yaml:6:9',
    ],
    [
      'by the waIds of two',
      [ignoring('{ prefix: "+521" }', entry(B, LISTED), entry(C, LISTED + 1))],
      '8:24',
      LISTED,
      'and 1 more number are',
      '1.yaml:6:19',
    ],
  ])('is refused with both places: %s', (_, files, at, number, are, declaredAt) => {
    const { faults } = load(...files);
    const message = `${are} ignored by this rule, but declared for the bot "a" under another number of the same user at ${declaredAt}; ${both}`;
    expect(faults).toMatchObject([{ number, message }]);
    expect(`${faults[0]!.place!.line}:${faults[0]!.place!.column}`).toBe(at);
  });

  test('counts once if a rule covers both numbers', () => {
    const { faults } = load(ignoring('{ prefix: "+1201" }', entry(B, OTHER)));
    expect(faults).toMatchObject([
      { number: B, message: `is ignored by this rule, but declared for the bot "a" at 1.yaml:6:19; ${both}` },
    ]);
  });

  test('is allowed if the rule has expired', () => {
    expect(load(ignoring(`{ number: +${OTHER}, until: 2020-01-01 }`, entry(B, OTHER))).faults).toEqual([]);
  });
});
