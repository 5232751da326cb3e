/** Sums up the bots that a comment omits, so that no change is hidden. */
import { isComparison, type Report } from '../../model/report.ts';
import { driftWords } from '../words/causes.ts';
import { wholeBots } from '../words/changes.ts';
import type { Row } from '../words/rows.ts';
import { countResults, resultWords } from '../words/summary.ts';
import { count, joined, sum } from '../words/text.ts';

type Omitted = Pick<Row, 'id'> & Partial<Pick<Row, 'reviewed'>>;

/** ` In them: 2 to remove, 3 to add.`: the changes of these bots; empty if there are none. */
export function omittedWords(report: Report, omitted: readonly Omitted[]): string {
  const ids = new Set(omitted.map(({ id }) => id));
  const changes = changeWords(report, ids);
  const reviewed = omitted.filter((bot) => bot.reviewed).length;
  const [changed, are] = reviewed === 1 ? ['has', 'is'] : ['have', 'are'];
  return joined('', [
    changes && ` In them: ${changes}.`,
    reviewed > 0 &&
      ` ${count(reviewed)} of them ${changed} changed settings, or ${are} new in or removed from the files.`,
  ]);
}

function changeWords(report: Report, ids: ReadonlySet<string>): string {
  if (report.kind === 'import') {
    const imported = sum(report.bots, (bot) => (ids.has(bot.id) ? bot.imported : 0));
    return imported > 0 ? `${count(imported)} imported` : '';
  }
  if (!isComparison(report)) return '';
  const bots = wholeBots(report).filter(({ id }) => ids.has(id));
  const [remove, add] = [sum(bots, (bot) => bot.remove.size), sum(bots, (bot) => bot.add.size)];
  if (remove + add === 0) return '';
  if (report.kind === 'drift') return driftWords(bots).join(', ');
  return report.kind === 'result'
    ? resultWords(countResults(bots))
    : `${count(remove)} to remove, ${count(add)} to add`;
}
