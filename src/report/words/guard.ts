/** Words refusals of the guard. */
import { type ComparedBot, isRefused, postponedIn } from '../../model/compared.ts';
import { bothOf } from '../../model/ledger.ts';
import type { Verdict } from '../../model/plan.ts';
import { type Comparison, isComparison, type Report } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { count, joined, plural, quote } from './text.ts';

/** Words why the guard refuses a bot, with the share and the limit; null if it does not. */
export function guardReason({ tripped, removals, live, limit, limits, overflow }: Verdict): string | null {
  if (!tripped) return null;
  if (overflow) {
    const capacity = count(overflow.capacity);
    return `would end with ${count(overflow.end)} entries, and the list can hold at most ${capacity}`;
  }
  if (tripped === 'emptied') return `would remove ${removals} of ${live} and leave none that the files declare`;
  const share = live === 0 ? 0 : Math.round((removals / live) * 1000) / 10;
  const rule = `the larger of ${limits.percent} % of the live list and ${limits.floor}`;
  return `would remove ${removals} of ${live} (${share} %), more than the limit of ${limit} (${rule})`;
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

/**
 * Words a refusal: the reason, the bots and the remedy. `command` applies the plan that is shown, or is null.
 */
export function refusal(report: Comparison, command: string | null, clean: Sanitizer, dress: Dress): string {
  const refused = (report.bots as readonly ComparedBot[]).filter(isRefused);
  const overfull = refused.filter(({ guard }) => guard?.tripped === 'capacity');
  const losing = refused.filter((bot) => !overfull.includes(bot));
  const what = joined(', and ', [
    losing.length > 0 && `too many removals for ${botNames(losing, clean, dress)}`,
    overfull.length > 0 && `too many numbers for ${botNames(overfull, clean, dress)}`,
  ]);
  const unwritten =
    report.command === 'apply' ? `; nothing was written to ${refused.length === 1 ? 'it' : 'them'}` : '';
  const isAsking = report.kind === 'plan' && report.command === 'apply' && report.state === 'open';
  return joined(' ', [
    `Refused: ${what}${unwritten}.`,
    isAsking && 'If you confirm, only the other bots are written.',
    overfull.length > 0 && `${roomFor(overfull)}: --approve does not override this limit.`,
    losing.length > 0 &&
      `Check the desired state first. If the removals are intended, ${wayPast(report, command, dress)}`,
  ]);
}

/** Words how to make room in lists that are too short for the adds. */
function roomFor(bots: readonly ComparedBot[]): string {
  const fits = (bot: ComparedBot) => {
    const { end, capacity } = bot.guard?.overflow ?? { end: 0, capacity: 0 };
    return postponedIn(bot) > 0 && end - postponedIn(bot) <= capacity;
  };
  return bots.every(fits)
    ? 'Run without --adds-only, as the removals that wait make room'
    : 'Remove numbers from the files';
}

/**
 * Words how to approve the refused plan. A command ends its sentence without a period, so that it can be
 * pasted.
 */
function wayPast({ kind, bots, fingerprint }: Comparison, command: string | null, dress: Dress): string {
  // The plan includes the writes to other bots, so no later plan has the same fingerprint.
  const written =
    kind === 'result' && bots.some(({ results }) => bothOf(results.applied) + bothOf(results.unknown) > 0);
  if (written) return 'run plan again and approve its new fingerprint: the writes to other bots changed it.';
  if (command !== null) return `run: ${command}`;
  if (fingerprint === null) return 'approve the plan of each part with its own fingerprint.';
  return `approve exactly this plan with ${approval(fingerprint, dress)}.`;
}

/** Words a plan that was not approved. If the guard refuses it, approving it is not the first remedy. */
export function stale(report: Report, clean: Sanitizer, dress: Dress): string {
  if (report.kind === 'result') return 'Stale: a part of the run wrote nothing, as its plan was not the approved one.';
  const written = 'Stale: nothing was written.';
  const fingerprint = report.kind === 'plan' ? report.fingerprint : null;
  if (report.kind !== 'plan' || fingerprint === null) return written;
  // Without --adds-only the plan has other changes, and so another fingerprint.
  const waits = (report.bots as readonly ComparedBot[]).some((bot) => postponedIn(bot) > 0);
  const approve = waits ? dress(`--approve ${fingerprint.slice(0, 8)} --adds-only`) : approval(fingerprint, dress);
  const reasons = refusedReasons(report.bots, clean, dress);
  if (!reasons)
    return `${written} The guard does not refuse the plan that is shown. If that plan is right, apply it with ${approve}.`;
  const full = (report.bots as readonly ComparedBot[])
    .filter(isRefused)
    .every(({ guard }) => guard?.tripped === 'capacity');
  const remedy = full
    ? `${roomFor(report.bots.filter(isRefused))}: --approve does not override this limit.`
    : `Check the desired state first: ${approve} would override the guard and apply these removals.`;
  return `${written} The guard refuses the plan that is shown: ${reasons}. ${remedy}`;
}

export const approval = (fingerprint: string, dress: Dress) => dress(`--approve ${fingerprint.slice(0, 8)}`);

/** Words why the guard refuses a plan, bot by bot. */
export function refusedReasons(bots: readonly ComparedBot[], clean: Sanitizer, dress: Dress): string {
  const refused = bots.filter(isRefused);
  const reasons = refused.slice(0, NAMED).map(({ id, guard }) => `${dress(quote(id, clean))} ${guardReason(guard!)}`);
  const more = refused.length - reasons.length;
  return joined('; ', [...reasons, more > 0 && `${plural(more, 'more bot')}`]);
}

const AUDITED = 20;

/** Writes the audit lines of an approval that overrode the guard: the fingerprint, the bot and the reason. */
export function overrideLines(report: Report, clean: Sanitizer, dress: Dress): string[] {
  const bots: readonly ComparedBot[] = isComparison(report) ? report.bots : [];
  const lines = bots.flatMap(({ id, guard, approvedBy }) => {
    if (approvedBy === undefined || !guard) return [];
    const reason = guardReason(guard);
    return `Guard overridden by ${approval(approvedBy, dress)} for ${dress(quote(id, clean))}, which ${reason}.`;
  });
  const more = lines.length - AUDITED;
  return more > 0 ? [...lines.slice(0, AUDITED), `Guard overridden for ${plural(more, 'more bot')}.`] : lines;
}
