import { createHash } from 'node:crypto';
import type { Bot, Endpoint } from '../model/bot.ts';
import { ofBot, type Warning } from '../model/fault.ts';
import type { BotPlan, Change, Snapshot, Verdict } from '../model/plan.ts';
import { formatMsisdn, type Msisdn } from '../numbers/msisdn.ts';
import type { ReadClient } from '../steps/fleet.ts';
import { diff } from './diff.ts';
import { bytesOf } from './fingerprint.ts';
import { guard } from './guard.ts';
import { holdBack } from './hands-off.ts';

/** How many live numbers stay whoever wants them or not; see `ownership.ts`. */
export type Staying = Pick<BotPlan, 'ignored' | 'protected'>;

/** Puts together what is known of one bot. */
export function planBot(bot: Bot, endpoint: Endpoint, staying: Staying, change: Change, guard: Verdict): BotPlan {
  return {
    id: bot.id,
    provider: bot.provider,
    settings: bot.settings,
    baseUrl: endpoint.baseUrl,
    tokenEnv: bot.tokenEnv,
    policy: bot.policy,
    add: change.add,
    remove: change.remove,
    unchanged: change.keep.size - change.surplus - staying.ignored - staying.protected,
    surplus: change.surplus,
    ignored: staying.ignored,
    protected: staying.protected,
    missing: change.missing,
    untouched: createHash('sha256').update(bytesOf(change.keep)).digest('hex'),
    guard,
  };
}

/**
 * Holds a saved plan against the live list: what is done already drops out of it, and null if anything else moved.
 */
export function recheck(plan: BotPlan, { numbers: live }: Snapshot): BotPlan | null {
  const untouched = live.minus(plan.add).minus(plan.remove);
  if (createHash('sha256').update(bytesOf(untouched)).digest('hex') !== plan.untouched) return null;
  const add = plan.add.minus(live);
  const remove = plan.remove.and(live);
  // What is done already cannot be refused any more.
  const open = plan.guard.tripped === 'capacity' ? add : remove;
  const tripped = open.size > 0 && plan.guard.tripped;
  return { ...plan, add, remove, guard: { ...plan.guard, tripped } };
}

/** The plan of one bot, held against its live list. */
export function planOne(bot: Bot, line: ReadClient, live: Snapshot): { plan: BotPlan; warnings: readonly Warning[] } {
  const { caps, userOf } = line.provider;
  const owned = holdBack(bot, live.numbers, userOf);
  const change = diff(owned.desired, live.numbers, bot.policy);
  const staying = { ignored: owned.ignored.size, protected: owned.protected.size };
  const room = { ...caps, foreign: live.foreign, ...staying };
  return {
    plan: planBot(bot, line.endpoint, staying, change, guard(change, bot.guard, room)),
    warnings: keptBy(bot.id, staying.protected, `, ${suchAs(owned.protected.values)}`),
  };
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
