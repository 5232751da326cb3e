#!/usr/bin/env node
// node bench/run.mjs            measures everything and writes docs/performance.md and docs/performance.svg (about ten minutes)
//                  --quick      only checks that everything runs; writes nothing
//                  --other-node <path>  also measures the start-up with this Node
//                  --only a,b   only these topics: validate, number files, plan, cursors, growth, apply, start-up, bots; prints, writes nothing
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ceiling, startServer } from './api.mjs';
import { Bench } from './bench.mjs';
import { CLI, describeMachine, ROOT } from './machine.mjs';
import { plot } from './plot.mjs';
import { report } from './report.mjs';
import * as apply from './topics/apply.mjs';
import * as bots from './topics/bots.mjs';
import * as cursors from './topics/cursors.mjs';
import * as growth from './topics/growth.mjs';
import * as numberFiles from './topics/number-files.mjs';
import * as plan from './topics/plan.mjs';
import * as startUp from './topics/start-up.mjs';
import * as validate from './topics/validate.mjs';

const TOPICS = [validate, numberFiles, plan, cursors, growth, apply, startUp, bots];

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, 'other-node': { type: 'string' } },
});
if (!existsSync(CLI)) throw new Error('dist/cli.js is missing: run "npm run build" first');
const names = options.only?.split(',') ?? TOPICS.map(({ title }) => title);
const topics = TOPICS.filter(({ title }) => names.includes(title));
if (topics.length < names.length) throw new Error(`--only takes ${TOPICS.map(({ title }) => title).join(', ')}`);

const began = performance.now();
const say = (text) => console.error(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}`);
const folder = mkdtempSync(join(tmpdir(), 'blacklistctl-bench-'));
const server = await startServer();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  });
}
try {
  const machine = describeMachine();
  if (machine.load >= 0.5) say(`the machine is busy (load ${machine.load.toFixed(1)}): trust ratios only`);
  const bench = new Bench({ server, folder, quick: options.quick, otherNode: options['other-node'], say });
  const top = await ceiling(server, { connections: 8, ms: options.quick ? 200 : 3000 });
  say(
    `the server answers ${Math.round(top.perSecond)} requests a second at most, ${top.cpuEach.toFixed(3)} ms of processor each`,
  );
  const results = {};
  for (const topic of topics) results[topic.title] = await topic.measure(bench);
  const page = report(topics, results, { machine, ceiling: top });
  const picture = results.growth && results.validate ? plot(growth.lines(results)) : null;
  if (options.quick) {
    say('everything runs');
  } else if (options.only) {
    console.log(page);
  } else {
    writeFileSync(join(ROOT, 'docs/performance.md'), page);
    writeFileSync(join(ROOT, 'docs/performance.svg'), picture);
    say('written: docs/performance.md, docs/performance.svg');
  }
} finally {
  server.stop();
  rmSync(folder, { recursive: true, force: true });
}
