/** Applies only the plans that this step may write. Collects from GitHub the facts for the decisions of `decide.ts`. */
import { InvalidError, StaleError } from '../model/errors.ts';
import type { PlanReport, Report } from '../model/report.ts';
import type { Context } from '../steps/context.ts';
import { mergeOf, type Place, type Refusal, refusePlace, refuseReview } from './decide.ts';
import type { GitHub } from './github/client.ts';
import { sealKey } from './github/marker.ts';
import { findComment, hasSeal } from './github/plan-comment.ts';
import { keyOf, nameOf, type Scope } from './inputs.ts';
import { changingIn } from './publish.ts';
import type { Step } from './step.ts';

/**
 * Checks the commit of this step.
 *
 * @throws StaleError if nothing may be applied at this commit, even with an approval.
 */
export async function checkPlace(scope: Scope, step: Step): Promise<void> {
  const refusal = await place(scope, step);
  if (refusal) throw new StaleError(refusal.message);
}

async function place(scope: Scope, { event, github }: Step): Promise<Refusal | null> {
  const { sha, branch, attempt } = event;
  const [head, since] = await asking('whether its commit is the newest of its branch', async () => {
    const head = branch === null ? null : await github().headOf(branch);
    if (branch === null || head === null || head === sha || attempt > 1) return [head, null] as const;
    return [head, await sinceThen(sha, head, branch, keyOf(scope), github())] as const;
  });
  return refusePlace({ sha, branch, attempt, head, since });
}

async function sinceThen(sha: string, head: string, branch: string, scope: string, github: GitHub) {
  const later = await github.commitsSince(sha, head);
  if (!later) return 'rewritten';
  const merges = await github.mergedInto(branch, later.since);
  for (const { number } of merges.filter(({ mergeCommit }) => later.commits.has(mergeCommit ?? ''))) {
    const found = await findComment(github, number, scope);
    if (found?.memory.run?.code === 0) return { applied: number };
  }
  return null satisfies Place['since'];
}

/** The plan was not approved. */
class NotApproved extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/**
 * Applies the plan that was reviewed in the merged pull request. The plan is made first: if it has no
 * changes, no review is needed. The review replaces the answer of a person, so it never overrides the guard.
 */
export async function applyReviewed(
  apply: (context: Context) => Promise<Report>,
  context: Context,
  scope: Scope,
  step: Step,
): Promise<Report> {
  let due: PlanReport | undefined;
  const asked: Context = {
    ...context,
    async present(report) {
      if (report.kind === 'plan') due = report;
    },
    async confirm() {
      const refusal = await refuseWrite(due!, scope, step);
      if (refusal) throw new NotApproved(refusal);
      return true;
    },
  };
  try {
    const report = await apply(asked);
    return report.kind === 'plan' || report.kind === 'result' ? { ...report, once: true } : report;
  } catch (error) {
    if (!(error instanceof NotApproved)) throw error;
    const { outcome, message } = error.refusal;
    const { requests, ...plan } = due!;
    const ends = { state: 'skipped', outcome, errors: [{ message }], interrupted: step.stop.aborted } as const;
    return { ...plan, ...ends, requests: { ...requests, write: 0 }, once: true };
  }
}

async function refuseWrite(due: PlanReport, scope: Scope, step: Step): Promise<Refusal | null> {
  try {
    // The commit is checked again, as a later merge may have been applied since the first check.
    return (await review(due, scope, step)) ?? (await place(scope, step));
  } catch (error) {
    if (error instanceof InvalidError) throw error;
    return { outcome: 'failed', message: (error as Error).message };
  }
}

function review(due: PlanReport, scope: Scope, { event, github, pulls, tokens }: Step): Promise<Refusal | null> {
  return asking('for the reviewed plan', async () => {
    const found = await pulls();
    const pull = mergeOf(event, found);
    const pushed = new Set(event.pushed);
    const merges = pull && pushed.size > 1 && event.branch !== null ? await github().mergedInto(event.branch) : [];
    const memory = (pull && (await findComment(github(), pull.number, keyOf(scope)))?.memory) ?? null;
    const spot = { repository: event.repository, pull: pull?.number ?? 0 };
    return refuseReview({
      event,
      scopeName: nameOf(scope, (text) => `"${text}"`),
      due,
      pulls: found,
      pushed: merges.filter(({ mergeCommit }) => pushed.has(mergeCommit ?? '')).map(({ number }) => number),
      memory,
      sealed: memory !== null && hasSeal(memory, spot, sealKey(tokens, changingIn(due))),
    });
  });
}

/** Adds the question to an error of GitHub. Without an answer nothing is written. */
async function asking<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof InvalidError) throw error;
    const message = `could not ask GitHub ${what}: ${(error as Error).message}; nothing was written`;
    throw Object.assign(new Error(message), { code: 'EGITHUB' });
  }
}
