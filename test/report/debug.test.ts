import { describe, expect, test } from 'vitest';
import type { Attempt } from '../../src/model/world.ts';
import { debugLine } from '../../src/report/debug.ts';
import { makeSanitizer } from '../../src/report/voice/index.ts';

const clean = makeSanitizer({ masked: true, secrets: new Set(['tok/en-0123456789']) });

const attempt: Attempt = {
  ...{ bot: 'shop', method: 'GET', url: 'https://api.example/v25.0/block_users?limit=100' },
  ...{ status: 200, duration: 41.4, attempt: 1, because: null, error: null, requestId: null },
};
const lineOf = (facts: Partial<Attempt>) => debugLine({ ...attempt, ...facts }, clean);

describe('the line of a request', () => {
  test('has only what is known', () => {
    expect(lineOf({})).toBe(
      'debug: bot=shop method=GET path=/v25.0/block_users?limit=100 status=200 ms=41 attempt=1\n',
    );
  });

  test('has why it repeats another one, why it failed, and the id for the support', () => {
    const because = 'the server failed (500); run again later';
    const error = 'no complete answer from api.example within 30 s; run again with a larger --timeout';
    expect(lineOf({ status: null, attempt: 2, because, error, requestId: 'AbC9' })).toBe(
      'debug: bot=shop method=GET path=/v25.0/block_users?limit=100 status=none ms=41 attempt=2 ' +
        'because="the server failed (500)" error="no complete answer from api.example within 30 s" request-id=AbC9\n',
    );
  });

  test.each<[string, Partial<Attempt>, string]>([
    ['a number in the path', { url: 'https://a.example/v25.0/106540352242922/x' }, 'path=/v25.0/+10•••••••••2922/x '],
    ['a folder in another encoding', { url: 'https://a.example/x/708%E2%80%99520/y' }, 'path=/x/…/y '],
    ['a folder in base64', { url: `https://a.example/x/${btoa('+447700900123')}/y` }, 'path=/x/…/y '],
    ['a number in the query', { url: 'https://a.example/x?n=%2B447700900123' }, 'path=/x?n=%2B+44••••••0123 '],
    ['a cursor', { url: 'https://a.example/x?limit=5&after=NDQ3NzAw%3D' }, 'path=/x?limit=5&after=… '],
    ['a number in the name of a bot', { bot: 'shop-447700900123' }, 'bot=shop-+44••••••0123 '],
    ['a number in a failure', { error: 'cannot block +44 7700 900123' }, 'error="cannot block +44••••••0123"'],
    ['a number as an id', { requestId: '447700900123' }, 'request-id="[withheld: it may contain a number]"'],
    ['a token in the path', { url: 'https://a.example/tok/en-0123456789' }, 'path=/[token] '],
    ['a token in an id', { requestId: 'tok/en-0123' }, 'request-id=[token]'],
    ['the end of a line in an id', { requestId: 'a\n::error::b' }, 'request-id=a\\u000a::error::b'],
    ['a long text', { error: 'x'.repeat(2000) }, 'x… [cut: 2,000 characters]"'],
  ])('hides or escapes %s', (_, facts, shown) => {
    const line = lineOf(facts);
    expect(line).toContain(shown);
    expect(line).not.toMatch(/\d{7}|\n./);
  });
});
