/** The real world, as commands see it: files, network, time and chance. Tests and the simulation make their own. */

import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { makeDecrypt } from '../desired/source/decrypt.ts';
import { commitTree } from '../desired/source/git.ts';
import { readStdin } from '../desired/source/stdin.ts';
import { disk } from '../desired/source/tree.ts';
import { readFiles } from '../desired/source/yaml-files.ts';
import { InvalidError } from '../model/errors.ts';
import type { SandboxServerOptions } from '../sandbox/server.ts';
import type { Context } from '../steps/context.ts';
import { createAll, exists, readFile, readFileIfThere, writeDesired, writePrivate, writePublic } from './disk.ts';

export const VERSION = process.env.BLACKLISTCTL_VERSION ?? '0.0.0';

/** What differs between a terminal and a workflow's runner. */
export interface Surroundings
  extends Pick<Context, 'env' | 'clock' | 'stop' | 'secrets' | 'progress' | 'present' | 'confirm' | 'ask'> {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** The folder that holds `schemas/`. */
  readonly packageRoot: URL;
  /** Given what ends all requests in flight at once. */
  onHttp(abort: () => void): void;
}

export function makeContext({ onHttp, stdin, packageRoot, ...surroundings }: Surroundings): Context {
  const decrypt = makeDecrypt(surroundings);
  return {
    ...surroundings,
    random: Math.random,
    files: {
      readDesired: (paths, { sealed } = { sealed: false }) =>
        readFiles(paths, {
          tree: disk,
          decrypt: sealed ? async () => Buffer.alloc(0) : decrypt,
          stdin: () => readStdin(stdin, surroundings.stop),
        }),
      readDesiredAt: (ref, paths) =>
        readFiles(paths, { tree: commitTree(ref), decrypt, stdin: () => readStdin(stdin, surroundings.stop) }),
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
      readPackaged: (path) => readFile(fileURLToPath(new URL(path, packageRoot))),
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
    startSandbox: (stateFile) => startSandbox(stateFile === undefined ? {} : { stateFile }),
  };
}

export async function startSandbox(options: SandboxServerOptions) {
  const server = await import('../sandbox/server.ts');
  try {
    return await server.startSandbox(options);
  } catch (error) {
    throw new InvalidError((error as Error).message); // a port that is taken, a state file that is damaged
  }
}
