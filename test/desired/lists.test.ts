import { describe, expect, test } from 'vitest';
import { declare } from '../../src/desired/declare.ts';
import type { NumberFile } from '../../src/desired/number-files/number-file.ts';
import { resolve } from '../../src/desired/resolve.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { PluslessNumbers } from '../../src/numbers/plusless.ts';
import * as fc from '../fast-check.ts';
import { masked } from '../report/fixtures.ts';

const TODAY = '2026-06-15';
const HEAD = 'version: 1\ndefaults: { region: eu1, tokenEnv: T }\n';
const [A, B, C, D] = [12015550101, 12015550102, 12025550103, 447700900104];

/** Makes a number file with one number a line. */
const file = (name: string, ...numbers: number[]): NumberFile => ({
  name,
  numbers: Float64Array.from(numbers),
  set: NumberSet.of(numbers),
  plusless: new PluslessNumbers(),
  placeOf: (n) => ({ file: name, line: n + 1, column: 1 }),
});

/** Reads the desired state of these files, with these number files by their names. */
function load(texts: readonly string[], files: Readonly<Record<string, readonly NumberFile[]>> = {}) {
  const declared = texts.map((text, at) => declare({ name: `${at + 1}.yaml`, text }, TODAY));
  return resolve(
    declared,
    ({ path }) => (files[path] ? { files: files[path], faults: [] } : { files: [], fault: 'is not there', faults: [] }),
    TODAY,
  );
}
const said = (faults: ReturnType<typeof load>['faults']) =>
  faults.map(({ number, message, place }) => {
    const start = number === undefined ? '' : `+${number} `;
    return `${place!.file}:${place!.line}:${place!.column}: ${start}${message}`;
  });
const bots = (text: string) => `${HEAD}bots:\n${text}`;

function numbersOf(...args: Parameters<typeof load>): Record<string, number[]> {
  const { bots, faults } = load(...args);
  expect(said(faults)).toEqual([]);
  return Object.fromEntries(bots.map(({ id, numbers }) => [id, [...numbers]]));
}

describe('shared lists', () => {
  const SPAM = `version: 1\nlists:\n  spam: { owner: Trust & Safety, numbers: [+${A}, +${B}] }\n`;

  test('give their numbers to bots of this file or another one', () => {
    const own = bots(
      `  a: { lists: [spam, loud], numbers: [+${D}] }\n  b: { lists: [loud] }\nlists:\n  loud: { numbers: [+${C}] }\n`,
    );
    expect(numbersOf([SPAM, own])).toEqual({ a: [A, B, C, D], b: [C] });
    expect(numbersOf([own, SPAM])).toEqual({ a: [A, B, C, D], b: [C] });
  });

  test('count a number of several sources once, without a warning', () => {
    const text = bots(
      `  a: { lists: [spam, loud], numbers: [+${A}] }\nlists:\n  loud: { numbers: [+${A}], files: [x.txt] }\n`,
    );
    const desired = load([SPAM, text], { 'x.txt': [file('x.txt', A, D)] });
    expect([...desired.bots[0]!.numbers]).toEqual([A, B, D]);
    expect(desired.warnings).toEqual([]);
    expect(
      desired
        .declarations('a', NumberSet.of([A]))
        .map(({ list, place }) => [list, place.file, place.line, place.column]),
    ).toEqual([
      [null, '2.yaml', 4, 39],
      ['spam', '1.yaml', 3, 44],
      ['loud', '2.yaml', 6, 21],
      ['loud', 'x.txt', 1, 1],
    ]);
  });

  test('keep an expired number in force if another list still declares it', () => {
    const text = bots(`  a: { lists: [old, new] }\n  b: { lists: [old] }
lists:
  old: { numbers: [{ number: +${A}, expires: 2026-06-14 }, { number: +${B}, expires: 2026-01-01 }] }
  new: { numbers: [+${A}, { number: +${B}, expires: 2026-03-01 }] }\n`);
    const [a, b] = load([text]).bots;
    expect([[...a!.numbers], [...a!.expired]]).toEqual([[A], [[B, '2026-03-01']]]);
    expect([[...b!.numbers], [...b!.expired]]).toEqual([
      [],
      [
        [B, '2026-01-01'],
        [A, '2026-06-14'],
      ],
    ]);
  });

  test.each([
    [
      'an unknown list',
      [bots('  a: { lists: [spa] }\n'), SPAM],
      '1.yaml:4:16: these files define no list "spa", only spam; did you mean "spam"? If another file defines it, pass that file too.',
    ],
    [
      'a list without a similar name',
      [bots('  a: { lists: [fraud] }\n'), SPAM],
      '1.yaml:4:16: these files define no list "fraud", only spam. If another file defines it, pass that file too.',
    ],
    [
      'a list in files without lists',
      [bots('  a: { lists: [spam] }\n')],
      '1.yaml:4:16: these files define no list "spam". If another file defines it, pass that file too.',
    ],
    [
      'a list in two files',
      [SPAM, `\n${SPAM}${bots('  a: { lists: [spam] }\n').slice(11)}`],
      '2.yaml:4:3: the list "spam" is already defined at 1.yaml:3:3; rename or remove one of the two',
    ],
    [
      '__proto__',
      [bots('  a: { lists: [__proto__] }\n')],
      '1.yaml:4:16: these files define no list "__proto__". If another file defines it, pass that file too.',
    ],
  ])('%s', (_, texts, fault) => {
    expect(said(load(texts).faults)).toEqual([fault]);
  });

  test('mask a number in the name of a list and in the suggestion', () => {
    const list = SPAM.replace('spam', '447700900123');
    const [{ message } = { message: '' }] = load([bots('  a: { lists: [447700900124] }\n'), list]).faults;
    expect(message).toContain('did you mean "447700900123"?');
    const said = masked.text(message);
    expect(said).toContain('did you mean "+44••••••0123"?');
    expect(said).not.toContain('4477');
  });

  test('are not listed in errors if their names may hide a number', () => {
    const list = SPAM.replace('spam', '⁴⁴⁷⁷⁰⁰⁹⁰⁰¹²³');
    expect(said(load([bots('  a: { lists: [fraud] }\n'), list]).faults)).toContain(
      '1.yaml:4:16: these files define no list "fraud". If another file defines it, pass that file too.',
    );
  });

  test('are defined even if they have errors', () => {
    expect(
      said(load([bots('  a: { lists: [spam] }\n'), 'version: 1\nlists: { spam: { numbers: [12] } }\n']).faults),
    ).toEqual([expect.stringMatching(/^2\.yaml:2:28: the number has 2 digits/)]);
  });

  test('are not reported as missing if a file cannot be read', () => {
    const broken = 'version: 1\nlists: [\n';
    expect(said(load([bots('  a: { lists: [spam] }\n'), broken]).faults)).toEqual([expect.stringMatching(/^2\.yaml:/)]);
  });

  test('give a warning if no bot uses them', () => {
    const { faults, warnings } = load([SPAM, bots('  a: { numbers: [] }\n')]);
    expect(said(faults)).toEqual([]);
    const place = { file: '1.yaml', line: 3, column: 3 };
    expect(warnings).toEqual([{ code: 'W-UNUSED-LIST', list: 'spam', place, source: expect.any(String) }]);
  });

  test('give a warning for a repeated number', () => {
    const { warnings } = load([bots(`  a: { lists: [spam] }\nlists: { spam: { numbers: [+${A}, +${A}] } }\n`)]);
    const place = { file: '1.yaml', line: 5, column: 42 };
    expect(warnings).toEqual([{ code: 'W-DUPLICATE', name: 'spam', first: 5, place, source: expect.any(String) }]);
  });
});

describe('number files', () => {
  test('give their numbers to bots and lists', () => {
    const text = bots(
      '  a: { lists: [spam], files: ["*.txt"] }\nlists: { spam: { files: [{ path: s.csv, column: phone }] } }\n',
    );
    const files = { '*.txt': [file('x.txt', B, A), file('y.txt', A)], 's.csv': [file('s.csv', C)] };
    expect(numbersOf([text], files)).toEqual({ a: [A, B, C] });
  });

  test('are reported once, at their path, if they are missing', () => {
    const text = `version: 1\ndefaults: { region: eu1, tokenEnv: T, ignore: [{ file: gone.txt }] }\nbots:\n  a: { files: [no.txt] }\n  b: { numbers: [] }\n`;
    expect(said(load([text]).faults)).toEqual([
      '1.yaml:2:56: "gone.txt": is not there',
      '1.yaml:4:16: "no.txt": is not there',
    ]);
    const withoutBots = `${text.split('bots:')[0]}bots: {}\n`;
    expect(said(load([withoutBots]).faults)).toEqual(['1.yaml:2:56: "gone.txt": is not there']);
  });

  test('give one warning each for repeated numbers', () => {
    const text = bots('  a: { files: [x.txt, y.txt] }\n  b: { files: [x.txt] }\n');
    const files = { 'x.txt': [file('x.txt', A, B, B, A, A)], 'y.txt': [file('y.txt', C, C)] };
    expect(load([text], files).warnings).toEqual([
      { code: 'W-DUPLICATE', count: 2, first: 2, place: { file: 'x.txt', line: 3, column: 1 } },
      { code: 'W-DUPLICATE', count: 1, first: 1, place: { file: 'y.txt', line: 2, column: 1 } },
    ]);
  });

  test('give one warning each if they are empty', () => {
    const text = bots('  a: { files: [x.txt] }\n  b: { files: [x.txt, y.txt] }\n');
    const { warnings } = load([text], { 'x.txt': [file('x.txt')], 'y.txt': [file('y.txt', A)] });
    expect(warnings).toEqual([{ code: 'W-EMPTY-FILE', place: { file: 'x.txt', line: 1, column: 1 } }]);
  });

  test('give a warning for rows in quotes', () => {
    const text = bots('  a: { files: [x.csv, y.csv] }\n');
    const csv = (name: string, count: number) => ({ ...file(name, A), quotedRows: { count, line: 3, opens: 2 } });
    const { warnings } = load([text], { 'x.csv': [csv('x.csv', 1)], 'y.csv': [csv('y.csv', 5)] });
    expect(warnings).toEqual([
      { code: 'W-QUOTED-ROW', count: 1, opens: 2, place: { file: 'x.csv', line: 3, column: 1 } },
      { code: 'W-QUOTED-ROW', count: 5, opens: 2, place: { file: 'y.csv', line: 3, column: 1 } },
    ]);
  });

  test('have their errors reported once, after those of the YAML files', () => {
    const bad = { message: 'the number is empty', place: { file: 'bad.txt', line: 2, column: 1 } };
    const declared = [
      declare(
        { name: 'z.yaml', text: bots('  a: { files: [bad.txt] }\n  b: { files: [bad.txt], numbers: [1] }\n') },
        TODAY,
      ),
    ];
    const { faults } = resolve(declared, () => ({ files: [], faults: [bad] }), TODAY);
    expect(said(faults)).toEqual([
      expect.stringMatching(/^z\.yaml:5:36: the number has 1 digit/),
      'bad.txt:2:1: the number is empty',
    ]);
  });
});

describe('ignore', () => {
  test('joins numbers, prefixes and files of the bot and the defaults', () => {
    const text = `version: 1
defaults: { region: eu1, tokenEnv: T, ignore: [+${A}, { prefix: "+44", reason: of the abuse desk }] }
bots:
  a: { numbers: [], ignore: [{ number: +${B} }, { prefix: 1202 }, { file: x.txt, until: 2026-06-15 }] }
  b: { numbers: [] }
`;
    const [a, b] = load([text], { 'x.txt': [file('x.txt', C, A)] }).bots;
    expect({ ...a!.ignored, numbers: [...a!.ignored.numbers] }).toEqual({
      numbers: [A, B, C],
      prefixes: ['1202', '44'],
    });
    expect({ ...b!.ignored, numbers: [...b!.ignored.numbers] }).toEqual({ numbers: [A], prefixes: ['44'] });
  });

  test('keeps a rule in force up to and including its last day', () => {
    const rules = `{ number: +${A}, until: 2026-06-14 }, { prefix: "+44", until: 2026-06-14 }, { file: gone, until: 2026-06-14 }`;
    const [bot] = load([
      bots(`  a: { numbers: [+${A}], ignore: [${rules}, { number: +${B}, until: 2026-06-15 }] }\n`),
    ]).bots;
    expect({ ...bot!.ignored, numbers: [...bot!.ignored.numbers] }).toEqual({ numbers: [B], prefixes: [] });
  });

  const both = 'declare or ignore a number, not both';
  test.each([
    [
      'a number',
      `  a: { numbers: [+${A}], ignore: [+${A}] }\n`,
      `1.yaml:4:42: +${A} is ignored by this rule, but declared for the bot "a" at 1.yaml:4:18; ${both}`,
    ],
    [
      'a number in the long form',
      `  a: { numbers: [+${A}], ignore: [{ number: +${A} }] }\n`,
      `1.yaml:4:52: +${A} is ignored by this rule, but declared for the bot "a" at 1.yaml:4:18; ${both}`,
    ],
    [
      'a prefix',
      `  a: { numbers: [+${B}, +${D}, +${A}], ignore: [{ prefix: "+1201" }] }\n`,
      `1.yaml:4:81: +${A} and 1 more number are ignored by this rule, but declared for the bot "a" at 1.yaml:4:47; ${both}`,
    ],
    [
      'a file',
      `  a: { numbers: [+${A}], ignore: [{ file: x.txt }] }\n`,
      `1.yaml:4:50: +${A} is ignored by this rule, but declared for the bot "a" at 1.yaml:4:18; ${both}`,
    ],
    [
      'a number of a list',
      `  a: { lists: [spam], ignore: [+${C}] }\nlists: { spam: { files: [x.txt] } }\n`,
      `1.yaml:4:32: +${C} is ignored by this rule, but declared for the bot "a" at x.txt:2:1; ${both}`,
    ],
    [
      'a number in force after an expired entry',
      `  a: { numbers: [{ number: +${A}, expires: 2026-01-01 }, +${A}], ignore: [+${A}] }\n`,
      `1.yaml:4:89: +${A} is ignored by this rule, but declared for the bot "a" at 1.yaml:4:65; ${both}`,
    ],
    [
      'the first of two in force, and an expired one before them',
      `  a: { numbers: [{ number: +${A}, expires: 2026-01-01 }, +${A}, +${A}], ignore: [+${A}] }\n`,
      `1.yaml:4:103: +${A} is ignored by this rule, but declared for the bot "a" at 1.yaml:4:65; ${both}`,
    ],
  ])('refuses %s that is also declared', (_, text, fault) => {
    expect(said(load([bots(text)], { 'x.txt': [file('x.txt', A, C)] }).faults)).toEqual([fault]);
  });

  test('refuses a number whose entry has an invalid date', () => {
    const text = bots(`  a: { numbers: [{ number: +${A}, expires: 2026-02-31 }], ignore: [+${A}] }\n`);
    expect(said(load([text]).faults)).toEqual([
      expect.stringContaining('2026-02-31'),
      `1.yaml:4:75: +${A} is ignored by this rule, but declared for the bot "a" at 1.yaml:4:28; ${both}`,
    ]);
  });

  test('refuses a rule of the defaults for a number that one bot declares', () => {
    const text = `version: 1\ndefaults: { region: eu1, tokenEnv: T, ignore: [+${A}] }\nbots:\n  a: { numbers: [] }\n  b: { numbers: [+${A}] }\n`;
    expect(said(load([text]).faults)).toEqual([
      `1.yaml:2:48: +${A} is ignored by this rule, but declared for the bot "b" at 1.yaml:5:18; ${both}`,
    ]);
  });

  test('allows a rule for an expired entry', () => {
    expect(
      said(load([bots(`  a: { numbers: [{ number: +${A}, expires: 2026-01-01 }], ignore: [+${A}] }\n`)]).faults),
    ).toEqual([]);
  });
});

describe('protected', () => {
  test('keeps its number on the list of every bot until the entry expires', () => {
    const entry = (number: number, more = '') => `{ number: +${number}, protected: true${more} }`;
    const text = bots(
      `  a: { numbers: [${entry(A)}, ${entry(B, ', expires: 2026-06-14')}, ${entry(C, ', expires: 2026-06-15')}] }\n  b: { numbers: [+${B}] }\n`,
    );
    const list = `version: 1\nlists: { spare: { numbers: [${entry(D)}, { number: +${B}, protected: false }] } }\n`;
    expect(load([text, list]).bots.map(({ protected: kept }) => [...kept])).toEqual([
      [A, C, D],
      [A, C, D],
    ]);
  });
});

describe('laws', () => {
  const numbers = fc.array(fc.integer({ min: 12025550100, max: 12025550130 }), { maxLength: 8 });
  const entry = fc.record({
    number: fc.integer({ min: 12025550100, max: 12025550130 }),
    day: fc.constantFrom('', '2026-06-14', '2026-06-15'),
  });
  const entries = fc.array(entry, { maxLength: 8 });
  const names = fc.uniqueArray(fc.constantFrom('l0', 'l1', 'l2'), { maxLength: 3 });
  const state = fc.record({
    lists: fc.tuple(entries, entries, entries),
    files: fc.tuple(numbers, numbers),
    bots: fc.array(fc.record({ entries, lists: names, files: fc.subarray(['f0', 'f1']) }), { maxLength: 4 }),
  });

  test('a bot blocks exactly the numbers that one of its sources declares', () => {
    fc.assert(
      fc.property(state, fc.boolean(), ({ lists, files, bots: all }, split) => {
        const items = (list: (typeof lists)[number]) =>
          `[${list.map(({ number, day }) => (day ? `{ number: ${number}, expires: ${day} }` : number)).join(', ')}]`;
        const listText = `lists:\n${lists.map((list, at) => `  l${at}: { numbers: ${items(list)} }\n`).join('')}`;
        const botText =
          all.length === 0
            ? 'bots: {}\n'
            : `bots:\n${all
                .map((bot, at) => {
                  const some = (key: string, values: readonly string[]) =>
                    values.length > 0 ? `, ${key}: [${values.join(', ')}]` : '';
                  return `  b${at}: { numbers: ${items(bot.entries)}${some('lists', bot.lists)}${some('files', bot.files)} }\n`;
                })
                .join('')}`;
        const texts = split ? [`${HEAD}${botText}`, `version: 1\n${listText}`] : [`${HEAD}${listText}${botText}`];
        const found = { f0: [file('f0', ...files[0])], f1: [file('f1', ...files[1])] };
        const desired = load(texts, found);
        expect(said(desired.faults)).toEqual([]);
        for (const [at, { entries: own, lists: taken, files: named }] of all.entries()) {
          const ways = [...own, ...taken.flatMap((name) => lists[Number(name[1])]!)];
          const open = [
            ...ways.filter(({ day }) => day === '' || day >= TODAY).map(({ number }) => number),
            ...named.flatMap((name) => files[Number(name[1])]!),
          ];
          const bot = desired.bots.find(({ id }) => id === `b${at}`)!;
          expect(new Set(bot.numbers)).toEqual(new Set(open));
          const gone = new Set(ways.map(({ number }) => number).filter((number) => !open.includes(number)));
          expect(new Set(bot.expired.keys())).toEqual(gone);
          const everything = NumberSet.of([...bot.numbers, ...bot.expired.keys()]);
          expect(desired.declarations(bot.id, everything)).toHaveLength(
            ways.length + named.flatMap((name) => files[Number(name[1])]!).length,
          );
        }
      }),
    );
  });
});
