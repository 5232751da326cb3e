import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import desiredSchema from '../../schemas/blacklist.schema.json' with { type: 'json' };
import planSchema from '../../schemas/plan.schema.json' with { type: 'json' };
import type { Policy } from '../../src/model/bot.ts';
import { InvalidError, StaleError } from '../../src/model/errors.ts';
import { type BotPlan, NO_COUNTS, type Plan } from '../../src/model/plan.ts';
import { timeOf } from '../../src/model/world.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { makePlan, type Tokens } from '../../src/plan/fingerprint.ts';
import { ageOf, type PlanFile, readPlanFile, writePlanFile } from '../../src/plan/saved-plan.ts';
import * as fc from '../fast-check.ts';

const bot = (id: string, facts: Partial<BotPlan> = {}): BotPlan => ({
  id,
  provider: 'sinch',
  settings: { region: 'eu1' },
  baseUrl: 'https://eu1.whatsapp.api.sinch.com',
  tokenEnv: 'SUPPORT_TOKEN',
  policy: 'sync',
  counts: { ...NO_COUNTS, unchanged: 2 },
  untouched: 'ab'.repeat(32),
  guard: { tripped: false, removals: 1, live: 3, limit: 10, limits: { percent: 12.5, floor: 10 } },
  add: NumberSet.of([447700900001, 12025550123]),
  remove: NumberSet.of([46732001122]),
  keep: NumberSet.empty,
  missing: NumberSet.empty,
  ...facts,
});
const tokens: Tokens = new Map([
  ['support-bot', 'the token'],
  ['sales', 'another token'],
  ['gone', 'a third token'],
]);
const made = '2026-06-15T12:00:00Z';
const unread: PlanFile['unread'] = [
  {
    id: 'gone',
    provider: 'sinch',
    policy: 'sync',
    baseUrl: 'https://eu1.whatsapp.api.sinch.com',
    tokenEnv: 'GONE_TOKEN',
    why: 'not found (404)',
  },
];
const write = (plan: Plan, held = tokens, rest: Partial<PlanFile> = {}) =>
  [...writePlanFile({ plan, made, unread, ...rest }, held)].join('');

/** Reads a plan file from bytes, as apply does. */
function read(bytes: Buffer | string, held = tokens): Plan {
  const saved = readPlanFile('my.plan', bytes.toString('utf8'));
  saved.verify(held);
  return saved.plan;
}

const plan = makePlan(
  [
    bot('support-bot'),
    bot('sales', { policy: 'add-only', settings: { region: 'us1' }, add: NumberSet.empty, remove: NumberSet.empty }),
  ],
  tokens,
);
const bytes = Buffer.from(write(plan));

describe('a saved plan is read as it was written', () => {
  test('with one plan', () => {
    expect(read(bytes)).toEqual(plan);
  });

  test('with its time and the bots that could not be read', () => {
    expect(readPlanFile('my.plan', bytes.toString())).toMatchObject({ made, unread });
    expect(readPlanFile('my.plan', write(plan, tokens, { unread: [] })).unread).toEqual([]);
  });

  test('without a fingerprint', () => {
    const nameless = { ...plan, fingerprint: null };
    expect(read(write(nameless))).toEqual(nameless);
  });

  test('with postponed removals', () => {
    const postponing = bot('sales', { remove: NumberSet.empty, counts: { ...NO_COUNTS, postponed: 3 } });
    const adds = makePlan([postponing], tokens, true);
    expect(read(write(adds))).toEqual(adds);
    expect(() => read(write({ ...adds, bots: [bot('sales')] }))).toThrow('is not a plan file');
  });

  test('without bots', () => {
    const none = makePlan([], tokens);
    expect(read(write(none))).toEqual(none);
  });

  test('as one JSON document that fits the schema, with a readable beginning', () => {
    const schema = new URL('../../schemas/plan.schema.json', import.meta.url);
    const validate = new Ajv({ strictTypes: false }).compile(JSON.parse(readFileSync(schema, 'utf8')));
    expect(validate(JSON.parse(bytes.toString())), JSON.stringify(validate.errors)).toBe(true);
    expect(bytes.toString().split('\n').slice(0, 5)).toEqual([
      '{',
      '  "kind": "blacklistctl-plan",',
      '  "formatVersion": 1,',
      `  "fingerprint": "${plan.fingerprint}",`,
      `  "made": "${made}",`,
    ]);
  });

  test('without any token in it', () => {
    for (const token of tokens.values()) expect(bytes.toString()).not.toContain(token);
  });

  test.each([1, 999, 1000, 1001, 2000, 2500])('with %i numbers in each direction, in small pieces', (count) => {
    const add = NumberSet.of(Array.from({ length: count }, (_, at) => 447700900000 + at));
    const long = makePlan([bot('sales', { add, remove: add })], tokens);
    expect(read(write(long))).toEqual(long);
    for (const piece of writePlanFile({ plan: long, made, unread }, tokens)) expect(piece.length).toBeLessThan(20_000);
  });

  const numbers = fc.array(fc.integer({ min: 1_000_000, max: 999_999_999_999_999 })).map((list) => NumberSet.of(list));
  const anyBot = fc
    .record({
      id: fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,20}$/),
      provider: fc.constantFrom('sinch', 'kapso'),
      settings: fc.record({ region: fc.constantFrom('eu1', 'us1') }),
      baseUrl: fc.webUrl(),
      tokenEnv: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/),
      policy: fc.constantFrom<Policy>('sync', 'add-only', 'remove-only'),
      counts: fc.record({
        unchanged: fc.nat(),
        surplus: fc.nat(),
        ignored: fc.nat(),
        protected: fc.nat(),
        missing: fc.nat(),
      }),
      add: numbers,
      remove: numbers,
    })
    .map((facts) => bot(facts.id, facts));

  test('law: with any content', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyBot, { selector: ({ id }) => id, maxLength: 4 }), (bots) => {
        const held = new Map(bots.map(({ id }) => [id, `token of ${id}`]));
        const any = makePlan(bots, held);
        expect(read(write(any, held), held)).toEqual(any);
      }),
    );
  });
});

const FORGED = { kind: 'forged', file: 'my.plan' };

describe('a changed file is refused', () => {
  /** Expects one of the two errors that have a remedy. */
  function expectRefused(changed: Buffer, what: string): void {
    try {
      read(changed);
    } catch (error) {
      if (error instanceof StaleError) expect(error.reason).toEqual(FORGED);
      else {
        expect(error, `${what}: ${(error as Error).stack}`).toBeInstanceOf(InvalidError);
        expect((error as Error).message).toMatch(/^my\.plan: .*plan --out/);
      }
      return;
    }
    expect.unreachable(`${what} was not noticed`);
  }
  const splice = (at: number, remove: number, ...put: number[]) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.from(put), bytes.subarray(at + remove)]);

  test('a byte removed, at every place', () => {
    for (let at = 0; at < bytes.length; at++) expectRefused(splice(at, 1), `byte ${at} removed`);
  });

  test('a bit changed, at every place', () => {
    for (let at = 0; at < bytes.length; at++) expectRefused(splice(at, 1, bytes[at]! ^ 1), `byte ${at} changed`);
  });

  test.each([
    ['space', 0x20],
    ['line feed', 0x0a],
    ['digit', 0x39],
    ['quote', 0x22],
    ['NUL', 0],
  ])('a %s inserted, at every place', (name, byte) => {
    for (let at = 0; at <= bytes.length; at++) expectRefused(splice(at, 0, byte), `${name} inserted at ${at}`);
  });

  test('a byte replaced by white space, at every place', () => {
    for (let at = 0; at < bytes.length; at++) {
      for (const blank of [0x09, 0x0a, 0x20])
        if (blank !== bytes[at]) expectRefused(splice(at, 1, blank), `blank at ${at}`);
    }
  });

  test('law: any one byte changed or inserted', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), fc.boolean(), (at, byte, insert) => {
        fc.pre(insert || byte !== bytes[at]);
        expectRefused(splice(at, insert ? 0 : 1, byte), `${byte} at ${at}`);
      }),
      { numRuns: 1000 },
    );
  });

  test('cut off, at every 50th byte and near both ends', () => {
    const near = [1, 2, 3, bytes.length - 3, bytes.length - 2, bytes.length - 1];
    for (let at = 0; at < bytes.length; at += 50) near.push(at);
    for (const at of near) expectRefused(bytes.subarray(0, at), `cut off at ${at}`);
  });

  test.each([
    ['the same document, formatted otherwise', () => JSON.stringify(JSON.parse(bytes.toString()))],
    ['CRLF', () => bytes.toString().replaceAll('\n', '\r\n')],
    ['a byte order mark', () => `\ufeff${bytes}`],
    ['twice the same file', () => `${bytes}${bytes}`],
    ['a key that appears twice', () => bytes.toString().replace('"provider":', '"id":"support-bot","provider":')],
    ['the fingerprint of another plan', () => bytes.toString().replace(plan.fingerprint!, '0'.repeat(64))],
    ['a younger plan', () => bytes.toString().replace(made, '2026-06-16T12:00:00Z')],
    ['one unread bot less', () => bytes.toString().replace(JSON.stringify(unread), '[]')],
    ["the guard's refusal removed by hand", () => bytes.toString().replace('"removals":1', '"removals":0')],
    ['the mac of another file', () => bytes.toString().slice(0, -80) + write(makePlan([], tokens)).slice(-80)],
  ])('%s', (name, changed) => {
    expectRefused(Buffer.from(changed()), name);
  });
});

describe('a plan is refused with other tokens than it was made with', () => {
  test.each<[string, Tokens]>([
    ['no tokens', new Map()],
    ['one token missing', new Map([['sales', 'another token']])],
    ['one token changed', new Map([...tokens, ['sales', 'the wrong token']])],
    ['the token of an unread bot missing', new Map([...tokens, ['gone', '']])],
    ['the token of an unread bot changed', new Map([...tokens, ['gone', 'the wrong token']])],
    ['tokens swapped', new Map([...tokens, ['sales', 'the token'], ['support-bot', 'another token']])],
  ])('%s', (_, held) => {
    expect(() => read(bytes, held)).toThrow(StaleError);
    expect(() => read(bytes, held)).toThrow(expect.objectContaining({ reason: FORGED }));
  });
});

describe('readPlanFile refuses', () => {
  const edited = (edit: (content: Record<string, unknown>, first: Record<string, unknown>) => void) => {
    const content = JSON.parse(bytes.toString());
    edit(content, content.bots[0]);
    return JSON.stringify(content);
  };
  test.each([
    [
      'a reason longer than the program writes',
      bytes.toString().replace('not found (404)', 'x'.repeat(1001)),
      /is not a plan file \(\/unread\/0\/why must NOT have more than 1000 characters\)/,
    ],
    ['nothing', '', /is not a complete plan file; make one with plan --out/],
    ['text', 'version: 1\n', /is not a complete plan file/],
    ['null', 'null', /is not a plan file \(the document must be object\)/],
    ['a number', '1', /is not a plan file \(the document must be object\)/],
    ['a list', '[]', /is not a plan file \(the document must be object\)/],
    ['another document', '{}', /is not a plan file \(the document must have required property/],
    ['a report', '{"formatVersion":1,"command":"plan"}', /is not a plan file \(it is a report\)/],
    [
      'a later format',
      edited((content) => Object.assign(content, { formatVersion: 2 })),
      /has plan format 2, but this version reads format 1; run plan --out again/,
    ],
    [
      'a format that is text',
      edited((content) => Object.assign(content, { formatVersion: '1' })),
      /has an unknown plan format, but/,
    ],
    [
      'another kind',
      edited((content) => Object.assign(content, { kind: 'tf' })),
      /\(\/kind must be equal to constant\)/,
    ],
    [
      'a plan without its time',
      edited((content) => {
        delete content.made;
      }),
      /must have required property 'made'/,
    ],
    ['a day instead of its time', edited((content) => Object.assign(content, { made: '2026-06-15' })), /\/made must/],
    [
      'a text instead of its time',
      edited((content) => Object.assign(content, { made: '2026-13-15T12:00:00Z' })),
      /\(\/made is not a time\)/,
    ],
    ['a key too many', edited((content) => Object.assign(content, { token: 'x' })), /additional properties/],
    [
      'a bot whose id is a path',
      edited((_, first) => Object.assign(first, { id: '../x' })),
      /\/bots\/0\/id must match pattern/,
    ],
    [
      'a base URL that is none',
      edited((_, first) => Object.assign(first, { baseUrl: 'https://a:b' })),
      /\(the baseUrl of a bot is not a URL\)/,
    ],
    [
      'a base URL of another scheme',
      edited((content) => Object.assign((content.unread as object[])[0]!, { baseUrl: 'javascript:x' })),
      /\/unread\/0\/baseUrl must match/,
    ],
    [
      'an unknown provider',
      edited((_, first) => Object.assign(first, { provider: 'constructor' })),
      /\/bots\/0\/provider must be equal to one of the allowed values/,
    ],
    [
      'an unknown count',
      edited((_, first) => Object.assign(first, { counts: { ...NO_COUNTS, other: 1 } })),
      /\/bots\/0\/counts property name must be valid|\/bots\/0\/counts must be equal to one of the allowed values/,
    ],
    ['a long format', JSON.stringify({ formatVersion: 'x'.repeat(1000) }), /has an unknown plan format, but/],
    [
      'a number without its plus',
      edited((_, first) => Object.assign(first, { add: ['447700900001'] })),
      /\/bots\/0\/add\/0 must match/,
    ],
    [
      'a number of 16 digits',
      edited((_, first) => Object.assign(first, { add: ['+4477009000010000'] })),
      /\/bots\/0\/add\/0 must match/,
    ],
    [
      'a number with a line feed',
      edited((_, first) => Object.assign(first, { remove: ['+447700900001\n'] })),
      /\/bots\/0\/remove\/0 must match/,
    ],
    [
      'a count below zero',
      edited((_, first) => Object.assign(first, { counts: { ...NO_COUNTS, unchanged: -1 } })),
      /\/bots\/0\/counts\/unchanged must be >= 0/,
    ],
  ])('%s', (_, text, message) => {
    expect(() => readPlanFile('my.plan', text)).toThrow(InvalidError);
    expect(() => readPlanFile('my.plan', text)).toThrow(message);
    expect(() => readPlanFile('my.plan', text)).toThrow(/^my\.plan: /);
  });

  test.each([
    ['an escape sequence', 'x\u001b[2J'],
    ['a workflow command on a line of its own', 'x\n::stop-commands::x'],
    ['a text direction', 'x\u202ey'],
    ['more characters than any text has', 'x'.repeat(5000)],
  ])('a plan that has %s in any of its texts', (_, text) => {
    const inEach = (node: object): void => {
      for (const [key, value] of Object.entries(node)) {
        if (typeof value === 'object' && value !== null) inEach(value);
        if (typeof value !== 'string') continue;
        Object.assign(node, { [key]: text });
        expect(() => readPlanFile('my.plan', JSON.stringify(content)), key).toThrow(InvalidError);
        Object.assign(node, { [key]: value });
      }
    };
    const content = JSON.parse(bytes.toString());
    inEach(content);
    expect(readPlanFile('my.plan', JSON.stringify(content)).plan).toEqual(
      readPlanFile('my.plan', bytes.toString()).plan,
    );
  });

  test('no provider that files may name', () => {
    expect(planSchema.definitions.provider.enum).toEqual(desiredSchema.definitions.provider.enum);
  });
});

describe('the age of a plan', () => {
  const noon = Date.parse(made) / 1000;

  test.each([
    ['is counted in whole seconds', noon + 90_061.9, 90_061],
    ['is 0 when the plan is made', noon, 0],
    ['is 0 if another clock was ahead', noon - 3600, 0],
  ])('%s', (_, now, age) => {
    expect(ageOf({ made }, now)).toBe(age);
  });

  test('is counted from the time in the file', () => {
    expect(timeOf(noon + 0.7)).toBe(made);
  });
});
