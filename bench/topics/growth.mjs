import { CONCURRENCY, pagesOf, readingOf } from '../bench.mjs';
import { BOT } from '../data.mjs';
import { count, memory, ratioText, share, table, time } from '../format.mjs';
import { missing } from '../machine.mjs';
import { exponent, ratio, sideBySide, typical } from '../measure.mjs';

export const title = 'growth';

/**
 * The size from which on the work takes longer than the start of the process, so that the exponent describes
 * the work.
 */
const LARGE = 30_000;

export async function measure(bench) {
  const sizes = [];
  for (const size of bench.sizes) {
    bench.say(`plan of ${count(size)} without latency`);
    await bench.server.serve([[BOT, 0, size]], 0);
    const last = size === bench.sizes.at(-1);
    const runs = await sideBySide(
      {
        plan: () => bench.plan(size),
        ...(last && {
          fetch: () => bench.pages('fetch', size),
          http: () => bench.pages('http', size),
          ...(missing.length === 0 && { parallel: () => bench.curlParallel(size) }),
        }),
      },
      bench.rounds,
    );
    const { plan, parallel } = runs;
    const reading = plan.map(readingOf);
    sizes.push({
      size,
      ms: typical(plan),
      cpu: typical(plan, 'cpu'),
      serverCpu: typical(plan.map(({ seen }) => ({ ms: seen.cpu }))),
      rss: typical(plan, 'rss'),
      reading: typical(reading),
      reads: Math.max(...plan.map(({ seen }) => seen.reads)),
      ...(last && {
        rivals: {
          fetch: { ...against(reading, runs.fetch.map(readingOf)), cpu: typical(runs.fetch, 'cpu') },
          http: { ...against(reading, runs.http.map(readingOf)), cpu: typical(runs.http, 'cpu') },
          ...(parallel && { parallel: against(plan, parallel) }),
        },
      }),
    });
  }
  return { sizes };
}

/** Returns the exponents of time over numbers: over all sizes, and over the large ones. */
function exponents(points) {
  const large = points.filter(([size]) => size >= LARGE);
  return { all: exponent(points), large: large.length > 1 ? exponent(large) : null };
}

export function targets({ sizes }) {
  const { size, ms, rss, reads } = sizes.at(-1);
  const what = `plan of ${count(size)} against ${count(size)}, no latency`;
  return [
    { what: `${what}: time a page`, target: 'at most 0.8 ms', measured: time(ms / reads), met: ms / reads <= 0.8 },
    {
      what: `${what}: peak memory`,
      target: 'at most 350 MB',
      measured: memory(rss),
      met: rss === null ? null : rss <= 350e6,
    },
  ];
}

/** Returns the lines of the plot. */
export function lines({ growth, validate }) {
  return [
    { name: 'plan', points: growth.sizes.map(({ size, ms }) => [size, ms]) },
    { name: 'validate', points: validate.sizes.map(({ size, validate }) => [size, validate.ms]) },
    { name: 'sort + comm', points: validate.sizes.map(({ size, sortTwo }) => [size, sortTwo.ms]), faint: true },
  ];
}

export function render({ sizes }, { validate, plan }) {
  const memoryOfValidate = new Map(validate?.sizes.map((row) => [row.size, row.validate]) ?? []);
  const cells = sizes.map(({ size, ms, cpu, reading, rss, reads }) => [
    count(size),
    time(ms / reads),
    time(memoryOfValidate.get(size)?.ms ?? null),
    time(ms),
    time(reading),
    time(cpu),
    memory(memoryOfValidate.get(size)?.rss ?? null),
    memory(rss),
    count(reads),
  ]);
  const head = ['numbers', 'plan, a page', '`validate`', '`plan`', '– of it reading', '– processor time'];
  head.push('memory of `validate`', 'memory of `plan`', 'reads');
  const fits = [['`plan`', exponents(sizes.map(({ size, ms }) => [size, ms]))]];
  if (validate) fits.push(['`validate`', exponents(validate.sizes.map((row) => [row.size, row.validate.ms]))]);
  if (validate) fits.push(['`sort -u` + `comm`', exponents(validate.sizes.map((row) => [row.size, row.sortTwo.ms]))]);
  const fitted = fits.map(([name, { all, large }]) => [name, large === null ? '–' : `**${share(large)}**`, share(all)]);
  const sections = [
    `## Growth and memory

The same commands for lists of 1,000 to 1,000,000 numbers, with a server that answers at once and ${CONCURRENCY}
requests in flight. With the empty page at the end, a list of 1,000,000 takes 10,001 reads. Memory is the
largest resident set of the process.

${table(head, cells)}`,
    `![Time by length of the list](performance.svg)`,
    `The exponent e of time = c × numbers^e, fitted by least squares to the logarithms; 1 is linear. For
short lists the start of the process dominates, so the larger half is more informative.

${table(['command', `from ${count(LARGE)} on`, 'all sizes'], fitted)}`,
    besides(sizes.at(-1), plan),
  ];
  return sections.filter(Boolean).join('\n\n');
}

const against = (runs, others) => ({ ratio: ratio(runs, others), ms: typical(others), cpu: typical(others, 'cpu') });

/** Compares the largest list with the scripts, and with the transport alone. */
function besides({ size, ms, cpu, reading, rivals, serverCpu, reads }, plan) {
  const { parallel, fetch, http } = rivals;
  const script = plan?.rows.find(({ latency }) => latency === 0)?.script;
  const longScript = script && (script / pagesOf(plan.size)) * reads;
  const rows = [
    ...(longScript
      ? [['plan ÷ shell script, extrapolated', `**${share(ms / longScript)}**`, time(ms), time(longScript), '–']]
      : []),
    ...(parallel
      ? [['plan ÷ `curl -Z`', ratioText(parallel.ratio), time(ms), time(parallel.ms), time(parallel.cpu)]]
      : []),
    ['reading alone ÷ bare node-fetch', ratioText(fetch.ratio), time(reading), time(fetch.ms), time(fetch.cpu)],
    ['reading alone ÷ bare node:http', ratioText(http.ratio), time(reading), time(http.ms), time(http.cpu)],
  ];
  return `### ${count(size)} against ${count(size)}

Without latency, only processing takes time. The shell script would take minutes, so its time a page
in the table above is multiplied. "Bare" is a loop that reads the same pages, ${CONCURRENCY} at once, and discards
them: no program that uses the HTTP library can be faster. The whole plan took ${time(cpu)} of processor time,
which other work on the machine affects less than elapsed time; the last column has that of the others.
The server takes ${time(serverCpu / reads)} of processor time a page and shares the cores with the programs.

${table(['', 'ratio', 'blacklistctl', 'the other', 'its processor time'], rows)}`;
}
