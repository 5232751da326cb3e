/** Words the outcomes of applies. */
import { postponedIn } from '../../model/compared.ts';
import { bothOf } from '../../model/ledger.ts';
import type { ResultReport } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import type { Dress } from '../words/guard.ts';
import { countResults, isComplete } from '../words/summary.ts';
import { joined, plural } from '../words/text.ts';
import { waitNote } from '../words/users.ts';
import { IN_SYNC, NOTHING_LEFT } from './plan.ts';
import { FIX_AND_RUN, INVALID } from './reading.ts';
import { refusal } from './refused.ts';
import { bad, differs, good, type RunVerdict, unfinished } from './tones.ts';

export function written(report: ResultReport, clean: Sanitizer, dress: Dress): RunVerdict {
  const { interrupted, once, saved } = report;
  if (interrupted) {
    const next = once ? 'Run plan again and approve the new plan to continue.' : 'Run again to continue.';
    return unfinished(`Interrupted: nothing more was sent. ${next}`);
  }
  const waiting = waitNote(report);
  const unverified = unverifiedWords(report);
  switch (report.outcome) {
    case 'in-sync':
      return saved ? NOTHING_LEFT : IN_SYNC;
    case 'applied':
      return unverified ? differs(unverified) : good(waiting ? `Done: ${waiting}` : '');
    case 'refused':
      return bad(refusal(report, null, clean, dress));
    case 'stale':
      return bad('Stale: a part of the run wrote nothing, because its plan was not the approved one.');
    case 'invalid':
      return INVALID;
    case 'failed':
      return bad(joined(' ', [failedWords(report), unverified]));
    default:
      return isComplete(report.bots) && report.errors.length === 0
        ? unfinished(unfinishedWords(report, waiting, unverified))
        : bad(joined(' ', [partialWords(report), waiting, unverified]));
  }
}

/** Words an apply that sent all changes: what is left is to see them in the lists, or waits for the users. */
function unfinishedWords({ bots }: ResultReport, waiting: string | null, unverified: string | null): string {
  const isHidden = bots.some(({ notVisible }) => notVisible);
  if (waiting) return joined(' ', [`Not finished: ${waiting}`, isHidden && UNSEEN, unverified]);
  if (unverified) return unverified;
  // Postponed removals alone are worded for every kind of run.
  return isHidden || !bots.some((bot) => postponedIn(bot) > 0) ? UNSEEN : '';
}

const UNSEEN = 'All changes were sent, but the live lists do not show all of them yet. Run plan later to check.';

function partialWords({ once }: ResultReport): string {
  const finish = once ? 'run plan again and approve the new plan to finish' : 'run again to finish';
  return `Fix the reported errors, then ${finish}.`;
}

function failedWords({ bots }: ResultReport): string {
  const counts = countResults(bots);
  const unknown = bothOf(counts.unknown);
  // An apply whose writes are done fails only by what follows them, such as a report that cannot be written.
  if (bothOf(counts.applied) > 0) {
    return bothOf(counts.pending) > 0
      ? 'All changes were sent, but the run failed after that. Fix the reported errors.'
      : 'All changes were applied, but the run failed after that. Fix the reported errors.';
  }
  if (unknown === 0) return `Nothing was applied. ${FIX_AND_RUN}`;
  return `The answers for ${plural(unknown, 'number')} were lost, so these changes may be applied. Run again.`;
}

/** Counts the lists that could not be read after they were written; null if there are none. */
function unverifiedWords({ bots }: ResultReport): string | null {
  const count = bots.filter(({ unverified }) => unverified).length;
  if (count === 0) return null;
  const lists = count === 1 ? 'the list of 1 bot' : `the lists of ${count} bots`;
  return `Not verified: ${lists} could not be read after the writes. Run plan to check.`;
}
