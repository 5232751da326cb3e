import dns from 'node:dns';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { BEARER } from '../../src/api/endpoints.ts';
import { openHttp } from '../../src/api/http.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const close of closers.splice(0)) close();
});

async function listen(server: Server | TcpServer): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A proxy that answers every CONNECT with one status. */
async function proxyWith(status: number) {
  const asked: (string | undefined)[] = [];
  const server = createServer();
  server.on('connect', ({ headers }, socket) => {
    asked.push(headers['proxy-authorization']);
    socket.on('error', () => {});
    socket.end(`HTTP/1.1 ${status} No\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\npolicy`);
  });
  return { url: await listen(server), asked };
}

/** Sends a request to the API through this proxy. */
function ask(proxy: string) {
  vi.stubEnv('HTTPS_PROXY', proxy);
  const http = openHttp({ timeout: 10_000, version: '1' });
  closers.push(http.abort);
  return http.send({ method: 'GET', url: 'https://api.example/list', token: 't', tokenHeader: BEARER });
}

const PASSING = { retry: 'transient', hopeless: false, ambiguous: false, unconnected: true, detail: undefined };
const FINAL = { ...PASSING, retry: 'no', hopeless: true };

describe('a proxy', () => {
  test.each([
    [403, FINAL, 'refuses connections to api.example (403); allow the host in the proxy, or add it to NO_PROXY'],
    [404, FINAL, 'refuses connections to api.example (404); allow the host in the proxy, or add it to NO_PROXY'],
    [407, FINAL, 'requires other credentials (407); correct the user and password in HTTPS_PROXY'],
    [429, PASSING, 'could not connect to api.example (429); ask its administrator, or run again later'],
    [500, PASSING, 'could not connect to api.example (500); ask its administrator, or run again later'],
    [502, PASSING, 'could not connect to api.example (502); ask its administrator, or run again later'],
    [503, PASSING, 'could not connect to api.example (503); ask its administrator, or run again later'],
    [504, PASSING, 'could not connect to api.example (504); ask its administrator, or run again later'],
    [501, FINAL, 'opens no tunnel to api.example (501); check HTTPS_PROXY'],
    [301, FINAL, 'opens no tunnel to api.example (301); check HTTPS_PROXY'],
    [204, FINAL, 'opens no tunnel to api.example (204); check HTTPS_PROXY'],
  ])('that answers %i is named, and its words are not the API’s', async (status, facts, words) => {
    const { url } = await proxyWith(status);
    await expect(ask(url)).rejects.toMatchObject({ ...facts, message: `the proxy ${url} ${words}` });
  });

  test('that no one can reach is named', async () => {
    const url = await listen(createTcpServer());
    closers.pop()!();
    const message = `the connection to the proxy ${url} failed (ECONNREFUSED); check HTTPS_PROXY and the network`;
    await expect(ask(url)).rejects.toMatchObject({ ...PASSING, message });
  });

  test('whose host is unknown is named', async () => {
    const unknown = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' });
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((
      _: string,
      __: object,
      found: (error: Error) => void,
    ) => {
      found(unknown);
    }) as never);
    closers.push(() => lookup.mockRestore());
    const message =
      'the connection to the proxy http://no-such-proxy.invalid:3128 failed (ENOTFOUND); check HTTPS_PROXY and the network';
    await expect(ask('http://no-such-proxy.invalid:3128')).rejects.toMatchObject({ ...PASSING, message });
  });

  test.each([
    ['that hangs up', '', PASSING, /^the connection to the proxy \S+ failed \(ECONNRESET\); /],
    ['that is another service', '220 mail ready\r\n', FINAL, /^the answer of the proxy \S+ is not valid HTTP \(HPE_/],
  ])('%s is named', async (_, said, facts, message) => {
    const url = await listen(createTcpServer((socket) => socket.on('error', () => {}).end(said)));
    await expect(ask(url)).rejects.toMatchObject({ ...facts, message: expect.stringMatching(message) });
  });

  test('that is asked for TLS without having it is named', async () => {
    const { url } = await proxyWith(200);
    const message = expect.stringMatching(/^no trusted TLS connection to the proxy https:\S+ \(.*\); check the scheme/);
    await expect(ask(url.replace('http:', 'https:'))).rejects.toMatchObject({ ...FINAL, message });
  });

  test.each([
    ['with a scheme that is not supported', 'socks5://127.0.0.1:1080', 'has the scheme socks5; '],
    ['that is not a URL', 'http://me:pass word@[bad', 'is not a URL; '],
  ])('%s is refused before it is used, and not quoted', async (_, proxy, words) => {
    const message = `the proxy of HTTPS_PROXY ${words}write it as http://HOST:PORT`;
    await expect(ask(proxy)).rejects.toMatchObject({ hopeless: true, message });
  });

  test.each([
    ['none', '', undefined],
    ['a user and a password', 'me:pass%20word@', 'me:pass word'],
    ['a password with a bare percent sign', 'me:100%@', 'me:100%'],
  ])('gets its credentials from the URL, and errors omit them: %s', async (_, user, sent) => {
    const { url, asked } = await proxyWith(407);
    const error = await ask(url.replace('//', `//${user}`)).catch((reason) => reason);
    expect(error.message).toContain(`the proxy ${url} requires`);
    expect(asked).toEqual([sent && `Basic ${Buffer.from(sent).toString('base64')}`]);
  });

  test('that never answers keeps no connection of a request that timed out', async () => {
    const closed: Promise<unknown>[] = [];
    const server = createTcpServer((socket) => {
      closed.push(once(socket.on('error', () => {}).resume(), 'close'));
    });
    vi.stubEnv('HTTPS_PROXY', await listen(server));
    const http = openHttp({ timeout: 100, version: '1' });
    closers.push(http.abort);
    const request = { method: 'GET', url: 'https://api.example/list', token: 't', tokenHeader: BEARER } as const;
    for (let attempt = 0; attempt < 3; attempt++) {
      await expect(http.send(request)).rejects.toMatchObject({ retry: 'transient', unconnected: true });
    }
    await Promise.all(closed);
    expect(closed).toHaveLength(3);
  });

  test('that never answers keeps no connection after the run', async () => {
    const closed = new Promise<void>((resolve) => {
      void listen(
        createTcpServer((socket) => {
          socket.on('error', () => {}).on('close', () => resolve());
          socket.once('data', () => http.abort());
        }),
      ).then((url) => {
        vi.stubEnv('HTTPS_PROXY', url);
        answer = http.send({ method: 'GET', url: 'https://api.example/list', token: 't', tokenHeader: BEARER });
        answer.catch(() => {});
      });
    });
    const http = openHttp({ timeout: 10_000, version: '1' });
    let answer: Promise<unknown> = Promise.resolve();
    await closed;
    await expect(answer).rejects.toMatchObject({ retry: 'transient' });
  });
});
