import type { Bot } from '../model/bot.ts';
import { InvalidError, StaleError } from '../model/errors.ts';
import type { BotPlan, Plan } from '../model/plan.ts';
import type { PlanReport } from '../model/report.ts';
import { sampleOf, type Warning } from '../model/warnings.ts';
import { respell } from '../numbers/same-user.ts';
import { countAgainst, guardAgain, keptBy, leftOf, movedElsewhere } from '../plan/bot-plan.ts';
import { changeOf } from '../plan/diff.ts';
import { ageOf, readPlanFile, type SavedPlan } from '../plan/saved-plan.ts';
import { reportBot, reportFailed, reportPlan, reportUnread } from './build-report.ts';
import type { WriteClient } from './client.ts';
import type { Context } from './context.ts';
import { type Fleet, openForWriting } from './fleet.ts';
import { type ApplyOptions, DEFAULT_PATH } from './options.ts';
import { factsOf, type ListFacts, oddities, planAll } from './plan-all.ts';
import { planReport } from './plan-report.ts';
import { type Desired, readCompared, readDesired } from './read-desired.ts';
import { foreseeWithheld } from './users.ts';

/** A plan that is ready to be written, and the clients that write it. */
export interface Prepared {
  readonly fleet: Fleet<WriteClient>;
  readonly bots: readonly BotPlan[];
  readonly report: PlanReport;
}

/** Makes a plan from the current files and live lists. */
export async function prepareFresh(paths: readonly string[], options: ApplyOptions, context: Context) {
  const desired = await readCompared(paths, options, context);
  const { bots } = desired;
  const fleet = await openForWriting(bots, desired.usersOf, options, context);
  return orClose(fleet, async (): Promise<Prepared> => {
    checkApprovable(options, fleet);
    const planning = await planAll(bots, fleet, context, options);
    const report = planReport('apply', desired, planning, fleet, options.verbose, context);
    return { fleet, bots: planning.plan.bots, report };
  });
}

/** Checks `--approve`. @throws InvalidError if this run has no fingerprint that could be approved. */
function checkApprovable({ approve }: ApplyOptions, { isGuessable }: Fleet<WriteClient>): void {
  if (approve !== undefined && isGuessable) throw new InvalidError(NO_FINGERPRINT);
}

const NO_FINGERPRINT =
  '--approve: a sandbox without a state file has no fingerprints, because any user could compute them; use --sandbox=FILE, or set the token variables';

/** Closes the fleet if the work on it fails. */
async function orClose<T>(fleet: Fleet<WriteClient>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await fleet.close();
    throw error;
  }
}

/**
 * Prepares the rest of a saved plan. The numbers to change, the policy and most counts are those of the plan file.
 * Endpoints, settings and tokens are from the current desired state.
 *
 * 1. Both are read. Each bot of the plan, read or not, must be declared with the plan's provider and token
 *    variable.
 * 2. The file is verified with the tokens of these bots. Then its age and its endpoints are checked.
 * 3. Every list is read. Changes that are done are removed from the plan.
 * 4. The files must require all changes that are left, and no other number of the list may have changed. If
 *    both checks fail, the error is about the files, as an apply of later files also changes the list.
 * 5. The guard checks what is left with the limits of the files. Its refusal, or that of the plan, refuses the bot.
 *
 * @throws StaleError if one of these checks fails, InvalidError if the plan or the desired state cannot be
 *   read.
 */
export async function prepareSaved(
  name: string,
  paths: readonly string[],
  options: ApplyOptions,
  context: Context,
): Promise<Prepared> {
  const saved = readPlanFile(name, context.files.read(name));
  if (options.addsOnly && !saved.plan.addsOnly) throw new InvalidError(mayRemove(name));
  if (paths.length === 0 && !context.files.exists(DEFAULT_PATH)) throw new InvalidError(NO_FILES);
  const desired = await readDesired(paths, options, context);
  const bots = declaredBots(name, saved, desired);
  const fleet = await openForWriting(bots, desired.usersOf, options, context);
  return orClose(fleet, async () => {
    const { plan, made } = saved;
    checkApprovable(options, fleet);
    saved.verify(fleet.tokens);
    const age = ageOf(saved, context.clock.unix());
    const limit = (options.maxAge ?? DAY) / 1000;
    if (age > limit) throw new StaleError({ kind: 'too-old', file: name, made, age, limit });
    for (const { id, baseUrl } of plan.bots) {
      const actual = fleet.clients.get(id)!.baseUrl;
      if (baseUrl === actual) continue;
      throw new StaleError({ kind: 'other-place', file: name, bot: id, planned: baseUrl, now: actual });
    }
    const { rest, failures, warnings, wanting, facts } = await recheckAll(name, plan, bots, fleet, context);
    const read = [
      ...rest.map((bot) => reportBot(bot, facts.get(bot.id))),
      ...reportFailed(plan.bots, failures, fleet.clients),
    ];
    const ofRun = {
      interrupted: context.stop.aborted,
      overrides: fleet.overrides,
      warnings: [...desired.warnings, ...warnings],
      saved: { made, age, ...(wanting.size > 0 && { more: true as const }) },
    };
    const reported = [...read, ...reportUnread(saved.unread)];
    const report = reportPlan('apply', { ...plan, bots: rest }, reported, fleet.sent(), ofRun);
    // All changes of the plan are done, but the list is not in sync with the files.
    const isDone = report.outcome === 'in-sync' && wanting.size > 0;
    return { fleet, bots: rest, report: isDone ? { ...report, outcome: 'applied' } : report };
  });
}

const DAY = 86_400_000;
const mayRemove = (name: string) =>
  `${name}: was made without --adds-only; run plan --adds-only --out, or remove the option`;
const NO_FILES = `${DEFAULT_PATH}: no such file, and apply --plan checks the plan against the files; pass the same paths as to plan`;

/** Returns all bots of a saved plan, also unread ones, as the current files declare them. */
function declaredBots(file: string, { plan, unread }: SavedPlan, { bots }: Desired): readonly Bot[] {
  const planned = [...plan.bots, ...unread];
  if (planned.length === 0) throw new StaleError({ kind: 'no-bots', file });
  const declared = new Map(bots.map((bot) => [bot.id, bot]));
  const idsOf = (some: readonly { readonly id: string }[]) => some.map(({ id }) => id);
  const missing = planned.filter(({ id }) => !declared.has(id));
  if (missing.length > 0) throw new StaleError({ kind: 'undeclared', file, bots: idsOf(missing) });
  const others = planned.filter(({ id, provider, tokenEnv }) => {
    const bot = declared.get(id)!;
    return bot.provider !== provider || bot.tokenEnv !== tokenEnv;
  });
  if (others.length > 0) throw new StaleError({ kind: 'redeclared', file, bots: idsOf(others) });
  return planned.map(({ id }) => declared.get(id)!);
}

async function recheckAll(file: string, plan: Plan, bots: readonly Bot[], fleet: Fleet<WriteClient>, context: Context) {
  const rest: BotPlan[] = [];
  const moved: string[] = [];
  const outdated: { id: string; numbers: number }[] = [];
  const wanting = new Set<string>();
  const warnings: Warning[] = [];
  const facts = new Map<string, ListFacts>();
  const declared = new Map(bots.map((bot) => [bot.id, bot]));
  const hintOf = ({ guard, counts }: BotPlan) => guard.live + counts.ignored;
  const failures = await fleet.readEach(plan.bots, hintOf, async (bot, live, { provider, userOf }) => {
    const spelled = respell(live.numbers, bot.add, userOf);
    const left = leftOf(bot, spelled, fleet.tokens);
    const due = changeOf(declared.get(bot.id)!, live.numbers, userOf, plan.addsOnly);
    const numbers = countAgainst(left, due, userOf);
    if (numbers > 0) outdated.push({ id: bot.id, numbers });
    if (movedElsewhere(bot, spelled, fleet.tokens)) moved.push(bot.id);
    // The files may require adds that the plan does not contain. These numbers are also declared and missing.
    const others = due.add.minus(respell(left.add, due.add, userOf));
    const { postponed } = due.counts; // the files or the list may have changed since the plan was made
    const counts = { ...left.counts, ...(postponed !== undefined && { postponed }) };
    const room = { ...provider.caps, foreign: live.foreign };
    const guarded = guardAgain(left, due, declared.get(bot.id)!.guard, room);
    const planned = { ...guarded, missing: due.missing.or(others), counts };
    rest.push(planned);
    facts.set(bot.id, factsOf(await foreseeWithheld(planned, live, provider.caps, userOf, context), live));
    if (others.size + due.remove.minus(left.remove).size > 0) wanting.add(bot.id);
    warnings.push(...keptBy(bot.id, sampleOf(due.protected.values)));
    warnings.push(...(await oddities(bot, live, left.add, context.doubtful)));
  });
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  if (outdated.length > 0) throw new StaleError({ kind: 'outdated', file, bots: outdated.sort(byId) });
  if (moved.length > 0) throw new StaleError({ kind: 'moved', file, bots: moved.sort() });
  return { rest, failures, warnings, wanting, facts };
}
