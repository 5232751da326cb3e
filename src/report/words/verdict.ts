/** What a run came to, and the sentence for it. All numbers here are counts. */
import type { Report } from '../../model/report.ts';
import { waitNote } from './contact.ts';
import { type FilesReport, isOfFiles } from './files.ts';
import { refusal } from './guard.ts';
import { countResults, isListed } from './summary.ts';
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
  const { command, stage, outcome, applying, interrupted } = report;
  if (isOfFiles(report)) return filesVerdict(report);
  // Without the fingerprint, which is past once this plan is applied. The report at the end repeats the refusal.
  if (applying) return { tone: 'plain', text: outcome === 'refused' ? APPLYING_REST : 'Applying.' };
  if (interrupted) return { tone: 'unfinished', text: 'Interrupted: nothing new was sent. Run again to go on.' };
  const answer = answerSentence(report);
  if (answer) return { tone: outcome === 'in-sync' ? 'plain' : 'bad', text: answer };
  const waiting = waitNote(report);
  const { bots, errors } = POINTERS[medium];
  switch (outcome) {
    case 'in-sync':
      if (stage === 'desired') return good(noFaults(report));
      return good(waiting ? `No drift: ${waiting}.` : 'In sync: nothing to do.');
    case 'changes':
      return command === 'drift'
        ? { tone: 'differs', text: 'Drift: the live lists differ from the files.' }
        : { tone: 'pending', text: 'Nothing was written yet.' };
    case 'applied':
      return good(waiting ? `Done: ${waiting}.` : 'Done.');
    case 'partial': {
      if (isUnseen(report)) return { tone: 'unfinished', text: UNSEEN };
      const rest = waiting ? ` ${waiting}.` : '';
      return bad(`Applied in part; run again to finish, after mending ${errors}.${rest}`);
    }
    case 'refused':
      return bad(refusal(report, bots));
    case 'failed':
      return bad(stage === 'result' ? 'Failed: nothing was applied.' : 'Failed: nothing was written yet.');
    case 'stale':
      return bad('Stale: nothing was written.');
    case 'invalid':
      return bad('Invalid: nothing was written.');
  }
}

const APPLYING_REST = 'Applying; nothing is written to the bots that are refused above.';

/** Of a run that writes files of desired state, or would. */
function filesVerdict({ command, outcome, interrupted }: FilesReport): RunVerdict {
  if (interrupted) {
    return command === 'import'
      ? bad('Interrupted: nothing was written; run again.')
      : { tone: 'unfinished', text: 'Interrupted.' };
  }
  switch (outcome) {
    case 'changes':
      return { tone: 'differs', text: 'Nothing was written; the same command without --check writes it.' };
    case 'failed':
      return bad('For the bots that could not be read the file stays as it was; run again.');
    case 'applied':
      return good('Done.');
    default:
      return { tone: outcome === 'in-sync' ? 'good' : 'bad', text: 'Nothing to do.' };
  }
}

/** Of a run that was asked a question; null of any other. */
function answerSentence({ bots, explained, outcome }: Report): string | null {
  if (outcome === 'failed' && explained) return UNKNOWN;
  if (explained?.bots.some(({ live }) => live)) return 'Nothing was written.';
  return explained || (outcome !== 'invalid' && bots.some(isListed)) ? UNREAD : null;
}

const UNKNOWN = 'A list could not be read, so nobody knows what is live there; run again.';
const UNREAD = 'That is what the files say; no live list was read.';

/** Of files that hold to their form. Warnings are only counted: they appear elsewhere in full. */
function noFaults({ warnings }: Report): string {
  return warnings.length === 0 ? 'No faults.' : `No faults, ${plural(warnings.length, 'warning')}.`;
}

/** All was written, and only the lists did not show it in the time that they had. */
function isUnseen({ stage, bots }: Report): boolean {
  const { applied, ...rest } = countResults(bots);
  return stage === 'result' && !bots.some(({ error }) => error) && Object.values(rest).every((count) => count === 0);
}

const UNSEEN = 'All was written, and the lists do not show all of it yet; look again later.';
