import { describe, expect, test } from 'vitest';
import type { Bot } from '../../src/model/bot.ts';
import type { Verdict } from '../../src/model/plan.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { guardAgain, planBot } from '../../src/plan/bot-plan.ts';
import { changeOf } from '../../src/plan/diff.ts';
import { guard, type Room } from '../../src/plan/guard.ts';

const numbers = (size: number, from = 447700900000) => NumberSet.of(Array.from({ length: size }, (_, at) => from + at));

const WIDE = { percent: 100, floor: 100 };
const NARROW = { percent: 10, floor: 0 };
const ENDLESS: Room = { capacity: 64_000, foreign: 0, addNeedsContact: false };
const FULL: Room = { ...ENDLESS, capacity: 12 };

/** A bot that adds 5 numbers to a list of 10, and removes 2 of them. */
const BOT = {
  id: 'a',
  provider: 'sinch',
  settings: {},
  tokenEnv: 'TOKEN',
  policy: 'sync',
  numbers: numbers(13, 447700900002),
  ignored: { numbers: NumberSet.empty, prefixes: [] },
  protected: NumberSet.empty,
} as unknown as Bot;

describe('guardAgain', () => {
  type Tripped = Verdict['tripped'];
  test.each<[string, [typeof WIDE, Room], [typeof WIDE, Room], Tripped, true | undefined]>([
    ['allows what both allow', [WIDE, ENDLESS], [WIDE, ENDLESS], false, undefined],
    ['refuses what only the plan refuses', [NARROW, ENDLESS], [WIDE, ENDLESS], 'share', undefined],
    ['refuses what only the files refuse', [WIDE, ENDLESS], [NARROW, ENDLESS], 'share', true],
    ['keeps the verdict of the plan if both refuse', [NARROW, ENDLESS], [NARROW, ENDLESS], 'share', undefined],
    ['refuses for good if there is no room now', [NARROW, ENDLESS], [NARROW, FULL], 'capacity', true],
    ['refuses for good if there was no room', [NARROW, FULL], [NARROW, ENDLESS], 'capacity', undefined],
  ])('%s', (_, [limits, room], [limitsNow, roomNow], tripped, current) => {
    const change = changeOf(BOT, numbers(10), undefined);
    const saved = planBot(BOT, 'https://eu1.example', change, guard(change, limits, room), new Map([['a', 'token']]));
    const verdict = guardAgain(saved, change, limitsNow, roomNow).guard;
    expect({ tripped: verdict.tripped, current: verdict.current }).toEqual({ tripped, current });
  });

  test.each<[string, number, Tripped]>([
    ['refuses a plan after which the list has no number that the files declare now', 0, 'emptied'],
    ['allows a plan after which the list has one', 1, false],
  ])('%s', (_, declared, tripped) => {
    const live = numbers(10);
    const change = changeOf({ ...BOT, numbers: numbers(8) }, live, undefined);
    const saved = planBot(BOT, 'https://eu1.example', change, guard(change, WIDE, ENDLESS), new Map([['a', 'token']]));
    const due = changeOf({ ...BOT, numbers: numbers(declared) }, live, undefined);
    expect(guardAgain(saved, due, WIDE, ENDLESS).guard.tripped).toBe(tripped);
  });
});
