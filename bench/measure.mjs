// Runs programs and measures wall time, processor time and peak memory. Computes medians, ratios and exponents.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BASE, hasGnuTime } from './machine.mjs';

/**
 * Runs one program to its end.
 *
 * @param input the file that is its standard input.
 * @returns { ms, cpu (ms, or null), rss (bytes, or null), stdout }; rss is the largest process of those that ran.
 * @throws if it ends with another exit code than those of `codes`.
 */
export async function run(command, args, { env = {}, folder, input, codes = [0] }) {
  const facts = join(folder, 'facts');
  rmSync(facts, { force: true });
  const isNode = basename(command) === 'node';
  const environment = { PATH: process.env.PATH, LC_ALL: 'C', TMPDIR: folder, HOME: folder, ...env };
  if (hasGnuTime) {
    args = ['--quiet', '--output', facts, '--format', '%M %U %S', command, ...args];
    command = '/usr/bin/time';
  } else if (isNode) {
    // Without GNU time, the process writes its own usage when it ends. This costs one or two milliseconds.
    environment.NODE_OPTIONS = `--import ${pathToFileURL(join(BASE, 'facts.mjs'))}`;
    environment.BENCH_FACTS = facts;
  }
  const stdin = input === undefined ? 'ignore' : openSync(input, 'r');
  const started = performance.now();
  const child = spawn(command, args, { env: environment, cwd: folder, stdio: [stdin, 'pipe', 'pipe'] });
  if (input !== undefined) closeSync(stdin);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    if (stderr.length < 2000) stderr += text;
  });
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const ms = performance.now() - started;
  if (!codes.includes(code))
    throw new Error(`${[command, ...args].join(' ')} ended with ${code}: ${stderr || stdout.slice(0, 2000)}`);
  const [kib, user, system] = existsSync(facts) ? readFileSync(facts, 'utf8').trim().split(' ').map(Number) : [];
  return {
    ms,
    stdout,
    rss: kib === undefined ? null : kib * 1024,
    cpu: kib === undefined ? null : (user + system) * 1000,
  };
}

const LONG = 15_000;

/**
 * Runs competitors side by side: each round runs all of them, in rotating order, so that other work on the machine
 * affects all of them.
 *
 * @param competitors name → async function to a measurement.
 * @param rounds the minimum number; 3 are enough if one takes long.
 * @returns name → the measurements, in the order of the rounds.
 */
export async function sideBySide(competitors, rounds) {
  const names = Object.keys(competitors);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  const began = performance.now();
  for (let round = 0, all = rounds; round < all; round++) {
    for (let at = 0; at < names.length; at++) {
      const name = names[(at + round) % names.length];
      results[name].push(await competitors[name]());
    }
    if (round === 0 && performance.now() - began > LONG) all = Math.min(rounds, 3);
  }
  return results;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Returns the median of one measurement; null if it could not be measured. */
export function typical(runs, key = 'ms') {
  const values = runs.map((run) => run[key]);
  return values.some((value) => value === null || value === undefined) ? null : median(values);
}

/** Returns the time of a ÷ the time of b: median, minimum and maximum over the rounds. */
export function ratio(a, b) {
  const each = a.map(({ ms }, round) => ms / b[round].ms);
  return { median: median(each), least: Math.min(...each), most: Math.max(...each) };
}

/** Returns the e of the best fit y = c·x^e: the slope of log y over log x by least squares. */
export function exponent(points) {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)]);
  const mean = (at) => logs.reduce((sum, point) => sum + point[at], 0) / logs.length;
  const [mx, my] = [mean(0), mean(1)];
  const over = logs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  return over / logs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
}
