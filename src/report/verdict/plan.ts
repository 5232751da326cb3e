/** Words the outcomes of plans. */
import { type ComparedBot, isRefused } from '../../model/compared.ts';
import type { PlanReport } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { botNames, type Dress } from '../words/guard.ts';
import { totals } from '../words/summary.ts';
import { commandLine } from '../words/text.ts';
import { FAILED, FIX_AND_RUN, INTERRUPTED, INVALID, INVALID_UNWRITTEN, unreadWords } from './reading.ts';
import { refusal, stalePlan } from './refused.ts';
import { bad, good, pending, plain, type RunVerdict, unfinished } from './tones.ts';

export const IN_SYNC = good('In sync: nothing to do.');
const SHOWN =
  'show reads no live list, so it does not know whether this plan was applied. To apply it, pass its file to apply --plan.';
export const NOTHING_LEFT = good('Nothing to do: the saved plan has no changes to apply.');

export function planned(report: PlanReport, clean: Sanitizer, dress: Dress): RunVerdict {
  const { command, interrupted, next, saved, state } = report;
  const isApply = command === 'apply'; // which has written nothing, as its result would be another report
  const way = next ? dress(commandLine(next, clean)) : null;
  if (state === 'applying') return applying(report, clean, dress);
  if (interrupted) return isApply ? unfinished('Interrupted: nothing was written. Run again.') : INTERRUPTED;
  switch (report.outcome) {
    case 'in-sync':
      return saved ? NOTHING_LEFT : IN_SYNC;
    case 'changes':
      // The command ends the sentence without a period, so that it can be pasted.
      if (way) return pending(`To apply this plan: ${way}`);
      if (isApply) return pending('Nothing is written before you confirm.');
      if (report.addsOnly && totals(report.bots).add === 0)
        return pending('There are no adds, so there is nothing to apply.');
      return pending(saved ? SHOWN : 'This plan was not applied.');
    case 'applied':
      return NOTHING_LEFT;
    case 'partial':
      return unfinished('Nothing to add.');
    case 'refused':
      return bad(refusal(report, way, clean, dress));
    case 'stale':
      return stalePlan(report, clean, dress);
    case 'invalid':
      return isApply ? INVALID_UNWRITTEN : INVALID;
    default:
      return failedPlan(report);
  }
}

/**
 * Words a plan that is being applied, without its fingerprint, which is void afterwards. The final report
 * repeats a refusal.
 */
function applying({ bots }: PlanReport, clean: Sanitizer, dress: Dress): RunVerdict {
  const refused = (bots as readonly ComparedBot[]).filter(isRefused);
  if (refused.length === 0) return plain('Applying.');
  const names = botNames(refused, clean, dress);
  return plain(`Applying, but not to ${names}: the guard refuses ${refused.length === 1 ? 'it' : 'them'}.`);
}

function failedPlan({ command, bots }: PlanReport): RunVerdict {
  const isApply = command === 'apply';
  const lists = unreadWords(bots);
  if (!lists) return isApply ? bad('Failed: nothing was written.') : FAILED;
  const written = isApply ? ' Nothing was written.' : '';
  const isEmpty = bots.every(({ guard }) => !guard);
  const what = isEmpty ? 'there is nothing to approve' : `${lists}, so this plan is incomplete`;
  return bad(`Failed: ${what}.${written} ${FIX_AND_RUN}`);
}
