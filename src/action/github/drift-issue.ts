/** Keeps one issue about drift: opened when drift begins, updated when it changes, closed when it is gone. */
import type { GitHub } from './github.ts';
import { readMarker, writeMarker } from './marker.ts';
import type { Posting } from './plan-comment.ts';

interface Memory {
  readonly environment: string;
  /** Of the drift in the issue; null once it is gone. */
  readonly fingerprint: string | null;
}

const KIND = 'drift';

/**
 * Updates the issue of this environment. The same drift as before changes nothing, even if a user has closed the issue:
 * they know of it. If a bot could not be read, its drift may remain, and the issue stays open.
 *
 * @param drifted if bots have drifted, whatever happened to other bots.
 * @returns what was done, for the log.
 */
export async function keepIssue(
  github: GitHub,
  { outcome, fingerprint, markdown, ...report }: Posting,
  drifted: boolean,
  environment: string,
): Promise<string> {
  const mine = async (state: 'open' | 'closed') =>
    (await github.issues(state))
      .map(({ id, body }) => ({ id, memory: readMarker(KIND, body) as Memory | null }))
      .find(({ memory }) => memory?.environment === environment);
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
