/** One line that sums a report up. */
import type { BotAnswer, Explained } from '../../model/answer.ts';
import type { AppliedBot, ComparedBot, Comparison, Report } from '../../model/report.ts';
import { byDrift } from './causes.ts';
import { sinceWords } from './changes.ts';
import { formatSummary, importSummary } from './files.ts';
import { joined, plural, sum } from './text.ts';

/** `Plan 7d1f0c22: 3 to add, 1 to remove, 214 unchanged in 2 bots`, and what became of it. */
export function summary(report: Report): string {
  const { outcome } = report;
  const checked = (what: string, numbers: number, bots: readonly unknown[]) =>
    `${outcome === 'invalid' ? 'Checked' : what}: ${plural(numbers, 'number')} in ${plural(bots.length, 'bot')}`;
  switch (report.kind) {
    case 'failure':
      return plural(report.errors.length, 'error');
    case 'check':
      return checked(
        'Valid',
        sum(report.bots, ({ count }) => count),
        report.bots,
      );
    case 'list':
      return checked(
        'Listed',
        sum(report.bots, ({ numbers }) => numbers.size),
        report.bots,
      );
    case 'answer':
      return explainedSummary(report.explained);
    case 'format':
      return formatSummary(report);
    case 'init':
      return `Written: ${plural(report.files.length, 'file')}`;
    case 'import':
      return importSummary(report);
    case 'plan':
      return planSummary(report, null);
    case 'drift':
      return planSummary(report, sinceWords(report.bots));
    case 'result':
      return `Applied${nameOf(report)}: ${resultWords(countResults(report.bots)).join(', ')} ${scopeOf(report)}`;
  }
}

function planSummary(report: Comparison, since: string | null): string {
  const { add, remove, unchanged } = totals(report.bots);
  const due = byDrift(report.bots);
  const drift = due === null ? '' : `, ${due} of these by drift`;
  const what = `${add} to add, ${remove} to remove${drift}, ${unchanged} unchanged ${scopeOf(report)}`;
  return `Plan${nameOf(report)}: ${what}${since ? `; ${since}` : ''}`;
}

const nameOf = ({ fingerprint }: Comparison) => (fingerprint === null ? '' : ` ${fingerprint.slice(0, 8)}`);

function scopeOf({ bots }: Comparison): string {
  const unread = bots.filter(({ guard }: ComparedBot) => !guard).length;
  const rest = unread > 0 ? `; ${plural(unread, 'bot')} could not be read` : '';
  return `in ${plural(bots.length - unread, 'bot')}${rest}`;
}

/** One line that is true of every outcome. */
export function title(report: Report): string {
  return hasContents(report) || report.errors.length === 0 ? summary(report) : plural(report.errors.length, 'error');
}

/** Whether a report has something to show besides files: an answer, or bots. */
export function hasContents(report: Report): boolean {
  return report.kind === 'answer' || ('bots' in report && report.bots.length > 0);
}

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
  const parts = [
    declared === 0 ? `not declared for any of ${all}` : `declared for ${declared} of ${all}`,
    ignored > 0 && `ignored for ${ignored}`,
    looked && `live on ${count(({ live }) => live?.length)}`,
    unknown > 0 && `not known of ${unknown}`,
  ];
  return `Explained: ${joined(', ', parts)}`;
}
