import type { Endpoint } from '../model/bot.ts';
import { ApiError } from '../model/errors.ts';
import type { Requests } from '../model/ledger.ts';
import type { Governor } from './governor.ts';
import type { HttpRequest, HttpResponse, Send } from './http.ts';

/**
 * Reads from one bot's API. `parse` returns the value of an answer, or throws an ApiError. Any other error of `parse`
 * fails this request and no other.
 */
export interface ReadConnection {
  get<T>(path: string, parse: (response: HttpResponse) => T): Promise<T>;
  /** Requests sent so far, retries included. */
  readonly sent: Requests;
}

/** Also writes. Only `apply` has such a connection. */
export interface WriteConnection extends ReadConnection {
  /** `lost`: the answer to an earlier attempt was lost, so that attempt may have taken effect. */
  write<T>(
    method: 'POST' | 'DELETE',
    path: string,
    body: unknown,
    parse: (response: HttpResponse, lost: boolean) => T,
  ): Promise<T>;
  /** Aborted when nothing is sent any more: the bot has failed, or the run was interrupted. */
  readonly over: AbortSignal;
}

/** Reads from an answer how much of the vendor's quota has been used, in percent. */
export type QuotaUsed = (response: HttpResponse) => number;

/** Opens a connection whose object has no method that writes. */
export function openReadOnly(...args: Parameters<typeof open>): ReadConnection {
  const { get, sent } = open(...args);
  return { get, sent };
}

export function open(endpoint: Endpoint, governor: Governor, send: Send, quotaUsed?: QuotaUsed): WriteConnection {
  const sent = { read: 0, write: 0, retries: 0 };
  const { baseUrl, token, tokenHeader } = endpoint;

  function request<T>(
    request: Omit<HttpRequest, 'token' | 'tokenHeader'>,
    parse: (response: HttpResponse, lost: boolean) => T,
  ) {
    let again = false;
    let lost = false;
    return governor.run(async () => {
      sent[request.method === 'GET' ? 'read' : 'write']++;
      if (again) sent.retries++;
      again = true;
      try {
        const response = await send({ ...request, token, tokenHeader });
        if (response.headers.usage?.length && quotaUsed) governor.heedQuota(quotaUsed(response));
        return interpret(parse, response, lost);
      } catch (error) {
        lost ||= error instanceof ApiError && error.ambiguous;
        throw error;
      }
    });
  }

  return {
    sent,
    over: governor.over,
    get: (path, parse) => request({ method: 'GET', url: baseUrl + path }, parse),
    write: (method, path, body, parse) => request({ method, url: baseUrl + path, body: JSON.stringify(body) }, parse),
  };
}

/**
 * Parses an answer that may be hostile.
 *
 * @throws ApiError only. If it cannot be parsed, a write may have taken effect.
 */
function interpret<T>(parse: (response: HttpResponse, lost: boolean) => T, response: HttpResponse, lost: boolean): T {
  try {
    return parse(response, lost);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    const detail = error instanceof Error ? error.message : '';
    const facts = { retry: 'protocol', ambiguous: true, detail, cause: error } as const;
    throw new ApiError('the answer cannot be parsed; check --base-url', facts);
  }
}
