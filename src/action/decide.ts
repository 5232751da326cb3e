/** Decides whether an apply may write: pure functions of facts, which `apply.ts` collects. */
import type { Comparison } from '../model/report.ts';
import type { StepEvent } from './event.ts';
import type { Pull } from './github/client.ts';
import type { Memory } from './github/plan-comment.ts';

/** The reason why an apply writes nothing. */
export interface Refusal {
  readonly outcome: 'stale' | 'invalid' | 'refused' | 'failed';
  readonly message: string;
}

/** Shortens a commit id. Seven digits would be masked as a phone number. */
export const short = (commit: string) => commit.slice(0, /^\d{7}/.test(commit) ? 6 : 7);

export interface Place extends Pick<StepEvent, 'sha' | 'branch' | 'attempt'> {
  /** The newest commit of the branch; null if there is no branch. */
  readonly head: string | null;
  /** `rewritten`: the branch no longer contains the commit. `applied`: the pull request of a later, applied merge. */
  readonly since: 'rewritten' | { readonly applied: number } | null;
}

/**
 * Returns why nothing may be applied at this commit even with an approval, or null.
 *
 * | run | its commit | later merges | may write |
 * | --- | --- | --- | --- |
 * | any | is the head of its branch | | yes |
 * | first | is older, or on no branch | none was applied | yes |
 * | first | is older | one was applied | no |
 * | first | is no longer on its branch | | no |
 * | re-run | is older, or on no branch | | no |
 */
export function refusePlace({ sha, branch, attempt, head, since }: Place): Refusal | null {
  if (head === sha) return null;
  const commit = short(sha);
  const stale = (message: string, remedy = ''): Refusal => ({
    outcome: 'stale',
    message: `${message}; nothing was written${remedy}`,
  });
  if (attempt > 1) {
    const old = head === null ? 'is the head of no branch' : `is no longer the head of ${branch}`;
    const why = `this is a re-run, and its commit ${commit} ${old}, so it could restore an older state`;
    return stale(why, '. Start a new run of the workflow.');
  }
  if (since === 'rewritten') {
    return stale(`${branch} no longer contains the commit ${commit}`, '. Start a new run of the workflow.');
  }
  if (since) return stale(`pull request #${since.applied} was merged after ${commit} and is already applied`);
  return null;
}

export interface Review {
  readonly event: Pick<StepEvent, 'name' | 'sha' | 'ref' | 'branch'>;
  /** The name of the comment's scope: its environment, and the inputs that differ from the default. */
  readonly scopeName: string;
  /** The plan of this run. */
  readonly due: Pick<Comparison, 'fingerprint' | 'outcome'>;
  /** The pull requests that GitHub returns for the commit. */
  readonly pulls: readonly Pull[];
  /** The pull requests that this push merged, if it has more than one commit. */
  readonly pushed: readonly number[];
  readonly memory: Memory | null;
  /** The plan in the memory has a valid seal, made with the tokens. */
  readonly sealed: boolean;
}

const REMEDY = 'Nothing was written; to apply the plan of this run, set the input approve to its fingerprint.';

/**
 * Returns why no merge approves the plan of this run, or null. The checks in their order, each with its source:
 *
 * 1. The guard refuses no bot of the plan (the live lists).
 * 2. The commit was pushed to a branch, and merged exactly one pull request into it (GitHub).
 * 3. The pull request has a complete plan for its last commit, neither refused nor applied (the comment).
 * 4. The plan of this run has the same fingerprint (the tokens).
 * 5. The seal matches repository, pull request, commit, scope, fingerprint and outcome (the tokens).
 */
export function refuseReview({ event, scopeName, due, pulls, pushed, memory, sealed }: Review): Refusal | null {
  const because = (outcome: Refusal['outcome']) => (message: string) => ({
    outcome,
    message: `approve: ${message}. ${REMEDY}`,
  });
  const [invalid, stale] = [because('invalid'), because('stale')];
  if (due.outcome === 'refused') return because('refused')('the guard refuses this plan, and no merge overrides it');
  if (event.branch === null && !(event.name === 'push' && event.ref === '')) {
    const place = event.ref ? `${event.ref} is not a branch` : `the event ${event.name} has no branch`;
    return invalid(`${place}, so it cannot merge a pull request`);
  }
  const pull = mergeOf(event, pulls);
  if (!pull) return invalid(whyNoMerge(event, pulls));
  if (pushed.length > 1) {
    const all = pushed.map((number) => `#${number}`).join(', ');
    return invalid(`this push merges ${all}, but their plans were reviewed one by one; merge one at a time`);
  }
  const where = `pull request #${pull.number} for the environment ${scopeName}`;
  const plan = memory?.plan;
  if (!plan?.fingerprint) return invalid(`there is no plan in ${where}`);
  if (plan.outcome !== 'changes' && plan.outcome !== 'in-sync') {
    return invalid(`the plan in ${where} has the outcome ${plan.outcome}, which no merge approves`);
  }
  if (pull.head !== undefined && plan.commit !== pull.head) {
    return stale(`the plan in ${where} is for ${short(plan.commit)}, but ${short(pull.head)} was merged`);
  }
  if (memory?.run?.code === 0 && memory.run.commit === event.sha) {
    return stale(`the plan in ${where} was already applied, and a live list has changed since`);
  }
  if (plan.fingerprint !== due.fingerprint) {
    return stale(`this plan is not the one in ${where}: the files or a live list changed since, or a run ended early`);
  }
  return sealed ? null : stale(`the plan in ${where} was changed after it was made, or made with other tokens`);
}

/** Finds the pull request that was merged with this commit into the branch of the run. */
export function mergeOf({ sha, branch }: Pick<StepEvent, 'sha' | 'branch'>, pulls: readonly Pull[]): Pull | undefined {
  return pulls.find(({ merged, mergeCommit, base }) => merged && mergeCommit === sha && isBase(base, branch));
}

/**
 * Reports whether two branches are the same. A branch that GitHub or the runner does not report is never
 * another one.
 */
const isBase = (base: string | undefined, branch: string | null) =>
  base === undefined || branch === null || base === branch;

function whyNoMerge({ sha, branch }: Review['event'], pulls: readonly Pull[]): string {
  const merged = pulls.filter((pull) => pull.merged);
  const elsewhere = merged.find(({ base }) => !isBase(base, branch));
  if (elsewhere) return `pull request #${elsewhere.number} was merged into ${elsewhere.base}, not into ${branch}`;
  if (merged[0]) return `pull request #${merged[0].number} was merged, but not with the commit ${short(sha)}`;
  return `no merged pull request has the commit ${short(sha)}`;
}
