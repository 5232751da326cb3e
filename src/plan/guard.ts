import type { GuardLimits } from '../model/bot.ts';
import type { Change, Verdict } from '../model/plan.ts';

/**
 * Refuses what looks like an accident, as an emptied or a wrong file or a bad merge: a list that would be emptied, or
 * more removals than max(floor, percent of the live list). Additions never trip it, unless the list cannot hold them.
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
 * Numbers that stay anyway do not hide that a bot's files were emptied. Ignored numbers do not count as live here.
 * Protected ones do, as they are ours, so they count in the share.
 */
export function guard(change: Change, limits: GuardLimits, room: Room = ENDLESS): Verdict {
  const { counts } = change;
  const removals = change.remove.size;
  const kept = change.keep.size - counts.ignored;
  const live = removals + kept;
  // One removal of 4 is 25 %, and 2.5 of 10 are not more than 25 %: compare without rounding, show the whole part.
  const limit = Math.max(limits.floor, (live * limits.percent) / 100);
  // An add that may wait for its user's next message fills no list yet, and holds no removal back.
  const comes = room.addNeedsContact ? 0 : change.add.size;
  const emptied = removals > 0 && kept === counts.protected && comes === 0;
  const tripped = emptied ? 'emptied' : removals > limit ? 'share' : false;
  const facts = { removals, live, limit: Math.floor(limit), limits };
  const end = change.keep.size + change.add.size + room.foreign;
  // A list that shrinks is on its way to where it fits.
  if (end <= room.capacity || change.add.size === 0) return { tripped, ...facts };
  return { tripped: 'capacity', ...facts, overflow: { end, capacity: room.capacity } };
}

/** What a list can hold. */
export interface Room {
  readonly capacity: number;
  /** Entries that are no phone numbers. */
  readonly foreign: number;
  /** An add may have to wait for its user's next message. */
  readonly addNeedsContact: boolean;
}

const ENDLESS: Room = { capacity: Number.POSITIVE_INFINITY, foreign: 0, addNeedsContact: false };
