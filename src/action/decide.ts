/** Decides whether an apply may write: pure functions of facts, which `apply.ts` collects. */
import type { Comparison } from '../model/report.ts';
import type { StepEvent } from './event.ts';
import type { Pull } from './github/client.ts';
import type { Memory } from './github/plan-comment.ts';

/** Why an apply writes nothing. */
export interface Refusal {
  readonly outcome: 'stale' | 'invalid' | 'refused' | 'failed';
  readonly message: string;
}

/** The first characters of a commit. Seven digits would be masked as a number. */
export const short = (commit: string) => commit.slice(0, /^\d{7}/.test(commit) ? 6 : 7);

export interface Place extends Pick<StepEvent, 'sha' | 'branch' | 'attempt'> {
  /** The newest commit of the branch; null if there is no branch to ask for. */
  readonly head: string | null;
  /** What came after the commit: its branch lost it, or the pull request of a later merge that was applied. */
  readonly since: 'rewritten' | { readonly applied: number } | null;
}

/**
 * Returns why nothing may be applied at this commit, whatever approves it, or null.
 *
 * | run | its commit | later merges | may write |
 * | --- | --- | --- | --- |
 * | any | is the head of its branch | | yes |
 * | first | is older, or of no branch | none was applied | yes |
 * | first | is older | one was applied | no |
 * | first | left its branch | | no |
 * | re-run | is older, or of no branch | | no |
 */
export function refusePlace({ sha, branch, attempt, head, since }: Place): Refusal | null {
  if (head === sha) return null;
  const commit = short(sha);
  const stale = (message: string): Refusal => ({ outcome: 'stale', message: `${message}; nothing was written` });
  if (attempt > 1) {
    const old = head === null ? 'is the head of no branch' : `is no longer the head of ${branch}`;
    return stale(`this is a re-run, and its commit ${commit} ${old}, so it could bring an older state back`);
  }
  if (since === 'rewritten') return stale(`${branch} no longer contains the commit ${commit}`);
  if (since) return stale(`pull request #${since.applied} was merged after ${commit}, and is applied already`);
  return null;
}

export interface Review {
  readonly event: Pick<StepEvent, 'name' | 'sha' | 'ref' | 'branch'>;
  /** Names the comment: its environment, and the inputs that are not the default ones. */
  readonly scopeName: string;
  /** The plan that is due now. */
  readonly due: Pick<Comparison, 'fingerprint' | 'outcome'>;
  /** The pull requests that GitHub names for the commit. */
  readonly pulls: readonly Pull[];
  /** The pull requests that this push merged, if it has more than one commit. */
  readonly pushed: readonly number[];
  readonly memory: Memory | null;
  /** Whether the plan in the memory has the seal of the tokens. */
  readonly sealed: boolean;
}

const WAY = 'nothing was written; to apply the plan of this run, give its fingerprint as approve';

/**
 * Returns why no merge approves the plan that is due, or null. The checks, in this order, and what each relies on:
 *
 * 1. The guard refuses no bot of it (this run's reading).
 * 2. The commit was pushed to a branch, and one pull request was merged into that branch with it (GitHub).
 * 3. The pull request has a plan for its last commit that was whole, not refused, and not applied yet (the comment).
 * 4. The plan that is due has the same fingerprint (the tokens).
 * 5. The plan's seal fits its repository, pull request, commit, scope, fingerprint and outcome (the tokens).
 */
export function refuseReview({ event, scopeName, due, pulls, pushed, memory, sealed }: Review): Refusal | null {
  const because = (outcome: Refusal['outcome']) => (message: string) => ({
    outcome,
    message: `approve: ${message}; ${WAY}`,
  });
  const [invalid, stale] = [because('invalid'), because('stale')];
  if (due.outcome === 'refused') return because('refused')('the guard refuses this plan, which no merge approves');
  if (event.branch === null && !(event.name === 'push' && event.ref === '')) {
    return invalid(
      `${event.ref || `the event ${event.name}`} is of no branch, and pull requests are merged into branches`,
    );
  }
  const pull = mergeOf(event, pulls);
  if (!pull) return invalid(whyNoMerge(event, pulls));
  if (pushed.length > 1) {
    const all = pushed.map((number) => `#${number}`).join(', ');
    return invalid(`this push merges ${all}, whose plans were reviewed one by one; merge one at a time`);
  }
  const where = `pull request #${pull.number} for the environment ${scopeName}`;
  const plan = memory?.plan;
  if (!plan?.fingerprint) return invalid(`there is no plan in ${where}`);
  if (plan.outcome !== 'changes' && plan.outcome !== 'in-sync') {
    return invalid(`the plan in ${where} was ${plan.outcome}, which no merge approves`);
  }
  if (pull.head !== undefined && plan.commit !== pull.head) {
    return stale(`the plan in ${where} is for ${short(plan.commit)}, and ${short(pull.head)} was merged`);
  }
  if (memory?.run?.code === 0 && memory.run.commit === event.sha) {
    return stale(`the plan in ${where} was applied already, and a live list has changed since`);
  }
  if (plan.fingerprint !== due.fingerprint) {
    return stale(`this plan is not the one in ${where}: the files or a live list moved since, or a run ended early`);
  }
  return sealed ? null : stale(`the plan in ${where} was changed after it was made, or made with other tokens`);
}

/** The pull request that was merged with this commit, into the branch of the run. */
export function mergeOf({ sha, branch }: Pick<StepEvent, 'sha' | 'branch'>, pulls: readonly Pull[]): Pull | undefined {
  return pulls.find(({ merged, mergeCommit, base }) => merged && mergeCommit === sha && isBase(base, branch));
}

/** What GitHub or the runner does not tell contradicts nothing. */
const isBase = (base: string | undefined, branch: string | null) =>
  base === undefined || branch === null || base === branch;

function whyNoMerge({ sha, branch }: Review['event'], pulls: readonly Pull[]): string {
  const merged = pulls.filter((pull) => pull.merged);
  const elsewhere = merged.find(({ base }) => !isBase(base, branch));
  if (elsewhere) return `pull request #${elsewhere.number} was merged into ${elsewhere.base}, not into ${branch}`;
  if (merged[0]) return `pull request #${merged[0].number} was not merged with ${short(sha)}`;
  return `no merged pull request leads to ${short(sha)}`;
}
