// Requests the two pages of a short list with node-fetch, parses the desired state with yaml, and does nothing else.
// load-start.mjs FILE LIST_URL          The token is in BENCH_TOKEN.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import fetch from 'node-fetch';
import { parse } from 'yaml';

const [file, list] = process.argv.slice(2);
const { bots } = parse(readFileSync(file, 'utf8'));
const agent = new http.Agent({ keepAlive: true });
const headers = { authorization: `Bearer ${process.env.BENCH_TOKEN}` };
const pages = [0, 1].map(async (page) => (await fetch(`${list}?page=${page}`, { agent, headers })).json());
const [{ length }] = await Promise.all(pages);
console.log(Object.keys(bots).length, length);
agent.destroy();
