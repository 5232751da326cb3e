// Writes docs/performance.md from the measurements.
import { count, share, table, time } from './format.mjs';

/** @param results topic title → its data; topics in the order of the page. */
export function report(topics, results, { machine, ceiling }) {
  const sections = topics.map((topic) => topic.render(results[topic.title], results));
  return `${[head(machine), goals(topics, results), ...sections, about(ceiling)].join('\n\n')}\n`;
}

function head({ date, load, rows }) {
  const busy =
    load >= 0.5
      ? `\n\n**The machine was busy with other work** (load ${load.toFixed(1)} at the start): trust ratios, not times.`
      : '';
  return `# Performance

For contributors. \`npm run bench\` writes this page; do not edit it.

Run it on your own machine to compare. All programs run side by side, so ratios are comparable
between machines and times are not. A ratio is the time of blacklistctl ÷ the time of the other
program: **under 1 is faster**. Ratios are medians over the rounds, with minimum and maximum in
parentheses.

Measured on ${date}.${busy}

${table(
  ['machine', ''],
  rows.map(([name, value]) => [name, value.replaceAll('|', '\\|')]),
).replace('---:', '---')}`;
}

function goals(topics, results) {
  const all = topics.flatMap((topic) => topic.targets(results[topic.title]));
  const verdict = (met) => (met === null ? '–' : met ? 'yes' : '**no**');
  const rows = all.map(({ what, target, measured, met }) => [what, target, measured, verdict(met)]);
  return `## In short

${table(['', 'goal', 'measured', 'met'], rows)}`;
}

function about({ perSecond, msEach, cpuEach }) {
  return `## How it is measured

- The server (\`bench/server.mjs\`) is a plain \`node:http\` server in its own process on loopback. Its
  pages are prepared as bytes. It counts requests, and how many are in flight. Over bare sockets it
  answered ${count(perSecond)} requests a second (${share(cpuEach)} ms of processor time and ${time(msEach)} each with 8 in
  flight). This is the server's share of the time of each page.
- Latency is a timer from the arrival of a request to its answer. Node's timers are up to one or two
  milliseconds late: "really" is the latency that a bare socket measured. Limits are computed with
  the requested latency.
- Times are for whole processes, from start to end, unless stated otherwise. Memory is the "maximum
  resident set size" of GNU time, or the process's own count if GNU time is missing.
- Each round runs all programs in turn, so that other work on the machine affects all of them. There
  are at least 5 rounds (3 if a round takes more than 15 s).
- Numbers are Swedish mobile numbers in shuffled order, the same in every run.
- CI runs \`node bench/run.mjs --quick\`. It checks only that everything runs and that the counts of
  requests are right: no test depends on time.`;
}
