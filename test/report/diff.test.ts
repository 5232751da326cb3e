import { applyPatch, parsePatch } from 'diff';
import { describe, expect, test } from 'vitest';
import { NumberSet } from '../../src/numbers/number-set.ts';
import { diff } from '../../src/report/diff.ts';
import * as fc from '../fast-check.ts';
import {
  adds,
  bot,
  counts,
  drift,
  failedBot,
  full,
  imported,
  masked,
  numbers,
  refusedBot,
  report,
  result,
} from './fixtures.ts';

const say = (bots: Parameters<typeof report>[0], clean = full) => [...diff(report(bots), { clean })].join('');

describe('a patch from the live list to the desired one', () => {
  test('has a file for each changing bot, one ascending hunk and the count of numbers not shown', () => {
    const bots = [
      bot('new-bot', { counts: counts({ unchanged: 0 }), add: numbers(2) }),
      bot('quiet-bot'),
      bot('support-bot', {
        counts: counts({ surplus: 2, ignored: 3, protected: 4, missing: 5 }),
        remove: NumberSet.of([447_700_900_500, 447_700_900_001]),
        add: NumberSet.of([447_700_900_100, 15_550_100]),
      }),
    ];
    expect(say({ bots })).toBe(`--- live/new-bot
+++ desired/new-bot
@@ -0,0 +1,2 @@
++447700900000
++447700900001
--- live/support-bot\t223 numbers not shown
+++ desired/support-bot\t223 numbers not shown
@@ -1,2 +1,2 @@
++15550100
-+447700900001
++447700900100
-+447700900500
`);
  });

  test('is of the file, not of the live list, after an import', () => {
    const what = imported([{ id: 'a', imported: 1, alreadyThere: 0, error: null, numbers: numbers(1) }]);
    expect([...diff(what, { clean: full })].join('')).toContain(
      '--- desired/a\n+++ desired/a\n@@ -0,0 +1,1 @@\n++447700900000\n',
    );
  });

  test('is empty if nothing changes', () => {
    expect(say({ outcome: 'in-sync' })).toBe('');
    expect(say({ outcome: 'nothing-selected' })).toBe('# Nothing selected: no live list was read.\n');
  });

  test('begins with a line that programs skip for each list that could not be read', () => {
    const error = { kind: 'unread', why: 'not found (404)' } as const;
    const bots = [bot('a-bot', { add: numbers(1) }), failedBot('b-bot'), bot('c-bot', { guard: null, error })];
    const said = say({ outcome: 'failed', bots });
    expect(said.split('\n').slice(0, 4)).toEqual([
      expect.stringMatching(
        /^# Plan 7d1f0c22: .*; 2 bots could not be read\. Failed: 2 of 3 live lists could not be read/,
      ),
      expect.stringMatching(/^live\/b-bot could not be read: /),
      'live/c-bot could not be read: the plan was made without this bot: not found (404)',
      expect.stringMatching(/^--- live\/a-bot/),
    ]);
    expect(parsePatch(said)).toMatchObject([{ oldFileName: 'live/a-bot' }]);
  });

  test('follows a comment with the verdict if the plan is refused, stale or without a fingerprint', () => {
    const bots = [refusedBot('a-bot')];
    const refused = say({ outcome: 'refused', bots });
    expect(refused).toMatch(
      /^# Plan 7d1f0c22: .* in 1 bot\. Refused: too many removals for a-bot\. .*\n--- live\/a-bot/,
    );
    const stale = say({ command: 'apply', state: 'skipped', outcome: 'stale', bots });
    expect(stale).toMatch(
      /^# Plan 7d1f0c22: .*\. Stale: nothing was written\. The guard refuses the plan that is shown: /,
    );
    const unread = say({ outcome: 'failed', fingerprint: null, bots: [failedBot('b-bot')] });
    expect(unread).toMatch(/^# No plan: 1 bot could not be read\. .*there is nothing to approve\. .*\n/);
    expect(parsePatch(refused)).toMatchObject([{ oldFileName: 'live/a-bot' }]);
  });

  test('follows comments on a lifted guard, an unsettled drift and a base URL, unless the lists are in sync', () => {
    const overrides = [{ origin: 'http://127.0.0.1:8480', by: '--base-url' }] as const;
    const bots = [{ ...refusedBot('a-bot'), approvedBy: '7d1f0c22aa' }];
    const lines = say({ outcome: 'changes', bots, overrides }).split('\n');
    expect(lines.slice(0, 2)).toEqual([
      expect.stringMatching(/^# Guard overridden by --approve 7d1f0c22 for a-bot, which would remove 9 of 12/),
      "# This run uses http://127.0.0.1:8480 (--base-url), not the vendor's API.",
    ]);
    const unsettled = drift({ outcome: 'changes', unsettled: true, bots: [bot('a-bot', { add: numbers(1) })] });
    expect([...diff(unsettled, { clean: full })].join('')).toMatch(/^# Not confirmed: with --settle 0, /);
    expect(say({ outcome: 'in-sync', overrides })).toBe('');
  });

  test('masks its numbers', () => {
    expect(say({ bots: [bot('a-bot', { add: numbers(1) })] }, masked)).toContain('\n++44••••••0000\n');
  });

  test('keeps a hostile name on one line', () => {
    const said = say({
      bots: [bot('a\n--- b\t"c"\r\n@@ -1 +1 @@', { counts: counts({ unchanged: 0 }), add: numbers(1) })],
    });
    expect(said.split('\n')).toHaveLength(5);
    expect(parsePatch(said)).toHaveLength(1);
  });

  test('lists 100,000 changes', () => {
    const said = say({ bots: [bot('a-bot', { add: numbers(50_000), remove: numbers(50_000, 15_550_000_000) })] });
    expect(said.split('\n')).toHaveLength(100_004);
  });

  test('turns the live list into the desired one if no number stays', () => {
    const number = fc.integer({ min: 1_000_000, max: 1_000_040 });
    const list = (set: NumberSet) => Array.from(set, (value) => `+${value}\n`).join('');
    fc.assert(
      fc.property(fc.array(number), fc.array(number), (one, other) => {
        const remove = NumberSet.of(one);
        const add = NumberSet.of(other).minus(remove);
        const said = say({ bots: [bot('a-bot', { counts: counts({ unchanged: 0 }), add, remove })] });
        expect(said).not.toMatch(/[ \t]$/m);
        fc.pre(said !== '');
        expect(said.endsWith('\n')).toBe(true);
        expect(applyPatch(list(remove), said)).toBe(list(add));
      }),
    );
  });
});

describe('the patch of a result', () => {
  const planned = bot('a-bot', { add: numbers(5), remove: numbers(2, 447_700_900_500) });
  const { results } = planned;
  const withheld = [{ number: 447_700_900_500, declared: 447_700_900_001, because: 'answer' }] as const;
  const ends = {
    ...results,
    applied: adds(1),
    failed: adds(1),
    unknown: adds(1),
    skipped: adds(1),
    pending: 2,
    withheld,
  };
  const failed = result({ outcome: 'partial', bots: [{ ...planned, addNeedsContact: true, results: ends }] });

  test('follows what became of each bot, its withheld removals and the verdict, as comments', () => {
    const said = [...diff(failed, { clean: full })].join('');
    const lines = said.split('\n').filter((line) => line.startsWith('# '));
    expect(lines).toEqual([
      '# a-bot: 1 added, 0 removed, 1 failed to add, 1 add unknown, 1 add not sent',
      '# a-bot: 2 numbers pending: a later run blocks each after its user writes',
      expect.stringMatching(/^# a-bot: 1 removal was withheld/),
      '# a-bot: withheld: +447700900001 is listed as +447700900500; add waId: "+447700900500" to the entry of +447700900001',
      expect.stringMatching(/^# Applied in part: .*\. Fix the reported errors, /),
    ]);
    expect(said.indexOf('# Applied in part')).toBeLessThan(said.indexOf('--- live/a-bot'));
    expect(parsePatch(said)).toMatchObject([{ oldFileName: 'live/a-bot' }]);
  });

  test('reports a list that could not be read or verified', () => {
    const error = { message: 'page 3 failed', detail: 'busy' };
    const bots = [failedBot('b-bot'), bot('c-bot', { add: numbers(1), unverified: error })];
    const said = [...diff(result({ outcome: 'failed', bots }), { clean: full })].join('');
    expect(said).toContain('# b-bot: could not be read: page 3 failed\n');
    expect(said).toContain(
      '# c-bot: not verified, because the list could not be read again: page 3 failed; the server answered: ',
    );
  });

  test('masks the numbers of its comments', () => {
    expect([...diff(failed, { clean: masked })].join('')).not.toMatch(/\d{7}/);
  });
});
