import { bothOf } from '../../model/ledger.ts';
import type { Verdict } from '../../model/plan.ts';
import type { Comparison } from '../../model/report.ts';

/** Why the guard refused, with the share, the limit and the way out; null if it did not. */
export function guardReason({ tripped, removals, live, limit, limits, overflow }: Verdict): string | null {
  if (!tripped) return null;
  if (overflow) return `would end with ${overflow.end} entries, and the list holds ${overflow.capacity} at most`;
  const share = live === 0 ? 0 : Math.round((removals / live) * 1000) / 10;
  if (tripped === 'emptied')
    return `would empty the list of all that this bot asks for: ${removals} of ${live} removed`;
  const rule = `the limit is ${limit}: the larger of ${limits.percent} % of the live list and ${limits.floor}`;
  return `would remove ${removals} of ${live} (${share} %); ${rule}`;
}

/** What was refused, and what to do about it. */
export function refusal(report: Comparison, where: string): string {
  const { fingerprint, bots } = report;
  const reasons = new Set(bots.flatMap(({ guard }) => guard?.tripped || []));
  const [removals, capacity] = [reasons.has('share') || reasons.has('emptied'), reasons.has('capacity')];
  const what = removals ? (capacity ? 'too many removals, or numbers' : 'too many removals') : 'too many numbers';
  const refused = `Refused: ${what}, so nothing is written to the bots named ${where}.`;
  if (!removals) return `${refused} Take numbers out of the files; no --approve makes a list longer.`;
  // What was written is in the plan, too: once it is live, that plan never comes again.
  if (
    report.kind === 'result' &&
    report.bots.some(({ results }) => bothOf(results.applied) + bothOf(results.unknown) > 0)
  ) {
    return `${refused} Other bots were written, so the fingerprint has changed: if this is meant, plan again and give --approve the new one; otherwise check the desired state.`;
  }
  const way = fingerprint
    ? `apply exactly this plan with --approve ${fingerprint.slice(0, 8)}`
    : 'apply exactly the plan of each part with --approve and its own fingerprint';
  return `${refused} If this is meant, ${way}; otherwise check the desired state.`;
}
