import { describe, expect, test } from 'vitest';
import { declare } from '../../src/desired/declare.ts';
import type { NumberFile } from '../../src/desired/number-files/number-file.ts';
import { resolve } from '../../src/desired/resolve.ts';
import type { IgnoreRule } from '../../src/model/declaration.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { PluslessNumbers } from '../../src/numbers/plusless.ts';

const [YESTERDAY, TODAY] = ['2026-06-14', '2026-06-15'];
const [A, B, C] = [12015550101, 12015550102, 12025550103];
const HEAD = 'version: 1\ndefaults: { region: eu1, tokenEnv: T }\n';

/** The desired state of files, each of which may name the number file `ours.txt`. */
function load(...files: { readonly text: string; readonly encrypted?: true }[]) {
  const ours: NumberFile = {
    name: 'ours.txt',
    numbers: Float64Array.of(C),
    set: NumberSet.of([C]),
    plusless: new PluslessNumbers(),
    placeOf: (n) => ({ file: 'ours.txt', line: n + 1, column: 1 }),
  };
  const asked: string[] = [];
  const declared = files.map((file, at) => declare({ name: `${at + 1}.yaml`, ...file }, TODAY));
  const desired = resolve(
    declared,
    ({ path }) => {
      asked.push(path);
      return { files: [ours], faults: [] };
    },
    TODAY,
  );
  expect(desired.faults).toEqual([]);
  return { ...desired, asked };
}

describe('ignoreRules returns', () => {
  const rules = (list: string, defaults = '') =>
    load({
      text: `version: 1\ndefaults: { region: eu1, tokenEnv: T${defaults} }\nbots:\n  a: { numbers: [], ignore: [${list}] }\n`,
    });
  const format = ({ place: { line, column }, numbers, ...rest }: IgnoreRule) => ({
    at: `${line}:${column}`,
    numbers: [...numbers],
    ...rest,
  });
  const NONE = { past: false, encrypted: false };

  test.each<[string, string, object]>([
    ['a number', `"+${A}"`, { at: '4:30', numbers: [A], ...NONE }],
    [
      'a number with a reason',
      `{ number: "+${A}", reason: Test phone }`,
      { at: '4:40', numbers: [A], reason: 'Test phone', ...NONE },
    ],
    [
      'a prefix on its last day',
      `{ prefix: "+1202", until: ${TODAY} }`,
      { at: '4:40', numbers: [], prefix: '1202', until: TODAY, ...NONE },
    ],
    ['a file', '{ file: ours.txt, reason: Ours }', { at: '4:38', numbers: [C], reason: 'Ours', ...NONE }],
    [
      'an expired number',
      `{ number: "+${A}", until: ${YESTERDAY} }`,
      { at: '4:40', numbers: [A], until: YESTERDAY, ...NONE, past: true },
    ],
    [
      'an expired prefix',
      `{ prefix: "+1202", until: ${YESTERDAY} }`,
      { at: '4:40', numbers: [], prefix: '1202', until: YESTERDAY, ...NONE, past: true },
    ],
  ])('%s', (_, rule, expected) => {
    const desired = rules(rule);
    expect(desired.ignoreRules('a').map(format)).toEqual([expected]);
    // An expired declaration is not in force.
    const { ignored } = desired.bots[0]!;
    expect(ignored.numbers.size + ignored.prefixes.length).toBe('past' in expected && expected.past ? 0 : 1);
  });

  test('the rules of the bot and of the defaults', () => {
    const desired = rules(`"+${A}"`, ', ignore: [{ prefix: "+1202", reason: All }]');
    expect(desired.ignoreRules('a').map(({ place, reason }) => [place.line, reason])).toEqual([
      [2, 'All'],
      [4, undefined],
    ]);
  });

  test('no expired rule by file, as the file is not read', () => {
    const desired = rules(`{ file: ours.txt, until: ${YESTERDAY} }`);
    expect(desired.ignoreRules('a')).toEqual([]);
    expect(desired.asked).toEqual([]);
  });

  test('rules of an encrypted file', () => {
    const text = `${HEAD}bots:\n  a: { numbers: ["+${B}"], ignore: ["+${A}"] }\n`;
    const desired = load({ text, encrypted: true });
    expect(desired.ignoreRules('a')).toMatchObject([{ encrypted: true }]);
    expect(desired.declarations('a', NumberSet.of([B]))).toMatchObject([{ encrypted: true }]);
  });
});

describe('protecting returns', () => {
  const kept = (number: number, rest = '') => `{ number: "+${number}", protected: true${rest} }`;

  test('entries of any bot and list, used or not, until they expire', () => {
    const desired = load(
      { text: `version: 1\nlists:\n  vip: { owner: Legal, numbers: [${kept(A)}, "+${B}"] }\n`, encrypted: true },
      {
        text: `${HEAD}bots:\n  a: { numbers: [${kept(B)}] }\n  b: { numbers: [${kept(A, `, expires: ${TODAY}`)}, ${kept(C, `, expires: ${YESTERDAY}`)}] }\n`,
      },
    );
    const places = (number: number) =>
      desired
        .protecting(NumberSet.of([number]))
        .map(({ list, listOwner, place, encrypted }) => [list, listOwner, place.file, place.line, encrypted]);
    expect(places(A)).toEqual([
      ['vip', 'Legal', '1.yaml', 3, true],
      [null, undefined, '2.yaml', 5, false],
    ]);
    expect(places(B)).toEqual([[null, undefined, '2.yaml', 4, false]]);
    expect(places(C)).toEqual([]);
  });
});
