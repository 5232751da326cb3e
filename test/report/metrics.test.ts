import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { metrics } from '../../src/report/metrics.ts';
import * as fc from '../fast-check.ts';
import {
  adds,
  bot,
  counts,
  drift,
  failedBot,
  HOSTILE,
  invalid,
  ledger,
  numbers,
  refusedBot,
  report,
  result,
} from './fixtures.ts';
import { lint, parseOpenMetrics } from './open-metrics.ts';

const at = (finished: number) => ({ finished, duration: 1.25 });
const LAST = 'blacklistctl_last_success_timestamp_seconds';

/** `name{labels}` → value. */
const samplesOf = (text: string) =>
  Object.fromEntries(
    Array.from(parseOpenMetrics(text)).flatMap(([name, { samples }]) =>
      samples.map(({ labels, value }) => [[name, ...Object.values(labels)].join(' '), value]),
    ),
  );

describe('a run as metrics', () => {
  test('report counts, times and requests', () => {
    const bots = [bot('a', { add: numbers(3), remove: numbers(1, 447_700_900_500) }), bot('b')];
    const text = metrics(drift({ bots, requests: { read: 9, write: 2, retries: 2 } }), at(1_781_481_600.5), '');
    expect(samplesOf(text)).toEqual({
      'blacklistctl_up drift': 1,
      'blacklistctl_bots drift': 2,
      'blacklistctl_bot_up drift a': 1,
      'blacklistctl_bot_up drift b': 1,
      'blacklistctl_drift_numbers drift a add': 3,
      'blacklistctl_drift_numbers drift a remove': 1,
      'blacklistctl_drift_numbers drift b add': 0,
      'blacklistctl_drift_numbers drift b remove': 0,
      [`${LAST} drift a`]: 1_781_481_600.5,
      [`${LAST} drift b`]: 1_781_481_600.5,
      'blacklistctl_requests drift': 9,
      'blacklistctl_retries drift': 2,
      'blacklistctl_duration_seconds drift': 1.25,
    });
  });

  test('count users removed outside Git as drift, and users who wait for a message as waiting', () => {
    const cause = { direction: 'add', origin: null, expires: null } as const;
    const causes = [
      { ...cause, reason: 'unblocked', numbers: numbers(1) },
      { ...cause, reason: null, numbers: numbers(2, 447_700_900_001) },
    ] as const;
    const bots = [bot('a', { addNeedsContact: true, add: numbers(3), causes })];
    expect(samplesOf(metrics(drift({ bots }), at(1), ''))).toMatchObject({
      'blacklistctl_drift_numbers drift a add': 1,
      'blacklistctl_drift_numbers drift a remove': 0,
      'blacklistctl_waiting_numbers drift a': 2,
    });
  });

  test('keep the time of the last success for a bot that cannot be read, and report no numbers for it', () => {
    const good = metrics(drift({ outcome: 'in-sync', bots: [bot('a'), bot('b')] }), at(1000), '');
    const bots = [bot('a'), failedBot('b'), failedBot('never-read')];
    const samples = samplesOf(metrics(drift({ outcome: 'failed', bots }), at(2000), good));
    expect(samples).toMatchObject({
      'blacklistctl_up drift': 0,
      'blacklistctl_bot_up drift a': 1,
      'blacklistctl_bot_up drift b': 0,
      [`${LAST} drift a`]: 2000,
      [`${LAST} drift b`]: 1000,
    });
    expect(Object.keys(samples)).not.toContain('blacklistctl_drift_numbers drift b add');
    expect(Object.keys(samples)).not.toContain(`${LAST} drift never-read`);
  });

  test('report 0 bots and no failure for a shard without bots', () => {
    const good = metrics(drift({ outcome: 'in-sync', bots: [bot('a')] }), at(1000), '');
    expect(samplesOf(metrics(drift({ outcome: 'nothing-selected', bots: [] }), at(2000), good))).toEqual({
      'blacklistctl_up drift': 1,
      'blacklistctl_bots drift': 0,
      'blacklistctl_requests drift': expect.any(Number),
      'blacklistctl_retries drift': expect.any(Number),
      'blacklistctl_duration_seconds drift': 1.25,
    });
  });

  test('report all earlier bots as unread if the run ended before it knew its bots', () => {
    const good = metrics(drift({ outcome: 'in-sync', bots: [bot('a')] }), at(1000), '');
    expect(samplesOf(metrics(invalid({ command: 'drift' }), at(2000), good))).toMatchObject({
      'blacklistctl_up drift': 0,
      'blacklistctl_bots drift': 1,
      'blacklistctl_bot_up drift a': 0,
      [`${LAST} drift a`]: 1000,
    });
  });

  test('omit a bot that was removed from the files', () => {
    const good = metrics(drift({ outcome: 'in-sync', bots: [bot('a'), bot('old')] }), at(1000), '');
    expect(metrics(drift({ outcome: 'in-sync', bots: [bot('a')] }), at(2000), good)).not.toContain('old');
  });

  test('report an interrupted run as a failure', () => {
    const text = metrics(drift({ outcome: 'in-sync', interrupted: true }), at(1), '');
    expect(samplesOf(text)).toMatchObject({ 'blacklistctl_up drift': 0 });
  });

  const past = metrics(result({ outcome: 'applied', bots: [bot('a')] }), at(1000), '');

  test('report the adds and removals of an apply, and the numbers that still differ', () => {
    const results = ledger({ applied: { add: 2, remove: 1 }, failed: adds(1) });
    const bots = [bot('a', { add: numbers(3), remove: numbers(1, 447_700_900_500), results }), bot('b')];
    const requests = { read: 9, write: 4, retries: 2 };
    const text = metrics(result({ outcome: 'partial', bots, requests }), at(2000), past);
    expect(samplesOf(text)).toEqual({
      'blacklistctl_up apply': 0,
      'blacklistctl_bots apply': 2,
      'blacklistctl_bot_up apply a': 0,
      'blacklistctl_bot_up apply b': 1,
      'blacklistctl_drift_numbers apply a add': 1,
      'blacklistctl_drift_numbers apply a remove': 0,
      'blacklistctl_drift_numbers apply b add': 0,
      'blacklistctl_drift_numbers apply b remove': 0,
      'blacklistctl_applied_numbers apply a add': 2,
      'blacklistctl_applied_numbers apply a remove': 1,
      'blacklistctl_applied_numbers apply b add': 0,
      'blacklistctl_applied_numbers apply b remove': 0,
      [`${LAST} apply a`]: 1000,
      [`${LAST} apply b`]: 2000,
      'blacklistctl_requests apply': 13,
      'blacklistctl_retries apply': 2,
      'blacklistctl_duration_seconds apply': 1.25,
    });
  });

  const whole = { add: numbers(2), results: ledger({ applied: adds(2) }) };
  const slow = { addNeedsContact: true, add: numbers(3) };
  const skipped = { outcome: 'refused', command: 'apply', state: 'skipped' } as const;
  type Ends = readonly [up: number, botUp: number, add: number, remove: number, waiting: number | undefined];
  test.each<[string, Report, Ends]>([
    ['applied', result({ outcome: 'applied', bots: [bot('a', whole)] }), [1, 1, 0, 0, undefined]],
    [
      'applied, with pending adds',
      result({ outcome: 'applied', bots: [bot('a', { ...slow, results: ledger({ applied: adds(1), pending: 2 }) })] }),
      [1, 1, 0, 0, 2],
    ],
    [
      'failed, with pending adds',
      result({ outcome: 'failed', bots: [bot('a', { ...slow, results: ledger({ failed: adds(1), pending: 2 }) })] }),
      [0, 0, 1, 0, 2],
    ],
    [
      'with an unknown result',
      result({ outcome: 'failed', bots: [bot('a', { add: numbers(2), results: ledger({ unknown: adds(2) }) })] }),
      [0, 0, 2, 0, undefined],
    ],
    [
      'with removals that wait',
      result({ outcome: 'partial', addsOnly: true, bots: [bot('a', { ...whole, counts: counts({ postponed: 3 }) })] }),
      [0, 1, 0, 3, undefined],
    ],
    [
      'with an error after the adds',
      result({ outcome: 'partial', bots: [bot('a', { ...whole, error: { message: 'down' } })] }),
      [0, 0, 0, 0, undefined],
    ],
    ['without changes', report({ command: 'apply', outcome: 'in-sync', bots: [bot('a')] }), [1, 1, 0, 0, undefined]],
    ['refused', report({ ...skipped, bots: [refusedBot('a')] }), [0, 0, 0, 9, undefined]],
    [
      'not sent, with adds that may be pending',
      report({ ...skipped, outcome: 'stale', bots: [bot('a', { ...slow, results: ledger({ skipped: adds(3) }) })] }),
      [0, 0, 0, 0, 3],
    ],
    [
      'interrupted',
      result({ outcome: 'applied', interrupted: true, bots: [bot('a', whole)] }),
      [0, 1, 0, 0, undefined],
    ],
  ])('report an apply that was %s', (_, run, [up, botUp, add, remove, waiting]) => {
    const samples = samplesOf(metrics(run, at(2000), past));
    expect(samples).toMatchObject({
      'blacklistctl_up apply': up,
      'blacklistctl_bot_up apply a': botUp,
      'blacklistctl_drift_numbers apply a add': add,
      'blacklistctl_drift_numbers apply a remove': remove,
      [`${LAST} apply a`]: botUp === 1 ? 2000 : 1000,
    });
    expect(samples['blacklistctl_waiting_numbers apply a']).toBe(waiting);
  });

  test('report a plan as its changes, without the writes that it needs', () => {
    const bots = [bot('a', { add: numbers(3) }), refusedBot('b')];
    const requests = { read: 2, write: 7, retries: 0 };
    const samples = samplesOf(metrics(report({ outcome: 'refused', bots, requests }), at(5), ''));
    expect(samples).toMatchObject({
      'blacklistctl_up plan': 0, // exit 3
      'blacklistctl_bot_up plan b': 1,
      'blacklistctl_drift_numbers plan a add': 3,
      'blacklistctl_drift_numbers plan b remove': 9,
      [`${LAST} plan b`]: 5,
      'blacklistctl_requests plan': 2,
    });
    expect(Object.keys(samples).filter((name) => name.includes('applied'))).toEqual([]);
  });

  test('keep a time of the same command, or of a version that wrote only those of drift', () => {
    const lost = { outcome: 'failed', bots: [failedBot('a')] } as const;
    const old = `${LAST}{bot="a"} 900\n`;
    const timeOf = (run: Report, before: string) =>
      Object.entries(samplesOf(metrics(run, at(2000), before))).find(([name]) => name.startsWith(LAST))?.[1];
    expect(timeOf(drift(lost), old)).toBe(900);
    expect(timeOf(result(lost), old)).toBeUndefined();
    expect(timeOf(result(lost), past)).toBe(1000);
    expect(timeOf(drift(lost), past)).toBeUndefined();
  });

  test.each(['', 'no metrics', `${LAST}{bot="a"} NaN\n`, `${LAST}{bot="a"\n`])(
    'ignore an old file with the content %j',
    (old) => {
      expect(samplesOf(metrics(drift({ outcome: 'failed', bots: [failedBot('a')] }), at(1), old))).not.toHaveProperty([
        `${LAST} drift a`,
      ]);
    },
  );
});

describe('the files of several commands', () => {
  const run = { bots: [bot('a', { addNeedsContact: true, add: numbers(1) }), failedBot('b')] };
  const files = [report(run), drift(run), result(run)].map((each) => parseOpenMetrics(metrics(each, at(1), '')));

  test('describe each metric in the same words, as the node exporter joins them', () => {
    const describing = files.map((families) =>
      Array.from(families, ([name, { type, unit, help }]) => [name, type, unit, help]),
    );
    expect(describing[1]).toEqual(describing[0]);
    expect(describing[2]).toEqual(describing[0]);
  });

  test('have no series in common', () => {
    const all = files.flatMap((families) =>
      Array.from(families).flatMap(([name, { samples }]) =>
        samples.map(({ labels }) => `${name} ${JSON.stringify(labels)}`),
      ),
    );
    expect(all.length).toBeGreaterThan(20);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('the format', () => {
  test('is valid OpenMetrics without complaints of promtool, for any bots', () => {
    const id = fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.constantFrom(...HOSTILE));
    const ids = fc.uniqueArray(id, { maxLength: 6 });
    fc.assert(
      fc.property(ids, fc.integer({ min: 0, max: 2e9 }), (names, finished) => {
        const bots = names.map((name, index) =>
          index % 3 === 2 ? failedBot(name) : bot(name, { add: numbers(index) }),
        );
        const text = metrics(drift({ bots }), at(finished), '');
        const families = parseOpenMetrics(text);
        expect(lint(families)).toEqual([]);
        expect(families.get('blacklistctl_bot_up')!.samples.map(({ labels }) => labels.bot)).toEqual(names);
        // The written file can be read back: only bots that were read get a new time of success.
        const failed = bots.map(({ id }) => failedBot(id));
        const next = parseOpenMetrics(metrics(drift({ outcome: 'failed', bots: failed }), at(finished + 9), text));
        expect(next.get(LAST)!.samples).toEqual(families.get(LAST)!.samples);
      }),
    );
  });

  test('contains no number and no server text', () => {
    const bots = [bot('a', { add: numbers(9) }), failedBot('b', 'failed for +447700900123', 'said +447700900124')];
    expect(metrics(drift({ bots }), at(1), '')).not.toMatch(/447700900|failed|said/);
  });

  test('is checked by a parser that finds errors', () => {
    expect(() => parseOpenMetrics('# TYPE a gauge\na 1\n')).toThrow('no # EOF');
    expect(() => parseOpenMetrics('# TYPE a gauge\nb 1\n# EOF\n')).toThrow('outside its family');
    expect(() => parseOpenMetrics('# TYPE a gauge\na{x="\\q"} 1\n# EOF\n')).toThrow('no labels');
    expect(lint(parseOpenMetrics('# TYPE a_total gauge\n# EOF\n'))).toHaveLength(2);
  });
});
