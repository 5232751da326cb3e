import { describe, expect, it } from 'vitest';
import {
  createSandbox,
  type Sandbox,
  type SandboxOptions,
  type SandboxRequest,
  type SandboxResponse,
} from '../../src/sandbox/sinch.ts';
import * as fc from '../fast-check.ts';

const SAMPLE = '46732001122';
const number = (index: number): string => String(447700900000 + index);
const numbers = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => number(from + index));
const path = (bot: string, query = ''): string => `/whatsapp/v1/${bot}/provision/blacklist${query}`;

function send(sandbox: Sandbox, method: string, content: unknown, bot = 'bot'): SandboxResponse {
  return sandbox.handle({
    method,
    path: path(bot),
    authorization: 'Bearer token',
    body: JSON.stringify({ numbers: content }),
  });
}

function get(sandbox: Sandbox, query = '', bot = 'bot'): SandboxResponse {
  return sandbox.handle({ method: 'GET', path: path(bot, query), authorization: 'Bearer token' });
}

const numbersIn = (response: SandboxResponse): string[] => JSON.parse(response.body).numbers;

function everyPage(sandbox: Sandbox, bot = 'bot'): string[] {
  const all: string[] = [];
  for (let page = 0; ; page++) {
    const found = numbersIn(get(sandbox, `?page=${page}`, bot));
    if (found.length === 0) return all;
    all.push(...found);
  }
}

const plus = (digits: string): string => `+${digits}`;

describe('the documented exchange', () => {
  it('adds, lists with a plus and removes, and answers writes with an empty body', () => {
    const sandbox = createSandbox();
    expect(send(sandbox, 'POST', [SAMPLE, '46732002244'])).toEqual({ status: 200, body: '' });
    expect(get(sandbox)).toEqual({ status: 200, body: '{"numbers":["+46732001122","+46732002244"]}' });
    expect(send(sandbox, 'DELETE', ['+46732001122'])).toEqual({ status: 200, body: '' });
    expect(get(sandbox)).toEqual({ status: 200, body: '{"numbers":["+46732002244"]}' });
  });

  it('ignores the add of a listed number and the removal of an absent one', () => {
    const sandbox = createSandbox();
    send(sandbox, 'POST', [number(1), number(2)]);
    expect(send(sandbox, 'POST', [`+${number(1)}`, number(3), number(3)]).status).toBe(200);
    expect(send(sandbox, 'DELETE', [number(9), number(2)]).status).toBe(200);
    expect(sandbox.list('bot')).toEqual([number(1), number(3)]);
  });

  it('keeps the lists of bots apart', () => {
    const sandbox = createSandbox();
    send(sandbox, 'POST', [number(1)], 'one');
    send(sandbox, 'POST', [number(2)], 'two');
    expect(everyPage(sandbox, 'one')).toEqual([plus(number(1))]);
    expect(everyPage(sandbox, 'two')).toEqual([plus(number(2))]);
    expect(sandbox.bots()).toEqual(['one', 'two']);
  });

  it('knows only bots that were written or set, not those of reads and refused writes', () => {
    const sandbox = createSandbox();
    get(sandbox);
    send(sandbox, 'POST', []);
    expect(sandbox.bots()).toEqual([]);
    sandbox.set('bot', []);
    expect(sandbox.bots()).toEqual(['bot']);
  });

  it('replaces a list at once, with numbers in any form', () => {
    const sandbox = createSandbox({ propagation: 1000 }, () => 0);
    send(sandbox, 'POST', [number(1)]);
    sandbox.set('bot', [plus(number(2)), number(3), number(2)]);
    expect(sandbox.list('bot')).toEqual([number(2), number(3)]);
    expect(everyPage(sandbox)).toEqual([plus(number(2)), plus(number(3))]);
  });

  it('returns copies of a list', () => {
    const sandbox = createSandbox();
    sandbox.set('bot', numbers(2));
    sandbox.list('bot').pop();
    expect(sandbox.list('bot')).toEqual(numbers(2));
  });
});

describe('a refused request changes nothing', () => {
  const body = JSON.stringify({ numbers: [SAMPLE] });
  const withNumbers = (content: unknown): Partial<SandboxRequest> => ({ body: JSON.stringify({ numbers: content }) });
  const rows: [name: string, request: Partial<SandboxRequest>, status: number, reason: string][] = [
    ['an empty list', withNumbers([]), 400, 'Field [numbers] can not be empty.'],
    ['no numbers', { body: '{}' }, 400, 'Field [numbers] can not be empty.'],
    ['null for numbers', withNumbers(null), 400, 'Field [numbers] can not be empty.'],
    ['null for a body', { body: 'null' }, 400, 'Field [numbers] can not be empty.'],
    ['numbers that are text', withNumbers(SAMPLE), 400, 'Field [numbers] must be a list.'],
    ['numbers that are an object', withNumbers({ 0: SAMPLE }), 400, 'Field [numbers] must be a list.'],
    ['21 numbers', withNumbers(numbers(21)), 400, 'Field [numbers] can not have more than 20 numbers.'],
    ['an empty body', { body: '' }, 400, 'The request body is not JSON.'],
    ['half a body', { body: body.slice(0, 9) }, 400, 'The request body is not JSON.'],
    ['a number as a number', withNumbers([46732001122]), 400, 'Field [numbers] has an invalid number: 46732001122.'],
    ['a leading zero', withNumbers(['0732001122']), 400, 'Field [numbers] has an invalid number: "0732001122".'],
    ['two pluses', withNumbers(['++46732001122']), 400, 'Field [numbers] has an invalid number: "++46732001122".'],
    ['6 digits', withNumbers([SAMPLE, '123456']), 400, 'Field [numbers] has an invalid number: "123456".'],
    ['16 digits', withNumbers(['1234567890123456']), 400, 'Field [numbers] has an invalid number: "1234567890123456".'],
    ['a space', withNumbers(['46 732001122']), 400, 'Field [numbers] has an invalid number: "46 732001122".'],
    ['a line break', withNumbers(['46732001122\n']), 400, 'Field [numbers] has an invalid number: "46732001122\\n".'],
    ['Arabic digits', withNumbers(['٤٦٧٣٢٠٠١١']), 400, 'Field [numbers] has an invalid number: "٤٦٧٣٢٠٠١١".'],
    ['no authorization', { authorization: undefined }, 401, 'Unauthorized bot'],
    ['an empty token', { authorization: 'Bearer ' }, 401, 'Unauthorized bot'],
    ['another scheme', { authorization: 'Basic token' }, 401, 'Unauthorized bot'],
    ['another method', { method: 'PUT' }, 405, 'Only GET, POST and DELETE are allowed.'],
    ['another path', { path: '/whatsapp/v1/bot/provision' }, 404, 'No such path.'],
    ['a longer path', { path: `${path('bot')}/x` }, 404, 'No such path.'],
    ['no bot', { path: path('') }, 404, 'No such path.'],
    ['dots for a bot', { path: path('..') }, 404, 'No such path.'],
    ['encoded dots for a bot', { path: path('%2E%2e') }, 404, 'No such path.'],
    ['an encoded slash in a bot', { path: path('a%2Fb') }, 404, 'No such path.'],
    ['a bot of 65 letters', { path: path('b'.repeat(65)) }, 404, 'No such path.'],
    ['a stray percent sign', { path: path('%') }, 404, 'No such path.'],
  ];
  it.each(rows)('%s', (_name, request, status, reason) => {
    for (const method of ['POST', 'DELETE']) {
      const sandbox = createSandbox();
      sandbox.set('bot', [number(1)]);
      const response = sandbox.handle({ method, path: path('bot'), authorization: 'Bearer token', body, ...request });
      const message = status === 400 ? 'Validation error' : String(status);
      expect({ ...response, body: JSON.parse(response.body) }).toEqual({ status, body: { message, reason } });
      expect(sandbox.list('bot')).toEqual([number(1)]);
    }
  });
});

describe('accepted numbers, bots and tokens', () => {
  it.each([
    ['7 digits', ['1234567']],
    ['15 digits', ['123456789012345']],
    ['20 numbers', numbers(20)],
  ])('%s', (_name, accepted) => {
    const sandbox = createSandbox();
    expect(send(sandbox, 'POST', accepted).status).toBe(200);
    expect(sandbox.list('bot')).toEqual(accepted);
  });

  it.each([
    ['__proto__', '__proto__'],
    ['constructor', 'constructor'],
    ['only digits', '7'],
    ['dots among letters', '..a'],
    ['percent-encoded', '%62ot', 'bot'],
    ['64 letters', 'b'.repeat(64)],
  ])('the bot %s', (_name, encoded, bot = encoded) => {
    const sandbox = createSandbox();
    expect(numbersIn(get(sandbox, '', encoded))).toEqual([]);
    send(sandbox, 'POST', [number(1)], encoded);
    expect(sandbox.list(bot)).toEqual([number(1)]);
    expect(sandbox.bots()).toEqual([bot]);
  });

  const bots = new Map([
    ['one', 'first'],
    ['two', 'second'],
    ['open', ''],
  ]);
  it.each([
    ['the right token', 'one', 'Bearer first', 200],
    ['a scheme in small letters', 'one', 'bearer first', 200],
    ["another bot's token", 'one', 'Bearer second', 401],
    ['a bot that is not listed', 'three', 'Bearer first', 401],
    ['a bot named __proto__ that is not listed', '__proto__', 'Bearer first', 401],
    ['an empty token that equals that of the bot', 'open', 'Bearer ', 401],
  ])('with bots given: %s', (_name, bot, authorization, status) => {
    expect(createSandbox({ bots }).handle({ method: 'GET', path: path(bot), authorization }).status).toBe(status);
  });
});

describe('pages', () => {
  it.each<[string, SandboxOptions, number, string, number | '400']>([
    ['page 0 of an empty list', {}, 0, '?page=0', 0],
    ['page 0 of an empty list, 400 after the end', { pastEnd: '400' }, 0, '', 0],
    ['page 1 of an empty list', {}, 0, '?page=1', 0],
    ['page 1 of an empty list, 400 after the end', { pastEnd: '400' }, 0, '?page=1', '400'],
    ['page 0 is the default', {}, 101, '', 100],
    ['the last page', { pastEnd: '400' }, 101, '?page=1', 1],
    ['page 1 of 100', {}, 100, '?page=1', 0],
    ['page 1 of 100, 400 after the end', { pastEnd: '400' }, 100, '?page=1', '400'],
    ['another page size', { pageSize: 7 }, 15, '?page=2', 1],
    ['other parameters', {}, 101, '?size=3&page=1', 1],
    ['a page beyond all numbers', {}, 5, `?page=${'9'.repeat(400)}`, 0],
    ['a negative page', {}, 5, '?page=-1', '400'],
    ['half a page', {}, 5, '?page=0.5', '400'],
    ['a page that is a word', {}, 5, '?page=first', '400'],
    ['a page that is empty', {}, 5, '?page=', '400'],
  ])('%s', (_name, options, count, query, expected) => {
    const sandbox = createSandbox(options);
    sandbox.set('bot', numbers(count));
    const response = get(sandbox, query);
    expect(response.status === 200 ? numbersIn(response).length : String(response.status)).toBe(expected);
  });

  it('have no plus with listWithoutPlus', () => {
    const sandbox = createSandbox({ listWithoutPlus: true });
    sandbox.set('bot', [plus(SAMPLE)]);
    expect(numbersIn(get(sandbox))).toEqual([SAMPLE]);
  });

  it('are the list when they are concatenated', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(999)), fc.integer({ min: 1, max: 9 }), (indexes, pageSize) => {
        const sandbox = createSandbox({ pageSize });
        sandbox.set('bot', indexes.map(number));
        expect(everyPage(sandbox)).toEqual(sandbox.list('bot').map(plus));
        expect(sandbox.list('bot')).toEqual(indexes.map(number));
      }),
    );
  });

  it('are copied one by one, so that a million numbers can be read', () => {
    const sandbox = createSandbox();
    const unassigned = 999_000_000_000; // no country has this code; the ranges for fiction are too small
    sandbox.set(
      'bot',
      Array.from({ length: 1_000_000 }, (_, index) => String(unassigned + index)),
    );
    let count = 0;
    for (let page = 0; page < 10_000; page++) count += numbersIn(get(sandbox, `?page=${page}`)).length;
    expect(count).toBe(1_000_000);
  }, 120_000);
});

describe('unknown behavior, by option', () => {
  it.each<[string, string, string[], number, string[]]>([
    ['add of a number that is present', 'POST', [number(5), number(0)], 400, numbers(2)],
    ['removal of a number that is absent', 'DELETE', [number(0), number(5)], 400, numbers(2)],
    ['add of new numbers', 'POST', [number(5), number(5)], 200, [...numbers(2), number(5)]],
    ['removal of present numbers', 'DELETE', [number(0)], 200, [number(1)]],
  ])('strict: %s', (_name, method, content, status, after) => {
    const sandbox = createSandbox({ strict: true });
    sandbox.set('bot', numbers(2));
    expect(send(sandbox, method, content).status).toBe(status);
    expect(sandbox.list('bot')).toEqual(after);
  });

  it('strict checks the written list, not the visible one', () => {
    const sandbox = createSandbox({ strict: true, propagation: 1000 }, () => 0);
    expect(send(sandbox, 'DELETE', [SAMPLE]).status).toBe(400);
    expect(send(sandbox, 'POST', [SAMPLE]).status).toBe(200);
    expect(send(sandbox, 'POST', [SAMPLE]).status).toBe(400);
    expect(numbersIn(get(sandbox))).toEqual([]);
  });

  it('refuses a whole POST with a rejected number, but allows its removal', () => {
    const sandbox = createSandbox({ rejected: new Set([SAMPLE]) });
    sandbox.set('bot', [SAMPLE]);
    const response = send(sandbox, 'POST', [number(1), plus(SAMPLE)]);
    expect(response.status).toBe(400);
    expect(JSON.parse(response.body).reason).toBe('Field [numbers] has an invalid number: 46732001122.');
    expect(sandbox.list('bot')).toEqual([SAMPLE]);
    expect(send(sandbox, 'DELETE', [SAMPLE]).status).toBe(200);
    expect(sandbox.list('bot')).toEqual([]);
  });

  it('shows a write exactly when its propagation is over', () => {
    let time = 0;
    const sandbox = createSandbox({ propagation: 1000 }, () => time);
    send(sandbox, 'POST', [SAMPLE]);
    time = 999;
    expect(numbersIn(get(sandbox))).toEqual([]);
    expect(sandbox.list('bot')).toEqual([SAMPLE]);
    time = 1000;
    expect(numbersIn(get(sandbox))).toEqual([plus(SAMPLE)]);
  });

  it('shows the list as it was `propagation` ago, for any writes at any times', () => {
    const step = fc.record({
      wait: fc.nat(30),
      method: fc.constantFrom('POST', 'DELETE'),
      content: fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(step), fc.constantFrom(0, 1, 25, 100), fc.nat(130), (steps, propagation, rest) => {
        let time = 0;
        const sandbox = createSandbox({ propagation, pageSize: 3 }, () => time);
        const history: { at: number; list: string[] }[] = [{ at: Number.NEGATIVE_INFINITY, list: [] }];
        const expectShown = () => {
          const then = history.findLast(({ at }) => at <= time - propagation)!;
          expect(everyPage(sandbox)).toEqual(then.list.map(plus));
        };
        for (const { wait, method, content } of steps) {
          time += wait;
          expectShown();
          const sent = [...new Set(content.map(number))];
          send(sandbox, method, sent);
          const before = history.at(-1)!.list;
          const list =
            method === 'POST'
              ? [...before, ...sent.filter((one) => !before.includes(one))]
              : before.filter((one) => !sent.includes(one));
          history.push({ at: time, list });
          expect(sandbox.list('bot')).toEqual(list);
        }
        time += rest;
        expectShown();
      }),
    );
  });
});
