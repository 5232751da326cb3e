import { describe, expect, test } from 'vitest';
import { addWaIds } from '../../../src/desired/edit/wa-ids.ts';
import { NumberSet } from '../../../src/numbers/number-set.ts';
import * as fc from '../../fast-check.ts';
import { loadDesired } from '../load.ts';

const [A, B, ID] = [447_700_900_123, 447_700_900_124, 447_700_900_999];
const HEAD = 'version: 1\nbots:\n  a:\n    region: eu1\n    tokenEnv: T\n    numbers:\n';
const add = (text: string, names: readonly (readonly [number, number])[] = [[A, ID]]) =>
  addWaIds({ name: 'f.yaml', text }, [{ id: 'a', numbers: NumberSet.empty, names: new Map(names), settings: {} }]);

describe('a waId is added to', () => {
  test.each([
    ['a number alone', `- "+${A}"`, `- { number: "+${A}", waId: "+${ID}" }`],
    ['a number with a comment', `- "+${A}"  # spam`, `- { number: "+${A}", waId: "+${ID}" }  # spam`],
    ['a number in single quotes', `- '+${A}'`, `- { number: '+${A}', waId: "+${ID}" }`],
    ['a plain number', `- +${A} # spam`, `- { number: +${A}, waId: "+${ID}" } # spam`],
    ['a plain number with blanks', '- +44 7700 900123', `- { number: +44 7700 900123, waId: "+${ID}" }`],
    ['an entry in braces', `- { number: "+${A}", reason: x }`, `- { number: "+${A}", waId: "+${ID}", reason: x }`],
    ['an entry in braces with a plain number', `- {number: +${A}}`, `- {number: +${A}, waId: "+${ID}"}`],
    [
      'an entry on lines of its own',
      `- number: "+${A}" # who\n        reason: x`,
      `- number: "+${A}" # who\n        waId: "+${ID}"\n        reason: x`,
    ],
    [
      'an entry whose first key is another one',
      `- reason: x\n        number: +${A}`,
      `- reason: x\n        number: +${A}\n        waId: "+${ID}"`,
    ],
    [
      'the first of two entries',
      `- "+${A}"\n      - "+${A}"`,
      `- { number: "+${A}", waId: "+${ID}" }\n      - "+${A}"`,
    ],
    [
      'no entry that has one',
      `- { number: "+${A}", waId: "+${B}" }\n      - "+${A}"`,
      `- { number: "+${A}", waId: "+${B}" }\n      - { number: "+${A}", waId: "+${ID}" }`,
    ],
    ['no other number', `- "+${B}"`, `- "+${B}"`],
  ])('%s', (_, before, after) => {
    expect(add(`${HEAD}      ${before}\n`)).toBe(`${HEAD}      ${after}\n`);
    expect(add(`${HEAD}      ${before}`)).toBe(`${HEAD}      ${after}`);
    const crlf = (text: string) => text.replaceAll('\n', '\r\n');
    expect(add(crlf(`${HEAD}      ${before}\n`))).toBe(crlf(`${HEAD}      ${after}\n`));
  });

  test('a number in brackets, with quoted keys if the file may be JSON', () => {
    const yaml = `version: 1\nbots: { a: { numbers: ["+${B}", +${A}] } }\n`;
    expect(add(yaml)).toBe(yaml.replace(`+${A}`, `{ number: +${A}, waId: "+${ID}" }`));
    const json = `{"version": 1, "bots": {"a": {"numbers": ["+${B}", "+${A}"]}}}`;
    expect(JSON.parse(add(json)).bots.a.numbers).toEqual([`+${B}`, { number: `+${A}`, waId: `+${ID}` }]);
    const entry = json.replace(`"+${A}"`, `{"number": "+${A}"}`);
    expect(JSON.parse(add(entry)).bots.a.numbers[1]).toEqual({ number: `+${A}`, waId: `+${ID}` });
  });

  test('a number of a bot that has none changes nothing', () => {
    const text = 'version: 1\nbots:\n  b:\n    numbers: []\n';
    expect(add(text)).toBe(text);
  });
});

test('law: numbers of a long list get their waIds, and no other byte changes', () => {
  const number = fc.integer({ min: A, max: A + 40 });
  const line = fc.tuple(number, fc.constantFrom('"', ''), fc.constantFrom('', ' # spam', '  # +447700900125'));
  const pairs = fc.uniqueArray(number, { maxLength: 5 });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), pairs, (lines, named) => {
      const items = lines.map(([each, quote, comment]) => `      - ${quote}+${each}${quote}${comment}\n`);
      const text = HEAD.replace('numbers:\n', `numbers:${items.length > 0 ? '' : ' []'}\n`) + items.join('');
      const changed = add(
        text,
        named.map((each) => [each, each + 1000]),
      );
      const { bots, faults, pairs: declared } = loadDesired([{ name: 'f.yaml', text: changed }], '2026-06-15');
      expect(faults).toEqual([]);
      expect([...bots[0]!.numbers]).toEqual([...NumberSet.of(lines.map(([each]) => each))]);
      const present = named.filter((each) => lines.some(([other]) => other === each));
      expect(declared.map(([each, waId]) => [each, waId]).sort()).toEqual(
        present.map((each) => [each, each + 1000]).sort(),
      );
      expect(changed.replace(/\{ number: (\S+), waId: "\S+" \}/g, '$1')).toBe(text);
    }),
  );
});
