/** One line that sums a report up. */
import type { BotAnswer, Explained } from '../../model/answer.ts';
import type { AppliedBot, ComparedBot } from '../../model/compared.ts';
import type { CheckedBot, Comparison, ListedBot, Report } from '../../model/report.ts';
import { byDrift, driftWords } from './causes.ts';
import { sinceBots, sinceWords } from './changes.ts';
import { formatSummary, importSummary, unreadWords } from './files.ts';
import { reviewSummary } from './settings.ts';
import { joined, plural, sum } from './text.ts';

/** `Plan 7d1f0c22: 3 to add, 1 to remove, 214 unchanged in 2 bots`, and what became of it. */
export function summary(report: Report): string {
  const { kind } = report;
  if (kind === 'failure') return plural(report.errors.length, 'error');
  if (kind === 'check' || kind === 'list') {
    const what = report.outcome === 'invalid' ? 'Checked' : kind === 'check' ? 'Valid' : 'Listed';
    return `${what}: ${plural(totalNumbers(report.bots), 'number')} in ${plural(report.bots.length, 'bot')}`;
  }
  if (kind === 'answer') return explainedSummary(report.explained);
  if (kind === 'format') return formatSummary(report);
  if (kind === 'init') return `Written: ${plural(report.files.length, 'file')}`;
  return kind === 'import' ? importSummary(report) : comparisonSummary(report);
}

function comparisonSummary(report: Comparison): string {
  const { kind, fingerprint, bots } = report;
  const name = fingerprint === null ? '' : ` ${fingerprint.slice(0, 8)}`;
  const unread = bots.filter(({ guard }: ComparedBot) => !guard).length;
  const scope = `in ${plural(bots.length - unread, 'bot')}${unreadWords(unread)}`;
  if (kind === 'result') return `Applied${name}: ${resultWords(countResults(bots)).join(', ')} ${scope}`;
  const { add, remove, unchanged } = totals(bots);
  if (kind === 'drift') {
    const words = driftWords(bots);
    const found = joined(', ', [...(words.length > 0 ? words : ['none']), `${unchanged} unchanged`]);
    return joined('; ', [`Drift: ${found} ${scope}`, sinceWords(sinceBots(report)), reviewSummary(report)]);
  }
  const due = byDrift(bots);
  const drift = due === null ? '' : `, ${due} of these by drift`;
  const plan = `Plan${name}: ${add} to add, ${remove} to remove${drift}, ${unchanged} unchanged ${scope}`;
  return joined('; ', [plan, reviewSummary(report)]);
}

/** One line that is true of every outcome. */
export const title = (report: Report) =>
  hasContents(report) || report.errors.length === 0 ? summary(report) : plural(report.errors.length, 'error');

/** Whether a report has something to show besides files: an answer, or bots. */
export const hasContents = (report: Report) => report.kind === 'answer' || ('bots' in report && report.bots.length > 0);

/** How many numbers the files declare for a bot. */
export const numbersIn = (bot: CheckedBot | ListedBot) => ('count' in bot ? bot.count : bot.numbers.size);

export const totalNumbers = (bots: readonly (CheckedBot | ListedBot)[]) => sum(bots, numbersIn);

export const totals = (bots: readonly ComparedBot[]) => ({
  add: sum(bots, ({ add }) => add.size),
  remove: sum(bots, ({ remove }) => remove.size),
  unchanged: sum(bots, ({ counts }) => counts.unchanged),
});

/** How the changes of these bots ended. */
export function countResults(bots: readonly Pick<AppliedBot, 'results'>[]) {
  return {
    applied: sum(bots, ({ results }) => results.applied),
    rejected: sum(bots, ({ results }) => results.rejected.length),
    failed: sum(bots, ({ results }) => results.failed),
    unknown: sum(bots, ({ results }) => results.unknown),
    skipped: sum(bots, ({ results }) => results.skipped),
    pending: sum(bots, ({ results }) => results.pending),
    withheld: sum(bots, ({ results }) => results.withheld.length),
  };
}

/** `40 applied`, `1 rejected`: the first is always there, the others if there are any. */
export function resultWords(counts: ReturnType<typeof countResults>): string[] {
  const ends = Object.entries(counts).filter(([state, count]) => state === 'applied' || count > 0);
  return ends.map(([state, count]) => `${count} ${state}`);
}

/** `Explained: declared for 1 of 2 bots, live on 2`, without the number, which a format may have to mask. */
function explainedSummary({ bots }: Explained): string {
  const count = (of: (bot: BotAnswer) => unknown) => bots.filter(of).length;
  const looked = bots.some(({ live, error }) => live || error);
  const [declared, unknown] = [count((bot) => bot.declared), count(({ error }) => error)];
  const ignored = count(({ rules }) => rules.some(({ past }) => !past));
  const all = plural(bots.length, 'bot');
  return joined(', ', [
    declared === 0 ? `Explained: not declared for any of ${all}` : `Explained: declared for ${declared} of ${all}`,
    ignored > 0 && `ignored for ${ignored}`,
    looked && `live on ${count(({ live }) => live?.length)}`,
    unknown > 0 && `not known of ${unknown}`,
  ]);
}
