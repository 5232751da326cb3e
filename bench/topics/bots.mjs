import { join } from 'node:path';
import { CONCURRENCY, expect, expectAtMost, readingOf } from '../bench.mjs';
import { idOf, numbers, writeYaml } from '../data.mjs';
import { count, memory, ratioText, table, time } from '../format.mjs';
import { ratio, typical } from '../measure.mjs';

export const title = 'bots';

const EACH = 50;
const PARALLEL = 16;
/** In every tenth bot one number is replaced. */
const CHANGED = 10;

export async function measure(bench) {
  const bots = bench.quick ? 50 : 10_000;
  bench.say(`${count(bots)} bots of ${EACH} numbers`);
  const file = join(bench.folder, 'bots.yaml');
  const all = numbers(0, bots * EACH + 1);
  const start = (bot) => bot * EACH;
  const lists = Array.from({ length: bots }, (_, bot) => {
    const from = start(bot) + (bot % CHANGED === 0 ? 1 : 0);
    return [idOf(bot), all.slice(from, from + EACH)];
  });
  await writeYaml(file, lists);
  const runs = [];
  const bare = [];
  const offline = [];
  for (let round = 0; round < (bench.quick ? 1 : 3); round++) {
    await bench.server.serve(lists.map((_, bot) => [idOf(bot), start(bot), EACH]));
    const result = await bench.online(['plan', file, '--parallel', String(PARALLEL)]);
    const changes = Math.ceil(bots / CHANGED);
    expect('bots planned', result.report.bots.length, bots);
    expect('changes', `${result.report.summary.add} ${result.report.summary.remove}`, `${changes} ${changes}`);
    expect('requests that the server refused', result.seen.wrong, 0);
    expectAtMost('requests in flight', result.seen.peak, PARALLEL * CONCURRENCY);
    expectAtMost('reads', result.seen.reads, bots * (1 + CONCURRENCY));
    runs.push(result);
    bare.push(await bench.botPages(bots, PARALLEL));
    offline.push(await bench.tool(['validate', file]));
  }
  return {
    bots,
    ms: typical(runs),
    cpu: typical(runs, 'cpu'),
    rss: typical(runs, 'rss'),
    reading: typical(runs.map(readingOf)),
    reads: typical(runs.map(({ seen }) => ({ ms: seen.reads }))),
    validate: typical(offline),
    bare: typical(bare),
    toBare: ratio(runs, bare),
  };
}

const MOST_MS = 0.7;
const MOST_BYTES = 300e6;

export function targets({ bots, ms, rss }) {
  const what = `plan of ${count(bots)} bots of ${EACH} numbers`;
  return [
    {
      what: `${what}: time a bot`,
      target: `at most ${MOST_MS} ms`,
      measured: time(ms / bots),
      met: ms / bots <= MOST_MS,
    },
    {
      what: `${what}: peak memory`,
      target: `at most ${memory(MOST_BYTES)}`,
      measured: memory(rss),
      met: rss === null ? null : rss <= MOST_BYTES,
    },
  ];
}

export function render({ bots, ms, cpu, rss, reading, reads, validate, bare, toBare }) {
  const cells = [
    ['requests a bot', (reads / bots).toFixed(2)],
    ['time a bot', time(ms / bots)],
    ['requests', count(reads)],
    ['whole process', time(ms)],
    ['– of it reading', time(reading)],
    ['– processor time', time(cpu)],
    ['bare loop with node-fetch', time(bare)],
    ['whole process ÷ bare loop', ratioText(toBare)],
    ['`validate` of the same file', time(validate)],
    ['peak memory', memory(rss)],
  ];
  return `## ${count(bots)} bots in one process

\`blacklistctl plan --parallel ${PARALLEL} --rate 0\` of ${count(bots)} bots with ${EACH} numbers each in one file, without latency. One number
differs in every tenth bot. A bot of ${EACH} numbers takes two requests: its page, and the empty page at the
end. "Bare" is a loop with node-fetch that reads the same pages of ${PARALLEL} bots at once, and discards them.
\`--shard i/n\` divides the same work over several machines.

${table(['', 'measured'], cells)}

What bounds it, by a processor profile: node-fetch takes about 40 %, which the bare loop shows. The
collector of garbage takes 14 %, the JSON report of 11 MB 10 %, and the files 6 %. The rest is what each
request passes through (rate limit, retries, checks of the answer) and the plan of each bot. The goals
of 0.7 ms and 300 MB are not reached: the bare loop alone takes more than half of that time, and one
process holds the state, the plan and the report of all bots.

Less than 120 MB of the memory are in use; the rest is garbage that V8 has not collected yet, so the peak
varies from 340 to 600 MB. It collects earlier if \`NODE_OPTIONS=--max-old-space-size=300\` is set: the same
plan then takes less than 300 MB, and about the same time. Use \`--shard\` for more bots.`;
}
