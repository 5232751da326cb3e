// Serves the sandbox on loopback only. A write is answered only after the state file contains it.

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ApisOptions, createApis, SEED } from './apis.ts';
import { answerByHand, isByHand } from './by-hand.ts';
import { refused, type Sandbox, type SandboxResponse } from './sinch.ts';
import { createSaver, openState } from './state.ts';

const HOST = '127.0.0.1';
const MOST_BYTES = 64 * 1024;

export interface SandboxServerOptions extends Omit<ApisOptions, 'seed' | 'onChange'> {
  /** 0, the default, selects a free port. */
  port?: number;
  stateFile?: string;
  /** Starts each list that the state file does not contain with a few numbers. */
  seed?: boolean;
  /** Receives one line for each request: method, path, status, and the numbers that changed, in full. No tokens. */
  log?: (line: string) => void;
}

export interface RunningSandbox {
  url: string;
  port: number;
  sandbox: Sandbox;
  /** The random key in the state file; null without one. */
  key: string | null;
  close(): Promise<void>;
}

export async function startSandbox({ seed, ...options }: SandboxServerOptions): Promise<RunningSandbox> {
  const { stateFile, log } = options;
  let changed = '';
  function onChange(method: string, numbers: readonly string[]): void {
    changed = ` ${method === 'POST' ? 'added' : 'removed'} ${numbers.map((number) => `+${number}`).join(' ')}`;
  }
  const sandbox = createApis({ ...options, ...(seed && { seed: SEED }), ...(log && { onChange }) });
  const { key, save } = stateFile === undefined ? FORGETFUL : await keepState(stateFile, sandbox);
  const answering = new Set<Promise<void>>();

  function handle({ method = '', url: path = '', headers }: IncomingMessage, body: string): SandboxResponse {
    if (isByHand(path)) return answerByHand(sandbox, { method, path, body }, onChange);
    return sandbox.handle({ method, path, authorization: headers.authorization, headers, body });
  }

  async function answer(request: IncomingMessage, body: string | undefined): Promise<SandboxResponse> {
    if (isOfWebPage(request)) return refused(403, 'The sandbox answers programs on this machine only, no web pages.');
    if (body === undefined) return refused(413, `The request body is larger than ${MOST_BYTES} bytes.`);
    const response = handle(request, body);
    if (request.method === 'GET') return response;
    try {
      await save(); // after a refused write, too: a part of it may have been done
      return response;
    } catch (error) {
      return refused(500, (error as Error).message);
    }
  }

  const server = createServer(async (request, response) => {
    let body: string | undefined;
    try {
      body = await readBody(request);
    } catch {
      return; // the client disconnected, and half a request has no effect
    }
    changed = '';
    const answered = answer(request, body); // it has changed the lists when it returns its promise
    const what = changed;
    const work = answered.then(({ status, headers, body }) => {
      const type = body === '' ? {} : { 'content-type': 'application/json' };
      const length = { 'content-length': Buffer.byteLength(body) };
      response.writeHead(status, { ...type, ...headers, ...length }).end(body);
      log?.(`${request.method} ${loggable(request.url!)} ${status}${what}`);
    });
    answering.add(work);
    await work;
    answering.delete(work);
  });

  server.listen(options.port ?? 0, HOST);
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Error(`port ${options.port} is in use; pass another --port`, { cause: error });
  });
  const { port } = server.address() as AddressInfo;

  async function shutDown(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    await Promise.all(answering); // answers accepted requests, and drops bodies that are still arriving
    server.closeAllConnections();
    await closed;
    await save();
  }

  let closing: Promise<void> | undefined;
  const close = () => (closing ??= shutDown());
  return { url: `http://${HOST}:${port}`, port, sandbox, key, close };
}

/**
 * Reports whether a request may come from a web page in a browser on this machine: it has an Origin, or its
 * Host is a name that resolves to loopback (DNS rebinding). A token does not stop a page, as the sandbox may
 * accept any. A client in the process of the sandbox sends the name sandbox.localhost.
 */
function isOfWebPage({ headers: { host = '', origin } }: IncomingMessage): boolean {
  return origin !== undefined || !/^(127\.0\.0\.1|(sandbox\.)?localhost)(:\d+)?$/i.test(host);
}

/** Removes values of query parameters that the APIs do not document: they may be tokens. */
function loggable(path: string): string {
  return path.replace(/([?&](?!page=|limit=|after=)[^=&]*=)[^&]*/g, '$1…').replace(/[^\x21-\x7e…]/g, '?');
}

const FORGETFUL = { key: null, save: async () => {} };

async function keepState(file: string, sandbox: Sandbox) {
  const { key, lists } = await openState(file);
  for (const [bot, numbers] of lists) sandbox.set(bot, numbers);
  return { key, save: createSaver(file, key, () => new Map(sandbox.bots().map((bot) => [bot, sandbox.list(bot)]))) };
}

/** Returns the body, or undefined if it is too large. Reads all of it, so that the client gets the answer. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MOST_BYTES) chunks.push(chunk);
  }
  return size > MOST_BYTES ? undefined : Buffer.concat(chunks).toString();
}
