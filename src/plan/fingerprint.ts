import { createHash, createHmac } from 'node:crypto';
import type { Bot, BotPlan, Change, Endpoint, Plan, Snapshot, Verdict } from '../model/model.ts';
import type { NumberSet } from '../numbers/number-set.ts';

/** Tokens by bot id. They key the fingerprint, so that nobody without them can guess a number from it. */
export type Tokens = ReadonlyMap<string, string>;

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

export function makePlan(bots: readonly BotPlan[], tokens: Tokens): Plan {
  const sorted = [...bots].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { fingerprint: fingerprintOf(sorted, tokens), bots: sorted };
}

/**
 * HMAC-SHA-256 in hex over what the plan would write: bots that change, their endpoints, adds and removes. No times, and
 * no bots that are in sync: the same plan has the same fingerprint on every machine that holds the tokens.
 */
function fingerprintOf(bots: readonly BotPlan[], tokens: Tokens): string {
  const changing = bots.filter((bot) => bot.add.size + bot.remove.size > 0);
  const hmac = createHmac('sha256', keyOf(changing, tokens));
  for (const { id, baseUrl, add, remove } of changing) {
    // The sizes in the head make the split between adds and removes part of what is signed.
    hmac.update(`${JSON.stringify([id, baseUrl, add.size, remove.size])}\n`);
    hmac.update(bytesOf(add)).update(bytesOf(remove));
  }
  return hmac.digest('hex');
}

/** The key that whoever holds the tokens of these bots can make. */
export function keyOf(bots: readonly { readonly id: string }[], tokens: Tokens): Buffer {
  const held = bots.map(({ id }) => [id, tokens.get(id) ?? '']);
  return createHash('sha256').update(JSON.stringify(held)).digest();
}

/** The numbers as little-endian doubles, the same on every machine. */
function bytesOf(numbers: NumberSet): Buffer {
  const bytes = Buffer.allocUnsafe(numbers.size * 8);
  for (let at = 0; at < numbers.size; at++) bytes.writeDoubleLE(numbers.values[at]!, at * 8);
  return bytes;
}

/**
 * Holds a saved plan against the live list: what is done already drops out of it, and null if anything else moved.
 */
export function remainder(plan: BotPlan, { numbers: live }: Snapshot): BotPlan | null {
  const untouched = live.minus(plan.add).minus(plan.remove);
  if (createHash('sha256').update(bytesOf(untouched)).digest('hex') !== plan.untouched) return null;
  const add = plan.add.minus(live);
  const remove = plan.remove.and(live);
  // What is done already cannot be refused any more.
  const open = plan.guard.tripped === 'capacity' ? add : remove;
  const tripped = open.size > 0 && plan.guard.tripped;
  return { ...plan, add, remove, guard: { ...plan.guard, tripped } };
}
