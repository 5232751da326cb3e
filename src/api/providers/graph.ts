/** What any call of Meta's Graph API may answer: an error with a code, which says more than the status, and the quota used. */

import { ApiError } from '../../model/errors.ts';
import type { HttpResponse } from '../http.ts';
import { statusError } from '../status.ts';
import { excerpt, ownProperty } from './json.ts';

export interface GraphError {
  readonly code: number;
  /** The server's own words. */
  readonly detail: string;
}

/** The error object of an answer, or of an entry in one; null if it holds none. */
export function graphError(value: unknown): GraphError | null {
  const code = Number(ownProperty(value, 'code') ?? Number.NaN);
  if (!Number.isInteger(code)) return null;
  const words = [
    ownProperty(value, 'message') ?? ownProperty(value, 'title'),
    ownProperty(ownProperty(value, 'error_data'), 'details'),
  ].filter((text) => typeof text === 'string' && text !== '');
  const trace = ownProperty(value, 'fbtrace_id');
  const tail = typeof trace === 'string' ? `; fbtrace_id ${trace}` : '';
  return { code, detail: excerpt(`${words.join(': ')} (code ${code}${tail})`) };
}

const THROTTLED = new Set([4, 80_007, 130_429]);
const INTERNAL = new Set([1, 2, 139_103]);

/** Of one number, this is for the next run. */
export function isPassing({ code }: GraphError): boolean {
  return THROTTLED.has(code) || INTERNAL.has(code);
}

/** The error that an answer stands for, by its code; by its status where it has none. */
export function graphFailure(response: HttpResponse): ApiError {
  const error = errorIn(response);
  if (!error) return statusError(response, excerpt(response.body));
  const { code, detail } = error;
  if (THROTTLED.has(code)) {
    const retryAfter = waitMinutes(response) * 60_000 || undefined;
    return new ApiError(`the server is throttling (code ${code})`, { retry: 'throttle', detail, retryAfter });
  }
  if (INTERNAL.has(code)) {
    return new ApiError(`the server failed (code ${code})`, { retry: 'transient', ambiguous: true, detail });
  }
  if (code === 190) {
    return new ApiError('the token has expired or is wrong (code 190); make a new one and set what tokenEnv names', {
      detail,
      hopeless: true,
    });
  }
  if (code === 10 || (code >= 200 && code <= 299)) {
    const message = `the token may not manage this phone number (code ${code}); check its permissions and phoneNumberId`;
    return new ApiError(message, { detail, hopeless: true });
  }
  if (response.status === 401 || response.status >= 500) return statusError(response, detail);
  const message = `the server refused the request (code ${code}); check phoneNumberId and apiVersion`;
  return new ApiError(message, { detail, refused: true });
}

/** The error of an answer as a whole; null if it has none, or is no JSON. */
export function errorIn({ body }: HttpResponse): GraphError | null {
  try {
    return graphError(ownProperty(JSON.parse(body), 'error'));
  } catch {
    return null;
  }
}

/** How much of the quota is used, in percent: the highest of what the usage headers count. 0 if they say nothing. */
export function quotaUsed(response: HttpResponse): number {
  return highest(response, /^(call_count|total_time|total_cputime)$/);
}

function waitMinutes(response: HttpResponse): number {
  return highest(response, /^estimated_time_to_regain_access$/);
}

function highest({ headers }: HttpResponse, name: RegExp): number {
  let found = 0;
  const look = (key: string, value: unknown) => {
    if (name.test(key) && Number.isFinite(Number(value))) found = Math.max(found, Number(value));
    return value;
  };
  for (const header of headers.usage ?? []) {
    try {
      JSON.parse(header, look); // calls it for every key, however deep
    } catch {
      // a header that is no JSON says nothing
    }
  }
  return found;
}
