/** Maintains one comment for each scope in a pull request: the plan, and later its result. */
import type { Report } from '../../model/report.ts';
import { code as codeSpan } from '../../report/markdown/parts.ts';
import type { GitHub } from './client.ts';
import { isSealedBy, readMarker, sealWith, writeMarker } from './marker.ts';

/** A report as comments and issues show it. */
export interface Posting extends Pick<Report, 'command' | 'outcome'> {
  readonly fingerprint: string | null;
  readonly title: string;
  readonly markdown: string;
  /** The exit code of the program. */
  readonly code: number;
  /** The run may have written. */
  readonly wrote: boolean;
}

/** A plan that the comment showed. */
interface ShownPlan extends Pick<Posting, 'fingerprint' | 'outcome' | 'title'> {
  /** The head commit of the pull request for which it was made. */
  readonly commit: string;
  /** Null if it changes nothing. */
  readonly seal: string | null;
}

/** The data in the comment's marker. */
export interface Memory {
  /** The scope of the jobs that share the comment. */
  readonly scope: string;
  /** The last plan, which a merge of the pull request approves. Null if there is none yet. */
  readonly plan: ShownPlan | null;
  /** The result of the merge's apply. After the code 0, no other run applies the plan again. */
  readonly run: { readonly commit: string; readonly code: number } | null;
  /** Titles of the superseded plans, the newest first. */
  readonly earlier: readonly string[];
}

const KIND = 'plan';
const EARLIER = 20; // lines
const LONGEST = 65_536; // characters of a comment

/** The place of a comment. */
export interface Spot {
  /** OWNER/NAME. */
  readonly repository: string;
  readonly pull: number;
}

/** The run that the comment shows. */
export interface Run extends Spot {
  readonly scope: string;
  /** The name of the scope, safe in Markdown. */
  readonly scopeName: string;
  /** For a plan, the head of the pull request; for an apply, the merge commit. */
  readonly commit: string;
  readonly url: string;
  /** Null if the plan changes nothing. */
  readonly sealKey: Buffer | null;
}

/**
 * Creates the comment of the run's scope, or updates it in place. A run that wrote nothing does not replace a result.
 *
 * @param creates the report may create a new comment.
 */
export async function showInComment(github: GitHub, report: Posting, run: Run, creates: boolean): Promise<void> {
  const found = await findComment(github, run.pull, run.scope);
  const isDone = found?.memory.run?.code === 0;
  if (found ? isDone && report.code !== 0 && !report.wrote : !creates) return;
  const memory = remember(found?.memory ?? { scope: run.scope, plan: null, run: null, earlier: [] }, report, run);
  const bodyOf = (shown: Memory) => writeMarker(KIND, shown) + report.markdown + footer(shown, run);
  const whole = bodyOf(memory);
  const body = whole.length <= LONGEST ? whole : bodyOf({ ...memory, earlier: [] });
  if (found) await github.updateComment(found.post.id, body);
  else await github.createComment(run.pull, body);
}

export async function findComment(github: GitHub, pull: number, scope: string) {
  for (const post of await github.comments(pull)) {
    const memory = readMarker(KIND, post.body);
    if (isMemory(memory) && memory.scope === scope) return { post, memory };
  }
  return null;
}

/** Checks the data, as users can edit the comment. Limits its length, so that the report fits. */
function isMemory(value: unknown): value is Memory {
  const { scope, plan, run, earlier } = (value ?? {}) as Partial<Memory>;
  const isTitle = (text: unknown) => typeof text === 'string' && /^.{0,300}$/.test(text);
  const isWord = (text: unknown) => typeof text === 'string' && /^[\w-]{0,64}$/.test(text);
  if (!isWord(scope) || !Array.isArray(earlier) || !earlier.every(isTitle)) return false;
  if (plan === undefined || run === undefined) return false;
  if (run !== null && !(isWord(run.commit) && Number.isInteger(run.code))) return false;
  if (plan === null) return true;
  return isTitle(plan.title) && [plan.commit, plan.outcome, plan.fingerprint ?? '', plan.seal ?? ''].every(isWord);
}

function remember(memory: Memory, { command, fingerprint, outcome, title, code }: Posting, run: Run): Memory {
  const { scope, plan, earlier } = memory;
  const { commit } = run;
  if (command !== 'plan') {
    const isDone = memory.run?.code === 0 && memory.run.commit === commit;
    return { scope, plan, run: isDone ? memory.run : { commit, code }, earlier };
  }
  const { repository, pull, sealKey } = run;
  const bound = boundOf({ repository, pull, commit, scope, outcome, fingerprint });
  const superseded = plan && plan.fingerprint !== fingerprint ? [`${plan.title} (${plan.commit.slice(0, 7)})`] : [];
  return {
    scope,
    plan: { fingerprint, outcome, title, commit, seal: sealKey && sealWith(sealKey, bound) },
    run: null,
    earlier: [...superseded, ...earlier].slice(0, EARLIER),
  };
}

/** Reports whether a holder of the tokens wrote the plan in this place, and it has not changed since. */
export function hasSeal({ plan, scope }: Memory, spot: Spot, key: Buffer | null): boolean {
  return Boolean(key && plan?.seal) && isSealedBy(key!, boundOf({ ...plan!, ...spot, scope }), plan!.seal!);
}

/** Returns the facts that a seal protects: none can be changed, or copied to another place. */
function boundOf(bound: Spot & Pick<ShownPlan, 'commit' | 'outcome' | 'fingerprint'> & Pick<Memory, 'scope'>) {
  const { repository, pull, commit, scope, outcome, fingerprint } = bound;
  return [repository, pull, commit, scope, outcome, fingerprint];
}

/** The report above it names the commit. */
function footer({ earlier }: Memory, { scopeName, url }: Run): string {
  const origin = `\n<sub>Environment ${scopeName}, [run](${url})</sub>\n`;
  if (earlier.length === 0) return origin;
  // As code, because users can edit the titles.
  const lines = earlier.map((title) => `- ${codeSpan(title)}\n`).join('');
  return `${origin}\n<details>\n<summary>Superseded: ${earlier.length}</summary>\n\n${lines}\n</details>\n`;
}
