/** What a provider makes of a body that should be JSON. Only own properties count: a body may name a prototype. */

import { ApiError } from '../../model/errors.ts';
import { Invalid } from '../../numbers/invalid.ts';
import { type Msisdn, parseMsisdn } from '../../numbers/msisdn.ts';
import type { HttpResponse } from '../http.ts';

/** @throws ApiError for what is no JSON object; a write that was answered so may have taken effect. */
export function parseJson(response: HttpResponse): object {
  let answer: unknown;
  try {
    answer = JSON.parse(response.body);
  } catch {
    throw nonsense(response.body.trim() === '' ? 'the answer is empty' : 'the answer is not JSON', response);
  }
  if (typeof answer !== 'object' || answer === null) throw nonsense('the answer is not a JSON object', response);
  return answer;
}

export function nonsense(message: string, { body }: HttpResponse): ApiError {
  return new ApiError(message, { retry: 'protocol', ambiguous: true, detail: excerpt(body) });
}

/** A number of a list as a server says it. */
export function readListed(value: unknown, response: HttpResponse): Msisdn {
  const isText = typeof value === 'string' || typeof value === 'number';
  const number = isText ? parseMsisdn(String(value)) : new Invalid('is not text');
  if (number instanceof Invalid) throw nonsense(`an entry of the list ${number.why}`, response);
  return number;
}

/** The start of a foreign text. A token that stands in a URL is taken out: it need not be the one that was sent. */
export function excerpt(text: string): string {
  const line = text.trim().replace(/access_token=[^&"\s\\]*/gi, 'access_token=…');
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

export function ownProperty(object: unknown, key: string): unknown {
  return typeof object === 'object' && object !== null && Object.hasOwn(object, key)
    ? (object as Record<string, unknown>)[key]
    : undefined;
}
