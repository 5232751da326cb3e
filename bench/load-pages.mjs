// Measures the transport alone: reads several pages at once and discards them.
// load-pages.mjs fetch|http LIST_URL LAST_PAGE CONCURRENCY          The token is in BENCH_TOKEN.
// load-pages.mjs cursors LIST_URL SIZE                              reads one page after the other, with node-fetch
// load-pages.mjs bots SERVER_URL COUNT CONCURRENCY                  reads two pages of each bot, with node-fetch
import http from 'node:http';
import fetch from 'node-fetch';
import { idOf } from './data.mjs';

const [how, list, last, concurrency] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });
const headers = { authorization: `Bearer ${process.env.BENCH_TOKEN}` };

const ways = {
  async fetch(url) {
    const response = await fetch(url, { agent, headers });
    return (await response.text()).length;
  },
  http(url) {
    return new Promise((resolve, reject) => {
      const request = http.get(url, { agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        response.on('end', () => resolve(text.length));
      });
      request.on('error', reject);
    });
  },
};

if (how === 'bots') {
  let bot = 0;
  const pages = [0, 1];
  const readBots = async () => {
    while (bot < Number(last)) {
      const url = `${list}/whatsapp/v1/${idOf(bot++)}/provision/blacklist?page=`;
      await Promise.all(pages.map((page) => ways.fetch(url + page)));
    }
  };
  await Promise.all(Array.from({ length: Number(concurrency) }, readBots));
  process.exit();
}

let next = 0;
let characters = 0;
if (how === 'cursors') {
  for (let cursor = ''; cursor !== undefined; ) {
    const response = await fetch(`${list}?limit=${last}${cursor && `&after=${cursor}`}`, { agent, headers });
    const { data, paging } = await response.json();
    characters += data.length;
    cursor = paging.cursors?.after;
  }
  console.log(characters);
  agent.destroy();
  process.exit();
}
async function work() {
  while (next <= Number(last)) characters += await ways[how](`${list}?page=${next++}`);
}
await Promise.all(Array.from({ length: Number(concurrency) }, work));
console.log(characters);
agent.destroy();
