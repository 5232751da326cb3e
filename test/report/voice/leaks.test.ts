/**
 * Searches masked output for numbers and tokens: every format, every place of a report, every spelling.
 * `npm run soak:masks` does it for about an hour.
 */
import { Ansis } from 'ansis';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../../src/model/report.ts';
import { NumberSet } from '../../../src/numbers/number-set.ts';
import { reporters } from '../../../src/report/index.ts';
import { problemLines } from '../../../src/report/text.ts';
import { makeSanitizer } from '../../../src/report/voice/index.ts';
import * as fc from '../../fast-check.ts';
import * as make from '../fixtures.ts';
import { NUMBERS, shownOfToken, showsNumber, TOKENS } from './spellings.ts';

const FORMATS = Object.keys(reporters);
const place = { file: 'blacklist.yaml', line: 4, column: 9 };
const said = { message: 'the server refused the request; check the token' };

/** The places of foreign text in a report. */
const TEXTS: Readonly<Record<string, (text: string) => Report>> = {
  'the answer to a read': (detail) =>
    make.report({ bots: [make.bot('a', { guard: null, error: { ...said, detail } })] }),
  'the answer to a list': (detail) => make.live([make.liveBot('a', 1, { error: { ...said, detail } })]),
  'the answer after a write': (detail) =>
    make.result({ bots: [make.bot('a', { unverified: { ...said, detail }, add: make.numbers(1) })] }),
  'an answer with a code': (detail) =>
    make.report({ bots: [make.bot('a', { guard: null, error: { ...said, detail: `${detail} (code 100)` } })] }),
  'a rejection': (reason) => {
    const rejected = [{ number: 447_700_900_000, direction: 'add', reason }] as const;
    return make.result({ bots: [make.bot('a', { add: make.numbers(1), results: make.ledger({ rejected }) })] });
  },
  'the answer to explain': (detail) => make.explained([make.answer('a', { error: { ...said, detail } })]),
  'the answer to import': (detail) =>
    make.imported([{ id: 'a', imported: 0, alreadyThere: 0, error: { ...said, detail } }]),
  'a reason of a change': (reason) => {
    const reasons = [{ number: 447_700_900_000, reason, encrypted: false }];
    return make.report({ bots: [make.bot('a', { add: make.numbers(1), reasons })] });
  },
  'the texts of an entry': (text) => {
    const entry = { reason: text, owner: text, labels: { [text]: text } };
    return make.listed(make.listedBot('a', 1, { declarations: [make.way({ listOwner: text, entry })] }));
  },
  'the texts of a rule': (reason) =>
    make.explained([make.answer('a', { rules: [make.rule({ reason })], declarations: [] })]),
  'a line with an error': (source) =>
    make.invalid({ errors: [{ ...said, place, source: source.replace(/\s/g, ' ') }] }),
  'a row with an error': (source) => make.invalid({ errors: [{ ...said, place, source, row: true }] }),
  'a line of a patch': (text) =>
    make.format([
      {
        name: 'blacklist.yaml',
        changed: true,
        hunks: [{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 0, lines: [`-${text.replace(/\s/g, ' ')}`] }],
      },
    ]),
};

/** The places of a number that is known as one. */
const DATA: Readonly<Record<string, (number: number) => Report>> = {
  'an add': (number) => make.report({ bots: [make.bot('a', { add: NumberSet.of([number]) })] }),
  'a removal': (number) => make.drift({ bots: [make.bot('a', { remove: NumberSet.of([number]) })] }),
  'a list': (number) => make.listed({ id: 'a', numbers: NumberSet.of([number]) }),
  'a rejected number': (number) => {
    const rejected = [{ number, direction: 'add', reason: 'no' }] as const;
    return make.result({ bots: [make.bot('a', { add: NumberSet.of([number]), results: make.ledger({ rejected }) })] });
  },
  'a withheld number': (number) => {
    const withheld = [{ number, declared: number, because: 'digits' }] as const;
    return make.result({
      bots: [make.bot('a', { remove: NumberSet.of([number]), results: make.ledger({ withheld }) })],
    });
  },
  'a memory': (number) =>
    make.drift({ bots: [make.bot('a', { memory: { wasLive: NumberSet.of([number]), foreign: 0 } })] }),
  'a sample': (number) => make.report({ warnings: [{ code: 'W-PROTECTED', bot: 'a', count: 1, numbers: [number] }] }),
  'a question': (number) =>
    make.explained(
      [make.answer('a', { live: [number], declarations: [make.way({ number, entry: { waId: number } })] })],
      {
        explained: { number, bots: [make.answer('a', { live: [number] })] },
      },
    ),
};

function outputs(report: Report, clean: ReturnType<typeof makeSanitizer>): string[] {
  const options = { clean, color: new Ansis(0), verbose: true };
  const shown = FORMATS.map((format) => [...reporters[format]!(report, options)].join(''));
  return [...shown, problemLines(report, options).join('\n')].map(withoutOwn);
}

/** Removes the script and style of a page. */
const withoutOwn = (output: string) =>
  output.replace(/<style>[\s\S]*?<\/style>|<script>[\s\S]*?<\/script>|<meta [^>]*>|<svg[\s\S]*?<\/svg>/g, '');

const masked = (secrets = new Set<string>()) => makeSanitizer({ masked: true, secrets });

describe('masked output', () => {
  const number = '447700900123';

  test('has a table of at least 30 spellings, each of which its own reader finds', () => {
    expect(Object.keys(NUMBERS).length).toBeGreaterThanOrEqual(30);
    for (const [name, spell] of Object.entries(NUMBERS)) {
      if (/line break|words between|two zeros/.test(name)) continue;
      expect({ name, found: showsNumber(`x ${spell(number)} y`, number) }).toEqual({ name, found: true });
    }
  });

  test.each(Object.keys(TEXTS))('shows no number in %s', (where) => {
    for (const [name, spell] of Object.entries(NUMBERS)) {
      for (const output of outputs(TEXTS[where]!(`Number ${spell(number)} is not yours`), masked())) {
        expect({ name, leaks: showsNumber(output, number) && output }).toEqual({ name, leaks: false });
      }
    }
  });

  test.each(Object.keys(DATA))('shows no number as %s', (where) => {
    for (const output of outputs(DATA[where]!(Number(number)), masked())) {
      expect(showsNumber(output, number) && output).toBe(false);
    }
  });

  const token = 'c2LuY2hib3Q6dGhl-Zx9+very/Secret_Key';
  test.each(Object.keys(TEXTS))('shows less than eight characters of a token in %s', (where) => {
    for (const [name, form] of Object.entries(TOKENS)) {
      for (const isMasked of [true, false]) {
        const clean = makeSanitizer({ masked: isMasked, secrets: new Set([token]) });
        for (const output of outputs(TEXTS[where]!(`denied: ${form(token)} is wrong`), clean)) {
          const shown = shownOfToken(output, token);
          expect({ name, isMasked, leaks: shown >= 8 && output }).toEqual({ name, isMasked, leaks: false });
        }
      }
    }
  });

  test('law: shows no random number and no random token', { timeout: 24 * 3_600_000 }, () => {
    const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
    // A number of few different digits is found by chance in the counts of a report.
    const numbers = fc
      .integer({ min: 10_000_000_000, max: 999_999_999_999_999 })
      .filter((number) => new Set(`${number}`).size > 5);
    const tokens = fc
      .stringMatching(/^[A-Za-z0-9+/=_.~-]{16,64}$/)
      .filter((text) => new Set(text.replace(/[^a-z0-9]/gi, '')).size > 8);
    const words = fc.constantFrom('', 'not valid: ', 'user ', 'Bearer ', '{"error":"', 'der Nutzer ', '用户 ', '<p>');
    const any = fc.record({
      number: numbers,
      token: tokens,
      before: words,
      after: words,
      spelling: fc.constantFrom(...Object.keys(NUMBERS)),
      form: fc.constantFrom(...Object.keys(TOKENS)),
      text: fc.constantFrom(...Object.keys(TEXTS)),
      data: fc.constantFrom(...Object.keys(DATA)),
    });
    const runs = { count: 0 };
    fc.assert(
      fc.property(any, ({ number, token, before, after, spelling, form, text, data }) => {
        const clean = masked(new Set([token]));
        const spelled = `${before}${NUMBERS[spelling]!(`${number}`)}${after}`;
        for (const report of [TEXTS[text]!(spelled), DATA[data]!(number)]) {
          for (const output of outputs(report, clean)) expect(showsNumber(output, `${number}`) && output).toBe(false);
        }
        for (const output of outputs(TEXTS[text]!(`${before}${TOKENS[form]!(token)}${after}`), clean)) {
          expect(shownOfToken(output, token) >= 8 && output).toBe(false);
        }
        runs.count++;
      }),
      { numRuns: 1000, seed },
    );
    if (process.env.STRENGTH) console.log(`masked output: ${runs.count} random cases, SEED=${seed}`);
  });
});
