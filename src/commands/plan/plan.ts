import type { Bot } from '../../model/bot.ts';
import type { PlanReport } from '../../model/report.ts';
import { MAX_WHY, timeOf, type UnreadBot, writePlanFile } from '../../plan/saved-plan.ts';
import { makeSanitizer } from '../../report/voice/index.ts';
import { failureWords } from '../../report/words/faults.ts';
import type { Context } from '../../steps/context.ts';
import { type Fleet, openForReading, type ReadClient } from '../../steps/fleet.ts';
import { judgeReport } from '../../steps/judge.ts';
import type { ApiOptions } from '../../steps/options.ts';
import { type Planning, planAll } from '../../steps/plan-all.ts';
import { planReport } from '../../steps/plan-report.ts';
import { compareWith, readCompared } from '../../steps/read-desired.ts';
import { countContacts, readContacts } from './contacts.ts';

export interface PlanOptions extends ApiOptions {
  /** Where to save the plan. */
  readonly out?: string | undefined;
  /** A commit: changes that its desired state would also make are labelled drift, all others config. */
  readonly base?: string | undefined;
  /** The users who wrote in the last 24 hours, as `ID=FILE`, to count the adds that can be blocked now. */
  readonly contacts?: readonly string[] | undefined;
}

/** Reads every list and reports what would change. Holds nothing that can write. */
export async function plan(paths: readonly string[], options: PlanOptions, context: Context): Promise<PlanReport> {
  const now = await readCompared(paths, options, context);
  const desired = options.base === undefined ? now : await compareWith(options.base, now, paths, options, context);
  const { bots } = desired;
  const contacts = readContacts(options.contacts ?? [], desired, context.files);
  const fleet = await openForReading(bots, desired.usersOf, options, context);
  try {
    const planning = await planAll(bots, fleet, context);
    const made = planReport('plan', desired, planning, fleet, options.verbose, context);
    const report = judgeReport(countContacts(contacts, planning.plan, fleet, made), options);
    if (options.out !== undefined && !context.stop.aborted && report.outcome !== 'invalid') {
      const { plan } = planning;
      const unread = unreadOf(bots, planning, fleet, context);
      const file = { plan, made: timeOf(context.clock.unix()), unread };
      context.files.writePrivate(options.out, writePlanFile(file, fleet.tokens));
    }
    return report;
  } finally {
    await fleet.close();
  }
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
