import { Ansis } from 'ansis';
import { describe, expect, test } from 'vitest';
import type { ResultReport } from '../../../src/model/report.ts';
import { github } from '../../../src/report/github.ts';
import { html } from '../../../src/report/html/index.ts';
import { markdown } from '../../../src/report/markdown/index.ts';
import { text } from '../../../src/report/text.ts';
import { countResults, resultWords, summary } from '../../../src/report/words/summary.ts';
import { adds, type Bot, bot, failedBot, full, ledger, removes, result } from '../fixtures.ts';

const rejected = [{ number: 447_700_900_001, direction: 'remove', reason: 'no' }] as const;
const withheld = [{ number: 447_700_900_001, declared: 447_700_900_002, because: 'answer' }] as const;
const done = bot('done', { results: ledger({ applied: { add: 2, remove: 1 } }) });
const quiet = bot('quiet');

describe('the summary of an apply', () => {
  test.each<[what: string, bots: readonly Bot[], words: string]>([
    ['all applied', [done], 'Apply complete: 2 added, 1 removed in 1 of 1 bot.'],
    ['another bot in sync', [done, quiet], 'Apply complete: 2 added, 1 removed in 1 of 2 bots.'],
    [
      'only adds, in two bots',
      [done, bot('b', { results: ledger({ applied: adds(3) }) })],
      'Apply complete: 5 added, 1 removed in 2 of 2 bots.',
    ],
    [
      'a failed add, and the removals that wait for it',
      [bot('a', { results: ledger({ applied: adds(2), failed: adds(1), skipped: removes(3) }) }), quiet],
      'Applied in part: 2 added, 0 removed in 1 of 2 bots; not done: 1 add failed, 3 removals not sent.',
    ],
    [
      'failed and rejected removals',
      [bot('a', { results: ledger({ applied: adds(2), failed: removes(2), rejected }) })],
      'Applied in part: 2 added, 0 removed in 1 of 1 bot; not done: 1 removal rejected, 2 removals failed.',
    ],
    [
      'lost answers in both directions',
      [bot('a', { results: ledger({ unknown: { add: 1, remove: 2 } }) })],
      'Apply failed: 0 added, 0 removed in 0 of 1 bot; not done, or not known: 1 add unknown, 2 removals unknown.',
    ],
    [
      'a pending add and a withheld removal, which are no failures',
      [bot('a', { results: ledger({ applied: removes(1), pending: 1, withheld }) })],
      'Apply complete: 0 added, 1 removed in 1 of 1 bot; 1 add pending, 1 removal withheld.',
    ],
    [
      'a bot that could not be read',
      [done, failedBot('lost')],
      'Applied in part: 2 added, 1 removed in 1 of 2 bots; 1 bot could not be read.',
    ],
  ])('counts each direction: %s', (_, bots, words) => {
    expect(summary(result({ outcome: 'applied', bots }))).toBe(words);
  });

  test.each<[ResultReport['outcome'], string]>([
    ['applied', 'Apply complete'],
    ['in-sync', 'Apply complete'],
    ['failed', 'Apply complete'], // only what follows the writes failed
    ['partial', 'Apply not finished'],
    ['invalid', 'Apply not finished'], // a part of the run, or a warning that is an error
    ['stale', 'Apply not finished'],
  ])('of which every known change was done, with the outcome %s, begins with: %s', (outcome, words) => {
    expect(summary(result({ outcome, bots: [done] }))).toBe(`${words}: 2 added, 1 removed in 1 of 1 bot.`);
  });

  test('reports that the run was interrupted', () => {
    const bots = [bot('a', { results: ledger({ applied: adds(2), skipped: removes(3) }) })];
    expect(summary(result({ bots, interrupted: true }))).toBe(
      'Apply interrupted: 2 added, 0 removed in 1 of 1 bot; not done: 3 removals not sent.',
    );
  });

  test.each(['text', 'markdown', 'github', 'html'] as const)('is in %s, with one final period', (format) => {
    const said = [
      ...{ text, markdown, github, html }[format](result({ outcome: 'applied', bots: [done, quiet] }), {
        clean: full,
        color: new Ansis(0),
        verbose: false,
      }),
    ].join('');
    expect(said).toContain('Apply complete: 2 added, 1 removed in 1 of 2 bots');
    if (format === 'html') {
      expect(said).toContain('<dt>Added</dt><dd class="add">2<');
      expect(said).toContain('<dt>Removed</dt><dd class="remove">1<');
    }
    expect(said).not.toContain('bots..');
  });
});

test.each<[results: Bot['results'], words: string]>([
  [ledger({ applied: { add: 2, remove: 2 } }), '2 added, 2 removed'],
  [ledger({ failed: { add: 1, remove: 2 } }), '0 added, 0 removed, 1 failed to add, 2 failed to remove'],
  [ledger({ skipped: removes(1), unknown: adds(2) }), '0 added, 0 removed, 2 adds unknown, 1 removal not sent'],
])('the results of a bot are counted by direction: %#', (results, words) => {
  expect(resultWords(countResults([{ results }]))).toBe(words);
});
