/** The one comment that a pull request has for each environment: the plan, and later what became of it. */

import { InvalidError, StaleError } from '../model/errors.ts';
import type { Outcome, Report } from '../model/report.ts';
import type { GitHub, Post } from './github.ts';
import { readMarker, writeMarker } from './marker.ts';

/** A plan as it stood in the comment. */
interface Shown {
  readonly fingerprint: string | null;
  readonly outcome: Outcome;
  readonly title: string;
  /** The commit that it was made for. */
  readonly commit: string;
  /** A merge has applied it, and no other merge may: run again later, it would undo what came after it. */
  readonly applied: boolean;
}

/** What the comment remembers. */
interface Memory {
  readonly environment: string;
  /** The last plan: what a merge of the pull request approves. Null until there is one. */
  readonly plan: Shown | null;
  /** Titles of the plans that it superseded, the newest first. */
  readonly earlier: readonly string[];
}

const KIND = 'plan';
const EARLIER = 20; // lines: with the report's own limit they fit into a comment

/** Where a run stands: what is said below the report. */
export interface Run {
  readonly environment: string;
  readonly commit: string;
  readonly url: string;
}

/** Shows a report in the comment of its environment: a new one, or the old one changed in place. */
export async function showInComment(
  github: GitHub,
  pull: number,
  report: Pick<Report, 'command' | 'outcome'> & Pick<Shown, 'fingerprint' | 'title'> & { readonly markdown: string },
  run: Run,
): Promise<void> {
  const found = await findComment(github, pull, run.environment);
  const memory = remember(found?.memory ?? { environment: run.environment, plan: null, earlier: [] }, report, run);
  const body = writeMarker(KIND, memory) + report.markdown + footer(memory, run);
  if (found) await github.updateComment(found.post.id, body);
  else await github.createComment(pull, body);
}

/**
 * The fingerprint of the plan that the pull request showed when it was merged.
 *
 * @throws InvalidError if there was none that a merge may approve; StaleError if one was applied already.
 */
export async function reviewedPlan(github: GitHub, commit: string, environment: string): Promise<string> {
  const pull = await github.mergedPull(commit);
  const way = 'nothing was sent; to apply what is due now, run plan and give its fingerprint as approve';
  if (pull === null) throw new InvalidError(`approve: no merged pull request leads to ${commit.slice(0, 7)}; ${way}`);
  const found = await findComment(github, pull, environment);
  const plan = found?.memory.plan;
  const where = `pull request #${pull} for the environment "${environment}"`;
  if (!plan?.fingerprint) throw new InvalidError(`approve: there is no plan in ${where}; ${way}`);
  if (plan.applied) {
    const why = 'to run this merge again would undo what came after it';
    throw new StaleError(`approve: the plan in ${where} was applied already, and ${why}; ${way}`);
  }
  if (plan.outcome !== 'changes' && plan.outcome !== 'in-sync') {
    throw new InvalidError(`approve: the plan in ${where} was ${plan.outcome}, which no merge approves; ${way}`);
  }
  return plan.fingerprint;
}

async function findComment(
  github: GitHub,
  pull: number,
  environment: string,
): Promise<{ readonly post: Post; readonly memory: Memory } | null> {
  for (const post of await github.comments(pull)) {
    const memory = readMarker(KIND, post.body);
    if (isMemory(memory) && memory.environment === environment) return { post, memory };
  }
  return null;
}

/** Somebody may have edited the comment: what is not whole is no memory. */
function isMemory(value: unknown): value is Memory {
  const { environment, plan, earlier } = (value ?? {}) as Partial<Memory>;
  const isText = (text: unknown) => typeof text === 'string' && !text.includes('\n');
  if (!isText(environment) || !Array.isArray(earlier) || !earlier.every(isText) || plan === undefined) return false;
  return (
    plan === null ||
    ([plan.title, plan.commit, plan.outcome, plan.fingerprint ?? ''].every(isText) && typeof plan.applied === 'boolean')
  );
}

function remember(
  { environment, plan, earlier }: Memory,
  { command, fingerprint, outcome, title }: Parameters<typeof showInComment>[2],
  { commit }: Run,
): Memory {
  if (command !== 'plan') {
    return { environment, plan: plan && { ...plan, applied: plan.applied || outcome === 'applied' }, earlier };
  }
  const superseded = plan && plan.fingerprint !== fingerprint ? [`${plan.title} (${plan.commit.slice(0, 7)})`] : [];
  return {
    environment,
    plan: { fingerprint, outcome, title, commit, applied: false },
    earlier: [...superseded, ...earlier].slice(0, EARLIER),
  };
}

function footer({ earlier }: Memory, { environment, commit, url }: Run): string {
  const said = `\n<sub>Environment \`${environment}\`, commit ${commit.slice(0, 7)}, [run](${url})</sub>\n`;
  if (earlier.length === 0) return said;
  // As code: somebody may have edited what stands here.
  const lines = earlier.map((title) => `- \`${title.replaceAll('`', '')}\`\n`).join('');
  return `${said}\n<details>\n<summary>Superseded: ${earlier.length}</summary>\n\n${lines}\n</details>\n`;
}
