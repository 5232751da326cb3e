import { createHash, createHmac } from 'node:crypto';
import type { BotPlan, Plan } from '../model/plan.ts';
import type { NumberSet } from '../numbers/number-set.ts';

/** Tokens by bot id. They key the fingerprint, so that no one without them can guess numbers from it. */
export type Tokens = ReadonlyMap<string, string>;

/**
 * Makes the plan of the bots whose lists were read. Without any bot it has no fingerprint, as there is
 * nothing to approve.
 */
export function makePlan(bots: readonly BotPlan[], tokens: Tokens, addsOnly = false): Plan {
  const sorted = [...bots].sort((a, b) => (a.id < b.id ? -1 : 1));
  const fingerprint = sorted.length > 0 ? fingerprintOf(sorted, tokens, addsOnly) : null;
  return { ...(addsOnly && { addsOnly }), fingerprint, bots: sorted };
}

/**
 * Computes HMAC-SHA-256 in hex over the bots that change, their endpoints, adds and removes. Times and bots in sync are
 * omitted, so that a plan has the same fingerprint on every machine with the tokens. An adds-only plan has its own, so
 * that its approval is never one of a plan that may have removals.
 */
function fingerprintOf(bots: readonly BotPlan[], tokens: Tokens, addsOnly: boolean): string {
  const changing = bots.filter((bot) => bot.add.size + bot.remove.size > 0);
  const hmac = createHmac('sha256', keyOf(changing, tokens));
  if (addsOnly) hmac.update('adds-only\n');
  for (const { id, baseUrl, add, remove } of changing) {
    // The sizes make the boundary between adds and removes a part of the signed content.
    hmac.update(`${JSON.stringify([id, baseUrl, add.size, remove.size])}\n`);
    hmac.update(bytesOf(add)).update(bytesOf(remove));
  }
  return hmac.digest('hex');
}

/** Derives the signing key from the bots' tokens. */
export function keyOf(bots: readonly { readonly id: string }[], tokens: Tokens): Buffer {
  const held = bots.map(({ id }) => [id, tokens.get(id) ?? '']);
  return createHash('sha256').update(JSON.stringify(held)).digest();
}

/** Returns the numbers as little-endian doubles, so that they are the same on every machine. */
export function bytesOf(numbers: NumberSet): Buffer {
  const { values } = numbers;
  const bytes = Buffer.allocUnsafe(values.length * 8);
  for (let at = 0; at < values.length; at++) bytes.writeDoubleLE(values[at]!, at * 8);
  return bytes;
}
