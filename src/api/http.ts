/**
 * One request over the wire, once: authorization, timeout, size cap, proxies. The only user of node-fetch.
 *
 * Nothing is retried here and no status is judged; `governor.ts` repeats, the provider judges.
 */
import http from 'node:http';
import https from 'node:https';
import { HttpsProxyAgent } from 'https-proxy-agent';
import fetch, { type Response } from 'node-fetch';
import { getProxyForUrl } from 'proxy-from-env';
import { ApiError } from '../model/errors.ts';
import { isLoopback } from './base-url.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly token: string;
  /** JSON. */
  readonly body?: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly body: string;
  /** The headers that somebody reads, as they came. */
  readonly headers: {
    readonly retryAfter: string | null;
    readonly location: string | null;
    readonly date: string | null;
    /** How much of a quota is used, where a server says so. */
    readonly usage?: readonly string[];
  };
}

/** Sends one request. Rejects with an ApiError if no whole answer came back. */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;

export interface HttpOptions {
  /** For one request from its start to the last byte of the answer, in milliseconds. */
  readonly timeout: number;
  readonly version: string;
  /** Connect every request to this port of this machine, whatever its host: the sandbox in the same process. */
  readonly sandboxPort?: number;
}

/** A full page of 100 numbers is 1.7 kB: what is longer than this is no answer of the API. */
const MAX_BODY_BYTES = 1024 * 1024;

/** @returns `send`, and `abort`, which ends every request in flight at once and closes idle connections. */
export function openHttp(options: HttpOptions): { send: Send; abort(): void } {
  const agents = new Map<string, http.Agent>();
  const inFlight = new Set<AbortController>();

  function agentFor(url: URL): http.Agent {
    // What is meant for this machine stays on it: over plain http a proxy could read the token, and answer in its place.
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
    const controller = new AbortController();
    let timedOut = false;
    // A timer over the whole request: one byte every 20 seconds must not keep it alive.
    const timer = setTimeout(() => {
      timedOut = true;
      controller.abort();
    }, options.timeout);
    inFlight.add(controller);
    try {
      const response = await fetch(request.url, {
        method: request.method,
        headers: {
          authorization: `Bearer ${request.token}`,
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
        throw new ApiError(`the answer is compressed (${encoding}) though nobody asked for it`, { ambiguous: true });
      }
      return await readResponse(response);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      if (timedOut) {
        const message = `no complete answer from ${hostOf(request)} within ${options.timeout / 1000} s`;
        throw new ApiError(message, { retry: 'transient', ambiguous: true, cause: error });
      }
      throw networkError(error, hostOf(request));
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
  if (sandboxPort !== undefined) return new SandboxAgent(sandboxPort);
  return url.protocol === 'https:' ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
}

class SandboxAgent extends http.Agent {
  readonly #port: number;
  constructor(port: number) {
    super({ keepAlive: true });
    this.#port = port;
  }
  override createConnection(
    ...args: Parameters<http.Agent['createConnection']>
  ): ReturnType<http.Agent['createConnection']> {
    const [options, callback] = args;
    return super.createConnection({ ...options, host: '127.0.0.1', port: this.#port }, callback);
  }
}

async function readResponse(response: Response): Promise<HttpResponse> {
  const body = await response.text(); // to its end, or the connection could not be used again
  const { status, headers } = response;
  const header = (name: string) => headers.get(name);
  const usage = ['x-business-use-case-usage', 'x-app-usage'].flatMap((name) => header(name) ?? []);
  const known = { retryAfter: header('retry-after'), location: header('location'), date: header('date') };
  return { status, body, headers: { ...known, usage } };
}

function hostOf(request: HttpRequest): string {
  return new URL(request.url).host;
}

/** Failures in which no byte of the request can have reached the server. */
const NEVER_SENT = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL']);

function networkError(error: unknown, host: string): ApiError {
  const { code = '', type = '', message = String(error) } = error as { code?: string; type?: string; message?: string };
  if (type === 'max-size') {
    return new ApiError(`the answer of ${host} is longer than 1 MiB, so it is not the API's`, { ambiguous: true });
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const gone = 'check --base-url and the network; an API whose support has ended may be gone (see the README)';
    return new ApiError(`the host ${host} is unknown (${code}); ${gone}`, { retry: 'transient', cause: error });
  }
  if (
    code.includes('CERT') ||
    code.includes('TLS') ||
    code.includes('SSL') ||
    code === 'EPROTO' ||
    code.startsWith('UNABLE_TO_')
  ) {
    const advice = 'if a proxy of yours signs with its own authority, name its file in NODE_EXTRA_CA_CERTS';
    return new ApiError(`no trusted TLS connection to ${host} (${code}); ${advice}`, { hopeless: true, cause: error });
  }
  if (code.startsWith('HPE_')) {
    return new ApiError(`${host} does not speak HTTP as it should (${code})`, {
      retry: 'protocol',
      ambiguous: true,
      cause: error,
    });
  }
  // The message of the HTTP library is not passed on: it can quote the URL, or a header.
  const said = code || (/socket hang up|premature close/i.test(message) ? 'connection cut' : 'network failure');
  return new ApiError(`the connection to ${host} failed (${said})`, {
    retry: 'transient',
    ambiguous: !NEVER_SENT.has(code),
    cause: error,
  });
}
