import { providerOf } from '../api/providers/index.ts';
import type { Bot } from '../model/bot.ts';
import type { ComparedBot } from '../model/compared.ts';
import type { Problem } from '../model/failure.ts';
import type { Failure } from '../model/ledger.ts';
import { type BotPlan, NO_COUNTS, type Plan } from '../model/plan.ts';
import type { FailureReport, PlanReport } from '../model/report.ts';
import { NumberSet } from '../numbers/number-set.ts';
import type { UnreadBot } from '../plan/saved-plan.ts';
import type { ReadClient } from './client.ts';
import { planOutcome } from './outcome.ts';

/** Reports a bot of a plan. `rest` has more facts about its changes. */
export function reportBot(plan: BotPlan, rest: Partial<ComparedBot> = {}): ComparedBot {
  const { id, baseUrl, policy, add, remove, counts, guard } = plan;
  const { addNeedsContact } = providerOf(plan.provider).caps;
  return { id, baseUrl, policy, add, remove, causes: [], counts, addNeedsContact, guard, error: null, ...rest };
}

const NOT_READ = { add: NumberSet.empty, remove: NumberSet.empty, causes: [], counts: NO_COUNTS, guard: null };

/** Reports the bots that could not be read. */
export function reportFailed(
  bots: readonly Pick<Bot, 'id' | 'policy'>[],
  failures: ReadonlyMap<string, Failure>,
  clients: ReadonlyMap<string, Pick<ReadClient, 'provider' | 'baseUrl'>>,
): readonly ComparedBot[] {
  return bots.flatMap(({ id, policy }) => {
    const error = failures.get(id);
    if (!error) return [];
    const { baseUrl, provider } = clients.get(id)!;
    return { id, baseUrl, policy, ...NOT_READ, addNeedsContact: provider.caps.addNeedsContact, error };
  });
}

/** Reports the bots that a saved plan does not include. */
export function reportUnread(bots: readonly UnreadBot[]): readonly ComparedBot[] {
  return bots.map(({ id, provider, policy, baseUrl, why }) => {
    const { addNeedsContact } = providerOf(provider).caps;
    return { id, baseUrl, policy, ...NOT_READ, addNeedsContact, error: { kind: 'unread', why } };
  });
}

/** Makes the report of a plan that is not applied yet. */
export function reportPlan(
  command: string,
  { addsOnly, fingerprint, bots: planned }: Plan,
  bots: readonly ComparedBot[],
  { read, retries }: Omit<PlanReport['requests'], 'write'>,
  rest: Pick<PlanReport, 'interrupted' | 'overrides' | 'warnings' | 'leftBots' | 'saved'>,
): PlanReport {
  return {
    kind: 'plan',
    state: 'open',
    command,
    ...(addsOnly && { addsOnly }),
    fingerprint,
    outcome: planOutcome(bots),
    bots: [...bots].sort((a, b) => (a.id < b.id ? -1 : 1)),
    requests: { read, write: writesNeeded(planned), retries },
    errors: [],
    ...rest,
  };
}

/** Counts the writes that a plan needs if nothing fails: adds and removes are in separate batches. */
function writesNeeded(bots: readonly BotPlan[]): number {
  const batches = ({ size }: NumberSet, provider: string) => Math.ceil(size / providerOf(provider).caps.batchSize);
  return bots.reduce((sum, { add, remove, provider }) => sum + batches(add, provider) + batches(remove, provider), 0);
}

/** Makes the report of a run that ended before it read any list. */
export function reportFailure(
  command: string,
  outcome: FailureReport['outcome'],
  errors: readonly Problem[],
): FailureReport {
  return { kind: 'failure', command, outcome, interrupted: false, warnings: [], errors };
}
