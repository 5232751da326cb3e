/** Words the outcomes of runs that write files. */
import type { EditReport, FormatReport, ImportReport, InitReport } from '../../model/report.ts';
import { unchangedWords, unwrittenWords } from '../words/files.ts';
import { FAILED, FIX_AND_RUN, INVALID, unreadWords } from './reading.ts';
import { bad, differs, good, pending, type RunVerdict, unfinished } from './tones.ts';

/** The summary is enough. */
const DONE = good('');
const IMPORTED = good('Only the file changed. To see what apply would change, run plan.');
const NOTHING_TO_DO = good('Nothing to do.');
const INTERRUPTED = unfinished('Interrupted.');

export function formatted({ interrupted, outcome }: FormatReport): RunVerdict {
  if (interrupted) return INTERRUPTED;
  switch (outcome) {
    case 'formatted':
      return DONE;
    case 'unchanged':
      return NOTHING_TO_DO;
    case 'changes':
      return differs('Nothing was written. Run the same command without --check to format the files.');
    default:
      return outcome === 'invalid' ? INVALID : FAILED;
  }
}

export function edited(report: EditReport): RunVerdict {
  if (report.interrupted) {
    return report.outcome === 'changes' ? unfinished('Interrupted: nothing was written.') : INTERRUPTED;
  }
  switch (report.outcome) {
    case 'written':
      return good('Only the files changed. To change the live lists, run plan, then apply.');
    case 'unchanged':
      return good(unchangedWords(report));
    case 'changes':
      return pending(unwrittenWords(report));
    default:
      return report.outcome === 'invalid' ? INVALID : FAILED;
  }
}

export function initialized({ interrupted, outcome }: InitReport): RunVerdict {
  if (interrupted) return INTERRUPTED;
  if (outcome === 'written') return DONE;
  return outcome === 'invalid' ? INVALID : FAILED;
}

export function imported({ interrupted, outcome, bots }: ImportReport): RunVerdict {
  if (interrupted) return bad('Interrupted: nothing was written. Run again.');
  if (outcome === 'written') return IMPORTED;
  if (outcome === 'unchanged') return NOTHING_TO_DO;
  if (outcome === 'invalid') return INVALID;
  const lists = unreadWords(bots);
  const whose = bots.length === 1 ? 'its' : 'their';
  return lists ? bad(`Failed: ${lists}, so ${whose} numbers were not imported. ${FIX_AND_RUN}`) : FAILED;
}
