import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningSandbox, type SandboxServerOptions, startSandbox } from '../../src/sandbox/server.ts';
import { loadState } from '../../src/sandbox/state.ts';
import * as fc from '../fast-check.ts';

const PATH = '/whatsapp/v1/bot/provision/blacklist';
const number = (index: number): string => String(447700900000 + index);

let folder: string;
let stateFile: string;
let running: RunningSandbox[] = [];
const agent = new Agent({ keepAlive: true, maxSockets: 4 });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-server-'));
  stateFile = join(folder, 'state.json');
});
afterEach(async () => {
  await Promise.allSettled(running.map(({ close }) => close())); // the close of one test must fail
  running = [];
  await rm(folder, { recursive: true, force: true });
});

async function start(options: SandboxServerOptions = {}): Promise<RunningSandbox> {
  const started = await startSandbox(options);
  running.push(started);
  return started;
}

interface Answer {
  status: number;
  type: string | undefined;
  body: string;
  socket: Socket;
}

async function send({ port }: RunningSandbox, method: string, body = '', path = PATH): Promise<Answer> {
  const headers = { authorization: 'Bearer token', 'content-length': Buffer.byteLength(body) };
  const sent = request({ port, host: '127.0.0.1', method, path, headers, agent });
  sent.end(body);
  const [response] = await once(sent, 'response');
  const socket = sent.socket!;
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, type: response.headers['content-type'], body: text, socket };
}

const add = (sandbox: RunningSandbox, ...indexes: number[]): Promise<Answer> =>
  send(sandbox, 'POST', JSON.stringify({ numbers: indexes.map(number) }));

/** Opens a connection that sends only a part of a request. */
async function stalled({ port }: RunningSandbox, text: string) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {}); // a reset ends the connection as well
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await once(socket, 'connect');
  await new Promise<void>((resolve) => socket.write(text, () => resolve()));
  return { socket, ended };
}

// The body is a whole write, but Content-Length announces more bytes.
const halfPost = `POST ${PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer token\r\nContent-Length: 99\r\n\r\n{"numbers":["447700900005"]}`;

describe('over a socket', () => {
  it('adds, lists and removes, with a body on DELETE', async () => {
    const sandbox = await start();
    expect(sandbox.url).toBe(`http://127.0.0.1:${sandbox.port}`);
    expect(await add(sandbox, 0, 1)).toMatchObject({ status: 200, type: undefined, body: '' });
    expect((await send(sandbox, 'DELETE', JSON.stringify({ numbers: [number(0)] }))).status).toBe(200);
    const listed = await send(sandbox, 'GET', '', `${PATH}?page=0`);
    expect(listed).toMatchObject({ status: 200, type: 'application/json', body: '{"numbers":["+447700900001"]}' });
    expect(sandbox.sandbox.list('bot')).toEqual([number(1)]);
  });

  it('passes its options to the handler', async () => {
    const sandbox = await start({ listWithoutPlus: true, bots: new Map([['bot', 'token']]) });
    await add(sandbox, 0);
    expect((await send(sandbox, 'GET')).body).toBe('{"numbers":["447700900000"]}');
    expect((await send(sandbox, 'GET', '', PATH.replace('bot', 'other'))).status).toBe(401);
  });

  it('keeps a connection alive, also after an error', async () => {
    const sandbox = await start();
    const { socket } = await add(sandbox, 0);
    expect((await send(sandbox, 'POST', 'x')).socket).toBe(socket);
    expect((await send(sandbox, 'GET')).socket).toBe(socket);
  });

  it('refuses a body above 64 KiB, and keeps the connection', async () => {
    const sandbox = await start();
    const padded = (size: number) => JSON.stringify({ numbers: [number(0)] }).padEnd(size);
    expect((await send(sandbox, 'POST', padded(64 * 1024))).status).toBe(200);
    const refused = await send(sandbox, 'POST', padded(64 * 1024 + 1));
    expect(refused).toMatchObject({
      status: 413,
      type: 'application/json',
      body: '{"message":"413","reason":"The request body is larger than 65536 bytes."}',
    });
    expect((await send(sandbox, 'POST', padded(4 * 1024 * 1024))).status).toBe(413);
    expect((await send(sandbox, 'GET')).socket).toBe(refused.socket);
  });

  it('ignores half a request of a client that disconnects', async () => {
    const sandbox = await start();
    const { socket } = await stalled(sandbox, halfPost);
    socket.destroy();
    await add(sandbox, 1);
    await sandbox.close();
    expect(sandbox.sandbox.list('bot')).toEqual([number(1)]);
  });

  it('logs one line for each request, with the numbers that changed', async () => {
    const lines: string[] = [];
    const sandbox = await start({ log: (line) => lines.push(line) });
    await add(sandbox, 0);
    await add(sandbox, 0, 1);
    await add(sandbox, 0);
    await send(sandbox, 'DELETE', JSON.stringify({ numbers: [number(1)] }));
    await send(sandbox, 'GET', '', '/elsewhere');
    expect(lines).toEqual([
      `POST ${PATH} 200 added +${number(0)}`,
      `POST ${PATH} 200 added +${number(1)}`,
      `POST ${PATH} 200`,
      `DELETE ${PATH} 200 removed +${number(1)}`,
      'GET /elsewhere 404',
    ]);
  });

  it('listens on loopback only', async () => {
    const { port } = await start();
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    for (const { address } of others) {
      await expect(once(connect(port, address), 'connect')).rejects.toThrow('ECONNREFUSED');
    }
  });

  it('reports a port that is in use', async () => {
    const { port } = await start();
    await expect(startSandbox({ port })).rejects.toThrow(`port ${port} is in use; pass another --port`);
  });
});

describe('the state file', () => {
  it('contains every answered write after a restart', async () => {
    const write = fc.record({
      method: fc.constantFrom('POST', 'DELETE'),
      numbers: fc.array(fc.nat(20).map(number), { minLength: 1, maxLength: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 8 }), async (writes) => {
        await rm(stateFile, { force: true });
        const before = await start({ stateFile });
        await Promise.all(writes.map(({ method, numbers }) => send(before, method, JSON.stringify({ numbers }))));
        const { lists: onDisk } = await loadState(stateFile); // the state after a kill
        const list = before.sandbox.list('bot');
        expect(onDisk.get('bot') ?? []).toEqual(list);
        await before.close();
        const after = await start({ stateFile });
        expect(after.sandbox.list('bot')).toEqual(list);
        await after.close();
      }),
      { numRuns: 20 },
    );
  });

  it('does not change for reads and refused writes', async () => {
    const sandbox = await start({ stateFile });
    const { mtimeMs, ino } = await stat(stateFile);
    await send(sandbox, 'GET');
    await send(sandbox, 'POST', 'x');
    await sandbox.close();
    expect(await stat(stateFile)).toMatchObject({ mtimeMs, ino });
    expect(await loadState(stateFile)).toEqual({ key: sandbox.key, lists: new Map() });
  });

  it('prevents the start if it is damaged', async () => {
    await writeFile(stateFile, 'x');
    await expect(startSandbox({ stateFile })).rejects.toThrow(`the sandbox state file ${stateFile} is damaged`);
  });

  it('makes a write fail with 500 and the reason if it cannot be saved, and close as well', async () => {
    const sandbox = await start({ stateFile });
    await rm(folder, { recursive: true });
    const answer = await add(sandbox, 0);
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.body).reason).toContain(
      `cannot save the sandbox state file ${stateFile}: no such file or directory`,
    );
    await expect(sandbox.close()).rejects.toThrow(`cannot save the sandbox state file ${stateFile}`);
  });
});

describe('close', () => {
  it('closes connections that are idle, silent, or half way through a request', async () => {
    const sandbox = await start({ stateFile });
    await add(sandbox, 0);
    const silent = await stalled(sandbox, '');
    const half = await stalled(sandbox, halfPost);
    await Promise.all([sandbox.close(), silent.ended, half.ended]);
    expect((await loadState(stateFile)).lists.get('bot')).toEqual([number(0)]);
    await expect(send(sandbox, 'GET')).rejects.toThrow('ECONNREFUSED');
  });

  it('saves lists that were set without a request', async () => {
    const sandbox = await start({ stateFile });
    sandbox.sandbox.set('bot', [number(7)]);
    await sandbox.close();
    expect((await loadState(stateFile)).lists.get('bot')).toEqual([number(7)]);
  });

  it('answers accepted requests first', async () => {
    let accepted = () => {};
    const asked = new Promise<void>((resolve) => {
      accepted = resolve;
    });
    const sandbox = await start({ stateFile });
    const { handle } = sandbox.sandbox;
    sandbox.sandbox.handle = (sent) => {
      accepted();
      return handle(sent);
    };
    const answer = add(sandbox, 0);
    await asked;
    const [{ status }] = await Promise.all([answer, sandbox.close()]);
    expect(status).toBe(200);
  });

  it('can be called twice', async () => {
    const sandbox = await start();
    await Promise.all([sandbox.close(), sandbox.close()]);
    await sandbox.close();
  });
});
