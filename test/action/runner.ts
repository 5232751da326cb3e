/** Runs the built action as GitHub's runner does: inputs and event in the environment, outputs and summary in files. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { later } from '../later.ts';
import { type Api, makeFolder, TOKEN } from '../stories/harness.ts';
import type { StandIn } from './github.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
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
  /** What happened: its name, its payload and its commit. */
  readonly event: { readonly name: string; readonly payload?: object; readonly sha?: string };
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called when the step has started. */
  readonly started?: (step: ChildProcess) => void;
}

export interface Ran {
  readonly code: number | null;
  readonly log: string;
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs one step. No whole number and no token may be left in what it says. */
export async function runStep({ cwd, api, github, inputs, event, env = {}, started }: Step): Promise<Ran> {
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
    GITHUB_API_URL: github.url,
    GITHUB_SERVER_URL: 'https://github.example',
    GITHUB_REPOSITORY: 'octo/lists',
    GITHUB_RUN_ID: '42',
    GITHUB_SHA: event.sha ?? 'c0ffee0'.repeat(5),
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
  const child = spawn(process.execPath, [join(root, definition.runs.main)], { cwd, env: Object.fromEntries(set) });
  later(() => void child.kill('SIGKILL'));
  started?.(child);
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  const summary = readFileSync(files.summary, 'utf8');
  const outputs = readOutputs(readFileSync(files.output, 'utf8'));
  expect(log, 'a stack trace').not.toMatch(/^\s+at .+:\d+/m);
  const posted = [...github.issues.values()].flatMap(({ title, body, comments }) => [
    title,
    body,
    ...comments.map((comment) => comment.body),
  ]);
  // A token stands in one place: where the runner is told to hide it.
  const said = [log.replace(/^::add-mask::.*$/gm, ''), summary, JSON.stringify(outputs), ...posted].join('\n');
  for (const token of [TOKEN, GITHUB_TOKEN]) expect(said).not.toContain(token);
  expect(said, 'a whole number').not.toMatch(/\+\d{7,}|\b447700\d{6}\b/);
  return { code, log, summary, outputs };
}

/** The heredocs of GITHUB_OUTPUT. */
function readOutputs(text: string): Record<string, string> {
  const found = text.matchAll(/^([\w-]+)<<(ghadelimiter_[\w-]+)\n(.*?)\n\2$/gms);
  return Object.fromEntries([...found].map(([, name, , value]) => [name!, value!]));
}
