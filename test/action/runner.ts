/** Runs the action as GitHub's runner does: inputs and event in the environment, outputs and summary in files. */
import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { runAction } from '../../src/action/run-action.ts';
import type { Clock } from '../../src/model/world.ts';
import { later } from '../later.ts';
import { HastyClock } from '../stories/clock.ts';
import { type Api, enter, makeFolder, root, TOKEN, Transcript, withoutExamples } from '../stories/harness.ts';
import type { StandIn } from './github.ts';

export const definition = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as {
  inputs: Record<string, { description: string; required?: boolean; default?: string }>;
  outputs: Record<string, { description: string }>;
  runs: { using: string; main: string };
};

const GITHUB_TOKEN = 'ghs_Canary0123456789abcdefghij';

export interface Step {
  /** The checkout. */
  readonly cwd: string;
  readonly api: Api;
  readonly github: StandIn;
  readonly inputs: Readonly<Record<string, string>>;
  /** The event: its name, payload, commit and ref. */
  readonly event: { readonly name: string; readonly payload?: object; readonly sha?: string; readonly ref?: string };
  /** More than 1 for a re-run. */
  readonly attempt?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  /** The folder of the built action; this repository if it is not given. */
  readonly action?: string;
}

export interface Ran {
  readonly code: number | null;
  readonly log: string;
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface Running {
  readonly done: Promise<Ran>;
  /** Resolves when the log matches; rejects if the step ends before. */
  said(pattern: RegExp): Promise<unknown>;
  kill(signal: 'SIGINT' | 'SIGTERM'): void;
}

/** Runs one step in this process, on a clock that never waits. */
export const runStep = (step: Step): Promise<Ran> => startStep(step).done;

export function startStep(step: Step): Running {
  const leave = enter(step.cwd);
  const { env, finish } = prepare(step);
  const signals = new EventEmitter();
  const transcript = new Transcript();
  const stream = () =>
    new Writable({
      decodeStrings: false,
      write(text: string, _, next) {
        transcript.add('stdout', text);
        next();
      },
    });
  const host = {
    env,
    stdin: Readable.from([]),
    stdout: stream(),
    stderr: stream(),
    signals,
    exit() {},
    clock: step.clock ?? new HastyClock(),
    packageRoot: pathToFileURL(`${root}/`),
  };
  const done = runAction(host)
    .finally(leave)
    .then((code) => finish(code, transcript.stdout));
  const said = (pattern: RegExp) => transcript.said(pattern, done);
  return { done, said, kill: (signal) => void signals.emit(signal) };
}

/** Runs one step of the built action in its own process. */
export const runBuilt = (step: Step): Promise<Ran> => startBuilt(step).done;

export function startBuilt(step: Step): Running {
  const { env, finish } = prepare(step);
  const program = join(step.action ?? root, definition.runs.main);
  const child = spawn(process.execPath, [program], { cwd: step.cwd, env });
  later(() => void child.kill('SIGKILL'));
  const transcript = new Transcript();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => transcript.add('stdout', text));
  }
  const done = new Promise<Ran>((resolve, reject) => {
    child.on('close', (code) => {
      try {
        resolve(finish(code, transcript.stdout));
      } catch (error) {
        reject(error);
      }
    });
  });
  const said = (pattern: RegExp) => transcript.said(pattern, done);
  return { done, said, kill: (signal) => void child.kill(signal) };
}

/** Writes the files of a runner. */
function prepare({ api, github, inputs, event, attempt = 1, env = {} }: Step) {
  const temp = makeFolder();
  mkdirSync(join(temp, 'runner'));
  const files = { output: join(temp, 'output'), summary: join(temp, 'summary'), event: join(temp, 'event.json') };
  writeFileSync(files.output, '');
  writeFileSync(files.summary, '');
  writeFileSync(files.event, JSON.stringify({ repository: { full_name: 'octo/lists' }, ...event.payload }));
  const defaults = Object.entries(definition.inputs).map(([name, { default: value = '' }]) => [name, value]);
  const given = { ...Object.fromEntries(defaults), 'github-token': GITHUB_TOKEN, ...inputs };
  const variables: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTOR: 'octocat',
    GITHUB_API_URL: github.url,
    GITHUB_SERVER_URL: 'https://github.example',
    GITHUB_REPOSITORY: 'octo/lists',
    GITHUB_RUN_ID: '42',
    GITHUB_RUN_ATTEMPT: String(attempt),
    GITHUB_SHA: event.sha ?? github.repository.head(),
    GITHUB_REF: event.ref ?? 'refs/heads/main',
    GITHUB_EVENT_NAME: event.name,
    GITHUB_EVENT_PATH: files.event,
    GITHUB_OUTPUT: files.output,
    GITHUB_STEP_SUMMARY: files.summary,
    RUNNER_TEMP: join(temp, 'runner'),
    BLACKLISTCTL_BASE_URL: api.url,
    SINCH_WHATSAPP_TOKEN: TOKEN,
    ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    ...env,
  };
  const set = Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    env: Object.fromEntries(set),
    finish(code: number | null, log: string): Ran {
      const [summary, outputs] = [readFileSync(files.summary, 'utf8'), readOutputs(readFileSync(files.output, 'utf8'))];
      checkWhatWasSaid(log, summary, outputs, github);
      return { code, log, summary, outputs };
    },
  };
}

/** Checks that the output of a step contains no unmasked number and no token. */
function checkWhatWasSaid(log: string, summary: string, outputs: Ran['outputs'], github: StandIn): void {
  expect(log, 'a stack trace').not.toMatch(/^\s+at .+:\d+/m);
  const posted = [...github.issues.values()].flatMap(({ title, body, comments }) => [
    title,
    body,
    ...comments.map((comment) => comment.body),
  ]);
  // Tokens may appear only in the command that makes the runner redact them.
  const said = [log.replace(/^::add-mask::.*$/gm, ''), summary, JSON.stringify(outputs), ...posted].join('\n');
  for (const token of [TOKEN, GITHUB_TOKEN]) expect(said).not.toContain(token);
  expect(withoutExamples(said), 'a whole number').not.toMatch(/\+\d{7,}|\b447700\d{6}\b/);
}

/** The heredocs of GITHUB_OUTPUT. */
function readOutputs(text: string): Record<string, string> {
  const found = text.matchAll(/^([\w-]+)<<(ghadelimiter_[\w-]+)\n(.*?)\n\2$/gms);
  return Object.fromEntries([...found].map(([, name, , value]) => [name!, value!]));
}
