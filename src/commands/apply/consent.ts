import { sizeOf } from '../../model/compared.ts';
import { InvalidError } from '../../model/errors.ts';
import type { StageFailure } from '../../model/failure.ts';
import type { BotPlan } from '../../model/plan.ts';
import type { PlanReport } from '../../model/report.ts';
import type { Context } from '../../steps/context.ts';
import type { ApplyOptions } from '../../steps/options.ts';

/** @throws InvalidError if the options contradict one another, or if there is no terminal to confirm on. */
export function checkConsent(options: ApplyOptions, confirm: Context['confirm']): void {
  if (options.approve !== undefined && !/^[0-9a-f]{8,64}$/i.test(options.approve)) {
    throw new InvalidError('--approve takes the fingerprint that plan shows: 8 to 64 characters of 0-9 a-f');
  }
  if (options.plan !== undefined && (options.bots.length > 0 || options.shard)) {
    throw new InvalidError('--plan applies the saved plan as a whole; remove --bot and --shard');
  }
  if (options.plan === undefined && options.maxAge !== undefined) {
    throw new InvalidError('--max-age is for a saved plan; add --plan FILE, or remove --max-age');
  }
  if (!options.yes && options.approve === undefined && options.plan === undefined && !confirm) {
    throw new InvalidError('cannot ask for confirmation without a terminal; pass --yes, or --approve FINGERPRINT');
  }
}

/**
 * Reports whether the fingerprint approves this plan. If every bot was read and nothing is due, there is
 * nothing to approve.
 */
export function isApproved({ fingerprint, bots }: PlanReport, approve: string): boolean {
  const isOpen = bots.some((bot) => bot.error || sizeOf(bot) > 0);
  return !isOpen || Boolean(fingerprint?.startsWith(approve.toLowerCase()));
}

/** @param file the saved plan; null for a fresh one. */
export function notApproved({ bots }: PlanReport, file: string | null): StageFailure {
  const idsOf = (some: PlanReport['bots']) => some.map(({ id }) => id);
  const refused = idsOf(bots.filter(({ guard }) => guard?.tripped));
  return { kind: 'not-approved', file, refused, unread: idsOf(bots.filter(({ error }) => error)) };
}

/** Words the question of apply. A direction without changes is omitted, such as removals that are postponed. */
export function questionFor(bots: readonly BotPlan[]): string {
  const count = (numbers: number) => `${numbers} ${numbers === 1 ? 'number' : 'numbers'}`;
  const add = bots.reduce((sum, bot) => sum + bot.add.size, 0);
  const remove = bots.reduce((sum, bot) => sum + bot.remove.size, 0);
  const what = [add > 0 && `add ${count(add)}`, remove > 0 && `remove ${count(remove)}`].filter(Boolean).join(' and ');
  const some = `${bots.length} ${bots.length === 1 ? 'bot' : 'bots'}`;
  return `${what[0]!.toUpperCase()}${what.slice(1)} in ${some}? Only "yes" is accepted: `;
}
