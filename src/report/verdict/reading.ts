/** Words the outcomes of runs that only read: checks, lists and answers, and of runs that failed before that. */
import type { AnswerReport, CheckReport, FailureReport, ListReport, LiveReport, Report } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import type { Dress } from '../words/guard.ts';
import { quote } from '../words/text.ts';
import { bad, good, plain, type RunVerdict, unfinished } from './tones.ts';

const OFFLINE = 'No live list was read.';
export const FAILED = bad('Failed: fix the reported errors.');
export const INVALID = bad('Invalid: fix the reported errors.');
export const INVALID_UNWRITTEN = bad('Invalid: nothing was written. Fix the reported errors.');
export const STALE = bad('Stale: nothing was written.');
export const INTERRUPTED = unfinished('Interrupted. Run again.');
export const FIX_AND_RUN = 'Fix the reported errors, then run again.';

export function failed({ interrupted, outcome, command }: FailureReport): RunVerdict {
  if (interrupted) return INTERRUPTED;
  if (outcome === 'stale') return STALE;
  if (outcome === 'failed') return FAILED;
  return command === 'apply' ? INVALID_UNWRITTEN : INVALID;
}

export function checked({ interrupted, outcome }: CheckReport): RunVerdict {
  if (interrupted) return INTERRUPTED;
  if (outcome === 'failed') return FAILED;
  return outcome === 'valid' ? good(OFFLINE) : bad(OFFLINE);
}

export function listed(report: ListReport, clean: Sanitizer, dress: Dress): RunVerdict {
  return read(report, `${sourceOf(report, clean, dress)}; ${UNREAD}.`, FAILED);
}

const DESIRED = 'This is the desired state';
const UNREAD = 'no live list was read';

/** Words which files were listed. `--on` counts the last days of entries on another day, and reads the same files. */
function sourceOf({ past }: ListReport, clean: Sanitizer, dress: Dress): string {
  if (!past) return DESIRED;
  const files = past.commit === null ? 'the current files' : `the files of ${dress(quote(past.commit, clean))}`;
  return `These are the entries of ${files} that have not expired on ${past.day}`;
}

export function liveListed(report: LiveReport): RunVerdict {
  const lists = unreadWords(report.bots);
  const incomplete = lists ? bad(`Failed: ${lists}, so this listing is incomplete. ${FIX_AND_RUN}`) : FAILED;
  return read(report, 'These are the numbers of the live lists.', incomplete);
}

export function answered(report: AnswerReport): RunVerdict {
  const { bots } = report.explained;
  const isLive = bots.some(({ live }) => live);
  const lists = unreadWords(bots);
  const incomplete = lists ? bad(`Failed: ${lists}, so this answer is incomplete. ${FIX_AND_RUN}`) : FAILED;
  const source = isLive ? 'This answer is from the files and the live lists.' : `${DESIRED}; ${UNREAD}.`;
  return read(report, source, incomplete);
}

function read({ interrupted, outcome }: Report, source: string, incomplete: RunVerdict): RunVerdict {
  if (interrupted) return INTERRUPTED;
  if (outcome === 'failed') return incomplete;
  return outcome === 'invalid' ? INVALID : plain(source);
}

/** `1 of 2 live lists could not be read`; null if every list was read. */
export function unreadWords(bots: readonly { readonly error: unknown }[]): string | null {
  const unread = bots.filter(({ error }) => error).length;
  if (unread === 0) return null;
  if (bots.length === 1) return 'the live list could not be read';
  return unread === bots.length
    ? 'no live list could be read'
    : `${unread} of ${bots.length} live lists could not be read`;
}
