/** Words refusals of the guard and stale plans, each with the remedy. */
import { type ComparedBot, isRefused, postponedIn } from '../../model/compared.ts';
import { bothOf } from '../../model/ledger.ts';
import type { Comparison, PlanReport } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { approval, botNames, type Dress, refusedReasons } from '../words/guard.ts';
import { joined } from '../words/text.ts';
import { STALE } from './reading.ts';
import { bad, type RunVerdict } from './tones.ts';

/**
 * Words a refusal: the reason, the bots and the remedy. `command` applies the plan that is shown, or is null.
 */
export function refusal(report: Comparison, command: string | null, clean: Sanitizer, dress: Dress): string {
  const refused = (report.bots as readonly ComparedBot[]).filter(isRefused);
  const overfull = refused.filter(({ guard }) => guard?.tripped === 'capacity');
  const losing = refused.filter((bot) => !overfull.includes(bot));
  const unread = (report.bots as readonly ComparedBot[]).filter(({ guard }) => !guard);
  const what = joined(', and ', [
    losing.length > 0 && `too many removals for ${botNames(losing, clean, dress)}`,
    overfull.length > 0 && `too many numbers for ${botNames(overfull, clean, dress)}`,
  ]);
  const by = refused.every(({ guard }) => guard?.current) ? ' by the guard in the files now' : '';
  const unwritten =
    report.command === 'apply' ? `; nothing was written to ${refused.length === 1 ? 'it' : 'them'}` : '';
  const isAsking = report.kind === 'plan' && report.command === 'apply' && report.state === 'open';
  return joined(' ', [
    `Refused${by}: ${what}${unwritten}.`,
    unread.length > 0 && `Also, the plan does not include ${botNames(unread, clean, dress)}, which could not be read.`,
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
    ? 'Run without --adds-only, because the removals that wait make room'
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
export function stalePlan(report: PlanReport, clean: Sanitizer, dress: Dress): RunVerdict {
  const { fingerprint, bots, addsOnly } = report;
  if (fingerprint === null) return STALE;
  const written = STALE.text;
  // Without --adds-only the plan has other changes, and so another fingerprint.
  const approve = addsOnly ? dress(`${approval(fingerprint, String)} --adds-only`) : approval(fingerprint, dress);
  const reasons = refusedReasons(report, clean, dress);
  if (!reasons) {
    const remedy = `If that plan is right, apply it with ${approve}.`;
    return bad(`${written} The guard does not refuse the plan that is shown. ${remedy}`);
  }
  const refused = bots.filter(isRefused);
  const remedy = refused.every(({ guard }) => guard?.tripped === 'capacity')
    ? `${roomFor(refused)}: --approve does not override this limit.`
    : `Check the desired state first: ${approve} would override the guard and apply these removals.`;
  return bad(`${written} The guard refuses the plan that is shown: ${reasons}. ${remedy}`);
}
