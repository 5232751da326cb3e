import { isComparison, type Report } from '../model/report.ts';

/** When a run took place, in seconds. */
export interface Times {
  /** Since 1970, UTC. */
  readonly finished: number;
  readonly duration: number;
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

const LAST_SUCCESS = 'blacklistctl_last_success_timestamp_seconds';

/**
 * A run as metrics in the OpenMetrics text format, which the node exporter reads as the older Prometheus format: with
 * gauges alone the two are the same, and a file about one run has nothing that only grows.
 *
 * Bot ids are all that it holds of the desired state: no number, no token, no foreign text.
 *
 * @param before the metrics of the run before, or ''. What cannot be read now keeps the time of its last success.
 */
export function metrics(report: Report, times: Times, before: string): string {
  const past = lastSuccesses(before);
  const { bots, requests } = isComparison(report) ? report : { bots: [], requests: { read: 0, retries: 0 } };
  const read = bots.filter(({ guard, error }) => guard !== null && !error);
  const isRead = new Set(read.map(({ id }) => id));
  // A run that ended before it knew its bots must not make them vanish from the alarms.
  const ids = report.kind === 'failure' ? [...past.keys()] : bots.map(({ id }) => id);
  const up = !report.interrupted && (report.outcome === 'in-sync' || report.outcome === 'changes');
  const families = [
    gauge('blacklistctl_up', 'Whether the run read every bot (1) or not (0). Drift is no failure.', [[{}, up ? 1 : 0]]),
    gauge(
      'blacklistctl_bot_up',
      'Whether the list of the bot was read to its end.',
      ids.map((bot) => [{ bot }, isRead.has(bot) ? 1 : 0]),
    ),
    gauge(
      'blacklistctl_drift_numbers',
      'Numbers by which the live list differs from the files: to add, and to remove. Absent where the bot was not read.',
      read.flatMap(({ id: bot, add, remove, addNeedsContact }) => [
        [{ bot, direction: 'add' }, addNeedsContact ? 0 : add.size],
        [{ bot, direction: 'remove' }, remove.size],
      ]),
    ),
    gauge(
      'blacklistctl_waiting_numbers',
      "Numbers that wait for their user's next message, or are not applied yet. Absent where users need not write first.",
      read.flatMap(({ id: bot, add, addNeedsContact }) => (addNeedsContact ? [[{ bot }, add.size]] : [])),
    ),
    gauge(
      LAST_SUCCESS,
      'When the list of the bot was last read to its end.',
      ids.flatMap((bot) => {
        const at = isRead.has(bot) ? times.finished : past.get(bot);
        return at === undefined ? [] : [[{ bot }, at]];
      }),
    ),
    gauge('blacklistctl_requests', 'Requests that the run sent, repeats included.', [[{}, requests.read]]),
    gauge('blacklistctl_retries', 'Requests that the run sent again after a failure.', [[{}, requests.retries]]),
    gauge('blacklistctl_duration_seconds', 'How long the run took.', [[{}, times.duration]]),
  ];
  return `${[...families.flat(), '# EOF'].join('\n')}\n`;
}

function gauge(name: string, help: string, samples: readonly Sample[]): string[] {
  const unit = name.endsWith('_seconds') ? [`# UNIT ${name} seconds`] : [];
  const lines = samples.map(([labels, value]) => `${name}${braces(labels)} ${round(value)}`);
  return [`# TYPE ${name} gauge`, ...unit, `# HELP ${name} ${help}`, ...lines];
}

function braces(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}

const escaped = (value: string) => value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');

const unescaped = (value: string) => value.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character));

/** To the millisecond, which is as exact as it is. */
const round = (value: number) => Math.round(value * 1000) / 1000;

function lastSuccesses(text: string): ReadonlyMap<string, number> {
  const lines = text.matchAll(
    new RegExp(`^${LAST_SUCCESS}\\{bot="((?:[^"\\\\\\n]|\\\\.)*)"\\} ([0-9]+(?:\\.[0-9]+)?)$`, 'gm'),
  );
  return new Map(Array.from(lines, ([, bot, at]) => [unescaped(bot!), Number(at)]));
}
