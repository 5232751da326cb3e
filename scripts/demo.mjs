// The main job, from the first plan to the empty second one, against a sandbox on this machine. Nothing leaves it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'blacklistctl-demo-'));
const sandbox = `--sandbox=${join(folder, 'lists.json')}`;

function run(...args) {
  console.log(`\n$ blacklistctl ${args.join(' ')}`);
  const { status } = spawnSync(process.execPath, ['dist/cli.js', ...args], { cwd: root, stdio: 'inherit' });
  console.log(`(exit code ${status})`);
  return status;
}

const expected = [
  [0, 'validate', 'examples/blacklist.yaml'],
  [2, 'plan', 'examples/blacklist.yaml', sandbox, '--detailed-exitcode'],
  [0, 'apply', 'examples/blacklist.yaml', sandbox, '--yes'],
  [0, 'plan', 'examples/blacklist.yaml', sandbox, '--detailed-exitcode'],
];
try {
  for (const [code, ...args] of expected) {
    if (run(...args) !== code) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
