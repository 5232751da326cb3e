/** What a run came to, and the sentence for it. All numbers here are counts. */
import type { Report } from '../../model/report.ts';
import { waitNote } from './contact.ts';
import { refusal } from './guard.ts';
import { countResults } from './summary.ts';
import { plural } from './text.ts';

/** The color of a verdict in a terminal, and its kind in a document, which sets a bad one apart. */
export const TONES = {
  good: { color: 'green', kind: 'good' },
  /** An answer, or a plan that is applied as it is shown. */
  plain: { color: null, kind: 'good' },
  /** A plan with changes. They are expected, unlike drift. */
  pending: { color: null, kind: 'open' },
  differs: { color: 'yellow', kind: 'open' },
  /** Nothing failed, but the user stopped the run, or the lists do not show its writes yet. */
  unfinished: { color: 'yellow', kind: 'bad' },
  bad: { color: 'red', kind: 'bad' },
} as const;

export interface RunVerdict {
  readonly tone: keyof typeof TONES;
  /** What it means, and what to do. */
  readonly text: string;
}

const good = (text: string): RunVerdict => ({ tone: 'good', text });
const bad = (text: string): RunVerdict => ({ tone: 'bad', text });

/** Where a verdict points to: a terminal prints it below the bots, a document before or after them. */
const POINTERS = {
  terminal: { bots: 'above', errors: 'what the errors name' },
  document: { bots: 'here', errors: 'what is named here' },
} as const;

export function verdict(report: Report, medium: keyof typeof POINTERS): RunVerdict {
  const { kind, warnings } = report;
  // Without the fingerprint, which is past once this plan is applied. The report at the end repeats the refusal.
  if (kind === 'plan' && report.state === 'applying') {
    return { tone: 'plain', text: report.outcome === 'refused' ? APPLYING_REST : 'Applying.' };
  }
  if (report.interrupted) return interrupted(kind);
  const waiting = waitNote(report);
  const { bots, errors } = POINTERS[medium];
  const count = warnings.length;
  switch (report.outcome) {
    case 'valid':
      // Warnings are only counted: they appear elsewhere in full.
      return good(count === 0 ? 'No faults.' : `No faults, ${plural(count, 'warning')}.`);
    case 'listed':
    case 'answered':
      return { tone: 'plain', text: answerSentence(report) };
    case 'formatted':
    case 'written':
      return good('Done.');
    case 'unchanged':
      return good('Nothing to do.');
    case 'in-sync':
      return good(waiting ? `No drift: ${waiting}.` : 'In sync: nothing to do.');
    case 'changes':
      if (kind === 'format') return { tone: 'differs', text: UNFORMATTED };
      if (kind === 'drift') return { tone: 'differs', text: 'Drift: the live lists differ from the files.' };
      return { tone: 'pending', text: 'Nothing was written yet.' };
    case 'applied':
      return good(waiting ? `Done: ${waiting}.` : 'Done.');
    case 'partial':
      if (isUnseen(report)) return { tone: 'unfinished', text: UNSEEN };
      return bad(`Applied in part; run again to finish, after mending ${errors}.${waiting ? ` ${waiting}.` : ''}`);
    case 'refused':
      return bad(refusal(report, bots));
    case 'failed':
      return bad(FAILED[kind] ?? 'Failed: nothing was written yet.');
    case 'stale':
      return bad('Stale: nothing was written.');
    case 'invalid':
      if (kind === 'answer') return bad(answerSentence(report));
      return bad(kind === 'format' ? 'Nothing to do.' : 'Invalid: nothing was written.');
  }
}

const APPLYING_REST = 'Applying; nothing is written to the bots that are refused above.';
const UNFORMATTED = 'Nothing was written; the same command without --check writes it.';
const UNREAD = 'That is what the files say; no live list was read.';

const FAILED: Partial<Record<Report['kind'], string>> = {
  answer: 'A list could not be read, so nobody knows what is live there; run again.',
  import: 'For the bots that could not be read the file stays as it was; run again.',
  result: 'Failed: nothing was applied.',
};

function interrupted(kind: Report['kind']): RunVerdict {
  if (kind === 'import') return bad('Interrupted: nothing was written; run again.');
  if (kind === 'format' || kind === 'init') return { tone: 'unfinished', text: 'Interrupted.' };
  return { tone: 'unfinished', text: 'Interrupted: nothing new was sent. Run again to go on.' };
}

function answerSentence(report: Report): string {
  const isRead = report.kind === 'answer' && report.explained.bots.some(({ live }) => live);
  return isRead ? 'Nothing was written.' : UNREAD;
}

/** All was written, and only the lists did not show it in the time that they had. */
function isUnseen(report: Report): boolean {
  if (report.kind !== 'result') return false;
  const { applied, ...rest } = countResults(report.bots);
  return !report.bots.some(({ error }) => error) && Object.values(rest).every((count) => count === 0);
}

const UNSEEN = 'All was written, and the lists do not show all of it yet; look again later.';
