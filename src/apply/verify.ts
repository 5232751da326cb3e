import type { Caps } from '../model/bot.ts';
import type { Ledger } from '../model/ledger.ts';
import type { BotPlan, Snapshot } from '../model/plan.ts';
import type { Clock } from '../model/world.ts';
import { type Applied, settle } from './ledger.ts';

export interface VerifyOptions {
  readonly caps: Caps;
  /** How long to look for the written numbers, in milliseconds; undefined for one look. */
  readonly wait: number | undefined;
  readonly clock: Clock;
  readonly stop: AbortSignal;
  /** Reads the list again, in the spelling of the plan; null if it could not be read, which changes no result. */
  look(): Promise<Snapshot | null>;
  /** Called when something does not show yet. */
  onWait(notVisible: number | null): void;
}

/**
 * Reads the list once, or with --wait until it shows all that was applied. Writes nothing again, as the list may lag.
 *
 * @returns `live`: the last read; `notVisible`: how many applied numbers it does not show yet. Null if it was not read.
 */
export async function verify(bot: BotPlan, applied: Applied, options: VerifyOptions) {
  const { caps, wait, clock, stop, look, onWait } = options;
  const deadline = clock.now() + (wait ?? 0);
  // An API without a lag that answered number by number needs no second read.
  const answered =
    caps.perNumber && caps.settleTime === 0 && applied.unsettled.every(({ state }) => state === 'pending');
  const sent = applied.applied + applied.unsettled.length > 0 && !(answered && wait === undefined);
  for (let pause = 5_000; ; pause = Math.min(pause * 1.5, 30_000)) {
    const live = sent && !stop.aborted ? await look() : null;
    const results = settle(applied, live?.numbers ?? null);
    const notVisible = live && invisible(bot, results, live);
    const left = deadline - clock.now();
    if (!sent || notVisible === 0 || left <= 0 || stop.aborted) return { results, notVisible, live };
    onWait(notVisible);
    await clock.sleep(Math.min(pause, left), stop);
  }
}

/** How many applied numbers the list does not show yet. */
function invisible(bot: BotPlan, { failed, unknown, skipped, pending, rejected }: Ledger, live: Snapshot): number {
  const missing = bot.add.minus(live.numbers).size + bot.remove.and(live.numbers).size;
  return Math.max(0, missing - failed - unknown - skipped - pending - rejected.length);
}
