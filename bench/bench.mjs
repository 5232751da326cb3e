// Makes the argument of every topic: the server, the folder, the input files, the sizes, and functions that run programs.
import { existsSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { BOT, desired, differing, live, numberFilesYaml, TOKEN, writeCsv, writeText, writeYaml } from './data.mjs';
import { BASE, CLI } from './machine.mjs';
import { run } from './measure.mjs';

export const CONCURRENCY = 8;
const PAGE = 100;

/**
 * Returns the time of reading alone: from the arrival of the first request to the last answer, as the server
 * measured it.
 */
export const readingOf = ({ seen }) => ({ ms: seen.read.last - seen.read.first });

/** Returns the minimum count of requests that read a list of `count`: only an empty page is the end. */
export const pagesOf = (count) => Math.ceil(count / PAGE) + 1;

/** Returns the minimum time for any client: each request waits, and `CONCURRENCY` of them wait at once. */
export const limit = (requests, latency) => Math.ceil(requests / CONCURRENCY) * latency;

export class Bench {
  #files = new Map();

  constructor({ server, folder, quick, otherNode, say }) {
    this.server = server;
    this.folder = folder;
    this.quick = quick;
    this.say = say;
    /** The Node that runs the programs, and all that the start-up is measured with. */
    this.program = process.execPath;
    this.programs = [process.execPath, ...(otherNode ? [otherNode] : [])];
    /** The minimum count of rounds in a comparison. */
    this.rounds = quick ? 1 : 5;
    this.sizes = quick ? [1_000, 3_000, 10_000] : [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000];
  }

  /** Writes the desired list as YAML and as text, and the live list as text, unsorted and sorted. */
  async files(size) {
    const known = this.#files.get(size);
    if (known) return known;
    const at = (name) => join(this.folder, `${name}-${size}`);
    const files = {
      yaml: at('desired.yaml'),
      text: at('desired.txt'),
      live: at('live.txt'),
      sorted: at('live.sorted'),
    };
    await writeYaml(files.yaml, [[BOT, desired(size)]]);
    await writeText(files.text, desired(size));
    await writeText(files.live, live(size));
    await writeText(files.sorted, live(size).sort());
    this.#files.set(size, files);
    return files;
  }

  /** Writes the desired list as number files, text and CSV, and for each a YAML file that names it. */
  async numberFiles(size) {
    const { text } = await this.files(size);
    const csv = join(this.folder, `desired.csv-${size}`);
    await writeCsv(csv, desired(size));
    const yaml = { text: `${text}.yaml`, csv: `${csv}.yaml` };
    writeFileSync(yaml.text, numberFilesYaml([{ path: basename(text) }]));
    writeFileSync(yaml.csv, numberFilesYaml([{ path: basename(csv), column: 'phone' }]));
    return { text, csv, yaml };
  }

  node(args) {
    return run(this.program, args, this.#how());
  }

  script(name, args) {
    return run('bash', [join(BASE, name), ...args], this.#how());
  }

  /** Runs blacklistctl; `report` is its JSON. */
  async tool(args) {
    const result = await this.node([CLI, ...args, '--format', 'json']);
    return { ...result, report: JSON.parse(result.stdout), stdout: '' };
  }

  /** Runs blacklistctl against the server; `seen` are the server's measurements. */
  async online(args) {
    await this.server.stats();
    const result = await this.tool([...args, '--base-url', this.server.url, '--rate', '0']);
    return { ...result, seen: await this.server.stats() };
  }

  /**
   * Plans `size` desired numbers; the server must serve as many. Checks the counts, which do not depend on
   * speed.
   */
  async plan(size) {
    const { yaml } = await this.files(size);
    const result = await this.online(['plan', yaml, '--concurrency', String(CONCURRENCY)]);
    const { summary } = result.report;
    const { seen } = result;
    expect(`changes of a plan of ${size}`, `${summary.add} ${summary.remove}`, `${differing(size)} ${differing(size)}`);
    expect('requests that the server refused', seen.wrong, 0);
    expect('writes of a plan', seen.writes, 0);
    expectAtMost('requests in flight', seen.peak, CONCURRENCY);
    expectAtMost(`reads for ${pagesOf(size)} pages`, seen.reads, pagesOf(size) + CONCURRENCY);
    return result;
  }

  /** Plans with one of the scripts. */
  async scriptedPlan(name, size, ...args) {
    const { text } = await this.files(size);
    await this.server.stats();
    const result = await this.script(name, [this.server.list, text, ...args]);
    expect(`changes that ${name} found`, result.stdout.trim(), `${differing(size)} ${differing(size)}`);
    return { ...result, seen: await this.server.stats() };
  }

  curlParallel(size) {
    return this.scriptedPlan('rival-parallel.sh', size, String(pagesOf(size) - 1), String(CONCURRENCY));
  }

  /** Reads all pages with only node-fetch or node:http, and discards them. */
  async pages(how, size) {
    const last = String(pagesOf(size) - 1);
    await this.server.stats();
    const args = [join(BASE, 'load-pages.mjs'), how, this.server.list, last, String(CONCURRENCY)];
    const result = await this.node(args);
    return { ...result, seen: await this.server.stats() };
  }

  /** Plans a list of the Cloud API with as many adds and as many removes. */
  async cursorPlan(file, changes) {
    const result = await this.online(['plan', file]);
    const { summary } = result.report;
    expect('changes of a plan by cursor', `${summary.add} ${summary.remove}`, `${changes} ${changes}`);
    expect('requests that the server did not know', result.seen.wrong, 0);
    return result;
  }

  /** Parses one desired number and requests its list with only yaml and node-fetch, both bundled into one file. */
  async bareStart() {
    const { yaml } = await this.files(1);
    const outfile = join(this.folder, 'load-start.mjs');
    if (!existsSync(outfile)) await bundle(join(BASE, 'load-start.mjs'), outfile);
    return this.node([outfile, yaml, this.server.list]);
  }

  /** Reads a list of the Cloud API with only node-fetch, in pages of this size. */
  cursorPages(size) {
    return this.node([join(BASE, 'load-pages.mjs'), 'cursors', this.server.cloudList, String(size)]);
  }

  /** Reads two pages of each bot with only node-fetch, and discards them. */
  botPages(bots, parallel) {
    return this.node([join(BASE, 'load-pages.mjs'), 'bots', this.server.url, String(bots), String(parallel)]);
  }

  #how() {
    return { folder: this.folder, env: { BENCH_TOKEN: TOKEN } };
  }
}

/** Bundles a script as a program is bundled, so that its start is not the loading of many small files. */
function bundle(script, outfile) {
  const js = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  const output = { outfile, format: 'esm', platform: 'node', minifyWhitespace: true, banner: { js } };
  return build({ entryPoints: [script], bundle: true, logLevel: 'error', ...output });
}

export function expect(what, actual, wanted) {
  if (actual !== wanted) throw new Error(`${what}: ${actual} instead of ${wanted}`);
}

export function expectAtMost(what, actual, most) {
  if (!(actual <= most)) throw new Error(`${what}: ${actual}, and at most ${most} is allowed`);
}
