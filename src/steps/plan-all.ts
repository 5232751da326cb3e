import { providerOf } from '../api/providers/index.ts';
import type { Bot } from '../model/bot.ts';
import type { ComparedBot } from '../model/compared.ts';
import type { Failure, Withheld } from '../model/ledger.ts';
import type { BotPlan, Plan, Snapshot } from '../model/plan.ts';
import { sampleOf, type Warning } from '../model/warnings.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { NumberSet } from '../numbers/number-set.ts';
import { keptBy, planBot } from '../plan/bot-plan.ts';
import { changeOf } from '../plan/diff.ts';
import { guard } from '../plan/guard.ts';
import type { ReadClient } from './client.ts';
import type { Context } from './context.ts';
import type { Fleet } from './fleet.ts';
import { foreseeWithheld } from './users.ts';

/**
 * So many declared numbers take several rounds of pages. Libphonenumber's data, which adds need, is loaded while they are
 * on their way. A shorter read loads it only if there are adds.
 */
const LONG = 1000;

/** A plan for the bots that could be read, and the reasons why others could not. */
export interface Planning {
  readonly plan: Plan;
  readonly failures: ReadonlyMap<string, Failure>;
  readonly warnings: readonly Warning[];
  /** By bot id, for the lists that were read. */
  readonly facts: ReadonlyMap<string, ListFacts>;
}

/** The facts of a live list that a report of its bot has. */
export type ListFacts = Pick<ComparedBot, 'mayWithhold' | 'foreign'>;

/** Omits facts that a report omits. */
export const factsOf = (mayWithhold: readonly Withheld[], { foreign }: Snapshot): ListFacts => ({
  ...(mayWithhold.length > 0 && { mayWithhold }),
  ...(foreign > 0 && { foreign }),
});

interface PlanOptions {
  /** Replaces a live list that was read. */
  readonly use?: (bot: Bot, live: Snapshot, client: ReadClient) => Snapshot;
  /** Postpones all removals, after step 2. */
  readonly addsOnly?: boolean | undefined;
}

/**
 * Reads and plans all bots in parallel, in these steps:
 *
 * 1. The live list is read to its end (`live/`), or the bot has failed. `use` may replace it.
 * 2. Ignored and protected numbers are added to the desired list (`plan/hands-off`), both lists are compared
 *    (`plan/diff`), and the policy removes changes that it forbids (`plan/policy`).
 * 3. The guard decides whether the change looks like an accident (`plan/guard`).
 * 4. The facts of the bot become its part of the plan (`plan/bot-plan`).
 * 5. The plan of all bots gets its fingerprint (`plan/fingerprint`).
 */
export async function planAll(
  bots: readonly Bot[],
  fleet: Fleet<ReadClient>,
  context: Pick<Context, 'doubtful' | 'spelledAlike'>,
  { use = (_, live) => live, addsOnly = false }: PlanOptions = {},
): Promise<Planning> {
  const plans: BotPlan[] = [];
  const warnings: Warning[] = [];
  const facts = new Map<string, ListFacts>();
  const hintOf = ({ numbers }: Bot) => numbers.size;
  const reading = fleet.readEach(bots, hintOf, async (bot, read, client) => {
    const { userOf, baseUrl } = client;
    const { caps } = client.provider;
    const live = use(bot, read, client);
    const change = changeOf(bot, live.numbers, userOf, addsOnly);
    const verdict = guard(change, bot.guard, { ...caps, foreign: live.foreign });
    plans.push(planBot(bot, baseUrl, change, verdict, fleet.tokens));
    warnings.push(...keptBy(bot.id, sampleOf(change.protected.values)));
    facts.set(bot.id, factsOf(await foreseeWithheld(change, live, caps, userOf, context), live));
    warnings.push(...(await oddities(bot, live, change.add, context.doubtful)));
  });
  const isLong = bots.reduce((sum, bot) => sum + hintOf(bot), 0) >= LONG;
  const [failures] = await Promise.all([reading, isLong && context.doubtful(NumberSet.empty, 'all')]);
  return { plan: fleet.planOf(plans, addsOnly), failures, warnings, facts };
}

type Doubtful = Context['doubtful'];
type Checked = Pick<Bot, 'id' | 'provider'>;

/** Returns warnings about a live list, and about the numbers to add to it. */
export async function oddities(bot: Checked, live: Snapshot, add: NumberSet, doubtful: Doubtful): Promise<Warning[]> {
  return [...live.warnings, ...(await doubts(bot, add, 'all', doubtful))];
}

/** Returns a warning if libphonenumber considers numbers invalid. */
export async function doubts(
  { id: bot, provider }: Checked,
  numbers: NumberSet,
  by: 'all' | 'length',
  doubtful: Doubtful,
): Promise<Warning[]> {
  const found = await doubted(numbers, by, [provider], doubtful);
  if (found.length === 0) return [];
  const facts = { bot, ...sampleOf(found) };
  return [by === 'all' ? { code: 'W-INVALID-NUMBER', ...facts } : { code: 'W-IMPOSSIBLE-NUMBER', ...facts }];
}

/**
 * Finds numbers that libphonenumber considers invalid, in every spelling that the API of a provider may list.
 *
 * @param providers those of the bots that block the numbers. Without any, a number has one spelling.
 */
export async function doubted(
  numbers: NumberSet,
  by: 'all' | 'length',
  providers: readonly string[],
  doubtful: Doubtful,
): Promise<readonly Msisdn[]> {
  const found = numbers.size > 0 ? await doubtful(numbers, by) : [];
  const spellings = providers.map((provider) => (number: Msisdn) => {
    return providerOf(provider).otherSpelling?.(number) ?? null;
  });
  const others = NumberSet.of(found.flatMap((number) => spellings.flatMap((other) => other(number) ?? [])));
  const still = new Set<Msisdn | null>(others.size > 0 ? await doubtful(others, by) : []).add(null);
  return found.filter((number) => spellings.length === 0 || spellings.some((other) => still.has(other(number))));
}
