import dns from 'node:dns';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { BEARER } from '../../src/api/endpoints.ts';
import { openHttp } from '../../src/api/http.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Fires timeouts when the test does. */
function holdTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  closers.push(() => vi.useRealTimers());
}

async function serve(handler: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const get = (url: string, timeout = 10_000, tokenHeader = BEARER) => {
  const http = openHttp({ timeout, version: '1' });
  closers.push(http.abort);
  return { ...http, answer: http.send({ method: 'GET', url, token: 't', tokenHeader }) };
};

describe('a request that fails', () => {
  test('because the look-up of its host never ends has its timeout too', async () => {
    holdTimers();
    let looked = () => {};
    const looking = new Promise<void>((resolve) => {
      looked = resolve;
    });
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation((() => looked()) as never);
    closers.push(() => lookup.mockRestore());
    const { answer } = get('http://bots.example', 50);
    await looking;
    vi.advanceTimersByTime(50);
    await expect(answer).rejects.toMatchObject({
      retry: 'transient',
      unconnected: true,
      ambiguous: false,
      message: expect.stringMatching(/^no connection to bots\.example within 0\.05 s; check --base-url .*HTTPS_PROXY/),
    });
    expect(lookup).toHaveBeenCalledOnce();
  });

  test.each([
    ['never connected ends after ten seconds', 30_000, 10_000, /^no connection to bots\.example within 10 s; /],
    ['never connected ends at an earlier timeout', 5_000, 5_000, /^no connection to bots\.example within 5 s; /],
  ])('because its host %s', async (_, timeout, wait, message) => {
    holdTimers();
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation((() => {}) as never);
    closers.push(() => lookup.mockRestore());
    const { answer } = get('http://bots.example', timeout);
    const ended = vi.fn();
    answer.catch(ended);
    vi.advanceTimersByTime(wait - 1);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(ended).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    await expect(answer).rejects.toMatchObject({ unconnected: true, message: expect.stringMatching(message) });
  });

  test('because the server is slow ends only at its timeout, once a connection was made', async () => {
    holdTimers();
    let arrived = () => {};
    const here = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { answer } = get(await serve(() => arrived()), 30_000);
    const ended = vi.fn();
    answer.catch(ended);
    await here;
    vi.advanceTimersByTime(29_999);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(ended).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    await expect(answer).rejects.toMatchObject({ unconnected: false, ambiguous: true });
  });

  test('because the connection is refused was never sent', async () => {
    const url = await serve(() => {});
    closers.pop()!();
    await expect(get(url).answer).rejects.toMatchObject({
      retry: 'transient',
      ambiguous: false,
      unconnected: true,
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test.each([
    [undefined, 1024 * 1024, '1 MiB'],
    [32 * 1024, 32 * 1024, '32 KiB'],
  ])('because its answer is longer than %j bytes', async (mostBytes, size, named) => {
    const url = await serve((request, response) => {
      if (request.url === '/error') response.statusCode = 503;
      response.end('x'.repeat(request.url === '/' ? size : request.url === '/error' ? 1024 * 1024 : size + 1));
    });
    const http = openHttp({ timeout: 10_000, version: '1' });
    closers.push(http.abort);
    const send = (path: string) =>
      http.send({ method: 'GET', url: url + path, token: 't', tokenHeader: BEARER, ...(mostBytes && { mostBytes }) });
    expect((await send('/')).body).toHaveLength(size);
    expect(await send('/error')).toMatchObject({ status: 503 });
    await expect(send('/long')).rejects.toMatchObject({
      message: expect.stringContaining(`is longer than ${named}, so it is not from the API`),
    });
  });

  test.each([
    [
      'its connection is cut',
      (_: unknown, response: import('node:http').ServerResponse) => response.destroy(),
      'failed',
    ],
    [
      'its answer is cut',
      (_: unknown, response: import('node:http').ServerResponse) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half', () => response.destroy());
      },
      'failed',
    ],
    [
      'its answer is endless',
      (_: unknown, response: import('node:http').ServerResponse) => {
        const more = () => {
          while (response.write('x'.repeat(65_536)));
          response.once('drain', more);
        };
        more();
      },
      'longer than 1 MiB',
    ],
    [
      'its answer is compressed',
      (_: unknown, response: import('node:http').ServerResponse) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
      'compressed',
    ],
  ])('because %s may have taken effect', async (_, handler, message) => {
    await expect(get(await serve(handler)).answer).rejects.toMatchObject({
      ambiguous: true,
      message: expect.stringContaining(message),
    });
  });

  test('because it takes too long is ended even while bytes arrive', async () => {
    holdTimers();
    let sent = () => {};
    const sending = new Promise<void>((resolve) => {
      sent = resolve;
    });
    const url = await serve((_, response) => {
      const more = () => void (response.destroyed || response.write(' ', () => setImmediate(more)));
      more();
      sent();
    });
    const { answer } = get(url, 100);
    await sending;
    for (let passed = 0; passed < 100; passed += 10) {
      await new Promise(setImmediate);
      vi.advanceTimersByTime(10);
    }
    await expect(answer).rejects.toMatchObject({
      retry: 'transient',
      message: expect.stringContaining('within 0.1 s'),
    });
  });

  test('because the run has ended ends at once', async () => {
    let arrived = () => {};
    const here = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { answer, abort } = get(await serve(() => arrived()));
    await here;
    abort();
    await expect(answer).rejects.toMatchObject({ retry: 'transient' });
  });
});

test('a request identifies the program and refuses compression', async () => {
  let seen: Record<string, unknown> = {};
  const url = await serve(({ headers }, response) => {
    seen = headers;
    response.end('{}');
  });
  await get(url).answer;
  expect(seen).toMatchObject({ authorization: 'Bearer t', 'user-agent': 'blacklistctl/1', accept: 'application/json' });
  expect(seen['accept-encoding'] ?? 'identity').toBe('identity');
});

test('a request has its token in the header of its API', async () => {
  let seen: Record<string, unknown> = {};
  const url = await serve(({ headers }, response) => {
    seen = headers;
    response.end('{}');
  });
  await get(url, 10_000, { name: 'd360-api-key', prefix: '' }).answer;
  expect(seen['d360-api-key']).toBe('t');
  expect(seen).not.toHaveProperty('authorization');
});

test.each([
  ['x-fb-trace-id', { 'X-FB-Trace-ID': 'T', 'X-FB-Request-ID': 'R' }, 'T'],
  ['x-fb-request-id', { 'X-FB-Request-ID': 'R' }, 'R'],
  ['none', {}, null],
])('an answer contains the id of the request: %s', async (_, headers, id) => {
  const url = await serve((_request, response) => response.writeHead(200, headers).end('{}'));
  expect((await get(url).answer).headers.requestId).toBe(id);
});

test('an answer contains the headers about the quota', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { 'X-App-Usage': '{"call_count":81}', 'X-Business-Use-Case-Usage': '{"1":[]}' });
    response.end('{}');
  });
  expect((await get(url).answer).headers.usage).toEqual(['{"1":[]}', '{"call_count":81}']);
});
