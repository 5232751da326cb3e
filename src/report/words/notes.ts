/** Collects the facts and notes of each bot, before a format adds its own marks. */
import { type ComparedBot, isRefused, postponedIn, sizeOf, waitingIn } from '../../model/compared.ts';
import type { Failure } from '../../model/ledger.ts';
import { type Comparison, isComparison, type Report } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { driftWords } from './causes.ts';
import { driftNotes, sinceWords, type WholeBot, wholeBots } from './changes.ts';
import { failureWords } from './faults.ts';
import { overrideLines, refusedWords } from './guard.ts';
import { countResults, isComplete, postponedWords, resultWords } from './summary.ts';
import { clip, count, lasting, plural, quote, said } from './text.ts';
import { contactNotes, listedNotes, namelessNotes, pendingNotes, withheldNote, withheldWords } from './users.ts';

/** Words the facts about a bot whose lists were compared; null or empty if there is nothing to report. */
export function factsOf(bot: WholeBot, report: Comparison) {
  const { kind, outcome } = report;
  const { notVisible, policy, counts, hidden } = bot;
  const { surplus, ignored, protected: kept, missing } = counts;
  const left = [
    hidden && `including ${count(hidden.size)} not visible`,
    surplus > 0 && `${plural(surplus, 'undeclared number')} kept (policy ${policy})`,
    ignored > 0 && `${plural(ignored, 'ignored number')} kept`,
    kept > 0 && `${plural(kept, 'protected number')} kept`,
    missing > 0 && `${plural(missing, 'missing number')} not added (policy ${policy})`,
    postponedIn(bot) > 0 && postponedWords([bot]),
  ];
  return {
    // A stale report shows whether the guard refuses the fresh plan.
    refused: isRefused(bot) && (outcome === 'refused' || outcome === 'stale') ? refusedWords(bot, report) : null,
    contact: kind === 'result' ? pendingNotes(bot) : contactNotes(bot, kind),
    since: isFirstRun(report) ? null : sinceWords([bot]),
    /** Counts of numbers that differ and do not change, with the reason. */
    left: left.filter((words) => typeof words === 'string'),
    unseen: notVisible ? `${plural(notVisible, 'number')} not visible yet; this can take up to 5 minutes` : null,
  };
}

/** A note in a document: our own words, and separately the reason and the server's words, which each format escapes. */
export interface Note {
  readonly urgent: boolean; // the bot needs attention
  readonly words: string;
  readonly quote?: string;
  readonly server?: string; // its own words
}

export const quiet = (words: string): Note => ({ urgent: false, words });

export function notesOn(bot: WholeBot, report: Comparison, clean: Sanitizer): readonly Note[] {
  const { refused, contact, left, since, unseen } = factsOf(bot, report);
  const withheld = withheldNote([bot]);
  const isNew = bot.since !== null && sizeOf(bot.since.new) > 0;
  const isDrift = sizeOf(bot) > waitingIn(bot); // numbers that wait are none
  const applied = report.kind === 'result' && sizeOf(bot) > 0;
  const results = { ...bot.results, pending: 0, withheld: [] }; // these have notes of their own
  const isWhole = isComplete([{ ...bot, error: null }]);
  return [
    ...(refused ? [{ urgent: true, words: `refused: ${refused}` }] : []),
    ...failureNotes(bot, clean),
    ...(applied ? [{ urgent: !isWhole, words: resultWords(countResults([{ results }])) }] : []),
    ...contact.map(quiet),
    ...listedNotes(bot).map(quiet),
    ...(withheld ? [quiet(withheld)] : []),
    // Differences of the earlier report raised an alarm then.
    ...(since ? [{ urgent: isNew && isDrift, words: since }] : []),
    ...(isFirstRun(report) && isNew ? [{ urgent: isDrift, words: driftWords([bot]).join(', ') }] : []),
    ...left.map(quiet),
    ...unverifiedNotes(bot, report, clean),
    ...(unseen ? [quiet(unseen)] : []),
  ];
}

/** The label of a failure to read a list after the writes. */
export const UNVERIFIED = 'not verified, because the list could not be read again';

/** Notes that a list could not be read after the writes. It is urgent unless all writes have succeeded. */
export function unverifiedNotes(
  { unverified }: Pick<WholeBot, 'unverified'>,
  { outcome }: Comparison,
  clean: Sanitizer,
): readonly Note[] {
  return unverified ? [{ ...failureNote(UNVERIFIED, unverified, clean), urgent: outcome !== 'applied' }] : [];
}

export function failureNotes(
  { guard, error }: Pick<ComparedBot, 'guard' | 'error'>,
  clean: Sanitizer,
): readonly Note[] {
  return error ? [failureNote(guard ? 'error' : 'could not be read', error, clean)] : [];
}

function failureNote(words: string, failure: Failure, clean: Sanitizer): Note {
  const server = failure.detail ? { server: said(failure.detail, clean) } : {};
  return { urgent: true, words, quote: clip(failureWords(failure, clean)), ...server };
}

/** A note in one line. `dress` marks foreign text. */
export function noteWords({ words, quote, server }: Note, dress: (text: string) => string): string {
  const text = quote === undefined ? words : `${words}: ${dress(quote)}`;
  return server === undefined ? text : `${text}; the server answered: ${dress(server)}`;
}

/** The notes of each bot after an apply, and each withheld removal, in the order of the bots. */
export function resultLines(
  report: Report,
  clean: Sanitizer,
): readonly { readonly id: string; readonly words: string }[] {
  if (report.kind !== 'result') return [];
  return wholeBots(report).flatMap((bot) => {
    const notes = notesOn(bot, report, clean).map((note) => noteWords(note, String));
    const withheld = bot.results.withheld.map((each) => `withheld: ${withheldWords(each, clean)}`);
    return [...notes, ...withheld].map((words) => ({ id: quote(bot.id, clean), words }));
  });
}

const isFirstRun = (report: Comparison) => report.kind === 'drift' && report.firstRun === true;

/** Notes when a saved plan was made, if a drift is not confirmed, and if absent numbers may be in the lists. */
export function savedNotes(report: Report): string[] {
  const saved = isComparison(report) ? report.saved : undefined;
  const verified = saved?.verified ? ', and verified with the tokens of its bots' : '';
  const made = saved ? [`Saved plan, made ${saved.made}, ${lasting(saved.age)} ago${verified}.`] : [];
  return [...made, ...driftNotes(report), ...namelessNotes(report)];
}

/**
 * Notes that an approval overrode the guard, and that a base URL replaced the bots' own: a user may forget
 * that the variable is set, and take "Apply complete" for a change of the live list. `dress` marks foreign
 * text.
 */
export function overrideNotes(report: Report, clean: Sanitizer, dress = (text: string) => text): string[] {
  // The result of an apply that is under way repeats its notes.
  const isRepeated = report.kind === 'plan' && report.state === 'applying';
  const overrides = 'overrides' in report && !isRepeated ? report.overrides : [];
  const elsewhere = overrides.map(({ origin, by }) => {
    if (by === '--sandbox') return 'Sandbox: no live list was read or written.';
    const what = by ? 'run' : 'plan';
    return `This ${what} uses ${dress(clean.url(origin))}${by ? ` (${by})` : ''}, not the vendor's API.`;
  });
  return [...overrideLines(report, clean, dress), ...elsewhere];
}
