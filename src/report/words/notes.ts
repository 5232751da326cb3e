/** What the formats that are documents say of a report, before each dresses it in its own marks. */
import type { BotReport, Report } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { contactNotes } from './contact.ts';
import { guardReason } from './guard.ts';
import { sinceWords, sizeOf } from './since.ts';
import { summary } from './summary.ts';
import { plural, quote } from './text.ts';
import { leftWords } from './verdict.ts';

/** Something to say of a bot: our own words, and foreign text kept apart from them, for each format to escape. */
export interface Note {
  /** Somebody has to look at it. */
  readonly urgent: boolean;
  readonly words: string;
  readonly quote?: string;
  /** The server's own words. */
  readonly server?: string;
}

/** One line that is true of every outcome. */
export function title(report: Report): string {
  const { errors, bots } = report;
  return bots.length === 0 && errors.length > 0 && !report.explained ? plural(errors.length, 'error') : summary(report);
}

/** A note in full, its foreign text dressed by the format. */
export function sentence({ words, quote, server }: Note, dress: (text: string) => string): string {
  const said = quote === undefined ? words : `${words}: ${dress(quote)}`;
  return server === undefined ? said : `${said}; the server said: ${dress(server)}`;
}

/** A bot without a live list has no counts. */
export const isRead = ({ guard, error }: BotReport, { stage }: Report): boolean =>
  guard !== null || (stage === 'desired' && error === null);

/** What is to be said of a bot besides its counts. */
function notes(bot: BotReport, report: Report, voice: Sanitizer): Note[] {
  const { guard, error, results, notVisible } = bot;
  const said: Note[] = [];
  const reason = guard && report.outcome === 'refused' ? guardReason(guard) : null;
  if (reason) said.push({ urgent: true, words: `refused: ${reason}` });
  if (error) {
    const words = guard ? 'error' : 'could not be read';
    const server = error.detail ? { server: quote(error.detail, voice) } : {};
    said.push({ urgent: true, words, quote: quote(error.message, voice), ...server });
  }
  if (report.stage === 'result' && bot.add.size + bot.remove.size > 0) {
    const open = { rejected: results.rejected.length, ...pick(results) };
    const rest = Object.entries(open).filter(([, numbers]) => numbers > 0);
    const words = [`${results.applied} applied`, ...rest.map(([state, numbers]) => `${numbers} ${state}`)].join(', ');
    said.push({ urgent: rest.length > 0, words });
  }
  for (const words of contactNotes(bot, report)) said.push({ urgent: false, words });
  const since = sinceWords([bot]);
  // What was known before has had its alarm.
  if (since) said.push({ urgent: bot.since !== null && sizeOf(bot.since.new) > 0, words: since });
  for (const words of leftWords(bot)) said.push({ urgent: false, words });
  if (notVisible) {
    said.push({
      urgent: false,
      words: `${plural(notVisible, 'number')} not visible yet (documented: up to 5 minutes)`,
    });
  }
  return said;
}

const pick = ({ failed, unknown, skipped }: BotReport['results']) => ({ failed, unknown, skipped });

/** A bot and what is to be said of it. */
export interface Entry {
  readonly bot: BotReport;
  readonly notes: readonly Note[];
}

/** Bots that somebody has to look at, then those that change, then the quiet ones: where a format must cut, it cuts the last. */
export function byUrgency(report: Report, voice: Sanitizer): readonly Entry[] {
  const rank = (bot: BotReport, said: readonly Note[]) => {
    if (said.some(({ urgent }) => urgent)) return 0;
    return bot.add.size + bot.remove.size > 0 ? 1 : 2;
  };
  return report.bots
    .map((bot) => ({ bot, notes: notes(bot, report, voice) }))
    .map((entry) => ({ ...entry, rank: rank(entry.bot, entry.notes) }))
    .sort((a, b) => a.rank - b.rank);
}
