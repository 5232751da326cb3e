import { lookAt } from '../commands/apply/apply.ts';
import type { Ledger } from '../model/ledger.ts';
import type { BotPlan, Snapshot } from '../model/plan.ts';
import type { Context } from '../steps/context.ts';
import type { WriteClient } from '../steps/fleet.ts';
import type { ApplyOptions } from '../steps/options.ts';
import { type Applied, settle } from './ledger.ts';

/** Looks at the list once, or with --wait until it shows all that was applied. Nothing is written again: a list may lag. */
export async function watch(
  bot: BotPlan,
  applied: Applied,
  line: WriteClient,
  options: ApplyOptions,
  context: Context,
) {
  const { clock, stop, progress } = context;
  const deadline = clock.now() + (options.wait ?? 0);
  const { perNumber, settleTime } = line.provider.caps;
  // What was answered number by number, by an API without a lag, needs no second reading.
  const told = perNumber && settleTime === 0 && applied.unsettled.every(({ state }) => state === 'pending');
  const sent = applied.applied + applied.unsettled.length > 0 && !(told && options.wait === undefined);
  for (let pause = 5_000; ; pause = Math.min(pause * 1.5, 30_000)) {
    const live = sent ? await lookAt(bot, line, options, context) : null;
    const results = settle(applied, live?.numbers ?? null);
    const notVisible = live && invisible(bot, results, live);
    const left = deadline - clock.now();
    if (!sent || notVisible === 0 || left <= 0 || stop.aborted) return { results, notVisible, live };
    progress.note(bot.id, `${notVisible ?? 'not known how many'} not visible yet; looking again`);
    await clock.sleep(Math.min(pause, left), stop);
  }
}

/** How many applied numbers the list does not show yet. */
function invisible(bot: BotPlan, { failed, unknown, skipped, pending, rejected }: Ledger, live: Snapshot): number {
  const missing = bot.add.minus(live.numbers).size + bot.remove.and(live.numbers).size;
  return Math.max(0, missing - failed - unknown - skipped - pending - rejected.length);
}
