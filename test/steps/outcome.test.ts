import { describe, expect, test } from 'vitest';
import { type AppliedBot, type ComparedBot, unsent } from '../../src/model/compared.ts';
import type { Verdict } from '../../src/model/plan.ts';
import { WARNING_CODES, type Warning, type WarningCode, type WordedWarning } from '../../src/model/warnings.ts';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { reportBot } from '../../src/steps/build-report.ts';
import type { WarningRules } from '../../src/steps/options.ts';
import { applyOutcome, driftOutcome, judge, judgeReport, planOutcome } from '../../src/steps/outcome.ts';
import * as fc from '../fast-check.ts';
import { report } from '../report/fixtures.ts';

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

const warning = (code: WarningCode, message = code.toLowerCase()): WordedWarning => ({ code, message });
const messageOf = (warning: Warning) => 'message' in warning && warning.message;
const all = [warning('W-DUPLICATE'), warning('W-EXPIRED'), warning('W-DUPLICATE', 'again')];

describe('judge', () => {
  test.each<[string, WarningRules, string[], string[]]>([
    ['no rule', {}, ['w-duplicate', 'w-expired', 'again'], []],
    ['lists without a code', { errorOn: [], ignore: [] }, ['w-duplicate', 'w-expired', 'again'], []],
    ['one code is an error', { errorOn: ['W-DUPLICATE'] }, ['w-expired'], ['w-duplicate', 'again']],
    ['one code is ignored', { ignore: ['W-DUPLICATE'] }, ['w-expired'], []],
    ['one of each', { errorOn: ['W-EXPIRED'], ignore: ['W-DUPLICATE'] }, [], ['w-expired']],
    ['both are errors', { errorOn: ['W-DUPLICATE', 'W-EXPIRED'] }, [], ['w-duplicate', 'w-expired', 'again']],
    ['a code that does not occur', { errorOn: ['W-NO-TOKENS'] }, ['w-duplicate', 'w-expired', 'again'], []],
  ])('%s', (_, rules, warnings, errors) => {
    const judged = judge(all, rules);
    expect(judged.warnings.map(messageOf)).toEqual(warnings);
    expect(judged.errors.map(messageOf)).toEqual(errors);
  });

  test('drops only ignored warnings, and changes none', () => {
    const code = fc.constantFrom(...WARNING_CODES);
    fc.assert(
      fc.property(fc.array(code), fc.array(code), fc.array(code), (codes, errorOn, ignore) => {
        const given = codes.map((each, index) => warning(each, String(index)));
        const { warnings, errors } = judge(given, { errorOn, ignore });
        const told = given.filter((each) => warnings.includes(each) || errors.includes(each));
        expect(told).toEqual(given.filter((each) => !ignore.includes(each.code)));
        expect(errors.every((each) => errorOn.includes(each.code))).toBe(true);
        expect(warnings.some((each) => errorOn.includes(each.code))).toBe(false);
        expect(warnings.length + errors.length).toBe(told.length);
      }),
    );
  });
});

describe('a judged report', () => {
  const given = report({ outcome: 'changes', warnings: all, errors: [{ message: 'an error' }] });

  test('keeps its outcome if no warning is an error', () => {
    expect(judgeReport(given, { ignore: ['W-EXPIRED'] })).toEqual({ ...given, warnings: [all[0], all[2]] });
  });

  test('is invalid if a warning is an error, which follows the other errors', () => {
    expect(judgeReport(given, { errorOn: ['W-EXPIRED'] })).toEqual({
      ...given,
      outcome: 'invalid',
      warnings: [all[0], all[2]],
      errors: [{ message: 'an error' }, all[1]],
    });
  });
});
