import { describe, expect, test } from 'vitest';
import { codeOf } from '../../src/cli/exit-code.ts';
import type { Ledger } from '../../src/model/ledger.ts';
import { type AppliedBot, type ComparedBot, type Comparison, type Report, unsent } from '../../src/model/report.ts';
import { applyOutcome, driftOutcome, planOutcome } from '../../src/steps/outcome.ts';

const size = (count: number) => ({ size: count }) as ComparedBot['add'];

function bot(facts: Partial<ComparedBot> = {}): ComparedBot {
  return { add: size(0), remove: size(0), guard: { tripped: false }, error: null, ...facts } as ComparedBot;
}

const IN_SYNC = bot();
const DIFFERS = bot({ add: size(3) });
const FAILED = bot({ guard: null, error: { message: 'not authorized (401)' } });
const TRIPPED = bot({ remove: size(3), guard: { tripped: 'emptied' } as NonNullable<ComparedBot['guard']> });

/** A bot of whose three adds this became. */
function applied(
  results: Partial<Ledger>,
  notVisible: number | null = 0,
  error: ComparedBot['error'] = null,
): AppliedBot {
  return { ...DIFFERS, error, results: { ...unsent(0), ...results }, notVisible };
}

/** Of a run that was not interrupted; changes count. */
const code = (outcome: Comparison['outcome']) => codeOf({ outcome, interrupted: false } as Report, true);

describe('a plan', () => {
  test.each<[string, ComparedBot[], Comparison['outcome'], number]>([
    ['all bots are in sync', [IN_SYNC, IN_SYNC], 'in-sync', 0],
    ['one bot differs', [IN_SYNC, DIFFERS], 'changes', 2],
    ['one bot failed, and the others are in sync', [IN_SYNC, FAILED], 'failed', 1],
    ['one bot failed, and another differs', [FAILED, DIFFERS], 'failed', 1],
    ['one bot failed, and the guard refused another', [FAILED, TRIPPED], 'refused', 3],
  ])('if %s', (_, bots, outcome, exit) => {
    expect(planOutcome(bots)).toBe(outcome);
    expect(code(outcome)).toBe(exit);
  });
});

describe('drift', () => {
  test.each<[string, ComparedBot[], Comparison['outcome'], number]>([
    ['all bots are in sync', [IN_SYNC, IN_SYNC], 'in-sync', 0],
    ['one bot failed, and the others are in sync', [IN_SYNC, FAILED], 'failed', 1],
    ['one bot failed, and another differs', [FAILED, DIFFERS], 'failed', 1],
    ['the guard would refuse a bot', [IN_SYNC, TRIPPED], 'changes', 2],
    ['an add may wait for its user', [bot({ add: size(1), addNeedsContact: true })], 'in-sync', 0],
  ])('if %s', (_, bots, outcome, exit) => {
    expect(driftOutcome(bots, undefined)).toBe(outcome);
    expect(code(outcome)).toBe(exit);
  });
});

describe('an apply', () => {
  const done = applied({ applied: 3 });
  const failed = { ...done, ...FAILED, results: unsent(0), notVisible: null };
  const rejected = [{ number: 447700900001, direction: 'add', reason: 'invalid' }] as const;
  test.each<[string, AppliedBot[], { wait?: number; failOnPending?: boolean }, Comparison['outcome'], number]>([
    ['all is applied', [done], {}, 'applied', 0],
    ['all is applied, and the list was not read again', [applied({ applied: 3 }, null)], {}, 'applied', 0],
    ['all is applied, and --wait saw it', [done], { wait: 1000 }, 'applied', 0],
    ['--wait could not read the list', [applied({ applied: 3 }, null)], { wait: 1000 }, 'partial', 4],
    ['--wait does not see one of three', [applied({ applied: 3 }, 1)], { wait: 1000 }, 'partial', 4],
    ['one number failed', [applied({ applied: 2, failed: 1 })], {}, 'partial', 4],
    ['one number is unknown', [applied({ applied: 2, unknown: 1 })], {}, 'partial', 4],
    ['all numbers are unknown', [applied({ unknown: 3 })], {}, 'failed', 1],
    ['one number was skipped', [applied({ applied: 2, skipped: 1 })], {}, 'partial', 4],
    ['one number was rejected', [applied({ applied: 2, rejected })], {}, 'partial', 4],
    ['one number is pending', [applied({ applied: 2, pending: 1 })], {}, 'applied', 0],
    ['one is pending, with --fail-on-pending', [applied({ pending: 1 })], { failOnPending: true }, 'partial', 4],
    ['one bot failed, and the others are done', [done, failed], {}, 'partial', 4],
    ['one bot failed, and nothing was applied', [failed, applied({ skipped: 3 })], {}, 'failed', 1],
    ['the guard refused a bot', [done, { ...done, guard: TRIPPED.guard }], {}, 'refused', 3],
  ])('if %s', (_, bots, { wait, failOnPending }, outcome, exit) => {
    expect(applyOutcome(bots, false, { wait, failOnPending })).toBe(outcome);
    expect(code(outcome)).toBe(exit);
  });

  test('if the guard refused a bot, and a person approved the plan', () => {
    expect(applyOutcome([{ ...done, guard: TRIPPED.guard }], true, { wait: undefined })).toBe('applied');
  });
});
