/** Keeps one issue about drift: opened when drift begins, updated when it changes, closed when it is gone. */
import type { GitHub } from './client.ts';
import { readMarker, writeMarker } from './marker.ts';
import type { Posting } from './plan-comment.ts';

interface Memory {
  /** Of the jobs that share the issue. */
  readonly scope: string;
  /** Of the drift in the issue; null once it is gone. */
  readonly fingerprint: string | null;
}

const KIND = 'drift';

/** Which issue it is, and its name for people; empty for the default. */
export type IssueScope = { readonly scope: string; readonly name: string };

/**
 * Updates the issue of this scope. The same drift as before changes nothing, even if a user has closed the issue: they
 * know of it. If a bot could not be read, its drift may remain, and the issue stays open.
 *
 * @param drifted if bots have drifted, whatever happened to other bots.
 * @returns what was done, for the log.
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
      if (known) return `the issue #${known.id} was closed, and nothing changed since`;
      await forget(closed); // of older drifts, which are news if they come back
      await github.createIssue({ title, body });
      return 'opened an issue';
    }
    if (open.memory?.fingerprint === fingerprint) return `the issue #${open.id} says it already`;
    // The comment notifies, so it comes first: if a call fails, all is repeated.
    await github.createComment(open.id, `The drift has changed. ${report.title}\n`);
    await github.updateIssue(open.id, { title, body });
    return `updated the issue #${open.id}`;
  }
  if (outcome !== 'in-sync') return 'no issue to change';
  await forget(await mine('closed')); // even an issue that a user has closed
  if (!open) return 'no issue to change';
  await github.createComment(open.id, 'The live lists are as the files say again.\n');
  await github.updateIssue(open.id, { body: marker(null) + markdown, state: 'closed' });
  return `closed the issue #${open.id}`;
}
