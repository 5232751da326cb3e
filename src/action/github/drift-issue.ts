/**
 * Maintains one issue about drift: opens it when drift begins, updates it when drift changes, closes it when
 * drift ends.
 */
import type { GitHub } from './client.ts';
import { readMarker, writeMarker } from './marker.ts';
import type { Posting } from './plan-comment.ts';

interface Memory {
  /** The scope of the jobs that share the issue. */
  readonly scope: string;
  /** The fingerprint of the drift in the issue; null after the drift ended. */
  readonly fingerprint: string | null;
}

const KIND = 'drift';

/** The key of an issue and its name for people, which is empty for the default scope. */
export type IssueScope = { readonly scope: string; readonly name: string };

/**
 * Updates the issue of this scope. If the drift has not changed, the issue does not change, even if a user
 * closed it: they have seen the drift. If a bot could not be read, its drift may remain, so the issue stays
 * open.
 *
 * @param drifted a bot has drifted, whatever happened to other bots.
 * @returns a message for the log.
 */
export async function keepIssue(
  github: GitHub,
  { outcome, fingerprint, markdown, ...report }: Posting,
  drifted: boolean,
  { scope, name }: IssueScope,
): Promise<string> {
  const mine = async (state: 'open' | 'closed') =>
    (await github.issues(state))
      .map(({ id, body }) => ({ id, body, memory: readMarker(KIND, body) as Memory | null }))
      .filter(({ memory }) => memory?.scope === scope);
  const marker = (shown: string | null) => writeMarker(KIND, { scope, fingerprint: shown });
  const forget = async (issues: Awaited<ReturnType<typeof mine>>) => {
    for (const { id, body, memory } of issues) {
      if (memory?.fingerprint) await github.updateIssue(id, { body: body.replace(/^.*\n/, () => marker(null)) });
    }
  };
  const title = report.title + (name && ` (${name})`);
  const [open] = await mine('open');
  if (drifted) {
    const body = marker(fingerprint) + markdown;
    if (!open) {
      const closed = await mine('closed');
      const known = closed.find(({ memory }) => memory?.fingerprint === fingerprint);
      if (known) return `the issue #${known.id} was closed, and the drift has not changed since`;
      await forget(closed); // their drifts are new if they appear again
      await github.createIssue({ title, body });
      return 'opened an issue';
    }
    if (open.memory?.fingerprint === fingerprint) return `the issue #${open.id} already has this drift`;
    // The comment notifies people, so it is written first: if the update fails, both are repeated.
    await github.createComment(open.id, `The drift has changed. ${report.title}\n`);
    await github.updateIssue(open.id, { title, body });
    return `updated the issue #${open.id}`;
  }
  if (outcome !== 'in-sync') return 'no issue to change';
  await forget(await mine('closed')); // also of issues that users closed
  if (!open) return 'no issue to change';
  await github.createComment(open.id, 'The live lists match the files again.\n');
  await github.updateIssue(open.id, { body: marker(null) + markdown, state: 'closed' });
  return `closed the issue #${open.id}`;
}
