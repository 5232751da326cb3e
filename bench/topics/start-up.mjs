import { BOT } from '../data.mjs';
import { memory, ratioText, share, table, time } from '../format.mjs';
import { CLI } from '../machine.mjs';
import { ratio, sideBySide, typical } from '../measure.mjs';

export const title = 'start-up';

/** The processes that are compared with `node -e 0`, and the goal of each. */
const PROCESSES = [
  { name: '`--version`', goal: () => 1.5, run: (bench) => bench.node([CLI, '--version']) },
  { name: '`--help`', goal: () => 1.3, run: (bench) => bench.node([CLI, '--help']) },
  { name: '`validate` of one number', goal: () => null, run: validateOne },
  // Node 22 and later keep compiled code, so a plan has to start faster there.
  { name: '`plan` of one bot, in sync', goal: (major) => (major >= 22 ? 1.5 : 1.8), run: (bench) => bench.plan(1) },
  { name: 'bare script with node-fetch and yaml', goal: () => null, run: (bench) => bench.bareStart() },
];

async function validateOne(bench) {
  const { yaml } = await bench.files(1);
  return bench.tool(['validate', yaml]);
}

export async function measure(bench) {
  await bench.server.serve([[BOT, 0, 1]], 0);
  const own = bench.program;
  const measured = [];
  for (const program of bench.programs) {
    bench.program = program;
    measured.push(await measureOne(bench));
  }
  bench.program = own;
  return measured;
}

async function measureOne(bench) {
  const version = (await bench.node(['--version'])).stdout.trim();
  bench.say(`start-up with Node ${version}`);
  const competitors = PROCESSES.map(({ name, run }) => [name, () => run(bench)]);
  const runs = await sideBySide(
    Object.fromEntries([['node', () => bench.node(['-e', '0'])], ...competitors]),
    bench.quick ? 1 : 31,
  );
  const one = (name) => ({ ms: typical(runs[name]), rss: typical(runs[name], 'rss') });
  const major = Number.parseInt(version.slice(1), 10);
  return {
    version,
    node: one('node'),
    rows: PROCESSES.map(({ name, goal }) => {
      return { name, goal: goal(major), ...one(name), toNode: ratio(runs[name], runs.node) };
    }),
  };
}

export function targets(measured) {
  return measured.flatMap(({ version, rows }) =>
    rows
      .filter(({ goal }) => goal !== null)
      .map(({ name, goal, toNode }) => ({
        what: `${name} with Node ${version}, time ÷ \`node -e 0\``,
        target: `within ${goal}`,
        measured: share(toNode.median),
        met: toNode.median <= goal,
      })),
  );
}

export function render(measured) {
  const cells = measured.flatMap(({ version, node, rows }) => [
    ...rows.map(({ name, toNode, ms, rss }) => [version, name, ratioText(toNode), time(ms), memory(rss)]),
    [version, '`node -e 0`', '1', time(node.ms), memory(node.rss)],
  ]);
  return `## Start-up

The time of a command with almost no work, compared with a Node process that does nothing. The plan reads
one page and the empty page after it. Medians of 31 rounds. \`--other-node\` adds another Node.

${table(['Node', 'process', '÷ `node -e 0`', 'time', 'peak memory'], cells)}

What bounds it, by a processor profile of the plan with Node 20, in milliseconds of the 100 that it needs
besides \`node -e 0\`:

- **About 25: compiling the modules**, 0.95 MB of code in 11 files. Node 20 cannot keep compiled code.
  Node 22 and later keep it in a folder of the user, but not in CI.
- **About 25: Node's module loader**, and its own modules for HTTP, TLS, streams and hashes.
- **About 15: the YAML library**, its start and its first parse, before its code is optimized.
- **About 10: node-fetch**, its start, headers and streams, for the first request.
- **About 10: the command line**, with the options of all commands.
- The rest is the checks, the plan and the report, each of which runs once.

The goal for the plan cannot be reached with these libraries: the bare script also misses it. It only
parses the file with yaml and requests the two pages with node-fetch. If \`NODE_EXTRA_CA_CERTS\` is set,
every Node process takes much longer, and the ratios are about half as large.

What bounds \`--help\`, in milliseconds of the 28 that it needs besides \`node -e 0\`: about 9 are commander and
the modules of Node that it loads, 8 Node's module loader, 6 the options of all commands, and 5 parsing and
printing.

Tried without a measurable gain: loading formats when they are needed (46 kB less code, but six more
files), loading the commands that edit files when they are needed (90 kB less), one file instead of
eleven, shorter names (a quarter fewer bytes), and Node's modules for processes and clocks only when they
are used.`;
}
