/** What a step reads from its runner and tells it: "Workflow commands for GitHub Actions" of GitHub's documentation. */
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import type { Env } from '../model/world.ts';
import { command } from '../report/github.ts';

export type Runner = ReturnType<typeof makeRunner>;

export function makeRunner(env: Env, stdout: Writable) {
  const say = (kind: string, message: string) => void stdout.write(command(kind, { properties: {}, message }));
  return {
    /** An input by its name, trimmed; empty if it is not given. */
    input: (name: string) => (env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] ?? '').trim(),
    /** No value can end the delimiter's block: the delimiter is random. */
    output(name: string, value: unknown): void {
      const end = `ghadelimiter_${randomUUID()}`;
      appendFileSync(env.GITHUB_OUTPUT ?? '', `${name}<<${end}\n${value}\n${end}\n`);
    },
    /** Older servers have none. */
    summary(text: string): void {
      if (env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, text);
    },
    /** Has the runner hide a text in all logs of the job. */
    mask: (secret: string) => say('add-mask', secret),
    error: (message: string) => say('error', message),
    warning: (message: string) => say('warning', message),
    info: (message: string) => void stdout.write(`${message}\n`),
  };
}
