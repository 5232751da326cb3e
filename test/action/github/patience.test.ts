import { describe, expect, test } from 'vitest';
import { type Trouble, waitAfter } from '../../../src/action/github/patience.ts';

const NOW = 1_800_000_000; // s
const trouble = (status: number, headers: Record<string, string | number> = {}, message = 'no') =>
  Object.assign(new Error(message), { status, response: { headers } }) as Trouble;

describe('a failed call', () => {
  const rate = (seconds: number) => ({ ms: seconds * 1000, why: 'rate limit' });
  test.each<[string, Trouble, object | null]>([
    ['with retry-after waits for its value', trouble(403, { 'retry-after': '30' }), rate(30)],
    ['with 429 and retry-after waits for its value', trouble(429, { 'retry-after': '7' }), rate(7)],
    ['with retry-after: 0 is repeated at once', trouble(403, { 'retry-after': '0' }), rate(0)],
    [
      'with 429 and a retry-after that is not a number waits a minute',
      trouble(429, { 'retry-after': 'soon' }),
      rate(60),
    ],
    [
      'without calls left waits until the reset',
      trouble(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': NOW + 45 }),
      rate(45),
    ],
    [
      'without calls left and a past reset is repeated at once',
      trouble(429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': NOW - 5 }),
      rate(0),
    ],
    ['with only 429 waits a minute', trouble(429), rate(60)],
    [
      'with "rate limit" in its message waits a minute',
      trouble(403, {}, 'You have exceeded a secondary rate limit'),
      rate(60),
    ],
    ['without a permission is not repeated', trouble(403, { 'x-ratelimit-remaining': '4999' }), null],
    ['with 404 is not repeated', trouble(404), null],
    ['without an answer in time is not repeated', new Error('no answer within 30 s'), null],
  ])('%s', (_, error, wait) => {
    expect(waitAfter(error, 1, true, NOW)).toEqual(wait);
    expect(waitAfter(error, 1, false, NOW), 'it was not done').toEqual(wait);
  });

  test('with a rate limit is repeated at most ten times', () => {
    const error = trouble(403, { 'retry-after': '0' });
    expect([10, 11].map((attempt) => waitAfter(error, attempt, true, NOW))).toEqual([rate(0), null]);
  });

  test('with 5xx is repeated three times, if that is safe', () => {
    const waits = [1, 2, 3, 4].map((attempt) => waitAfter(trouble(502), attempt, true, NOW)?.ms ?? null);
    expect(waits).toEqual([1000, 4000, 9000, null]);
    expect(waitAfter(trouble(502), 1, false, NOW)).toBeNull();
  });
});
