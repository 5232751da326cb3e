// Serves the sandbox on loopback only. A write is answered only after the state file contains it.

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type BothOptions, createBoth } from './both-apis.ts';
import { refused, type Sandbox, type SandboxResponse } from './sinch.ts';
import { createSaver, openState } from './state.ts';

const HOST = '127.0.0.1';
const MOST_BYTES = 64 * 1024;

export interface SandboxServerOptions extends BothOptions {
  /** 0, the default, is any free port. */
  port?: number;
  stateFile?: string;
  /** Called with one line for each request, without numbers or tokens. */
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

export async function startSandbox(options: SandboxServerOptions): Promise<RunningSandbox> {
  const { stateFile, log } = options;
  const sandbox = createBoth(options);
  const { key, save } = stateFile === undefined ? FORGETFUL : await keepState(stateFile, sandbox);
  const answering = new Set<Promise<void>>();

  async function answer(request: IncomingMessage, body: string | undefined): Promise<SandboxResponse> {
    if (body === undefined) return refused(413, `The request body is larger than ${MOST_BYTES} bytes.`);
    const { method = '', url: path = '' } = request;
    const response = sandbox.handle({ method, path, authorization: request.headers.authorization, body });
    if (method === 'GET') return response; // a refused write is saved, too: a part of it may have been done
    try {
      await save();
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
      return; // the client left, and half a request has no effect
    }
    const work = answer(request, body).then((answered) => {
      const type = answered.body === '' ? {} : { 'content-type': 'application/json' };
      const length = { 'content-length': Buffer.byteLength(answered.body) };
      response.writeHead(answered.status, { ...type, ...answered.headers, ...length }).end(answered.body);
      log?.(`${request.method} ${request.url} ${answered.status}`);
    });
    answering.add(work);
    await work;
    answering.delete(work);
  });

  server.listen(options.port ?? 0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  async function shutDown(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    await Promise.all(answering); // accepted requests are answered; bodies that are still arriving are dropped
    server.closeAllConnections();
    await closed;
    await save();
  }

  let closing: Promise<void> | undefined;
  const close = () => (closing ??= shutDown());
  return { url: `http://${HOST}:${port}`, port, sandbox, key, close };
}

const FORGETFUL = { key: null, save: async () => {} };

async function keepState(file: string, sandbox: Sandbox) {
  const { key, lists } = await openState(file);
  for (const [bot, numbers] of lists) sandbox.set(bot, numbers);
  return { key, save: createSaver(file, key, () => new Map(sandbox.bots().map((bot) => [bot, sandbox.list(bot)]))) };
}

/** Returns the body, or undefined if it is too large. Reads it to its end, so that the client can read the answer. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MOST_BYTES) chunks.push(chunk);
  }
  return size > MOST_BYTES ? undefined : Buffer.concat(chunks).toString();
}
