import type { Caps } from '../model/bot.ts';
import type { Ledger } from '../model/ledger.ts';
import type { BotPlan, Snapshot } from '../model/plan.ts';
import type { Clock } from '../model/world.ts';
import { type Applied, settle } from './ledger.ts';

export interface VerifyOptions {
  readonly caps: Caps;
  /** How long to look until the list shows what was written, in milliseconds; undefined for one look. */
  readonly wait: number | undefined;
  readonly clock: Clock;
  readonly stop: AbortSignal;
  /** Reads the list again, in the spelling of the plan; null if it could not be read, which changes nothing of what was done. */
  look(): Promise<Snapshot | null>;
  /** Called when something does not show yet. */
  onWait(notVisible: number | null): void;
}

/** What a later look at the list says of a change. */
export interface Verified {
  readonly results: Ledger;
  /** Applied numbers that the list does not show yet; null if it was not read again. */
  readonly notVisible: number | null;
  /** The list as it was read last. */
  readonly live: Snapshot | null;
}

/** Looks at the list once, or with --wait until it shows all that was applied. Nothing is written again: a list may lag. */
export async function verify(bot: BotPlan, applied: Applied, options: VerifyOptions): Promise<Verified> {
  const { caps, wait, clock, stop, look, onWait } = options;
  const deadline = clock.now() + (wait ?? 0);
  // What was answered number by number, by an API without a lag, needs no second reading.
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
