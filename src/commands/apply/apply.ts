import { type Applied, otherNames, type Unsettled } from '../../apply/ledger.ts';
import { verify } from '../../apply/verify.ts';
import type { Caps } from '../../model/bot.ts';
import { type AppliedBot, type ComparedBot, isRefused, notWritten, sizeOf } from '../../model/compared.ts';
import { bothOf, type Failure } from '../../model/ledger.ts';
import type { BotPlan, Snapshot } from '../../model/plan.ts';
import type { PlanReport, ResultReport } from '../../model/report.ts';
import { sampleOf, type Warning } from '../../model/warnings.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import type { NumberSet } from '../../numbers/number-set.ts';
import { countResults, resultWords } from '../../report/words/summary.ts';
import type { WriteClient } from '../../steps/client.ts';
import type { Context } from '../../steps/context.ts';
import type { Fleet } from '../../steps/fleet.ts';
import type { ApplyOptions } from '../../steps/options.ts';
import { applyOutcome, judge, judgeReport, planOutcome } from '../../steps/outcome.ts';
import { prepareFresh, prepareSaved } from '../../steps/prepare.ts';
import { alikeIn } from '../../steps/users.ts';
import { checkConsent, isApproved, notApproved, questionFor } from './consent.ts';

/**
 * Plans, asks and applies. Writes nothing until it has tried to read every list, and guarded each list that it could
 * read.
 *
 * 1. The options must be valid, and a terminal or an option must confirm or approve the plan (`consent`).
 * 2. The plan is made from the files, or a saved plan is checked against the files and the lists
 *    (`steps/prepare`).
 * 3. A refused, stale or unconfirmed plan ends the run without a write.
 * 4. Each bot's change is written (`apply/change`), then its list is read again (`apply/verify`).
 */
export async function apply(
  paths: readonly string[],
  options: ApplyOptions,
  context: Context,
): Promise<PlanReport | ResultReport> {
  checkConsent(options, context.confirm);
  const { plan, approve, yes, wait } = options;
  const { stop } = context;
  const prepared = await (plan === undefined
    ? prepareFresh(paths, options, context)
    : prepareSaved(plan, paths, options, context));
  const { fleet } = prepared;
  const judged = judgeReport(prepared.report, options);
  const planned: PlanReport = approve === undefined ? judged : { ...judged, once: true };
  try {
    const canApprove = prepared.bots.length > 0; // a plan of no list has no fingerprint
    if (stop.aborted || planned.outcome === 'invalid' || !canApprove) return skipAll(planned, stop);
    if (approve !== undefined && !isApproved(planned, approve)) {
      return { ...skipAll(planned, stop), outcome: 'stale', errors: [notApproved(planned, plan ?? null)] };
    }
    const report = approve === undefined ? planned : overrideGuard(planned);
    const refused = new Set(report.bots.filter(isRefused).map(({ id }) => id));
    const bots = prepared.bots.filter((bot) => sizeOf(bot) > 0 && !refused.has(bot.id));
    if (bots.length === 0) return skipAll(postponedOnly(report), stop);
    const agreed = yes || approve !== undefined || plan !== undefined;
    await context.present({ ...report, state: agreed ? 'applying' : 'open' });
    if (!agreed && !(await context.confirm?.(questionFor(bots)))) {
      const errors = [{ message: 'not confirmed, so nothing was written; to apply, run again and answer "yes"' }];
      return { ...skipAll(report, stop), outcome: 'failed', errors };
    }
    const done = await writeAll(bots, fleet, wait, context);
    const all = report.bots.map((bot) => ({ ...notWritten(bot), ...done.get(bot.id)?.end }));
    const { state, ...rest } = report;
    const outcome = applyOutcome(all, options);
    const found = bots.flatMap(({ id }) => othersWrote(id, done.get(id)!.strange));
    // The writes are done, so --error-on cannot make these warnings errors.
    const warnings = [...rest.warnings, ...judge(found, { ...options, errorOn: [] }).warnings];
    const end = { outcome, bots: all, warnings, interrupted: stop.aborted, requests: fleet.sent() };
    return { ...rest, kind: 'result', ...end };
  } finally {
    await fleet.close();
  }
}

async function writeAll(
  bots: readonly BotPlan[],
  fleet: Fleet<WriteClient>,
  wait: number | undefined,
  { progress, clock, spelledAlike, stop }: Context,
) {
  type End = Pick<AppliedBot, 'results' | 'error' | 'notVisible' | 'unverified' | 'settleSeconds' | 'listedAs'>;
  const done = new Map<string, { readonly end: End; readonly strange: NumberSet }>();
  const alike = new Map<string, ReadonlyMap<Msisdn, Msisdn>>();
  for (const bot of bots) {
    alike.set(bot.id, await alikeIn(bot, fleet.clients.get(bot.id)!.userOf, { spelledAlike }));
  }
  const total = bots.reduce((sum, bot) => sum + sizeOf(bot), 0);
  progress.begin('Writing', total);
  await fleet.each(bots, async (bot, client) => {
    const { caps } = client.provider;
    const applied = await client.write(bot, alike.get(bot.id)!);
    const look = () => client.look(bot);
    const onWait = (notVisible: number | null) =>
      progress.note(bot.id, notVisible === null ? 'the list could not be read; retrying' : unseenWords(notVisible));
    const { live, strange, ...end } = await verify(bot, applied, {
      caps,
      wait,
      clock,
      stop: client.over,
      look,
      userOf: client.userOf,
      spelledAlike,
      onWait,
    });
    const isOpen = wait === undefined && caps.settleTime > 0 && bothOf(end.results.applied) > 0;
    const lag = isOpen && { settleSeconds: caps.settleTime / 1000 };
    const listedAs = otherNames(applied, client.userOf);
    const names = listedAs.length > 0 && { listedAs };
    const open = stop.aborted ? null : openIn(applied, end.results); // an interruption is no failure
    const error = failureOf(bot, applied, live, caps) ?? open;
    done.set(bot.id, { end: { ...end, ...lag, ...names, error }, strange });
    progress.note(bot.id, resultWords(countResults([end])));
  });
  progress.end();
  return done;
}

const unseenWords = (numbers: number) =>
  `${numbers} ${numbers === 1 ? 'number' : 'numbers'} not visible yet; reading the list again`;

/** Warns if a list contains numbers that this run neither wrote nor knew, or lacks numbers that it knew. */
function othersWrote(bot: string, strange: NumberSet): Warning[] {
  return strange.size > 0 ? [{ code: 'W-OTHER-WRITER', bot, ...sampleOf(strange.values) }] : [];
}

/** Returns why writing to a bot ended early. For a full list, adds its count of entries and its capacity. */
function failureOf(
  { counts }: BotPlan,
  { failure, unsettled, skipped }: Applied,
  live: Snapshot | null,
  { capacity }: Caps,
): Failure | null {
  if (!failure || !live || !unsettled.some(({ state }) => state === 'full')) return failure;
  const isLeft = ({ direction, state }: Unsettled) => direction === 'remove' && state !== 'rejected';
  const removes = skipped.remove > 0 || unsettled.some(isLeft);
  const left = { removes, waiting: (counts.postponed ?? 0) > 0 };
  return { ...failure, holds: { entries: live.numbers.size + live.foreign, capacity, ...left } };
}

/** Returns the reason of a number that failed or is unknown after all; null if there is none. */
function openIn({ unsettled }: Applied, results: AppliedBot['results']): Failure | null {
  const open = unsettled.find(({ state, direction }) => {
    return (state === 'failed' || state === 'unknown') && results[state][direction] > 0;
  });
  return open ? { kind: 'changes-open', detail: open.reason } : null;
}

/** Returns the plan of an apply that ends without writing. */
function skipAll(report: PlanReport, stop: AbortSignal): PlanReport {
  return { ...report, state: 'skipped', requests: { ...report.requests, write: 0 }, interrupted: stop.aborted };
}

/** Returns the report of a plan without a change to send. If removals are postponed, the lists are not in sync. */
const postponedOnly = (report: PlanReport): PlanReport =>
  report.outcome === 'changes' ? { ...report, outcome: 'partial' } : report;

/** Lifts the guard from an approved plan. No approval lets a list hold more than its capacity. */
function overrideGuard(report: PlanReport): PlanReport {
  const { fingerprint } = report;
  const isLifted = (bot: ComparedBot) => isRefused(bot) && bot.guard?.tripped !== 'capacity';
  if (fingerprint === null || !report.bots.some(isLifted)) return report;
  const bots = report.bots.map((bot) => (isLifted(bot) ? { ...bot, approvedBy: fingerprint } : bot));
  return { ...report, bots, outcome: planOutcome(bots) };
}
