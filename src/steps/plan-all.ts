import pLimit from 'p-limit';
import { readCursors } from '../live/cursors.ts';
import { readSnapshot } from '../live/pages.ts';
import { ApiError, StoppedError } from '../model/errors.ts';
import type { Bot, BotPlan, Failure, Plan, Snapshot, Warning } from '../model/model.ts';
import { formatMsisdn, type Msisdn } from '../numbers/msisdn.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import { respell } from '../numbers/same-user.ts';
import { diff } from '../plan/diff.ts';
import { makePlan, planBot } from '../plan/fingerprint.ts';
import { guard } from '../plan/guard.ts';
import { own } from '../plan/hands-off.ts';
import type { ApiOptions, Context } from './context.ts';
import type { Fleet, ReadLine } from './fleet.ts';
import { ofBot } from './judge.ts';

/** A plan for the bots that could be read, and why the others could not. */
export interface Planning {
  readonly plan: Plan;
  readonly failures: ReadonlyMap<string, Failure>;
  readonly warnings: readonly Warning[];
}

/** Reads every bot side by side and plans each. One bot's failure stops no other. */
export async function planAll(
  bots: readonly Bot[],
  fleet: Fleet<ReadLine>,
  options: ApiOptions,
  context: Context,
): Promise<Planning> {
  const plans: BotPlan[] = [];
  const failures = new Map<string, Failure>();
  const warnings: Warning[] = [];
  context.progress.begin(
    'Reading',
    bots.reduce((sum, bot) => sum + bot.numbers.size, 0),
  );
  await eachBot(bots, options, async (bot) => {
    const line = fleet.lines.get(bot.id)!;
    const live = await readLive(bot.id, line, bot.numbers.size, options, context);
    if ('message' in live) {
      failures.set(bot.id, live);
      return;
    }
    const { plan, warnings: kept } = planOne(bot, line, live);
    warnings.push(...kept, ...(await oddities(bot.id, live, plan.add, context)));
    plans.push(plan);
  });
  context.progress.end();
  return { plan: makePlan(plans, fleet.tokens), failures, warnings };
}

/** The plan of one bot, held against its live list. */
export function planOne(bot: Bot, line: ReadLine, live: Snapshot): { plan: BotPlan; warnings: readonly Warning[] } {
  const { caps, userOf } = line.provider;
  const owned = own(bot, live.numbers, userOf);
  const change = diff(owned.desired, live.numbers, bot.policy);
  const staying = { ignored: owned.ignored.size, protected: owned.protected.size };
  const room = { ...caps, foreign: live.foreign, ...staying };
  return {
    plan: planBot(bot, line.endpoint, staying, change, guard(change, bot.guard, room)),
    warnings: keptBy(bot.id, staying.protected, `, ${suchAs(owned.protected.values)}`),
  };
}

/** What is to be said of a live list, and of what would be added to it. */
export async function oddities(id: string, live: Snapshot, add: NumberSet, context: Context): Promise<Warning[]> {
  return [...live.warnings, ...(await doubts(add, 'all', context))].map((warning) => ofBot(id, warning));
}

/**
 * A warning if protection keeps numbers on a list whose own bot does not want them.
 *
 * @param examples some of them, where they are known: a saved plan has only their count.
 */
export function keptBy(id: string, count: number, examples = ''): Warning[] {
  if (count === 0) return [];
  const [are, stay] = count === 1 ? ['number is', 'stays because it is'] : ['numbers are', 'stay because they are'];
  const message = `${count} ${are} live and not desired, and ${stay} protected${examples}`;
  return [ofBot(id, { code: 'W-PROTECTED', message })];
}

export const suchAs = (numbers: readonly Msisdn[] | Float64Array) =>
  `such as ${Array.from(numbers.slice(0, 3), formatMsisdn).join(', ')}`;

/** A warning if libphonenumber doubts numbers. */
export async function doubts(numbers: NumberSet, by: 'all' | 'length', context: Context): Promise<Warning[]> {
  const found = numbers.size > 0 ? await context.doubtful(numbers, by) : [];
  if (found.length === 0) return [];
  const verb = found.length === 1 ? 'number is' : 'numbers are';
  const what =
    by === 'all'
      ? 'not valid'
      : 'of a length that no number of their country has, or with a 0 too many behind the country code,';
  const message = `${found.length} ${verb} ${what} to libphonenumber, ${suchAs(found)}; the server may reject them`;
  return [{ code: by === 'all' ? 'W-INVALID-NUMBER' : 'W-IMPOSSIBLE-NUMBER', message }];
}

/** One live list in the spelling of the numbers that a plan adds, or why it could not be read to its end. */
export async function readTouched(
  { id, add }: BotPlan,
  line: ReadLine,
  hint: number,
  options: ApiOptions,
  context: Context,
): Promise<Snapshot | Failure> {
  const live = await readLive(id, line, hint, options, context);
  if ('message' in live) return live;
  return { ...live, numbers: respell(live.numbers, add, line.provider.userOf) };
}

/** One live list, or why it could not be read to its end. */
export async function readLive(
  id: string,
  { reader }: ReadLine,
  hint: number,
  { concurrency }: ApiOptions,
  { progress }: Context,
): Promise<Snapshot | Failure> {
  let read = 0;
  const onPage = (count: number) => {
    progress.advance(count - read);
    read = count;
  };
  try {
    const live =
      'after' in reader
        ? await readCursors(reader, { onPage })
        : await readSnapshot(reader, { hint, concurrency, onPage });
    progress.note(id, `${live.numbers.size} numbers read`);
    return live;
  } catch (error) {
    const failure = failureOf(error);
    progress.note(id, 'could not be read');
    return failure;
  }
}

export function failureOf(error: unknown): Failure {
  if (error instanceof StoppedError) return { message: 'interrupted' };
  if (error instanceof ApiError) return { message: error.message, detail: error.detail };
  throw error;
}

export async function eachBot<T>(
  items: readonly T[],
  { parallel }: ApiOptions,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const limit = pLimit(parallel);
  await Promise.all(items.map((item) => limit(() => work(item))));
}
