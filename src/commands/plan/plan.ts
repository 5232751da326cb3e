import type { Bot } from '../../model/bot.ts';
import type { Fault } from '../../model/fault.ts';
import type { PlanReport } from '../../model/report.ts';
import { timeOf } from '../../model/world.ts';
import type { Tokens } from '../../plan/fingerprint.ts';
import { MAX_WHY, type PlanFile, type UnreadBot, writePlanFile } from '../../plan/saved-plan.ts';
import { makeSanitizer } from '../../report/voice/index.ts';
import { failureWords } from '../../report/words/faults.ts';
import type { ReadClient } from '../../steps/client.ts';
import type { Context } from '../../steps/context.ts';
import { type Fleet, openForReading } from '../../steps/fleet.ts';
import type { PlanningOptions } from '../../steps/options.ts';
import { judgeReport } from '../../steps/outcome.ts';
import { type Planning, planAll } from '../../steps/plan-all.ts';
import { planReport } from '../../steps/plan-report.ts';
import { compareWith, readCompared } from '../../steps/read-desired.ts';
import { countContacts, readContacts } from './contacts.ts';
import { nextCommand } from './next.ts';

export interface PlanOptions extends PlanningOptions {
  /** Where to save the plan. */
  readonly out?: string | undefined;
  /** A commit. Changes that its desired state would also make are labelled drift, all others config. */
  readonly base?: string | undefined;
  /** Files with the users who wrote in the last 24 hours, as `ID=FILE`, to count the adds that can be blocked now. */
  readonly contacts?: readonly string[] | undefined;
}

/** Reads every list and reports the changes that are due. Opens no client that can write. */
export async function plan(paths: readonly string[], options: PlanOptions, context: Context): Promise<PlanReport> {
  // Before the lists are read: a plan is as old as the oldest fact in it.
  const made = timeOf(context.clock.unix());
  const now = await readCompared(paths, options, context);
  const desired = options.base === undefined ? now : await compareWith(options.base, now, paths, options, context);
  const { bots } = desired;
  const contacts = readContacts(options.contacts ?? [], desired, context.files);
  const fleet = await openForReading(bots, desired.usersOf, options, context);
  try {
    const planning = await planAll(bots, fleet, context, options);
    const whole = planReport('plan', desired, planning, fleet, options.verbose, context);
    const report = judgeReport(countContacts(contacts, planning.plan, fleet, whole), options);
    const savedAs = context.stop.aborted || report.outcome === 'invalid' ? undefined : options.out;
    if (savedAs !== undefined) {
      const file = { plan: planning.plan, made, unread: unreadOf(bots, planning, fleet, context) };
      const error = save(savedAs, file, fleet.tokens, context.files);
      if (error) return notSaved(report, error);
    }
    const next = nextCommand(report, paths, options, context.env);
    return { ...report, ...(savedAs !== undefined && { savedAs }), ...(next !== null && { next }) };
  } finally {
    await fleet.close();
  }
}

/** Saves a plan. @returns why it could not be saved; null if it was. */
function save(out: string, file: PlanFile, tokens: Tokens, files: Context['files']): Fault | null {
  if (file.plan.bots.length === 0 && file.unread.length > 0) {
    return { message: `${out}: not written, because no live list could be read; fix the errors, then run plan again` };
  }
  try {
    files.writePrivate(out, writePlanFile(file, tokens));
    return null;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return { message: error.message };
  }
}

/**
 * Returns the report of a plan that could not be saved. It is still shown, and a refusal keeps its own exit
 * code.
 */
function notSaved(report: PlanReport, error: Fault): PlanReport {
  const outcome = report.outcome === 'refused' ? 'refused' : 'failed';
  return { ...report, outcome, errors: [...report.errors, error] };
}

function unreadOf(
  bots: readonly Bot[],
  { failures }: Planning,
  { clients }: Fleet<ReadClient>,
  { secrets }: Pick<Context, 'secrets'>,
): readonly UnreadBot[] {
  const clean = makeSanitizer({ masked: false, secrets });
  return bots.flatMap(({ id, provider, policy, tokenEnv }) => {
    const failure = failures.get(id);
    if (!failure) return [];
    const { baseUrl } = clients.get(id)!;
    return { id, provider, policy, baseUrl, tokenEnv, why: failureWords(failure, clean).slice(0, MAX_WHY) };
  });
}
