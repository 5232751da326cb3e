import { onceEach } from '../../model/fault.ts';
import type { DriftReport } from '../../model/report.ts';
import { makePlan } from '../../plan/fingerprint.ts';
import type { Context } from '../../steps/context.ts';
import { openForReading } from '../../steps/fleet.ts';
import { judgeReport } from '../../steps/judge.ts';
import type { ApiOptions } from '../../steps/options.ts';
import { differs, driftOutcome } from '../../steps/outcome.ts';
import { type Planning, planAll } from '../../steps/plan-all.ts';
import { planReport } from '../../steps/plan-report.ts';
import { readCompared } from '../../steps/read-desired.ts';
import { checkPlaces, holdAgainst, readEarlier } from './earlier.ts';

export interface DriftOptions extends ApiOptions {
  /** How long a difference must last to count, in milliseconds; by default the longest settle time of the APIs. */
  readonly settle?: number | undefined;
  /** Count adds that may be pending. */
  readonly failOnPending?: boolean | undefined;
  /** The report of an earlier run, to compare the differences with. */
  readonly since?: string | undefined;
}

/**
 * Plans like `plan`, and reads lists that differ a second time, so that a write on its way raises no alarm.
 *
 * 1. The report of `--since` is read before anything is sent, as this run's report may replace it (`earlier`).
 * 2. Every list is read and planned. If none differs, that is the result.
 * 3. After the settle time, the differing lists are planned again, and what differs both times remains.
 * 4. The differences are compared with those of the earlier report (`since`).
 */
export async function drift(paths: readonly string[], options: DriftOptions, context: Context): Promise<DriftReport> {
  const desired = await readCompared(paths, options, context);
  const { bots } = desired;
  const earlier = options.since === undefined ? null : readEarlier(options.since, bots, context.files);
  const fleet = await openForReading(bots, options, context);
  try {
    if (earlier) checkPlaces(options.since!, earlier, fleet);
    const first = await planAll(bots, fleet, context.doubtful);
    const report = (planning: Planning): DriftReport => {
      const { state, ...made } = planReport('drift', desired, planning, fleet, options.verbose, context);
      const bots = made.bots.map((bot) => ({ ...bot, since: null }));
      const outcome = driftOutcome(bots, options.failOnPending);
      const now: DriftReport = { ...made, kind: 'drift', bots, outcome };
      return judgeReport(earlier ? holdAgainst(earlier, planning, now) : now, options);
    };
    const capsOf = ({ id }: { readonly id: string }) => fleet.clients.get(id)!.provider.caps;
    const counting = first.plan.bots.filter((bot) => differs({ ...bot, ...capsOf(bot) }, options.failOnPending));
    const differing = new Map(counting.map((bot) => [bot.id, bot]));
    if (differing.size === 0 || context.stop.aborted) return report(first);
    const settle = options.settle ?? Math.max(...counting.map((bot) => capsOf(bot).settleTime));
    if (settle > 0) context.progress.begin('Waiting', settle);
    await context.clock.sleep(settle, context.stop);
    context.progress.end();
    if (context.stop.aborted) return report(first);
    const again = bots.filter(({ id }) => differing.has(id));
    const second = await planAll(again, fleet, context.doubtful);
    const confirmed = second.plan.bots.map((bot) => {
      const before = differing.get(bot.id)!;
      return { ...bot, add: bot.add.and(before.add), remove: bot.remove.and(before.remove) };
    });
    const settled = first.plan.bots.filter(({ id }) => !differing.has(id));
    return report({
      plan: makePlan([...settled, ...confirmed], fleet.tokens),
      failures: new Map([...first.failures, ...second.failures]),
      warnings: onceEach([...first.warnings, ...second.warnings]), // most concern both readings
    });
  } finally {
    await fleet.close();
  }
}
