import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Report } from '../../src/model/report.ts';
import { metrics } from '../../src/report/metrics.ts';
import { needs } from '../needs.ts';
import { adds, bot, drift, failedBot, ledger, numbers, refusedBot, report, result } from '../report/fixtures.ts';
import { parseOpenMetrics } from '../report/open-metrics.ts';
import { makeFolder, root } from '../stories/harness.ts';

const RULES = join(root, 'examples/prometheus/alerts.yaml');
const text = readFileSync(RULES, 'utf8');
const { groups } = parse(text) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The time of the evaluation, in seconds. */
const NOW = 27 * 3600;
const write = (run: Report, finished: number) => metrics(run, { finished, duration: 1 }, '');

/** Runs promtool in a new folder with the rules. @returns its output, and the exit code. */
function promtool(args: readonly string[], input = '', files: Readonly<Record<string, string>> = {}) {
  const cwd = makeFolder();
  copyFileSync(RULES, join(cwd, 'alerts.yaml'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd, input, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

const good = bot('good');
const added = bot('good', { add: numbers(1), results: ledger({ applied: adds(1) }) });
const undone = bot('shop', { add: numbers(2), results: ledger({ failed: adds(2) }), error: { message: 'down' } });

describe('the alert rules', () => {
  test('use only metrics and labels that --metrics writes', () => {
    const families = parseOpenMetrics(write(result({ bots: [bot('a', { addNeedsContact: true })] }), 0));
    const labels = new Set(
      [...families.values()].flatMap(({ samples }) => samples.flatMap((each) => Object.keys(each.labels))),
    );
    const used = rules.flatMap(({ expr }) => expr.match(/blacklistctl_\w+/g) ?? []);
    expect(used.length).toBeGreaterThan(5);
    expect(used.filter((name) => !families.has(name))).toEqual([]);
    const words = rules.flatMap(({ expr, annotations }) => [
      ...Array.from(expr.matchAll(/(?:by|on) \(([\w, ]+)\)/g), ([, list]) => list!.split(', ')).flat(),
      ...Array.from(annotations.summary!.matchAll(/\$labels\.(\w+)/g), ([, label]) => label!),
    ]);
    expect(words.length).toBeGreaterThan(5);
    expect(words.filter((label) => !labels.has(label))).toEqual([]);
  });

  test('are valid for promtool', (context) => {
    needs('promtool', context);
    expect(promtool(['check', 'rules', 'alerts.yaml'])).toMatchObject({ status: 0 });
    expect(promtool(['check', 'rules', 'bad.yaml'], '', { 'bad.yaml': text.replace('== 0', '== (') }).status).toBe(1);
  });
});

/** The alerts that fire at that time with the files of these runs: their labels and summaries. */
const ROWS: readonly [
  what: string,
  runs: readonly string[],
  alerts: Readonly<Record<string, [labels: object, string]>>,
][] = [
  [
    'runs that succeed raise no alarm',
    [
      write(result({ outcome: 'applied', bots: [added] }), NOW),
      write(drift({ outcome: 'in-sync', bots: [good] }), NOW),
    ],
    {},
  ],
  [
    'an apply that failed for a bot raises two alarms',
    [
      write(result({ outcome: 'partial', bots: [added, undone] }), NOW),
      write(drift({ outcome: 'in-sync', bots: [good] }), NOW),
    ],
    {
      BlacklistApplyFailed: [
        { command: 'apply' },
        'The last apply did not finish its work, or was refused; read its report',
      ],
      BlacklistNeverRead: [{ command: 'apply', bot: 'shop' }, 'No apply has succeeded for shop yet'],
    },
  ],
  [
    'an apply that the guard refuses raises an alarm',
    [
      write(
        result({
          outcome: 'refused',
          bots: [refusedBot('good', { results: ledger({ skipped: { add: 0, remove: 9 } }) })],
        }),
        NOW,
      ),
      write(drift({ outcome: 'in-sync', bots: [good] }), NOW),
    ],
    {
      BlacklistApplyFailed: [
        { command: 'apply' },
        'The last apply did not finish its work, or was refused; read its report',
      ],
      BlacklistNeverRead: [{ command: 'apply', bot: 'good' }, 'No apply has succeeded for good yet'],
    },
  ],
  [
    'drift raises an alarm, and a plan of the same changes does not',
    [
      write(drift({ outcome: 'changes', bots: [bot('good', { remove: numbers(3) })] }), NOW),
      write(report({ outcome: 'changes', bots: [bot('good', { remove: numbers(3) })] }), NOW),
    ],
    { BlacklistDrift: [{ bot: 'good' }, 'The live list of good differs from Git by 3 numbers'] },
  ],
  [
    'a bot that was last read 27 hours ago raises an alarm',
    [
      metrics(
        drift({ outcome: 'failed', bots: [failedBot('good')] }),
        { finished: NOW, duration: 1 },
        write(drift({ outcome: 'in-sync', bots: [good] }), 0),
      ),
    ],
    {
      BlacklistNotRead: [{ command: 'drift', bot: 'good' }, 'The list of good could not be read for 1d 3h 0m 0s'],
    },
  ],
  [
    'a bot to which an apply was last possible 27 hours ago raises an alarm',
    [
      metrics(
        result({ outcome: 'failed', bots: [{ ...undone, id: 'good' }] }),
        { finished: NOW, duration: 1 },
        write(result({ outcome: 'applied', bots: [added] }), 0),
      ),
      write(drift({ outcome: 'in-sync', bots: [good] }), NOW),
    ],
    {
      BlacklistApplyFailed: [
        { command: 'apply' },
        'The last apply did not finish its work, or was refused; read its report',
      ],
      BlacklistNotApplied: [{ command: 'apply', bot: 'good' }, 'No apply has succeeded for good for 1d 3h 0m 0s'],
    },
  ],
  [
    'a schedule that runs no drift raises an alarm',
    [write(result({ outcome: 'applied', bots: [added] }), NOW)],
    { BlacklistRunsMissing: [{ command: 'drift' }, 'drift has not run for hours; look at its schedule'] },
  ],
];

describe('the alert rules in promtool', () => {
  needs('promtool');

  /** The series of the files, constant until then. */
  const seriesOf = (files: readonly string[]) =>
    files.flatMap((file) =>
      Array.from(parseOpenMetrics(file)).flatMap(([name, { samples }]) =>
        samples.map(({ labels, value }) => {
          const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
          return { series: `${name}{${pairs.join(',')}}`, values: `${value}+0x1680` };
        }),
      ),
    );

  test.each(ROWS)('%s', (_, files, alerts) => {
    const expected = rules.map(({ alert }) => {
      const [labels, summary] = alerts[alert] ?? [];
      const fires = labels ? [{ exp_labels: labels, exp_annotations: { summary } }] : [];
      return { eval_time: '27h', alertname: alert, exp_alerts: fires };
    });
    const unit = { interval: '1m', input_series: seriesOf(files), alert_rule_test: expected };
    const document = { rule_files: ['alerts.yaml'], evaluation_interval: '1m', tests: [unit] };
    expect(promtool(['test', 'rules', 'unit.yaml'], '', { 'unit.yaml': stringify(document) })).toMatchObject({
      status: 0,
      output: expect.stringContaining('SUCCESS'),
    });
  });

  test.each(ROWS)('accept the files of: %s', (_, files) => {
    for (const file of files) expect(promtool(['check', 'metrics'], file)).toEqual({ status: 0, output: '' });
  });
});
