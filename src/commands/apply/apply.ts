import type { Applied } from '../../apply/ledger.ts';
import { verify } from '../../apply/verify.ts';
import type { Caps } from '../../model/bot.ts';
import type { Failure } from '../../model/ledger.ts';
import { type BotPlan, keptOf, type Snapshot } from '../../model/plan.ts';
import { type AppliedBot, notWritten, type PlanReport, type ResultReport, sizeOf } from '../../model/report.ts';
import { Invalid } from '../../numbers/invalid.ts';
import { respell } from '../../numbers/same-user.ts';
import type { Context } from '../../steps/context.ts';
import type { Fleet, WriteClient } from '../../steps/fleet.ts';
import { judgeReport } from '../../steps/judge.ts';
import type { ApplyOptions } from '../../steps/options.ts';
import { applyOutcome, overflows, planOutcome } from '../../steps/outcome.ts';
import { prepareFresh, prepareSaved } from '../../steps/prepare.ts';
import { checkConsent, NOT_APPROVED, questionFor } from './consent.ts';

/**
 * Plans, asks and applies. Writes nothing until it has read and guarded every list.
 *
 * 1. The options must allow a consent (`consent`).
 * 2. The plan is made from the files, or read from a saved one and compared with the lists (`steps/prepare`).
 * 3. A refused, stale or unconfirmed plan ends the run without a write.
 * 4. Each bot's change is written (`apply/batches`), then its list is read again (`apply/verify`).
 */
export async function apply(
  paths: readonly string[],
  options: ApplyOptions,
  context: Context,
): Promise<PlanReport | ResultReport> {
  checkConsent(paths, options, context.confirm);
  const { plan, approve, yes, wait } = options;
  const { stop } = context;
  const prepared = await (plan === undefined
    ? prepareFresh(paths, options, context)
    : prepareSaved(plan, options, context));
  const { fleet } = prepared;
  const judged = judgeReport(prepared.report, options);
  const report: PlanReport = approve === undefined ? judged : { ...judged, once: true };
  try {
    if (stop.aborted || report.outcome === 'invalid') return skipAll(report, stop);
    const approved = approve !== undefined;
    if (approved && !report.fingerprint?.startsWith(approve.toLowerCase())) {
      return { ...skipAll(report, stop), outcome: 'stale', errors: [{ message: NOT_APPROVED }] };
    }
    // Approval lifts the guard, but a list cannot hold more than its capacity.
    const lifted = ({ tripped }: BotPlan['guard']) => !tripped || (approved && tripped !== 'capacity');
    const bots = prepared.bots.filter((bot) => sizeOf(bot) > 0 && lifted(bot.guard));
    const shown = approved ? unguarded(report) : report;
    if (bots.length === 0) return skipAll(shown, stop);
    const agreed = yes || approved || plan !== undefined;
    await context.present({ ...shown, state: agreed ? 'applying' : 'open' });
    if (!agreed && !(await context.confirm?.(questionFor(bots)))) {
      const errors = [{ message: 'not confirmed: nothing was written' }];
      return { ...skipAll(report, stop), outcome: 'failed', errors };
    }
    const done = await writeAll(bots, fleet, wait, context);
    const all = report.bots.map((bot) => ({ ...notWritten(bot), ...done.get(bot.id) }));
    const { state, ...rest } = report;
    const outcome = applyOutcome(all, approved, options);
    return { ...rest, kind: 'result', outcome, bots: all, interrupted: stop.aborted, requests: fleet.sent() };
  } finally {
    await fleet.close();
  }
}

async function writeAll(
  bots: readonly BotPlan[],
  fleet: Fleet<WriteClient>,
  wait: number | undefined,
  { progress, clock, stop }: Context,
) {
  const done = new Map<string, Pick<AppliedBot, 'results' | 'error' | 'notVisible'>>();
  const total = bots.reduce((sum, bot) => sum + sizeOf(bot), 0);
  progress.begin('Writing', total);
  await fleet.each(bots, async (bot, client) => {
    const { caps } = client.provider;
    const applied = await client.write(bot);
    const look = () => lookAt(bot, client);
    const onWait = (notVisible: number | null) =>
      progress.note(bot.id, `${notVisible ?? 'not known how many'} not visible yet; looking again`);
    const { live, ...seen } = await verify(bot, applied, { caps, wait, clock, stop, look, onWait });
    done.set(bot.id, { ...seen, error: failureOf(bot, applied, live, caps) });
    progress.note(bot.id, `${seen.results.applied} of ${sizeOf(bot)} written`);
  });
  progress.end();
  return done;
}

/** The list after writing, in the spelling of the numbers that the plan adds. */
async function lookAt({ add, counts }: BotPlan, { look, provider }: WriteClient): Promise<Snapshot | null> {
  const live = await look(keptOf(counts) + add.size);
  return live instanceof Invalid ? null : { ...live, numbers: respell(live.numbers, add, provider.userOf) };
}

/** Why writing to a bot ended early. For a full list, with what it holds. */
function failureOf(
  { remove }: BotPlan,
  { failure, unsettled }: Applied,
  live: Snapshot | null,
  { capacity }: Caps,
): Failure | null {
  if (!failure || !live || !unsettled.some(({ state }) => state === 'full')) return failure;
  return { ...failure, holds: { entries: live.numbers.size + live.foreign, capacity, removes: remove.size > 0 } };
}

/** The plan of an apply that ends without writing. */
function skipAll(report: PlanReport, stop: AbortSignal): PlanReport {
  return { ...report, state: 'skipped', requests: { ...report.requests, write: 0 }, interrupted: stop.aborted };
}

/** An approved plan is not refused, unless it is more than a list can hold. */
function unguarded(report: PlanReport): PlanReport {
  const bots = report.bots.map((bot) => (overflows(bot) ? bot : { ...bot, guard: null }));
  return { ...report, outcome: planOutcome(bots) };
}
