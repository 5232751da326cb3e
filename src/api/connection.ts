import { ApiError } from '../model/errors.ts';
import type { Endpoint, Requests } from '../model/model.ts';
import type { Governor } from './governor.ts';
import type { HttpRequest, HttpResponse, Send } from './http.ts';

/** A line to one bot's API that can only read. `parse` turns an answer into a value, or throws an ApiError. */
export interface ReadConnection {
  get<T>(path: string, parse: (response: HttpResponse) => T): Promise<T>;
  /** What went over the wire so far, repeats included. */
  readonly sent: Requests;
}

/** A line that can write, too. Only `apply` ever holds one. */
export interface WriteConnection extends ReadConnection {
  write<T>(method: 'POST' | 'DELETE', path: string, body: unknown, parse: (response: HttpResponse) => T): Promise<T>;
}

/** How much of the vendor's quota is used, in percent. */
export type QuotaUsed = (response: HttpResponse) => number;

/** Opens a line for reading: the object has no way to write. */
export function openReadOnly(
  endpoint: Endpoint,
  governor: Governor,
  send: Send,
  quotaUsed?: QuotaUsed,
): ReadConnection {
  const { get, sent } = open(endpoint, governor, send, quotaUsed);
  return { get, sent };
}

export function open(endpoint: Endpoint, governor: Governor, send: Send, quotaUsed?: QuotaUsed): WriteConnection {
  const sent = { read: 0, write: 0, retries: 0 };

  function request<T>(request: Omit<HttpRequest, 'token'>, parse: (response: HttpResponse) => T): Promise<T> {
    let again = false;
    return governor.run(async () => {
      sent[request.method === 'GET' ? 'read' : 'write']++;
      if (again) sent.retries++;
      again = true;
      const response = await send({ ...request, token: endpoint.token });
      if (response.headers.usage?.length && quotaUsed) governor.heedQuota(quotaUsed(response));
      return parse(response);
    });
  }

  return {
    sent,
    get: (path, parse) => request({ method: 'GET', url: endpoint.baseUrl + path }, parse),
    write: (method, path, body, parse) =>
      request({ method, url: endpoint.baseUrl + path, body: JSON.stringify(body) }, parse),
  };
}

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
