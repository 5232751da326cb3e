import { describe, expect, test } from 'vitest';
import { declare } from '../../src/desired/declare.ts';
import { resolve } from '../../src/desired/resolve.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { PluslessNumbers } from '../../src/numbers/plusless.ts';
import * as fc from '../fast-check.ts';

const TODAY = '2026-06-15';
const HEAD = 'version: 1\ndefaults: { region: eu1, tokenEnv: T }\n';
const [A, B] = [12_015_550_101, 12_015_550_102];

/** The last days of the bot a. Every number file holds B. */
function endsOf(text: string) {
  const set = NumberSet.of([B]);
  const numberFile = {
    name: 'n.txt',
    numbers: set.values,
    set,
    placeOf: () => ({ file: 'n.txt', line: 1, column: 1 }),
    plusless: new PluslessNumbers(),
  };
  const desired = resolve(
    [declare({ name: 'a.yaml', text: HEAD + text }, TODAY)],
    () => ({ files: [numberFile], faults: [] }),
    TODAY,
  );
  expect(desired.faults).toEqual([]);
  const { numbers, rules } = desired.ends('a');
  return { numbers: Object.fromEntries(numbers), rules: Object.fromEntries(rules) };
}

const entry = (number: number, expires?: string) => `{ number: "+${number}"${expires ? `, expires: ${expires}` : ''} }`;
const bot = (numbers: readonly string[], rest = '') => `bots:\n  a: { numbers: [${numbers}]${rest} }\n`;
const lists = (numbers: readonly string[], rest = '') => `lists:\n  l: { numbers: [${numbers}]${rest} }\n`;

describe('the last day of a number', () => {
  test.each<[string, string, Record<number, string>]>([
    ['is that of its entry', bot([entry(A, '2026-06-20')]), { [A]: '2026-06-20' }],
    ['is in force on that day', bot([entry(A, TODAY)]), { [A]: TODAY }],
    ['is none for an entry without one', bot([entry(A), `+${B}`]), {}],
    ['is none after it', bot([entry(A, '2026-06-14')]), {}],
    ['is the latest of several', bot([entry(A, '2026-06-20'), entry(A, '2026-06-18')]), { [A]: '2026-06-20' }],
    ['is none if another entry has none', bot([entry(A, '2026-06-20'), entry(A)]), {}],
    [
      'is that of an entry of a list',
      `${lists([entry(A, '2026-06-20')])}${bot([], ', lists: [l]')}`,
      { [A]: '2026-06-20' },
    ],
    [
      'is the latest of own entries and those of lists',
      `${lists([entry(A, '2026-06-20')])}${bot([entry(A, '2026-06-18')], ', lists: [l]')}`,
      { [A]: '2026-06-20' },
    ],
    [
      'is none if a list has the number without one',
      `${lists([entry(A)])}${bot([entry(A, '2026-06-18')], ', lists: [l]')}`,
      {},
    ],
    [
      'is none if a number file has the number',
      bot([entry(A, '2026-06-18'), entry(B, '2026-06-18')], ', files: [n.txt]'),
      { [A]: '2026-06-18' },
    ],
    [
      'is none if a number file of a list has the number',
      `${lists([], ', files: [n.txt]')}${bot([entry(B, '2026-06-18')], ', lists: [l]')}`,
      {},
    ],
  ])('%s', (_, text, numbers) => {
    expect(endsOf(text).numbers).toEqual(numbers);
  });

  test('is the latest of all parts, or none if a part has none', () => {
    const day = fc.option(fc.integer({ min: 10, max: 30 }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(day, { maxLength: 3 }), fc.array(day, { maxLength: 3 }), (own, shared) => {
        const entries = (days: typeof own) =>
          days.map((each) => entry(A, each === undefined ? each : `2026-06-${each}`));
        const inForce = [...own, ...shared].filter((each) => each === undefined || each >= 15);
        const lasts = inForce.length === 0 || inForce.includes(undefined);
        const latest = Math.max(...inForce.map((each) => each ?? 0));
        expect(endsOf(`${lists(entries(shared))}${bot(entries(own), ', lists: [l]')}`).numbers).toEqual(
          lasts ? {} : { [A]: `2026-06-${latest}` },
        );
      }),
    );
  });
});

test('rulesInForce returns the latest last day for each number, prefix and file', () => {
  const rules = [
    `"+${A}"`,
    '{ prefix: "+44", until: 2026-06-20 }',
    '{ prefix: 44, until: 2026-06-18 }',
    '{ prefix: "46", until: 2026-06-20 }',
    '{ prefix: "46" }',
    '{ prefix: "49", until: 2026-06-14 }',
    '{ file: n.txt, until: 2026-06-19 }',
  ];
  expect(endsOf(bot([], `, ignore: [${rules}]`)).rules).toEqual({
    [`number ${A}`]: null,
    'prefix 44': '2026-06-20',
    'prefix 46': null,
    'file n.txt ': '2026-06-19',
  });
});
