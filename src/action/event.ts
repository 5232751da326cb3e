/** What a step runs for: the runner's variables and the payload of the event, as facts. */
import { InvalidError } from '../model/errors.ts';
import type { Env } from '../model/world.ts';

export interface StepEvent {
  readonly name: string;
  /** OWNER/NAME. */
  readonly repository: string;
  readonly sha: string;
  /** Empty if the runner names none. */
  readonly ref: string;
  /** Null unless `ref` is a branch. */
  readonly branch: string | null;
  /** 1 for a first run, more for a re-run. A re-run has the commit and the ref of the first one. */
  readonly attempt: number;
  readonly runUrl: string;
  /** The pull request that the event is about. `head` is its newest commit when the event happened. */
  readonly pull: { readonly number: number; readonly head: string } | null;
  /** The pull request comes from a fork or from Dependabot, whose runs get no secrets. */
  readonly foreign: boolean;
  /** The commits of a push. */
  readonly pushed: readonly string[];
}

/** The parts of a payload that count. */
interface Payload {
  readonly ref?: string;
  readonly repository?: { readonly full_name?: string };
  readonly commits?: readonly { readonly id: string }[];
  readonly pull_request?: {
    readonly number: number;
    readonly head?: { readonly sha?: string; readonly repo?: { readonly full_name?: string } | null };
  };
}

/** @param payload the JSON document of the event. */
export function readEvent(env: Env, payload: Payload): StepEvent {
  const { pull_request: pull, commits = [] } = payload;
  const home = payload.repository?.full_name;
  const repository = env.GITHUB_REPOSITORY || home || '';
  const sha = env.GITHUB_SHA ?? '';
  const ref = env.GITHUB_REF || payload.ref || '';
  const isFork = pull?.head?.repo?.full_name !== home;
  return {
    name: env.GITHUB_EVENT_NAME ?? '',
    repository,
    sha,
    ref,
    branch: ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : null,
    attempt: Number(env.GITHUB_RUN_ATTEMPT) || 1,
    runUrl: `${env.GITHUB_SERVER_URL || 'https://github.com'}/${repository}/actions/runs/${env.GITHUB_RUN_ID ?? ''}`,
    pull: pull ? { number: pull.number, head: pull.head?.sha ?? sha } : null,
    foreign: pull !== undefined && (isFork || env.GITHUB_ACTOR === 'dependabot[bot]'),
    pushed: commits.map(({ id }) => id),
  };
}

const SERVED = 'run this step on pull_request, merge_group, push, schedule or workflow_dispatch';

/** @throws InvalidError if the event must not run the program, or not this command. */
export function refuseEvent({ name }: StepEvent, command: string): void {
  if (name === 'issue_comment' || name === 'pull_request_target') {
    const why = 'it would run code of other people with the secrets of the default branch';
    throw new InvalidError(`the event ${name} is not served: ${why}; ${SERVED}`);
  }
  if (name === 'merge_group' && command === 'apply') {
    throw new InvalidError('the event merge_group approves nothing: its commit is not merged yet; run apply on push');
  }
}
