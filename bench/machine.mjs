// Describes the machine and the programs of the benchmarks.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import { fileURLToPath } from 'node:url';

export const BASE = fileURLToPath(new URL('.', import.meta.url));
export const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const CLI = `${ROOT}dist/cli.js`;

const firstLine = (command, ...args) => {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.split('\n', 1)[0].trim() : null;
};

export const hasGnuTime = firstLine('/usr/bin/time', '--version')?.includes('GNU') ?? false;
const curl = firstLine('curl', '--version');
const jq = firstLine('jq', '--version');
const sort = firstLine('sort', '--version');

/** The tools of the shell scripts that are missing on this machine. */
export const missing = [
  ['bash', firstLine('bash', '--version')],
  ['curl', curl],
  ['jq', jq],
].flatMap(([name, version]) => (version ? [] : [name]));

/** Returns the version of js-yaml, a development dependency; null if it is not installed. */
export function findJsYaml() {
  try {
    const require = createRequire(import.meta.url);
    const { version } = JSON.parse(readFileSync(require.resolve('js-yaml/package.json'), 'utf8'));
    return { version };
  } catch {
    return null;
  }
}

export function describeMachine() {
  const cpus = os.cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    load: os.loadavg()[0],
    rows: [
      ['processor', `${cpus[0]?.model.trim() ?? 'unknown'}, ${cpus.length} ${cpus.length === 1 ? 'core' : 'cores'}`],
      ['memory', `${Math.round(os.totalmem() / 2 ** 30)} GiB`],
      ['system', `${os.type()} ${os.release().split('-')[0]}, ${os.arch()}`],
      ['Node', process.version],
      ['curl', curl?.split(' ').slice(0, 2).join(' ') ?? 'missing'],
      ['jq', jq ?? 'missing'],
      ['sort, comm', sort ?? 'missing'],
      ['js-yaml', findJsYaml()?.version ?? 'missing'],
    ],
  };
}
