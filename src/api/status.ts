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
  if (status >= 300 && status < 400) return redirected(status, headers.location ?? '', detail);
  return new ApiError(hopelessMessage(status), { detail, hopeless: true, ambiguous: status >= 500 });
}

/** The target is text of the server, so it is no part of the message. */
function redirected(status: number, location: string, body: string): ApiError {
  const message = `the server redirects (${status}), and redirects are not followed; check --base-url`;
  const target = URL.canParse(location) ? `redirect to ${new URL(location).origin}` : '';
  const detail = [target, body].filter((words) => words !== '').join(': ');
  return new ApiError(message, { detail, hopeless: true });
}

function hopelessMessage(status: number): string {
  if (status === 407) return 'the proxy requires other credentials (407); check HTTPS_PROXY';
  return `the server answered ${status}, which this API does not document; check --base-url and the proxy`;
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
