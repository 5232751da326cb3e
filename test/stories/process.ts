/** Runs the built program in its own process, for stories whose subject is the process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { later } from '../later.ts';
import {
  environment,
  type Finished,
  inFull,
  makeFolder,
  type Running,
  type RunOptions,
  root,
  Transcript,
} from './harness.ts';

/** The program under test; BLACKLISTCTL_TEST_CLI names another build of it. */
export const CLI = process.env.BLACKLISTCTL_TEST_CLI ?? join(root, 'dist/cli.js');
export const PROGRAM = [process.execPath, CLI];

export interface ProcessOptions extends Omit<RunOptions, 'clock' | 'unread'> {
  /** Another program that runs the arguments: a shell or a terminal. */
  readonly through?: readonly string[];
}

export interface RunningProcess extends Running {
  readonly child: ChildProcess;
  /** Sends keys or text to the program. */
  type(text: string): void;
}

export function startProcess(args: readonly string[], options: ProcessOptions = {}): RunningProcess {
  const env = environment(options);
  const [command = process.execPath, ...rest] = options.through ?? PROGRAM;
  const argv = options.piped || options.through || env.CI ? args : inFull(args);
  const child = spawn(command, [...rest, ...argv], { cwd: options.cwd ?? makeFolder(), env });
  const transcript = new Transcript();
  child.stdout.setEncoding('utf8').on('data', (text: string) => transcript.add('stdout', text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => transcript.add('stderr', text));
  child.stdin.on('error', () => {}); // the program may end before it reads
  if (options.through === undefined || options.input !== undefined) child.stdin.end(options.input ?? '');
  later(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const done = closed.then(([code, signal]) => transcript.finish(code, signal, env));
  done.catch(() => {}); // The test that awaits it gets the error. Until then, this prevents an unhandled rejection.
  return {
    child,
    done,
    said: (pattern) => transcript.said(pattern, closed),
    kill: (signal) => void child.kill(signal),
    type: (text) => void child.stdin.write(text),
  };
}

export function runProcess(args: readonly string[], options?: ProcessOptions): Promise<Finished> {
  return startProcess(args, options).done;
}
