import { join } from 'node:path';
import { CONCURRENCY, expect, expectAtMost, limit } from '../bench.mjs';
import { BOT, numbers, writeYaml } from '../data.mjs';
import { count, share, table, time } from '../format.mjs';
import { sideBySide, typical } from '../measure.mjs';

export const title = 'apply';

const BATCH = 20;

export async function measure(bench) {
  const changes = bench.quick ? 200 : 10_000;
  const latency = bench.quick ? 5 : 20;
  bench.say(`apply of ${count(changes)} changes at ${latency} ms`);
  const adds = { name: `${count(changes)} adds`, live: 0, start: 0, desired: changes };
  const half = changes / 2;
  const both = {
    name: `${count(half)} adds, then ${count(half)} removes`,
    live: changes,
    start: half,
    desired: changes,
  };
  const runs = await sideBySide({ adds: () => once(bench, adds), both: () => once(bench, both) }, bench.rounds);

  async function once(bench, kind) {
    const file = join(bench.folder, `apply-${kind.live}.yaml`);
    await writeYaml(file, [[BOT, numbers(kind.start, kind.desired)]]);
    await bench.server.serve([[BOT, 0, kind.live]], latency);
    const result = await bench.online(['apply', file, '--yes', '--concurrency', String(CONCURRENCY)]);
    const { report, seen } = result;
    expect('outcome of apply', report.outcome, 'applied');
    expect('changes applied', report.bots[0].results.applied, changes);
    expect('changes that do not show', report.bots[0].notVisible ?? 0, 0);
    expect('requests that the server refused', seen.wrong, 0);
    expect('writes', seen.writes, changes / BATCH);
    expectAtMost('requests in flight', seen.peak, CONCURRENCY);
    return { ...result, writing: seen.write.last - seen.write.first };
  }

  const rows = [adds, both].map(({ name }, at) => {
    const all = Object.values(runs)[at];
    return {
      name,
      whole: typical(all),
      writing: typical(all, 'writing'),
      reads: typical(all.map(({ seen }) => ({ ms: seen.reads }))),
      peak: Math.max(...all.map(({ seen }) => seen.peak)),
    };
  });
  return { changes, latency, limit: limit(changes / BATCH, latency), rows };
}

export function targets({ changes, latency, limit: least, rows: [row] }) {
  const writing = row.writing / least;
  return [
    {
      what: `apply of ${count(changes)} changes at ${latency} ms, concurrency ${CONCURRENCY}: writing ÷ limit`,
      target: 'at most 1.3',
      measured: share(writing),
      met: writing <= 1.3,
    },
    {
      what: 'the same, the whole process (reading before and after included) ÷ limit of the writes',
      target: '–',
      measured: share(row.whole / least),
      met: null,
    },
  ];
}

export function render({ changes, latency, limit: least, rows }) {
  const cells = rows.map(({ name, whole, writing, reads, peak }) => [
    name,
    `**${share(writing / least)}**`,
    share(whole / least),
    time(writing),
    time(whole),
    time(least),
    count(changes / BATCH),
    count(reads),
    count(peak),
  ]);
  const head = [
    'changes',
    'writing ÷ limit',
    'whole ÷ limit',
    'writing',
    'whole process',
    'limit',
    'writes',
    'reads',
    'in flight',
  ];
  return `## apply of ${count(changes)} changes

\`blacklistctl apply --yes --rate 0\` with ${CONCURRENCY} requests in flight, each answered after ${latency} ms. "Writing" is from the
arrival of the first write to the answer of the last one, as the server measured it. The whole process
also reads the list before, checks the numbers to add with libphonenumber's data, and reads the list
once more at the end. The limit is for the writes alone: ⌈${changes / BATCH} ÷ ${CONCURRENCY}⌉ × ${latency} ms. With removes, one more
latency is needed, because no remove is sent before the last add is done.

${table(head, cells)}`;
}
