import { join } from 'node:path';
import { expect } from '../bench.mjs';
import { BOT, CLOUD, desired, differing, writeYaml } from '../data.mjs';
import { count, memory, ratioText, share, table, time } from '../format.mjs';
import { ratio, sideBySide, typical } from '../measure.mjs';

export const title = 'cursors';

const GOAL = 1.15;

/** How an API treats requests for more than 100 a page, and how many it then has on its largest page. */
const KINDS = [
  { name: 'cuts pages at 100', most: 100, refuses: false },
  { name: 'cuts pages at 1,000', most: 1000, refuses: false },
  { name: 'refuses more than 100', most: 100, refuses: true },
];

export async function measure(bench) {
  const size = bench.quick ? 2_000 : 64_000;
  const latency = bench.quick ? 5 : 50;
  const file = join(bench.folder, 'cursors.yaml');
  await writeYaml(file, [[BOT, desired(size)]], CLOUD);
  const rows = [];
  for (const { name, most, refuses } of KINDS) {
    bench.say(`plan of ${count(size)} by cursor at ${latency} ms: ${name}`);
    await bench.server.serveCursors(size, { most, refuses, ms: latency });
    const trips = Math.ceil(size / most) + 1 + (refuses ? 1 : 0);
    const { plan, bare, node } = await sideBySide(
      {
        plan: () => bench.cursorPlan(file, differing(size)),
        bare: () => bench.cursorPages(most),
        node: () => bench.node(['-e', '0']),
      },
      bench.rounds,
    );
    for (const { seen } of plan) expect(`reads of a list whose API ${name}`, seen.reads, trips);
    const limit = trips * latency + typical(node);
    const toBare = ratio(plan, bare);
    rows.push({ name, trips, limit, plan: typical(plan), bare: typical(bare), rss: typical(plan, 'rss'), toBare });
  }
  return { size, latency, rows };
}

export function targets({ size, latency, rows }) {
  return rows.map(({ name, plan, limit }) => ({
    what: `plan of ${count(size)} by cursor at ${latency} ms, if the API ${name}: time ÷ limit`,
    target: `at most ${GOAL}`,
    measured: share(plan / limit),
    met: plan / limit <= GOAL,
  }));
}

export function render({ size, latency, rows }) {
  const cells = rows.map(({ name, trips, plan, bare, limit, toBare, rss }) => [
    name,
    count(trips),
    `**${share(plan / limit)}**`,
    ratioText(toBare),
    time(plan),
    time(limit),
    time(bare),
    memory(rss),
  ]);
  const head = ['the API', 'round trips', '÷ limit', '÷ bare loop', 'plan', 'limit', 'bare loop', 'peak memory'];
  return `## plan of ${count(size)} by cursor

A list of the WhatsApp Cloud API is read one page after the other, because each page contains the cursor
of the next one. \`blacklistctl\` requests 1,000 users a page; the vendor does not document how many the
API accepts. Each answer takes ${latency} ms. The limit is the round trips of the largest page that the API
accepts, and the start of Node (\`node -e 0\`). "Bare" is a loop with node-fetch that requests pages of that
size, parses them and does nothing else. All are whole processes.

${table(head, cells)}`;
}
