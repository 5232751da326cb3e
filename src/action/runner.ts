/** Exchanges data with the runner. Source: "Workflow commands for GitHub Actions" in GitHub's documentation. */
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import type { Env } from '../model/world.ts';
import { command } from '../report/github.ts';

export type Runner = ReturnType<typeof makeRunner>;

export function makeRunner(env: Env, stdout: Writable) {
  const say = (kind: string, message: string) => void stdout.write(command(kind, { properties: {}, message }));
  return {
    /** Returns an input by its name, trimmed; empty if it is not set. */
    input: (name: string) => (env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] ?? '').trim(),
    /** Sets an output. The delimiter is random, so that no value can contain it. */
    output(name: string, value: unknown): void {
      const end = `ghadelimiter_${randomUUID()}`;
      appendFileSync(env.GITHUB_OUTPUT ?? '', `${name}<<${end}\n${value}\n${end}\n`);
    },
    /** Adds to the summary of the step. Older servers have no summary. */
    summary(text: string): void {
      if (env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, text);
    },
    /** Makes the runner redact a text in all logs of the job. */
    mask: (secret: string) => say('add-mask', secret),
    error: (message: string) => say('error', message),
    warning: (message: string) => say('warning', message),
    info: (message: string) => void stdout.write(`${message}\n`),
  };
}
