/** What a run came to, and the sentence for it. All numbers here are counts. */
import { isComparison, type Outcome, type Report } from '../../model/report.ts';
import { refusal } from './guard.ts';
import { countResults } from './summary.ts';
import { joined, plural } from './text.ts';
import { waitNote, withheldNote } from './users.ts';

/** The color of a verdict in a terminal, and its kind in a document, which sets a bad one apart. */
export const TONES = {
  good: { color: 'green', kind: 'good' },
  /** An answer, or a plan that is applied as it is shown. */
  plain: { color: null, kind: 'good' },
  /** A plan with changes. They are expected, unlike drift. */
  pending: { color: null, kind: 'open' },
  differs: { color: 'yellow', kind: 'open' },
  /** No list was looked at. */
  empty: { color: 'yellow', kind: 'open' },
  /** Nothing failed, but the user stopped the run, or the lists do not show its writes yet. */
  unfinished: { color: 'yellow', kind: 'bad' },
  bad: { color: 'red', kind: 'bad' },
} as const;

/** What a run came to: `text` says what it means, and what to do. */
type RunVerdict = { readonly tone: keyof typeof TONES; readonly text: string };

const good = (text: string): RunVerdict => ({ tone: 'good', text });
const plain = (text: string): RunVerdict => ({ tone: 'plain', text });
const bad = (text: string): RunVerdict => ({ tone: 'bad', text });
const unfinished = (text: string): RunVerdict => ({ tone: 'unfinished', text });

/** Where a verdict points to: a terminal prints it below the bots, a document before or after them. */
const POINTERS = {
  terminal: { bots: 'above', errors: 'what the errors name' },
  document: { bots: 'here', errors: 'what is named here' },
} as const;

export function verdict(report: Report, medium: keyof typeof POINTERS): RunVerdict {
  const { tone, text } = withMore(report, verdictOnRest(report, medium));
  const withheld = report.kind === 'result' ? withheldNote(report.bots) : null;
  if (!withheld) return { tone, text };
  return { tone: tone === 'good' ? 'differs' : tone, text: `${text} ${withheld}.` };
}

const NOTHING_LEFT = 'Nothing is left of this saved plan.';

/** A saved plan that is applied is no proof that the list is what the files say. */
function withMore(report: Report, { tone, text }: RunVerdict): RunVerdict {
  const more = isComparison(report) && report.saved?.more && report.outcome === 'applied';
  return more ? { tone: 'differs', text: `${text} The files ask for more changes: run plan.` } : { tone, text };
}

/** Without what was withheld, which is no failure and still needs a decision. */
function verdictOnRest(report: Report, medium: keyof typeof POINTERS): RunVerdict {
  const { kind } = report;
  // Without the fingerprint, which is past once this plan is applied. The report at the end repeats the refusal.
  if (kind === 'plan' && report.state === 'applying') {
    return plain(report.outcome === 'refused' ? APPLYING_REST : 'Applying.');
  }
  const once = isComparison(report) && report.once === true;
  if (report.interrupted) return interrupted(kind, once);
  const waiting = waitNote(report);
  const { bots, errors } = POINTERS[medium];
  if (report.outcome === 'refused') return bad(refusal(report, bots));
  const isLive = report.kind === 'answer' && report.explained.bots.some(({ live }) => live);
  const answer = isLive ? 'Nothing was written.' : 'That is what the files say; no live list was read.';
  const unverified = unverifiedWords(report);
  const finish = once ? 'approve a new plan to finish' : 'run again to finish';
  const partial = `Applied in part; ${finish}, after mending ${errors}.${waiting ? ` ${waiting}.` : ''}`;
  const invalidWords: Partial<Record<Report['kind'], string>> = {
    answer,
    check: OFFLINE,
    format: 'Nothing to do.',
  };
  const verdicts: Readonly<Record<Exclude<Outcome, 'refused'>, RunVerdict>> = {
    valid: good(OFFLINE),
    listed: plain(answer),
    answered: plain(answer),
    formatted: good('Done.'),
    written: good('Done.'),
    unchanged: good('Nothing to do.'),
    'in-sync': good(
      waiting
        ? `No drift: ${waiting}.`
        : isComparison(report) && report.saved
          ? NOTHING_LEFT
          : 'In sync: nothing to do.',
    ),
    'nothing-selected': { tone: 'empty', text: 'Nothing selected: no live list was looked at.' },
    changes: changes(kind, waiting),
    applied:
      kind === 'plan'
        ? good(NOTHING_LEFT)
        : unverified
          ? unfinished(unverified)
          : good(waiting ? `Done: ${waiting}.` : 'Done.'),
    partial: isUnseen(report) ? unfinished(unverified ?? UNSEEN) : bad(joined(' ', [partial, unverified])),
    failed: bad(joined(' ', [failedWords(report, errors), unverified])),
    stale: bad(`Stale: nothing was written.${approval(report)}`),
    invalid: bad(invalidWords[kind] ?? 'Invalid: nothing was written.'),
  };
  return verdicts[report.outcome];
}

const OFFLINE = 'No live list was read.';
const APPLYING_REST = 'Applying; nothing is written to the bots that are refused above.';
const UNSEEN = 'All was written, and the lists do not show all of it yet; look again later.';

function changes(kind: Report['kind'], waiting: string | null): RunVerdict {
  if (kind === 'format') return { tone: 'differs', text: UNFORMATTED };
  if (kind === 'drift') return { tone: 'differs', text: joined(' ', [DRIFT, waiting && `${waiting}.`]) };
  return { tone: 'pending', text: 'Nothing was written yet.' };
}

const UNFORMATTED = 'Nothing was written; the same command without --check writes it.';
const DRIFT = 'Drift: the live lists differ from the files.';

const FAILED: Partial<Record<Report['kind'], string>> = {
  answer: 'A list could not be read, so nobody knows what is live there; run again.',
  import: 'For the bots that could not be read the file stays as it was; run again.',
};

function failedWords(report: Report, errors: string): string {
  if (report.kind !== 'result') return FAILED[report.kind] ?? 'Failed: nothing was written yet.';
  const { applied, unknown } = countResults(report.bots);
  // An apply whose writes are done fails only by what follows them, such as a report that cannot be written.
  if (applied > 0) return `Applied, but failed after that; fix ${errors}.`;
  if (unknown === 0) return 'Failed: nothing was applied.';
  const may = unknown === 1 ? 'it may be applied' : 'they may be applied';
  return `Failed: what became of ${plural(unknown, 'number')} is not known; ${may}. Run again.`;
}

/** The way to apply a plan that is shown although another one was approved. */
function approval(report: Report): string {
  const short = report.kind === 'plan' ? report.fingerprint?.slice(0, 8) : undefined;
  return short ? ` If the plan that is shown is right, apply it with --approve ${short}.` : '';
}

function interrupted(kind: Report['kind'], once: boolean): RunVerdict {
  if (kind === 'import') return bad('Interrupted: nothing was written; run again.');
  if (kind === 'format' || kind === 'init') return { tone: 'unfinished', text: 'Interrupted.' };
  const next = once ? 'Approve a new plan to go on.' : 'Run again to go on.';
  return { tone: 'unfinished', text: `Interrupted: nothing new was sent. ${next}` };
}

/** How many lists could not be read after they were written; null if none. */
function unverifiedWords(report: Report): string | null {
  const count = report.kind === 'result' ? report.bots.filter(({ unverified }) => unverified).length : 0;
  if (count === 0) return null;
  const lists = count === 1 ? 'the list of 1 bot' : `the lists of ${count} bots`;
  return `Not verified: ${lists} could not be read after the writes. Run plan to check.`;
}

/** All was written, and only the lists did not show it in the time that they had. */
function isUnseen(report: Report): boolean {
  if (report.kind !== 'result') return false;
  const { applied, withheld, ...rest } = countResults(report.bots);
  return !report.bots.some(({ error }) => error) && Object.values(rest).every((count) => count === 0);
}
