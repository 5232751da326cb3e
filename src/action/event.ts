/** Reads the event of a step from the runner's variables and the payload. */
import { InvalidError } from '../model/errors.ts';
import type { Env } from '../model/world.ts';

export interface StepEvent {
  readonly name: string;
  /** OWNER/NAME. */
  readonly repository: string;
  readonly sha: string;
  /** Empty if the runner sets none. */
  readonly ref: string;
  /** Null unless `ref` is a branch. */
  readonly branch: string | null;
  /** 1 for a first run, more for a re-run. A re-run has the commit and the ref of the first one. */
  readonly attempt: number;
  readonly runUrl: string;
  /** The pull request of the event. `head` is its newest commit at the time of the event. */
  readonly pull: { readonly number: number; readonly head: string } | null;
  /** The pull request is from a fork or from Dependabot, so that its runs get no secrets. */
  readonly foreign: boolean;
  /** The commits of a push. */
  readonly pushed: readonly string[];
}

/** The parts of a payload that are used. */
interface Payload {
  readonly ref?: string;
  readonly repository?: { readonly full_name?: string };
  readonly commits?: readonly { readonly id: string }[];
  readonly pull_request?: {
    readonly number: number;
    readonly head?: { readonly sha?: string; readonly repo?: { readonly full_name?: string } | null };
  };
}

/** Reads the event. @param payload the JSON document of the event. */
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

/** Returns the commit that a run of this command is about. GITHUB_SHA of a pull request is a merge that GitHub made. */
export const commitOf = ({ pull, sha }: StepEvent, command: string) => (command === 'plan' && pull ? pull.head : sha);

const SERVED = 'run this step on pull_request, merge_group, push, schedule or workflow_dispatch';

/** Checks the event. @throws InvalidError if it must not run the program, or not this command. */
export function refuseEvent({ name }: StepEvent, command: string): void {
  if (name === 'issue_comment' || name === 'pull_request_target') {
    const why = "it would run other people's code with the secrets of the default branch";
    throw new InvalidError(`the event ${name} is not supported, because ${why}; ${SERVED}`);
  }
  if (name === 'merge_group' && command === 'apply') {
    throw new InvalidError(
      'the event merge_group cannot apply, because its commit is not merged yet; run apply on push',
    );
  }
}
