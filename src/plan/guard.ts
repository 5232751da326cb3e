import type { GuardLimits } from '../model/bot.ts';
import type { Change, Verdict } from '../model/plan.ts';

/**
 * Refuses a change that looks like an accident, such as an emptied file or a bad merge: a list that would be
 * emptied, or more removals than max(floor, percent of the live list). Adds are refused only if the list has
 * no room for them.
 *
 * | live | protected | removals | percent, floor | verdict |
 * | ---- | --------- | -------- | -------------- | ------- |
 * | 100  | 0         | 25       | 25, 10         | allowed |
 * | 100  | 0         | 26       | 25, 10         | share   |
 * | 100  | 40        | 25       | 25, 10         | allowed |
 * | 20   | 0         | 10       | 25, 10         | allowed |
 * | 20   | 0         | 11       | 25, 10         | share   |
 * | 3    | 0         | 3        | 25, 10         | emptied |
 * | 3    | 1         | 2        | 25, 10         | emptied |
 * | 3    | 1         | 1        | 25, 10         | allowed |
 *
 * Ignored and protected numbers do not hide that a bot's files were emptied. Ignored numbers do not count as live.
 * Protected numbers are declared, so they count as live in the share.
 */
export function guard(change: Guarded, limits: GuardLimits, room: Room = ENDLESS): Verdict {
  const { counts } = change;
  const removals = change.remove.size;
  const kept = change.keep.size - counts.ignored;
  const live = removals + kept;
  // Compared without rounding, shown as a whole number: 25 % of 10 numbers are 2.5, so 3 removals are refused.
  const limit = Math.max(limits.floor, (live * limits.percent) / 100);
  // An add that may be pending does not count, as the list may be empty until its user writes. But a number that the list
  // does not contain may be one of its users without a number, who stay.
  const stays = Math.min(change.add.size, room.foreign);
  const comes = room.addNeedsContact ? stays : change.add.size;
  const emptied = removals > 0 && kept === counts.protected && comes === 0;
  const tripped = emptied ? 'emptied' : removals > limit ? 'share' : false;
  const facts = { removals, live, limit: Math.floor(limit), limits };
  const end = change.keep.size + change.add.size + room.foreign - stays;
  // Without adds, a list above its capacity only gets shorter.
  if (end <= room.capacity || change.add.size === 0) return { tripped, ...facts };
  return { tripped: 'capacity', ...facts, overflow: { end, capacity: room.capacity } };
}

type Guarded = Pick<Change, 'add' | 'remove' | 'keep' | 'counts'>;

/** The room of a list. */
export interface Room {
  readonly capacity: number;
  /** The count of entries without a phone number. */
  readonly foreign: number;
  /** An add may be pending until its user writes. */
  readonly addNeedsContact: boolean;
}

const ENDLESS: Room = { capacity: Number.POSITIVE_INFINITY, foreign: 0, addNeedsContact: false };
