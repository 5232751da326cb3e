/** Reads bodies that should be JSON. Only own properties count, as a key of a body may be `__proto__`. */

import { ApiError } from '../../model/errors.ts';
import { Invalid } from '../../numbers/invalid.ts';
import { type Msisdn, parseMsisdn } from '../../numbers/msisdn.ts';
import type { HttpResponse } from '../http.ts';

/** Parses a text. Returns undefined if it is not JSON. `visit` is called with every key, at any depth. */
export function jsonIn(text: string, visit?: (key: string, value: unknown) => unknown): unknown {
  try {
    return JSON.parse(text, visit);
  } catch {
    return undefined;
  }
}

const bodies = new WeakMap<HttpResponse, unknown>();

/** Parses the body of an answer, once for all its readers: a page may be long. Returns undefined if it is not JSON. */
export function bodyOf(response: HttpResponse): unknown {
  if (!bodies.has(response)) bodies.set(response, jsonIn(response.body));
  return bodies.get(response);
}

/** Parses a body. @throws ApiError if it is not a JSON object; a write with such an answer may have taken effect. */
export function parseJson(response: HttpResponse): object {
  const answer = bodyOf(response);
  if (response.body.trim() === '') throw nonsense('the answer is empty', response);
  if (answer === undefined) throw nonsense('the answer is not JSON', response);
  if (typeof answer !== 'object' || answer === null) throw nonsense('the answer is not a JSON object', response);
  return answer;
}

/** Makes the error of an answer that is not from the API. A write with such an answer may have taken effect. */
export function nonsense(message: string, { body }: HttpResponse, remedy = 'check --base-url and the proxy'): ApiError {
  return new ApiError(`${message}; ${remedy}`, { retry: 'protocol', ambiguous: true, detail: excerpt(body) });
}

/** Reads a text or a finite number as text. Returns undefined for any other value: `String` throws on some objects. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Writes a value as JSON. Returns undefined if its nesting is too deep. */
export function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** Parses an entry of a live list. @throws ApiError if it is not a number: the list cannot be compared. */
export function readListed(value: unknown, response: HttpResponse): Msisdn {
  const text = textOf(value);
  const number = text === undefined ? new Invalid('is not text') : parseMsisdn(text);
  if (number instanceof Invalid) {
    const [what] = number.why.split('; '); // the rest is a remedy for users who wrote the number
    throw nonsense(`an entry of the list ${what}`, response, 'ask the vendor to remove it');
  }
  return number;
}

/** Shortens a server's text, and redacts tokens in URLs, which may differ from the token of the request. */
export function excerpt(text: string): string {
  const redacted = text.trim().replace(/access_token=[^&"\s\\]*/gi, 'access_token=…');
  return redacted.length > 200 ? `${redacted.slice(0, 200)}…` : redacted;
}

export function ownProperty(object: unknown, key: string): unknown {
  return typeof object === 'object' && object !== null && Object.hasOwn(object, key)
    ? (object as Record<string, unknown>)[key]
    : undefined;
}
