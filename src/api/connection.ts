import type { Endpoint } from '../model/bot.ts';
import { ApiError } from '../model/errors.ts';
import type { Requests } from '../model/ledger.ts';
import type { Clock, Trace } from '../model/world.ts';
import { nameSource } from './base-url.ts';
import type { Governor } from './governor.ts';
import type { HttpRequest, HttpResponse, Send } from './http.ts';

/**
 * Reads from one bot's API. `parse` returns the value of an answer, or throws an ApiError. Any other error of `parse`
 * fails this request and no other.
 */
export interface ReadConnection {
  get<T>(page: Page, parse: (response: HttpResponse) => T): Promise<T>;
  /**
   * Sends a request that the server may refuse for its form, in any words. That is no failure of the bot.
   *
   * @param asked returns the request of an attempt, counted from 1. A repeat may have another form.
   * @returns null if the server refused the request. A wrong token (401) is thrown, as no other form could help.
   */
  tryGet<T>(asked: (attempt: number) => Page, parse: (response: HttpResponse) => T): Promise<T | null>;
  /** Requests sent so far, retries included. */
  readonly sent: Requests;
}

/** A request for a page. */
export interface Page {
  readonly path: string;
  /** The longest answer; see `HttpRequest`. */
  readonly mostBytes: number;
}

/** Also writes. Only `apply` has such a connection. */
export interface WriteConnection extends ReadConnection {
  /**
   * @param bodyOf returns the body of an attempt. A repeat may contain less, if `parse` threw a partial error.
   * @param parse `lost`: the answer to an earlier attempt was lost, so that attempt may have taken effect.
   */
  write<T>(
    method: 'POST' | 'DELETE',
    path: string,
    bodyOf: () => unknown,
    parse: (response: HttpResponse, lost: boolean) => T,
  ): Promise<T>;
  /** Aborted when nothing is sent any more: the bot has failed, or the run was interrupted. */
  readonly over: AbortSignal;
}

/** Reads from an answer how much of the vendor's quota has been used, in percent. */
export type QuotaUsed = (response: HttpResponse) => number;

/** Reads from an answer the id by which the vendor's support finds the request; null if it has none. */
export type RequestIdOf = (response: HttpResponse) => string | null;

/** The receiver of each attempt, for --debug. */
export interface Watch {
  readonly bot: string;
  readonly clock: Clock;
  readonly trace: Trace;
  readonly requestIdOf?: RequestIdOf | undefined;
}

/** Opens a connection whose object has no method that writes. */
export function openReadOnly(...args: Parameters<typeof open>): ReadConnection {
  const { get, tryGet, sent } = open(...args);
  return { get, tryGet, sent };
}

export function open(
  endpoint: Endpoint,
  governor: Governor,
  send: Send,
  quotaUsed?: QuotaUsed,
  watch?: Watch,
): WriteConnection {
  const sent = { read: 0, write: 0, retries: 0 };
  const { baseUrl, setBy, token, tokenHeader } = endpoint;

  /** @param onRefusal if given, makes the value of a request that the server refused. */
  function request<T>(
    requestOf: (attempt: number) => Omit<HttpRequest, 'token' | 'tokenHeader'>,
    parse: (response: HttpResponse, lost: boolean) => T,
    onRefusal?: () => T,
  ): Promise<T> {
    let attempt = 0;
    let lost = false;
    let because: string | null = null;
    return governor.run(async () => {
      const request = requestOf(++attempt);
      sent[request.method === 'GET' ? 'read' : 'write']++;
      if (attempt > 1) sent.retries++;
      const report = watch && observe(watch, request, attempt, because);
      let response: HttpResponse | null = null;
      try {
        response = await send({ ...request, token, tokenHeader });
        if (response.headers.usage?.length && quotaUsed) governor.heedQuota(quotaUsed(response));
        const value = interpret(parse, response, lost);
        report?.(response, null);
        return value;
      } catch (error) {
        if (error instanceof ApiError) {
          lost ||= error.ambiguous;
          error.message = nameSource(error.message, setBy);
        }
        because = (error as Error).message;
        report?.(response, because);
        if (onRefusal && isRefusal(error, response)) return onRefusal();
        throw error;
      }
    });
  }

  const requestFor = ({ path, mostBytes }: Page) => ({ method: 'GET', url: baseUrl + path, mostBytes }) as const;

  return {
    sent,
    get over() {
      return governor.over;
    },
    get: (page, parse) => request(() => requestFor(page), parse),
    tryGet: <T>(asked: (attempt: number) => Page, parse: (response: HttpResponse) => T) =>
      request<T | null>(
        (attempt) => requestFor(asked(attempt)),
        parse,
        () => null,
      ),
    write: (method, path, bodyOf, parse) =>
      request(() => ({ method, url: baseUrl + path, body: JSON.stringify(bodyOf()) }), parse),
  };
}

/**
 * Reports whether an answer may refuse only the form of a request. The documentation has no status or words for that, so
 * any answer that would not be retried counts, except a 401. An answer may also be too long (no response).
 */
function isRefusal(error: unknown, response: HttpResponse | null): boolean {
  if (!(error instanceof ApiError) || error.retry !== 'no') return false;
  return response === null ? !error.hopeless : response.status !== 401;
}

/** Notes the start of an attempt. @returns a function that reports its end. */
function observe(
  { bot, clock, trace, requestIdOf }: Watch,
  { method, url }: Pick<HttpRequest, 'method' | 'url'>,
  attempt: number,
  because: string | null,
) {
  const startedAt = clock.now();
  return (response: HttpResponse | null, error: string | null): void => {
    const requestId = (response && requestIdOf?.(response)) ?? null;
    const duration = clock.now() - startedAt;
    trace({ bot, method, url, status: response?.status ?? null, duration, attempt, because, error, requestId });
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
