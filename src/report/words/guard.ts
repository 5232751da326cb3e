/** Words refusals of the guard. */
import { type ComparedBot, isRefused } from '../../model/compared.ts';
import type { Verdict } from '../../model/plan.ts';
import { type Comparison, isComparison, type Report } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { count, joined, plural, quote } from './text.ts';

/**
 * Words why the guard refuses a bot of a report. The counts are older than the report if they are of a saved plan, or if
 * this run wrote to the bot.
 */
export function refusedWords(bot: ComparedBot, { kind, saved }: Comparison): string | null {
  const { guard, counts, approvedBy } = bot;
  const isSaved = saved !== undefined && !guard?.current;
  const isEarlier = isSaved || (kind === 'result' && approvedBy !== undefined);
  return guard && guardReason(guard, counts.ignored, isEarlier);
}

/**
 * Words why the guard refuses a bot, with the share and the limit; null if it does not.
 *
 * @param ignored the count of live numbers that rules of the bot ignore.
 * @param isEarlier the list may have changed since it was counted.
 */
export function guardReason(verdict: Verdict, ignored = 0, isEarlier = false): string | null {
  const { tripped, removals, live, limit, limits, overflow, current = false } = verdict;
  if (!tripped) return null;
  const counted = isEarlier ? `, as counted ${current ? 'before the writes' : 'when the plan was made'}` : '';
  if (overflow) {
    const capacity = count(overflow.capacity);
    return `would end with ${count(overflow.end)} entries, and the list can hold at most ${capacity}${counted}`;
  }
  if (tripped === 'emptied' && current) {
    return `would remove ${plural(removals, 'number')}, and keep no number that the files now declare`;
  }
  if (tripped === 'emptied') {
    const one = live === 1;
    const which = one ? 'the only number' : `all ${count(live)} numbers`;
    const [was, is] = one ? ['was', 'is'] : ['were', 'are'];
    const then = isEarlier ? `that ${was} on the list when the plan was made` : `that ${is} now on the list`;
    if (removals === live) return `would remove ${which} ${then}${ignored > 0 ? ', except ignored ones' : ''}`;
    return `would remove ${removals} of ${plural(live, 'number')} ${then}, and keep only protected${ignored > 0 ? ' and ignored' : ''} ones`;
  }
  const share = live === 0 ? 0 : Math.round((removals / live) * 1000) / 10;
  const rule = `the larger of ${limits.percent} % of the live list and ${limits.floor}`;
  return `would remove ${removals} of ${plural(live, 'number')} (${share} %), more than the limit of ${limit}${current ? ' in the files now' : ''} (${rule})${counted}`;
}

/** Marks foreign text and commands within our own words. */
export type Dress = (text: string) => string;

const NAMED = 5;

/** Lists at most five bot ids, and the count of the others. */
export function botNames(bots: readonly Pick<ComparedBot, 'id'>[], clean: Sanitizer, dress: Dress): string {
  const names = bots.slice(0, NAMED).map(({ id }) => dress(quote(id, clean)));
  const more = bots.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${plural(more, 'more bot')}` : names.join(', ');
}

export const approval = (fingerprint: string, dress: Dress) => dress(`--approve ${fingerprint.slice(0, 8)}`);

/** Words why the guard refuses a plan, bot by bot. */
export function refusedReasons(report: Comparison, clean: Sanitizer, dress: Dress): string {
  const refused = (report.bots as readonly ComparedBot[]).filter(isRefused);
  const reasons = refused.slice(0, NAMED).map((bot) => `${dress(quote(bot.id, clean))} ${refusedWords(bot, report)}`);
  const more = refused.length - reasons.length;
  return joined('; ', [...reasons, more > 0 && `${plural(more, 'more bot')}`]);
}

const AUDITED = 20;

/** Writes the audit lines of an approval that overrode the guard: the fingerprint, the bot and the reason. */
export function overrideLines(report: Report, clean: Sanitizer, dress: Dress): string[] {
  if (!isComparison(report)) return [];
  const bots: readonly ComparedBot[] = report.bots;
  const lines = bots.flatMap((bot) => {
    if (bot.approvedBy === undefined || !bot.guard) return [];
    const by = approval(bot.approvedBy, dress);
    return `Guard overridden by ${by} for ${dress(quote(bot.id, clean))}, which ${refusedWords(bot, report)}.`;
  });
  const more = lines.length - AUDITED;
  return more > 0 ? [...lines.slice(0, AUDITED), `Guard overridden for ${plural(more, 'more bot')}.`] : lines;
}
