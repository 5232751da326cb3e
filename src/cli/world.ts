/** Makes the real context of commands: files, network, time and random. Tests and the simulation make their own. */

import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { readNumberFiles } from '../desired/number-files/read.ts';
import { type Decrypt, makeDecrypt } from '../desired/source/decrypt.ts';
import { commitTree } from '../desired/source/git.ts';
import { timeOfCommit } from '../desired/source/log.ts';
import { pathsAt, readPast } from '../desired/source/past.ts';
import { readStdin } from '../desired/source/stdin.ts';
import { disk as diskTree, type Tree } from '../desired/source/tree.ts';
import { readFiles } from '../desired/source/yaml-files.ts';
import { InvalidError, systemError } from '../model/errors.ts';
import { timeOf } from '../model/world.ts';
import type { SandboxServerOptions } from '../sandbox/server.ts';
import type { Context } from '../steps/context.ts';
import type { CommitName } from '../steps/files.ts';
import * as disk from './disk.ts';
import { VERSION } from './program/version.ts';

/** The parts of a context that differ between a terminal and a GitHub runner. */
export interface Surroundings
  extends Pick<
    Context,
    'env' | 'clock' | 'stop' | 'secrets' | 'tokens' | 'progress' | 'trace' | 'present' | 'confirm' | 'ask'
  > {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** The folder that holds `schemas/`. */
  readonly packageRoot: URL;
  /** Decrypts files. The default uses the keys of the environment. */
  readonly decrypt?: Decrypt;
  /** Takes the function that cuts all requests in flight. */
  onHttp(abort: () => void): void;
  /** Called before each request that may change a live list. */
  onWrite(): void;
}

export function makeContext({ onHttp, onWrite, stdin, packageRoot, decrypt, ...surroundings }: Surroundings): Context {
  const sources = { decrypt: decrypt ?? makeDecrypt(surroundings), stdin: () => readStdin(stdin, surroundings.stop) };
  const { env } = surroundings;
  const treeAt = (at: CommitName | Tree) => ('ref' in at ? commitTree(at.ref, env, at.option) : at);
  return {
    ...surroundings,
    version: VERSION,
    random: Math.random,
    files: {
      ...disk,
      readDesired: (paths, { sealed } = { sealed: false }) =>
        readFiles(paths, { ...sources, tree: diskTree, ...(sealed && { decrypt: async () => Buffer.alloc(0) }) }),
      readDesiredAt: (at, paths) => readFiles(paths, { ...sources, tree: treeAt(at) }),
      readNumbers: (wanted, at) =>
        readNumberFiles(wanted, { ...sources, tree: at === undefined ? diskTree : treeAt(at) }),
      readPast: (paths, numbers) => readPast(paths, numbers, { env, option: '--history' }),
      dayOf: ({ ref, option }) => timeOf(timeOfCommit(ref, { env, option: `${option} ${ref}` })).slice(0, 10),
      pathsAt: ({ ref, option }, paths) => pathsAt(ref, paths, { env, option: `${option} ${ref}` }),
      readStdin: sources.stdin,
      readPackaged: (path) => disk.read(fileURLToPath(new URL(path, packageRoot))),
    },
    async openHttp(options) {
      const { openHttp } = await import('../api/http.ts');
      const http = openHttp({ ...options, version: VERSION });
      onHttp(http.abort);
      return {
        ...http,
        send(request) {
          if (request.method !== 'GET') onWrite();
          return http.send(request);
        },
      };
    },
    async doubtful(numbers, by) {
      const { impossibleNumbers, invalidNumbers } = await import('../numbers/plausible.ts');
      return by === 'all' ? invalidNumbers(numbers) : impossibleNumbers(numbers);
    },
    async spelledAlike(declared, others) {
      if (declared.size === 0 || others.size === 0) return new Map();
      const { spelledAlike } = await import('../numbers/plausible.ts');
      return spelledAlike(declared, others);
    },
    async countryOf(number) {
      const { countryOf } = await import('../numbers/plausible.ts');
      return countryOf(number);
    },
    startSandbox: (stateFile) => startSandbox(stateFile === undefined ? {} : { stateFile }),
  };
}

export async function startSandbox(options: SandboxServerOptions) {
  const server = await import('../sandbox/server.ts');
  try {
    return await server.startSandbox(options);
  } catch (error) {
    throw new InvalidError(sandboxError(error as Error, options));
  }
}

function sandboxError(error: Error, { port, stateFile }: SandboxServerOptions): string {
  const cause = (error.cause ?? error) as NodeJS.ErrnoException; // the sandbox adds words to errors of its state file
  const why = systemError(cause);
  if (why === null || cause.code === 'ENOENT') return error.message;
  if (cause.syscall === 'listen') {
    return `port ${port}: ${why}; choose another one with --port, or --port 0 for any free port`;
  }
  return `${stateFile}: ${why}`;
}
