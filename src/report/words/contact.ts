/** Notes on lists whose users must write before they can be blocked. All numbers here are counts. */
import { type AppliedBot, type ComparedBot, isComparison, type PlannedBot, type Report } from '../../model/report.ts';
import { plural, sum } from './text.ts';

/** The notes on one such list after its plan was applied. */
export function pendingNotes({ addNeedsContact, results: { pending } }: AppliedBot): string[] {
  if (!addNeedsContact || pending === 0) return [];
  return [`${plural(pending, 'number')} pending: blocked by a later run, once the user has written`];
}

/** The notes on the adds and removals that are due for one such list. */
export function contactNotes({ addNeedsContact, add, remove, contact, guard }: PlannedBot): string[] {
  if (!addNeedsContact) return [];
  const adds = [contact ? splitWords(contact) : UNSPLIT, ...(guard?.tripped === 'emptied' ? [UNCOUNTED] : [])];
  return [...(add.size > 0 ? adds : []), ...(remove.size > 0 ? [FINAL] : [])];
}

const UNSPLIT =
  'adds are blocked now where the user wrote lately; the others wait for a message (plan --contacts counts them)';
const UNCOUNTED = 'the guard counts no add here, as each may have to wait';
const FINAL = 'a wrong removal may be impossible to undo, as the user must write first: the guard is stricter here';

/** How many adds can be blocked now, of all bots for which `--contacts` was given; empty if there is none. */
export function contactTotal(report: Report): string[] {
  const known = report.kind === 'plan' ? report.bots.flatMap(({ contact }) => contact ?? []) : [];
  const [now, waiting] = [sum(known, (split) => split.now), sum(known, (split) => split.waiting)];
  return known.length > 0 ? [`${splitWords({ now, waiting })}.`] : [];
}

function splitWords({ now, waiting }: NonNullable<PlannedBot['contact']>): string {
  const [wait, message] = waiting === 1 ? ['waits', "its user's next message"] : ['wait', "their users' next message"];
  return `${plural(now, 'add')} can be blocked now; ${waiting} ${wait} for ${message}`;
}

/** How many numbers wait for their users, or may do so; null if none does. */
export function waitNote(report: Report): string | null {
  if (!isComparison(report)) return null;
  const applied = report.kind === 'result';
  const inPlan = ({ addNeedsContact, add }: ComparedBot) => (addNeedsContact ? add.size : 0);
  const waiting = applied ? sum(report.bots, ({ results }) => results.pending) : sum<ComparedBot>(report.bots, inPlan);
  if (waiting === 0) return null;
  const [wait, are, users] = waiting === 1 ? ['waits', 'is', 'its user'] : ['wait', 'are', 'their users'];
  const then = report.once ? '; a new plan adds what is left' : '; run again then';
  const after = applied ? then : `, or ${are} not applied yet`;
  return `${plural(waiting, 'number')} ${wait} for the next message of ${users}${after}`;
}
