import { describe, expect, test } from 'vitest';
import { type AppliedBot, type ComparedBot, unsent } from '../../src/model/compared.ts';
import type { Verdict } from '../../src/model/plan.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { reportBot } from '../../src/steps/build-report.ts';
import { applyOutcome, driftOutcome, planOutcome } from '../../src/steps/outcome.ts';

const guard: Verdict = { tripped: false, removals: 0, live: 0, limit: 10, limits: { percent: 25, floor: 10 } };
const tripped = (why: Verdict['tripped']) => ({ guard: { ...guard, tripped: why } });
const add = NumberSet.of([12_015_550_100]);
const remove = NumberSet.of([12_015_550_101]);
const adds = (count: number) => ({ add: count, remove: 0 });
const error = { message: 'the API does not answer' };

const equal: ComparedBot = reportBot({
  id: 'bot-a',
  provider: 'sinch',
  settings: { region: 'eu1' },
  baseUrl: 'https://eu1.whatsapp.api.sinch.com',
  tokenEnv: 'TOKEN',
  policy: 'sync',
  add: NumberSet.empty,
  remove: NumberSet.empty,
  keep: NumberSet.empty,
  missing: NumberSet.empty,
  counts: { unchanged: 1, surplus: 0, ignored: 0, protected: 0, missing: 0 },
  untouched: '',
  guard,
});
const postponed = { ...equal, counts: { ...equal.counts, postponed: 1 } };
const unread = { ...equal, guard: null, error };

describe('planOutcome', () => {
  test.each([
    ['no bots', 'nothing-selected', []],
    ['equal lists', 'in-sync', [equal, equal]],
    ['an add', 'changes', [equal, { ...equal, add }]],
    ['a remove', 'changes', [{ ...equal, remove }]],
    ['a postponed removal', 'changes', [equal, postponed]],
    ['an unread list', 'failed', [unread, { ...equal, add }]],
    ['an unread list and a postponed removal', 'failed', [unread, postponed]],
    ['a tripped guard and an unread list', 'refused', [unread, { ...equal, remove, ...tripped('share') }]],
  ] as const)('of %s is %s', (_, outcome, bots) => {
    expect(planOutcome(bots)).toBe(outcome);
  });
});

describe('driftOutcome', () => {
  const waiting = { ...equal, addNeedsContact: true };
  const cause = { direction: 'add', origin: null, reason: 'unblocked', expires: null, numbers: add } as const;
  const unblocked = { ...waiting, add, causes: [cause] };
  test.each([
    ['no bots', 'nothing-selected', [], false],
    ['equal lists', 'in-sync', [equal], false],
    ['an add', 'changes', [{ ...equal, add }], false],
    ['an add that may be pending', 'in-sync', [{ ...waiting, add }], false],
    ['an add that may be pending, with --fail-on-pending', 'changes', [{ ...waiting, add }], true],
    ['an add whose user was unblocked', 'changes', [{ ...waiting, add }, unblocked], false],
    ['an add whose user was unblocked, and an unread list', 'failed', [unread, unblocked], false],
    ['a remove of a provider with pending adds', 'changes', [{ ...waiting, remove }], false],
    ['a change that the guard refuses', 'changes', [{ ...equal, remove, ...tripped('emptied') }], false],
    ['an unread list', 'failed', [unread, { ...equal, add }], false],
  ] as const)('of %s is %s', (_, outcome, bots, failOnPending) => {
    expect(driftOutcome(bots, failOnPending)).toBe(outcome);
  });
});

describe('applyOutcome', () => {
  const ended = (results: Partial<AppliedBot['results']>, facts: Partial<AppliedBot> = {}): AppliedBot => {
    const bot = { ...equal, add, ...facts };
    return { ...bot, notVisible: 0, unverified: null, ...facts, results: { ...unsent(), ...results } };
  };
  const rejected = [{ number: 12_015_550_100, direction: 'add', reason: 'no user' }] as const;
  const withheld = [{ number: 12_015_550_100, declared: 12_025_550_100, because: 'digits' }] as const;
  const plain = {};
  test.each([
    ['every number applied', 'applied', [ended({ applied: adds(1) })], plain],
    ['a postponed removal', 'partial', [ended({ applied: adds(1) }, postponed)], plain],
    ['a postponed removal and a pending number', 'partial', [ended({ pending: 1 }, postponed)], plain],
    ['a postponed removal and a failed add', 'failed', [ended({ failed: adds(1) }, postponed)], plain],
    ['a pending number', 'applied', [ended({ pending: 1 })], plain],
    ['a pending number, with --fail-on-pending', 'partial', [ended({ pending: 1 })], { failOnPending: true }],
    ['applied and pending numbers', 'partial', [ended({ applied: adds(1), pending: 1 })], { failOnPending: true }],
    ['a rejected and an applied number', 'partial', [ended({ applied: adds(1), rejected })], plain],
    ['a withheld removal', 'applied', [ended({ applied: adds(1), withheld })], plain],
    ['only a withheld removal', 'applied', [ended({ withheld })], plain],
    ['a withheld removal and a failed add', 'failed', [ended({ failed: adds(1), withheld })], plain],
    ['an unknown result', 'failed', [ended({ unknown: adds(1) })], plain],
    ['skipped numbers', 'failed', [ended({ skipped: adds(1) })], plain],
    ['one bot applied and one unread', 'partial', [ended({ applied: adds(1) }), ended({}, unread)], plain],
    ['an unreadable list after the write', 'applied', [ended({ applied: adds(1) }, { notVisible: null })], plain],
    ['only withheld removals, with --wait', 'applied', [ended({ withheld }, { notVisible: null })], { wait: 1000 }],
    ['the same, with --wait', 'partial', [ended({ applied: adds(1) }, { notVisible: null })], { wait: 1000 }],
    [
      'numbers that do not show, with --wait',
      'partial',
      [ended({ applied: adds(1) }, { notVisible: 1 })],
      { wait: 1000 },
    ],
    ['a tripped guard', 'refused', [ended({ applied: adds(1) }), ended({}, tripped('share'))], plain],
  ] as const)('of %s is %s', (_, outcome, bots, options) => {
    expect(applyOutcome(bots, options)).toBe(outcome);
  });

  test('is not refused for a bot whose refusal was overridden', () => {
    const overridden = ended({ applied: adds(1) }, { ...tripped('share'), approvedBy: '7d1f0c22' });
    expect(applyOutcome([overridden], {})).toBe('applied');
    expect(applyOutcome([overridden, ended({}, tripped('capacity'))], {})).toBe('refused');
  });
});
