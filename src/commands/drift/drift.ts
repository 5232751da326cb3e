import type { Bot } from '../../model/bot.ts';
import { type DriftedBot, sizeOf } from '../../model/compared.ts';
import { onceEach } from '../../model/fault.ts';
import type { DriftReport } from '../../model/report.ts';
import type { ReadClient } from '../../steps/client.ts';
import type { Context } from '../../steps/context.ts';
import { type Fleet, openForReading } from '../../steps/fleet.ts';
import type { ApiOptions } from '../../steps/options.ts';
import { differs, driftOutcome, judgeReport } from '../../steps/outcome.ts';
import { planAll } from '../../steps/plan-all.ts';
import { planReport } from '../../steps/plan-report.ts';
import { readCompared } from '../../steps/read-desired.ts';
import { compareBots, pastOf, type Reading } from './compare-bots.ts';
import { checkPlaces, readEarlier } from './earlier.ts';
import { agreed, reveal, type Seen } from './memory.ts';

export interface DriftOptions extends ApiOptions {
  /** How long a difference must last to count, in milliseconds; by default the longest settle time of the APIs. */
  readonly settle?: number | undefined;
  /** Counts adds that may be pending. */
  readonly failOnPending?: boolean | undefined;
  /** The report of an earlier run, to compare the differences with. */
  readonly since?: string | undefined;
}

/**
 * Plans like `plan`, and reads differing lists a second time, so that a write that the list does not show yet
 * raises no alarm.
 *
 * 1. The report of `--since` is read before anything is sent, as this run's report may replace it
 *    (`earlier`).
 * 2. Every list is read and planned, and compared with that report: which differences are new (`since`), and
 *    which missing numbers were live or are not visible (`memory`). If no list differs, that is the result.
 * 3. After the settle time, the differing lists are planned again. What differs both times is compared again.
 */
export async function drift(paths: readonly string[], options: DriftOptions, context: Context): Promise<DriftReport> {
  const desired = await readCompared(paths, options, context);
  const { bots } = desired;
  const earlier = options.since === undefined ? null : readEarlier(options.since, bots, context.files);
  const fleet = await openForReading(bots, desired.usersOf, options, context);
  try {
    if (earlier) checkPlaces(options.since!, earlier, fleet);
    const read = async (some: readonly Bot[]): Promise<Reading> => {
      const seen = new Map<string, Seen>();
      const planning = await planAll(some, fleet, context, {
        use: ({ id }, list, { provider, baseUrl }) => {
          if (!provider.caps.addNeedsContact) return list;
          const shown = reveal(pastOf(earlier, id, baseUrl).memory.userIds, list);
          seen.set(id, shown);
          return { ...list, numbers: shown.live, foreign: shown.foreign };
        },
      });
      return { ...planning, seen };
    };
    const report = (planning: Reading): DriftReport => {
      const { state, ...made } = planReport('drift', desired, planning, fleet, options.verbose, context);
      const compared = compareBots(made.bots, earlier, bots, planning, fleet.clients);
      const outcome = driftOutcome(compared, options.failOnPending);
      const warnings = [...(earlier?.warnings ?? []), ...made.warnings];
      const facts = {
        ...(earlier && earlier.report === null && { firstRun: true as const }),
        ...(options.settle === 0 && compared.some((bot) => sizeOf(bot) > 0) && { unsettled: true as const }),
      };
      return judgeReport({ ...made, ...facts, kind: 'drift', bots: compared, outcome, warnings }, options);
    };
    const first = await read(bots);
    const found = report(first);
    const counting = found.bots.filter((bot) => differs(bot, options.failOnPending));
    if (counting.length === 0 || context.stop.aborted) return found;
    const capsOf = ({ id }: DriftedBot) => fleet.clients.get(id)!.provider.caps;
    const settle = options.settle ?? Math.max(...counting.map((bot) => capsOf(bot).settleTime));
    if (settle > 0) context.progress.wait(settle);
    await context.clock.sleep(settle, context.stop);
    context.progress.end();
    if (context.stop.aborted) return report(first);
    const differing = new Set(counting.map(({ id }) => id));
    const again = bots.filter(({ id }) => differing.has(id));
    const second = await read(again);
    return report(confirm(first, second, fleet));
  } finally {
    await fleet.close();
  }
}

/** Joins two reads: of the bots of the second read, only the numbers that differ both times remain. */
function confirm(first: Reading, second: Reading, { planOf }: Pick<Fleet<ReadClient>, 'planOf'>): Reading {
  const firsts = new Map(first.plan.bots.map((bot) => [bot.id, bot]));
  const confirmed = second.plan.bots.map((bot) => {
    const before = firsts.get(bot.id)!;
    return { ...bot, add: bot.add.and(before.add), remove: bot.remove.and(before.remove) };
  });
  const again = new Set([...second.failures.keys(), ...confirmed.map(({ id }) => id)]);
  const settled = first.plan.bots.filter(({ id }) => !again.has(id));
  return {
    plan: planOf([...settled, ...confirmed]),
    failures: new Map([...first.failures, ...second.failures]),
    facts: new Map([...first.facts, ...second.facts]),
    warnings: onceEach([...first.warnings, ...second.warnings]), // most concern both readings
    seen: new Map(Array.from(first.seen, ([id, seen]) => [id, agreed(seen, second.seen.get(id) ?? seen)])),
  };
}
