/**
 * Reads the parts that all answers of Meta's Graph API share: errors, whose code is more exact than the
 * status, and the used quota.
 */

import { ApiError } from '../../model/errors.ts';
import type { HttpResponse } from '../http.ts';
import { statusError } from '../status.ts';
import { excerpt, jsonIn, ownProperty, textOf } from './json.ts';

export interface GraphError {
  readonly code: number;
  /** The server's own words. */
  readonly detail: string;
}

/** Reads the error object of an answer or of an entry. Returns null for any other value. */
export function graphError(value: unknown): GraphError | null {
  const code = Number(textOf(ownProperty(value, 'code')));
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

/** Reports whether the same number may succeed when it is sent again. */
export function isPassing({ code }: GraphError): boolean {
  return THROTTLED.has(code) || INTERNAL.has(code);
}

/**
 * Makes the error of a failed answer from its code, or from its status if it has no code.
 *
 * @param place the settings with which the API finds the list.
 */
export function graphFailure(response: HttpResponse, place: readonly string[]): ApiError {
  const error = errorIn(response);
  if (!error) return statusError(response, excerpt(response.body));
  const { code, detail } = error;
  if (THROTTLED.has(code)) {
    const retryAfter = highest(response, /^estimated_time_to_regain_access$/) * 60_000 || undefined; // from minutes
    const message = `the server is throttling (code ${code}); run again later, or with a lower --rate`;
    return new ApiError(message, { retry: 'throttle', detail, retryAfter });
  }
  if (INTERNAL.has(code)) {
    const message = `the server failed (code ${code}); run again later`;
    return new ApiError(message, { retry: 'transient', ambiguous: true, detail });
  }
  if (code === 190) return wrongToken('code 190', detail);
  if (code === 10 || (code >= 200 && code <= 299)) {
    const message = `the token is not allowed to manage this phone number (code ${code}); check its permissions and ${place[0]}`;
    return new ApiError(message, { detail, hopeless: true });
  }
  if (response.status === 401 || response.status >= 500) return statusError(response, detail);
  const message = `the server refused the request (code ${code}); check ${place.join(' and ')}`;
  return new ApiError(message, { detail, refused: true });
}

export function wrongToken(because: string, detail: string): ApiError {
  const remedy = 'create a new one and set it in the variable that tokenEnv names';
  return new ApiError(`the token is wrong or has expired (${because}); ${remedy}`, { detail, hopeless: true });
}

/** Reads the error of a whole answer. Returns null if it has none or is not JSON. */
export function errorIn({ body }: HttpResponse): GraphError | null {
  return graphError(ownProperty(jsonIn(body), 'error'));
}

/** Returns the percentage of the quota that has been used: the highest count in the usage headers, or 0 without any. */
export function quotaUsed(response: HttpResponse): number {
  return highest(response, /^(call_count|total_time|total_cputime)$/);
}

/** Returns the highest number with this key in the usage headers, at any depth, or 0. */
function highest({ headers }: HttpResponse, name: RegExp): number {
  let found = 0;
  const look = (key: string, value: unknown) => {
    const count = name.test(key) ? Number(textOf(value)) : Number.NaN;
    if (Number.isFinite(count)) found = Math.max(found, count);
    return value;
  };
  for (const header of headers.usage ?? []) jsonIn(header, look);
  return found;
}
