/** Words refusals of the guard. */
import { type ComparedBot, isRefused } from '../../model/compared.ts';
import type { Verdict } from '../../model/plan.ts';
import { isComparison, type Report } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { count, joined, plural, quote } from './text.ts';

/**
 * Words why the guard refuses a bot, with the share and the limit; null if it does not.
 *
 * @param ignored the count of live numbers that rules of the bot ignore.
 */
export function guardReason({ tripped, removals, live, limit, limits, overflow }: Verdict, ignored = 0): string | null {
  if (!tripped) return null;
  if (overflow) {
    const capacity = count(overflow.capacity);
    return `would end with ${count(overflow.end)} entries, and the list can hold at most ${capacity}`;
  }
  if (tripped === 'emptied') {
    const which = live === 1 ? 'the only number' : `all ${count(live)} numbers`;
    if (removals === live)
      return `would remove ${which} that ${live === 1 ? 'is' : 'are'} now on the list${ignored > 0 ? ', except ignored ones' : ''}`;
    return `would remove ${removals} of ${plural(live, 'number')} that are now on the list, and keep only protected${ignored > 0 ? ' and ignored' : ''} ones`;
  }
  const share = live === 0 ? 0 : Math.round((removals / live) * 1000) / 10;
  const rule = `the larger of ${limits.percent} % of the live list and ${limits.floor}`;
  return `would remove ${removals} of ${plural(live, 'number')} (${share} %), more than the limit of ${limit} (${rule})`;
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
export function refusedReasons(bots: readonly ComparedBot[], clean: Sanitizer, dress: Dress): string {
  const refused = bots.filter(isRefused);
  const reasons = refused
    .slice(0, NAMED)
    .map(({ id, guard, counts }) => `${dress(quote(id, clean))} ${guardReason(guard!, counts.ignored)}`);
  const more = refused.length - reasons.length;
  return joined('; ', [...reasons, more > 0 && `${plural(more, 'more bot')}`]);
}

const AUDITED = 20;

/** Writes the audit lines of an approval that overrode the guard: the fingerprint, the bot and the reason. */
export function overrideLines(report: Report, clean: Sanitizer, dress: Dress): string[] {
  const bots: readonly ComparedBot[] = isComparison(report) ? report.bots : [];
  const lines = bots.flatMap(({ id, guard, counts, approvedBy }) => {
    if (approvedBy === undefined || !guard) return [];
    const reason = guardReason(guard, counts.ignored);
    return `Guard overridden by ${approval(approvedBy, dress)} for ${dress(quote(id, clean))}, which ${reason}.`;
  });
  const more = lines.length - AUDITED;
  return more > 0 ? [...lines.slice(0, AUDITED), `Guard overridden for ${plural(more, 'more bot')}.`] : lines;
}
