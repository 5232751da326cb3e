/** What a report contains of a bot besides its counts, before each format dresses it in its own marks. */
import { type BotReport, type Report, sizeOf } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { contactNotes } from './contact.ts';
import { failureWords } from './faults.ts';
import { guardReason } from './guard.ts';
import { sinceWords } from './since.ts';
import { countResults, resultWords, summary } from './summary.ts';
import { address, clip, plural, quote } from './text.ts';

/** One line that is true of every outcome. */
export function title(report: Report): string {
  const { errors, bots } = report;
  return bots.length === 0 && errors.length > 0 && !report.explained ? plural(errors.length, 'error') : summary(report);
}

/** What is true of a bot, in our own words; null or empty if there is nothing to report. */
export function factsOf(bot: BotReport, report: Report) {
  const { guard, notVisible, policy, counts } = bot;
  const { surplus, ignored, protected: kept, missing } = counts;
  const left = [
    surplus > 0 && `${surplus} more left by policy ${policy}`,
    ignored > 0 && `${ignored} more left alone by ignore rules`,
    kept > 0 && `${kept} kept: protected`,
    missing > 0 && `${missing} missing, left so by policy ${policy}`,
  ];
  return {
    refused: guard && report.outcome === 'refused' ? guardReason(guard) : null,
    contact: contactNotes(bot, report),
    since: sinceWords([bot]),
    /** What is neither a change nor equal on both sides, and why it is left so. */
    left: left.filter((words) => words !== false),
    unseen: notVisible ? `${plural(notVisible, 'number')} not visible yet (documented: up to 5 minutes)` : null,
  };
}

/** A note of a document: our own words, and foreign text kept apart from them, for each format to escape. */
export interface Note {
  /** The bot needs attention. */
  readonly urgent: boolean;
  readonly words: string;
  readonly quote?: string;
  /** The server's own words. */
  readonly server?: string;
}

/** A bot and its notes in a document. */
export interface Entry {
  readonly bot: BotReport;
  readonly notes: readonly Note[];
}

/** Bots that need attention, then those that change, then the quiet ones: a format that must cut cuts the last. */
export function byUrgency(report: Report, clean: Sanitizer): readonly Entry[] {
  const rank = ({ bot, notes }: Entry) => (notes.some(({ urgent }) => urgent) ? 0 : sizeOf(bot) > 0 ? 1 : 2);
  return report.bots.map((bot) => ({ bot, notes: [...notesOn(bot, report, clean)] })).sort((a, b) => rank(a) - rank(b));
}

function* notesOn(bot: BotReport, report: Report, clean: Sanitizer): Generator<Note> {
  const { guard, error } = bot;
  const { refused, contact, since, left, unseen } = factsOf(bot, report);
  if (refused) yield { urgent: true, words: `refused: ${refused}` };
  if (error) {
    const server = error.detail ? { server: quote(error.detail, clean) } : {};
    const why = clip(failureWords(error, clean));
    yield { urgent: true, words: guard ? 'error' : 'could not be read', quote: why, ...server };
  }
  if (report.stage === 'result' && sizeOf(bot) > 0) {
    const ends = resultWords({ ...countResults([bot]), pending: 0 }); // what is pending has a note of its own
    yield { urgent: ends.length > 1, words: ends.join(', ') };
  }
  for (const words of contact) yield { urgent: false, words };
  // What was known before has had its alarm.
  if (since) yield { urgent: bot.since !== null && sizeOf(bot.since.new) > 0, words: since };
  for (const words of left) yield { urgent: false, words };
  if (unseen) yield { urgent: false, words: unseen };
}

/** The bots that need attention, each with its urgent notes in full. `dress` marks foreign text. */
export function troubled(entries: readonly Entry[], dress: (text: string) => string) {
  return entries.flatMap(({ bot, notes }) => {
    const urgent = notes.filter((note) => note.urgent).map((note) => sentence(note, dress));
    return urgent.length > 0 ? [{ bot, text: urgent.join('; ') }] : [];
  });
}

function sentence({ words, quote, server }: Note, dress: (text: string) => string): string {
  const text = quote === undefined ? words : `${words}: ${dress(quote)}`;
  return server === undefined ? text : `${text}; the server said: ${dress(server)}`;
}

export interface Column {
  readonly name: string;
  readonly side?: 'add' | 'remove';
  of(bot: BotReport): number;
}

/** The counts of a table with a row a bot. */
export function columnsOf({ files, stage }: Report): readonly Column[] {
  const unchanged = (name: string): Column => ({ name, of: (bot) => bot.counts.unchanged });
  if (files) return [{ name: 'Imported', side: 'add', of: (bot) => bot.results.applied }, unchanged('There already')];
  if (stage === 'desired') return [unchanged('Numbers')];
  return [
    { name: 'Remove', side: 'remove', of: (bot) => bot.remove.size },
    { name: 'Add', side: 'add', of: (bot) => bot.add.size },
    unchanged('Unchanged'),
  ];
}

/** A bot without a live list has no counts. */
export const isRead = ({ guard, error }: BotReport, { stage }: Report): boolean =>
  guard !== null || (stage === 'desired' && error === null);

/**
 * Notes on a run that did not go to the bots' own API: a user who forgot a variable that is set would take "Done."
 * for a change of a live list. `dress` marks foreign text.
 */
export function overrideNotes({ overrides = [] }: Report, clean: Sanitizer, dress = (text: string) => text): string[] {
  return overrides.map(({ origin, by }) => {
    if (by === '--sandbox') return 'Sandbox: no live list was read or written.';
    return `Not the bots' own API: their base URL is ${dress(address(origin, clean))}${by ? `, from ${by}` : ''}.`;
  });
}
