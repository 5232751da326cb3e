/**
 * Sends a request once: authorization, timeout, size cap. `route.ts` connects, `governor.ts` repeats requests, and
 * providers judge the status of answers.
 */
import fetch, { type Response } from 'node-fetch';
import type { TokenHeader } from '../model/bot.ts';
import { ApiError } from '../model/errors.ts';
import { isLoopback } from './base-url.ts';
import { isTlsCode, NEVER_SENT } from './codes.ts';
import { openRoute, proxyError, type Route } from './route.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly token: string;
  readonly tokenHeader: TokenHeader;
  readonly body?: string;
  /** The longest successful answer, in bytes. A longer one is refused before its end. The default is 1 MiB. */
  readonly mostBytes?: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly body: string;
  /** Unparsed, and only the headers that are used. */
  readonly headers: {
    readonly retryAfter: string | null;
    readonly location: string | null;
    readonly date: string | null;
    /** The headers that contain how much of a quota has been used. */
    readonly usage?: readonly string[];
    /** The id by which the vendor's support finds the request. */
    readonly requestId?: string | null;
  };
}

/** Sends one request. Rejects with an ApiError if no complete answer arrived. */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;

export interface HttpOptions {
  /** Milliseconds for one request, from its start to the last byte of the answer. */
  readonly timeout: number;
  readonly version: string;
  /** The port of a sandbox in this process. All requests connect to it, whatever their host is. */
  readonly sandboxPort?: number;
}

/** The results of 1,000 users have at most half of it, so a longer body is not an answer of the API. */
const MAX_BODY_BYTES = 1024 * 1024;
const KNOWN_ENCODING = /^(?:x-)?(?:gzip|compress|deflate|br|zstd)$/i;
const TIMED_OUT = 'timed out';
/** Milliseconds for the first connection to a host. A wrong port often never answers. */
const CONNECT_TIMEOUT = 10_000;

/** @returns `send`, and `abort`, which ends every request in flight at once and closes idle connections. */
export function openHttp(options: HttpOptions): { send: Send; abort(): void } {
  const routes = new Map<string, Route>();
  const inFlight = new Set<AbortController>();

  function routeTo(url: URL): Route {
    const route = routes.get(url.origin) ?? openRoute(url, options.timeout, options.sandboxPort);
    routes.set(url.origin, route);
    return route;
  }

  async function send(request: HttpRequest): Promise<HttpResponse> {
    const url = new URL(request.url);
    const { host } = url;
    const route = routeTo(url);
    const controller = new AbortController();
    const { mostBytes = MAX_BODY_BYTES } = request;
    const timeOut = () => controller.abort(TIMED_OUT);
    // A timer over the whole request: one byte every 20 seconds must not keep it alive.
    const timer = setTimeout(timeOut, options.timeout);
    const connecting = route.connected ? undefined : setTimeout(() => route.connected || timeOut(), CONNECT_TIMEOUT);
    inFlight.add(controller);
    try {
      const response = await fetch(request.url, {
        method: request.method,
        headers: {
          [request.tokenHeader.name]: request.tokenHeader.prefix + request.token,
          accept: 'application/json',
          'user-agent': `blacklistctl/${options.version}`,
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: request.body ?? null,
        agent: route.agent,
        redirect: 'manual', // a redirect could carry the numbers to another host
        compress: false,
        size: MAX_BODY_BYTES,
        signal: controller.signal,
      });
      const encoding = response.headers.get('content-encoding');
      if (encoding && encoding !== 'identity') {
        controller.abort();
        const how = KNOWN_ENCODING.test(encoding) ? ` (${encoding})` : ''; // any other is the server's own text
        const message = `the answer is compressed${how}, which was not requested; check --base-url and the proxy`;
        throw new ApiError(message, { ambiguous: true });
      }
      // A gateway's page about an error may be longer than any answer of the API.
      if (response.ok) Object.assign(response, { size: mostBytes });
      return await readResponse(response);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw controller.signal.reason === TIMED_OUT
        ? timeoutError(error, host, route, options.timeout)
        : networkError(error, host, route, mostBytes);
    } finally {
      clearTimeout(timer);
      clearTimeout(connecting);
      inFlight.delete(controller);
    }
  }

  function abort(): void {
    for (const controller of inFlight) controller.abort();
    for (const { agent } of routes.values()) agent.destroy();
  }

  return { send, abort };
}

async function readResponse(response: Response): Promise<HttpResponse> {
  const body = await response.text(); // to its end, so that the connection can be reused
  const { status, headers } = response;
  const header = (name: string) => headers.get(name);
  const usage = ['x-business-use-case-usage', 'x-app-usage'].flatMap((name) => header(name) ?? []);
  const requestId = header('x-fb-trace-id') ?? header('x-fb-request-id');
  const known = { retryAfter: header('retry-after'), location: header('location'), date: header('date') };
  return { status, body, headers: { ...known, usage, requestId } };
}

function timeoutError(cause: unknown, host: string, { connected, proxy }: Route, timeout: number): ApiError {
  if (connected) {
    const message = `no complete answer from ${host} within ${timeout / 1000} s; run again with a larger --timeout`;
    return new ApiError(message, { retry: 'transient', ambiguous: true, cause });
  }
  const seconds = Math.min(timeout, CONNECT_TIMEOUT) / 1000;
  const [by, remedy] = proxy === null ? ['', UNCONNECTED] : [` through the proxy ${proxy}`, 'check HTTPS_PROXY'];
  const message = `no connection to ${host}${by} within ${seconds} s; ${remedy}`;
  return new ApiError(message, { retry: 'transient', unconnected: true, cause });
}

const UNCONNECTED = 'check --base-url and the network, and whether a proxy is needed (HTTPS_PROXY)';

function networkError(error: unknown, host: string, { proxy }: Route, mostBytes: number): ApiError {
  const { code = '', type = '', message = String(error) } = error as { code?: string; type?: string; message?: string };
  const blamed = proxy === null ? null : proxyError(code, proxy, host, error);
  if (blamed) return blamed;
  if (type === 'max-size') {
    const most = mostBytes < MAX_BODY_BYTES ? `${mostBytes / 1024} KiB` : '1 MiB';
    const message = `the answer of ${host} is longer than ${most}, so it is not from the API; check --base-url`;
    return new ApiError(message, { ambiguous: true });
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const remedy = 'check --base-url and the network, and whether the vendor has ended this API';
    const facts = { retry: 'transient', unconnected: true, cause: error } as const;
    return new ApiError(`the host ${host} is unknown (${code}); ${remedy}`, facts);
  }
  if (code === 'EPROTO' && isLoopback(host.replace(/:\d+$/, ''))) {
    const message = `${host} does not use TLS; write http:// in --base-url`;
    return new ApiError(message, { hopeless: true, cause: error });
  }
  if (isTlsCode(code)) {
    const remedy = 'if a proxy has its own authority, set NODE_EXTRA_CA_CERTS to its certificate file';
    return new ApiError(`no trusted TLS connection to ${host} (${code}); ${remedy}`, { hopeless: true, cause: error });
  }
  if (code.startsWith('HPE_')) {
    const message = `the answer of ${host} is not valid HTTP (${code}); check --base-url`;
    return new ApiError(message, { retry: 'protocol', ambiguous: true, cause: error });
  }
  // The HTTP library's own message is not shown, as it can quote the URL or a header.
  const what = code || (/socket hang up|premature close/i.test(message) ? 'connection cut' : 'network failure');
  const unconnected = NEVER_SENT.has(code);
  const port = code === 'ECONNREFUSED' && /^(?:127\.0\.0\.1|localhost):(\d+)$/.exec(host)?.[1];
  const remedy = port ? `start the sandbox with: blacklistctl sandbox --port ${port}` : unconnected ? UNCONNECTED : CUT;
  return new ApiError(`the connection to ${host} failed (${what}); ${remedy}`, {
    retry: 'transient',
    ambiguous: !unconnected,
    unconnected,
    cause: error,
  });
}

const CUT = 'check the network and the proxy';
