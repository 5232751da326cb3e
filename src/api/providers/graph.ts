/**
 * Reads the parts that all answers of Meta's Graph API share: errors, whose code is more exact than the
 * status, and the used quota.
 */

import { ApiError } from '../../model/errors.ts';
import type { HttpResponse } from '../http.ts';
import { parseRetryAfter, statusError } from '../status.ts';
import { bodyOf, excerpt, jsonIn, ownProperty, textOf } from './json.ts';

export interface GraphError {
  readonly code: number;
  /** The server's own words. */
  readonly detail: string;
}

/** Reads the error object of an answer or of an entry. Returns null for any other value. */
export function graphError(value: unknown): GraphError | null {
  const text = textOf(ownProperty(value, 'code')) ?? '';
  if (!/^-?\d+$/.test(text)) return null;
  const code = Number(text);
  const words = [
    ownProperty(value, 'message') ?? ownProperty(value, 'title'),
    ownProperty(ownProperty(value, 'error_data'), 'details'),
  ].filter((text) => typeof text === 'string' && text !== '');
  const trace = ownProperty(value, 'fbtrace_id');
  const tail = typeof trace === 'string' && /^[\w-]{1,64}$/.test(trace) ? `; fbtrace_id ${trace}` : '';
  return { code, detail: `${excerpt(words.join(': '))} (code ${code}${tail})` };
}

/** What a code means, whatever the status. A code that no row has is a refusal of the request, or a rejection. */
type Meaning = 'throttled' | 'internal' | 'token' | 'permission';

/** From Meta's table of error codes, and from answers that its clients report. */
const MEANINGS = new Map<number, Meaning>([
  ...each('throttled', 4, 80_007, 130_429, 131_048, 131_056),
  ...each('internal', 1, 2, 131_000, 131_016, 139_103),
  ...each('token', 0, 190),
  ...each('permission', 3, 10, 368, 131_005, 131_031),
]);

function each(meaning: Meaning, ...codes: number[]): [code: number, Meaning][] {
  return codes.map((code) => [code, meaning]);
}

function meaningOf(code: number): Meaning | undefined {
  return code >= 200 && code <= 299 ? 'permission' : MEANINGS.get(code);
}

const UNKNOWN = 131_000; // "something went wrong", also for a user who can never be blocked
const REPEATS = 2;

/** How often the same number may be sent again, as it may succeed then. `--retries` limits that further. */
export function repeatsOf(error: GraphError): number {
  if (isThrottled(error)) return Number.POSITIVE_INFINITY;
  return error.code === UNKNOWN ? 1 : meaningOf(error.code) === 'internal' ? REPEATS : 0;
}

export function isThrottled({ code }: GraphError): boolean {
  return meaningOf(code) === 'throttled';
}

/**
 * Makes the error of a write that did not fail as a whole, but for users who may still succeed.
 *
 * @param throttled the server throttles some of these users.
 * @param partial the server did not throttle all users of the first request.
 * @param stuck the server throttled all users of this request.
 * @param detail the server's own words.
 */
export function usersFailure(
  response: HttpResponse,
  { throttled, detail, ...answered }: { throttled: boolean; partial: boolean; stuck: boolean; detail: string },
): ApiError {
  const facts = { ...answered, detail, retryAfter: waitIn(response) };
  return throttled
    ? new ApiError(`the server is throttling users of the request; ${SLOWER}`, { ...facts, retry: 'throttle' })
    : new ApiError('the server failed for users of the request; run again later', { ...facts, retry: 'transient' });
}

const SLOWER = 'run again later, or with a lower --rate';

/**
 * Makes the error of a failed answer from its code, or from its status if it has no code.
 *
 * @param place the settings with which the API finds the list.
 */
export function graphFailure(response: HttpResponse, place: readonly string[]): ApiError {
  const error = errorIn(response);
  if (!error) return statusError(response, excerpt(response.body));
  const { code, detail } = error;
  const meaning = meaningOf(code);
  if (meaning === 'throttled') {
    const message = `the server is throttling (code ${code}); ${SLOWER}`;
    // The vendor counts users as well as requests.
    return new ApiError(message, { retry: 'throttle', detail, retryAfter: waitIn(response), tooLarge: true });
  }
  if (meaning === 'internal') {
    const message = `the server failed (code ${code}); run again later`;
    return new ApiError(message, { retry: 'transient', ambiguous: true, detail, retryAfter: waitIn(response) });
  }
  if (meaning === 'token') return wrongToken(`code ${code}`, detail);
  if (meaning === 'permission') {
    const message = `the token is not allowed to manage this phone number (code ${code}); check its permissions and ${place[0]}`;
    return new ApiError(message, { detail, hopeless: true });
  }
  if (response.status === 401) return wrongToken(`401, code ${code}`, detail);
  if (BY_STATUS.has(response.status) || response.status >= 500) return statusError(response, detail);
  const message = `the server refused the request (code ${code}); check ${place.join(' and ')}`;
  return new ApiError(message, { detail, refused: true });
}

export function wrongToken(because: string, detail: string): ApiError {
  const remedy = 'create a new one and set it in the variable that tokenEnv names';
  return new ApiError(`the token is wrong or has expired (${because}); ${remedy}`, { detail, hopeless: true });
}

/** Statuses that say more than an unknown code. */
const BY_STATUS = new Set([408, 425, 429]);

/** Returns the wait that an answer requests, in milliseconds: the longer of its two ways. Undefined if it has none. */
function waitIn(response: HttpResponse): number | undefined {
  const regained = highest(response, /^estimated_time_to_regain_access$/) * 60_000; // from minutes
  return Math.max(regained, parseRetryAfter(response.headers) ?? 0) || undefined;
}

/** Reads the error of a whole answer. Returns null if it has none or is not JSON. */
export function errorIn(response: HttpResponse): GraphError | null {
  return graphError(ownProperty(bodyOf(response), 'error'));
}

/** Returns the id by which Meta's support finds a request: only errors have it in the body. Null if there is none. */
export function requestIdOf(response: HttpResponse): string | null {
  if (response.headers.requestId) return response.headers.requestId;
  const trace = ownProperty(ownProperty(bodyOf(response), 'error'), 'fbtrace_id');
  return typeof trace === 'string' ? trace : null;
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
