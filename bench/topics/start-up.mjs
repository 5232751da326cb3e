import { memory, ratioText, share, table, time } from '../format.mjs';
import { CLI } from '../machine.mjs';
import { ratio, sideBySide, typical } from '../measure.mjs';

export const title = 'start-up';

export async function measure(bench) {
  bench.say('start-up');
  const { version, help, node } = await sideBySide(
    {
      version: () => bench.node([CLI, '--version']),
      help: () => bench.node([CLI, '--help']),
      node: () => bench.node(['-e', '0']),
    },
    bench.quick ? 1 : 31,
  );
  const one = (runs) => ({ ms: typical(runs), rss: typical(runs, 'rss') });
  return {
    node: one(node),
    rows: [
      { name: '`--version`', ...one(version), toNode: ratio(version, node) },
      { name: '`--help`', ...one(help), toNode: ratio(help, node) },
    ],
  };
}

export function targets({ rows: [{ toNode }] }) {
  return [
    {
      what: '`--version`, time ÷ `node -e 0`',
      target: 'within 1.5',
      measured: share(toNode.median),
      met: toNode.median <= 1.5,
    },
  ];
}

export function render({ node, rows }) {
  const cells = rows.map(({ name, toNode, ms, rss }) => [name, ratioText(toNode), time(ms), memory(rss)]);
  cells.push(['`node -e 0`', '1', time(node.ms), memory(node.rss)]);
  return `## Start-up

The time of a command before it does anything, compared with a Node process that does nothing. Medians
of 31 rounds.

${table(['process', '÷ `node -e 0`', 'time', 'peak memory'], cells)}`;
}
