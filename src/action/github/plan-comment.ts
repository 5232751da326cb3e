/** Keeps one comment per environment in a pull request: the plan, and later its result. */

import { InvalidError, StaleError } from '../model/errors.ts';
import type { Report } from '../model/report.ts';
import type { GitHub } from './github.ts';
import { readMarker, writeMarker } from './marker.ts';

/** A report as comments and issues show it. */
export interface Posting extends Pick<Report, 'command' | 'outcome'> {
  readonly fingerprint: string | null;
  readonly title: string;
  readonly markdown: string;
}

/** A plan that the comment has shown. */
interface ShownPlan extends Pick<Posting, 'fingerprint' | 'outcome' | 'title'> {
  /** The commit that it was made for. */
  readonly commit: string;
  /** A merge has applied it. No other merge may: a second run would undo later changes. */
  readonly applied: boolean;
}

/** The data in the comment's marker. */
interface Memory {
  readonly environment: string;
  /** The last plan, which a merge of the pull request approves. Null until there is one. */
  readonly plan: ShownPlan | null;
  /** Titles of the plans that it superseded, the newest first. */
  readonly earlier: readonly string[];
}

const KIND = 'plan';
const EARLIER = 20; // lines, which fit into a comment with the report's own limit

/** The run that the footer of the comment names. */
export interface Run {
  readonly environment: string;
  readonly commit: string;
  readonly url: string;
}

/** Creates the comment of the run's environment, or updates it in place. */
export async function showInComment(github: GitHub, pull: number, report: Posting, run: Run): Promise<void> {
  const found = await findComment(github, pull, run.environment);
  const memory = remember(found?.memory ?? { environment: run.environment, plan: null, earlier: [] }, report, run);
  const body = writeMarker(KIND, memory) + report.markdown + footer(memory, run);
  if (found) await github.updateComment(found.post.id, body);
  else await github.createComment(pull, body);
}

/**
 * Returns the fingerprint of the plan in the merged pull request.
 *
 * @throws InvalidError if there is no plan that a merge may approve; StaleError if the plan was applied already.
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

async function findComment(github: GitHub, pull: number, environment: string) {
  for (const post of await github.comments(pull)) {
    const memory = readMarker(KIND, post.body);
    if (isMemory(memory) && memory.environment === environment) return { post, memory };
  }
  return null;
}

/** Refuses incomplete data: users can edit the comment. */
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
  { command, fingerprint, outcome, title }: Posting,
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
  const origin = `\n<sub>Environment \`${environment}\`, commit ${commit.slice(0, 7)}, [run](${url})</sub>\n`;
  if (earlier.length === 0) return origin;
  // As code, because users can edit the titles.
  const lines = earlier.map((title) => `- \`${title.replaceAll('`', '')}\`\n`).join('');
  return `${origin}\n<details>\n<summary>Superseded: ${earlier.length}</summary>\n\n${lines}\n</details>\n`;
}
