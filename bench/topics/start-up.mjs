import { BOT } from '../data.mjs';
import { memory, ratioText, share, table, time } from '../format.mjs';
import { CLI } from '../machine.mjs';
import { ratio, sideBySide, typical } from '../measure.mjs';

export const title = 'start-up';

/** Node 24 keeps compiled code, so a plan has to start faster there. */
const isNew = Number(process.versions.node.split('.')[0]) >= 24;

/** The processes that are compared with `node -e 0`, and the goal of each. */
const PROCESSES = [
  { name: '`--version`', goal: 1.5, run: (bench) => bench.node([CLI, '--version']) },
  { name: '`--help`', goal: 1.3, run: (bench) => bench.node([CLI, '--help']) },
  { name: '`validate` of one number', goal: null, run: validateOne },
  { name: '`plan` of one bot, in sync', goal: isNew ? 1.5 : 1.8, run: (bench) => bench.plan(1) },
];

async function validateOne(bench) {
  const { yaml } = await bench.files(1);
  return bench.tool(['validate', yaml]);
}

export async function measure(bench) {
  bench.say('start-up');
  await bench.server.serve([[BOT, 0, 1]], 0);
  const competitors = PROCESSES.map(({ name, run }) => [name, () => run(bench)]);
  const runs = await sideBySide(
    Object.fromEntries([['node', () => bench.node(['-e', '0'])], ...competitors]),
    bench.quick ? 1 : 31,
  );
  const one = (name) => ({ ms: typical(runs[name]), rss: typical(runs[name], 'rss') });
  return {
    node: one('node'),
    rows: PROCESSES.map(({ name, goal }) => ({ name, goal, ...one(name), toNode: ratio(runs[name], runs.node) })),
  };
}

export function targets({ rows }) {
  return rows
    .filter(({ goal }) => goal !== null)
    .map(({ name, goal, toNode }) => ({
      what: `${name}, time ÷ \`node -e 0\``,
      target: `within ${goal}`,
      measured: share(toNode.median),
      met: toNode.median <= goal,
    }));
}

export function render({ node, rows }) {
  const cells = rows.map(({ name, toNode, ms, rss }) => [name, ratioText(toNode), time(ms), memory(rss)]);
  cells.push(['`node -e 0`', '1', time(node.ms), memory(node.rss)]);
  return `## Start-up

The time of a command with almost no work, compared with a Node process that does nothing. The plan reads
one page and the empty page after it. Medians of 31 rounds.

${table(['process', '÷ `node -e 0`', 'time', 'peak memory'], cells)}`;
}
