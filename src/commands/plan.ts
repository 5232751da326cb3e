import type { Bot, Fault, Report } from '../model.ts';
import { keyOf } from '../plan.ts';
import { writePlanFile } from '../plan-file.ts';
import type { ApiOptions, Context } from './context.ts';
import { readDesired } from './desired.ts';
import { type Fleet, openForReading, type ReadLine } from './fleet.ts';
import { type Planning, planAll } from './planning.ts';
import { planOutcome, reportBot, reportFailed, requestsSent, sortBots, writesNeeded } from './report.ts';

export interface PlanOptions extends ApiOptions {
  /** Where to save the plan. */
  readonly out?: string | undefined;
}

/** Reads every list and says what would change. Holds nothing that can write. */
export async function plan(paths: readonly string[], options: PlanOptions, context: Context): Promise<Report> {
  const { bots, warnings } = readDesired(paths, options, context);
  const fleet = await openForReading(bots, options, context);
  try {
    const planning = await planAll(bots, fleet, options, context);
    if (options.out !== undefined && !context.stop.aborted) {
      const { plan } = planning;
      context.files.writePrivate(options.out, writePlanFile(plan, keyOf(plan.bots, fleet.tokens)));
    }
    return planReport('plan', bots, planning, fleet, warnings, context);
  } finally {
    await fleet.close();
  }
}

/** The report of a plan that was made just now. */
export function planReport(
  command: string,
  bots: readonly Bot[],
  { plan, failures, warnings }: Planning,
  fleet: Fleet<ReadLine>,
  faults: readonly Fault[],
  context: Context,
): Report {
  const failed = bots.flatMap(({ id, policy }) => {
    const failure = failures.get(id);
    return failure ? reportFailed(id, fleet.lines.get(id)!, policy, failure) : [];
  });
  const all = sortBots([...plan.bots.map((bot) => reportBot(bot)), ...failed]);
  return {
    command,
    stage: 'plan',
    fingerprint: plan.fingerprint,
    outcome: planOutcome(all),
    interrupted: context.stop.aborted,
    bots: all,
    requests: { read: requestsSent(fleet).read, write: writesNeeded(plan.bots) },
    warnings: [...faults, ...warnings.map((message) => ({ message }))],
    errors: [],
  };
}
