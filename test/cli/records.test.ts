import { describe, expect, test } from 'vitest';
import { writeRecords } from '../../src/cli/output/records.ts';
import type { DriftReport, ResultReport } from '../../src/model/report.ts';
import { parseReport } from '../../src/report/json/read.ts';
import type { Files } from '../../src/steps/files.ts';
import { drift as anyDrift, bot, failedBot, invalid, numbers, report, result } from '../report/fixtures.ts';

const TIMES = { finished: 1_781_481_600, duration: 2 };

/** Files in memory; the names in `locked` cannot be written. */
function makeFiles(locked: readonly string[] = []) {
  const content = new Map<string, string>();
  const modes = new Map<string, string>();
  const write = (mode: string) => (path: string, pieces: Iterable<string>) => {
    if (locked.includes(path))
      throw Object.assign(new Error(`${path}: cannot write: permission denied`), { code: 'EWRITE' });
    content.set(path, [...pieces].join(''));
    modes.set(path, mode);
  };
  const files: Files = {
    readDesired: async () => ({ files: [], faults: [] }),
    readDesiredAt: async () => ({ files: [], faults: [], absent: [] }),
    readStdin: async () => Buffer.alloc(0),
    readNumbers: async () => () => ({ files: [], faults: [] }),
    read: (path) => content.get(path)!,
    readToken: () => '',
    readPast() {
      throw new Error('there is no history here');
    },
    pathsAt: (_, paths) => paths,
    dayOf: () => '2026-06-15',
    readIfThere: (path) => content.get(path) ?? null,
    exists: (path) => content.has(path),
    writeDesired() {},
    readPackaged: () => '',
    createAll() {},
    writePrivate: write('private'),
    checkWritable() {},
    writePublic: write('public'),
  };
  return { files, content, modes };
}

const both = { report: 'state.json', metrics: 'drift.prom' };
const drift = (rest: Partial<DriftReport> = {}) =>
  anyDrift({ bots: [bot('a', { add: numbers(2) }), failedBot('b')], outcome: 'failed', ...rest });

describe('the records of a run', () => {
  test('are a private whole report and public metrics', () => {
    const { files, content, modes } = makeFiles();
    expect(writeRecords(drift(), both, TIMES, files, new Set())).toEqual(drift());
    expect(Object.fromEntries(modes)).toEqual({ 'state.json': 'private', 'drift.prom': 'public' });
    const read = parseReport('state.json', content.get('state.json')!) as DriftReport;
    expect(read.bots[0]!.add.values).toEqual([...numbers(2)]);
    expect(content.get('drift.prom')).toMatch(/\n# EOF\n$/);
  });

  test('contain no token', () => {
    const { files, content } = makeFiles();
    const token = 'canary-7f3a9b-token';
    const bots = [failedBot('b', `refused ${token}`, `said ${token}`)];
    writeRecords(drift({ bots }), both, TIMES, files, new Set([token]));
    expect([...content.values()].join('')).not.toContain('canary');
  });

  test.each([
    ['that was interrupted', drift({ interrupted: true })],
    ['that ended before it read a list', invalid({ command: 'drift' })],
  ])('a run %s keeps the earlier report, and the metrics record the failure', (_, ended) => {
    const { files, content } = makeFiles();
    writeRecords(drift(), both, TIMES, files, new Set());
    const before = content.get('state.json');
    writeRecords(ended, both, { ...TIMES, finished: 1_781_489_999 }, files, new Set());
    expect(content.get('state.json')).toBe(before);
    expect(content.get('drift.prom')).toContain('blacklistctl_up{command="drift"} 0\n');
    expect(content.get('drift.prom')).toContain('{command="drift",bot="a"}');
  });

  test.each([
    ['a plan', report({ interrupted: true })],
    ['an apply', result({ interrupted: true })],
    ['a plan that ended before it looked at a bot', invalid({ command: 'plan' })],
    ['an apply that ended before it looked at a bot', invalid({ command: 'apply' })],
  ])('the report of %s replaces the earlier report, even if it was interrupted', (_, ended) => {
    const { files, content } = makeFiles();
    writeRecords(report(), { report: 'report.json' }, TIMES, files, new Set());
    writeRecords(ended, { report: 'report.json' }, TIMES, files, new Set());
    const { command, interrupted, outcome } = ended;
    expect(JSON.parse(content.get('report.json')!)).toMatchObject({ command, interrupted, outcome });
  });

  test.each([
    ['applied', 'failed'],
    ['in-sync', 'failed'],
    ['partial', 'partial'],
    ['refused', 'refused'],
    ['stale', 'stale'],
  ] as const)('an unwritable report turns the outcome %s into %s', (outcome, then) => {
    const { files } = makeFiles(['report.json']);
    const recorded = writeRecords(result({ outcome }), { report: 'report.json' }, TIMES, files, new Set());
    expect(recorded).toMatchObject({
      outcome: then,
      errors: [{ message: expect.stringContaining('cannot write') }],
    });
  });

  test('report an error once if the check before the run found it, too', () => {
    const { files } = makeFiles(['report.json']);
    const errors = [{ message: 'report.json: cannot write: permission denied' }];
    const checked = { ...invalid({ command: 'plan', errors }), outcome: 'failed' as const };
    expect(writeRecords(checked, { report: 'report.json' }, TIMES, files, new Set()).errors).toEqual(errors);
  });

  test('fail the run if the report is unwritable, which the metrics record', () => {
    const { files, content } = makeFiles(['state.json']);
    const recorded = writeRecords(drift({ outcome: 'in-sync', bots: [bot('a')] }), both, TIMES, files, new Set());
    expect(recorded).toMatchObject({
      outcome: 'failed',
      errors: [{ message: 'state.json: cannot write: permission denied' }],
    });
    expect(content.get('drift.prom')).toContain('blacklistctl_up{command="drift"} 0\n');
  });

  test.each(['partial', 'refused', 'stale', 'invalid'] as const)(
    'keep the outcome %s, whose exit code says more',
    (outcome) => {
      const { files } = makeFiles(['state.json']);
      const recorded = writeRecords({ ...result(), outcome } as ResultReport, both, TIMES, files, new Set());
      expect(recorded).toMatchObject({ outcome, errors: [{ message: expect.stringContaining('cannot write') }] });
    },
  );

  test('fail the run if the metrics are unwritable', () => {
    const { files } = makeFiles(['drift.prom']);
    expect(writeRecords(drift(), both, TIMES, files, new Set()).errors).toHaveLength(1);
  });
});
