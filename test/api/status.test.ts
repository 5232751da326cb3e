import { describe, expect, test } from 'vitest';
import type { HttpResponse } from '../../src/api/http.ts';
import { statusError } from '../../src/api/status.ts';
import type { ApiError } from '../../src/model/errors.ts';

const DATE = 'Fri, 27 Nov 2026 10:00:00 GMT';

/** The error of an answer with a status and some headers. */
function errorOf(status: number, headers: Partial<HttpResponse['headers']> = {}): ApiError {
  const none = { retryAfter: null, date: null, location: null };
  return statusError({ status, body: '', headers: { ...none, ...headers } } as HttpResponse, 'busy');
}

describe('the error of a status', () => {
  test.each([
    ['throttled', 429, { retry: 'throttle', ambiguous: false, hopeless: false }],
    ['unavailable: a write may have taken effect', 503, { retry: 'throttle', ambiguous: true, hopeless: false }],
    ['request time-out', 408, { retry: 'transient', ambiguous: true, hopeless: false }],
    ['too early', 425, { retry: 'transient', ambiguous: true, hopeless: false }],
    ['server error', 500, { retry: 'transient', ambiguous: true, hopeless: false }],
    ['bad gateway', 502, { retry: 'transient', ambiguous: true, hopeless: false }],
    ['gateway time-out', 504, { retry: 'transient', ambiguous: true, hopeless: false }],
    ['an error of a gateway that no standard defines', 520, { retry: 'transient', ambiguous: true, hopeless: false }],
    ['a time-out of a gateway that no standard defines', 524, { retry: 'transient', ambiguous: true, hopeless: false }],
    ['the last status of a server error', 599, { retry: 'transient', ambiguous: true, hopeless: false }],
    ['a redirect, which is not followed', 302, { retry: 'no', ambiguous: false, hopeless: true }],
    ['the proxy refuses the credentials', 407, { retry: 'no', ambiguous: false, hopeless: true }],
    ['a status that the API does not document', 418, { retry: 'no', ambiguous: false, hopeless: true }],
    ['not implemented', 501, { retry: 'no', ambiguous: true, hopeless: true }],
    ['HTTP version not supported', 505, { retry: 'no', ambiguous: true, hopeless: true }],
    ['a status outside the classes of HTTP', 600, { retry: 'no', ambiguous: true, hopeless: true }],
  ] as const)('%s (%i)', (_, status, facts) => {
    const error = errorOf(status);
    expect(error).toMatchObject({ ...facts, refused: false, detail: 'busy' });
    expect(error.message).toContain(String(status));
  });

  test("contains the origin of a redirect's target and not its path", () => {
    const location = 'https://login.example.com/secret?token=1';
    expect(errorOf(302, { location }).detail).toBe('redirect to https://login.example.com: busy');
  });

  test('reports a redirect without a target', () => {
    expect(errorOf(302)).toMatchObject({ message: expect.stringContaining('redirects (302), and'), detail: 'busy' });
  });
});

describe('Retry-After', () => {
  test.each([
    ['none', null, undefined],
    ['seconds', '7', 7000],
    ['seconds between blanks', ' 7 ', 7000],
    ['zero', '0', 0],
    ['a date, measured against the clock of the server', 'Fri, 27 Nov 2026 10:00:30 GMT', 30_000],
    ['the date of the answer', DATE, 0],
    ['a date in the past', 'Fri, 27 Nov 2026 09:00:00 GMT', undefined],
    ['a negative number', '-5', undefined],
    ['a fraction', '1.5', undefined],
    ['text', 'soon', undefined],
  ] as const)('%s', (_, retryAfter, wait) => {
    expect(errorOf(429, { retryAfter, date: DATE }).retryAfter).toBe(wait);
  });

  test('ignores a date if the answer has no date', () => {
    expect(errorOf(429, { retryAfter: 'Fri, 27 Nov 2026 10:00:30 GMT' }).retryAfter).toBeUndefined();
  });
});
