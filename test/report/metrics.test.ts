import { describe, expect, test } from 'vitest';
import { metrics } from '../../src/report/metrics.ts';
import * as fc from '../fast-check.ts';
import { bot, drift, failedBot, HOSTILE, invalid, numbers } from './fixtures.ts';
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
      blacklistctl_up: 1,
      blacklistctl_bots: 2,
      'blacklistctl_bot_up a': 1,
      'blacklistctl_bot_up b': 1,
      'blacklistctl_drift_numbers a add': 3,
      'blacklistctl_drift_numbers a remove': 1,
      'blacklistctl_drift_numbers b add': 0,
      'blacklistctl_drift_numbers b remove': 0,
      [`${LAST} a`]: 1_781_481_600.5,
      [`${LAST} b`]: 1_781_481_600.5,
      blacklistctl_requests: 9,
      blacklistctl_retries: 2,
      blacklistctl_duration_seconds: 1.25,
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
      'blacklistctl_drift_numbers a add': 1,
      'blacklistctl_drift_numbers a remove': 0,
      'blacklistctl_waiting_numbers a': 2,
    });
  });

  test('keep the time of the last success for a bot that cannot be read, and report no numbers for it', () => {
    const good = metrics(drift({ outcome: 'in-sync', bots: [bot('a'), bot('b')] }), at(1000), '');
    const bots = [bot('a'), failedBot('b'), failedBot('never-read')];
    const samples = samplesOf(metrics(drift({ outcome: 'failed', bots }), at(2000), good));
    expect(samples).toMatchObject({
      blacklistctl_up: 0,
      'blacklistctl_bot_up a': 1,
      'blacklistctl_bot_up b': 0,
      [`${LAST} a`]: 2000,
      [`${LAST} b`]: 1000,
    });
    expect(Object.keys(samples)).not.toContain('blacklistctl_drift_numbers b add');
    expect(Object.keys(samples)).not.toContain(`${LAST} never-read`);
  });

  test('report 0 bots and no failure for a shard without bots', () => {
    const good = metrics(drift({ outcome: 'in-sync', bots: [bot('a')] }), at(1000), '');
    expect(samplesOf(metrics(drift({ outcome: 'nothing-selected', bots: [] }), at(2000), good))).toEqual({
      blacklistctl_up: 1,
      blacklistctl_bots: 0,
      blacklistctl_requests: expect.any(Number),
      blacklistctl_retries: expect.any(Number),
      blacklistctl_duration_seconds: 1.25,
    });
  });

  test('report all earlier bots as unread if the run ended before it knew its bots', () => {
    const good = metrics(drift({ outcome: 'in-sync', bots: [bot('a')] }), at(1000), '');
    expect(samplesOf(metrics(invalid({ command: 'drift' }), at(2000), good))).toMatchObject({
      blacklistctl_up: 0,
      blacklistctl_bots: 1,
      'blacklistctl_bot_up a': 0,
      [`${LAST} a`]: 1000,
    });
  });

  test('omit a bot that was removed from the files', () => {
    const good = metrics(drift({ outcome: 'in-sync', bots: [bot('a'), bot('old')] }), at(1000), '');
    expect(metrics(drift({ outcome: 'in-sync', bots: [bot('a')] }), at(2000), good)).not.toContain('old');
  });

  test('report an interrupted run as a failure', () => {
    const text = metrics(drift({ outcome: 'in-sync', interrupted: true }), at(1), '');
    expect(samplesOf(text)).toMatchObject({ blacklistctl_up: 0 });
  });

  test.each(['', 'no metrics', `${LAST}{bot="a"} NaN\n`, `${LAST}{bot="a"\n`])(
    'ignore an old file with the content %j',
    (old) => {
      expect(samplesOf(metrics(drift({ outcome: 'failed', bots: [failedBot('a')] }), at(1), old))).not.toHaveProperty([
        `${LAST} a`,
      ]);
    },
  );
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
