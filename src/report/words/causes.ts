import type { Cause, ComparedBot, NumberList, Sides } from '../../model/compared.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { joined, sum } from './text.ts';

/** What happened to a number that the files declare, that was live, and that is not live any more. */
export const UNBLOCKED = 'unblocked outside Git';

/** A bot's changes by their cause, removals first; one group a direction where nothing is known of causes. */
export const groupsOf = (bot: Sides & Pick<ComparedBot, 'causes'>) =>
  bot.causes.length > 0 ? bot.causes : sidesOf(bot);

/** One group a direction, removals first, of which no cause is known. */
function sidesOf({ remove, add }: Sides): readonly Cause[] {
  const side = (direction: Cause['direction'], numbers: NumberList): Cause[] =>
    numbers.size > 0 ? [{ direction, origin: null, reason: null, expires: null, numbers }] : [];
  return [...side('remove', remove), ...side('add', add)];
}

/** A part of a bot's changes by their cause, removals first; those without a known cause come last on their side. */
export function sidesByCause(sides: Sides, causes: readonly Cause[]): readonly Cause[] {
  return sidesOf(sides).flatMap((side) => {
    const known = new Map<Msisdn | string, Cause>();
    for (const cause of causes.filter(({ direction }) => direction === side.direction)) {
      // Masked, two numbers may look alike: if their causes differ, neither cause is shown.
      for (const number of Array.from(cause.numbers.values)) known.set(number, known.has(number) ? side : cause);
    }
    const groups = new Map<Cause, (Msisdn | string)[]>([...causes, side].map((cause) => [cause, []]));
    for (const number of Array.from(side.numbers.values)) groups.get(known.get(number) ?? side)!.push(number);
    return [...groups].flatMap(([cause, values]) =>
      values.length > 0 ? { ...cause, numbers: { size: values.length, values } } : [],
    );
  });
}

/** `drift: never declared`, `expired 2026-12-31`; empty where nothing is known. */
export function causeWords({ origin, reason, expires }: Cause): string {
  const words = {
    removed: 'removed from the file',
    expired: `expired ${expires}`,
    undeclared: 'never declared',
    unblocked: UNBLOCKED,
  };
  return joined(': ', [origin, reason && words[reason]]);
}

/** ` (2 config, 1 drift)`, or nothing where that is not known. */
export function originCounts({ causes }: Pick<ComparedBot, 'causes'>, direction: Cause['direction']): string {
  const known = causes.filter((cause) => cause.direction === direction && cause.origin !== null);
  const drift = total(known.filter(({ origin }) => origin === 'drift'));
  return known.length > 0 ? ` (${total(known) - drift} config, ${drift} drift)` : '';
}

/** How many changes of all bots were due before; null where that is not known. */
export function byDrift(bots: readonly ComparedBot[]): number | null {
  const known = bots.flatMap(({ causes }) => causes).filter(({ origin }) => origin !== null);
  return known.length > 0 ? total(known.filter(({ origin }) => origin === 'drift')) : null;
}

const total = (causes: readonly Cause[]) => sum(causes, ({ numbers }) => numbers.size);
