import { realLatency } from '../api.mjs';
import { CONCURRENCY, limit, pagesOf, readingOf } from '../bench.mjs';
import { BOT } from '../data.mjs';
import { count, memory, ratioText, share, table, time } from '../format.mjs';
import { missing } from '../machine.mjs';
import { ratio, sideBySide, typical } from '../measure.mjs';

export const title = 'plan';

export async function measure(bench) {
  const size = bench.quick ? 1_000 : 30_000;
  const rows = [];
  if (missing.length > 0) bench.say(`${missing.join(', ')} missing: the scripts are skipped`);
  for (const latency of bench.quick ? [0, 5] : [0, 20, 100]) {
    bench.say(`plan of ${count(size)} at ${latency} ms`);
    const real = latency > 0 ? await realLatency(bench.server, latency, bench.quick ? 5 : 50) : 0;
    await bench.server.serve([[BOT, 0, size]], latency);
    const runs = await sideBySide(
      {
        plan: () => bench.plan(size),
        node: () => bench.node(['-e', '0']),
        ...(missing.length === 0 && {
          script: () => bench.scriptedPlan('rival.sh', size),
          parallel: () => bench.curlParallel(size),
        }),
      },
      bench.rounds,
    );
    const { plan, node, script, parallel } = runs;
    rows.push({
      latency,
      real,
      limit: limit(pagesOf(size), latency),
      node: typical(node),
      rounds: plan.length,
      plan: typical(plan),
      reading: typical(plan.map(readingOf)),
      rss: typical(plan, 'rss'),
      reads: Math.max(...plan.map(({ seen }) => seen.reads)),
      peak: Math.max(...plan.map(({ seen }) => seen.peak)),
      ...(script && {
        script: typical(script),
        parallel: typical(parallel),
        parallelPeak: Math.max(...parallel.map(({ seen }) => seen.peak)),
        toScript: ratio(plan, script),
        toParallel: ratio(plan, parallel),
      }),
    });
  }
  return { size, rows };
}

export function targets({ size, rows }) {
  const row = rows.find(({ latency }) => latency === 20) ?? rows.at(-1);
  const whole = row.plan / (row.limit + row.node);
  const what = `plan of ${count(size)} at ${row.latency} ms, concurrency ${CONCURRENCY}`;
  return [
    {
      what: `${what}: time ÷ (limit + start of Node)`,
      target: 'at most 1.15',
      measured: share(whole),
      met: whole <= 1.15,
    },
    ...(row.toScript
      ? [
          {
            what: `${what}: times faster than the shell script`,
            target: 'at least 8',
            measured: share(1 / row.toScript.median),
            met: row.toScript.median <= 1 / 8,
          },
        ]
      : []),
    {
      what: `${what}: reads for ${pagesOf(size)} pages`,
      target: `at most ${pagesOf(size) + CONCURRENCY}`,
      measured: count(row.reads),
      met: row.reads <= pagesOf(size) + CONCURRENCY,
    },
    {
      what: `${what}: in flight`,
      target: `at most ${CONCURRENCY}`,
      measured: count(row.peak),
      met: row.peak <= CONCURRENCY,
    },
  ];
}

export function render({ size, rows }) {
  const head = ['latency', '÷ shell script', '÷ `curl -Z`', '÷ limit + Node', 'reading alone ÷ limit', 'plan'];
  head.push('reading alone', 'shell script', '`curl -Z`', 'limit', 'peak memory', 'reads', 'in flight');
  const overLimit = (ms, row) => (row.limit > 0 ? share(ms / row.limit) : '–');
  const cells = rows.map((row) => [
    `${row.latency} ms${row.latency > 0 ? ` (really ${row.real.toFixed(1)})` : ''}`,
    row.toScript ? ratioText(row.toScript) : '–',
    row.toParallel ? ratioText(row.toParallel) : '–',
    row.limit > 0 ? share(row.plan / (row.limit + row.node)) : '–',
    overLimit(row.reading, row),
    time(row.plan),
    time(row.reading),
    time(row.script ?? null),
    time(row.parallel ?? null),
    row.limit > 0 ? time(row.limit) : '–',
    memory(row.rss),
    count(row.reads),
    row.latency > 0 ? count(row.peak) : '–',
  ]);
  const rounds = Math.min(...rows.map((row) => row.rounds));
  return `## plan of ${count(size)} against ${count(size)}

\`blacklistctl plan\` with ${CONCURRENCY} requests in flight (\`--concurrency ${CONCURRENCY} --rate 0\`). The desired YAML and the live
list have ${count(size)} numbers each and differ in 1 % of them. The limit is the waiting time alone: ⌈${pagesOf(size)}
requests ÷ ${CONCURRENCY}⌉ × latency. "Node" is the start of a Node process that does nothing (\`node -e 0\`).
"Reading alone" is from the arrival of the first request to the last answer, as the server measured it;
the other times are for whole processes. Medians of ${rounds} rounds or more.

Compared on the same server:

- the shell script that people write (\`bench/rival.sh\`): curl and jq read one page after the other
  until an empty one, then \`sort -u\` and \`comm\`;
- the fastest script (\`bench/rival-parallel.sh\`): \`curl --parallel --parallel-max ${CONCURRENCY}\`, which needs the number
  of pages in advance.

${table(head, cells)}

What bounds it at 20 ms: reading takes 1.13 × the limit, about the time by which the server's timers are
late. The rest is the start of the process (see "Start-up"), the check of the numbers to add, and the
report. The first page is requested only after all files are valid (decision 71).`;
}
