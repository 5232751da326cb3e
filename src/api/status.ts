import { ApiError } from '../model/errors.ts';
import { isTransient } from './codes.ts';
import type { HttpResponse } from './http.ts';

/**
 * Makes the error for a status that means the same in every HTTP API. Providers handle their own statuses first.
 *
 * @param detail the server's own words.
 */
export function statusError({ status, headers }: HttpResponse, detail: string): ApiError {
  const retryAfter = parseRetryAfter(headers);
  if (status === 429 || status === 503) {
    const message = `the server is throttling or unavailable (${status}); run again later, or with a lower --rate`;
    return new ApiError(message, { detail, retryAfter, retry: 'throttle', ambiguous: status === 503 });
  }
  if (isTransient(status)) {
    const message = `the server failed (${status}); run again later`;
    return new ApiError(message, { detail, retryAfter, retry: 'transient', ambiguous: true });
  }
  const message = hopelessMessage(status, headers.location ?? '');
  return new ApiError(message, { detail, hopeless: true, ambiguous: status >= 500 });
}

function hopelessMessage(status: number, location: string): string {
  if (status === 407) return 'the proxy requires other credentials (407); check HTTPS_PROXY';
  if (status < 300 || status >= 400) {
    return `the server answered ${status}, which this API does not document; check --base-url and the proxy`;
  }
  const target = URL.canParse(location) ? new URL(location).origin : 'an unknown target';
  return `the server redirects (${status}) to ${target}, and redirects are not followed; check --base-url`;
}

/**
 * Reads `Retry-After`: seconds, or a date by the server's own clock.
 *
 * @returns milliseconds from now, or undefined for any other text.
 */
export function parseRetryAfter({ retryAfter, date }: HttpResponse['headers']): number | undefined {
  if (retryAfter === null) return undefined;
  if (/^\d{1,10}$/.test(retryAfter.trim())) return Number(retryAfter) * 1000;
  const wait = Date.parse(retryAfter) - Date.parse(date ?? '');
  return wait >= 0 ? wait : undefined;
}
