// The parent's client of server.mjs.
import { fork } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { BOT, CLOUD, TOKEN } from './data.mjs';
import { BASE } from './machine.mjs';
import { median } from './measure.mjs';

const PATH = `/whatsapp/v1/${BOT}/provision/blacklist`;

export async function startServer() {
  const child = fork(join(BASE, 'server.mjs'));
  const waiting = new Map();
  let next = 0;
  const port = await new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message.port));
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  child.on('message', ({ id, value }) => {
    waiting.get(id)(value);
    waiting.delete(id);
  });
  const order = (name, details) =>
    new Promise((resolve) => {
      waiting.set(++next, resolve);
      child.send({ id: next, order: name, details });
    });
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    list: `http://127.0.0.1:${port}${PATH}`,
    cloudList: `http://127.0.0.1:${port}/${CLOUD.defaults.apiVersion}/${CLOUD.own.phoneNumberId}/block_users`,
    serve: (bots, ms) => order('serve', { bots, ms }),
    serveCursors: (count, { most, refuses, ms }) => order('serveCursors', { count, most, refuses, ms }),
    stats: () => order('stats'),
    stop: () => child.disconnect(),
  };
}

const REQUEST = `GET ${PATH}?page=0 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`;

/**
 * Measures the maximum rate of the server for one page, requested over bare sockets that cost almost nothing.
 */
export async function ceiling(server, { connections, ms }) {
  await server.serve([[BOT, 0, 100]], 0);
  const began = performance.now();
  const times = await Promise.all(Array.from({ length: connections }, () => load(server.port, began + ms)));
  const took = performance.now() - began;
  const { reads, cpu } = await server.stats();
  return { perSecond: (reads / took) * 1000, msEach: median(times.flat()), cpuEach: cpu / reads };
}

/** Measures the real latency for a requested latency of `ms`: one request at a time over one connection. */
export async function realLatency(server, ms, count) {
  await server.serve([[BOT, 0, 100]], ms);
  const times = await load(server.port, Number.POSITIVE_INFINITY, count);
  await server.stats();
  return median(times);
}

/** Sends one request after the other. @returns how long each took. */
function load(port, until, count = Number.POSITIVE_INFINITY) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const times = [];
    let sent = 0;
    let got = 0;
    let length = 0; // of a whole answer: all have the same length
    const send = () => {
      sent = performance.now();
      socket.write(REQUEST);
    };
    socket.on('connect', send).on('error', reject);
    socket.on('data', (bytes) => {
      if (length === 0) length = lengthOf(bytes);
      got += bytes.length;
      if (got < length) return;
      got = 0;
      times.push(performance.now() - sent);
      if (performance.now() < until && times.length < count) send();
      else socket.end(() => resolve(times));
    });
  });
}

function lengthOf(bytes) {
  const text = bytes.toString('latin1');
  const body = Number(/content-length: (\d+)/i.exec(text)[1]);
  return text.indexOf('\r\n\r\n') + 4 + body;
}
