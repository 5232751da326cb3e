/** One line that sums a report up. */
import type { BotAnswer, Explained } from '../../model/answer.ts';
import type { BotReport, Report } from '../../model/report.ts';
import { byDrift } from './causes.ts';
import { filesSummary, isOfFiles } from './files.ts';
import { sinceWords } from './since.ts';
import { joined, plural, sum } from './text.ts';

/** `Plan 7d1f0c22: 3 to add, 1 to remove, 214 unchanged in 2 bots`, and what became of it. */
export function summary(report: Report): string {
  if (isOfFiles(report)) return filesSummary(report);
  if (report.explained) return explainedSummary(report.explained);
  const { bots } = report;
  const unread = bots.filter((bot) => report.stage !== 'desired' && !bot.guard).length;
  const scope = `in ${plural(bots.length - unread, 'bot')}${unread > 0 ? `; ${plural(unread, 'bot')} could not be read` : ''}`;
  const name = report.fingerprint === null ? '' : ` ${report.fingerprint.slice(0, 8)}`;
  const { add, remove, unchanged } = totals(bots);
  if (report.stage === 'desired') {
    const what = report.outcome === 'invalid' ? 'Checked' : bots.some(isListed) ? 'Listed' : 'Valid';
    return `${what}: ${plural(unchanged, 'number')} ${scope}`;
  }
  if (report.stage === 'plan') {
    const due = byDrift(report);
    const drift = due === null ? '' : `, ${due} of these by drift`;
    const since = sinceWords(bots);
    const what = `${add} to add, ${remove} to remove${drift}, ${unchanged} unchanged ${scope}`;
    return `Plan${name}: ${what}${since ? `; ${since}` : ''}`;
  }
  return `Applied${name}: ${resultWords(countResults(bots)).join(', ')} ${scope}`;
}

export const totals = (bots: readonly BotReport[]) => ({
  add: sum(bots, ({ add }) => add.size),
  remove: sum(bots, ({ remove }) => remove.size),
  unchanged: sum(bots, ({ counts }) => counts.unchanged),
});

/** How the changes of these bots ended. */
export function countResults(bots: readonly BotReport[]) {
  return {
    applied: sum(bots, ({ results }) => results.applied),
    rejected: sum(bots, ({ results }) => results.rejected.length),
    failed: sum(bots, ({ results }) => results.failed),
    unknown: sum(bots, ({ results }) => results.unknown),
    skipped: sum(bots, ({ results }) => results.skipped),
    pending: sum(bots, ({ results }) => results.pending),
  };
}

/** `40 applied`, `1 rejected`: the first is always there, the others if there are any. */
export function resultWords(counts: ReturnType<typeof countResults>): string[] {
  const ends = Object.entries(counts).filter(([state, count]) => state === 'applied' || count > 0);
  return ends.map(([state, count]) => `${count} ${state}`);
}

/** The numbers of the bot are what was asked for. */
export const isListed = ({ numbers }: BotReport): boolean => numbers !== undefined;

/** `Explained: declared for 1 of 2 bots, live on 2`, without the number, which a format may have to mask. */
function explainedSummary({ bots }: Explained): string {
  const count = (of: (bot: BotAnswer) => unknown) => bots.filter(of).length;
  const looked = bots.some(({ live, error }) => live || error);
  const [declared, unknown] = [count((bot) => bot.declared), count(({ error }) => error)];
  const ignored = count(({ rules }) => rules.some(({ past }) => !past));
  const all = plural(bots.length, 'bot');
  const parts = [
    declared === 0 ? `not declared for any of ${all}` : `declared for ${declared} of ${all}`,
    ignored > 0 && `ignored for ${ignored}`,
    looked && `live on ${count(({ live }) => live?.length)}`,
    unknown > 0 && `not known of ${unknown}`,
  ];
  return `Explained: ${joined(', ', parts)}`;
}
