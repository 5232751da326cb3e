// Serves the API of the benchmarks: a plain node:http server in its own process, controlled by its parent (api.mjs). It
// does as little as possible, so that its own time stays small: pages are prepared as bytes.
import http from 'node:http';
import { numbers, TOKEN } from './data.mjs';

const PAGE = 100;
const PATH_START = '/whatsapp/v1/';
const PATH_END = '/provision/blacklist';
const EMPTY = page([]);
const JSON_TYPE = 'application/json';
const CLOUD = /^\/v\d+\.\d+\/(\d+)\/block_users$/;

let lists = new Map();
let latency = 0;
let stats = freshStats();
let inFlight = 0;

function freshStats() {
  return {
    reads: 0,
    writes: 0,
    wrong: 0,
    peak: 0,
    /** The arrival of the first request and the end of the last answer, for reads and for writes, in ms. */
    read: { first: null, last: null },
    write: { first: null, last: null },
    /** The sum of the times from arrival to answer over all requests. */
    waited: 0,
    cpu: process.cpuUsage(),
  };
}

function page(list) {
  return Buffer.from(JSON.stringify({ numbers: list }));
}

function pagesOf(list) {
  const pages = [];
  for (let at = 0; at < list.length; at += PAGE) pages.push(page(list.slice(at, at + PAGE)));
  return pages;
}

const server = http.createServer((request, response) => {
  const arrived = performance.now();
  const reading = request.method === 'GET';
  const span = reading ? stats.read : stats.write;
  span.first ??= arrived;
  stats[reading ? 'reads' : 'writes']++;
  stats.peak = Math.max(stats.peak, ++inFlight);

  let waiting = reading ? 1 : 2; // for the latency, and in a write also for the body
  let body = '';
  const ready = () => {
    if (--waiting > 0) return;
    const answer = reading ? read(request) : write(request, body);
    stats.waited += performance.now() - arrived;
    response.writeHead(
      answer ? 200 : 400,
      answer?.length ? ['Content-Type', JSON_TYPE, 'Content-Length', answer.length] : ['Content-Length', 0],
    );
    response.end(answer ?? undefined);
  };
  response.on('close', () => {
    inFlight--;
    span.last = performance.now();
  });
  if (!reading) {
    request.setEncoding('latin1').on('data', (text) => {
      body += text;
    });
    request.on('end', ready);
  }
  if (latency > 0) setTimeout(ready, latency);
  else ready();
});

function listOf(request) {
  const { url, headers } = request;
  const end = url.indexOf(PATH_END);
  const list = url.startsWith(PATH_START) ? lists.get(url.slice(PATH_START.length, end)) : undefined;
  if (list === undefined || headers.authorization !== `Bearer ${TOKEN}`) {
    stats.wrong++;
    return null;
  }
  return list;
}

function read(request) {
  if (cursors !== null) return readByCursor(request);
  const list = listOf(request);
  if (list === null) return null;
  list.pages ??= pagesOf([...list.written]);
  return list.pages[Number(request.url.slice(request.url.indexOf('?page=') + 6))] ?? EMPTY;
}

/** The list of the Cloud API: `all` entries, `most` on a page, and whether a request for more is refused. */
let cursors = null;

/** Serves prepared pages by size and start. @returns null for an error. */
function readByCursor(request) {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const { all, most, refuses, pages } = cursors;
  const limit = Number(searchParams.get('limit'));
  if (!CLOUD.test(pathname) || request.headers.authorization !== `Bearer ${TOKEN}`) {
    stats.wrong++;
    return null;
  }
  if (refuses && limit > most) return null;
  const size = Math.min(limit, most);
  const from = Number(searchParams.get('after') ?? 0);
  const key = `${size} ${from}`;
  if (!pages.has(key)) pages.set(key, cursorPage(all.slice(from, from + size), from));
  return pages.get(key);
}

function cursorPage(some, from) {
  const data = some.map((number) => ({
    messaging_product: 'whatsapp',
    wa_id: number.slice(1),
    user_id: `US.${number}`,
  }));
  const cursors = { after: String(from + some.length), before: String(from) };
  return Buffer.from(JSON.stringify({ data, paging: some.length > 0 ? { cursors } : {} }));
}

const NOTHING = Buffer.alloc(0);

function write(request, body) {
  const list = listOf(request);
  const sent = JSON.parse(body).numbers;
  if (list === null || !(sent.length >= 1 && sent.length <= 20)) {
    stats.wrong++;
    return null;
  }
  list.written ??= new Set(list.pages.flatMap((bytes) => JSON.parse(bytes).numbers));
  list.pages = undefined;
  for (const number of sent) {
    const full = number.startsWith('+') ? number : `+${number}`;
    if (request.method === 'POST') list.written.add(full);
    else list.written.delete(full);
  }
  return NOTHING;
}

const orders = {
  /** @param bots [id, start, count] for each bot: the part of the sequence of numbers that is its list. */
  serve({ bots, ms = 0 }) {
    const longest = Math.max(...bots.map(([, start, count]) => start + count));
    const all = numbers(0, longest);
    lists = new Map(bots.map(([id, start, count]) => [id, { pages: pagesOf(all.slice(start, start + count)) }]));
    cursors = null;
    latency = ms;
    stats = freshStats();
  },
  /** Serves one list of the Cloud API. Its pages are prepared now. */
  serveCursors({ count, most, refuses, ms }) {
    cursors = { all: numbers(0, count), most, refuses, pages: new Map() };
    for (let from = 0; from <= count; from += most) {
      cursors.pages.set(`${most} ${from}`, cursorPage(cursors.all.slice(from, from + most), from));
    }
    latency = ms;
    stats = freshStats();
  },
  /** Returns the counts since the last call. */
  stats() {
    const { cpu, ...rest } = stats;
    const used = process.cpuUsage(cpu);
    stats = freshStats();
    return { ...rest, inFlight, cpu: (used.user + used.system) / 1000 };
  },
};

process.on('message', ({ id, order, details }) => process.send({ id, value: orders[order](details) }));
process.on('disconnect', () => process.exit());
server.keepAliveTimeout = 300_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
