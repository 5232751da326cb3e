import { ApiError } from '../model/errors.ts';
import type { HttpResponse } from './http.ts';

/**
 * The error that a status stands for with any HTTP API. A provider handles the statuses that mean more to it first.
 *
 * @param detail the server's own words.
 */
export function statusError(response: HttpResponse, detail: string): ApiError {
  const { status, headers } = response;
  const facts = { detail, retryAfter: parseRetryAfter(headers) };
  if (status === 429 || status === 503) {
    return new ApiError(`the server is throttling or unavailable (${status})`, {
      ...facts,
      retry: 'throttle',
      ambiguous: status === 503,
    });
  }
  if (status === 408 || status === 425 || status === 500 || status === 502 || status === 504) {
    return new ApiError(`the server failed (${status})`, { ...facts, retry: 'transient', ambiguous: true });
  }
  if (status >= 300 && status < 400) {
    return new ApiError(`the server redirects (${status}) to ${originOf(headers.location)}, which is never followed`, {
      detail,
      hopeless: true,
    });
  }
  if (status === 407) {
    return new ApiError('the proxy wants other credentials (407); check HTTPS_PROXY', { detail, hopeless: true });
  }
  return new ApiError(`the server answered ${status}, which it should not`, {
    detail,
    hopeless: true,
    ambiguous: status >= 500,
  });
}

/** Seconds, or a date held against the server's own clock; in milliseconds from now. Undefined for what is neither. */
function parseRetryAfter({ retryAfter, date }: HttpResponse['headers']): number | undefined {
  if (retryAfter === null) return undefined;
  if (/^\d{1,10}$/.test(retryAfter.trim())) return Number(retryAfter) * 1000;
  const wait = Date.parse(retryAfter) - Date.parse(date ?? '');
  return wait >= 0 ? wait : undefined;
}

function originOf(location: string | null): string {
  try {
    return new URL(location ?? '').origin;
  } catch {
    return 'a place that it does not name';
  }
}
