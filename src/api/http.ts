/**
 * Sends a request once: authorization, timeout, size cap, proxies. `governor.ts` repeats requests, and providers judge
 * the status of answers.
 */
import http from 'node:http';
import https from 'node:https';
import { HttpsProxyAgent } from 'https-proxy-agent';
import fetch, { type Response } from 'node-fetch';
import { getProxyForUrl } from 'proxy-from-env';
import type { TokenHeader } from '../model/bot.ts';
import { ApiError } from '../model/errors.ts';
import { isLoopback } from './base-url.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly token: string;
  readonly tokenHeader: TokenHeader;
  readonly body?: string;
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

/** A full page of 100 numbers has 1.7 kB, so a body above this limit is not an answer of the API. */
const MAX_BODY_BYTES = 1024 * 1024;
const TIMED_OUT = 'timed out';

/** @returns `send`, and `abort`, which ends every request in flight at once and closes idle connections. */
export function openHttp(options: HttpOptions): { send: Send; abort(): void } {
  const agents = new Map<string, http.Agent>();
  const inFlight = new Set<AbortController>();

  function agentFor(url: URL): http.Agent {
    // No proxy for this machine: over plain http a proxy could read the token, and answer instead of the server.
    const isHere = options.sandboxPort !== undefined || isLoopback(url.hostname);
    const proxy = isHere ? '' : getProxyForUrl(url.href);
    const key = `${url.protocol} ${proxy}`;
    let agent = agents.get(key);
    if (!agent) {
      agent = makeAgent(url, proxy, options.sandboxPort);
      agents.set(key, agent);
    }
    return agent;
  }

  async function send(request: HttpRequest): Promise<HttpResponse> {
    const { host } = new URL(request.url);
    const controller = new AbortController();
    // A timer over the whole request: one byte every 20 seconds must not keep it alive.
    const timer = setTimeout(() => controller.abort(TIMED_OUT), options.timeout);
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
        agent: agentFor,
        redirect: 'manual', // a redirect could carry the numbers to another host
        compress: false,
        size: MAX_BODY_BYTES,
        signal: controller.signal,
      });
      const encoding = response.headers.get('content-encoding');
      if (encoding && encoding !== 'identity') {
        controller.abort();
        const message = `the answer is compressed (${encoding}), which was not requested; check --base-url and the proxy`;
        throw new ApiError(message, { ambiguous: true });
      }
      return await readResponse(response);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      if (controller.signal.reason !== TIMED_OUT) throw networkError(error, host);
      const message = `no complete answer from ${host} within ${options.timeout / 1000} s; run again with a larger --timeout`;
      throw new ApiError(message, { retry: 'transient', ambiguous: true, cause: error });
    } finally {
      clearTimeout(timer);
      inFlight.delete(controller);
    }
  }

  function abort(): void {
    for (const controller of inFlight) controller.abort();
    for (const agent of agents.values()) agent.destroy();
  }

  return { send, abort };
}

function makeAgent(url: URL, proxy: string, sandboxPort: number | undefined): http.Agent {
  if (proxy) return new HttpsProxyAgent(proxy, { keepAlive: true });
  // The host and port of an agent replace those of the request.
  if (sandboxPort !== undefined) return new http.Agent({ keepAlive: true, host: '127.0.0.1', port: sandboxPort });
  return url.protocol === 'https:' ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
}

async function readResponse(response: Response): Promise<HttpResponse> {
  const body = await response.text(); // to its end, so that the connection can be reused
  const { status, headers } = response;
  const header = (name: string) => headers.get(name);
  const usage = ['x-business-use-case-usage', 'x-app-usage'].flatMap((name) => header(name) ?? []);
  const known = { retryAfter: header('retry-after'), location: header('location'), date: header('date') };
  return { status, body, headers: { ...known, usage } };
}

/** Codes of failures in which the server cannot have received any byte of the request. */
const NEVER_SENT = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL']);

function networkError(error: unknown, host: string): ApiError {
  const { code = '', type = '', message = String(error) } = error as { code?: string; type?: string; message?: string };
  if (type === 'max-size') {
    const message = `the answer of ${host} is longer than 1 MiB, so it is not from the API; check --base-url`;
    return new ApiError(message, { ambiguous: true });
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const remedy = 'check --base-url and the network, and whether the vendor has ended this API';
    return new ApiError(`the host ${host} is unknown (${code}); ${remedy}`, { retry: 'transient', cause: error });
  }
  if (/CERT|TLS|SSL|^EPROTO$|^UNABLE_TO_/.test(code)) {
    const remedy = 'if a proxy has its own authority, set NODE_EXTRA_CA_CERTS to its certificate file';
    return new ApiError(`no trusted TLS connection to ${host} (${code}); ${remedy}`, { hopeless: true, cause: error });
  }
  if (code.startsWith('HPE_')) {
    const message = `the answer of ${host} is not valid HTTP (${code}); check --base-url`;
    return new ApiError(message, { retry: 'protocol', ambiguous: true, cause: error });
  }
  // The HTTP library's own message is not shown, as it can quote the URL or a header.
  const what = code || (/socket hang up|premature close/i.test(message) ? 'connection cut' : 'network failure');
  const facts = { ambiguous: !NEVER_SENT.has(code), cause: error };
  const port = code === 'ECONNREFUSED' && /^(?:127\.0\.0\.1|localhost):(\d+)$/.exec(host)?.[1];
  const remedy = port
    ? `start the sandbox with: blacklistctl sandbox --port ${port}`
    : 'check the network and the proxy';
  return new ApiError(`the connection to ${host} failed (${what}); ${remedy}`, {
    retry: 'transient',
    ...facts,
  });
}
