import { describe, expect, test } from 'vitest';
import type { HttpResponse } from '../../../src/api/http.ts';
import { graphError, graphFailure, repeatsOf, requestIdOf } from '../../../src/api/providers/graph.ts';

const NO_HEADERS = { retryAfter: null, location: null, date: null };

const answer = (status: number, body: object, headers: Partial<HttpResponse['headers']> = {}): HttpResponse => {
  return { status, body: JSON.stringify(body), headers: { ...NO_HEADERS, ...headers } };
};
const failure = (code: unknown, status = 400, headers?: Partial<HttpResponse['headers']>) =>
  graphFailure(answer(status, { error: { code, message: 'no' } }, headers), ['phoneNumberId']);

const THROTTLED = { retry: 'throttle', tooLarge: true, ambiguous: false, hopeless: false, refused: false };
const INTERNAL = { retry: 'transient', tooLarge: false, ambiguous: true, hopeless: false, refused: false };
const HOPELESS = { retry: 'no', tooLarge: false, ambiguous: false, hopeless: true, refused: false };
const REFUSED = { retry: 'no', tooLarge: false, ambiguous: false, hopeless: false, refused: true };

describe('a code means the same under every status', () => {
  const TOKEN = 'the token is wrong or has expired';
  const PERMISSION = 'the token is not allowed to manage';
  test.each([
    ['a throttle', [4, 80_007, 130_429, 131_048, 131_056], 'the server is throttling', THROTTLED],
    ['an internal error', [1, 2, 131_000, 131_016, 139_103], 'the server failed', INTERNAL],
    ['a wrong token', [0, 190, '190'], TOKEN, HOPELESS],
    ['a missing permission', [3, 10, 200, 250, 299, 368, 131_005, 131_031], PERMISSION, HOPELESS],
  ])('%s: %j', (_, codes, message, facts) => {
    for (const code of codes) {
      for (const status of [200, 400, 401, 403, 429, 500, 503]) {
        const error = failure(code, status);
        expect(error, `${code} under ${status}`).toMatchObject(facts);
        expect(error.message).toBe(`${message} ${error.message.slice(message.length + 1)}`);
        expect(error.message).toContain(`(code ${code})`);
      }
    }
  });

  test.each([
    [400, REFUSED],
    [403, REFUSED],
    [401, HOPELESS],
    [408, INTERNAL],
    [425, INTERNAL],
    [429, { ...THROTTLED, tooLarge: false }],
    [500, INTERNAL],
    [524, INTERNAL],
    [501, { ...HOPELESS, ambiguous: true }],
  ])('but the status %i decides if the code is unknown', (status, facts) => {
    for (const code of [77, 100, 131_021, -1]) expect(failure(code, status)).toMatchObject(facts);
  });

  test('and a 401 is about the token, whatever its code', () => {
    for (const code of [77, 102, 467]) {
      expect(failure(code, 401).message).toMatch(
        `the token is wrong or has expired (401, code ${code}); create a new one`,
      );
    }
  });

  test.each([['no code'], [''], ['1.5'], [null], [{}]])('but the status decides if the code is %j', (code) => {
    expect(failure(code, 500)).toMatchObject(INTERNAL);
  });
});

describe('the wait before a repeat', () => {
  const usage = [JSON.stringify({ 1: [{ estimated_time_to_regain_access: 2 }] })]; // minutes
  test.each([
    ['is that of Retry-After', 130_429, 400, { retryAfter: '7' }, 7000],
    ['is that of Retry-After for an internal error', 1, 400, { retryAfter: '7' }, 7000],
    ['is that of Retry-After for an unknown code', 77, 503, { retryAfter: '7' }, 7000],
    ['is the time until the quota is regained', 4, 400, { usage }, 120_000],
    ['is the longer one of both', 4, 400, { usage, retryAfter: '7' }, 120_000],
    ['is the longer one of both, also Retry-After', 4, 400, { usage, retryAfter: '180' }, 180_000],
    ['is unknown without headers', 4, 400, {}, undefined],
    ['is unknown after a date that has passed', 4, 400, { retryAfter: 'Wed, 21 Oct 2015 07:28:00 GMT' }, undefined],
  ])('%s', (_, code, status, headers, wait) => {
    expect(failure(code, status, headers).retryAfter).toBe(wait);
  });
});

test.each([
  ['once after an unknown error', 131_000, 1],
  ['twice after an internal error', 139_103, 2],
  ['until the retries are used up after a throttle', 130_429, Number.POSITIVE_INFINITY],
  ['never after a refusal', 131_021, 0],
  ['never if the user must write first', 131_047, 0],
  ['never without permission', 3, 0],
])('a number may be repeated %s (%i)', (_, code, repeats) => {
  expect(repeatsOf(graphError({ code })!)).toBe(repeats);
});

test.each([
  ['a header', answer(200, {}, { requestId: 'H1' }), 'H1'],
  ['the error in the body', answer(400, { error: { code: 1, fbtrace_id: 'B1' } }), 'B1'],
  ['the header, if both have one', answer(400, { error: { fbtrace_id: 'B1' } }, { requestId: 'H1' }), 'H1'],
  ['neither', answer(200, { data: [] }), null],
  ['a body in which it is not text', answer(400, { error: { fbtrace_id: {} } }), null],
])('the id of a request is read from %s', (_, response, id) => {
  expect(requestIdOf(response)).toBe(id);
});
