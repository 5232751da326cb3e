/** The one issue that tells of drift: opened when it begins, changed when it changes, closed when it has healed. */
import type { Outcome } from '../model/report.ts';
import type { GitHub, Post } from './github.ts';
import { readMarker, writeMarker } from './marker.ts';

interface Memory {
  readonly environment: string;
  /** Of the drift that the issue shows; null once it has healed. */
  readonly fingerprint: string | null;
}

const KIND = 'drift';

export interface DriftReport {
  readonly outcome: Outcome;
  readonly fingerprint: string | null;
  /** Bots have drifted, whatever became of the others. */
  readonly drifted: boolean;
  readonly title: string;
  readonly markdown: string;
}

/**
 * Brings the issue of this environment to what the report says. The same drift as before changes nothing, as nobody wants
 * to be told twice; not even if somebody closed the issue, who then knows. Where a bot could not be read nothing has healed
 * for certain, and the issue stays open.
 *
 * @returns what was done, for the log.
 */
export async function keepIssue(github: GitHub, report: DriftReport, environment: string): Promise<string> {
  const { outcome, fingerprint, drifted, markdown } = report;
  const mine = async (state: 'open' | 'closed') =>
    (await github.issues(state)).map(withMemory).find(({ memory }) => memory?.environment === environment);
  const body = (shown: string | null) => writeMarker(KIND, { environment, fingerprint: shown }) + markdown;
  const title = `Drift: ${report.title.replace(/^Plan \w+: /, '')}${environment === 'default' ? '' : ` (${environment})`}`;
  const open = await mine('open');
  if (drifted) {
    if (!open) {
      const closed = await mine('closed');
      if (closed?.memory?.fingerprint === fingerprint)
        return `the issue #${closed.id} was closed, and nothing changed since`;
      await github.createIssue({ title, body: body(fingerprint) });
      return 'opened an issue';
    }
    if (open.memory?.fingerprint === fingerprint) return `the issue #${open.id} says it already`;
    await github.updateIssue(open.id, { title, body: body(fingerprint) });
    await github.createComment(open.id, `The drift has changed. ${report.title}\n`);
    return `updated the issue #${open.id}`;
  }
  if (!open || outcome !== 'in-sync') return 'no issue to change';
  await github.createComment(open.id, 'The live lists are as the files say again.\n');
  await github.updateIssue(open.id, { body: body(null), state: 'closed' });
  return `closed the issue #${open.id}`;
}

function withMemory(post: Post): { readonly id: number; readonly memory: Memory | null } {
  return { id: post.id, memory: readMarker(KIND, post.body) as Memory | null };
}
