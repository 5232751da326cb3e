/** The route to a host, directly or through a proxy, and whether it ever led there. */
import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { getProxyForUrl } from 'proxy-from-env';
import { ApiError } from '../model/errors.ts';
import { isLoopback } from './base-url.ts';
import { isTlsCode, isTransient } from './codes.ts';

export interface Route {
  readonly agent: http.Agent;
  /** Scheme, host and port of the proxy, without its user and password; null without a proxy. */
  readonly proxy: string | null;
  /** A connection to the host was made in this run. */
  readonly connected: boolean;
}

/**
 * Opens the route to the host of a URL.
 *
 * @param timeout milliseconds of one request, and of the wait for a tunnel.
 * @param sandboxPort the port of a sandbox in this process, which replaces the host.
 * @throws ApiError if the proxy of the environment cannot be used.
 */
export function openRoute(url: URL, timeout: number, sandboxPort: number | undefined): Route {
  // No proxy for this machine: over plain http a proxy could read the token, and answer instead of the server.
  const isHere = sandboxPort !== undefined || isLoopback(url.hostname);
  const proxy = isHere ? null : parseProxy(getProxyForUrl(url.href));
  const route = { proxy: proxy?.origin ?? null, connected: false };
  const onConnect = () => {
    route.connected = true;
  };
  const agent = proxy ? new TunnelAgent(proxy, timeout, onConnect) : watched(directAgent(url, sandboxPort), onConnect);
  return Object.assign(route, { agent });
}

function watched(agent: http.Agent, onConnect: () => void): http.Agent {
  const { createConnection } = agent;
  agent.createConnection = (...options) => {
    const socket = createConnection.apply(agent, options);
    socket?.once('connect', onConnect);
    return socket;
  };
  return agent;
}

function directAgent({ protocol }: URL, sandboxPort: number | undefined): http.Agent {
  // The host and port of an agent replace those of the request.
  if (sandboxPort !== undefined) return new http.Agent({ keepAlive: true, host: '127.0.0.1', port: sandboxPort });
  return protocol === 'https:' ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
}

function parseProxy(text: string): URL | null {
  if (text === '') return null;
  const url = URL.canParse(text) ? new URL(text) : null; // not quoted, as it may contain a password
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  const what = url ? `has the scheme ${url.protocol.slice(0, -1)}` : 'is not a URL';
  throw new ApiError(`the proxy of HTTPS_PROXY ${what}; write it as http://HOST:PORT`, { hopeless: true });
}

/** Makes TLS connections through tunnels of a proxy (CONNECT, RFC 9110). */
class TunnelAgent extends https.Agent {
  readonly #proxy: URL;
  readonly #timeout: number;
  readonly #onTunnel: () => void;
  readonly #opening = new Set<http.ClientRequest>();

  constructor(proxy: URL, timeout: number, onTunnel: () => void) {
    super({ keepAlive: true });
    this.#proxy = proxy;
    this.#timeout = timeout;
    this.#onTunnel = onTunnel;
  }

  override createConnection(
    options: https.RequestOptions,
    callback: (error: Error | null, socket: Duplex) => void = () => {},
  ): undefined {
    const { hostname, port, protocol, username, password } = this.#proxy;
    const host = `${options.host?.includes(':') ? `[${options.host}]` : options.host}:${options.port}`;
    const user = `${decoded(username)}:${decoded(password)}`;
    const headers = user === ':' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` };
    const request = (protocol === 'https:' ? https : http).request({
      ...{ method: 'CONNECT', path: host, headers: { host, ...headers }, agent: false },
      ...{ host: hostname.replace(/^\[|\]$/g, ''), port: port || undefined },
    });
    const fail = (code: unknown) => callback(Object.assign(new Error('no tunnel'), { code: `${PROXY}${code}` }), null!);
    this.#opening.add(request);
    // The request that waits for the tunnel ends without it, so a silent proxy would keep the connection.
    const timer = setTimeout(() => request.destroy(), this.#timeout);
    request.once('close', () => {
      clearTimeout(timer);
      this.#opening.delete(request);
    });
    request.once('error', ({ code }: NodeJS.ErrnoException) => fail(code ?? 'connection cut'));
    request.once('connect', ({ statusCode }, socket) => {
      if (statusCode !== 200) {
        socket.destroy();
        return fail(statusCode);
      }
      this.#onTunnel();
      callback(null, super.createConnection({ ...options, socket } as object)!);
    });
    request.end();
  }

  /** Also ends the tunnels that are not open yet: a silent proxy would keep the process from ending. */
  override destroy(): void {
    for (const request of this.#opening) request.destroy();
    super.destroy();
  }
}

/** Decodes a part of a URL; a percent sign may stand for itself, as in a password. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Begins the code of a failure of the proxy, as the HTTP library keeps only the code of an error. */
const PROXY = 'PROXY ';

/** Makes the error of a proxy, from the code of a failed request. Returns null if the proxy did not fail. */
export function proxyError(code: string, proxy: string, host: string, cause: unknown): ApiError | null {
  if (!code.startsWith(PROXY)) return null;
  const why = code.slice(PROXY.length);
  const status = Number(why);
  const passing = { retry: 'transient', unconnected: true, cause } as const;
  const final = { hopeless: true, unconnected: true, cause } as const;
  if (status === 407) {
    const remedy = 'correct the user and password in HTTPS_PROXY';
    return new ApiError(`the proxy ${proxy} requires other credentials (407); ${remedy}`, final);
  }
  if (status === 429 || isTransient(status)) {
    const remedy = 'ask its administrator, or run again later';
    return new ApiError(`the proxy ${proxy} could not connect to ${host} (${status}); ${remedy}`, passing);
  }
  if (status >= 400 && status < 500) {
    const remedy = 'allow the host in the proxy, or add it to NO_PROXY';
    return new ApiError(`the proxy ${proxy} refuses connections to ${host} (${status}); ${remedy}`, final);
  }
  if (status > 0) {
    return new ApiError(`the proxy ${proxy} opens no tunnel to ${host} (${status}); check HTTPS_PROXY`, final);
  }
  if (isTlsCode(why)) {
    const remedy = 'check the scheme in HTTPS_PROXY, or set NODE_EXTRA_CA_CERTS';
    return new ApiError(`no trusted TLS connection to the proxy ${proxy} (${why}); ${remedy}`, final);
  }
  if (why.startsWith('HPE_')) {
    return new ApiError(`the answer of the proxy ${proxy} is not valid HTTP (${why}); check HTTPS_PROXY`, final);
  }
  const remedy = 'check HTTPS_PROXY and the network';
  return new ApiError(`the connection to the proxy ${proxy} failed (${why}); ${remedy}`, passing);
}
