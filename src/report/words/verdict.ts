/** Words the outcome of a run, with a tone. All numbers in it are counts. */
import { type ComparedBot, isRefused, postponedIn } from '../../model/compared.ts';
import { bothOf } from '../../model/ledger.ts';
import {
  type Comparison,
  isComparison,
  type Outcome,
  type PlanReport,
  type Report,
  type ResultReport,
} from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { unwrittenWords } from './files.ts';
import { botNames, type Dress, refusal, stale } from './guard.ts';
import { countResults, isComplete, pastWords, postponedWords } from './summary.ts';
import { commandLine, joined, plural, sum } from './text.ts';
import { driftRemedy, waitNote, withheldNote } from './users.ts';

/** The color of a verdict in a terminal, and its kind in a document, which highlights bad ones. */
export const TONES = {
  good: { color: 'green', kind: 'good' },
  /** An answer, or a plan that is being applied. */
  plain: { color: null, kind: 'good' },
  pending: { color: null, kind: 'open' }, // a plan with changes, which are expected, unlike drift
  differs: { color: 'yellow', kind: 'open' },
  /** No list was read. */
  empty: { color: 'yellow', kind: 'open' },
  /** Nothing failed, but the user stopped the run, or the lists do not show its writes yet. */
  unfinished: { color: 'yellow', kind: 'bad' },
  bad: { color: 'red', kind: 'bad' },
} as const;

/** `text` explains the outcome and the remedy; empty if the summary is enough. */
type RunVerdict = { readonly tone: keyof typeof TONES; readonly text: string };

const good = (text: string): RunVerdict => ({ tone: 'good', text });
const plain = (text: string): RunVerdict => ({ tone: 'plain', text });
const bad = (text: string): RunVerdict => ({ tone: 'bad', text });
const unfinished = (text: string): RunVerdict => ({ tone: 'unfinished', text });

/** Words the outcome of a run. `dress` marks foreign text and commands within our own words. */
export function verdict(report: Report, clean: Sanitizer, dress: Dress = String): RunVerdict {
  const rest = withLag(report, verdictOnRest(report, clean, dress));
  const { tone, text } = withMore(report, withPostponed(report, rest));
  const withheld = report.kind === 'result' ? withheldNote(report.bots) : null;
  if (!withheld) return { tone, text };
  return { tone: tone === 'good' ? 'differs' : tone, text: joined(' ', [text, `${withheld}.`]) };
}

/** Adds that a plan may be out of date after a run that applied anything. */
function withLag(report: Report, { tone, text }: RunVerdict): RunVerdict {
  return { tone, text: joined(' ', [text, lagWords(report)]) };
}

/** Adds that `--adds-only` leaves removals. It comes first if a command to paste may end the text. */
function withPostponed(report: Report, { tone, text }: RunVerdict): RunVerdict {
  if (!isPostponing(report)) return { tone, text };
  const waiting = `${postponedWords(report.bots)}, because --adds-only sends none.`;
  if (report.outcome === 'changes') return { tone, text: joined(' ', [waiting, text]) };
  return { tone, text: joined(' ', [text, waiting, report.outcome === 'partial' && SEND_REMOVALS]) };
}

const isPostponing = (report: Report): report is Comparison =>
  isComparison(report) && sum<ComparedBot>(report.bots, postponedIn) > 0;
const SEND_REMOVALS = 'Run plan without --adds-only to review them.';

/** Adds that the files require more than the applied saved plan. */
function withMore(report: Report, { tone, text }: RunVerdict): RunVerdict {
  const more = isComparison(report) && report.saved?.more && report.outcome === 'applied';
  return more
    ? { tone: 'differs', text: joined(' ', [text, 'The files require more changes: run plan.']) }
    : { tone, text };
}

/** Words the outcome without the withheld removals, which are no failure but need a decision. */
function verdictOnRest(report: Report, clean: Sanitizer, dress: Dress): RunVerdict {
  const { kind } = report;
  if (kind === 'plan' && report.state === 'applying') return applying(report, clean, dress);
  if (report.interrupted) return interrupted(report);
  const waiting = waitNote(report);
  const next = kind === 'plan' && report.next ? dress(commandLine(report.next, clean)) : null;
  if (report.outcome === 'refused') return bad(refusal(report, next, clean, dress));
  const isLive = report.kind === 'answer' && report.explained.bots.some(({ live }) => live);
  const answer = isLive ? LIVE_ANSWER : `This is the desired state${pastWords(report, clean)}; no live list was read.`;
  const unverified = unverifiedWords(report);
  const verdicts: Readonly<Record<Exclude<Outcome, 'refused'>, RunVerdict>> = {
    valid: good(OFFLINE),
    listed: plain(kind === 'live' ? LIVE_LISTS : answer),
    answered: plain(answer),
    formatted: good('Done.'),
    written: good(kind === 'edit' ? EDITED : 'Done.'),
    unchanged: good('Nothing to do.'),
    'in-sync': good(
      waiting
        ? `Not counted as drift: ${waiting}.`
        : isComparison(report) && report.saved
          ? NOTHING_LEFT
          : 'In sync: nothing to do.',
    ),
    'nothing-selected': { tone: 'empty', text: 'Nothing selected: no live list was read.' },
    changes: changes(report, next, waiting),
    applied:
      kind === 'plan'
        ? good(NOTHING_LEFT)
        : unverified
          ? unfinished(unverified)
          : good(waiting ? `Done: ${waiting}.` : ''),
    partial: !isSent(report)
      ? kind === 'plan'
        ? unfinished('Nothing to add.')
        : bad(joined(' ', [partialWords(report), waiting && `${waiting}.`, unverified]))
      : waiting
        ? unfinished(joined(' ', [`Not finished: ${waiting}.`, isHidden(report) && UNSEEN, unverified]))
        : unfinished(unverified ?? (isPostponing(report) && !isHidden(report) ? '' : UNSEEN)),
    failed: bad(joined(' ', [failedWords(report), unverified])),
    stale: bad(stale(report, clean, dress)),
    invalid: bad(kind === 'check' ? OFFLINE : INVALID[isUnwritten(report) ? 'unwritten' : 'read']),
  };
  return verdicts[report.outcome];
}

const EDITED = 'Only the files changed. To change the live lists, run plan, then apply.';
const OFFLINE = 'No live list was read.';
const INVALID = {
  unwritten: 'Invalid: nothing was written. Fix the reported errors.',
  read: 'Invalid: fix the reported errors.',
};
const NOTHING_LEFT = 'Nothing to do: the saved plan has no changes left.';
const LIVE_ANSWER = 'This answer is from the files and the live lists.';
const LIVE_LISTS = 'These are the numbers of the live lists.';
const UNSEEN = 'All changes were sent, but the live lists do not show all of them yet. Run plan later to check.';

/**
 * Words a plan that is being applied, without its fingerprint, which is void afterwards. The final report
 * repeats a refusal.
 */
function applying({ bots }: PlanReport, clean: Sanitizer, dress: Dress): RunVerdict {
  const refused = (bots as readonly ComparedBot[]).filter(isRefused);
  if (refused.length === 0) return plain('Applying.');
  return plain(
    `Applying, but not to ${botNames(refused, clean, dress)}: the guard refuses ${refused.length === 1 ? 'it' : 'them'}.`,
  );
}

/** @param next the command that applies the plan. It ends the sentence without a period, so that it can be pasted. */
function changes(report: Report, next: string | null, waiting: string | null): RunVerdict {
  const { kind, command } = report;
  if (kind === 'format') return { tone: 'differs', text: UNFORMATTED };
  if (report.kind === 'edit') return { tone: 'pending', text: unwrittenWords(report) };
  if (kind === 'drift')
    return { tone: 'differs', text: joined(' ', [driftRemedy(report.bots), waiting && `${waiting}.`]) };
  if (next) return { tone: 'pending', text: `To apply this plan: ${next}` };
  const isAsking = command === 'apply';
  return { tone: 'pending', text: isAsking ? 'Nothing is written before you confirm.' : 'This plan is not applied.' };
}

const UNFORMATTED = 'Nothing was written. Run the same command without --check to format the files.';
/** Reports whether a run that could write has certainly written nothing. */
const isUnwritten = ({ kind, command }: Report) => command === 'apply' && (kind === 'plan' || kind === 'failure');

function partialWords(report: Report): string {
  const finish = isOnce(report) ? 'run plan again and approve the new plan to finish' : 'run again to finish';
  return `Fix the reported errors, then ${finish}.`;
}

const isOnce = (report: Report) => isComparison(report) && report.once === true;

function failedWords(report: Report): string {
  if (report.kind === 'result') return failedResult(report);
  const lists = unreadLists(report);
  if (!lists) return isUnwritten(report) && report.kind === 'plan' ? 'Failed: nothing was written.' : FAILED;
  if (report.kind === 'answer') return `Failed: ${lists}, so this answer is incomplete. Run again.`;
  if (report.kind === 'live') return `Failed: ${lists}, so this listing is incomplete. Run again.`;
  if (report.kind === 'import') {
    const whose = report.bots.length === 1 ? 'its' : 'their';
    return `Failed: ${lists}, so ${whose} numbers were not imported. Run again.`;
  }
  if (report.kind !== 'plan') return `Failed: ${lists}. ${FIX_AND_RUN}`;
  const written = isUnwritten(report) ? ' Nothing was written.' : '';
  if (report.bots.every(({ guard }) => !guard)) {
    return `Failed: there is nothing to approve.${written} ${FIX_AND_RUN}`;
  }
  return `Failed: ${lists}, so this plan is incomplete.${written} ${FIX_AND_RUN}`;
}

const FAILED = 'Failed: fix the reported errors.';
const FIX_AND_RUN = 'Fix the reported errors, then run again.';

/** `1 of 2 lists could not be read`; null if every list was read. */
function unreadLists(report: Report): string | null {
  const bots: readonly { readonly error: unknown }[] =
    report.kind === 'answer'
      ? report.explained.bots
      : 'bots' in report
        ? report.bots.map((bot) => ({ error: null, ...bot }))
        : [];
  const unread = bots.filter(({ error }) => error).length;
  if (unread === 0) return null;
  if (bots.length === 1) return 'the live list could not be read';
  return unread === bots.length
    ? 'no live list could be read'
    : `${unread} of ${bots.length} live lists could not be read`;
}

function failedResult({ bots }: ResultReport): string {
  const counts = countResults(bots);
  const unknown = bothOf(counts.unknown);
  // An apply whose writes are done fails only by what follows them, such as a report that cannot be written.
  if (bothOf(counts.applied) > 0)
    return 'All changes were applied, but the run failed after that. Fix the reported errors.';
  if (unknown === 0) return `Nothing was applied. ${FIX_AND_RUN}`;
  return `The answers for ${plural(unknown, 'number')} were lost, so these changes may be applied. Run again.`;
}

function interrupted(report: Report): RunVerdict {
  const { kind } = report;
  if (kind === 'format' || kind === 'edit' || kind === 'init') return { tone: 'unfinished', text: 'Interrupted.' };
  if (kind === 'import') return bad('Interrupted: nothing was written. Run again.');
  if (kind === 'drift') return unfinished('Interrupted: the differences are not confirmed. Run again.');
  if (kind !== 'result') {
    return unfinished(
      `Interrupted${isUnwritten(report) && kind === 'plan' ? ': nothing was written' : ''}. Run again.`,
    );
  }
  const next = isOnce(report) ? 'Run plan again and approve the new plan to continue.' : 'Run again to continue.';
  return unfinished(`Interrupted: nothing more was sent. ${next}`);
}

/** Counts the lists that could not be read after they were written; null if there are none. */
function unverifiedWords(report: Report): string | null {
  const count = report.kind === 'result' ? report.bots.filter(({ unverified }) => unverified).length : 0;
  if (count === 0) return null;
  const lists = count === 1 ? 'the list of 1 bot' : `the lists of ${count} bots`;
  return `Not verified: ${lists} could not be read after the writes. Run plan to check.`;
}

/** Words how long a plan may still show applied changes; null if lists show them at once. */
function lagWords(report: Report): string | null {
  const lags = report.kind === 'result' ? report.bots.map(({ settleSeconds = 0 }) => settleSeconds) : [];
  const longest = Math.max(0, ...lags);
  return longest > 0
    ? `A plan may still show these changes for up to ${plural(Math.ceil(longest / 60), 'minute')}.`
    : null;
}

/** Reports whether all changes were sent: what is left is to see them in the lists, or waits for the users. */
const isSent = (report: Report) => report.kind === 'result' && isComplete(report.bots);

/** Reports whether a list does not show all writes yet. */
const isHidden = (report: Report) => report.kind === 'result' && report.bots.some(({ notVisible }) => notVisible);
