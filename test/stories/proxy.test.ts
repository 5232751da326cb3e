/** Proxies and TLS. Node reads their settings itself, from the environment at its start. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { later } from '../later.ts';
import { needs } from '../needs.ts';
import { makeDesired, makeFolder, reportOf, startApi, uk, us } from './harness.ts';
import { runProcess } from './process.ts';

async function makeWorld(live: readonly string[] = uk(30), desired: readonly string[] = uk(30, 5)) {
  const api = await startApi();
  api.sandbox.set('support', live);
  const cwd = makeDesired({ support: desired });
  const blacklistctl = (args: readonly string[], env: Record<string, string> = {}) =>
    runProcess([...args, '--rate', '0', '--format', 'json'], { cwd, env: { BLACKLISTCTL_BASE_URL: api.url, ...env } });
  return { api, cwd, blacklistctl };
}

/** A proxy that knows only CONNECT, as for https. Its tunnels end at `to`; without `to` it makes none. */
async function startProxy(to?: number, refusal = '502 Bad Gateway') {
  const connects: { readonly target: string; readonly authorization: string | undefined }[] = [];
  const others: string[] = [];
  const server = createServer((request, response) => {
    others.push(request.url ?? '');
    response.writeHead(500).end();
  });
  const open = new Set<Socket>();
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    connects.push({ target: request.url ?? '', authorization: request.headers['proxy-authorization'] });
    open.add(socket);
    socket.on('error', () => {});
    if (to === undefined) return void socket.end(`HTTP/1.1 ${refusal}\r\nContent-Length: 0\r\n\r\n`);
    const upstream = connect(to, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    open.add(upstream);
    upstream.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  later(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connects, others };
}

const HOST = 'api.example';

/** Starts an API over TLS, and writes the file of the authority that signed its certificate for HOST. */
async function startTls(to: number): Promise<{ readonly port: number; readonly authority: string }> {
  const [key, authority] = ['key.pem', 'authority.pem'].map((name) => join(makeFolder(), name)) as [string, string];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`];
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', authority], { stdio: 'ignore' });
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(authority) }, (socket) => {
    const upstream = connect(to, '127.0.0.1');
    socket.pipe(upstream).pipe(socket);
    for (const end of [socket, upstream]) end.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  later(() => server.close());
  return { port: (server.address() as AddressInfo).port, authority };
}

describe.concurrent('a proxy', () => {
  needs('openssl');

  test('from HTTPS_PROXY carries every request, on connections that are kept', async () => {
    const { api, blacklistctl } = await makeWorld(us(300), us(500));
    const { port, authority } = await startTls(api.port);
    const proxy = await startProxy(port);
    const applied = await blacklistctl(['apply', '--yes'], {
      BLACKLISTCTL_BASE_URL: `https://${HOST}`,
      HTTPS_PROXY: proxy.url.replace('//', '//me:pass%20word@'),
      NODE_EXTRA_CA_CERTS: authority,
    });
    expect(applied.code).toBe(0);
    expect(applied.output).not.toContain('pass');
    expect(api.list('support')).toEqual(us(500).sort());
    expect(api.sockets()).toBe(proxy.connects.length);
    expect(proxy.connects.length).toBeLessThanOrEqual(8);
    expect(new Set(proxy.connects.map(({ target }) => target))).toEqual(new Set([`${HOST}:443`]));
    expect(proxy.connects[0]!.authorization).toBe(`Basic ${Buffer.from('me:pass word').toString('base64')}`);
    expect(proxy.others).toEqual([]);
  });

  test('with an untrusted certificate at its end gets no token, and one request', async () => {
    const { api, blacklistctl } = await makeWorld();
    const { port } = await startTls(api.port);
    const proxy = await startProxy(port);
    const env = { BLACKLISTCTL_BASE_URL: `https://${HOST}`, HTTPS_PROXY: proxy.url };
    const planned = await blacklistctl(['plan', '--concurrency', '1'], env);
    expect(planned.code).toBe(1);
    expect(reportOf(planned).bots[0]!.error!.message).toMatch(/no trusted TLS connection .* NODE_EXTRA_CA_CERTS/);
    expect(proxy.connects).toHaveLength(1);
    expect(api.seen).toEqual([]);
  });

  test('is not used for the hosts of NO_PROXY', async () => {
    const { api, blacklistctl } = await makeWorld();
    const { port } = await startTls(api.port);
    const proxy = await startProxy();
    const here = `https://0.0.0.0:${port}`; // resolves to this machine, but is not one of its loopback names
    const env = { BLACKLISTCTL_BASE_URL: here, HTTPS_PROXY: proxy.url, NO_PROXY: '0.0.0.0' };
    expect(reportOf(await blacklistctl(['plan'], env)).bots[0]!.error!.message).toContain('no trusted TLS connection');
    expect(proxy.connects).toEqual([]);
  });

  test('is not used for this machine: over plain http it could read the token and answer itself', async () => {
    const { api, blacklistctl } = await makeWorld();
    const proxy = await startProxy();
    const env = { HTTP_PROXY: proxy.url, http_proxy: proxy.url, ALL_PROXY: proxy.url };
    expect((await blacklistctl(['apply', '--yes'], env)).code).toBe(0);
    expect(proxy.connects).toEqual([]);
    expect(api.seen.length).toBeGreaterThan(0);
  });

  test('is not used for the sandbox in the same process', async () => {
    const { cwd } = await makeWorld();
    const proxy = await startProxy();
    const { code } = await runProcess(['apply', '--yes', '--sandbox'], { cwd, env: { HTTP_PROXY: proxy.url } });
    expect(code).toBe(0);
    expect(proxy.connects).toEqual([]);
  });

  test('that requires other credentials is reported after one request', async () => {
    const { api, blacklistctl } = await makeWorld();
    const proxy = await startProxy(undefined, '407 Proxy Authentication Required');
    const env = { BLACKLISTCTL_BASE_URL: `https://${HOST}`, HTTPS_PROXY: proxy.url };
    const planned = await blacklistctl(['plan', '--concurrency', '1'], env);
    expect(planned.code).toBe(1);
    expect(reportOf(planned).bots[0]!.error).toEqual({
      message: `the proxy ${proxy.url} requires other credentials (407); correct the user and password in HTTPS_PROXY`,
      detail: null,
    });
    expect(proxy.connects).toHaveLength(1);
    expect(api.sockets()).toBe(0);
  });

  test('that is unreachable is named, and the API is not blamed', async () => {
    const { blacklistctl } = await makeWorld();
    // Port 1 has no server on any machine that runs tests.
    const env = { BLACKLISTCTL_BASE_URL: `https://${HOST}`, HTTPS_PROXY: 'http://127.0.0.1:1' };
    const planned = await blacklistctl(['plan', '--retries', '0', '--concurrency', '1'], env);
    expect(planned.code).toBe(1);
    expect(reportOf(planned).bots[0]!.error!.message).toBe(
      'the connection to the proxy http://127.0.0.1:1 failed (ECONNREFUSED); check HTTPS_PROXY and the network',
    );
  });

  test('gets only connections to the documented hosts, over TLS, without --base-url', async () => {
    const { cwd } = await makeWorld();
    const proxy = await startProxy(undefined, '403 Forbidden');
    const planned = await runProcess(['plan', '--concurrency', '1', '--format', 'json'], {
      cwd,
      env: { HTTPS_PROXY: proxy.url },
    });
    expect(planned.code).toBe(1);
    expect(new Set(proxy.connects.map(({ target }) => target))).toEqual(new Set(['eu1.whatsapp.api.sinch.com:443']));
    expect(reportOf(planned).bots[0]).toMatchObject({
      baseUrl: 'https://eu1.whatsapp.api.sinch.com',
      error: {
        message: expect.stringMatching(/^the proxy \S+ refuses connections to eu1\.\S+ \(403\); allow the host/),
      },
    });
  });

  test('gets the same connections if BLACKLISTCTL_BASE_URL is empty, as in a workflow', async () => {
    const { cwd } = await makeWorld();
    const proxy = await startProxy(undefined, '403 Forbidden');
    const env = { HTTPS_PROXY: proxy.url, BLACKLISTCTL_BASE_URL: '' };
    expect((await runProcess(['plan', '--concurrency', '1'], { cwd, env })).code).toBe(1);
    expect(proxy.connects[0]!.target).toBe('eu1.whatsapp.api.sinch.com:443');
  });
});
