import type { Bot } from '../../model/bot.ts';
import type { Cause, ComparedBot, DriftedBot } from '../../model/compared.ts';
import type { NumberSet } from '../../numbers/number-set.ts';
import type { ReadClient } from '../../steps/fleet.ts';
import type { Planning } from '../../steps/plan-all.ts';
import { type Earlier, NO_PAST } from './earlier.ts';
import { recall } from './memory.ts';
import { compare } from './since.ts';

/** Adds to each bot of a run which of its differences are new, and which of its users were unblocked. */
export function compareBots(
  compared: readonly ComparedBot[],
  earlier: Earlier | null,
  desired: readonly Bot[],
  { plan, seen }: Planning,
  clients: ReadonlyMap<string, Pick<ReadClient, 'provider' | 'userOf' | 'baseUrl'>>,
): readonly DriftedBot[] {
  const bots = new Map(desired.map((bot) => [bot.id, bot]));
  const plans = new Map(plan.bots.map((bot) => [bot.id, bot]));
  return compared.map((bot) => {
    const { id, causes } = bot;
    const { provider, userOf, baseUrl } = clients.get(id)!;
    const { caps } = provider;
    const past = earlier?.past.get(id) ?? NO_PAST;
    const now = plans.get(id) ?? null;
    const since = earlier && compare(past.difference, now, userOf);
    if (!caps.addNeedsContact) return { ...bot, since };
    const { memory: known, difference } = isSameList(past.baseUrl, baseUrl) ? past : NO_PAST;
    const look = now && { ...seen.get(id)!, add: now.add };
    const { unblocked, memory } = recall(bots.get(id)!, { ...known, add: difference.add }, look, userOf);
    return { ...bot, since, memory, causes: now ? withUnblocked(causes, now.add, unblocked) : causes };
  });
}

/** Compares base URLs. Another version of the API has the same lists; another phone number has another list. */
function isSameList(then: string, now: string): boolean {
  const listAt = (url: string) => url.replace(/\/v\d+(\.\d+)*(?=\/|$)/, '');
  return then === '' || listAt(then) === listAt(now);
}

/** Tells adds apart, which have no known cause without a commit to compare with. */
function withUnblocked(causes: readonly Cause[], add: NumberSet, unblocked: NumberSet): readonly Cause[] {
  const part = (reason: Cause['reason'], numbers: NumberSet): Cause[] =>
    numbers.size > 0 ? [{ direction: 'add', origin: null, reason, expires: null, numbers }] : [];
  const removals = causes.filter(({ direction }) => direction === 'remove');
  return [...removals, ...part('unblocked', unblocked), ...part(null, add.minus(unblocked))];
}
