/** Collects the facts and notes of each bot, before a format adds its own marks. */
import { type ComparedBot, isRefused, postponedIn, sizeOf } from '../../model/compared.ts';
import type { Direction, Failure } from '../../model/ledger.ts';
import { type Comparison, isComparison, type Report } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { countsOf, driftColumns, driftWords } from './causes.ts';
import { driftNotes, sinceWords, type WholeBot, wholeBots } from './changes.ts';
import { failureWords } from './faults.ts';
import { guardReason, overrideLines } from './guard.ts';
import { isReviewed, leftBotsOf, leftWords, settingsWords, sharedSettings, withoutToken } from './settings.ts';
import { countResults, isComplete, numbersIn, postponedWords, resultWords } from './summary.ts';
import { address, clip, count, lasting, plural, quote, said, sum } from './text.ts';
import {
  contactNotes,
  foreignNotes,
  listedNotes,
  namelessNotes,
  pendingNotes,
  withheldNote,
  withheldWords,
} from './users.ts';

/** Words the facts about a bot whose lists were compared; null or empty if there is nothing to report. */
export function factsOf(bot: WholeBot, report: Comparison) {
  const { kind, outcome } = report;
  const { guard, notVisible, policy, counts, hidden } = bot;
  const { surplus, ignored, protected: kept, missing } = counts;
  const left = [
    hidden && `${count(hidden.size)} of them not visible`,
    surplus > 0 && `${surplus} more not removed by policy ${policy}`,
    ignored > 0 && `${ignored} more ignored`,
    kept > 0 && `${kept} protected`,
    missing > 0 && `${missing} missing, not added by policy ${policy}`,
    postponedIn(bot) > 0 && postponedWords([bot]),
  ];
  return {
    // A stale report shows whether the guard refuses the fresh plan.
    refused: guard && isRefused(bot) && (outcome === 'refused' || outcome === 'stale') ? guardReason(guard) : null,
    contact: kind === 'result' ? pendingNotes(bot) : contactNotes(bot),
    since: isFirstRun(report) ? null : sinceWords([bot]),
    /** Counts of numbers that differ and do not change, with the reason. */
    left: left.filter((words) => typeof words === 'string'),
    unseen: notVisible ? `${plural(notVisible, 'number')} not visible yet; this can take up to 5 minutes` : null,
  };
}

/** A note in a document: our own words, and separately the foreign text, which each format escapes. */
export interface Note {
  readonly urgent: boolean; // the bot needs attention
  readonly words: string;
  readonly quote?: string;
  readonly server?: string; // its own words
}

/** A bot in a document: its row of the table. */
export interface Row {
  readonly id: string;
  /** One for each column of the table; null if the bot's list was not read. */
  readonly counts: readonly number[] | null;
  /** The count of changes in each direction. */
  readonly sides: Readonly<Record<Direction, number>>;
  /** Its settings changed, or it is new in the files or was removed from them. */
  readonly reviewed: boolean;
  readonly notes: readonly Note[];
}

/**
 * Sorts bots by urgency, as a format without room omits the last ones: many bots must not hide a removal.
 *
 * 1. Bots that lose numbers, the most first.
 * 2. Bots that need attention, then bots whose settings changed.
 * 3. Bots that only gain numbers, then bots without changes.
 *
 * `dress` marks foreign text within our own words.
 */
export function byUrgency(report: Report, clean: Sanitizer, dress?: (text: string) => string): readonly Row[] {
  const rank = ({ sides, reviewed, notes }: Row) =>
    notes.some(({ urgent }) => urgent) ? 0 : reviewed ? 1 : sides.add > 0 ? 2 : 3;
  return [...rowsOf(report, clean, dress)].sort((a, b) => b.sides.remove - a.sides.remove || rank(a) - rank(b));
}

const QUIET = { sides: { add: 0, remove: 0 }, reviewed: false };

function rowsOf(report: Report, clean: Sanitizer, dress?: (text: string) => string): readonly Row[] {
  if (report.kind === 'check' || report.kind === 'list') {
    return report.bots.map((bot) => ({ ...QUIET, id: bot.id, counts: [numbersIn(bot)], notes: [] }));
  }
  if (report.kind === 'live') {
    return report.bots.map(({ id, numbers, foreign, error }) => {
      const notes = [...failureNotes({ guard: null, error }, clean), ...foreignNotes(foreign).map(quiet)];
      return { ...QUIET, id, counts: error ? null : [numbers.size], notes };
    });
  }
  if (report.kind === 'import') {
    return report.bots.map(({ id, imported, alreadyThere, error, numbers }) => {
      const notes = failureNotes({ guard: null, error }, clean);
      const sides = { add: numbers?.size ?? 0, remove: 0 };
      return { ...QUIET, id, counts: error ? null : [imported, alreadyThere], sides, notes };
    });
  }
  if (!isComparison(report)) return [];
  const rows = wholeBots(report).map((bot) => {
    const counts = bot.guard && countsOf(bot, report);
    const settings = settingsWords(bot, report, clean, dress);
    const notes = [...notesOn(bot, report, clean), ...(settings ? [quiet(settings)] : [])];
    const sides = { add: bot.add.size, remove: bot.remove.size };
    return { id: bot.id, counts, sides, reviewed: isReviewed(bot), notes };
  });
  const left = leftBotsOf(report).map((bot) => {
    return { ...QUIET, id: bot.id, counts: null, reviewed: true, notes: [quiet(leftWords(bot))] };
  });
  return [...rows, ...left];
}

const quiet = (words: string): Note => ({ urgent: false, words });

function notesOn(bot: WholeBot, report: Comparison, clean: Sanitizer): readonly Note[] {
  const { refused, contact, left, since, unseen } = factsOf(bot, report);
  const withheld = withheldNote([bot]);
  const isNew = bot.since !== null && sizeOf(bot.since.new) > 0;
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
    ...(since ? [{ urgent: isNew, words: since }] : []),
    ...(isFirstRun(report) && isNew ? [{ urgent: true, words: driftWords([bot]).join(', ') }] : []),
    ...left.map(quiet),
    ...(bot.unverified ? [failureNote(UNVERIFIED, bot.unverified, clean)] : []),
    ...(unseen ? [quiet(unseen)] : []),
  ];
}

/** The label of a failure to read a list after the writes. */
export const UNVERIFIED = 'not verified, because the list could not be read again';

function failureNotes({ guard, error }: Pick<ComparedBot, 'guard' | 'error'>, clean: Sanitizer): readonly Note[] {
  return error ? [failureNote(guard ? 'error' : 'could not be read', error, clean)] : [];
}

function failureNote(words: string, failure: Failure, clean: Sanitizer): Note {
  const server = failure.detail ? { server: said(failure.detail, clean) } : {};
  return { urgent: true, words, quote: clip(failureWords(failure, clean)), ...server };
}

/** The bots that need attention, each with its urgent notes in full. `dress` marks foreign text. */
export function troubled(rows: readonly Row[], dress: (text: string) => string) {
  return rows.flatMap(({ id, notes }) => {
    const urgent = notes.filter((note) => note.urgent);
    return urgent.length > 0 ? [{ id, text: urgent.map((note) => noteWords(note, dress)).join('; ') }] : [];
  });
}

/** A note in one line. `dress` marks foreign text. */
function noteWords({ words, quote, server }: Note, dress: (text: string) => string): string {
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

/** Names the counts of a row. */
export function columnsOf(report: Report): readonly { readonly name: string; readonly side?: 'add' | 'remove' }[] {
  if (report.kind === 'import') return [{ name: 'Imported', side: 'add' }, { name: 'Already declared' }];
  if (!isComparison(report)) return [{ name: 'Numbers' }];
  if (report.kind === 'drift') return driftColumns(report);
  const [remove, add] = report.kind === 'result' ? ['Removed', 'Added'] : ['Remove', 'Add'];
  return [{ name: remove!, side: 'remove' }, { name: add!, side: 'add' }, { name: 'Unchanged' }];
}

const isFirstRun = (report: Comparison) => report.kind === 'drift' && report.firstRun === true;

/** Notes when a saved plan was made, if a drift is not confirmed, and if absent numbers may be in the lists. */
export function savedNotes(report: Report): string[] {
  const saved = isComparison(report) ? report.saved : undefined;
  const made = saved ? [`Saved plan, made ${saved.made}, ${lasting(saved.age)} ago.`] : [];
  return [...made, ...driftNotes(report), ...namelessNotes(report)];
}

/**
 * Notes that an approval overrode the guard, and that a base URL replaced the bots' own: a user may forget
 * that the variable is set, and take "Apply complete" for a change of the live list. `dress` marks foreign
 * text.
 */
export function overrideNotes(report: Report, clean: Sanitizer, dress = (text: string) => text): string[] {
  const overrides = 'overrides' in report ? report.overrides : [];
  const elsewhere = overrides.map(({ origin, by }) => {
    if (by === '--sandbox') return 'Sandbox: no live list was read or written.';
    return `Not the vendor's API: ${by ? `${by} sets the base URL to` : 'the plan has the base URL'} ${dress(address(origin, clean))}.`;
  });
  return [...overrideLines(report, clean, dress), ...elsewhere];
}

/** Bots in sync with equal settings, in one line. */
export interface QuietBots {
  readonly ids: ReadonlySet<string>;
  readonly words: string;
  /** The count of numbers that are live and desired. */
  readonly unchanged: number;
  readonly settings: string | null;
}

/** At most this many similar bots in sync keep their own lines. */
const FEW = 3;

/**
 * Folds bots in sync without anything to report except their settings: one line for all bots with equal
 * settings. Bots with warnings, with changed settings or with notes keep their own lines.
 */
export function quietBots(
  report: Comparison,
  clean: Sanitizer,
  dress?: (text: string) => string,
): readonly QuietBots[] {
  const warned = new Set(report.warnings.map((warning) => ('bot' in warning ? warning.bot : undefined)));
  const groups = new Map<string, WholeBot[]>();
  for (const bot of wholeBots(report)) {
    const { settings, ...rest } = bot;
    if (warned.has(bot.id) || isReviewed(bot) || !isQuiet(rest, report, clean)) continue;
    const key = settingsWords(withoutToken(bot), report, clean) ?? '';
    groups.set(key, [...(groups.get(key) ?? []), bot]);
  }
  return [...groups.values()].flatMap((bots) => {
    if (bots.length <= FEW) return [];
    const unchanged = sum(bots, ({ counts }) => counts.unchanged);
    const words = `${count(bots.length)} bots in sync`;
    const settings = sharedSettings(bots, report, clean, dress);
    return { ids: new Set(bots.map(({ id }) => id)), words, unchanged, settings };
  });
}

const isQuiet = (bot: WholeBot, report: Comparison, clean: Sanitizer) =>
  bot.guard !== null && sizeOf(bot) === 0 && notesOn(bot, report, clean).length === 0;
