import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { type ParsedFile, parseYaml } from '../../src/desired/yaml/parse.ts';
import { parseWritten } from '../../src/numbers/written.ts';
import * as fc from '../fast-check.ts';
import { loadDesired } from './load.ts';

const TODAY = '2026-06-15';
const load = (...texts: string[]) =>
  loadDesired(
    texts.map((text, at) => ({ name: `${at + 1}.yaml`, text })),
    TODAY,
  );

const number = fc.oneof(
  fc.integer({ min: 447700900000, max: 447700900020 }), // few, so that bots share numbers
  fc.integer({ min: 1_000_000, max: 999_999_999_999_999 }),
);
const id = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,12}$/),
  fc.constantFrom('__proto__', 'constructor', '0123', '1e3', 'null', 'true', '10', '9'),
);
const bots = fc.uniqueArray(fc.record({ id, numbers: fc.uniqueArray(number, { maxLength: 12 }) }), {
  selector: (bot) => bot.id,
  maxLength: 6,
});

/** Choices between spellings: `pick(n)` is the next choice of n, in an order of fast-check. */
type Pick = (choices: number) => number;

/** One number in one of its spellings. */
function spell(number: number, pick: Pick): string {
  const digits = [...String(number)]
    .map((digit, at) => (at > 0 ? ['', '', '', ' ', '-', '.', '(', ') '][pick(8)] : '') + digit)
    .join('');
  const drawn = (pick(2) === 0 ? '+' : '') + digits;
  const text = parseWritten(drawn) === number ? drawn : `+${number}`;
  const written = [text, `"${text}"`, `'${text}'`, `!!str ${text}`][pick(4)]!;
  switch (pick(6)) {
    case 0:
      return `{ number: ${written} }`;
    case 1:
      return `{ reason: "any, thing: [ü]", number: ${written}, }`;
    case 2:
      return `{ number: ${written}, expires: ${['2026-06-15', '"2026-06-16"', '9999-12-31'][pick(3)]} }`;
    default:
      return written;
  }
}

/** The bots as one file. */
function write(list: readonly { id: string; numbers: readonly number[] }[], pick: Pick): string {
  const lines = ['version: 1', 'defaults: { region: eu1, tokenEnv: T }', list.length > 0 ? 'bots:' : 'bots: {}'];
  if (pick(2) === 0) lines.splice(1, 0, '', '# a comment: [ {');
  for (const { id, numbers } of list) {
    const twins = [...numbers, ...numbers.filter(() => pick(5) === 0)];
    const key = [id, `"${id}"`, `'${id}'`][pick(3)];
    const items = twins.map((one) => spell(one, pick));
    if (numbers.length === 0 || pick(2) === 0) {
      const comma = [', ', ',\n      ', ' , # x\n      '][pick(3)]!;
      lines.push(`  ${key}:`, `    numbers: [ ${items.map((item) => `${item} `).join(comma)}]`);
    } else {
      const indent = ' '.repeat(4 + pick(3));
      lines.push(`  ${key}:`, '    numbers:');
      for (const item of items)
        lines.push(`${indent}-${' '.repeat(1 + pick(3))}${item}${['', ' ', ' # spam'][pick(3)]}`);
    }
  }
  const end = pick(2) === 0 ? '\n' : '\r\n';
  return lines.join('\n').replaceAll('\n', end) + (pick(2) === 0 ? end : '');
}

const pick = fc.infiniteStream(fc.nat()).map(
  (stream): Pick =>
    (choices) =>
      stream.next().value % choices,
);
const plain: Pick = () => 0;
const shuffled = bots.chain((list) =>
  fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
);
const setsOf = (desired: ReturnType<typeof load>) => {
  expect(desired.faults.map(({ message, source }) => `${message} in ${source}`)).toEqual([]);
  return desired.bots.map(({ id, numbers }) => [id, [...numbers]] as const);
};

describe('laws of the desired state', () => {
  test('any spelling of a file gives the same desired state', () => {
    fc.assert(
      fc.property(shuffled, pick, ([list, other], choice) => {
        const ids = list.map((bot) => bot.id).sort((a, b) => (a < b ? -1 : 1));
        const numbers = new Map(list.map((bot) => [bot.id, bot.numbers.toSorted((a, b) => a - b)]));
        const turned = other.map((bot) => (choice(2) === 0 ? bot : { ...bot, numbers: bot.numbers.toReversed() }));
        expect(setsOf(load(write(turned, choice)))).toEqual(ids.map((each) => [each, numbers.get(each)]));
      }),
      { numRuns: 500 },
    );
  });

  test('the split into files and their order make no difference', () => {
    fc.assert(
      fc.property(shuffled, fc.nat(6), pick, ([list, other], cut, choice) => {
        const files = [write(other.slice(0, cut), choice), write(other.slice(cut), choice)];
        expect(setsOf(load(...files))).toEqual(setsOf(load(write(list, choice))));
        expect(setsOf(load(...files.toReversed()))).toEqual(setsOf(load(...files)));
      }),
    );
  });

  test('a number is in the set until it expires', () => {
    const day = fc
      .date({ min: new Date('2026-05-01'), max: new Date('2026-08-01'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(number, day), { selector: ([one]) => one, minLength: 1 }),
        day,
        (entries, today) => {
          const items = entries.map(([one, expires]) => `{ number: "${one}", expires: ${expires} }`);
          const text = `version: 1\nbots: { a: { region: eu1, tokenEnv: T, numbers: [${items.join(', ')}] } }\n`;
          const { bots: loaded, faults } = loadDesired([{ name: 'f', text }], today);
          expect(faults).toEqual([]);
          const lasting = entries.filter(([, expires]) => Date.parse(expires) >= Date.parse(today)).map(([one]) => one);
          expect([...loaded[0]!.numbers]).toEqual(lasting.sort((a, b) => a - b));
        },
      ),
    );
  });
});

describe('reading does not throw and reports places for', () => {
  /** No file may make it throw, and each error must have a place in the file. */
  function holds(text: string): void {
    const { bots: loaded, faults, warnings } = load(text);
    const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
    let before = [0, 0];
    for (const { place, source, message } of faults) {
      const { line, column } = place!;
      expect(lines[line - 1], `line ${line} of: ${message}`).toBeDefined();
      if (source !== undefined) expect(source).toBe(lines[line - 1]);
      expect(column).toBeGreaterThan(0);
      expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 2); // the error may be at a line end
      expect(line > before[0]! || (line === before[0] && column >= before[1]!), 'in the order of lines').toBe(true);
      expect(message).not.toMatch(/undefined|\[object|NaN|stack|^$/);
      before = [line, column];
    }
    for (const { place } of warnings) expect(lines[place!.line - 1]).toBeDefined();
    if (faults.length > 0) return;
    for (const { id, settings, tokenEnv, policy, guard, numbers } of loaded) {
      expect(id).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
      expect(settings.region).toMatch(/^(eu1|us1)$/);
      expect(tokenEnv).toMatch(/^[A-Za-z_][A-Za-z0-9_]*$/);
      expect(policy).toMatch(/^(sync|add-only|remove-only)$/);
      expect(guard.percent >= 0 && guard.percent <= 100 && guard.floor >= 0 && Number.isInteger(guard.floor)).toBe(
        true,
      );
      for (const one of numbers) expect(String(one)).toMatch(/^[1-9][0-9]{6,14}$/);
    }
  }

  test('any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), holds));
    const marks = fc.constantFrom(
      ...'-:?[]{},&*#|>\'"%@`!~ \t\n\r\0\ufeff',
      '---',
      '...',
      '<<',
      'a',
      '1',
      '\n  ',
      '&a ',
      '*a ',
      ': ',
      '- ',
    );
    fc.assert(fc.property(fc.string({ unit: marks, maxLength: 40 }), holds), { numRuns: 3000 });
  });

  test('a damaged file', () => {
    const damage = fc.record({
      at: fc.nat(),
      remove: fc.nat(3),
      put: fc.oneof(
        fc.constantFrom(
          '',
          '\n',
          '\r',
          '\t',
          '"',
          "'",
          ':',
          ': ',
          '- ',
          '[',
          '{',
          '}',
          ']',
          ',',
          '#',
          '&l0 ',
          '*l0',
          '*n0',
          '!',
          '!!x ',
          '|',
          '>',
          '?',
          '? ',
          '%',
          '---\n',
          '\0',
          '~',
          '0',
          '+',
        ),
        fc.constantFrom(
          'version',
          'bots',
          'numbers',
          'guard: ',
          'guard: { percent: 1e999 }\n',
          'expires: x',
          'region: us1',
          'defaults: ',
        ),
      ),
    });
    fc.assert(
      fc.property(bots, pick, fc.array(damage, { minLength: 1, maxLength: 4 }), (list, choice, damages) => {
        let text = write(list, choice);
        for (const { at, remove, put } of damages) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + put + text.slice(place + remove);
        }
        holds(text);
      }),
      { numRuns: 2000 },
    );
  });

  test('a file that was cut off', () => {
    fc.assert(
      fc.property(bots, fc.nat(), (list, cut) => {
        const text = write(list, plain);
        holds(text.slice(0, cut % (text.length + 1)));
      }),
    );
  });

  test('any file, with the values of the YAML library', () => {
    fc.assert(
      fc.property(bots, pick, (list, choice) => {
        const text = write(list, choice);
        const options = { schema: 'failsafe', uniqueKeys: false } as const;
        // Of four and more plain lines, the value has the first and the last: `parts` has the others.
        const { value, folded } = parseYaml({ name: 'f', text }) as ParsedFile;
        expect(value).toEqual(parseDocument(folded.text, options).toJS());
      }),
    );
  });
});
