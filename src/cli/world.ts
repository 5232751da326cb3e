/** The real world, as commands see it: files, network, time and chance. Tests and the simulation make their own. */

import { fileURLToPath } from 'node:url';
import { makeDecrypt } from '../desired/source/decrypt.ts';
import { commitTree } from '../desired/source/git.ts';
import { readStdin } from '../desired/source/stdin.ts';
import { disk } from '../desired/source/tree.ts';
import { readFiles } from '../desired/source/yaml-files.ts';
import { InvalidError } from '../model/errors.ts';
import type { Context } from '../steps/context.ts';
import { systemClock } from './clock.ts';
import { createAll, exists, readFile, readFileIfThere, writeDesired, writePrivate, writePublic } from './disk.ts';

export const VERSION = process.env.BLACKLISTCTL_VERSION ?? '0.0.0';

/** What differs between a terminal and a workflow's runner. */
export interface Surroundings
  extends Pick<Context, 'env' | 'stop' | 'secrets' | 'progress' | 'present' | 'confirm' | 'ask'> {
  /** Given what ends all requests in flight at once. */
  onHttp(abort: () => void): void;
}

export function makeContext({ onHttp, ...surroundings }: Surroundings): Context {
  const decrypt = makeDecrypt(surroundings);
  const stdin = () => readStdin(surroundings.stop);
  return {
    ...surroundings,
    clock: systemClock,
    random: Math.random,
    files: {
      readDesired: (paths, { sealed } = { sealed: false }) =>
        readFiles(paths, { tree: disk, decrypt: sealed ? async () => Buffer.alloc(0) : decrypt, stdin }),
      readDesiredAt: (ref, paths) => readFiles(paths, { tree: commitTree(ref), decrypt, stdin }),
      async readNumbers(wanted, ref) {
        const { readNumberFiles } = await import('../desired/number-files/read.ts');
        return readNumberFiles(wanted, { tree: ref === undefined ? disk : commitTree(ref), decrypt });
      },
      read: readFile,
      readIfThere: readFileIfThere,
      exists,
      writePrivate,
      writePublic,
      writeDesired,
      readPackaged,
      createAll,
    },
    async openHttp(options) {
      const { openHttp } = await import('../api/http.ts');
      const http = openHttp({ ...options, version: VERSION });
      onHttp(http.abort);
      return http;
    },
    async doubtful(numbers, by) {
      const { impossibleNumbers, invalidNumbers } = await import('../numbers/plausible.ts');
      return by === 'all' ? invalidNumbers(numbers) : impossibleNumbers(numbers);
    },
    startSandbox: (stateFile) => startSandbox({ port: 0, ...(stateFile !== undefined && { stateFile }) }),
  };
}

/** The program is built into dist/, which is one level below the package's root, as src/ is. */
function readPackaged(path: string): string {
  return readFile(fileURLToPath(new URL(`../${path}`, import.meta.url)));
}

export async function startSandbox(options: Parameters<typeof import('../sandbox/server.ts').startSandbox>[0]) {
  const server = await import('../sandbox/server.ts');
  try {
    return await server.startSandbox(options);
  } catch (error) {
    throw new InvalidError((error as Error).message); // a port that is taken, a state file that is damaged
  }
}
